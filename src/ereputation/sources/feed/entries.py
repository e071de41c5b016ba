"""One entry of a feed, whatever its dialect, as a Document."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ereputation.markup import html_to_text, unescape_fully
from ereputation.model import Document
from ereputation.sources.dates import believable, read_date, trusted
from ereputation.sources.encodings import unmangled
from ereputation.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from ereputation.sources.dates import Dated

MOST_TITLE = 1_000
MOST_TEXT = 100_000
MOST_URL = 2_000
_MOST_NAME = 200
_UNSOUND = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")  # JSON can write what no text holds
_MOST_LIST = 30
_PLAIN_URL = re.compile(r"https?://([\w.-]+)(?::\d{1,5})?(?:[/?#]\S*)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What holds for every entry of one document."""

    source: str
    url: str
    """Where the document was read."""
    now: datetime
    timezone: str | None
    lang: str
    """Used where the entry says nothing."""
    site_url: str = ""
    """The site the feed belongs to; empty when it does not say."""
    author: str = ""
    """Who writes where an entry names nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """An entry as its format states it, before anything is believed."""

    id: str = ""
    link: str = ""
    base: str = ""
    """xml:base; empty when there is none."""
    title: str = ""
    title_is_html: bool = False
    body: str = ""
    body_is_html: bool = True
    published: Sequence[Dated | None] = ()
    """The best first."""
    updated: Dated | None = None
    author: str = ""
    lang: str = ""
    tags: Iterable[str] = ()
    media: Iterable[str] = ()
    comments_url: str = ""
    comments: int | None = None
    """How many; None when not told."""
    reply_to: str = ""


def web_url(link: str, *bases: str) -> str:
    """``link`` made absolute against the bases, the nearest first; empty unless it ends up http or https."""
    link = link[:MOST_URL]
    if _PLAIN_URL.fullmatch(link) and link.isprintable():
        return link
    if " " in link or not link.isprintable():
        link = "".join(char for char in link if char.isprintable() and not char.isspace())
    if not link:
        return ""
    try:
        for base in bases:
            if urlsplit(link).scheme:
                break
            link = urljoin(base, link) if base else link
        parts = urlsplit(link)
        return link if parts.scheme.lower() in {"http", "https"} and parts.hostname else ""
    except ValueError:
        return ""


def host_of(url: str) -> str:
    """Host of the publisher, without ``www.``; empty for what is no address."""
    if found := _PLAIN_URL.fullmatch(url):
        return found[1].lower().removeprefix("www.")
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def plain_title(title: str, *, is_html: bool) -> str:
    """A title on one line: tags gone if it is HTML, references resolved even when escaped twice."""
    title = title[: MOST_TITLE * 10]
    text = html_to_text(title) if is_html else unescape_fully(title)
    return one_line(text)[:MOST_TITLE]


def language(text: str) -> str:
    """``fr`` from ``fr-FR`` and ``fr_fr``; empty for what is no language tag."""
    tag = text.strip().lower().replace("_", "-").partition("-")[0]
    return tag if 2 <= len(tag) <= 3 and tag.isascii() and tag.isalpha() else ""


def _some(values: Iterable[str]) -> tuple[str, ...]:
    """The first few, each once, none empty."""
    return tuple(dict.fromkeys(value for value in values if value))[:_MOST_LIST]


def _guid(raw: Raw, url: str, title: str, text: str) -> str:
    """The id the entry states, else its URL, else a hash of what it says."""
    stated = one_line(raw.id)
    if len(stated) > MOST_URL:
        return f"sha256:{hashlib.sha256(stated.encode('utf-8', 'replace')).hexdigest()}"
    if stated or url:
        return stated or url
    says = f"{title}\n{text}\n{raw.published[0][0] if raw.published and raw.published[0] else ''}"
    return f"sha256:{hashlib.sha256(says.encode('utf-8', 'replace')).hexdigest()}"


def document(raw: Raw, context: Context) -> Document:
    """The entry as everybody else knows it: absolute addresses, plain text, a date to rely on."""
    url = web_url(raw.link, raw.base, context.site_url, context.url)
    title = plain_title(unmangled(raw.title), is_html=raw.title_is_html)
    body = raw.body[: MOST_TEXT * 5]
    body = unmangled(body if body.isprintable() else _UNSOUND.sub("", body))
    text = (html_to_text(body) if raw.body_is_html else body.strip())[:MOST_TEXT]
    published, confidence = trusted([*raw.published, raw.updated], context.now)
    updated = raw.updated[0] if raw.updated and believable(raw.updated[0], context.now) else None
    return Document(
        source=context.source,
        guid=_guid(raw, url, title, text),
        url=url,
        title=title,
        text=text,
        published=published,
        date_confidence=confidence,
        first_seen=context.now,
        updated=updated if updated != published else None,
        author_name=one_line(html_to_text(raw.author[: _MOST_NAME * 5]))[:_MOST_NAME] or context.author,
        lang=language(raw.lang) or context.lang,
        site=host_of(url) or host_of(context.site_url) or host_of(context.url),
        tags=_some(one_line(tag)[:_MOST_NAME] for tag in raw.tags),
        media=_some(web_url(link, raw.base, context.site_url, context.url) for link in raw.media),
        reply_to=one_line(raw.reply_to)[:MOST_URL],
        thread=web_url(raw.comments_url, raw.base, context.site_url, context.url),
        engagement={} if raw.comments is None else {"comments": raw.comments},
    )


def dates(texts: Iterable[tuple[str, Dated | None]], timezone: str | None) -> list[Dated | None]:
    """Each date by our own reader, else what somebody else's made of it."""
    return [read_date(text, timezone) or theirs for text, theirs in texts if text]


def number(value: object) -> int | None:
    """A count from outside; None when it is none."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def first(entry: Mapping[str, object], *keys: str) -> str:
    """The first of these fields that holds words."""
    for key in keys:
        value = entry.get(key)
        if isinstance(value, str) and value.strip():
            return value
    return ""
