"""``report`` as a table: whole outputs, for many builds and for one, wide and narrow, plain and coloured."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctxsize.formats import FORMATS, Page
from ctxsize.formats.line import width_of
from ctxsize.formats.tree import fold
from ctxsize.formats.views import ReportView
from ctxsize.model import Assumption, BuilderName, Declaration, Finding, Measurement, Problem, Severity
from tests.formats.report_examples import API, BROKEN, ENTRIES, GUESSED, MANY, ONE, REMOTE, STOPPED, WEB, build, sent

table = FORMATS["report"]["table"]


# --- many builds ---


def test_many_builds_stand_by_context_with_what_they_send_and_waste() -> None:
    assert table(MANY, Page()) == """\
                                       BuildKit         classic
BUILD               FILES     SENT  DOCKER SAYS  FILES     SENT    WASTE
.  .dockerignore
  api                  98  8.00 MB       8.01MB    110  12.0 MB  6.00 MB  75 %  ████████░░
    + 500 B (2 files) from the named context shared
  web                  21  4.00 MB       4.00MB    111  10.0 MB   500 kB  12 %  █░░░░
    profile dev, debug
        6.00 MB  node_modules/  junk: node_modules (api)
         500 kB  web/notes.pdf  unused: nothing reads it (web)

tools  no ignore file
  tools/Dockerfile      0      0 B            –      1     60 B      0 B     –
    context not determined: nothing fits

old  old/.dockerignore
  old                        fails                   5  40.0 kB

https://example.org/far.git  fetched by the builder: nothing is sent from here
  far

.
  torn
    cannot be built: neither an image nor a build

6 builds              119  12.0 MB                 227  22.0 MB  6.50 MB  54 %

error    named context shared: 2 files would arrive empty: a, b (in api)
error    .dockerignore:2: web/a arrives empty (in web)
error    the BuildKit builder stops: failed to read (in old)
error    compose.yml:30: neither an image nor a build (in torn)
warning  web/Dockerfile:7: COPY docs finds nothing (in web)
         hint: drop the line
assumed  base images bring no ONBUILD instructions and no variables that paths use (-v names them) (in api)
assumed  api/Dockerfile:1: the front end x/y is like Docker's (in api)
unread   secret/: permission denied

Next:  ctxsize report --build api
       ctxsize suggest
"""


def test_a_narrow_terminal_keeps_the_figures_that_matter() -> None:
    assert table(MANY._replace(quiet=True, problems=(), following=()), Page(44)) == """\
                     BuildKit
BUILD          FILES     SENT    WASTE
.  .dockerignore
  api             98  8.00 MB  6.00 MB  75 %
    + 500 B (2 files) from the named context shared
  web             21  4.00 MB   500 kB  12 %
    profile dev, debug
        6.00 MB  node_modules/
                 junk: node_modules (api)
         500 kB  web/notes.pdf
                 unused: nothing reads it (web)

tools  no ignore file
  tools/Dockerfile
                   0      0 B      0 B     –
    context not determined: nothing fits

old  old/.dockerignore
  old                   fails

https://example.org/far.git  fetched by the builder: nothing is sent from here
  far

.
  torn
    cannot be built: neither an image nor a build

6 builds         119  12.0 MB  6.50 MB  54 %

error    named context shared: 2 files would
         arrive empty: a, b (in api)
error    .dockerignore:2: web/a arrives
         empty (in web)
error    the BuildKit builder stops: failed
         to read (in old)
error    compose.yml:30: neither an image
         nor a build (in torn)
"""


def test_the_other_builder_comes_first_if_asked_for_and_ascii_will_do() -> None:
    view = MANY._replace(builder=BuilderName.ARCHIVE, measurements=(API, WEB), quiet=True, following=())

    assert table(view, Page(unicode=False)) == """\
                              classic        BuildKit
BUILD     FILES     SENT  DOCKER SAYS  FILES     SENT    WASTE
.  .dockerignore
  api       110  12.0 MB      12.01MB     98  8.00 MB  10.0 MB  83 %  ########..
    + 500 B (2 files) from the named context shared
  web       111  10.0 MB      10.01MB     21  4.00 MB  6.50 MB  65 %  #####...
    profile dev, debug
        6.00 MB  node_modules/  junk: node_modules (api)
         500 kB  web/notes.pdf  unused: nothing reads it (web)

2 builds    221  22.0 MB                 119  12.0 MB  16.5 MB  75 %

error    named context shared: 2 files would arrive empty: a, b (in api)
error    .dockerignore:2: web/a arrives empty (in web)
"""


def test_nothing_to_build_is_said() -> None:
    view = ReportView("/repo", (), (), BuilderName.BUILDKIT)

    assert table(view, Page()) == (
        "No Dockerfile, no compose file: nothing here asks for a docker build.\n"
        "Describe one:  ctxsize report -f DOCKERFILE CONTEXT\n"
    )


# --- one build ---


def test_one_build_is_shown_in_full() -> None:
    assert table(ONE, Page()) == """\
