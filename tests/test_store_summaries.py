"""Sums of the store agree with a count of the mentions one by one."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ereputation.store import Store
from test_store_reading import AIR, HOUR, NOON, entry, match, save

ENTRIES = st.lists(
    st.tuples(
        st.integers(0, 60),  # hours ago
        st.sampled_from(["negative", "neutral", "positive"]),
        st.sampled_from(["Le Monde", "Blog"]),
        st.sampled_from(["a.fr", "b.fr", ""]),
        st.sampled_from(["ann", "bob", ""]),
        st.sampled_from(["earned", "earned", "earned", "owned"]),
    ),
    max_size=25,
)


def fill(store, entries):
    documents = [
        entry(n, published=NOON - hours * HOUR, source=source, site=site, author_handle=author)
        for n, (hours, _, source, site, author, _) in enumerate(entries)
    ]
    found = [(match(label=label, media=media),) for _, label, *_, media in entries]
    if documents:
        save(store, *documents, matches=found)


@settings(max_examples=40, deadline=None)
@given(ENTRIES, st.integers(0, 50), st.integers(1, 60))
def test_every_sum_is_what_counting_one_by_one_gives(entries, back, length):
    since = NOON - (back + length) * HOUR
    until = NOON - back * HOUR
    with Store.open(":memory:") as store:
        fill(store, entries)
        told = list(store.mentions(brand=AIR, since=since, until=until, media="earned"))
        span = {"since": since, "until": until}
        everything = {**span, "limit": 100}
        assert {row[0]: row[2] for row in store.by_source(AIR, **span)} == Counter(
            m.document.source for m in told
        )
        assert {row[0]: row[2] for row in store.by_site(AIR, **everything)} == Counter(
            m.document.site for m in told if m.document.site
        )
        assert {row[1]: row[3] for row in store.by_author(AIR, **everything)} == Counter(
            m.document.author_handle for m in told if m.document.author_handle
        )
        assert sum(copies for _, copies, _ in store.top_stories(AIR, **everything)) == len(told)
        hours = store.buckets(AIR, since=since, until=until, sources=[])
        tones = store.tones(AIR, **span)
        assert sum(sum(labels.values()) for labels in tones.values()) == sum(h.stories for h in hours)
        assert sum(labels.get("negative", 0) for labels in tones.values()) == sum(h.negative for h in hours)
        sums = [sum(row[place] for row in store.by_source(AIR, **span)) for place in (2, 3, 4)]
        assert sums[0] == sum(h.copies for h in hours)
        assert sums[2] <= sums[1] <= sums[0]


def test_a_story_gives_its_first_mention_its_copies_and_its_sites():
    text = "Le même communiqué, mot pour mot, repris par tout le monde ce matin à Paris et à Lyon. " * 4
    with Store.open(":memory:") as store:
        copies = [
            entry(n, title="Un communiqué important", text=text, site=f"{'abb'[n]}.fr", source=f"S{n}")
            for n in range(3)
        ]
        save(store, *copies, entry(9, published=NOON), matches=[(match(),)] * 4)
        first, second = store.top_stories(AIR, since=NOON - 9 * HOUR, until=NOON + HOUR, limit=5)
        assert first[1:] == (3, 2)
        assert store.mention(first[0]).document.guid == "guid-2", "the earliest"
        assert second[1:] == (1, 1)
        assert len(store.top_stories(AIR, since=NOON - 9 * HOUR, until=NOON + HOUR, limit=1)) == 1


def test_a_persons_label_counts():
    with Store.open(":memory:") as store:
        save(store, entry(1), matches=[(match(),)])
        (mention,) = store.mentions()
        store.mark([mention.id], label="negative")
        hour = NOON - HOUR
        assert store.tones(AIR, since=hour, until=NOON) == {hour: {"negative": 1}}


@pytest.mark.parametrize("most", [1, 7, 1000])
def test_texts_are_sampled_evenly(most):
    with Store.open(":memory:") as store:
        fill(store, [(n % 48, "neutral", "Blog", "a.fr", "", "earned") for n in range(60)])
        texts = store.sampled_texts(AIR, since=NOON - timedelta(days=3), until=NOON + HOUR, most=most)
        assert 0 < len(texts) <= max(most, 1) + 1 or most == 1
        assert len(set(texts)) == len(texts)


def test_visits_are_counted_by_source():
    with Store.open(":memory:") as store:
        save(store, entry(1), matches=[()])
        day = {"since": NOON - timedelta(days=1), "until": NOON + HOUR}
        assert store.visits(**day) == {"Le Monde": (1, 0)}
        assert store.visits(since=NOON + timedelta(days=1), until=NOON + timedelta(days=2)) == {}
