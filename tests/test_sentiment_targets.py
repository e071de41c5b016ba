"""Sentiment towards a brand: who is meant, with rivals, sources and events of the world beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ereputation.sentiment import Engine

ENGINE = Engine()
UNHEARD = {"irony": 0.4}
"""Share of a phenomenon that may be misjudged: a good third of the irony names no fault and praises in no known words."""
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
        ("Burger King", "", "positive", "Burger King >>>>> McDo"),
        ("McDo", "", "negative", "Burger King >>>>> McDo"),
        ("Pepsi", "", "positive", "I'd take Pepsi over Coke any day"),
        ("Coke", "", "negative", "I'd take Pepsi over Coke any day"),
        ("Netflix", "", "positive", "Je résilie Canal+ et je garde Netflix"),
        ("Bolt", "", "positive", "Got charged twice by Uber so I went back to Bolt"),
        ("Garmin", "", "positive", "Replaced my Fitbit with a Garmin"),
        ("Fitbit", "", "negative", "Replaced my Fitbit with a Garmin"),
        ("Carrefour", "", "negative", "Les caissières de Lidl sont plus aimables que celles de Carrefour"),
        ("Printemps", "", "positive", "Accueil glacial ici, tout le contraire du Printemps"),
        ("Lush", "", "positive", "There isn't a better soap than Lush"),
        ("Opodo", "", "negative", "Book anywhere but Opodo"),
        ("Airbus", "", "positive", "Airbus devance Boeing pour la cinquième année"),
        ("Toyota", "", "positive", "Mon ancienne BMW tombait en panne tous les mois, ma Toyota jamais."),
        ("Auchan", "", "negative", "Leclerc est nettement moins cher qu'Auchan"),
        ("Orange", "", "negative", "Je suis passé d'Orange à Free et je ne regrette rien"),
        ("Thermomix", "", "positive", "On n'a pas fait mieux que le Thermomix"),
        ("Spotify", "", "positive", "Deezer est à la traîne derrière Spotify"),
        ("IKEA", "", "neutral", "Je passe chez IKEA samedi"),
        ("Starbucks", "", "neutral", "The meeting moved to the Starbucks on 5th"),
        ("Marriott", "", "negative", "The room at the Marriott was cold and the AC was broken"),
        ("IKEA", "", "negative", "Half the screws were missing and IKEA shrugged"),
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


def test_cases_for_brands_without_known_rivals():
    lines = (
        (Path(__file__).parent / "data" / "sentiment_mentions.txt").read_text(encoding="utf-8").splitlines()
    )
    cases = [[field.strip() for field in line.split("|", 3)] for line in lines if not line.startswith("#")]
    wrong: dict[str, list[str]] = {}
    sizes: dict[str, int] = {}
    for right, phenomenon, brand, text in cases:
        sizes[phenomenon] = sizes.get(phenomenon, 0) + 1
        if SIGNS[targeted(text, brand).label] != right:
            wrong.setdefault(phenomenon, []).append(text)
    assert sum(map(len, wrong.values())) <= 0.1 * len(cases), wrong
    assert all(
        len(texts) <= UNHEARD.get(phenomenon, 0.1) * sizes[phenomenon] for phenomenon, texts in wrong.items()
    )


@pytest.mark.parametrize(
    ("brand", "label", "text"),
    [
        ("Orange", "positive", "Bouygues est une catastrophe, mais Orange m'a dépanné en une heure"),
        ("Orange", "negative", "SFR c'est top, par contre Orange ça capte jamais"),
        ("Apple", "negative", "Google is brilliant. Apple still can't get me to the right street"),
        ("Orange", "positive", "Après des années de galère chez SFR, Orange me réconcilie avec la fibre"),
        ("Monzo", "positive", "Barclays took 6 weeks, Monzo opened my account in ten minutes"),
        ("Dacia", "positive", "Toyota c'est fiable, Dacia aussi"),
        ("Fnac", "positive", "Amazon se moque du monde alors que la Fnac est toujours à l'écoute"),
        ("Delta", "negative", "Nice plane, nice crew, but Delta lost my luggage"),
        ("Delta", "negative", "Kelly was lovely but Delta lost my luggage"),
    ],
)
def test_a_name_with_a_clause_of_its_own_keeps_what_it_says(brand, label, text):
    assert targeted(text, brand).label == label


@pytest.mark.parametrize(
    ("brand", "label", "text"),
    [
        ("Free", "positive", "passé de SFR à Free et franchement aucun regret"),
        ("SFR", "negative", "passé de SFR à Free et franchement aucun regret"),
        ("O2", "negative", "moved from EE to O2 and regretting it already"),
        ("EE", "positive", "moved from EE to O2 and regretting it already"),
        ("Tesco", "negative", "Switched from Tesco to Aldi and the veg actually lasts"),
        ("Aldi", "positive", "Switched from Tesco to Aldi and the veg actually lasts"),
        ("Uber", "negative", "Unlike Lyft, Uber never shows up"),
        ("Lyft", "positive", "Unlike Lyft, Uber never shows up"),
        ("Lidl", "positive", "Lidl > Leclerc"),
        ("Leclerc", "negative", "Lidl > Leclerc"),
        ("Air France", "positive", "Sans Air France on serait encore bloqués à Tokyo"),
        ("Orange", "negative", "Une semaine sans Orange, toujours pas de réseau"),
    ],
)
def test_comparisons_and_changes_of_provider(brand, label, text):
    assert targeted(text, brand).label == label


@pytest.mark.parametrize(
    ("label", "tag"),
    [
        ("negative", "#AirFranceFail"),
        ("negative", "#BoycottAirFrance"),
        ("negative", "#AirFranceGreve"),
        ("negative", "#StopAirFrance"),
        ("positive", "#MerciAirFrance"),
        ("neutral", "#AirFrance"),
        ("neutral", "@airfrance"),
    ],
)
def test_a_verdict_inside_the_brands_own_tag_counts(label, tag):
    assert ENGINE.targeted(f"Vol de demain {tag}", [(14, 14 + len(tag))]).label == label


@pytest.mark.parametrize("name", ["Super U", "#SuperU", "@SuperU", "#LaRedoute", "#ByeBye"])
def test_words_inside_the_brands_name_say_nothing(name):
    assert ENGINE.targeted(f"{name} ouvre mardi", [(0, len(name))]).words == ()


def test_without_spans_the_whole_text_counts():
    assert ENGINE.targeted("c'est nul", []).label == "negative"


def test_the_clause_is_what_is_said_of_the_brand():
    text = "Bonjour. Le réseau d'Orange est parfait mais celui de SFR est nul. Merci."
    start, end = targeted(text, "SFR", "Orange").clause
    assert "SFR est nul" in text[start:end]
    assert "Orange" not in text[start:end]


def test_sentiment_of_a_whole_text_has_no_clause():
    assert ENGINE.score("c'est nul").clause is None
