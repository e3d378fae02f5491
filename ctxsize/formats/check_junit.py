"""``check`` as JUnit XML: a test case a build, failed by its errors; warnings stand in its output.

Names pass ``printable``, which leaves nothing that XML 1.0 cannot write (https://www.w3.org/TR/xml/#charsets).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.budget.limits import Level
from ctxsize.formats.check_view import reasons
from ctxsize.formats.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from ctxsize.budget.judge import Verdict, Violation
    from ctxsize.formats.check_view import CheckView
    from ctxsize.formats.text import Page

__all__ = ["check"]

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

    case = Element("testcase", {"classname": f"ctxsize.{verdict.builder.value}", "name": printable(verdict.name)})
    build = verdict.measurement.build if verdict.measurement else None
    if build and build.dockerfile:
        case.set("file", printable(build.dockerfile))
    if verdict.error:
        SubElement(case, "error", {"message": printable(verdict.error), "type": "cannot be measured"})
    for one in verdict.violations:
        if one.level is Level.ERROR:
            failure = SubElement(case, "failure", {"message": printable(one.message), "type": one.budget})
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

