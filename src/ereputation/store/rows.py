"""Rows to values and back: the only place that knows both."""

from __future__ import annotations

import json
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from ereputation.model import Document, Match, Mention, Sentiment, Word
from ereputation.store.connection import instant, instant_or_none, seconds, seconds_or_none

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ereputation.store.connection import Connection, Row

DOCUMENT_COLUMNS = """
  d.id, s.name AS source, d.position, d.published, d.date_confidence, d.first_seen, d.updated, d.score, d.label, d.lang,
  d.kind, d.type, d.site, d.guid, d.url, d.author_name, d.author_handle, d.author_id, d.reply_to, d.thread, d.via, d.tags,
  d.media, d.engagement, d.title, d.text
"""
"""For ``documents AS d JOIN sources AS s``."""

_TEXTS = (
    "date_confidence", "label", "lang", "kind", "type", "site", "guid", "url", "author_name", "author_handle", "author_id",
    "reply_to", "thread", "via", "title", "text",
)  # fmt: skip


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_json(value: Any) -> str:
    """Compact JSON."""
    return _encode(value)


def storable(text: str) -> str:
    """Text as a database takes it: lone surrogates and NULs replaced one for one, so that spans stay true."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


DOCUMENT_ROW = ("published", "first_seen", "updated", "score", "tags", "media", "engagement", *_TEXTS)
"""The columns of ``document_row``."""
PUBLISHED, CONFIDENCE, TITLE = map(DOCUMENT_ROW.index, ("published", "date_confidence", "title"))

_texts_of = attrgetter(*_TEXTS)


def document_row(document: Document) -> tuple[Any, ...]:
    """A document as the columns of its row, but for id, source, position and what is derived.

    A date that was guessed becomes the moment the document was first seen.
    """
    texts = _texts_of(document)
    if storable(whole := "".join(texts)) != whole:
        texts = tuple(map(storable, texts))
    guessed = document.date_confidence == "first_seen"
    return (
        seconds(document.first_seen if guessed else document.published),
        seconds(document.first_seen),
        seconds_or_none(document.updated),
        document.score,
        storable(to_json(document.tags)) if document.tags else "[]",
        storable(to_json(document.media)) if document.media else "[]",
        storable(to_json(dict(document.engagement))) if document.engagement else "{}",
        *texts,
    )


def stored_after(db: Connection, document: int, most: int) -> list[Row]:
    """Rows of DOCUMENT_COLUMNS, with ``content``, of the documents behind one, in the order of being stored."""
    return db.rows(
        "SELECT d.content, "
        + DOCUMENT_COLUMNS
        + """
        FROM documents AS d
        JOIN sources AS s ON s.id = d.source
        WHERE d.id > :after
        ORDER BY d.id
        LIMIT :limit
        """,  # the primary key
        {"after": document, "limit": most},
    )


def document_of(row: Row | Mapping[str, Any]) -> Document:
    """The document of a row of DOCUMENT_COLUMNS."""
    return Document(
        id=row["id"],
        source=row["source"],
        published=instant(row["published"]),
        first_seen=instant(row["first_seen"]),
        updated=instant_or_none(row["updated"]),
        score=row["score"],
        tags=tuple(json.loads(row["tags"])),
        media=tuple(json.loads(row["media"])),
        engagement=json.loads(row["engagement"]),
        **{name: row[name] for name in _TEXTS},
    )


MENTION_COLUMNS = """
  m.id AS mention, m.brand AS brand_id, b.name AS brand, m.document, m.position AS place, m.story, t.copies, m.media AS side,
  m.label AS found_label, m.corrected, m.score AS found_score, m.status, m.note, m.by, m.spans, m.words, m.clause, m.categories
"""
"""For ``mentions AS m JOIN brands AS b JOIN stories AS t``."""


MatchRow: TypeAlias = "dict[str, Any]"
"""Of ``match_row``."""


def match_row(match: Match) -> MatchRow:
    """A match as the columns of its mention's row, but for ids and what is derived; the brand by its name."""
    sentiment = match.sentiment
    return {
        "brand": match.brand,
        "media": match.media,
        "label": sentiment.label,
        "score": sentiment.score,
        "spans": to_json(match.spans),
        "words": storable(
            to_json([[w.text, w.start, w.end, w.weight, w.rule, w.category] for w in sentiment.words])
        ),
        "clause": to_json(sentiment.clause) if sentiment.clause else "",
        "categories": to_json(sentiment.categories),
    }


def mention_of(row: Row, document: Document) -> Mention:
    """The mention of a row of MENTION_COLUMNS; a person's label stands in for the one that was found."""
    start_end = json.loads(row["clause"]) if row["clause"] else None
    return Mention(
        id=row["mention"],
        document=document,
        match=Match(
            brand=row["brand"],
            spans=tuple((start, end) for start, end in json.loads(row["spans"])),
            sentiment=Sentiment(
                label=row["corrected"] or row["found_label"],
                score=row["found_score"],
                words=tuple(
                    Word(text=text, start=start, end=end, weight=weight, rule=rule, category=category)
                    for text, start, end, weight, rule, category in json.loads(row["words"])
                ),
                clause=(start_end[0], start_end[1]) if start_end else None,
                categories=tuple(json.loads(row["categories"])),
            ),
            media=row["side"],
        ),
        story=row["story"],
        copies=row["copies"],
        status=row["status"],
        note=row["note"],
        by=row["by"],
        corrected=bool(row["corrected"]),
    )
