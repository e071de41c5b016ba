from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereputation import identity
from ereputation.model import Document

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TITLE = "Grève chez Air France : un vol sur deux annulé"


def document(**changes):
    base = Document(
        source="Le Monde",
        guid="4711",
        url="https://lemonde.fr/a/1",
        title=TITLE,
        published=NOON,
        first_seen=NOON,
    )
    return replace(base, **changes)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://lemonde.fr/a/1", "https://lemonde.fr/a/1"),
        ("HTTPS://LeMonde.FR/a/1", "https://lemonde.fr/a/1"),
        ("https://www.lemonde.fr/a/1", "https://lemonde.fr/a/1"),
        ("https://m.lemonde.fr/a/1", "https://www.lemonde.fr/a/1"),
        ("https://amp.lemonde.fr/a/1", "https://www.lemonde.fr/a/1"),
        ("https://www.lemonde.fr/a/1/amp/", "https://www.lemonde.fr/a/1"),
        ("https://www.lemonde.fr/a/1.amp.html", "https://www.lemonde.fr/a/1.html"),
        ("https://lemonde.fr/a/1/", "https://lemonde.fr/a/1"),
        ("https://lemonde.fr:443/a/1", "https://lemonde.fr/a/1"),
        ("http://lemonde.fr:80/a/1", "https://lemonde.fr/a/1"),
        ("https://lemonde.fr/a/1#xtor=RSS-3208", "https://lemonde.fr/a/1"),
        ("https://lemonde.fr/a/1#ancre", "https://lemonde.fr/a/1"),
        ("https://lemonde.fr/a/1?utm_source=rss&utm_medium=feed", "https://lemonde.fr/a/1"),
        ("https://lemonde.fr/a/1?fbclid=IwAR0", "https://lemonde.fr/a/1"),
        ("https://lemonde.fr/a/1?gclid=x&id=3", "https://lemonde.fr/a/1?id=3"),
        ("https://lemonde.fr/a/1?xtor=EPR-1&xtref=x", "https://lemonde.fr/a/1"),
        ("https://lemonde.fr/a/1?at_medium=RSS&at_campaign=flux", "https://lemonde.fr/a/1"),
        ("https://lemonde.fr/a/1?mc_cid=1&mc_eid=2", "https://lemonde.fr/a/1"),
        ("https://lemonde.fr/a/1?ref=rss", "https://lemonde.fr/a/1"),
        ("https://lemonde.fr/a/1?b=2&a=1", "https://lemonde.fr/a/1?a=1&b=2"),
        ("https://lemonde.fr/a/gr%c3%a8ve", "https://lemonde.fr/a/grève"),
        ("https://lemonde.fr/a/1;jsessionid=8F3A?x=1", "https://lemonde.fr/a/1?x=1"),
        ("  https://lemonde.fr/a/1\n", "https://lemonde.fr/a/1"),
        ("https://lemonde.fr./a/1", "https://lemonde.fr/a/1"),
    ],
)
def test_these_addresses_are_one_page(one, other):
    assert identity.canonical_url(one) == identity.canonical_url(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://lemonde.fr/a/1", "https://lemonde.fr/a/2"),
        ("https://lemonde.fr/a/1", "https://lefigaro.fr/a/1"),
        ("https://lemonde.fr/a?id=1", "https://lemonde.fr/a?id=2"),
        ("https://lemonde.fr/a?ref=12", "https://lemonde.fr/a?ref=13"),
        ("https://lemonde.fr:8080/a", "https://lemonde.fr/a"),
        ("https://blog.lemonde.fr/a", "https://lemonde.fr/a"),
        ("https://forum.fr/t/1#comment-7", "https://forum.fr/t/1#comment-8"),
        ("https://app.fr/#!/article/1", "https://app.fr/#!/article/2"),
        ("https://lemonde.fr/a/%E9", "https://lemonde.fr/a/%E8"),
        ("https://lemonde.fr/A", "https://lemonde.fr/a"),
        ("at://did:plc:1/post/1", "at://did:plc:1/post/2"),
        ("http://[broken/1", "http://[broken/2"),
    ],
)
def test_these_addresses_are_two_pages(one, other):
    assert identity.canonical_url(one) != identity.canonical_url(other)


@pytest.mark.parametrize(
    "url",
    ["", "https://lemonde.fr", "https://www.lemonde.fr/", "https://lemonde.fr/?utm_source=rss", "http://lemonde.fr/fr/",
     "https://lemonde.fr/index.html", "https://lemonde.fr/en-GB/index.php", "https://lemonde.fr/accueil", "/a/1", "https://"],
)  # fmt: skip
def test_a_home_page_names_no_document(url):
    assert identity.canonical_url(url) == ""


@given(st.text())
def test_any_text_has_a_canonical_form_that_is_stable(text):
    once = identity.canonical_url(f"https://exemple.fr/{text}")
    assert identity.canonical_url(f"https://{once}") == once
    identity.canonical_url(text)


