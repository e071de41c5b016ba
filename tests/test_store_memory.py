"""What is remembered of documents as what a new one may be a copy of, and when it is forgotten."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereputation import stories
from ereputation.finder import Found
from ereputation.model import Document, Match, Reading, Sentiment
from ereputation.store import Collected, Store, memory

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
AIR = "Air France"
MATCH = Match(brand=AIR, spans=((0, 3),), sentiment=Sentiment(label="neutral"), media="earned")


@pytest.fixture
def store():
    with Store.open(":memory:") as opened:
        yield opened


@pytest.fixture(autouse=True)
def at_every_turn(monkeypatch):
    """What is new is counted after every save."""
    monkeypatch.setattr(memory, "_TURN", 1)


def document(guid, text=None, title=None, *, published=NOON):
    """Of a source of its own, so that none is taken for another. Texts of another name share nothing, nor do titles; texts are
    so long that one is a copy whatever its title says.
    """
    text, title = text or guid, title or guid
    return Document(
        source=guid,
        guid=guid,
        title=" ".join(f"titre{title}n{n}" for n in range(6)),
        text=" ".join(f"texte{text}n{n}" for n in range(200)),
        published=published,
        first_seen=published,
    )


def save(store, *documents, at, matches=(MATCH,)):
    visits = [
        Collected(source=one.source, kind="feed", at=at, reading=Reading(documents=(one,)), found=(matches,))
        for one in documents
    ]
    store.save(visits, now=at)


def daily(store, days, *, first=0, each=1):
    """Something else every day: the days on which something is stored are what counts."""
    for n in range(first, first + days):
        at = NOON + n * DAY
        save(store, *(document(f"day{n}no{k}", published=at) for k in range(each)), at=at)


def remembered(store):
    """The documents whose signatures are kept; those that own keys are among them."""
    owners = {row[0] for row in store.db.rows("SELECT DISTINCT document FROM story_keys")}
    signed = [row[0] for row in store.db.rows("SELECT document FROM signatures ORDER BY document")]
    assert owners <= set(signed)
    return signed


def told(store):
    """The story of each document that has one."""
    return {m.document.guid: m.story for m in store.mentions()}


def test_what_is_remembered_is_bounded_by_what_is_stored_in_28_days(store):
    for n in range(70):
        daily(store, 1, first=n, each=3)
        assert len(remembered(store)) == 3 * min(n + 1, 29)
    assert len(list(store.documents())) == 210


def test_many_are_forgotten_at_a_time(store, monkeypatch):
    monkeypatch.setattr(memory, "_TURN", 10)
    daily(store, 34)
    assert len(remembered(store)) in range(29, 35)
    sizes = [len(remembered(store)) for n in range(34, 84) if daily(store, 1, first=n) is None]
    assert sorted({later - sooner for sooner, later in pairwise(sizes)}) == [-9, 1]
    assert max(sizes) == 29 + 10 - 1


@contextmanager
def statements(store):
    """What is asked of the database meanwhile."""
    asked, db = [], store.db
    plain = db.run, db.rows, db.many

    def recorded(method):
        def call(statement, parameters=None):
            asked.append(statement)
            return method(statement, parameters) if parameters is not None else method(statement)

        return call

    db.run, db.rows, db.many = map(recorded, plain)
    try:
        yield asked
    finally:
        db.run, db.rows, db.many = plain


@pytest.mark.parametrize("new", [0, 1, 20])
def test_a_save_asks_once_whether_there_is_something_to_forget(store, new):
    daily(store, 40)
    at = NOON + 39 * DAY
    with statements(store) as asked:
        save(store, *(document(f"new{n}") for n in range(new)), at=at, matches=())
    about = [s for s in asked if "signatures" in s or "story_keys" in s]
    assert len(about) == bool(new)
    assert not [s for s in about if "DELETE" in s]


@pytest.mark.parametrize("new", [0, 1, 4])
def test_an_old_database_counts_from_its_first_save_and_shrinks_by_what_is_new(store, new):
    save(store, *(document(f"old{n}") for n in range(50)), at=NOON)
    store.db.run("DELETE FROM meta WHERE name = 'memory'")
    daily(store, 28, first=400)
    assert len(remembered(store)) == 50 + 28
    daily(store, 1, first=428)
    assert len(remembered(store)) == 50 + 29 - 2
    at = NOON + 428 * DAY
    save(store, *(document(f"new{n}", published=at) for n in range(new)), at=at)
    assert len(remembered(store)) == 50 + 29 - 2 + new - 2 * new
    store.prune(NOON - DAY)
    assert len(remembered(store)) == 29 + new
    assert len(list(store.documents())) == 50 + 29 + new


@pytest.mark.parametrize(
    "odd",
    [
        [NOON + 4000 * DAY],
        [NOON - 4000 * DAY],
        [NOON - 4000 * DAY, NOON + 4000 * DAY, NOON - 4001 * DAY],
        [NOON - 4000 * DAY, NOON] * 20,
    ],
)
def test_one_odd_clock_makes_nobody_forget(store, odd):
    daily(store, 20)
    for n, at in enumerate(odd):
        save(store, document(f"odd{n}", published=NOON), at=at)
    daily(store, 4, first=20)
    assert len(remembered(store)) == 24 + len(odd)
    daily(store, 40, first=24)
    assert 29 <= len(remembered(store)) <= 29 + len(odd)


def test_a_clock_that_stands_still_makes_nobody_forget(store):
    for n in range(60):
        save(store, document(f"{n}"), at=NOON)
    assert len(remembered(store)) == 60


def test_history_that_is_imported_is_as_young_as_the_day_it_came(store):
    daily(store, 40)
    years_ago = NOON - 2000 * DAY
    for n in range(3):
        at = NOON + (40 + n) * DAY
        save(store, document(f"import{n}", "dispatch", published=years_ago + n * DAY), at=at)
    assert len({story for guid, story in told(store).items() if guid.startswith("import")}) == 1


@pytest.mark.parametrize("pause", [1, 6, 13])
def test_a_story_that_goes_on_is_one_however_long(store, pause):
    for n in range(80):
        daily(store, 1, first=n)
        if n % pause == 0:
            at = NOON + n * DAY
            save(store, document(f"copy{n}", "weather", "weather", published=at), at=at)
    assert len({story for guid, story in told(store).items() if guid.startswith("copy")}) == 1
    assert len(remembered(store)) <= 29 + 3


EVENTS = st.lists(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2)), max_size=3),
    min_size=12,
    max_size=30,
)
"""Of each day some documents: which text, which title, and how many days late it is read."""


@contextmanager
def world(days=8, renewed=4):
    """A store where memory is 4 days long, else in the proportions of the real one."""
    with pytest.MonkeyPatch.context() as patch, Store.open(":memory:") as store:
        patch.setattr(stories, "MEMORY", 4 * 86_400)
        patch.setattr(memory, "_DAYS", days)
        patch.setattr(memory, "_RENEWED", renewed)
        yield store


class Talk:
    """What is talked of: what was not heard of for longer than ``pause`` days is something else when it comes back."""

    def __init__(self, pause):
        self.pause, self.met = pause, {}

    def of(self, name, day):
        last, since = self.met.get(name, (day, day))
        self.met[name] = day, (day if day - last > self.pause else since)
        return f"{name}since{self.met[name][1]}"


@given(EVENTS)
def test_a_store_that_forgets_groups_as_one_that_does_not(rounds):
    """Whatever could belong to one story only: it shares its title with some, or its text."""
    grouped = []
    for how in ((8, 4), (10**6, 10**6)):
        talk = Talk(pause=4)
        with world(*how) as store:
            for day, events in enumerate(rounds):
                at = NOON + day * DAY
                documents = [document(f"day{day}", published=at)]
                for n, (text, title, _) in enumerate(events):
                    guid = f"day{day}no{n}"
                    names = (
                        (guid, talk.of(f"title{title}", day))
                        if title
                        else (talk.of(f"text{text}", day), guid)
                    )
                    documents.append(document(guid, *names, published=at))
                save(store, *documents, at=at)
            grouped.append(told(store))
            assert len(remembered(store)) <= (9 * 4 if how[0] == 8 else len(grouped[0]))
            assert store.counted_hours(AIR) == store.recounted_hours(AIR)
    assert grouped[0] == grouped[1]


@given(EVENTS)
def test_a_document_begins_a_story_only_if_nothing_of_it_was_met_within_memory(rounds):
    talk, known = Talk(pause=2), {}
    with world() as store:
        for day, events in enumerate(rounds):
            at = NOON + day * DAY
            documents = [document(f"day{day}", published=at)]
            for n, (text, title, late) in enumerate(events):
                guid = f"day{day}no{n}"
                known[guid] = talk.of(f"text{text}", day), talk.of(f"title{title}", day)
                documents.append(document(guid, *known[guid], published=at - late * DAY))
            save(store, *documents, at=at)
        grouped = told(store)
    names, begun = set(), set()
    for guid, (text, title) in known.items():
        assert (grouped[guid] in begun) == (text in names or title in names)
        names |= {text, title}
        begun.add(grouped[guid])


def test_memory_is_in_these_proportions():
    assert (memory._RENEWED, memory._DAYS) == (14, 28)
    assert stories.MEMORY == 14 * 86_400


def look_back(store, find=lambda _document: None):
    def found(document):
        find(document)
        return Found(document=document, matches=(MATCH,))

    store.rematch({AIR: "1"}, found, now=NOON + 100 * DAY)


def test_a_look_back_groups_what_has_no_story_and_leaves_the_others_theirs(store, monkeypatch):
    monkeypatch.setattr("ereputation.store.brands._CHUNK", 3)
    save(store, document("told", "a"), at=NOON)
    save(store, *(document(f"untold{n}", "b") for n in range(7)), document("late", "a"), at=NOON, matches=())
    daily(store, 40, first=1)
    before = told(store)
    assert 1 not in remembered(store)
    others = count()

    def another_machine(seen):
        if seen.id <= 9:
            daily(store, 1, first=60 + next(others))

    look_back(store, another_machine)
    after = told(store)
    assert {guid: story for guid, story in after.items() if guid in before} == before
    assert len({after[f"untold{n}"] for n in range(7)}) == 1
    assert after["late"] != after["told"], "the loss there is: what is told is forgotten"
    assert {2, 9} <= set(remembered(store))
    daily(store, 20, first=200)
    assert not {2, 9} & set(remembered(store))
    assert store.counted_hours(AIR) == store.recounted_hours(AIR)


def test_what_an_interrupted_look_back_remembers_serves_the_next(store, monkeypatch):
    monkeypatch.setattr("ereputation.store.brands._CHUNK", 1)
    save(store, *(document(f"untold{n}", "b") for n in range(4)), at=NOON, matches=())
    daily(store, 40, first=1)

    def interrupted(document):
        if document.guid == "untold2":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        look_back(store, interrupted)
    daily(store, 20, first=41)
    look_back(store)
    after = told(store)
    assert len({after[f"untold{n}"] for n in range(4)}) == 1
    store.prune(NOON - DAY)
    assert min(remembered(store)) > 4


@pytest.mark.sqlite
def test_pruning_gives_the_room_of_what_was_forgotten_back(tmp_path, monkeypatch):
    monkeypatch.setattr("ereputation.store.upkeep._FORGOTTEN", 100)
    with Store.open(tmp_path / "a.db") as store:
        save(store, *(document(f"old{n}") for n in range(1_000)), at=NOON)
        store.db.run("DELETE FROM meta WHERE name = 'memory'")
        daily(store, 29, first=400)
        before = store.size()
        assert store.prune(NOON - DAY) == 0
        assert len(remembered(store)) == 29
        assert store.size() < 0.8 * before
        assert not store.faults()
