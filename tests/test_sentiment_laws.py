"""What holds for every text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ereputation.sentiment import Engine, Words, detect_language

ENGINE = Engine()
FRAGMENTS = st.sampled_from(
    [
        "Air France", "KLM", "nul", "pas", "ne", "mais", "très", "bravo", "n'est", "retard", "#AirFranceFail", "&amp;", "😡", "!",
        "tsunami", "sauve", "selon", "great", "not", "don't think", "but", "never", "work", "\n", "?", ",", "ﬁ", "e\u0301", "\u200d",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(FRAGMENTS, max_size=25).map(" ".join))


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_words_lie_inside_the_text_and_scores_in_range(text):
    sentiment = ENGINE.score(text)
    assert -1 <= sentiment.score <= 1
    for word in sentiment.words:
        assert 0 <= word.start < word.end <= len(text)
        assert text[word.start : word.end] == word.text


@given(TEXTS, st.data())
@settings(max_examples=150, deadline=None)
def test_a_target_changes_weights_but_not_places(text, data):
    places = st.integers(0, len(text))
    spans = [tuple(sorted(data.draw(st.tuples(places, places)))) for _ in range(data.draw(st.integers(0, 3)))]
    sentiment = ENGINE.targeted(text, spans[:2], spans[2:])
    assert -1 <= sentiment.score <= 1
    assert all(text[word.start : word.end] == word.text for word in sentiment.words)
    if sentiment.clause:
        assert 0 <= sentiment.clause[0] <= sentiment.clause[1] <= len(text)


@given(TEXTS)
@settings(max_examples=75, deadline=None)
def test_a_word_of_the_configuration_always_shows(text):
    found = Engine(Words(negative={"zyxwv": 3})).score(f"{text} zyxwv {text}").words
    assert any(word.text == "zyxwv" and "config" in word.rule for word in found)


@given(TEXTS)
@settings(max_examples=75, deadline=None)
def test_case_and_language_never_break_it(text):
    for variant in (text.upper(), text.lower(), text.title()):
        ENGINE.score(variant)
        ENGINE.score(variant, detect_language(variant))
        ENGINE.score(variant, "xx")