@pytest.mark.parametrize(
    ("title", "publisher", "key"),
    [
        (TITLE, "", "greve chez air france un vol sur deux annule"),
        (
            "GRÈVE  chez Air-France : un vol sur deux annulé !",
            "",
            "greve chez air france un vol sur deux annule",
        ),
        (f"{TITLE} - Le Monde", "lemonde.fr", "greve chez air france un vol sur deux annule"),
        (f"{TITLE} | Le Monde", "lemonde.fr", "greve chez air france un vol sur deux annule"),
        ("Ligue 1 en direct : suivez PSG - Lyon", "lequipe.fr", "ligue 1 en direct suivez psg lyon"),
        ("Météo du jour", "", ""),
        ("Un deux trois quatre", "", "un deux trois quatre"),
        ("À la une du 3", "", ""),
        ("Anticonstitutionnellement vôtre", "", ""),
        ("", "", ""),
    ],
)
def test_the_key_of_a_title(title, publisher, key):
    assert identity.title_key(title, publisher) == key


def kinds(*documents):
    """Of each document of one reading, what it has for names."""
    reading = identity.keys_of(documents)
    columns = {
        "guid": reading.guids,
        "url": reading.urls,
        "title": reading.titles,
        "content": reading.contents,
    }
    return [[kind for kind, keys in columns.items() if keys[place]] for place in range(len(documents))]


def test_a_document_is_named_by_its_guid_its_address_and_its_title():
    assert kinds(document()) == [["guid", "url", "title"]]
    assert len(identity.keys_of([document()]).names(0)) == 3


@pytest.mark.parametrize(
    ("guid", "everywhere"),
    [
        ("4711", False),
        ("https://lemonde.fr/?p=1", True),
        ("tag:lemonde.fr,2026:1", True),
        ("at://did:plc:1/a/1", True),
    ],
)
def test_a_guid_means_the_same_in_every_source_only_if_it_is_a_uri(guid, everywhere):
    one, other = identity.keys_of(
        [document(guid=guid, source=source) for source in ("Le Monde", "Le Figaro")]
    ).guids
    assert (one == other) is everywhere


@pytest.mark.parametrize("other", [{"source": "Le Figaro"}, {"site": "lefigaro.fr"}])
def test_a_title_names_nothing_in_another_source_or_from_another_publisher(other):
    assert identity.title_digest(document()) not in identity.around(identity.title_digest(document(**other)))


def test_a_title_is_looked_for_on_two_days_before_and_after():
    days = [
        identity.title_digest(document(published=document().published + timedelta(days=n)))
        for n in range(-3, 4)
    ]
    assert sorted(identity.around(days[3])) == sorted(days[1:-1])


def test_a_document_without_any_name_is_known_by_its_content():
    nameless = document(guid=" ", url="https://lemonde.fr/", title="Météo")
    assert kinds(nameless) == [["content"]]


def test_a_post_with_nothing_but_a_guid_is_also_known_by_what_it_says():
    post = document(url="", title="", text="Bloqués à Narita depuis hier, personne ne répond")
    assert kinds(post) == [["guid", "content"]]
    assert kinds(replace(post, text="merci")) == [["guid"]]


def test_what_entries_of_different_titles_share_names_none_of_them():
    documents = [
        document(guid=str(n), url="https://lemonde.fr/direct", title=f"{TITLE} ({n})") for n in range(3)
    ]
    assert kinds(*documents) == [["guid", "title"]] * 3
    assert len(identity.keys_of(documents).shared) == 1


def test_what_entries_of_one_title_share_still_names_them():
    assert not identity.keys_of([document(), document()]).shared


@pytest.mark.parametrize(
    ("apart", "text", "old_text", "dated", "same"),
    [
        (timedelta(0), "a b c", "x y z", True, True),
        (timedelta(hours=11), "", "", True, True),
        (timedelta(hours=24), "Le soleil brille", "La pluie tombe", True, False),
        (timedelta(hours=24), "Le soleil brille.", "Le soleil brille", True, True),
        (timedelta(hours=24), "", "", True, False),
        (timedelta(hours=24), "", "", False, True),
        (timedelta(days=3), "Le soleil brille", "Le soleil brille", True, False),
    ],
)
def test_one_title_in_one_source_is_one_document_for_a_while(apart, text, old_text, dated, same):
    assert (
        identity.same_title_same_document(
            document(text=text), NOON - apart, old_trusted=dated, old_opening=identity.text_opening(old_text)
        )
        is same
    )


@pytest.mark.parametrize(
    "change", [{"title": "x"}, {"text": "x"}, {"url": "x"}, {"updated": NOON}, {"tags": ("x",)}]
)
def test_an_edit_changes_the_content(change):
    assert identity.content_digest(document(**change)) != identity.content_digest(document())


def test_a_later_look_at_the_same_entry_changes_nothing():
    assert identity.content_digest(document(first_seen=NOON + timedelta(days=1))) == identity.content_digest(
        document()
    )


@given(st.builds(lambda *a: a, st.text(), st.text(), st.text(), st.text()))
def test_any_document_has_keys(parts):
    guid, url, title, text = parts
    assert identity.keys_of([document(guid=guid, url=url, title=title, text=text)]).names(0)
