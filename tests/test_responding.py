"""Which sources are the brand's accounts, and a conversation across two listings of one network."""

from datetime import UTC, datetime, timedelta

import pytest

from desk import Desk
from ereputation import config, responding
from ereputation.finder import Finder
from ereputation.model import Document, Reading
from ereputation.store import Collected, Store

TEN = datetime(2026, 3, 10, 9, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SERVER = "https://toot.example"
HASHTAG = {"kind": "mastodon", "name": "Tag", "server": SERVER, "hashtag": "airfrance"}
ACCOUNT = {"kind": "mastodon", "name": "Own", "server": SERVER, "account": "airfrance"}


def toot(source, number, text, *, at, handle, reply_to=""):
    return Document(
        source=source,
        guid=f"https://far.example/users/{handle}/statuses/{number}",
        url=f"https://far.example/@{handle}/{number}",
        via=f"{SERVER}/statuses/{number}",
        text=text,
        published=at,
        first_seen=at,
        kind="mastodon",
        type="post",
        site="far.example",
        author_handle=f"{handle}@far.example",
        reply_to=f"{SERVER}/statuses/{reply_to}" if reply_to else "",
    )


@pytest.fixture
def told(tmp_path):
    """The clock after these readings: source -> toots; each source speaks for the day before its reading."""

    def clock(*sources, **readings):
        desk = Desk(tmp_path)
        brand = {"name": "Air France", "keywords": ["#airfrance", "@airfrance"], "owned": ["@airfrance"]}
        loaded = config.load(desk.configure(*sources, brands=[brand]), environ={})
        finder, now = Finder.of(loaded), TEN + 3 * HOUR
        with Store.open(loaded.database_path) as store:
            store.rematch({b.name: loaded.fingerprint(b) for b in loaded.brands}, finder.find, now=now)
            for name, toots in readings.items():
                found = [finder.find(document) for document in toots]
                store.save(
                    [
                        Collected(
                            source=name,
                            kind="mastodon",
                            at=now,
                            reading=Reading(
                                documents=tuple(f.document for f in found), covers_from=TEN - 24 * HOUR
                            ),
                            found=tuple(f.matches for f in found),
                        )
                    ],
                    now=now,
                )
            return responding.response(loaded, store, loaded.brands[0], since=TEN - HOUR, now=now)

    return clock


QUESTION = toot("Tag", 1, "#airfrance où est ma valise ? Aucune réponse.", at=TEN, handle="lea")


def test_a_conversation_is_followed_by_the_names_the_server_gives(told):
    answer = toot("Own", 2, "@lea Bonjour", at=TEN + 40 * MINUTE, handle="airfrance", reply_to="1")
    clock = told(HASHTAG, ACCOUNT, Tag=[QUESTION], Own=[answer])
    (wait,) = clock.waits
    assert (wait.state, wait.exact, wait.seconds) == ("answered", True, 2400)
    assert [(a.source, a.links) for a in clock.voice.accounts] == [("Own", "exact")]


def test_a_question_waits_when_the_account_was_read_and_says_nothing_to_it(told):
    general = toot("Own", 2, "Bonne journée", at=TEN + HOUR, handle="airfrance")
    clock = told(HASHTAG, ACCOUNT, Tag=[QUESTION], Own=[general])
    assert [(w.state, w.late) for w in clock.waits] == [("waiting", True)]


def test_a_hashtag_is_no_account_although_the_brand_used_it_once(told):
    own = toot("Tag", 2, "Nos offres #airfrance", at=TEN - HOUR / 2, handle="airfrance")
    clock = told(HASHTAG, Tag=[QUESTION, own])
    assert clock.voice.accounts == ()
    assert clock.voice.last_read is None
    assert [(w.state, w.why) for w in clock.waits] == [("unknown", "blind")]


def test_an_answer_seen_under_a_hashtag_counts(told):
    answer = toot("Tag", 2, "@lea #airfrance Bonjour", at=TEN + HOUR, handle="airfrance", reply_to="1")
    assert [w.state for w in told(HASHTAG, Tag=[QUESTION, answer]).waits] == ["answered"]


def test_a_brand_that_has_not_spoken_for_months_still_has_an_account(told):
    old = toot("Own", 2, "Bonne année", at=TEN - 60 * 24 * HOUR, handle="airfrance")
    clock = told(HASHTAG, ACCOUNT, Tag=[QUESTION], Own=[old])
    assert clock.voice.last == old.published
    assert [(w.state, w.late) for w in clock.waits] == [("waiting", True)]
