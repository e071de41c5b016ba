"""Sentiment towards a brand: who is meant, with rivals, sources and events of the world beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ereputation.sentiment import Engine

ENGINE = Engine()
SIGNS = {"negative": "-", "neutral": "0", "positive": "+"}


def spans(name, text):
    return [match.span() for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)]


def targeted(text, brand, *rivals):
    return ENGINE.targeted(
        text, spans(brand, text), [span for rival in rivals for span in spans(rival, text)]
    )


@pytest.mark.parametrize(
    ("brand", "rival", "label", "text"),
    [
        ("Air France", "", "positive", "Air France sauve la mise après le tsunami catastrophique"),
        ("Orange", "SFR", "positive", "Orange est bien mieux que SFR"),
        ("SFR", "Orange", "negative", "Orange est bien mieux que SFR"),
        ("Samsung", "Apple", "negative", "Apple sues Samsung over patents"),
        ("Apple", "Samsung", "neutral", "Apple sues Samsung over patents"),
        ("Apple", "Samsung", "neutral", "Samsung accused of lying by Apple"),
        ("Samsung", "Apple", "negative", "Samsung accused of lying by Apple"),
        ("Reuters", "", "neutral", "According to Reuters, the market faces a terrible crisis"),
        ("Total", "", "neutral", "Selon Total, la crise est catastrophique"),
        ("Free", "Orange", "positive", "J'ai quitté Orange pour Free"),
        ("Orange", "Free", "negative", "J'ai quitté Orange pour Free"),
        ("Orange", "SFR", "positive", "Le réseau d'Orange est parfait mais celui de SFR est nul"),
        ("SFR", "Orange", "negative", "Le réseau d'Orange est parfait mais celui de SFR est nul"),
    ],
)
def test_the_brand_that_is_meant(brand, rival, label, text):
    assert targeted(text, brand, *filter(None, [rival])).label == label


@pytest.mark.parametrize("brand", ["Orange", "SFR", "Free"])
def test_a_list_of_brands_shares_its_verdict(brand):
    names = {"Orange", "SFR", "Free"}
    assert targeted("Orange, SFR et Free sont nuls", brand, *(names - {brand})).label == "negative"


def test_cases_for_brands_as_a_whole():
    lines = (
        (Path(__file__).parent / "data" / "sentiment_targets.txt").read_text(encoding="utf-8").splitlines()
    )
    cases = [[field.strip() for field in line.split("|", 3)] for line in lines if not line.startswith("#")]
    wrong = [
        (brand, text)
        for brand, rivals, right, text in cases
        if SIGNS[targeted(text, brand, *filter(None, rivals.split(";"))).label] not in right
    ]
    assert len(wrong) <= 0.1 * len(cases), wrong


def test_words_inside_the_brands_name_say_nothing():
    text = "Super U ouvre mardi"
    assert ENGINE.targeted(text, [(0, 7)]).words == ()


def test_without_spans_the_whole_text_counts():
    assert ENGINE.targeted("c'est nul", []).label == "negative"


def test_the_clause_is_what_is_said_of_the_brand():
    text = "Bonjour. Le réseau d'Orange est parfait mais celui de SFR est nul. Merci."
    start, end = targeted(text, "SFR", "Orange").clause
    assert "SFR est nul" in text[start:end]
    assert "Orange" not in text[start:end]


def test_sentiment_of_a_whole_text_has_no_clause():
    assert ENGINE.score("c'est nul").clause is None
