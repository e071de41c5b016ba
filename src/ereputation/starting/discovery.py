"""The feeds behind a web page: those it names, else those at the places where feeds usually are."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ereputation import words
from ereputation.errors import ContentError, SourceError, UsageError
from ereputation.fetch import Fetcher, redacted
from ereputation.fetch.politeness import is_private
from ereputation.sources.encodings import decode
from ereputation.sources.feed.parse import parse
from ereputation.sources.feed.refused import named_feeds
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ereputation.fetch import Response

_PLACES = ("feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml")
"""Where feeds usually are, from the root of a site: WordPress, static generators, old habits."""
_MOST_NAMED = 8
_MOST_BYTES = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed that was read."""

    url: str
    title: str
    documents: int
    newest: datetime | None
    """None: it holds nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What came of looking behind one address."""

    page: str
    feeds: tuple[Found, ...]
    faults: tuple[str, ...]
    """Why there are none, or which of those it names could not be read: sentences."""

    @property
    def best(self) -> Found | None:
        """The one to read: the first that is not about comments; None when there is none."""
        articles = [feed for feed in self.feeds if "comment" not in f"{feed.url} {feed.title}".lower()]
        return next(iter((*articles, *self.feeds)), None)


def discover(pages: Sequence[str], *, contact: str, now: datetime) -> list[Discovery]:
    """Look behind each of ``pages``: web addresses, or a feed's own. Nothing that fails ends it."""

    async def look() -> list[Discovery]:
        async with Fetcher(contact=contact, now=now) as fetcher:
            return list(await asyncio.gather(*(_behind(page, fetcher, now) for page in pages)))

    return asyncio.run(look())


def web_page(text: str) -> str:
    """``https://www.lemonde.fr/`` from what people type; raises UsageError for what is no web address."""
    text = text.strip()
    whole = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(whole)
        local = parts.scheme == "file" and not parts.netloc
        sound = local or (parts.scheme in {"http", "https"} and bool(parts.hostname))
    except ValueError:
        sound = False
    if not sound or not whole.isprintable() or " " in whole or ("://" not in text and "." not in text):
        raise UsageError(
            _("expected an address such as https://www.example.org, not {text!r}").format(text=text)
        )
    return whole


async def _behind(page: str, fetcher: Fetcher, now: datetime) -> Discovery:
    try:
        answer = await fetcher.get(page, max_bytes=_MOST_BYTES, accept="text/html, application/xml, */*")
    except SourceError as error:
        return Discovery(page=page, feeds=(), faults=(str(error),))
    try:
        return Discovery(page=page, feeds=(_feed(answer, page, now),), faults=())
    except ContentError as error:
        why = str(error)
    text, _rest = decode(answer.body, answer.content_type)
    named = [url for url in named_feeds(text, answer.url) if _may_follow(url, answer.url)][:_MOST_NAMED]
    feeds, faults = [], []
    for url in named:
        try:
            feeds.append(_feed(await fetcher.get(url, max_bytes=_MOST_BYTES), url, now))
        except SourceError as error:
            faults.append(_said(url, error))
    if not feeds:
        feeds = await _usual_place(answer.url, fetcher, now)
    if not feeds:
        why = _("no feed it names can be read") if named else why
        tried = (
            _("; nor is a feed at the usual places ({places})").format(places=", ".join(_PLACES))
            if _has_places(answer.url)
            else ""
        )
        faults.append(words.labelled(redacted(page), f"{why}{tried}"))
    return Discovery(page=page, feeds=tuple(dict.fromkeys(feeds)), faults=tuple(faults))


def _has_places(page: str) -> bool:
    return page.startswith("http")


async def _usual_place(page: str, fetcher: Fetcher, now: datetime) -> list[Found]:
    """The first feed at a place where feeds usually are."""
    for place in _PLACES if _has_places(page) else ():
        url = urljoin(page, f"/{place}")
        try:
            return [_feed(await fetcher.get(url, max_bytes=_MOST_BYTES), url, now)]
        except SourceError:
            continue  # most sites have a feed at none or one of them
    return []


def _feed(answer: Response, url: str, now: datetime) -> Found:
    """The feed that ``url`` answered with; raises ContentError when it is none."""
    parsed = parse(answer.body, url=answer.url, now=now, source="discovery", content_type=answer.content_type)
    newest = max((one.published for one in parsed.documents), default=None)
    return Found(
        url=answer.moved_to or url, title=parsed.title, documents=len(parsed.documents), newest=newest
    )


def _may_follow(url: str, page: str) -> bool:
    """A page on the web names no file and no inside address of ours."""
    try:
        to, at = urlsplit(url), urlsplit(page)
    except ValueError:
        return False
    if at.scheme == "file":
        return to.scheme in {"file", "http", "https"}
    inside = is_private(to.hostname or "") and not is_private(at.hostname or "")
    return to.scheme in {"http", "https"} and not inside


def _said(url: str, error: SourceError) -> str:
    text = str(error)
    return text if text.startswith(redacted(url)) else words.labelled(redacted(url), text)
