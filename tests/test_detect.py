import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ereputation.detect import Settings, may_alert, replay, severity
from ereputation.model import Bucket

START = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAW = settings(max_examples=10, deadline=None)


def series(counts, *, start=START, step=HOUR, blind=(), negative=()):
    negative = list(negative) or [0] * len(counts)
    return [
        Bucket(
            brand="b",
            start=start + n * step,
            stories=count,
            copies=count,
            negative=negative[n],
            exposure=0.0 if n in blind else 1.0,
        )
        for n, count in enumerate(counts)
    ]


def noise(seed, hours, mean=4):
    rnd = random.Random(seed)
    return [sum(rnd.random() < mean / 20 for _ in range(20)) for _ in range(hours)]


def spiky(seed, hours, at, size=12, length=6):
    counts = noise(seed, hours)
    counts[at : at + length] = [count + size * 4 for count in counts[at : at + length]]
    return counts


def told(found):
    return [(event.at, event.reason, event.episode.kind) for event in found.events]


def test_a_spike_is_opened_at_the_end_of_its_first_hour_and_closed_when_calm_again():
    events = replay(series(spiky(1, 500, 400)), Settings()).events
    assert (events[0].reason, events[-1].reason) == ("opened", "closed")
    first = events[0].episode
    assert events[0].at == first.opened == START + 401 * HOUR
    assert first.started <= START + 400 * HOUR
    assert first.observed > 5 * first.expected
    assert first.low <= first.expected <= first.high < first.observed
    assert first.p_value == pytest.approx(10**-first.score)


@pytest.mark.parametrize("count", [0, 1, 7, 1000, 10**7])
@pytest.mark.parametrize("minutes", [5, 60, 1440])
def test_a_constant_series_never_alerts(count, minutes):
    steps = 1200 if minutes < 1440 else 400  # more than a year
    found = replay(series([count] * steps, step=timedelta(minutes=minutes)), Settings(), width=minutes * 60)
    assert found.events == ()
    assert all(p.score == 0 for p in found.points)


@pytest.mark.parametrize("gap", [1, 3, 12, 48, 200])
@pytest.mark.parametrize("missing", [True, False])
def test_what_piled_up_while_nobody_looked_is_not_a_spike(gap, missing):
    counts = [6] * (400 + gap) + [6 * (gap + 1)] + [6] * 100
    hours = series(counts, blind=range(400, 400 + gap))
    if missing:
        hours = hours[:400] + hours[400 + gap :]
    assert replay(hours, Settings()).events == ()


def test_more_than_could_pile_up_is_a_spike_even_after_a_gap():
    counts = [6] * 403 + [400] + [6] * 10
    assert replay(series(counts, blind=range(400, 403)), Settings()).events[0].reason == "opened"


def test_nothing_is_told_in_the_first_72_observed_hours():
    counts = [2] * 300
    counts[60:64] = [90] * 4
    found = replay(series(counts, blind=range(20)), Settings())
    assert all(event.at > START + 92 * HOUR for event in found.events)
    assert [p.learning for p in found.points[20:92]] == [True] * 72


def test_ten_angry_posts_are_a_backlash_for_a_tiny_brand_and_a_steady_level_is_not():
    counts, negative = [1, 0, 0, 0] * 200, [0, 0, 0, 0] * 200
    assert told(replay(series(counts, negative=negative), Settings())) == []
    counts[700], negative[700] = 12, 11
    kinds = {e.episode.kind for e in replay(series(counts, negative=negative), Settings()).events}
    assert "negative_spike" in kinds
    assert told(replay(series([9] * 800, negative=[4] * 800), Settings())) == []


def test_the_share_can_rise_without_the_volume():
    negative = [1] * 600
    negative[500:512] = [8] * 12
    events = replay(series([10] * 600, negative=negative), Settings()).events
    assert {e.episode.kind for e in events} == {"negative_spike"}
    assert events[0].at < START + 506 * HOUR
    assert events[0].episode.usual_share < 0.2 < events[0].episode.negative_share


@LAW
@given(st.integers(0, 10**6), st.integers(1, 30), st.integers(100, 380))
def test_shifting_time_by_weeks_shifts_episodes(seed, weeks, at):
    counts = spiky(seed, 420, at)
    shift = timedelta(weeks=weeks)
    here = replay(series(counts), Settings())
    there = replay(series(counts, start=START + shift), Settings())
    assert [(at + shift, *rest) for at, *rest in told(here)] == [tuple(x) for x in told(there)]


@LAW
@given(st.integers(0, 10**6), st.integers(80, 400), st.sets(st.integers(0, 399), max_size=60))
def test_a_prefix_of_the_series_gives_a_prefix_of_the_output(seed, cut, blind):
    hours = series(spiky(seed, 400, 300), blind=blind, negative=noise(seed + 1, 400, 1))
    whole, part = replay(hours, Settings()), replay(hours[:cut], Settings())
    assert whole.points[:cut] == part.points
    assert whole.events[: len(part.events)] == part.events
    assert all(event.at > hours[cut - 1].start + HOUR for event in whole.events[len(part.events) :])


