"""What holds for every text."""

from __future__ import annotations

import re
import time

import pytest
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
@settings(max_examples=75, deadline=None)
def test_words_lie_inside_the_text_and_scores_in_range(text):
    sentiment = ENGINE.score(text)
    assert -1 <= sentiment.score <= 1
    for word in sentiment.words:
        assert 0 <= word.start < word.end <= len(text)
        assert text[word.start : word.end] == word.text


@given(TEXTS, st.data())
@settings(max_examples=75, deadline=None)
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
def test_the_tone_alone_is_the_one_of_the_score(text):
    whole = ENGINE.score(text)
    assert Engine().tone(text) == (whole.score, whole.label)


@given(TEXTS)
@settings(max_examples=75, deadline=None)
def test_a_brand_s_words_that_do_not_stand_in_a_text_change_nothing(text):
    absent = Words(negative={"zyxwv": 3, "zyx* wv": 2}, neutral=("最悪",), categories={"x": ("zyxwvs",)})
    assert ENGINE.targeted(text, [(0, 3)], words=absent) == ENGINE.targeted(text, [(0, 3)])


@given(TEXTS)
@settings(max_examples=75, deadline=None)
def test_case_and_language_never_break_it(text):
    for variant in (text.upper(), text.lower(), text.title()):
        ENGINE.score(variant)
        ENGINE.score(variant, detect_language(variant))
        ENGINE.score(variant, "xx")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "😡",
        "\u200f\u202e",
        "a" * 1_000_000,
        "😡" * 30_000,
        "#" * 40_000,
        "not " * 10_000,
        "mais nul " * 5_000,
        "<b" * 30_000,
        "&amp" * 15_000,
        "خدمة سيئة جدا من Orange",
        "השירות של Orange נורא",
        "SERVICE LAMENTABLE, ORANGE C'EST NUL",
        "Le service était great but le SAV is awful",
        "<div><p>Orange <b>nul</p></div <script>x</sc",
        "\x00\x1b[31mOrange nul\x07",
    ],
    ids=lambda text: f"{text[:12]!r}x{len(text)}",
)
def test_any_text_is_scored_in_a_time_that_grows_with_its_length_at_most(text):
    engine = Engine()
    began = time.process_time()
    whole = engine.score(text)
    towards = engine.targeted(text, [(m.start(), m.end()) for m in re.finditer("Orange|ORANGE", text)])
    assert time.process_time() - began < 20  # seconds; the megabyte takes less than one
    for sentiment in (whole, towards):
        assert -1 <= sentiment.score <= 1
        assert all(text[word.start : word.end] == word.text for word in sentiment.words)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("SERVICE LAMENTABLE, ORANGE C'EST NUL", "negative"),
        ("Le service était great but le SAV is awful", "negative"),
        ("<div><p>Orange <b>nul</p></div <script>x</sc", "negative"),
        ("😡", "negative"),
        ("😍", "positive"),
        ("", "neutral"),
    ],
)
def test_odd_texts_have_the_tone_a_reader_sees(text, label):
    assert Engine().score(text).label == label
