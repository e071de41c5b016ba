"""Mentions as rows: the stable columns, and the columns other tools expect (their importers' field names).

Reach and advertising value are left out: they are modelled, and we do not invent numbers.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from ereputation.export.records import SNIPPET, Record, local, number, when
from ereputation.text import one_line, snippet

if TYPE_CHECKING:
    from datetime import tzinfo

    from ereputation.model import Mention

COLUMNS = (
    "mention_id",
    "story_id",
    "copies",
    "brand",
    "published",
    "first_seen",
    "source",
    "kind",
    "domain",
    "url",
    "title",
    "snippet",
    "author_name",
    "author_handle",
    "lang",
    "sentiment",
    "score",
    "words",
    "matched",
    "engagement",
    "reply_to",
    "status",
    "note",
    "media",
)
"""In this order for good; new columns go last."""


def _handle(text: str) -> str:
    return one_line(text).lstrip("@＠ ")


def mention_record(mention: Mention, zone: tzinfo = UTC) -> Record:
    """A mention under the names of the CSV's columns; ``words`` as in ``explain``, ``matched`` the texts found."""
    document, match = mention.document, mention.match
    content = document.content
    first = match.spans[0][0] if match.spans else 0
    offset = len(document.title) + 1 if document.title and document.text else 0
    within = document.text or document.title
    return {
        "mention_id": mention.id,
        "story_id": mention.story,
        "copies": mention.copies,
        "brand": match.brand,
        "published": when(document.published, zone),
        "first_seen": when(document.first_seen, zone),
        "source": document.source,
        "kind": document.kind,
        "domain": document.site,
        "url": document.url,
        "title": one_line(document.title),
        "snippet": snippet(within, SNIPPET, max(0, first - offset)),
        "author_name": one_line(document.author_name),
        "author_handle": _handle(document.author_handle),
        "lang": document.lang,
        "sentiment": match.sentiment.label,
        "score": number(match.sentiment.score),
        "words": [
            {"text": one_line(w.text), "start": w.start, "end": w.end, "weight": number(w.weight)}
            for w in match.sentiment.words
        ],
        "matched": list(dict.fromkeys(one_line(content[start:end]) for start, end in match.spans)),
        "engagement": dict(document.engagement),
        "reply_to": document.reply_to,
        "status": mention.status,
        "note": mention.note,
        "media": match.media,
    }


def mention_row(mention: Mention, zone: tzinfo = UTC) -> Record:
    """A mention as cells: moments as such, everything else as text, numbers and lists; under our names and others' values."""
    record = mention_record(mention, zone)
    then = local(mention.document.published, zone)
    return record | {
        "published": mention.document.published,
        "first_seen": mention.document.first_seen,
        "score": round(float(mention.match.sentiment.score), 4),
        "words": [f"{w['text']} {w['weight']:+g}" for w in record["words"]],
        "engagement": sum(record["engagement"].values()) if record["engagement"] else None,
        "date": then.strftime("%Y-%m-%d"),
        "time": then.strftime("%H:%M"),
        "full_text": mention.document.text,
        "checked": mention.status != "new",
        "syndicated": mention.copies > 1,
        "when": f"{then:%Y-%m-%d %H:%M:%S}",
        "numeric_sentiment": {"negative": -5, "neutral": 0, "positive": 5}[mention.match.sentiment.label],
    }


DIALECTS: dict[str, dict[str, str]] = {
    "brandwatch": {
        "Query Name": "brand",
        "Date": "when",
        "Title": "title",
        "Snippet": "snippet",
        "Url": "url",
        "Domain": "domain",
        "Sentiment": "sentiment",
        "Page Type": "kind",
        "Language": "lang",
        "Author": "author_handle",
        "Full Name": "author_name",
        "Full Text": "full_text",
        "Mention Id": "mention_id",
        "Checked": "checked",
        "Is Syndicated": "syndicated",
    },
    "talkwalker": {
        "published": "when",
        "url": "url",
        "domain_url": "domain",
        "title": "title",
        "content": "full_text",
        "lang": "lang",
        "sentiment": "numeric_sentiment",
        "source_type": "kind",
        "extra_author_attributes.name": "author_name",
        "engagement": "engagement",
        "cluster_id": "story_id",
    },
    "meltwater": {
        "Date": "date",
        "Time": "time",
        "Headline": "title",
        "URL": "url",
        "Opening Text": "full_text",
        "Hit Sentence": "snippet",
        "Source": "source",
        "Influencer": "author_name",
        "Language": "lang",
        "Sentiment": "sentiment",
        "Keywords": "matched",
        "Input Name": "brand",
        "Document Tags": "status",
    },
}
"""Other tools' header -> our value, for each dialect that renames columns."""
