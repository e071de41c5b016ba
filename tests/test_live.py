"""``search --live``: the networks asked at once, and nothing that a baseline could learn from."""

from datetime import timedelta

import pytest

from desk import HOUR, NOW, item, rss
from ereputation import live, query
from ereputation.errors import UsageError
from ereputation.store import Store
from loopback import Answer


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("grève", ["grève"]),
        ('"Air France"', ['"Air France"']),
        ('vol "Air France" -Radio', ['"Air France"']),
        ("grève OR strike", ["grève", "strike"]),
        ("(grève OR strike) Orly", ["Orly"]),
        ("(a1 OR b1 OR c1 OR d1)", ["a1", "b1", "c1"]),
        ("vol NEAR/5 retardé", ["retardé"]),
        ("site:lemonde.fr grève since:7d", ["grève"]),
        ("#airfrance", ["#airfrance"]),
        ("grév* Orly", ["Orly"]),
    ],
)
def test_networks_are_given_words_that_every_hit_holds(text, words):
    assert live.wording(query.parse(text, now=NOW)) == words


@pytest.mark.parametrize("text", ["grév*", "site:lemonde.fr", "grève OR site:lemonde.fr", "lang:fr since:7d"])
def test_without_such_a_word_nobody_is_asked(text):
    with pytest.raises(UsageError, match="needs a word"):
        live.wording(query.parse(text, now=NOW))


@pytest.fixture
def network(desk, web):
    """A desk that reads a network's search for its brand; what the network answers is the test's."""
    web.serve("/rss/search", Answer(body=rss(item("Air France : grève lundi", guid="known"))))
    source = {"kind": "google-news", "search": "Air France", "lang": "fr", "server": web.url("")}
    desk.configure(source, {**source, "search": "KLM"})
    assert desk.scan()["code"] == 0
    return desk


def state(desk):
    """Everything that counts."""
    with Store.open(desk.folder / "ereputation.db", read_only=True) as store:
        since, until = NOW - timedelta(days=30), NOW + timedelta(days=1)
        sources = {name: found.last_read for name, found in store.source_states().items()}
        return (
            [document.title for document in store.documents()],
            list(store.buckets("Air France", since=since, until=until, sources=list(sources))),
            sources,
        )


def test_what_networks_answer_is_shown_and_not_stored(network, web):
    before, asked = state(network), web.count("/rss/search")
    answered = rss(
        item("Air France : grève lundi", guid="known"),
        item("Air France : grève mardi, une honte", guid="new", at=NOW - 2 * HOUR),
        item("Grève des éboueurs", guid="other"),
    )
    web.serve("/rss/search", Answer(body=answered))
    found = network.found('"Air France" grève', "--live")
    assert [(d["title"], d["live"]) for d in found] == [
        ("Air France : grève lundi", False),
        ("Air France : grève mardi, une honte", True),
    ]
    assert found[1]["mentions"][0]["brand"] == "Air France"
    assert web.count("/rss/search") == asked + 1  # two brands on one network are one question
    assert state(network) == before
    listed = network.run("search", '"Air France" grève', "--live", "--now", NOW.isoformat())
    assert (listed.code, listed.out.count("[not stored]")) == (0, 1)
    assert network.titles('"Air France"') == ["Air France : grève lundi"]


def test_a_network_that_refuses_is_said_and_left_alone(network, web):
    web.serve("/rss/search", Answer(status=429, headers={"Retry-After": "3600"}))
    first = network.run("search", "grève", "--live", "--now", NOW.isoformat())
    asked = web.count("/rss/search")
    second = network.run("search", "grève", "--live", "--now", (NOW + HOUR / 2).isoformat())
    for ran in (first, second):
        assert (ran.code, "google-news" in ran.err) == (0, True)
        assert "Air France : grève lundi" in ran.out  # what is stored is found all the same
    assert web.count("/rss/search") == asked


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("search", "--live"), "give a query"),
        (("search", "", "--live"), "give a query"),
        (("search", "x OR (", "--live"), "1:"),
        (("search", "x", "--live"), "no source of the configuration searches"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(press, arguments, says):
    ran = press.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
