"""Periods, hours gathered into days and cells of the week, and the shares of a period."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereputation.figures import Period, Tones, Totals, heat, steps, totals, voice
from ereputation.model import Bucket

PARIS = ZoneInfo("Europe/Paris")
HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
COUNTS = st.integers(0, 50)
HOURS = st.lists(st.tuples(COUNTS, COUNTS, st.sampled_from([0.0, 0.5, 1.0])), max_size=24 * 15)


def buckets(counts, start=MONDAY):
    return [
        Bucket(brand="B", start=start + n * HOUR, copies=c + s, stories=s, negative=s // 2, exposure=e)
        for n, (c, s, e) in enumerate(counts)
    ]


@pytest.mark.parametrize(
    ("now", "length", "since", "hours"),
    [
        (MONDAY, timedelta(days=7), MONDAY - timedelta(days=7), 168),
        (MONDAY + timedelta(minutes=30), timedelta(days=7), MONDAY - timedelta(days=7) + HOUR, 168),
        (MONDAY + timedelta(seconds=1), timedelta(days=1), MONDAY - timedelta(days=1) + HOUR, 24),
    ],
)
def test_a_recent_period_has_as_many_hours_as_was_asked(now, length, since, hours):
    period = Period.lately(now, length)
    assert (period.since, period.until, period.hours) == (since, now, hours)
    assert period.before.hours == hours
    assert period.before.until == period.since


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.integers(1, 10**7))  # noqa: DTZ001
def test_a_period_and_the_one_before_are_as_long_and_touch(start, seconds):
    start = start.replace(tzinfo=UTC)
    period = Period.of(start, start + timedelta(seconds=seconds))
    assert period.since <= start < period.since + HOUR
    assert period.before.hours == period.hours
    assert period.before.end == period.since
    assert timedelta(0) <= period.end - period.until < HOUR


def test_a_period_that_ends_before_it_begins_is_none():
    with pytest.raises(ValueError, match="begin before"):
        Period.of(MONDAY, MONDAY)


@given(HOURS)
def test_gathering_by_day_loses_nothing(counts):
    hours = buckets(counts)
    days = steps(hours, {}, width="day", zone=PARIS)
    assert sum(d.stories for d in days) == sum(h.stories for h in hours)
    assert sum(d.copies for d in days) == sum(h.copies for h in hours)
    assert all(0 <= d.exposure <= 1 for d in days)
    assert [d.end for d in days[:-1]] == [d.start for d in days[1:]]
    assert len({d.start.astimezone(PARIS).date() for d in days}) == len(days)


def test_a_day_is_a_local_day_of_23_hours_when_clocks_go_forward():
    hours = buckets([(0, 1, 1.0)] * 71, start=datetime(2026, 3, 27, 23, tzinfo=UTC))
    assert [day.stories for day in steps(hours, {}, width="day", zone=PARIS)] == [24, 23, 24]


def test_where_clocks_are_half_an_hour_off_a_day_still_begins_with_its_first_hour():
    delhi = ZoneInfo("Asia/Kolkata")
    period = Period.of(datetime(2026, 3, 2, tzinfo=delhi), datetime(2026, 3, 4, tzinfo=delhi))
    days = steps(buckets([(0, 1, 1.0)] * 48, start=period.since), {}, width="day", zone=delhi)
    assert [(day.day.astimezone(delhi).day, day.stories) for day in days] == [(2, 24), (3, 24)]


def test_the_band_of_a_day_is_wider_than_of_independent_hours_and_narrower_than_the_sum():
    hours = buckets([(0, 1, 1.0)] * 23)
    usual = {hour.start: (2.0, 0.0, 4.0) for hour in hours}
    (day,) = steps(hours, {}, width="day", zone=UTC, usual=usual)
    assert day.expected == 46
    assert 46 + 2 * 23**0.5 < day.high < 4 * 23
    assert 0 <= day.low < 46


def test_nothing_is_usual_where_an_hour_is_unknown_or_nobody_looked():
    hours = buckets([(0, 1, 1.0), (0, 1, 1.0)])
    known = {hours[0].start: (2.0, 0.0, 4.0)}
    (day,) = steps(hours, {}, width="day", zone=UTC, usual=known)
    assert day.expected is None
    (blind,) = steps(buckets([(0, 0, 0.0)]), {}, width="hour", zone=UTC, usual=known)
    assert blind.blind
    assert blind.expected is None


@given(HOURS)
def test_the_heat_of_a_week_holds_every_mention_and_knows_no_rate_where_nobody_looked(counts):
    hours = buckets(counts)
    cells = heat(hours, zone=PARIS)
    assert len(cells) == 168
    assert sum(cell.mentions for cell in cells) == sum(hour.copies for hour in hours)
    assert all((cell.rate is None) == (cell.watched == 0) for cell in cells)


def test_the_heat_knows_who_is_on_duty():
    cells = heat([], zone=PARIS, staffed=lambda when: when.weekday() < 5 and 9 <= when.hour < 18)
    assert sum(bool(cell.staffed) for cell in cells) == 45
    assert (cells[9].weekday, cells[9].hour, cells[9].staffed) == (0, 9, True)
    assert heat([], zone=PARIS)[9].staffed is None


TOTALS = st.builds(Totals, stories=COUNTS, copies=COUNTS, exposure=st.sampled_from([0.0, 1.0]))
MANY = st.dictionaries(st.text(max_size=3), TOTALS, min_size=1)


@given(MANY, MANY)
def test_shares_of_voice_add_up_to_one_or_nobody_speaks(now, before):
    shares = voice(now, before, {})
    assert {share.brand for share in shares} == set(now)
    for part, count in (("of_stories", "stories"), ("of_copies", "copies")):
        added = sum(getattr(share, part) for share in shares)
        assert added == pytest.approx(1 if any(getattr(t, count) for t in now.values()) else 0)
    assert [s.stories for s in shares] == sorted((s.stories for s in shares), reverse=True)


def test_a_share_is_not_compared_with_a_time_nobody_looked_at():
    now = {"A": Totals(stories=3, exposure=1.0), "B": Totals(stories=1, exposure=1.0)}
    seen = {"A": Totals(stories=1, exposure=1.0), "B": Totals(stories=1, exposure=1.0)}
    unseen = {"A": Totals(stories=1, exposure=1.0), "B": Totals(stories=1, exposure=0.2)}
    assert voice(now, seen, {})[0].before == 0.5
    assert voice(now, unseen, {})[0].before is None


@given(HOURS)
def test_totals_are_sums(counts):
    hours = buckets(counts)
    tones = {MONDAY: {"negative": 2, "positive": 1}, MONDAY + HOUR: {"neutral": 3}}
    found = totals(hours, tones)
    assert (found.stories, found.hours) == (sum(h.stories for h in hours), len(hours))
    assert found.tones == Tones(positive=1, neutral=3, negative=2)
    assert found.blind == sum(h.exposure == 0 for h in hours)
    assert found.tones.net == pytest.approx(-1 / 6)
    assert Tones().net is None
