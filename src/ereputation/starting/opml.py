"""OPML, the way feed readers exchange their lists: nested outlines in, one flat list out.

Reference: OPML 2.0, http://opml.org/spec2.opml
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from ereputation import words
from ereputation.errors import UsageError
from ereputation.sources.encodings import decode
from ereputation.sources.feed import Feed, Preset
from ereputation.speech import _
from ereputation.starting.entries import Entry
from ereputation.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ereputation.sources import Source

MOST_BYTES = 10_000_000
_MOST_FEEDS = 2_000
_LONGEST_NAME = 80
_LONGEST_URL = 2_000
_LONE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PROLOG = re.compile(r"\s*<\?xml[^<>]{0,200}\?>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlines:
    """What an OPML file holds for us."""

    entries: tuple[Entry, ...]
    """Each address once, in their order; names are unique."""
    left_out: int
    """Outlines whose address is none of the web's."""


class _RefusedError(Exception):
    """More than anybody reads, or an attack."""


@dataclass(slots=True)
class _Collector:
    """Hears every element as the parser meets it: nothing is built, however deep they nest."""

    root: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    """By address."""
    left_out: int = 0

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        self.root = self.root or element
        if element.lower() != "outline":
            return
        given = {key.lower(): value.strip() for key, value in attributes.items()}
        url = given.get("xmlurl") or (given.get("url", "") if given.get("type", "").lower() == "rss" else "")
        if not url or url in self.titles:
            return
        if not _is_of_the_web(url):
            self.left_out += 1
            return
        if len(self.titles) == _MOST_FEEDS:
            raise _RefusedError(
                _("more than {most_feeds} feeds: split the file").format(most_feeds=_MOST_FEEDS)
            )
        self.titles[url] = one_line(given.get("title") or given.get("text") or "")[:_LONGEST_NAME].strip()

    @staticmethod
    def entity(*_given: object) -> None:
        raise _RefusedError(_("it declares entities, which may expand or fetch (an XML bomb): refused"))


def read(payload: bytes, *, name: str) -> Outlines:
    """The feeds of an OPML file, whatever folders they are in. ``name``: of the file, for messages.

    Raises UsageError for what is no OPML, and for entities: nothing in it is fetched or expanded.
    """
    if len(payload) > MOST_BYTES:
        raise UsageError(
            _("{name}: larger than {most_bytes} MB: this is no list of feeds").format(
                name=name, most_bytes=MOST_BYTES // 1000000
            )
        )
    text = _PROLOG.sub("", decode(payload)[0].lstrip("\ufeff \t\r\n"), count=1)
    collector = _Collector()
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = collector.start
    parser.EntityDeclHandler = collector.entity
    try:
        parser.Parse(_LONE.sub("&amp;", _FORBIDDEN.sub("", text)).encode(), True)  # noqa: FBT003 - in C, without names
    except _RefusedError as error:
        raise UsageError(words.labelled(name, str(error))) from None
    except expat.ExpatError as error:
        why = expat.ErrorString(error.code)
        raise UsageError(
            _("{name}: this is not an OPML file ({why}, line {lineno})").format(
                name=name, why=why, lineno=error.lineno
            )
        ) from None
    if collector.root.lower() != "opml":
        raise UsageError(
            _("{name}: this is not an OPML file: it begins with <{root}>").format(
                name=name, root=one_line(collector.root)[:40]
            )
        )
    return Outlines(entries=tuple(_named(collector.titles)), left_out=collector.left_out)


def _is_of_the_web(url: str) -> bool:
    """Somebody else's list names no file of this machine."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
    return sound and len(url) <= _LONGEST_URL and url.isprintable() and " " not in url


def _named(titles: Mapping[str, str]) -> Iterable[Entry]:
    taken: set[str] = set()
    for url, title in titles.items():
        own = title and title != url and title.casefold() not in taken
        taken.add(title.casefold())
        yield Entry(url=url, name=title if own else "")


def written(sources: Iterable[Source]) -> tuple[str, list[str]]:
    """An OPML file of the sources that are feeds; and the names of the others, and of those whose address is secret."""
    lines, others = [], []
    for source in sources:
        url = source.address()
        if not isinstance(source, Preset) or source.headers or Entry(url=url).secret:
            others.append(source.id)
            continue
        title = quoteattr(one_line(source.id))
        kind = "" if isinstance(source, Feed) else f" category={quoteattr(source.kind)}"
        lines.append(f'    <outline type="rss" text={title} title={title} xmlUrl={quoteattr(url)}{kind}/>')
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head><title>ereputation</title></head>'
    return "\n".join([head, "  <body>", *lines, "  </body>", "</opml>"]) + "\n", others
