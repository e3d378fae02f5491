"""The automaton against the plain reading of the same rules, on lists and paths that nobody would write."""

from __future__ import annotations

import pytest
from hypothesis import given

from ctxsize.dockerignore import IgnoreRules, State
from tests.dockerignore.plainly import or_parent_matches, paths, patterns, plain_pattern, using_parent_results

pytestmark = pytest.mark.property


def state_of(rules: IgnoreRules, folder: str) -> State:
    state, so_far = rules.walk.start, ""
    for part in filter(None, folder.split("/")):
        so_far = f"{so_far}/{part}" if so_far else part
        state = state.child(part, so_far)
    return state


@given(patterns(), paths())
def test_the_walk_hands_parents_results_down(written: list[str], asked: list[str]) -> None:
    plain, rules = [plain_pattern(one) for one in written], IgnoreRules.of(written)

    assert {path: rules.excludes(path) for path in asked} == {path: using_parent_results(plain, path) for path in asked}


@given(patterns(), paths())
def test_opening_a_file_asks_all_parents_again(written: list[str], asked: list[str]) -> None:
    plain, rules = [plain_pattern(one) for one in written], IgnoreRules.of(written)

    found = {path: rules.excludes(path, opening=True) for path in asked}
    assert found == {path: or_parent_matches(plain, path) for path in asked}


@given(patterns(), paths())
def test_a_file_is_judged_as_the_entry_that_it_is(written: list[str], asked: list[str]) -> None:
    rules = IgnoreRules.of(written)

    for path in asked:
        folder, _, name = path.rpartition("/")
        state = state_of(rules, folder)
        assert state.excludes_file(name, path) == rules.excludes(path)


@given(patterns(), paths())
def test_a_test_by_name_says_the_same_wherever_there_is_one(written: list[str], asked: list[str]) -> None:
    rules = IgnoreRules.of(written)

    for path in asked:
        folder, _, name = path.rpartition("/")
        test = state_of(rules, folder).file_test()
        if test is not None and "\n" not in name:
            assert (test(name) if callable(test) else test) == rules.excludes(path)


@given(patterns(), paths())
def test_many_files_are_judged_as_each_of_them_is(written: list[str], asked: list[str]) -> None:
    rules = IgnoreRules.of(written)
    names = sorted({path.rpartition("/")[2] for path in asked})

    for folder in {path.rpartition("/")[0] for path in asked}:
        # as many as there are in a folder, and more than there are patterns
        for given_names in (names, [*names, *map("{}.other".format, range(40))]):
            state = state_of(rules, folder)
            passing = state.passing(given_names)
            if passing is not None:
                prefix = f"{folder}/" if folder else ""
                each = [name for name in given_names if not state.excludes_file(name, prefix + name)]
                assert sorted(passing) == sorted(each)


@given(patterns(), paths())
def test_where_nothing_can_change_nothing_does(written: list[str], asked: list[str]) -> None:
    rules = IgnoreRules.of(written)

    for path in asked:
        state, so_far, settled = rules.walk.start, "", []
        for name in path.split("/"):
            so_far = f"{so_far}/{name}" if so_far else name
            state = state.child(name, so_far)
            settled.append((state.settled, state.excluded))
        first = next((place for place, (done, _) in enumerate(settled) if done), len(settled))
        assert len({excluded for _, excluded in settled[first:]}) <= 1


@given(patterns(), paths())
def test_the_pattern_that_decided_has_the_verdicts_side(written: list[str], asked: list[str]) -> None:
    rules = IgnoreRules.of(written)

    for path in asked:
        decider = rules.decider(path)
        assert rules.excludes(path) == (decider is not None and not decider.exception)
        assert (rules.ignored_by(path) is not None) == rules.excludes(path)


@given(patterns(), patterns(), paths())
def test_a_list_that_goes_on_is_the_list_as_a_whole(first: list[str], more: list[str], asked: list[str]) -> None:
    whole, begun = IgnoreRules.of([*first, *more]), IgnoreRules.of(first).followed_by(more)

    for opening in (False, True):
        assert [begun.excludes(path, opening=opening) for path in asked] == [
            whole.excludes(path, opening=opening) for path in asked
        ]


def test_where_what_was_added_counts_no_more_the_states_are_those_of_the_beginning() -> None:
    first = IgnoreRules.of(["**/Dockerfile*", "docs"])
    begun = first.followed_by(["!Dockerfile"])

    assert begun.walk.start.child("src", "src") is first.walk.start.child("src", "src")
    assert begun.walk.start.child("Dockerfile", "Dockerfile") is not first.walk.start.child("Dockerfile", "Dockerfile")
