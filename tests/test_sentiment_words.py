"""The configuration's words win, in any language."""

from __future__ import annotations

import pytest

from ereputation.sentiment import Engine, Words


def score(text, lang="", **words):
    return Engine(Words(**words)).score(text, lang)


@pytest.mark.parametrize(
    ("text", "words", "label"),
    [
        ("le vol est ponctuel", {"negative": {"ponctuel": 2}}, "negative"),
        ("c'est nul", {"positive": {"nul": 3}}, "positive"),
        ("pas mal", {"negative": {"mal": -3}}, "positive"),  # the expression is gone, the negation stays
        ("coup de cœur", {"negative": {"cœur": 3}}, "negative"),
        ("un surbooking hier", {"negative": {"surbooking": -3}}, "negative"),
        ("TOUJOURS PAS", {"negative": {"toujours pas": 2}}, "negative"),
        ("des GRÈVES", {"positive": {"grève": 2}}, "positive"),
        ("des hôtesses ponctuelles", {"negative": {"ponctuel": 2}}, "negative"),
        ("they cancelled it", {"positive": {"cancel": 2}}, "positive"),
        ("une crise", {"neutral": ["crise"]}, "neutral"),
        ("des crises", {"neutral": ["crise"]}, "neutral"),
        ("surréservations", {"negative": {"surréserv*": 2}}, "negative"),
    ],
)
def test_a_word_of_the_configuration_wins(text, words, label):
    assert score(text, "fr", **words).label == label


def test_it_shows_as_config_with_its_place():
    found = score("très ponctuel", "fr", negative={"ponctuel": 3}).words
    assert [(word.text, word.start, word.end) for word in found] == [("ponctuel", 5, 13)]
    assert found[0].rule.startswith("config")
    assert found[0].weight < -3


def test_a_neutral_word_leaves_no_trace():
    assert score("une crise", "fr", neutral=["crise"]).words == ()


@pytest.mark.parametrize(
    ("text", "lang", "word"),
    [("muy malo", "es", "malo"), ("这个很坏", "zh", "坏"), ("плохой сервис", "ru", "плохой")],
)
def test_any_language_counts_the_configurations_words(text, lang, word):
    assert not Engine.supports(lang)
    assert score(text, lang).words == ()
    assert [found.text for found in score(text, lang, negative={word: 2}).words] == [word]


def test_a_brands_words_win_over_everyones():
    engine = Engine(Words(positive={"orange": 2}))
    text = "Acme orange"
    assert engine.targeted(text, [(0, 4)], lang="fr").label == "positive"
    assert engine.targeted(text, [(0, 4)], lang="fr", words=Words(negative={"orange": 2})).label == "negative"


def test_categories_of_the_configuration_name_the_complaint():
    words = Words(categories={"catering": ["plateau repas", "repas"]})
    assert Engine(words).score("plateau repas froid, c'est nul", "fr").categories == ("catering",)
    assert Engine(Words(negative={"repas": 2}, categories={"catering": ["repas"]})).score(
        "repas", "fr"
    ).categories == ("catering",)


def test_weights_are_bounded_and_signs_implied():
    assert score("x", positive={"x": -99}).words[0].weight == 5
    assert score("x", negative={"x": 3}).words[0].weight == -3


def test_words_are_joined_and_hashed():
    both = Words(positive={"a": 1}, neutral=["b"]) | Words(negative={"A": 2}, categories={"c": ["d"]})
    assert both.positive == {}
    assert both.negative == {"A": 2}
    assert hash(both) == hash(Words(neutral=("b",), negative={"A": 2}, categories={"c": ("d",)}))
    assert not Words()
