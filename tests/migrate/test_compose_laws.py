"""Whatever a compose file looks like: after an edit it says what is wanted, and nothing else has changed."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import yaml
from hypothesis import given

from ctxsize.builds.compose import locate
from ctxsize.migrate.compose import Wanted, build_edits
from ctxsize.migrate.edits import applied

STEPS = st.sampled_from([1, 2, 4])
COMMENTS = st.sampled_from(["", "  # a remark", " # build: ./x"])
QUOTES = st.sampled_from(["", "'", '"'])
BETWEEN = st.sampled_from(["", "# between\n", "\n"])
EXTRA = st.lists(st.sampled_from(["target: prod", "args: {A: 1, B: 'x y'}", "cache_from: [a, b]", "network: host"]),
                 unique=True, max_size=3)  # fmt: skip


@st.composite
def builds(draw: st.DrawFn, pad: str, step: int) -> str:
    """The build of one service in one of its forms; ``pad`` is the indentation of its key."""
    quote, remark, extra = draw(QUOTES), draw(COMMENTS), draw(EXTRA)
    context = f"{quote}./services/api{quote}"
    form = draw(st.sampled_from(["short", "flow", "block", "context last"]))
    if form == "short":
        return f"{pad}build: {context}{remark}\n"
    if form == "flow":
        return f"{pad}build: {{{', '.join([f'context: {context}', *extra])}}}{remark}\n"
    keys = [f"context: {context}{remark}", *extra]
    keys = keys if form == "block" else [*extra, keys[0]]
    inner = pad + " " * step
    return f"{pad}build:{draw(COMMENTS)}\n" + "".join(f"{draw(BETWEEN)}{inner}{key}\n" for key in keys)


@st.composite
def files(draw: st.DrawFn) -> str:
    step = draw(STEPS)
    pad = " " * (2 * step)
    others = [f"{pad}image: 'x:1'{draw(COMMENTS)}\n", f"{pad}environment: {{A: 'build: ./x'}}\n", draw(BETWEEN)]
    body = draw(st.permutations([draw(builds(pad, step)), *others]))
    service = f"{' ' * step}api:{draw(COMMENTS)}\n{''.join(body)}"
    other = f"{' ' * step}web:\n{pad}build: ./services/web{draw(COMMENTS)}\n"
    services = "".join(draw(st.permutations([service, other])))
    text = f"{draw(BETWEEN)}name: x\nservices:\n{services}{draw(BETWEEN)}volumes: {{}}\n"
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


def loaded(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)
    build = found["services"]["api"]["build"]
    if isinstance(build, str):
        found["services"]["api"]["build"] = {"context": build}
    return found


@given(files())
def test_the_edited_file_says_what_is_wanted_and_all_else_as_before(text: str) -> None:
    wanted = Wanted(".", "services/api/Dockerfile", (("shared", "./shared"),))
    nodes = locate(text, "api")
    assert nodes is not None
    after = applied(text, build_edits(text, nodes, wanted))

    expected = loaded(text)
    expected["services"]["api"]["build"] |= {
        "context": ".", "dockerfile": "services/api/Dockerfile", "additional_contexts": {"shared": "./shared"},
    }  # fmt: skip
    assert loaded(after) == expected
    assert [line for line in text.splitlines() if "services/api" not in line and line not in after.splitlines()] == []
    assert ("\r" in text) == ("\r" in after)
    assert after.count("#") == text.count("#")
