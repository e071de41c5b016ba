from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ereputation import identity
from ereputation.finder import Found
from ereputation.model import Alert, Document, Episode, Example, Match, Reading, Sentiment, Waiting, Word
from ereputation.query import filters, index_terms, parse, preselection
from ereputation.store import Collected, Store, fulltext

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
        title=f"Titre {n}",
        text=f"Texte {n}",
        published=NOON - n * HOUR,
        first_seen=NOON,
        site="lemonde.fr",
    )
    return replace(base, **changes)


def match(brand=AIR, label="neutral", media="earned"):
    return Match(brand=brand, spans=((0, 3), (5, 9)), sentiment=Sentiment(label=label), media=media)


def save(store, *documents, matches=None, at=NOON):
    for source in dict.fromkeys(document.source for document in documents):
        places = [place for place, document in enumerate(documents) if document.source == source]
        visit = Collected(
            source=source,
            kind="feed",
            at=at,
            reading=Reading(documents=tuple(documents[place] for place in places)),
            found=tuple(matches[place] for place in places) if matches else (),
        )
        store.save([visit], now=at)


def numbers(mentions):
    return [int(mention.document.guid.removeprefix("guid-")) for mention in mentions]


def test_a_mention_comes_back_as_it_went_in(store):
    document = entry(
        1, author_name="A", author_handle="a@b.c", author_id="did:1", lang="fr", type="post", tags=("x",), media=("y",),
        reply_to="r", thread="t", via="v", engagement={"likes": 3}, score=-0.5, label="negative", updated=NOON,
    )  # fmt: skip
    word = Word(text="grève", start=1, end=6, weight=-2.0, rule="config", category="social")
    sentiment = Sentiment(label="negative", score=-0.62, words=(word,), clause=(0, 9), categories=("social",))
    given = Match(brand=AIR, spans=((0, 3), (5, 9)), sentiment=sentiment)
    save(store, document, matches=[(given,)])
    [mention] = store.mentions()
    assert mention.match == given
    assert replace(mention.document, id=0) == document
    assert store.mention(mention.id) == mention
    assert store.mention(999) is None
    assert store.document(mention.document.id) == mention.document


def test_mentions_come_newest_first_in_pages_without_losing_any(store):
    same_moment = [entry(n, published=NOON) for n in range(700)]
    older = [entry(n) for n in range(700, 1100)]
    save(store, *same_moment, *older, matches=[(match(),)] * 1100)
    found = numbers(store.mentions(brands=[AIR]))
    assert sorted(found) == list(range(1100))
    assert found[700:] == list(range(700, 1100))
    assert found == numbers(store.mentions())
    assert len(list(store.mentions(limit=501))) == 501


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [0, 1, 2, 3]),
        ({"brand": "KLM"}, [2]),
        ({"brands": ["KLM"]}, [2]),
        ({"brands": ["KLM", AIR]}, [0, 1, 2, 3]),
        ({"brands": ["unknown"]}, []),
        ({"since": NOON - HOUR}, [0, 1]),
        ({"until": NOON - HOUR}, [2, 3]),
        ({"brands": [AIR], "since": NOON - HOUR, "until": NOON}, [1]),
        ({"labels": ["negative"]}, [1]),
        ({"media": "owned"}, [3]),
        ({"sources": ["Le Figaro"]}, [0]),
        ({"status": ["new"], "limit": 1}, [0]),
        ({"status": ["handled"]}, []),
    ],
)
def test_mentions_can_be_narrowed(store, wanted, found):
    save(
        store, entry(0, source="Le Figaro"), entry(1), entry(2), entry(3),
        matches=[(match(),), (match(label="negative"),), (match("KLM"),), (match(media="owned"),)],
    )  # fmt: skip
    assert numbers(store.mentions(**wanted)) == found


def test_a_mark_stays_through_an_edit_and_a_look_back(store):
    save(store, entry(1), matches=[(match(label="negative"),)])
    assert store.mark([1, 99], status="handled", note="called back", by="Ana", label="positive") == 1
    assert store.counted_hours(AIR) == store.recounted_hours(AIR) == {NOON - HOUR: (1, 1, 0, 0)}
    save(store, entry(1, text="corrigé"), matches=[(match(label="negative"),)], at=NOON + HOUR)
    store.rematch({AIR: "2"}, lambda d: Found(document=d, matches=(match(label="negative"),)), now=NOON)
    [mention] = store.mentions()
    assert (mention.status, mention.note, mention.by) == ("handled", "called back", "Ana")
    assert (mention.match.sentiment.label, mention.corrected) == ("positive", True)
    assert numbers(store.mentions(labels=["positive"])) == [1]
    store.mark([mention.id], note="")
    assert store.mention(mention.id).status == "handled"


