"""What vendors call their columns: which of our fields each header fills, and how a dialect is recognised."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ereputation.errors import UsageError
from ereputation.speech import _
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

FIELDS = (
    "id",
    "published",
    "time",
    "title",
    "text",
    "url",
    "site",
    "author_name",
    "author_handle",
    "lang",
    "type",
    "sentiment",
    "reply_to",
    "likes",
    "comments",
    "shares",
)
"""What a row can say; ``time`` is the hour where the date stands alone."""
_SEARCHED = 20
"""Rows in which the header may stand: vendors put up to seven lines of preamble before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One product's columns: for each field the headers that fill it, the fullest first."""

    name: str
    headers: Mapping[str, Sequence[str]]
    marks: frozenset[str] = frozenset()
    """Headers of which two give the product away."""

    def seen(self, names: Collection[str]) -> int:
        """How many of its marks stand in a header."""
        return sum(_key(mark) in names for mark in self.marks)


OWN = Dialect(
    name="ereputation",
    marks=frozenset({"mention_id", "story_id", "first_seen", "document_id", "matched", "date_confidence"}),
    headers={
        "published": ("published",),
        "title": ("title",),
        "text": ("text", "snippet"),
        "url": ("url",),
        "site": ("domain",),
        "author_name": ("author_name",),
        "author_handle": ("author_handle",),
        "lang": ("lang",),
        "type": ("type",),
        "sentiment": ("sentiment",),
        "reply_to": ("reply_to",),
    },
)
BRANDWATCH = Dialect(
    name="brandwatch",
    marks=frozenset(
        {"query name", "mention id", "resource id", "full text", "page type", "content source name"}
    ),
    headers={
        "id": ("Resource Id", "Mention Id"),
        "published": ("Date", "Added"),
        "title": ("Title",),
        "text": ("Full Text", "Snippet"),
        "url": ("Url", "Original Url"),
        "site": ("Domain",),
        "author_name": ("Full Name", "Author"),
        "author_handle": ("Author",),
        "lang": ("Language",),
        "type": ("Content Source Name", "Unified Source Name", "Page Type"),
        "sentiment": ("Sentiment",),
        "likes": ("Likes",),
        "comments": ("Comments",),
        "shares": ("Shares",),
    },
)
TALKWALKER = Dialect(
    name="talkwalker",
    marks=frozenset(
        {
            "domain_url",
            "root_url",
            "content_snippet",
            "title_snippet",
            "source_type",
            "post_type",
            "search_indexed",
            "extra_author_attributes.name",
            "extra_author_attributes.short_name",
            "extra_source_attributes.name",
        }
    ),
    headers={
        "published": ("published", "indexed", "search_indexed"),
        "title": ("title", "title_snippet"),
        "text": ("content", "content_snippet"),
        "url": ("url",),
        "site": ("domain_url", "root_url"),
        "author_name": ("extra_author_attributes.name",),
        "author_handle": ("extra_author_attributes.short_name",),
        "lang": ("lang",),
        "type": ("post_type", "source_type"),
        "sentiment": ("sentiment",),
        "reply_to": ("parent_url",),
    },
)
MELTWATER = Dialect(
    name="meltwater",
    marks=frozenset(
        {
            "hit sentence",
            "opening text",
            "headline",
            "input name",
            "influencer",
            "alternate date format",
            "ave",
        }
    ),
    headers={
        "id": ("Document ID",),
        "published": ("Alternate Date Format", "Date"),
        "time": ("Time",),
        "title": ("Headline", "Title"),
        "text": ("Opening Text", "Hit Sentence"),
        "url": ("URL",),
        "site": ("Source Domain",),
        "author_name": ("Author Name", "Influencer"),
        "author_handle": ("Author Handle",),
        "lang": ("Language",),
        "type": ("Content Type", "Source Type", "Information Type"),
        "sentiment": ("Sentiment",),
        "likes": ("Likes",),
        "comments": ("Comments",),
        "shares": ("Shares",),
    },
)
PLAIN = Dialect(
    name="plain",
    headers={
        "id": ("id", "guid", "post id", "tweet id", "comment id", "review id", "document id", "identifiant"),
        "published": (
            *("published", "published at", "publication date", "date de publication", "date publication"),
            *(
                "date",
                "datetime",
                "date time",
                "timestamp",
                "horodatage",
                "created at",
                "created",
                "creation date",
            ),
            *("created utc", "posted at", "post date", "tweet created", "review date", "date received"),
        ),
        "time": ("time", "heure"),
        "title": ("title", "headline", "subject", "titre", "objet"),
        "text": (
            *("text", "full text", "content", "body", "selftext", "message", "tweet", "tweet text", "review"),
            *(
                "review text",
                "comment",
                "description",
                "narrative",
                "consumer complaint narrative",
                "snippet",
            ),
            *("texte", "contenu", "commentaire", "avis"),
        ),
        "url": ("url", "link", "permalink", "lien", "adresse"),
        "site": ("domain", "site", "domaine"),
        "author_name": ("author name", "author", "user", "username", "user name", "name", "auteur"),
        "author_handle": ("author handle", "handle", "screen name", "author id", "username"),
        "lang": ("lang", "language", "langue"),
        "type": ("type",),
        "sentiment": ("sentiment", "tone", "tonalite", "label"),
        "reply_to": ("reply to", "in reply to", "in response to tweet id", "parent id"),
        "likes": ("likes", "favorites", "favorite count", "like count"),
        "comments": ("comments", "replies", "reply count"),
        "shares": ("shares", "retweets", "retweet count"),
    },
)
DIALECTS = {dialect.name: dialect for dialect in (OWN, BRANDWATCH, TALKWALKER, MELTWATER, PLAIN)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where each field stands in the rows of one file."""

    dialect: str
    names: tuple[str, ...]
    """Every header, as written."""
    places: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """For each field, the columns that may fill it, the fullest first."""

    def value(self, row: Sequence[str], name: str) -> str:
        """The first of a field's columns that says something; empty when none does."""
        for place in self.places.get(name, ()):
            if place < len(row) and (value := row[place].strip()):
                return value
        return ""

    @property
    def usable(self) -> bool:
        """Whether rows can become documents: a date, and something that was said."""
        return "published" in self.places and bool({"title", "text"} & self.places.keys())


def parse_map(text: str) -> dict[str, str]:
    """``published=Date,text=Content`` as field -> header; UsageError names what is wrong."""
    chosen: dict[str, str] = {}
    for part in text.split(","):
        name, equals, header = (piece.strip() for piece in part.partition("="))
        if not equals or not header:
            raise UsageError(
                _("--map: expected field=column, such as published=Date, not {part!r}").format(
                    part=part.strip()
                )
            )
        if name not in FIELDS:
            close = difflib.get_close_matches(name, FIELDS, 1)
            said = (
                _("--map: {name!r} is no field; did you mean {close!r}?")
                if close
                else _("--map: {name!r} is no field; fields: {fields}")
            )
            raise UsageError(said.format(name=name, close="".join(close), fields=", ".join(FIELDS)))
        chosen[name] = header
    return chosen


def _key(header: str) -> str:
    """Headers are compared without case, accents and underscores."""
    return fold(header.strip().strip("\ufeff")).replace("_", " ")


def columns(header: Iterable[str], *, dialect: str = "", mapped: Mapping[str, str] | None = None) -> Columns:
    """What the columns under this header mean: as ``mapped`` says, else by the dialect, recognised if none is named."""
    names = tuple(name.strip().strip("\ufeff") for name in header)
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(_key(name), []).append(place)
    chosen = DIALECTS[dialect] if dialect else recognised(places)
    found: dict[str, tuple[int, ...]] = {}
    for ours, headers in chosen.headers.items():
        if standing := [place for name in headers for place in places.get(_key(name), ())]:
            found[ours] = tuple(standing)
    for ours, name in (mapped or {}).items():
        found[ours] = tuple(places.get(_key(name), ()))
    return Columns(dialect=chosen.name, names=names, places={k: v for k, v in found.items() if v})


def recognised(header: Iterable[str]) -> Dialect:
    """The product a header (folded) comes from; plain CSV when it is nobody's."""
    names = set(header)
    return max(
        (dialect for dialect in DIALECTS.values() if dialect.seen(names) >= 2),
        key=lambda dialect: dialect.seen(names),
        default=PLAIN,
    )


def find_header(
    rows: Sequence[Sequence[str]], *, dialect: str = "", mapped: Mapping[str, str] | None = None
) -> tuple[int, Columns] | None:
    """Which of the first rows is the header, and what it means; None when none of them names what is needed."""
    best: tuple[int, Columns] | None = None
    for number, row in enumerate(rows[:_SEARCHED]):
        read = columns(row, dialect=dialect, mapped=mapped)
        if mapped and not all(name in read.places for name in mapped):
            continue
        if read.usable and (best is None or len(read.places) > len(best[1].places)):
            best = number, read
    return best
