"""Politeness in numbers: rate-limit dialects, domains, pauses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereputation.fetch import domain_of, inflate_file, retry_at
from ereputation.fetch.politeness import answered, failed, is_private, limited_with, sent_away
from ereputation.model import HostState

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EPOCH = str(int(NOW.timestamp()) + 90)
GRAPH = '{"17": [{"type": "pages", "call_count": %d, "estimated_time_to_regain_access": %d}]}'


@pytest.mark.parametrize(
    ("headers", "status", "seconds"),
    [
        ({}, 429, None),
        ({"retry-after": "120"}, 429, 120),
        ({"retry-after": "0"}, 429, 0),
        ({"retry-after": "-5"}, 503, 0),
        ({"retry-after": "Sun, 01 Mar 2026 12:10:00 GMT"}, 503, 600),
        ({"retry-after": "Sun, 01 Mar 2026 11:10:00 GMT"}, 503, 0),
        ({"retry-after": "Sun, 01 Mar 2026 13:10:00 GMT", "date": "Sun, 01 Mar 2026 13:00:00 GMT"}, 429, 600),
        ({"retry-after": "99999999"}, 429, 86_400),
        ({"retry-after": "soon"}, 429, None),
        ({"retry-after": "nan"}, 429, None),
        ({"x-ratelimit-reset": "2026-03-01T12:05:00.237802Z"}, 429, 300.237802),
        ({"x-ratelimit-reset": EPOCH}, 429, 90),
        ({"x-ratelimit-reset": "31.5"}, 429, 31.5),
        ({"ratelimit-reset": EPOCH, "ratelimit-policy": "30;w=300"}, 429, 90),
        ({"ratelimit-reset": "60", "retry-after": "10"}, 429, 10),
        ({"x-ratelimit-reset": "60"}, 200, None),
        ({"x-ratelimit-reset": "60", "x-ratelimit-remaining": "0"}, 200, 60),
        ({"x-ratelimit-reset": "60", "x-ratelimit-remaining": "99.0"}, 200, None),
        ({"x-rate-limit-reset": EPOCH, "x-rate-limit-remaining": "0"}, 200, 90),
        ({"x-app-usage": '{"call_count": 28, "total_time": 25, "total_cputime": 25}'}, 200, None),
        ({"x-app-usage": '{"call_count": 28, "total_time": 90, "total_cputime": 25}'}, 200, 1_800),
        ({"x-page-usage": '{"call_count": 250}'}, 400, 3_600),
        ({"x-business-use-case-usage": GRAPH % (100, 19)}, 400, 19 * 60),
        ({"x-business-use-case-usage": GRAPH % (79, 0)}, 200, None),
        ({"x-business-use-case-usage": GRAPH % (85, 0), "retry-after": "5"}, 429, 5),
        ({"x-app-usage": '{"call_count": "many", "total_time": null}'}, 200, None),
        ({"x-app-usage": "[" * 5_000}, 200, None),
        ({"x-app-usage": "100"}, 200, None),
    ],
)
def test_every_dialect_of_rate_limiting_is_read(headers, status, seconds):
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert retry_at(headers, status, NOW) == expected


@given(st.text(max_size=40))
def test_any_header_gives_a_time_within_a_day_or_none(text):
    moment = retry_at(
        {"retry-after": text, "x-ratelimit-reset": text, "date": text, "x-app-usage": text}, 429, NOW
    )
    assert moment is None or NOW <= moment <= NOW + timedelta(hours=24)


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.lemonde.fr/rss", "lemonde.fr"),
        ("https://feeds.bbci.co.uk/x", "bbci.co.uk"),
        ("https://a.b.service-public.gouv.fr/", "service-public.gouv.fr"),
        ("https://news.com.au/", "news.com.au"),
        ("https://lemonde.fr./", "lemonde.fr"),
        ("http://127.0.0.1:8080/a", "127.0.0.1:8080"),
        ("http://localhost/a", "localhost:80"),
        ("http://[::1]:81/", "::1:81"),
        ("http://93.184.216.34:8080/", "93.184.216.34"),
    ],
)
def test_what_belongs_together_shares_a_domain(url, domain):
    assert domain_of(url) == domain


@pytest.mark.parametrize(
    ("url", "whole_domain"),
    [
        ("https://a.example.org/x", True),
        ("http://192.0.2.7/x", True),
        ("http://127.0.0.1:8000/x", False),
        ("http://localhost/x", False),
    ],
)
def test_a_limit_is_the_domains_but_on_loopback_the_addresses(url, whole_domain):
    assert (limited_with(url) == domain_of(url)) is whole_domain


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("10.0.0.1", True),
        ("192.168.1.1", True),
        ("169.254.169.254", True),
        ("::1", True),
        ("printer.local", True),
        ("0.0.0.0", True),
        ("224.0.0.1", True),
        ("::ffff:10.0.0.1", True),
        ("::ffff:93.184.216.34", False),
        ("64:ff9b::7f00:1", True),
        ("64:ff9b::5db8:d822", False),
        ("2002:7f00:1::", True),
        ("fe80::1%eth0", True),
        ("localhost", True),
        ("93.184.216.34", False),
        ("lemonde.fr", False),
    ],
)
def test_the_inside_is_told_from_the_outside(host, private):
    assert is_private(host) is private


def test_pauses_double_up_to_six_hours_and_end_with_an_answer():
    state, pauses = HostState(domain="e.org"), []
    for _ in range(12):
        state = sent_away(state, 429, None, NOW)
        pauses.append((state.not_before - NOW).total_seconds() / 60)
    assert all(0.8 * 2**n <= pause <= 2**n for n, pause in enumerate(pauses[:8], start=1))
    assert 0.8 * 360 <= pauses[-1] <= 360
    assert answered(state, 200, None) == HostState(domain="e.org", last_status=200)


def test_two_failures_are_forgiven():
    state = failed(failed(HostState(domain="e.org"), 0, NOW), 0, NOW)
    assert state.not_before is None
    assert failed(state, 0, NOW).not_before > NOW


@given(st.binary(max_size=300))
def test_a_file_that_is_not_compressed_passes_as_it_is(payload):
    if payload[:1] not in {b"\x1f", b"\x78"}:
        assert inflate_file(payload, 1000) == (payload, True)
