from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ereputation.model import Document, HostState, Match, Reading, Sentiment
from ereputation.schema import MIGRATIONS
from ereputation.store import Collected, Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
AIR = "Air France"


@pytest.fixture
def store():
    with Store.open(":memory:") as opened:
        yield opened


def entry(n, **changes):
    base = Document(
        source="Le Monde",
        guid=f"guid-{n}",
        url=f"https://lemonde.fr/article/{n}",
        title=f"Numéro {n} : les avions restent cloués au sol",
        text=f"Texte {n} " + " ".join(f"mot{n}x{i}" for i in range(30)),
        published=NOON - n * HOUR,
        first_seen=NOON,
    )
    return replace(base, **changes)


def found(label="neutral", brand=AIR, media="earned"):
    return (Match(brand=brand, spans=((0, 3),), sentiment=Sentiment(label=label), media=media),)


def visit(*documents, at=NOON, matches=(), source="Le Monde", covers_from=None, **more):
    reading = Reading(documents=documents, covers_from=covers_from, state={"etag": "x"})
    found_in = tuple(matches) or ((),) * len(documents)
    return Collected(source=source, kind="feed", at=at, reading=reading, found=found_in, **more)


def failure(at=NOON, source="Le Monde", **more):
    return Collected(source=source, kind="feed", at=at, error="refused", **more)


def save(store, *documents, at=NOON, **more):
    return store.save([visit(*documents, at=at, **more)], now=at)[0]


def everything(store):
    tables = re.findall(r"CREATE TABLE (\w+)", "".join(MIGRATIONS))
    return {name: sorted(map(repr, map(tuple, store.db.rows(f"SELECT * FROM {name}")))) for name in tables}


@pytest.mark.parametrize(
    "edit",
    [
        {"guid": "other"},
        {"url": "https://lemonde.fr/moved/1"},
        {"title": "Tout autre chose que ce qui fut écrit"},
        {"guid": "other", "url": "https://lemonde.fr/moved/1"},
        {"guid": "other", "title": "Tout autre chose que ce qui fut écrit"},
        {"url": "https://lemonde.fr/moved/1", "title": "Tout autre chose que ce qui fut écrit"},
        {"url": "http://www.lemonde.fr/article/1/?utm_source=rss#xtor=RSS-1"},
        {"text": "Une autre version", "published": NOON},
        {"guid": "https://lemonde.fr/?p=1", "url": ""},
    ],
)
def test_a_document_stays_one_whatever_changes(store, edit):
    save(store, entry(1), entry(2), matches=[found(), found()])
    later = save(store, entry(1, **edit), entry(2), at=NOON + HOUR, matches=[found(), found()])
    again = save(store, entry(1), at=NOON + 2 * HOUR, matches=[found()])
    assert (later.new, later.new_mentions, again.new) == (0, 0, 0)
    assert len(list(store.documents())) == 2
    assert store.counted_hours(AIR) == store.recounted_hours(AIR)


def test_an_edit_takes_the_new_words_and_keeps_the_first_date(store):
    save(store, entry(1))
    saved = save(store, entry(1, title="Un titre nouveau et bien assez long", published=NOON), at=NOON + HOUR)
    assert saved.updated == 1
    [document] = store.documents()
    assert (document.title, document.published) == ("Un titre nouveau et bien assez long", entry(1).published)


def test_a_guessed_date_gives_way_to_a_stated_one(store):
    guessed = entry(1, date_confidence="first_seen", published=NOON)
    save(store, guessed, matches=[found()])
    save(store, entry(1, published=NOON - 5 * HOUR), at=NOON + HOUR, matches=[found()])
    assert store.counted_hours(AIR) == store.recounted_hours(AIR) == {NOON - 5 * HOUR: (1, 1, 0, 0)}


@pytest.mark.parametrize(
    ("documents", "count"),
    [
        ([entry(n, url="https://lemonde.fr/") for n in range(3)], 3),
        ([entry(n, url="https://lemonde.fr/direct") for n in range(3)], 3),
        ([entry(n, guid="feed") for n in range(3)], 3),
        ([entry(n, guid="feed", url="https://lemonde.fr/direct") for n in range(3)], 3),
        ([entry(1), entry(1)], 1),
        ([entry(1), entry(1, guid="twin")], 1),
        ([entry(1), entry(2, title=entry(1).title, published=entry(1).published)], 2),
    ],
)
def test_feeds_that_repeat_a_name_in_one_reading(store, documents, count):
    assert save(store, *documents).new == count
    assert save(store, *documents, at=NOON + HOUR).new == 0
    assert save(store, documents[0], at=NOON + 2 * HOUR).new == 0


