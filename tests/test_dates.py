"""The date layer: what each way of writing a date means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereputation.sources.dates import believable, read_date, trusted

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STATED = [
    ("ven., 11 mars 2011 06:46:23 +0100", "2011-03-11T05:46:23"),
    ("Ven, 11 Mar 2011 06:46:23 +0100", "2011-03-11T05:46:23"),
    ("Mar, 15 mars 2011 06:46:23 GMT", "2011-03-15T06:46:23"),
    ("Fri, 11 Mar 2011 06:46:23 CET", "2011-03-11T05:46:23"),
    ("Fri, 11 Mar 2011 06:46:23 EST", "2011-03-11T11:46:23"),
    ("Fri, 11 Mar 2011 06:46:23 +0100 (CET)", "2011-03-11T05:46:23"),
    ("Fri, 11 Mar 2011 06:46:23 GMT+1", "2011-03-11T05:46:23"),
    ("Fri, 11 Mar 2011 06:46:23 Europe/Paris", "2011-03-11T05:46:23"),
    ("Fri,11 Mar 2011 06:46:23 GMT", "2011-03-11T06:46:23"),
    ("Fri, 11 Mar 2011 06:46:23GMT", "2011-03-11T06:46:23"),
    ("Fri, 11-Mar-11 06:46:23 GMT", "2011-03-11T06:46:23"),
    ("Fri, 11 Mar 2011 24:00:00 GMT", "2011-03-12T00:00:00"),
    ("Fri, 11 Mar 2011 23:59:60 GMT", "2011-03-11T23:59:59"),
    ("11 Mar 2011 6:46 pm EDT", "2011-03-11T22:46:00"),
    ("Mar 11th, 2011 at 12:46 AM PST", "2011-03-11T08:46:00"),
    ("Fri Mar 11 06:46:23 CET 2011", "2011-03-11T05:46:23"),
    ("Sat, 07 Sept 2002 9:42:31 AM EST", "2002-09-07T14:42:31"),
    ("2011-03-11T06:46:23Z", "2011-03-11T06:46:23"),
    ("2011-03-11T06:46:23.123-0500", "2011-03-11T11:46:23.123000"),
    ("2011-03-11 06:46:23 UTC", "2011-03-11T06:46:23"),
    ("20110311T064623Z", "2011-03-11T06:46:23"),
    ("1299825983", "2011-03-11T06:46:23"),
    ("1299825983000", "2011-03-11T06:46:23"),
    ("Seg, 24 Set 2018 19:42:40 -0300", "2018-09-24T22:42:40"),
]
WITHOUT_ZONE = [
    ("vendredi 11 mars 2011 06:46", "2011-03-11T05:46:00"),
    ("11/03/2011 14:30", "2011-03-11T13:30:00"),
    ("03/25/2011 08:00", "2011-03-25T07:00:00"),
    ("11.03.2011", "2011-03-10T23:00:00"),
    ("1er avril 2011", "2011-03-31T22:00:00"),
    ("12 févr. 2024", "2024-02-11T23:00:00"),
    ("12 août 2024 à 18h05", "2024-08-12T16:05:00"),
    ("le 11 mars 2011 à 14 h 30", "2011-03-11T13:30:00"),
    ("samedi 12 mars 2011, 14h", "2011-03-12T13:00:00"),
    ("2016/6/29 15:07:41", "2016-06-29T13:07:41"),
    ("2011-03-11T06:46:23", "2011-03-11T05:46:23"),
    ("2011-03-11", "2011-03-10T23:00:00"),
    ("March 11, 2011", "2011-03-10T23:00:00"),
    ("Fri, 11 Mar 2011 06:46:23 XYZ", "2011-03-11T05:46:23"),
]
UNREADABLE = [
    "",
    "yesterday",
    "Thu, 31 Feb 2011 10:00:00 GMT",
    "2011-13-45",
    "11 mars",
    "99-03-11",
    "9" * 400,
    "25:61",
]


@pytest.mark.parametrize(("text", "expected"), STATED)
def test_a_date_with_its_zone_is_stated(text, expected):
    assert read_date(text, "Europe/Paris") == (datetime.fromisoformat(expected).replace(tzinfo=UTC), "stated")


@pytest.mark.parametrize(("text", "expected"), WITHOUT_ZONE)
def test_a_date_without_zone_is_in_the_zone_of_its_source(text, expected):
    assert read_date(text, "Europe/Paris") == (
        datetime.fromisoformat(expected).replace(tzinfo=UTC),
        "assumed_zone",
    )


def test_without_any_zone_it_is_utc():
    assert read_date("2011-03-11 06:46") == (datetime(2011, 3, 11, 6, 46, tzinfo=UTC), "assumed_zone")


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_date_is_none(text):
    assert read_date(text) is None


@given(st.text(max_size=200))
def test_any_text_is_a_date_or_none(text):
    found = read_date(text, "Europe/Paris")
    assert found is None or found[0].tzinfo is UTC


@given(st.datetimes(datetime(1990, 1, 2), datetime(2037, 1, 1)), st.integers(-14, 14))  # noqa: DTZ001 - a zone is added
def test_every_iso_date_is_read_back(moment, hours):
    moment = moment.replace(tzinfo=UTC)
    written = f"{(moment + timedelta(hours=hours)).replace(tzinfo=None).isoformat()}{hours:+03d}:00"
    assert read_date(written) == (moment, "stated")


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([], (NOW, "first_seen")),
        ([None], (NOW, "first_seen")),
        ([(datetime(2097, 1, 1, tzinfo=UTC), "stated")], (NOW, "first_seen")),
        ([(datetime(1970, 1, 1, tzinfo=UTC), "stated")], (NOW, "first_seen")),
        ([(NOW + timedelta(minutes=50), "stated")], (NOW + timedelta(minutes=50), "stated")),
        (
            [
                (datetime(2097, 1, 1, tzinfo=UTC), "stated"),
                (datetime(2020, 1, 1, tzinfo=UTC), "assumed_zone"),
            ],
            (datetime(2020, 1, 1, tzinfo=UTC), "assumed_zone"),
        ),
    ],
)
def test_the_first_believable_date_wins_and_now_stands_in_for_none(candidates, expected):
    assert trusted(candidates, NOW) == expected


def test_an_hour_of_skew_is_forgiven():
    assert believable(NOW + timedelta(hours=1), NOW)
    assert not believable(NOW + timedelta(hours=1, seconds=1), NOW)


@given(
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)),  # noqa: DTZ001 - written with a zone below
    st.sampled_from(["GMT", "+0100", "-0930", "+1459", "+1500", "EST"]),
    st.sampled_from(["%a, %d %b %Y %H:%M:%S ", "%d %b %Y %H:%M:%S ", "%d %b %Y %H:%M "]),
)
def test_dates_as_mail_writes_them_are_read_as_all_others(moment, zone, form):
    text = moment.strftime(form) + zone
    assert read_date(text) == read_date(f"{text}.")  # the full stop leads to the long way


@given(
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)),  # noqa: DTZ001 - written with a zone below
    st.sampled_from(["Z", "+01:00", "-09:30", "+14:59", "+15:00", ""]),
    st.sampled_from(["auto", "seconds", "milliseconds", "minutes"]),
)
def test_dates_as_the_standard_writes_them_are_read_as_all_others(moment, zone, precision):
    text = moment.isoformat(timespec=precision) + zone
    assert read_date(text) == read_date(f"{text}.")
