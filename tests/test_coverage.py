from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereputation import coverage

HOUR = 3_600
STEPS = 6

stretches = st.lists(st.tuples(st.integers(-HOUR, 8 * HOUR), st.integers(-HOUR, 8 * HOUR)), max_size=6)
weights = st.dictionaries(st.sampled_from("abc"), st.integers(1, 50), min_size=1)


def exposures(covered, weights):
    return coverage.exposures(covered, weights, since=0, steps=STEPS)


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        ([], [0, 0, 0]),
        ([(0, 3 * HOUR)], [1, 1, 1]),
        ([(-HOUR, 9 * HOUR)], [1, 1, 1]),
        ([(HOUR, 2 * HOUR)], [0, 1, 0]),
        ([(1800, 5400)], [0.5, 0.5, 0]),
        ([(900, 1800)], [0.25, 0, 0]),
        ([(1800, 3 * HOUR - 900)], [0.5, 1, 0.75]),
        ([(0, 1800), (900, 2700)], [0.75, 0, 0]),
        ([(5, 5), (10, 3)], [0, 0, 0]),
    ],
)
def test_an_hour_is_exposed_as_far_as_it_was_spoken_for(covered, expected):
    assert coverage.exposures({"a": covered}, {"a": 1}, since=0, steps=3) == expected


def test_a_source_counts_by_its_weight():
    assert coverage.exposures({"big": [(0, HOUR)]}, {"big": 9, "small": 1}, since=0, steps=1) == [0.9]


def test_without_sources_every_hour_is_blind():
    assert exposures({"gone": [(0, HOUR)]}, {}) == [0] * STEPS


@given(st.dictionaries(st.sampled_from("abc"), stretches), weights)
def test_an_exposure_lies_between_nothing_and_everything(covered, weights):
    assert all(0 <= exposure <= 1 for exposure in exposures(covered, weights))


@given(st.dictionaries(st.sampled_from("abc"), stretches), weights, stretches)
def test_more_reading_never_means_less_exposure(covered, weights, more):
    before = exposures(covered, weights)
    after = exposures(covered | {"a": [*covered.get("a", []), *more]}, weights)
    assert all(b <= a for b, a in zip(before, after, strict=True))


@given(stretches)
def test_merging_keeps_the_exposure(covered):
    merged = coverage.merged(covered)
    assert exposures({"a": merged}, {"a": 1}) == exposures({"a": covered}, {"a": 1})
    assert coverage.merged(merged) == merged
    assert all(before[1] < after[0] for before, after in pairwise(merged))


@given(stretches)
def test_what_is_covered_and_what_is_not_make_the_whole(covered):
    missing = coverage.gaps(covered, since=0, until=STEPS * HOUR)
    both = zip(exposures({"a": covered}, {"a": 1}), exposures({"a": missing}, {"a": 1}), strict=True)
    assert all(seen + unseen == pytest.approx(1) for seen, unseen in both)