@pytest.mark.parametrize(
    ("days", "text", "new"),
    [(0, "Hier", 0), (1, "Le soleil revient", 1), (1, "La pluie", 0), (7, "La pluie", 1)],
)
def test_a_title_that_comes_back_days_later_is_another_document(store, days, text, new):
    title = "Les titres du journal de ce matin"
    save(store, entry(1, title=title, text="La pluie" if days else "Hier", published=NOON))
    at = NOON + timedelta(days=days)
    assert save(store, entry(2, title=title, text=text, published=at), at=at).new == new


def test_one_title_in_two_sources_is_two_documents_of_one_story(store):
    other = entry(2, source="Le Figaro", title=entry(1).title)
    saved = store.save(
        [visit(entry(1), matches=[found()]), visit(other, source="Le Figaro", matches=[found()])], now=NOON
    )
    assert [s.new for s in saved] == [1, 1]
    one, two = store.mentions()
    assert one.story == two.story
    assert one.copies == 2


def test_one_page_in_two_sources_is_one_document_that_only_its_own_source_edits(store):
    save(store, entry(1, text="Le texte entier"))
    quoted = entry(1, source="Revue", guid="r1", title="Vu ailleurs : les avions", text="Un extrait")
    saved = save(store, quoted, source="Revue", at=NOON + HOUR)
    assert (saved.new, saved.updated) == (0, 0)
    assert [document.text for document in store.documents()] == ["Le texte entier"]


@given(
    st.lists(
        st.lists(
            st.tuples(
                st.integers(0, 5),
                st.sampled_from(["a", "b"]),
                st.sampled_from(
                    [(), found("negative"), found("positive"), found(media="owned"), found(brand="KLM")]
                ),
                st.booleans(),
            ),
            max_size=4,
        ),
        max_size=5,
    )
)
@settings(max_examples=40, deadline=None)
def test_counts_equal_a_recount_after_any_edits_and_saving_again_changes_nothing(rounds):
    with Store.open(":memory:") as store:
        for hours, documents in enumerate(rounds):
            at = NOON + hours * 2 * HOUR
            entries = [
                entry(
                    n,
                    text=f"Version {version} " + entry(n % 3).text,
                    date_confidence="stated" if dated else "first_seen",
                    first_seen=at,
                    published=entry(n).published if dated else at,
                )
                for n, version, _, dated in documents
            ]
            batch = (
                [visit(*entries, at=at, matches=[matches for *_, matches, _ in documents])] if entries else []
            )
            store.save(batch, now=at)
            before = everything(store)
            store.save(batch, now=at)
            assert everything(store) == before
            for brand in (AIR, "KLM"):
                assert store.counted_hours(brand) == store.recounted_hours(brand)
                by_day = store.db.value(
                    "SELECT sum(copies + stories * 10 + negative * 100 + owned * 1000) FROM days"
                )
                by_hour = store.db.value(
                    "SELECT sum(copies + stories * 10 + negative * 100 + owned * 1000) FROM buckets"
                )
                assert by_day == by_hour
        assert not store.faults()


@pytest.mark.parametrize(("pause", "stories"), [(None, 0), (timedelta(hours=2), 1), (timedelta(hours=5), 0)])
def test_an_undated_lump_after_an_outage_is_no_spike(store, pause, stories):
    undated = entry(1, date_confidence="first_seen", published=NOON)
    if pause:
        save(store, at=NOON - pause)
    save(store, undated, matches=[found("negative")])
    assert store.counted_hours(AIR) == {NOON: (1, stories, stories, 0)}


def test_a_reading_covers_the_time_since_the_last_success(store):
    def covered():
        return store.db.rows("SELECT since, until FROM coverage ORDER BY since")

    def hours():
        return [(row["since"] - int(NOON.timestamp())) / 3600 for row in covered()], [
            (row["until"] - int(NOON.timestamp())) / 3600 for row in covered()
        ]

    save(store, at=NOON)
    assert hours() == ([], [])
    save(store, at=NOON + HOUR)
    store.save([failure(NOON + 2 * HOUR)], now=NOON + 2 * HOUR)
    save(store, at=NOON + 3 * HOUR)
    assert hours() == ([0], [3])
    save(store, at=NOON + 9 * HOUR, covers_from=NOON + 8 * HOUR)
    assert hours() == ([0, 8], [3, 9])
    save(store, at=NOON + 10 * HOUR, covers_from=NOON + 2 * HOUR)
    assert hours() == ([0], [10])