@LAW
@given(st.integers(0, 10**6), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 500)), max_size=8))
def test_more_mentions_inside_an_open_episode_never_close_it_earlier(seed, more):
    counts = spiky(seed, 480, 300)
    before = replay(series(counts), Settings())
    spike = next(e for e in before.episodes if e.kind == "volume_spike" and e.opened > START + 300 * HOUR)
    end = spike.ended or START + 480 * HOUR
    open_hours = range((spike.opened - START) // HOUR, (end - START) // HOUR)
    for offset, extra in more:
        counts[open_hours[offset % len(open_hours)]] += extra
    after = replay(series(counts), Settings())
    same = next(e for e in after.episodes if e.kind == "volume_spike" and e.opened == spike.opened)
    assert (same.ended or datetime.max.replace(tzinfo=UTC)) >= (spike.ended or START)


@LAW
@given(st.integers(0, 10**6), st.sets(st.integers(100, 399)))
def test_blind_hours_never_alert(seed, blind):
    counts = spiky(seed, 400, 300)
    found = replay(series(counts, blind=blind), Settings())
    ends = {START + (n + 1) * HOUR for n in blind}
    assert not ends.intersection(e.at for e in found.events)
    assert all(p.score == 0 and p.significance == 0 for n, p in enumerate(found.points) if n in blind)


@LAW
@given(
    st.lists(
        st.tuples(st.integers(-5, 90), st.sampled_from([0, 1, 9, 10**7, 10**12]), st.floats(-1, 2)),
        max_size=120,
    ),
    st.sampled_from([300.0, 3600.0, 86400.0]),
)
def test_any_counts_in_any_order_give_finite_numbers(steps, width):
    at, hours = START, []
    for step, count, exposure in steps:
        at += timedelta(seconds=step * width / 7)
        hours.append(Bucket(brand="b", start=at, stories=count, negative=count, exposure=exposure))
    found = replay(hours, Settings(), width=width)
    assert len(found.points) == len(hours)
    assert all(0 <= p.score <= 1 and 0 <= p.significance < 1e9 for p in found.points)
    assert found.events == replay(hours, Settings(), width=width).events


def test_huge_jumps_do_not_overflow():
    counts = [1] * 200 + [10**7] * 3 + [0] * 50
    found = replay(series(counts), Settings())
    assert found.events[0].episode.severity == "critical"


def test_a_clock_set_back_is_blind_and_changes_nothing_before_it():
    hours = series([4] * 300)
    found = replay(hours[:200] + hours[150:], Settings())
    assert found.events == ()
    assert [p.blind for p in found.points[200:250]] == [True] * 50


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_a_change_of_clocks_is_no_event(day):
    start = day - timedelta(days=20)
    hours = [
        Bucket(brand="b", start=start + n * HOUR, stories=2 + 8 * (7 <= (start + n * HOUR).hour < 21))
        for n in range(800)
    ]
    assert replay(hours, Settings(timezone="Europe/Paris")).events == ()


def test_a_busy_five_minute_series_scores_rarely_and_the_larger_event_higher():
    best = [0.0]
    for size in (30, 90, 400):
        counts = noise(3, 288 * 10, 8)
        counts[288 * 8 : 288 * 8 + 12] = [count + size for count in counts[288 * 8 : 288 * 8 + 12]]
        points = replay(series(counts, step=timedelta(minutes=5)), Settings(), width=300).points
        scored = [n for n, p in enumerate(points) if p.score]
        assert 0 < len(scored) < 10
        assert set(scored) <= set(range(288 * 8, 288 * 8 + 12))
        best.append(max(p.score for p in points))
    assert best == sorted(set(best))
    assert best[-1] < 1


@pytest.mark.parametrize(
    ("counts", "is_open", "answer"),
    [([1, 1, 1], False, False), ([3, 0, 2], False, True), ([0], True, True), ([], False, False)],
)
def test_the_gate_opens_only_when_a_window_can_reach_the_minimum(counts, is_open, answer):
    assert may_alert(series(counts), Settings(), something_open=is_open) is answer


def test_the_gate_never_hides_an_opening():
    hours = series(spiky(5, 400, 300))
    opened = {e.at for e in replay(hours, Settings()).events if e.reason == "opened"}
    assert all(may_alert(hours[:n], Settings()) for n in range(1, 400) if START + n * HOUR in opened)


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"score": 3, "ratio": 2}, "info"),
        ({"score": 7, "ratio": 3}, "warning"),
        ({"score": 20, "ratio": 9}, "critical"),
        ({"score": 7, "ratio": 6, "silent": True}, "critical"),
        ({"score": 3, "ratio": 2, "negative_share": 0.7, "usual_share": 0.2}, "warning"),
    ],
)
def test_severity_adds_up_reasons(facts, level):
    assert severity(**facts) == level