api
  declared in  compose.yml:3
  Dockerfile   api/Dockerfile
  context      .
  ignore file  .dockerignore
  target       prod
  build args   VERSION
  named        shared = ../shared
  named        alpine = docker-image://alpine

            FILES  DIRS     SENT  DOCKER SAYS  WALKED     USED     JUNK   UNUSED
  BuildKit     98    13  8.00 MB       8.01MB     111  2.00 MB  6.00 MB      0 B
  classic     110    15  12.0 MB      12.01MB     125  2.00 MB  6.00 MB  4.00 MB
  + shared      2     1    500 B         700B       3    500 B      0 B      0 B

  used      2.00 MB   25 %  ███████▌
  junk      6.00 MB   75 %  ██████████████████████▌
  unused        0 B    0 %

Heaviest waste
        6.00 MB  node_modules/  junk: node_modules

Where the bytes are
  8.00 MB  100 %  ██████████  . (BuildKit, sent)  7 files
  6.00 MB   75 %  ███████▌    ├─ node_modules/  3 files
  5.90 MB   74 %  ███████▍    │  ├─ a/  1 file
  5.90 MB   74 %  ███████▍    │  │  └─ big.js
   100 kB    1 %  ▏           │  ├─ b/  1 file
   100 kB    1 %  ▏           │  │  └─ i.js
      0 B    0 %              │  └─ link
  2.00 MB   25 %  ██▌         ├─ src/  3 files
  2.00 MB   25 %  ██▌         │  ├─ app.py
    700 B   <1 %  ▏           │  └─ 2 more  2 files
    300 B   <1 %  ▏           └─ Dockerfile

error    named context shared: 2 files would arrive empty: a, b
assumed  base images bring no ONBUILD instructions and no variables that paths use (-v names them)
assumed  api/Dockerfile:1: the front end x/y is like Docker's

Next:  ctxsize suggest
"""


def test_the_figures_of_one_build_turn_over_where_they_would_not_fit() -> None:
    assert table(ONE._replace(contents=fold(()), following=(), quiet=True), Page(60)) == """\
api
  declared in  compose.yml:3
  Dockerfile   api/Dockerfile
  context      .
  ignore file  .dockerignore
  target       prod
  build args   VERSION
  named        shared = ../shared
  named        alpine = docker-image://alpine

               BuildKit  classic  + shared
  FILES              98      110         2
  DIRS               13       15         1
  SENT          8.00 MB  12.0 MB     500 B
  DOCKER SAYS    8.01MB  12.01MB      700B
  WALKED            111      125         3
  USED          2.00 MB  2.00 MB     500 B
  JUNK          6.00 MB  6.00 MB       0 B
  UNUSED            0 B  4.00 MB       0 B

  used      2.00 MB   25 %  ███████▌
  junk      6.00 MB   75 %  ██████████████████████▌
  unused        0 B    0 %

Heaviest waste
        6.00 MB  node_modules/  junk: node_modules

error    named context shared: 2 files would arrive empty:
         a, b
"""


@pytest.mark.parametrize(
    ("one", "shown"),
    [
        (STOPPED, """\
old
  declared in  compose.yml:20
  Dockerfile   old/Dockerfile
  context      old
  ignore file  old/.dockerignore

            FILES  DIRS     SENT  DOCKER SAYS  WALKED     USED  JUNK  UNUSED
  BuildKit                 fails
  classic       5     1  40.0 kB      40.50kB       6  40.0 kB   0 B     0 B

error    the BuildKit builder stops: failed to read
"""),
        (BROKEN, """\
torn
  declared in  compose.yml:3
  Dockerfile   torn/Dockerfile
  context      .
  cannot be built: neither an image nor a build

error    compose.yml:30: neither an image nor a build
"""),
        (REMOTE, """\
far
  declared in  compose.yml:3
  context      https://example.org/far.git (fetched by the builder, not sent)