def test_buckets_are_dense_and_say_what_was_looked_at(store):
    save(store, entry(0), matches=[found()], at=NOON, covers_from=NOON - 2 * HOUR)
    save(store, at=NOON + HOUR / 2)
    buckets = store.buckets(AIR, since=NOON - 3 * HOUR, until=NOON + 2 * HOUR, sources=["Le Monde", "unread"])
    assert [bucket.copies for bucket in buckets] == [0, 0, 0, 1, 0]
    assert [round(bucket.exposure, 2) for bucket in buckets] == [0, 0.67, 0.67, 0.33, 0]


def test_a_source_is_failing_then_dead_then_recovered_and_each_is_told_once(store):
    def told():
        changes = store.health_changes()
        store.health_told(changes)
        return [state.health for state in changes]

    save(store, at=NOON)
    log = []
    for n in range(1, 5):
        store.save([failure(NOON + n * HOUR)], now=NOON)
        log.append(told())
    store.save([failure(NOON + timedelta(days=20))], now=NOON)
    log.append(told())
    save(store, at=NOON + timedelta(days=21))
    log.append(told())
    save(store, at=NOON + timedelta(days=22))
    log.append(told())
    assert log == [[], [], ["failing"], [], ["dead"], ["recovered"], []]
    assert store.source_states()["Le Monde"].health == "ok"


def test_a_short_failure_is_not_told(store):
    for n in range(2):
        store.save([failure(NOON + n * HOUR)], now=NOON)
    save(store, at=NOON + 3 * HOUR)
    assert store.health_changes() == []


def test_a_source_gone_for_good_is_dead_at_once(store):
    store.save([failure(permanent=True)], now=NOON)
    assert [state.health for state in store.health_changes()] == ["dead"]


def test_a_state_is_kept_through_failures_and_dropped_on_request(store):
    save(store, at=NOON)
    store.save([failure(NOON + HOUR, retry_at=NOON + 2 * HOUR)], now=NOON)
    state = store.source_states()["Le Monde"]
    assert (state.state, state.failures, state.retry_at) == ({"etag": "x"}, 1, NOON + 2 * HOUR)
    assert (state.last_read, state.last_success, state.last_error) == (NOON + HOUR, NOON, "refused")
    store.forget_state("Le Monde")
    assert store.source_states()["Le Monde"].state == {}


def test_hosts_are_remembered(store):
    host = HostState(domain="lemonde.fr", not_before=NOON, failures=2, last_status=429)
    store.save_hosts([host])
    store.save_hosts([HostState(domain="bbc.com")])
    assert store.hosts() == {"lemonde.fr": host, "bbc.com": HostState(domain="bbc.com")}


def test_only_new_and_edited_documents_need_a_look(store):
    save(store, entry(1), entry(2))
    assert store.unknown([entry(1), entry(2, text="autre"), entry(3)]) == [False, True, True]
    assert store.unknown([entry(1, source="Revue", guid="r", text="Un extrait")]) == [False]
    assert store.unknown([]) == []


def test_text_no_database_takes_is_stored_with_its_length(store):
    save(store, entry(1, title="a\ud800b\x00c\u202e", tags=("\udfff",), engagement={"likes": 2**70}))
    [document] = store.documents()
    assert len(document.title) == len("a?b?c?")
    assert document.engagement == {"likes": 2**70}


def test_what_the_network_says_was_deleted_is_gone_and_does_not_come_back(store):
    save(store, entry(1), entry(2), matches=(found(), found()))
    deleted = Reading(documents=(entry(2),), gone=("guid-1",), state={})
    store.save([Collected(source="Le Monde", kind="feed", at=NOON, reading=deleted, found=((),))], now=NOON)
    assert [d.guid for d in store.documents()] == ["guid-2"]
    assert [m.document.guid for m in store.mentions()] == ["guid-2"]
    assert save(store, entry(1), matches=(found(),)).new == 0
    assert store.faults() == []


def test_what_is_only_on_loan_is_dropped_in_time_and_nothing_else(store):
    month = timedelta(days=30)
    save(store, entry(1, kind="youtube"), entry(2), matches=(found(), found()))
    assert store.expire(NOON) == 0
    assert store.expire(NOON + month - HOUR) == 1
    assert [d.guid for d in store.documents()] == ["guid-2"]
    assert save(store, entry(1, kind="youtube"), at=NOON + month).new == 0
