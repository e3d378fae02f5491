"""``report --format markdown``: a whole comment, and names that stay in their cells."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctxsize.formats import FORMATS, Page
from ctxsize.formats.markdown import code, escaped
from ctxsize.formats.text import printable
from ctxsize.model import Assumption, Finding, Problem, Severity, Waste
from tests.formats.report_examples import API, MANY, WEB
from tests.formats.test_text import NAMES

markdown = FORMATS["report"]["markdown"]


def test_many_builds_are_a_table_of_builds_one_of_waste_and_a_list_of_remarks() -> None:
    assert markdown(MANY, Page()) == """\
### docker build contexts

**6 builds** sent 12.0 MB, 6.50 MB of it (54 %) for nothing

| build | context | ignore file | files | sent | docker says | classic archive | waste |  |
| --- | --- | --- | --: | --: | --: | --: | --: | --: |
| <code>api</code> | <code>.</code> | <code>.dockerignore</code> | 98 | 8.00 MB | 8.01MB | 12.0 MB | 6.00 MB | 75 % |
| <code>web</code> | <code>.</code> | <code>.dockerignore</code> | 21 | 4.00 MB | 4.00MB | 10.0 MB | 500 kB | 12 % |
| <code>tools/Dockerfile</code> | <code>tools</code> | none | 0 | 0 B | – | 60 B | 0 B | – |
| <code>old</code> | <code>old</code> | <code>old/.dockerignore</code> |  | fails |  | 40.0 kB |  |  |
| <code>far</code> | <code>https&#58;//example.org/far.git</code> |  |  | fetched by the builder |  |  |  |  |
| <code>torn</code> | <code>.</code> |  |  | cannot be built |  |  |  |  |

| heaviest waste | context | size | files | class | why | builds |
| --- | --- | --: | --: | --- | --- | --: |
| <code>node&#95;modules/</code> | <code>.</code> | 6.00 MB | 90 | junk | node\\_modules | 1 |
| <code>web/notes.pdf</code> | <code>.</code> | 500 kB | 1 | unused |  | 1 |

- **error** <code>named context shared</code>: 2 files would arrive empty\\: a, b (<code>api</code>)
- **error** <code>.dockerignore&#58;2</code>: web/a arrives empty (<code>web</code>)
- **error** the BuildKit builder stops\\: failed to read (<code>old</code>)
- **error** <code>compose.yml&#58;30</code>: neither an image nor a build (<code>torn</code>)
- **warning** <code>web/Dockerfile&#58;7</code>: COPY docs finds nothing (<code>web</code>) Hint: drop the line
- **assumed** base images bring no ONBUILD instructions and no variables that paths use \\(\\-v names them\\) (<code>api</code>)
- **assumed** <code>api/Dockerfile&#58;1</code>: the front end x/y is like Docker's (<code>api</code>)
- **unread** <code>secret/</code>: permission denied
"""


def test_a_long_list_of_waste_is_cut_unless_all_is_asked_for() -> None:
    waste = tuple(API.heaviest[0]._replace(path=f"folder-{number}/") for number in range(15))
    view = MANY._replace(measurements=(API._replace(heaviest=waste),))

    assert markdown(view, Page()).count("<code>folder-") == 10
    assert markdown(view._replace(verbose=True), Page()).count("<code>folder-") == 15


def test_quiet_leaves_the_errors() -> None:
    words = re.findall(r"^- \*\*(\w+)\*\*", markdown(MANY._replace(quiet=True), Page()), re.MULTILINE)

    assert words == ["error"] * 4


@pytest.mark.parametrize(
    ("name", "in_code", "as_text"),
    [
        ("a|b", "a&#124;b", r"a\|b"),
        ("`x`", "&#96;x&#96;", r"\`x\`"),
        ("a\nb", r"a&#92;nb", r"a\\nb"),
        ("<script>", "&lt;script&gt;", "&lt;script&gt;"),
        ("&amp;", "&amp;amp;", "&amp;amp;"),
        ("*a* _b_ ~c~", "&#42;a&#42; &#95;b&#95; &#126;c&#126;", r"\*a\* \_b\_ \~c\~"),
        ("[x](http://y)", "&#91;x&#93;(http&#58;//y)", r"\[x\]\(http\://y\)"),
        ("@octocat #1", "&#64;octocat #1", r"\@octocat \#1"),
        ("$x$", "&#36;x&#36;", "$x$"),
        ("\udcff\x1b[0m", "&#92;xff&#92;x1b&#91;0m", r"\\xff\\x1b\[0m"),
    ],
)
def test_what_markdown_or_html_would_act_on_is_disarmed(name: str, in_code: str, as_text: str) -> None:
    assert code(name) == f"<code>{in_code}</code>"
    assert escaped(name) == as_text


@given(NAMES)
def test_a_name_in_code_reads_back_as_it_was_shown(name: str) -> None:
    inner = code(name).removeprefix("<code>").removesuffix("</code>")

    assert html.unescape(inner) == printable(name)
    assert re.search(r"[<>|`*_\[\]@~$\n\\]", inner) is None


@given(NAMES, st.integers(0, 2))
def test_every_row_keeps_its_cells(name: str, many: int) -> None:
    one = API._replace(build=API.build._replace(name=name, context=name), ignore_file=name,
                  heaviest=(Waste(name, API.heaviest[0].klass, API.heaviest[0].totals, name),),
                  findings=(Finding("rule", Severity.ERROR, name, name, name),), assumptions=(Assumption(name),))  # fmt: skip
    view = MANY._replace(measurements=(one, *[API, WEB][:many]), problems=(Problem(name, name),))
    _, _, *tables, remarks = markdown(view, Page()).rstrip("\n").split("\n\n")

    assert [len(table.splitlines()) for table in tables] == [2 + 1 + many, 2 + 1 + min(many, 2)]
    for table in tables:
        assert {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()} == {10 if table is tables[0] else 8}
    assert all(line.startswith("- **") for line in remarks.splitlines())
