"""``check`` as JUnit XML: a test case a build, failed by its errors; warnings stand in its output."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ctxsize.budget.limits import Level
from ctxsize.formats.check_view import reasons
from ctxsize.formats.text import plain, printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from ctxsize.budget.judge import Verdict, Violation
    from ctxsize.formats.check_view import CheckView
    from ctxsize.formats.text import Page

__all__ = ["check"]

# XML 1.0 has no way to write these: https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def check(view: CheckView, page: Page) -> str:
    from xml.etree.ElementTree import Element, SubElement, indent, tostring

    judged = [verdict for verdict in view.verdicts if verdict.measurement is not None]
    counts = {
        "name": "ctxsize check", "tests": str(len(judged)), "failures": str(sum(one.fails for one in judged)),
        "errors": str(sum(one.error is not None for one in judged)),
    }  # fmt: skip
    suites = Element("testsuites", counts)
    suite = SubElement(suites, "testsuite", counts)
    for verdict in judged:
        suite.append(_case(verdict, view))
    indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suites, encoding="unicode") + "\n"


def _case(verdict: Verdict, view: CheckView) -> Element:
    from xml.etree.ElementTree import Element, SubElement

    case = Element("testcase", {"classname": f"ctxsize.{verdict.builder.value}", "name": _legal(verdict.name)})
    build = verdict.measurement.build if verdict.measurement else None
    if build and build.dockerfile:
        case.set("file", _legal(build.dockerfile))
    if verdict.error:
        SubElement(case, "error", {"message": _legal(verdict.error), "type": "cannot be measured"})
    for one in verdict.violations:
        if one.level is Level.ERROR:
            failure = SubElement(case, "failure", {"message": _legal(one.message), "type": one.budget})
            failure.text = "\n".join(_lines(one, view))
    warnings = [line for one in verdict.violations if one.level is Level.WARN for line in _lines(one, view)]
    if warnings:
        SubElement(case, "system-out").text = "\n".join(warnings)
    return case


def _lines(violation: Violation, view: CheckView) -> Iterator[str]:
    where = f"{violation.where}: " if violation.where else ""
    yield printable(f"{where}{violation.message}")
    yield from map(printable, reasons(violation, view.verbose))
    if violation.hint:
        yield printable(violation.hint)


def _legal(text: str) -> str:
    return _NOT_XML.sub(lambda found: printable(found[0]), plain(text))