def test_a_new_brand_is_looked_for_in_what_is_stored(store):
    save(store, *(entry(n) for n in range(5)))
    found = store.rematch(
        {AIR: "1", "KLM": "1"},
        lambda d: Found(
            document=replace(d, label="negative", score=-1), matches=(match(),) if "3" in d.title else ()
        ),
        now=NOON,
    )
    assert found == {AIR: 1, "KLM": 0}
    assert numbers(store.mentions()) == [3]
    assert next(store.mentions()).document.label == "negative"
    assert store.brand_fingerprints() == {AIR: "1", "KLM": "1"}
    assert store.brand_first_read(AIR) == NOON
    assert store.brand_first_read("never") is None


def test_what_another_machine_edits_during_a_look_back_keeps_what_the_edit_says(store):
    save(store, entry(1), entry(2))

    def find(document):
        save(store, entry(2, text="corrigé meanwhile"), at=NOON + HOUR)
        return Found(document=document, matches=(match(),))

    assert store.rematch({AIR: "1"}, find, now=NOON) == {AIR: 1}
    assert numbers(store.mentions()) == [1]


def test_a_look_back_that_is_interrupted_is_to_be_done_again(store):
    save(store, entry(1), matches=[(match(),)])
    store.rematch({AIR: "1"}, lambda d: Found(document=d, matches=(match(),)), now=NOON)

    def interrupted(document):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.rematch({AIR: "2"}, interrupted, now=NOON)
    assert store.brand_fingerprints() == {AIR: ""}
    assert numbers(store.mentions()) == [1]


@given(
    st.lists(st.tuples(*[st.sampled_from(["", "neutral", "negative", "owned"])] * 4), min_size=1, max_size=4)
)
@settings(max_examples=30, deadline=None)
def test_counts_equal_a_recount_after_any_look_backs(rounds):
    with Store.open(":memory:") as store:
        save(
            store,
            *(
                entry(n, text="un même texte de plus de quatre mots, à peu près", guid=f"{n}")
                for n in range(4)
            ),
        )
        for labels in rounds:

            def find(document, labels=labels):
                label = labels[document.id - 1]
                media, tone = ("owned", "neutral") if label == "owned" else ("earned", label)
                return Found(document=document, matches=(match(label=tone, media=media),) if label else ())

            store.rematch({AIR: str(labels)}, find, now=NOON)
            assert store.counted_hours(AIR) == store.recounted_hours(AIR)


QUERIES = [
    "grève", '"Air France"', "greve OR avion", "gre*", "site:lemonde.fr", "source:figaro", 'source:"le figaro" avion',
    "type:post", "lang:fr", "author:@ana", "sentiment:negative", "since:2026-03-01 avion", "before:2026-02-28", "#airfrance",
    "@airfrance", "avion -grève", '"vol annulé"~3', "vol NEAR/3 annulé", "{AF}", 'brand:"air france"', "status:new avion",
    "site:météo.fr", "l'avion", "東京", "cœur OR orly",
]  # fmt: skip
TEXTS = [
    "Grève à Orly", "Air France annule", "#AirFrance : vol AF annulé", "@airfrance un avion", "les grèves", "coeur", "東京へ",
    "l’avion d'Air-France", "un vol est encore annulé", "😀", "",
]  # fmt: skip


@dataclass(frozen=True)
class Case:
    title: str
    text: str
    changes: dict


documents = st.lists(
    st.builds(
        Case,
        title=st.sampled_from(TEXTS),
        text=st.sampled_from(TEXTS),
        changes=st.fixed_dictionaries(
            {},
            optional={
                "source": st.sampled_from(["Le Figaro", "figaro"]),
                "site": st.sampled_from(["lemonde.fr", "blog.lemonde.fr", "météo.fr", "demonde.fr"]),
                "type": st.just("post"),
                "lang": st.sampled_from(["fr", "fr-CA", "en"]),
                "author_handle": st.sampled_from(["Ana", "ana@x.fr", "anatole"]),
                "label": st.sampled_from(["negative", "positive"]),
            },
        ),
    ),
    max_size=6,
)


@given(documents)
@settings(max_examples=30, deadline=None)
def test_the_store_never_hides_what_a_query_finds(cases):
    entries = [entry(n * 9, title=c.title, text=c.text, **c.changes) for n, c in enumerate(cases)]
    with Store.open(":memory:") as store:
        save(store, *entries, matches=[(match(),) if n % 2 else () for n in range(len(entries))])
        everything = list(store.documents())
        for text in QUERIES:
            query = parse(text, now=NOON)
            brands = {m.document.id: (AIR,) for m in store.mentions()}

            def matches(document, query=query, brands=brands):
                mine = brands.get(document.id, ())
                return query.find(document, brands=mine, status="new" if mine else "") is not None

            pre, conditions = preselection(query), filters(query)
            found = [document.id for document, _ in store.search(pre, conditions) if matches(document)]
            assert sorted(found) == [document.id for document in everything if matches(document)], text
            if found:
                assert [d.id for d, _ in store.search(None, conditions) if matches(d)] == found


