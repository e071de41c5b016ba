"""An ordinary feed, in a tenth of the time feedparser takes.

RSS 2.0, RSS 1.0 and Atom 1.0, well-formed, with the elements most feeds are made of: what comes of them is what
feedparser makes of them, quirks and all. At the first sign of anything else feedparser is asked: about the feed itself,
or about all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from ereputation.sources.dates import read_date
from ereputation.sources.feed.elements import ASIDE, ATOM, ELEMENTS, HEADS, RDF, RSS1, Entry, Unusual, plain
from ereputation.sources.feed.entries import Raw, language, number
from ereputation.sources.feed.tidy import MOST_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from xml.etree.ElementTree import Element

    from ereputation.sources.dates import Dated
    from ereputation.sources.feed.elements import Readers

MOST = 2_000_000
"""Bytes of a document that is read at once."""
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DATES = ("published", "created", "updated")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a feed says of itself."""

    title: str = ""
    link: str = ""
    lang: str = ""
    author: str = ""
    """Of everything in it, in Atom; empty in other formats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordinary:
    """A feed read the short way."""

    raws: list[Raw]
    about: About | None
    """None where feedparser has to say it."""


def read(xml: bytes, timezone: str | None) -> Ordinary | None:
    """A document from its root element on; None where feedparser has to read it."""
    if len(xml) > MOST or b"xml:base" in xml:
        return None
    try:
        root = ET.fromstring(xml)  # noqa: S314 - no doctype, so no entities, and bounded
        space, channel = _channel(root)
        lang = root.get(_LANG, "").replace("_", "-")
        items = channel.findall(_ITEMS[space])
        if len(items) > MOST_ENTRIES:
            return None
        about = _about(channel, space, lang)
        if lang and about is None and space != ATOM:
            return None  # a language the head may take back
        return Ordinary(raws=[_raw(item, space, lang, timezone) for item in items], about=about)
    except (ET.ParseError, Unusual):
        return None


def _about(channel: Element, space: str, lang: str) -> About | None:
    head = Entry(space == ATOM)
    if space == RSS1:
        found = [part for part in channel if part.tag != _ITEMS[RSS1]]
        if lang or [part.tag for part in found] != [f"{RSS1}channel"] or channel[0] is not found[0]:
            return None
        channel = found[0]
    try:
        _take_over(channel, head, HEADS[space])
    except Unusual:
        return None
    if lang and "language" in head.texts:
        return None
    return About(
        title=head.texts.get("title", ""),
        link=head.link or "",
        lang=language(head.texts.get("language", "")) or language(lang),
        author=head.author,
    )


_ITEMS = {ATOM: f"{ATOM}entry", RSS1: f"{RSS1}item", "": "item"}


def _channel(root: Element) -> tuple[str, Element]:
    """Whose elements the feed is made of, and the one that describes it."""
    if any(name != _LANG for name in root.attrib) and not (
        root.tag == "rss" and set(root.attrib) <= {"version", _LANG}
    ):
        raise Unusual
    if root.tag == f"{ATOM}feed":
        return ATOM, root
    if root.tag == f"{RDF}RDF":
        return RSS1, root
    channels = root.findall("channel")
    if root.tag != "rss" or not root.get("version", "").startswith("2.") or len(root) != 1 or not channels:
        raise Unusual
    plain(channels[0])
    return "", channels[0]


def _take_over(parts: Element, entry: Entry, known: Readers) -> None:
    """What the elements within another say; raises Unusual."""
    for element in parts:
        read = known.get(element.tag)
        if read:
            read(entry, element)
        elif len(element) or not element.tag.startswith(ASIDE):
            raise Unusual


def _raw(item: Element, space: str, lang: str, timezone: str | None) -> Raw:
    entry = Entry(space == ATOM)
    plain(item, *((f"{RDF}about",) if space == RSS1 else ()))
    if about := item.get(f"{RDF}about"):
        entry.texts["id"] = about
    _take_over(item, entry, ELEMENTS[space])
    texts = entry.texts
    identity = texts.get("id", "") if texts.get("id", "").strip() else ""
    body, is_html = max(entry.bodies, key=lambda one: len(one[0]), default=("", True))
    if not body:
        is_html = True
    published = _dates(texts, timezone)
    return Raw(
        id=identity,
        link=_link(entry, identity),
        title=texts.get("title", ""),
        title_is_html=entry.title_is_html if "title" in texts else True,
        body=body,
        body_is_html=is_html,
        published=published,
        updated=published[-1] if texts.get("updated") else None,
        author=entry.author,
        lang=lang if body or texts.get("title") else "",
        tags=entry.tags,
        media=[*entry.enclosures, *entry.media, *entry.thumbnails],
        comments_url=texts.get("comments", ""),
        comments=number(texts.get("slash_comments", "")),
    )


def _link(entry: Entry, identity: str) -> str:
    for href, kind in entry.pages:
        if "html" in kind:
            return href
    if entry.pages:
        return entry.pages[0][0]
    if entry.link and entry.link.strip():
        return entry.link
    return identity if identity.startswith(("http://", "https://")) else ""


def _dates(texts: Mapping[str, str], timezone: str | None) -> list[Dated]:
    found = []
    for name in _DATES:
        if text := texts.get(name):
            date = read_date(text, timezone)
            if date is None:
                raise Unusual  # feedparser's own reader may know it
            found.append(date)
    return found
