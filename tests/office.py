"""A small office for the interactive search: five documents whose tone nobody has to work out."""

import re

from desk import HOUR, NOW, Desk
from ereputation.model import Document, Match, Reading, Sentiment, Word
from ereputation.store import Collected, Store

STRIKE, FLIGHTS, REPLY, WEATHER, OLD = (
    "Air France : grève lundi",
    "KLM ajoute des vols",
    "Merci à Air France, un service excellent et un équipage adorable",
    "La météo du jour",
    "Air France et KLM partagent un guichet",
)


def said(source, title, text, label, *, at=NOW - HOUR, author="", url=None, **brands):
    """A document in which brands were found; of each the words that weighed."""
    document = Document(
        source=source,
        guid=title or text,
        url=f"https://paper.example/{len(text)}" if url is None else url,
        title=title,
        text=text,
        published=at,
        first_seen=NOW,
        author_name=author,
        label=label,
        site="paper.example",
    )
    matches = []
    for name, weighed in brands.items():
        brand = name.replace("_", " ")
        spans = tuple(found.span() for found in re.finditer(brand, document.content))
        words = tuple(
            Word(text=word, start=start, end=start + len(word), weight=weight)
            for word, weight in weighed.items()
            if (start := document.content.index(word)) >= 0
        )
        tone = "negative" if sum(weighed.values()) < 0 else "positive" if weighed else "neutral"
        clause = (spans[0][0], len(document.title) or len(document.content))
        sentiment = Sentiment(label=tone, score=sum(weighed.values()) / 5, words=words, clause=clause)
        matches.append(Match(brand=brand, spans=spans, sentiment=sentiment))
    return document, tuple(matches)


DOCUMENTS = (
    said(
        "Press",
        STRIKE,
        "Les pilotes d'Air France sont en grève. Un scandale.",
        "negative",
        Air_France={"grève": -2.0, "scandale": -1.5},
    ),
    said("Press", FLIGHTS, "KLM ouvre Lyon et Nice cet été.", "neutral", at=NOW - 2 * HOUR, KLM={}),
    said(
        "Forum",
        "",
        REPLY,
        "positive",
        at=NOW - 3 * HOUR,
        author="@zoé",
        Air_France={"excellent": 2.0, "adorable": 2.0},
    ),
    said("Press", WEATHER, "Un œuf, une sœur, du soleil.", "neutral", at=NOW - 30 * HOUR),
    said(
        "Press",
        OLD,
        "C'était hier, ou presque.",
        "neutral",
        at=NOW - 480 * HOUR,
        url="ftp://old.example/1",
        Air_France={},
        KLM={},
    ),
)


def open_office(folder):
    """A desk with these documents stored, under two sources and two brands."""
    desk = Desk(folder)
    sources = ("Press", "Forum")
    desk.configure(
        *({"name": name, "url": desk.feed(name.lower())} for name in sources), brands=["Air France", "KLM"]
    )
    with Store.open(desk.folder / "ereputation.db") as store:
        batch = []
        for name in sources:
            documents, found = zip(*(d for d in DOCUMENTS if d[0].source == name), strict=True)
            reading = Reading(documents=documents)
            batch.append(Collected(source=name, kind="feed", at=NOW, reading=reading, found=found))
        store.save(batch, now=NOW)
    return desk
