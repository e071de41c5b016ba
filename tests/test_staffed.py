"""When somebody watches: what people write, and staffed time through changes of clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ereputation.staffed import Staffed

PARIS = ZoneInfo("Europe/Paris")
OFFICE = Staffed.parse("Mon-Fri 09:00-18:00")
HOUR, DAY, WEEK = 3600, 86400, 604800
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def at(text, zone=PARIS):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def on(days, start, end):
    """Hours of these days, given in hours of the day."""
    return tuple(
        (DAYS.index(day) * DAY + int(start * HOUR), DAYS.index(day) * DAY + int(end * HOUR))
        for day in days.split()
    )


WEEKDAYS = "mon tue wed thu fri"


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Mon-Fri 09:00-18:00", on(WEEKDAYS, 9, 18)),
        ("Mon-Fri 09:00-18:00, Sat 10:00-12:30", on(WEEKDAYS, 9, 18) + on("sat", 10, 12.5)),
        ("lun-ven 9h-18h", on(WEEKDAYS, 9, 18)),
        ("lun.-ven. 9 h - 18 h", on(WEEKDAYS, 9, 18)),
        ("du lundi au vendredi de 9h à 18h", on(WEEKDAYS, 9, 18)),
        ("Monday to Friday from 9am to 6pm", on(WEEKDAYS, 9, 18)),
        ("mercredi 9h30-12h", on("wed", 9.5, 12)),
        ("sat, sun 10:00-12:00", on("sat sun", 10, 12)),
        ("sam et dim 10h-12h", on("sat sun", 10, 12)),
        ("Mon-Fri 9h-12h, 14h-18h", tuple(sorted(on(WEEKDAYS, 9, 12) + on(WEEKDAYS, 14, 18)))),
        ("Mon-Fri 9h-12h 14h-18h", tuple(sorted(on(WEEKDAYS, 9, 12) + on(WEEKDAYS, 14, 18)))),
        ("8-20", on("mon tue wed thu fri sat sun", 8, 20)),
        ("tous les jours de 8h à 20h", on("mon tue wed thu fri sat sun", 8, 20)),
        ("7j/7 8h-20h", on("mon tue wed thu fri sat sun", 8, 20)),
        ("24/7", ((0, WEEK),)),
        ("24h/24 7j/7", ((0, WEEK),)),
        ("Mon-Sun 00:00-24:00", ((0, WEEK),)),
        ("Mon-Fri 09:00–18:00", on(WEEKDAYS, 9, 18)),
        ("Fri 22:00-06:00", on("fri", 22, 30)),
        ("Sun 22:00-02:00", on("mon", 0, 2) + on("sun", 22, 24)),
        ("fri-mon 9-10", on("mon fri sat sun", 9, 10)),
        ("Mon 9-12, Mon 11-14", on("mon", 9, 14)),
        ("Mon 12am-12pm", on("mon", 0, 12)),
    ],
)
def test_hours_are_read_as_people_write_them(text, hours):
    assert Staffed.parse(text).hours == hours
    assert str(Staffed.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", " ", "Mon", "Mon-Fri", "Mon-Fri 9", "9-9", "9-", "-", ",", "Mon 25:00-26:00", "Mon 9:75-10", "Mon 24:30-25:00", "foo 9-12", "9-10-11", "Mon - 9-10", "13pm-14pm", "whenever", "24:00-06:00", "Mon 9:00:00-10:00", "é" * 600, "mo 9-10"],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="expected hours such as"):
        Staffed.parse(text)


def test_somebody_watches_on_office_days_only():
    assert OFFICE.covers(at("2011-03-11T09:00"), PARIS)
    assert not OFFICE.covers(at("2011-03-11T18:00"), PARIS)
    assert not OFFICE.covers(at("2011-03-12T12:00"), PARIS)
    assert OFFICE.covers(at("2011-03-11T08:30", UTC), PARIS)
    assert not OFFICE.covers(at("2011-03-11T08:30"), PARIS)


def test_the_week_end_of_march_2011_has_no_staffed_second():
    assert OFFICE.seconds_between(at("2011-03-11T18:00"), at("2011-03-14T09:00"), PARIS) == 0
    assert OFFICE.next_opening(at("2011-03-11T18:00"), PARIS) == at("2011-03-14T09:00")


def test_time_going_backwards_is_no_time():
    assert OFFICE.seconds_between(at("2011-03-14T12:00"), at("2011-03-14T10:00"), PARIS) == 0


@pytest.mark.parametrize(
    ("hours", "day", "expected"),
    [
        ("Sun 00:00-06:00", "2026-03-29", 5),  # 02:00-03:00 does not exist
        ("Sun 00:00-06:00", "2026-10-25", 7),  # 02:00-03:00 comes twice
        ("Sun 02:30-04:00", "2026-03-29", 1),
        ("Sun 02:30-04:00", "2026-10-25", 2),
        ("Sun 02:00-03:00", "2026-03-29", 0),
        ("Sun 02:00-03:00", "2026-10-25", 2),
        ("Sun 02:00-03:00", "2026-06-07", 1),
    ],
)
def test_hours_are_worked_by_the_clock_on_the_wall(hours, day, expected):
    worked = Staffed.parse(hours).seconds_between(at(f"{day}T00:00"), at(f"{day}T23:59"), PARIS)
    assert worked == expected * HOUR


def test_an_opening_the_clocks_skip_is_the_next_week():
    night = Staffed.parse("Sun 02:00-03:00")
    assert night.next_opening(at("2026-03-28T12:00"), PARIS) == at("2026-04-05T02:00")


def test_centuries_are_counted_at_once():
    assert (
        OFFICE.seconds_between(at("1900-01-01T00:00", UTC), at("2100-01-04T00:00", UTC), UTC)
        == 10436 * 5 * 9 * HOUR
    )


instants = st.integers(0, 50 * 365 * DAY).map(
    lambda second: datetime(1995, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)
zones = st.sampled_from(
    ["Europe/Paris", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"]
).map(ZoneInfo)
minutes = st.integers(0, 23 * 60)
weeks = st.lists(st.tuples(st.sampled_from(DAYS), minutes, minutes), min_size=1, max_size=4).map(
    lambda ranges: Staffed.parse(
        ", ".join(
            f"{day} {a // 60}:{a % 60:02}-{(b if b != a else b + 1) // 60}:{(b if b != a else b + 1) % 60:02}"
            for day, a, b in ranges
        )
    )
)


@given(weeks, instants, zones)
def test_the_next_opening_is_covered_and_nothing_is_before_it(week, when, zone):
    opening = week.next_opening(when, zone)
    assert when <= opening <= when + timedelta(days=15)
    assert week.covers(opening, zone)
    assert week.seconds_between(when, opening, zone) == 0


@given(weeks, st.lists(instants, min_size=3, max_size=3).map(sorted), zones)
def test_staffed_time_adds_up_and_never_exceeds_time(week, moments, zone):
    start, middle, end = moments
    whole = week.seconds_between(start, end, zone)
    assert 0 <= whole <= (end - start).total_seconds() + 1e-3
    assert (
        abs(week.seconds_between(start, middle, zone) + week.seconds_between(middle, end, zone) - whole)
        < 1e-3
    )


@given(weeks, st.lists(instants, min_size=4, max_size=4), zones)
def test_looking_staffed_time_up_says_the_same_as_working_it_out(week, moments, zone):
    since, until, start, end = moments
    counted = week.counter(min(since, until), max(since, until), zone)(start, end)
    assert counted == pytest.approx(week.seconds_between(start, end, zone), abs=1e-3)


@settings(max_examples=25)
@given(
    weeks, instants.map(lambda when: when.replace(second=0, microsecond=0)), st.integers(1, 3 * 1440), zones
)
def test_staffed_time_is_the_minutes_somebody_watches(week, start, count, zone):
    watched = sum(week.covers(start + timedelta(minutes=minute), zone) for minute in range(count))
    assert week.seconds_between(start, start + timedelta(minutes=count), zone) == watched * 60


@given(st.text(max_size=80) | st.text("lunvedmosat0123456789h:-, /&àa", max_size=40))
def test_no_text_breaks_the_reader(text):
    try:
        hours = Staffed.parse(text).hours
    except ValueError:
        return
    assert hours
    assert all(0 <= start < end <= WEEK for start, end in hours)
    assert all(end < start for (_, end), (start, _) in pairwise(hours))
