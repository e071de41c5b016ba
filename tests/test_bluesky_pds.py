"""Bluesky against a real PDS without an AppView, started by ``.ci/bluesky``: logins, their end, and what records say.

A PDS answers ``com.atproto.*`` itself and checks the login of ``app.bsky.*`` before it hands them to an AppView; here
nobody stands behind it, so that every search, feed and thread ends in its 502.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import traceback
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from ereputation.errors import FetchError, NotYet
from ereputation.fetch import Fetcher
from ereputation.sources import Bluesky
from ereputation.sources.api import Place
from ereputation.sources.bluesky import parse
from ereputation.sources.bluesky.login import Login, login_of
from social import NOW, read

PDS = os.environ.get("EREPUTATION_PDS", "")
HANDLE, PASSWORD, EXPIRED, POST, REPLY = (
    os.environ.get(f"EREPUTATION_PDS_{name}", "")
    for name in ("HANDLE", "PASSWORD", "EXPIRED", "POST", "REPLY")
)
WRONG = "wrong-passw0rd-0123456789"

pytestmark = pytest.mark.skipif(not PDS, reason="EREPUTATION_PDS is not set: .ci/bluesky starts a PDS for it")


def source(password=PASSWORD, identifier=HANDLE, **wanted):
    wanted = wanted or {"notifications": True}
    return Bluesky(server=PDS, base_url=PDS, identifier=identifier, app_password=password, **wanted)


def run(visit):
    """What ``visit(fetcher)`` gives, in a run of its own."""

    async def within():
        async with Fetcher(now=NOW) as fetcher:
            return await visit(fetcher)

    return asyncio.run(within())


def login(password=PASSWORD):
    return Login(server=PDS, identifier=HANDLE, password=SecretStr(password))


def failure(password=PASSWORD, identifier=HANDLE, **wanted):
    with pytest.raises(FetchError) as raised:
        read(source(password, identifier, **wanted))
    return raised.value


def test_a_login_gives_a_session_at_its_own_pds():
    session = run(login().session)
    assert (session.host, bool(session.access), bool(session.refresh)) == (PDS, True, True)


def test_a_session_is_refreshed_without_the_password():
    async def visit(fetcher):
        first = await login().session(fetcher)
        other = login(WRONG)
        other._current = first
        return first, await other.session(fetcher, instead_of=first)

    first, second = run(visit)
    assert second.refresh != first.refresh


def test_a_session_that_was_ended_is_followed_by_a_new_login():
    async def visit(fetcher):
        mine = login()
        first = await mine.session(fetcher)
        end = {"Authorization": f"Bearer {first.refresh}"}
        await fetcher.post_form(f"{PDS}/xrpc/com.atproto.server.deleteSession", {}, headers=end)
        return first, await mine._refreshed(fetcher), await mine.session(fetcher, instead_of=first)

    first, refreshed, second = run(visit)
    assert refreshed is None
    assert second.refresh != first.refresh


@pytest.mark.parametrize("access", [EXPIRED, "garbage-0123456789"], ids=["expired", "invalid"])
def test_a_token_the_pds_refuses_is_replaced_and_the_query_asked_again(access):
    async def visit(fetcher):
        one = source()
        mine = login_of(fetcher, PDS, HANDLE, one.app_password)
        mine._current = replace(await mine.session(fetcher), access=access)
        with pytest.raises(FetchError) as raised:
            await one.read(fetcher, {}, now=NOW)
        return mine._current.access, raised.value.status

    renewed, status = run(visit)
    assert (renewed != access, status) == (True, 502)


@pytest.mark.parametrize(
    ("password", "identifier"),
    [(WRONG, HANDLE), (PASSWORD, "nobody-here.test"), (WRONG * 100, HANDLE)],
    ids=["password", "identifier", "length"],
)
def test_a_refused_login_says_what_to_check(password, identifier):
    error = failure(password, identifier)
    assert error.status == 401
    assert f"the login of {identifier} is refused: check `identifier:` and `app_password:`" in str(error)


@pytest.mark.parametrize("wanted", [{"search": "Acme"}, {"account": HANDLE}, {"thread": POST}])
def test_an_appview_that_is_away_is_no_silence(wanted):
    assert failure(**wanted).status == 502


def test_who_is_not_logged_in_is_told_to_give_a_login():
    with pytest.raises(FetchError, match="give `identifier:` and `app_password:`") as raised:
        read(Bluesky(base_url=PDS, account=HANDLE))
    assert raised.value.status == 401


def test_too_many_logins_are_a_pause_until_the_limit_ends():
    for _ in range(31):
        error = failure(WRONG, "busy-body.test")
        if isinstance(error, NotYet):
            break
    assert isinstance(error, NotYet)
    assert error.status == 429
    assert NOW < error.retry_at <= NOW + timedelta(minutes=5, seconds=5)


def test_the_records_of_a_repository_are_read_with_what_they_answer():
    async def visit(fetcher):
        url = f"{PDS}/xrpc/com.atproto.repo.listRecords"
        return await fetcher.get(url, params={"repo": HANDLE, "collection": "app.bsky.feed.post"})

    place = Place(source="s", kind="bluesky", now=NOW + timedelta(days=3650), base="https://bsky.app")
    (post,) = parse(run(visit).body, place)
    assert (post.guid, post.reply_to, post.thread) == (REPLY, POST, POST)
    assert (post.text, post.lang) == ("Désolés ✈ https://acme.test/trafic", "fr")
    assert (post.author_id, post.date_confidence) == (REPLY.split("/")[2], "stated")


@pytest.mark.parametrize("password", [PASSWORD, WRONG], ids=["right", "wrong"])
def test_no_error_and_no_log_holds_a_secret(password, caplog):
    caplog.set_level(logging.DEBUG)
    error = failure(password)
    seen = "".join(traceback.format_exception(error)) + repr(error.body) + caplog.text
    assert HANDLE in seen or PDS in seen
    assert password not in seen
    assert "eyJ" not in seen  # how every token of a PDS begins


@pytest.mark.parametrize(
    ("password", "told"), [(PASSWORD, "502"), (WRONG, "is refused")], ids=["right", "wrong"]
)
def test_a_scan_tells_what_went_wrong_and_stores_no_secret(desk, password, told):
    login = {"server": PDS, "base_url": PDS, "identifier": HANDLE, "app_password": password}
    desk.configure({"kind": "bluesky", "notifications": True, **login})
    outcome = desk.outcome()
    assert told in outcome["error"]
    assert password not in json.dumps(outcome)
    kept = [path for path in desk.folder.rglob("*") if path.is_file() and path.suffix != ".yaml"]
    assert kept
    assert not any(secret in path.read_bytes() for path in kept for secret in (password.encode(), b"eyJ"))
