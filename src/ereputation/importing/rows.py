"""A row of an export as a document, with a guid that is the same whenever the row comes again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ereputation.importing.records import RowError
from ereputation.markup import html_to_text
from ereputation.model import Document
from ereputation.speech import _
from ereputation.text import fold, one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ereputation.importing.moments import Moments
    from ereputation.model import Label

KIND = "import"
"""The kind of every imported source; the store knows its stretches by it."""
_LONGEST_TEXT, _LONGEST_TITLE, _LONGEST_NAME = 200_000, 2_000, 200
_TYPES = (
    ("review", "avis", "review"),
    ("comment", "commentaire", "comment"),
    ("video", "youtube", "video"),
    ("podcast", "radio", "podcast"),
)
_POSTS = re.compile(
    r"twitter|tweet|\bx\b|facebook|instagram|linkedin|tiktok|reddit|mastodon|bluesky|forum|social|microblog|post|tumblr|qa\b"
)
_LANGUAGES = {
    "english": "en",
    "anglais": "en",
    "french": "fr",
    "francais": "fr",
    "german": "de",
    "allemand": "de",
    "spanish": "es",
    "espagnol": "es",
    "italian": "it",
    "italien": "it",
    "dutch": "nl",
    "neerlandais": "nl",
    "portuguese": "pt",
    "portugais": "pt",
}
_TONES: dict[str, Label] = {
    **dict.fromkeys(("negative", "negatif", "neg"), "negative"),
    **dict.fromkeys(("neutral", "neutre", "mixed", "mitige"), "neutral"),
    **dict.fromkeys(("positive", "positif", "pos"), "positive"),
}
_QUOTED = re.compile(r"'[\s\"'“”«»‘’`]*[=+\-@＝＋－＠]")
_LANG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A document, and the tone its file gives it."""

    document: Document
    label: Label | None
    """None when the file does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Turns rows of one file into documents."""

    source: str
    namespace: str
    """Where its ids mean something: the product's name; empty when only this source knows them."""
    moments: Moments
    now: datetime
    own: bool = False
    """Our own exports hold text, whatever it looks like; an apostrophe keeps spreadsheets from running it."""

    def read(self, value: Callable[[str], str]) -> Imported:
        """``value`` gives the text of a field, empty when the row says nothing; RowError says why not."""
        title = self._text(value("title"), _LONGEST_TITLE)
        text = self._text(value("text"), _LONGEST_TEXT)
        if text == title:
            text = ""
        if not title and not text:
            raise RowError(_("neither title nor text"))
        published, confidence = self.moments.read(value("published"), value("time"))
        url = value("url")[:8_192]
        author = self._unquoted(value("author_name"))
        handle = self._unquoted(value("author_handle")).lstrip("@＠ ")
        return Imported(
            document=Document(
                source=self.source,
                guid=self._guid(value("id"), url, f"{title}\x1f{text}", published),
                url=url,
                title=title,
                text=text,
                published=published,
                date_confidence=confidence,
                first_seen=self.now,
                author_name=one_line(author)[:_LONGEST_NAME],
                author_handle=one_line(handle)[:_LONGEST_NAME] if " " not in handle.strip() else "",
                lang=_language(value("lang")),
                kind=KIND,
                type=_type(value("type"), title),
                site=_site(value("site"), url),
                reply_to=value("reply_to")[:8_192],
                engagement=_engagement(value),
            ),
            label=_tone(value("sentiment")),
        )

    def _text(self, raw: str, longest: int) -> str:
        if self.own:
            return self._unquoted(raw)[:longest]
        return (html_to_text(raw) if "<" in raw or "&" in raw else raw)[:longest]

    def _unquoted(self, raw: str) -> str:
        return raw[1:] if self.own and _QUOTED.match(raw) else raw

    def _guid(self, known: str, url: str, content: str, published: datetime) -> str:
        """A product's id means the same in all its files, any other with its time; else the address; else what is said."""
        if known:
            return (
                f"urn:{self.namespace}:{known[:300]}"
                if self.namespace
                else f"urn:row:{known[:300]}@{published.timestamp():.0f}"
            )
        if url:
            return url
        said = f"{content}\x1f{published.timestamp():.0f}"
        return f"urn:row:{blake2b(said.encode('utf-8', 'surrogatepass'), digest_size=16).hexdigest()}"


def _site(domain: str, url: str) -> str:
    if "://" in domain:
        url, domain = domain, ""
    try:
        host = domain or urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    return host.strip().lower().removeprefix("www.")[:253]


def _language(text: str) -> str:
    name = fold(text.strip())
    if name in _LANGUAGES:
        return _LANGUAGES[name]
    found = _LANG.fullmatch(name)
    return found[1] if found else ""


def _type(text: str, title: str) -> str:
    name = fold(text[:100])
    for *words, kind in _TYPES:
        if any(word in name for word in words):
            return kind
    if _POSTS.search(name) or (not title and not name):
        return "post"
    return "article"


def _tone(text: str) -> Label | None:
    name = fold(text.strip())
    if name in _TONES:
        return _TONES[name]
    try:
        value = float(name)
    except ValueError:
        return None
    return "negative" if value < 0 else "positive" if value > 0 else "neutral"


def _engagement(value: Callable[[str], str]) -> dict[str, int]:
    found = {}
    for name in ("likes", "comments", "shares"):
        digits = value(name).replace(",", "").replace(" ", "").removesuffix(".0")
        if digits.isascii() and digits.isdigit() and len(digits) < 16:
            found[name] = int(digits)
    return found