"""),
    ],
)
def test_a_build_that_sends_nothing_says_why(one: Measurement, shown: str) -> None:
    assert table(ONE._replace(measurements=(one,), contents=fold(()), following=()), Page()) == shown


# --- whatever the page and the names ---


@pytest.mark.parametrize("width", [None, 200, 100, 80, 60, 40])
@pytest.mark.parametrize("view", [MANY, ONE, MANY._replace(verbose=True)])
def test_colours_change_nothing_else(view: ReportView, width: int | None) -> None:
    coloured = table(view, Page(width, color=True))

    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == table(view, Page(width))


@pytest.mark.parametrize("width", [120, 100, 80, 60, 50, 40])
def test_lines_that_can_be_broken_fit_the_page(width: int) -> None:
    # headings, remarks and paths are one piece each, to be copied
    wide = [line for line in table(MANY, Page(width)).splitlines() if width_of(line) > width]

    assert [line for line in wide if re.match(r"(error|warning|assumed|unread) | {9}(?! )", line)] == []
    assert [line for line in wide if re.match(r"  (api|web|old) ", line)] == []


def named(name: str) -> Measurement:
    return Measurement(build(name), None, {one: sent(one) for one in BuilderName})


def test_a_few_long_names_cost_nobody_a_column() -> None:
    names = ["a", "b", "c", "d", "e", "f", "g", "very/long/" * 6 + "Dockerfile"]
    lines = table(MANY._replace(measurements=tuple(map(named, names)), following=()), Page(80)).splitlines()

    assert lines[1].split() == ["BUILD", "FILES", "SENT", "DOCKER", "SAYS", "FILES", "SENT", "WASTE"]
    assert lines[10] == "  " + names[-1]
    assert lines[11].split() == ["0", "0", "B", "0B", "0", "0", "B", "0", "B", "–"]


def test_names_of_double_width_keep_the_columns_straight() -> None:
    lines = table(MANY._replace(measurements=(named("日本語"), named("abcdef")), following=(), problems=()), Page()).splitlines()

    assert len({width_of(line) for line in lines[3:5]}) == 1


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.sampled_from([None, 40, 100]), st.booleans())
def test_hostile_names_stay_on_their_line(name: str, width: int | None, color: bool) -> None:
    finding = Finding("rule", Severity.ERROR, name, name, name, 1, name)
    one = named(name)._replace(build=build(name, name, dockerfile=name), ignore_file=name, findings=(finding,),
                  assumptions=(Assumption(name),))  # fmt: skip
    text = table(MANY._replace(measurements=(one, API), problems=(Problem(name, name),), following=(name,)),
                 Page(width, color=color))  # fmt: skip

    assert re.sub(r"\x1b\[[0-9;]*m", "", text).replace("\n", "").isprintable()


# --- remarks ---


def test_the_same_remark_of_many_builds_is_one_line() -> None:
    finding = Finding("rule", Severity.WARNING, "as everybody")
    many = tuple(named(name)._replace(findings=(finding,)) for name in "abcde")

    def remarks(count: int) -> str:
        view = MANY._replace(measurements=(*many[:count], *map(named, "vwxyz"[count:])), problems=(), following=())
        return table(view, Page()).split("\n\n")[-1]

    assert remarks(5) == "warning  as everybody (in every build)\n"
    assert remarks(4) == "warning  as everybody (in 4 of 5 builds)\n"
    assert remarks(2) == "warning  as everybody (in a, b)\n"


def test_errors_are_all_shown_and_of_the_rest_the_first() -> None:
    errors = tuple(Finding("rule", Severity.ERROR, f"error {number}") for number in range(20))
    hints = tuple(Finding("rule", Severity.INFO, f"info {number}") for number in range(20))
    one = named("a")._replace(findings=(*hints, *errors))

    shown = table(ONE._replace(measurements=(one,), contents=fold(())), Page())
    assert (shown.count("\nerror "), shown.count("\ninfo ")) == (20, 6)
    assert "and 14 more remarks (-v shows all)\n" in shown
    assert table(ONE._replace(measurements=(one,), contents=fold(()), verbose=True), Page()).count("\ninfo ") == 20


def many_guessed(count: int) -> tuple[Measurement, ...]:
    inferred = Declaration("inferred", note="2 of its 3 sources exist there")
    return tuple(named("x")._replace(build=build(f"b{number}", f"c{number}", declared=inferred),
                         findings=(Finding("rule", Severity.ERROR, f"error {number}"),)) for number in range(count))  # fmt: skip


def test_many_builds_get_a_line_each_and_no_more_unless_all_is_asked_for() -> None:
    view = MANY._replace(measurements=(*many_guessed(20), GUESSED), problems=(), following=())
    shown, everything = table(view, Page()), table(view._replace(verbose=True), Page())

    # two of header, a heading and a row a build, what could not be inferred, a blank line and the total
    assert len(shown.partition("\nerror ")[0].splitlines()) == 2 + 2 * 21 + 1 + 2
    assert shown.count("context inferred: ") == 0
    assert shown.count("context not determined: ") == 1
    assert (shown.count("\nerror "), everything.count("\nerror ")) == (12, 20)
    assert shown.endswith("""
assumed  contexts of Dockerfiles that nothing declares are inferred (-v says from what, -f overrules it) (in 20 of 21 builds)
         and 8 more remarks (-v shows all)
""")
    assert everything.count("\n    context inferred: 2 of its 3 sources exist there\n") == 20


def test_what_stops_both_builders_is_said_once() -> None:
    both = STOPPED._replace(builders={one: sent(one)._replace(error="no such folder") for one in BuilderName})

    shown = table(ONE._replace(measurements=(both,), contents=fold(()), following=()), Page())
    assert shown.count("no such folder") == 1
    assert "\nerror    no such folder\n" in shown


def test_the_tree_gathers_what_weighs_nothing_unless_all_is_asked_for() -> None:
    assert "x.py" not in table(ONE, Page())
    assert "x.py" in table(ONE._replace(verbose=True), Page())
    assert len(ENTRIES) == 11


def test_a_guessed_context_is_told_as_a_guess() -> None:
    sure = GUESSED._replace(build=build("x", declared=GUESSED.build.declared._replace(note="2 of its 3 sources exist there")))

    assert "\n    context not determined: nothing fits\n" in table(MANY._replace(measurements=(GUESSED, API)), Page())
    assert "\n    context inferred: 2 of its 3 sources exist there\n" in table(MANY._replace(measurements=(sure, WEB)), Page())