def test_a_search_is_newest_first_brings_mentions_and_pages_without_losing_any(store):
    count = 700
    save(
        store,
        *(entry(n, published=NOON - (n // 3) * HOUR) for n in range(count)),
        matches=[(match(),)] * count,
    )
    query = parse("texte")
    found = list(store.search(preselection(query), filters(query)))
    moments = [document.published for document, _ in found]
    assert moments == sorted(moments, reverse=True)
    assert len({document.id for document, _ in found}) == count
    assert all(mention.document == document for document, [mention] in found)
    assert len(list(store.search(preselection(query), filters(query), limit=60))) == 60


def test_an_edited_document_is_found_by_its_new_words_only(store):
    save(store, entry(1, text="ancien"))
    save(store, entry(1, text="nouveau"), at=NOON + HOUR)
    for word, count in (("ancien", 0), ("nouveau", 1)):
        query = parse(word)
        assert len(list(store.search(preselection(query), filters(query)))) == count


def test_an_index_of_another_version_is_filled_anew(tmp_path):
    query = parse("texte")
    with Store.open(tmp_path / "a.db") as store:
        save(store, entry(1))
        fulltext.clear(store.db)
        store.db.run("UPDATE meta SET value = 'old' WHERE name = 'index'")
        assert not list(store.search(preselection(query), filters(query)))
    with Store.open(tmp_path / "a.db") as store:
        assert len(list(store.search(preselection(query), filters(query)))) == 1


def test_the_version_of_the_index_is_that_of_its_tokens():
    """Where this fails, tokens are made otherwise than before: give VERSION this number, and old indexes are filled anew."""
    said = "L’été, aujourd'hui : œuvres d'AF447 à 22,5 % — #AirFranceGrève @air_france@mastodon.social État-major naïve 東京 😀"
    assert str(identity.digest(index_terms(entry(1, title=said, text=said)))) == fulltext.VERSION


@pytest.mark.parametrize("drop", [lambda s: s.prune(NOON - 2 * HOUR), lambda s: s.forget("@Ana")])
def test_what_was_dropped_does_not_come_back_as_new(store, drop):
    entries = [entry(n, author_handle="ana" if n > 2 else "") for n in range(6)]
    save(store, *entries, matches=[(match(),)] * 6)
    assert drop(store) == 3
    save(store, *entries, matches=[(match(),)] * 6, at=NOON + HOUR)
    assert numbers(store.mentions()) == [0, 1, 2]
    assert not store.faults()
    query = parse("texte")
    assert len(list(store.search(preselection(query), filters(query)))) == 3


@pytest.mark.sqlite
def test_pruning_gives_the_room_back(tmp_path):
    with Store.open(tmp_path / "a.db") as store:
        save(store, *(entry(n, text="x" * 9000) for n in range(200)))
        before = store.db.value("PRAGMA page_count")
        store.prune(NOON + HOUR)
        assert store.db.value("PRAGMA page_count") < before / 3


def episode(**changes):
    base = Episode(brand=AIR, kind="volume_spike", started=NOON, opened=NOON + HOUR, peaked=NOON + HOUR)
    return replace(base, **changes)


def alert(**changes):
    base = Alert(
        id="", brand=AIR, kind="volume_spike", severity="critical", reason="opened", started=NOON, peaked=NOON + HOUR,
        ended=None, observed=200.0, expected=4.5, low=1, high=9, window=3600.0, p_value=1e-9, stories=180, copies=200,
        negative_share=0.7, usual_share=0.1, coverage=0.9, off_hours=True, last_owned=None,
        waiting=Waiting(count=3, oldest=NOON), rising_terms=("séisme",), categories=(("prices", 0.5),),
        examples=(Example(title="Au secours", url="https://x.fr/1", source="X", published=NOON),), at=NOON + HOUR,
    )  # fmt: skip
    return replace(base, **changes)


def test_an_episode_is_kept_by_brand_kind_and_start(store):
    store.save_episodes([episode(), episode(brand="KLM", ended=NOON + HOUR)])
    store.save_episodes([episode(score=9.0, told_at=NOON + HOUR)])
    assert store.episodes(AIR) == [episode(score=9.0, told_at=NOON + HOUR)]
    assert [e.brand for e in store.episodes(open_only=True)] == [AIR]
    assert [e.brand for e in store.episodes(since=NOON + 2 * HOUR)] == [AIR]
    assert len(store.episodes()) == 2


def test_an_alert_keeps_everything_and_a_short_id(store):
    [first, second] = store.save_review([episode()], [alert(), alert(brand="KLM", at=NOON)])
    assert (first, second.id) == (alert(id="a1"), "a2")
    assert store.alert("a1") == first
    assert [a.id for a in store.alerts()] == ["a1", "a2"]
    assert [a.id for a in store.alerts(brands=["KLM"])] == ["a2"]
    assert [a.id for a in store.alerts(since=NOON + HOUR, limit=1)] == ["a1"]
    assert [a.id for a in store.alerts(only_open=True)] == ["a1"]


@pytest.mark.parametrize("name", ["a2", "", "a", "b1", "a-1", "1e3", "a" + "9" * 30, "²"])
def test_an_unknown_alert_is_none(store, name):
    store.save_alert(alert())
    assert store.alert(name) is None
