"""A listing read again and again: what two scans bring together, and what is said when something may be missing."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from ereputation.errors import FetchError, NotYet
from ereputation.sources.api import Place, Post, posts
from ereputation.sources.pages import Page, follow

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLACE = Place(source="s", kind="k", now=NOW, base="https://example.org")


def made(*numbers: int):
    """Posts by number; the higher the newer."""
    return posts(
        (
            Post(
                id=f"https://example.org/{n}",
                body=f"post {n}",
                published=(NOW - timedelta(hours=1000 - n), "stated"),
            )
            for n in numbers
        ),
        PLACE,
    )


def listing(newest: int, size: int = 10, oldest: int = 1, broken: dict[str, Exception] | None = None):
    """A server whose pages hold ``size`` posts from ``newest`` down; a cursor is the number of the next post."""
    asked: list[str] = []

    async def read(cursor: str) -> Page:
        asked.append(cursor)
        if broken and cursor in broken:
            raise broken[cursor]
        start = int(cursor or newest)
        numbers = range(start, max(start - size, oldest - 1), -1)
        following = start - size
        return Page(documents=made(*numbers), next=str(following) if following >= oldest else "")

    read.asked = asked  # type: ignore[attr-defined]
    return read


def scan(read, state=None, **options):
    return asyncio.run(follow(read, json.loads(json.dumps(dict(state or {}))), of="x", **options))


def ids(reading):
    return [int(one.guid.rpartition("/")[2]) for one in reading.documents]


def test_the_first_reading_is_one_page_and_covers_from_its_oldest_post():
    first = scan(listing(100))
    assert ids(first) == list(range(100, 90, -1))
    assert (first.covers_from, first.possible_gap) == (NOW - timedelta(hours=909), False)


@pytest.mark.parametrize(
    ("newer", "requests"),
    [(100, 1), (101, 1), (109, 1), (110, 2), (135, 4)],
    ids=["none", "one", "nine", "ten", "many"],
)
def test_a_second_scan_reads_down_to_what_is_known(newer, requests):
    first = scan(listing(100))
    server = listing(newer)
    second = scan(server, first.state)
    assert set(range(101, newer + 1)) <= set(ids(second))
    assert (len(server.asked), second.possible_gap, second.covers_from) == (requests, False, None)


def test_what_one_scan_cannot_reach_is_said_and_read_by_the_next_ones():
    state, seen = scan(listing(100)).state, set()
    second = scan(listing(150), state, most=3)
    assert (second.possible_gap, second.covers_from) == (True, NOW - timedelta(hours=1000 - 121))
    assert second.warning == "more posts than one scan reads: the rest follows with the next ones"
    seen.update(ids(second))
    third = scan(listing(152), second.state, most=4)
    seen.update(ids(third))
    assert (third.possible_gap, third.warning) == (False, "")
    assert seen >= set(range(101, 153))


def test_a_page_that_fails_midway_keeps_what_was_read_and_goes_on_later():
    state = scan(listing(100)).state
    busy = NotYet("too many requests", status=429)
    second = scan(listing(135, broken={"125": busy}), state)
    assert (ids(second), second.possible_gap) == (list(range(135, 125, -1)), True)
    assert second.warning == "only part of it was read: too many requests"
    third = scan(listing(136), second.state)
    assert set(ids(second)) | set(ids(third)) >= set(range(101, 137))
    assert not third.possible_gap


def test_a_first_page_that_fails_is_a_failure():
    with pytest.raises(FetchError, match="gone"):
        scan(listing(9, broken={"": FetchError("gone", status=500)}))


def test_a_kept_cursor_that_has_gone_bad_is_dropped_and_said_once():
    state = scan(listing(100)).state
    second = scan(listing(150), state, most=2)
    refused = {"130": FetchError("bad cursor", status=400)}
    third = scan(listing(150, broken=refused), second.state)
    assert third.possible_gap
    assert "bad cursor" in third.warning
    fourth = scan(listing(150), third.state)
    assert (fourth.possible_gap, fourth.warning) == (False, "")


def test_a_cursor_that_loops_ends_the_reading_and_is_said():
    async def read(cursor: str) -> Page:
        return Page(
            documents=made(200 + len(cursor)), next="a" if cursor != "a" else "b" if cursor == "b" else "a"
        )

    state = scan(listing(100)).state
    reading = scan(read, state)
    assert reading.possible_gap
    assert reading.warning == "the server's pages lead in a circle: older posts may be missing"


def test_empty_pages_with_a_next_link_are_not_followed_for_ever():
    asked = []

    async def read(cursor: str) -> Page:
        asked.append(cursor)
        return Page(next=f"{len(asked)}")

    scan(read, scan(listing(100)).state)
    assert len(asked) == 2


def test_posts_that_were_deleted_since_do_not_hide_the_known_ones():
    state = scan(listing(100)).state  # 91-100
    server = listing(95, size=10)  # 96-100 are gone, the page now ends with older posts
    assert not scan(server, state).possible_gap
    assert len(server.asked) == 1


def test_a_state_of_another_listing_or_none_at_all_is_a_first_reading():
    for state in ({"of": "y", "frontier": {"ids": ["1"]}}, {"of": 7}, {"frontier": "?"}):
        assert scan(listing(100), state).covers_from is not None


def test_what_a_search_finds_too_much_is_left_out_but_still_known():
    even = scan(listing(100), keep=lambda one: int(one.guid.rpartition("/")[2]) % 2 == 0)
    assert ids(even) == [100, 98, 96, 94, 92]
    server = listing(101)
    scan(server, even.state)
    assert len(server.asked) == 1


@example(
    bursts=[45, 57, 51, 57, 8, 8], size=11, most=4
)  # more is left over, and more often, than is kept apart
@given(
    bursts=some.lists(some.integers(0, 60), min_size=1, max_size=8),
    size=some.integers(1, 12),
    most=some.integers(2, 6),
)
def test_nothing_is_ever_lost_without_being_said(bursts, size, most):
    newest = 100
    first = scan(listing(newest, size, 1), most=most)
    state, seen, said = first.state, set(ids(first)), False
    for burst in bursts:
        newest += burst
        reading = scan(listing(newest, size, 1), state, most=most)
        numbers = ids(reading)
        assert len(numbers) == len(set(numbers))
        seen.update(numbers)
        state, said = reading.state, reading.possible_gap
    missing = set(range(101, newest + 1)) - seen
    assert said or not missing
