"""An ordinary feed, in a tenth of the time feedparser takes.

RSS 2.0, RSS 1.0 and Atom 1.0, well-formed, with the elements most feeds are made of: what comes of them is what
feedparser makes of them, quirks and all. At the first sign of anything else feedparser is asked: about the feed itself,
or about all of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from ereputation.sources.dates import read_date
from ereputation.sources.feed.entries import Raw, language, number
from ereputation.sources.feed.tidy import MOST_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from xml.etree.ElementTree import Element

    from ereputation.sources.dates import Dated

MOST = 2_000_000
"""Bytes of a document that is read at once."""
_ATOM, _RSS1 = "{http://www.w3.org/2005/Atom}", "{http://purl.org/rss/1.0/}"
_DC, _MEDIA = "{http://purl.org/dc/elements/1.1/}", "{http://search.yahoo.com/mrss/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ODD = re.compile("[\x80-\x9f]")  # letters feedparser would map
_FALSE_REFERENCE = re.compile("&([A-Za-z0-9_]+);")
_MAYBE_HTML = re.compile(r"</\w|&#?\w")
_TYPES = {"text": False, "text/plain": False, "plain": False, "html": True, "text/html": True}
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


_ASIDE = (
    "{http://purl.org/rss/1.0/modules/syndication/}",
    "{http://rssnamespace.org/feedburner/ext/1.0}",
    "{http://webns.net/mvcb/}",
    "{com-wordpress:feed-additions:1}",
)
"""Whose elements say nothing that is asked for here."""


class Unusual(Exception):  # noqa: N818 - nothing is wrong with it
    """Something that feedparser has to look at."""


@dataclass(slots=True)
class _Entry:
    """What an entry states so far."""

    atom: bool
    lang: str
    texts: dict[str, str] = field(default_factory=dict)
    """What stands at most once."""
    title_is_html: bool = False
    bodies: list[tuple[str, bool]] = field(default_factory=list)
    permalink: bool = True
    pages: list[tuple[str, str]] = field(default_factory=list)
    """Alternate links with their types."""
    link: str | None = None
    """As feedparser settles it, by the order of the elements; None while there is none."""
    authors: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    enclosures: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    thumbnails: list[str] = field(default_factory=list)

    def once(self, name: str, text: str) -> None:
        if name in self.texts:
            raise Unusual
        self.texts[name] = text


def _clean(element: Element) -> str:
    """The text of an element that holds nothing else, as feedparser gives it."""
    if len(element):
        raise Unusual
    text = (element.text or "").strip()
    if ":///" in text:  # an address feedparser would mend
        raise Unusual
    if text.isascii():
        return text
    if not text.isprintable() and _ODD.search(text):
        raise Unusual
    try:
        return text.encode("iso-8859-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _plain(element: Element, *allowed: str) -> None:
    """Raises Unusual for attributes that might mean something."""
    for name in element.attrib:
        if name not in allowed:
            raise Unusual


def _typed(entry: _Entry, element: Element, otherwise: str) -> tuple[str, bool]:
    """The text of an element, and whether it is HTML: RSS says so only by its looks."""
    _plain(element, "type")
    try:
        is_html = _TYPES[element.get("type", otherwise).lower()]
    except KeyError:
        raise Unusual from None
    text = _clean(element)
    return text, is_html or (not entry.atom and bool(_MAYBE_HTML.search(text)) and _looks_like_html(text))


def _title(entry: _Entry, element: Element) -> None:
    text, entry.title_is_html = _typed(entry, element, "text")
    entry.once("title", text)


def _looks_like_html(text: str) -> bool:
    from feedparser.mixin import _FeedParserMixin

    return bool(_FeedParserMixin.looks_like_html(text))


def _body(name: str, otherwise: str) -> Callable[[_Entry, Element], None]:
    def read(entry: _Entry, element: Element) -> None:
        account = _typed(entry, element, otherwise)
        entry.once(name, account[0])
        entry.bodies.insert(0 if name == "encoded" else len(entry.bodies), account)

    return read


def _rss_link(entry: _Entry, element: Element) -> None:
    _plain(element)
    text = _FALSE_REFERENCE.sub(r"&\g<1>", _clean(element).replace("&amp;", "&"))
    entry.once("link", text)
    entry.link = text
    if text:
        entry.pages.append((text, "text/html"))


def _atom_link(entry: _Entry, element: Element) -> None:
    _plain(element, "rel", "href", "type", "title", "hreflang", "length")
    href, rel = element.get("href", ""), element.get("rel", "alternate").lower()
    kind = element.get("type", "application/atom+xml" if rel == "self" else "text/html").lower()
    if not href or ":///" in href or len(element) or (element.text or "").strip():
        raise Unusual
    if rel == "alternate":
        entry.pages.append((href, kind))
        if kind in {"text/html", "application/xhtml+xml", "html", "xhtml"}:
            entry.link = href
    elif rel == "enclosure":
        entry.enclosures.append(href)


def _guid(entry: _Entry, element: Element) -> None:
    _plain(element, *(() if entry.atom else ("isPermaLink",)))
    text = _clean(element)
    entry.once("id", text)
    if element.get("isPermaLink", "true") == "true" and entry.link is None:
        entry.link = text


def _text(name: str) -> Callable[[_Entry, Element], None]:
    def read(entry: _Entry, element: Element) -> None:
        _plain(element)
        entry.once(name, _clean(element))

    return read


def _name(text: str) -> str:
    if "@" in text or "(" in text or ")" in text:  # addresses of people: feedparser takes them apart
        raise Unusual
    return text


def _creator(entry: _Entry, element: Element) -> None:
    _plain(element)
    if "person" in entry.texts:
        raise Unusual
    entry.authors.append(_name(_clean(element)))


def _person(entry: _Entry, element: Element) -> None:
    _plain(element)
    name = ""
    for part in element:
        if part.tag not in {f"{_ATOM}name", f"{_ATOM}email", f"{_ATOM}uri"} or len(part):
            raise Unusual
        _plain(part)
        if part.tag == f"{_ATOM}name":
            name = _name((part.text or "").strip())
    if not name or (entry.authors and "person" not in entry.texts):
        raise Unusual
    entry.texts["person"] = name
    entry.authors.append(name)


def _rss_category(entry: _Entry, element: Element) -> None:
    _plain(element, "domain")
    entry.tags.append(_clean(element))


def _atom_category(entry: _Entry, element: Element) -> None:
    _plain(element, "term", "label", "scheme")
    if len(element) or (element.text or "").strip() or not element.get("term"):
        raise Unusual
    entry.tags.append(element.get("label") or element.attrib["term"])


def _enclosure(entry: _Entry, element: Element) -> None:
    _plain(element, "url", "type", "length")
    if len(element) or (element.text or "").strip():
        raise Unusual
    entry.enclosures.append(element.get("url", ""))


_WITHIN = {
    f"{_MEDIA}group": (f"{_MEDIA}content", f"{_MEDIA}thumbnail"),
    f"{_MEDIA}content": (f"{_MEDIA}thumbnail",),
    f"{_MEDIA}thumbnail": (),
}


def _media(entry: _Entry, element: Element) -> None:
    """``media:content``, ``media:thumbnail`` and ``media:group``, with what stands in them."""
    if (element.text or "").strip():
        raise Unusual
    if element.tag != f"{_MEDIA}group":
        images = entry.thumbnails if element.tag == f"{_MEDIA}thumbnail" else entry.media
        images.append(element.get("url", ""))
    for part in element:
        if part.tag == f"{_MEDIA}description":
            _media_description_within(entry, part)
        elif part.tag == f"{_MEDIA}title":
            _media_title(entry, part)
        elif part.tag in _WITHIN[element.tag]:
            _media(entry, part)
        elif part.tag != f"{_MEDIA}credit" or len(part):
            raise Unusual


def _media_description(entry: _Entry, element: Element) -> None:
    # Where it comes first, feedparser lets it take the place of the description; after a whole text, too.
    if entry.atom or "description" not in entry.texts or "encoded" in entry.texts:
        raise Unusual
    entry.once("encoded", "")
    entry.bodies.insert(0, _typed(entry, element, "html"))


def _media_description_within(entry: _Entry, element: Element) -> None:
    """That of a picture, which takes no place after a whole text, but makes feedparser forget what the description is."""
    if entry.atom or not {"description", "encoded"} <= entry.texts.keys():
        _media_description(entry, element)
        return
    entry.once("media", "")
    entry.bodies[1:] = [_typed(entry, element, "html"), (entry.texts["description"], True)]


def _media_title(entry: _Entry, element: Element) -> None:
    if "title" not in entry.texts or not entry.texts["title"] or len(element):
        raise Unusual


def _nothing(_entry: _Entry, element: Element) -> None:
    """Read for nothing here; feedparser would find an entry that hides in it."""
    if len(element):
        raise Unusual


def _image(_entry: _Entry, element: Element) -> None:
    """Of a feed: neither its title nor its link is the feed's."""
    for part in element:
        if len(part) or part.tag not in {"title", "link", "url", "width", "height", "description"}:
            raise Unusual


def _contents(_entry: _Entry, element: Element) -> None:
    """Of RSS 1.0: the addresses of the entries, in their order."""
    if {part.tag for part in element.iter()} - {element.tag, f"{_RDF}Seq", f"{_RDF}li"}:
        raise Unusual


def _apart(_entry: _Entry, _element: Element) -> None:
    """An entry, which is read by itself."""


def _other_link(_entry: _Entry, element: Element) -> None:
    """Of Atom in a feed of another format: where it lives, not what it is about."""
    if element.get("rel", "alternate").lower() not in {
        "self",
        "hub",
        "next",
        "first",
        "last",
        "prev",
        "previous",
    }:
        raise Unusual
    _atom_link(_entry, element)


_EVERYWHERE: dict[str, Callable[[_Entry, Element], None]] = {
    f"{_DC}creator": _creator,
    f"{_DC}date": _text("updated"),
    f"{_DC}subject": _rss_category,
    f"{_MEDIA}content": _media,
    f"{_MEDIA}thumbnail": _media,
    f"{_MEDIA}group": _media,
    f"{_MEDIA}description": _media_description,
    f"{_MEDIA}title": _media_title,
    f"{_MEDIA}credit": _nothing,
    "{http://purl.org/rss/1.0/modules/content/}encoded": _body("encoded", "html"),
    "{http://purl.org/rss/1.0/modules/slash/}comments": _text("slash_comments"),
    "{http://wellformedweb.org/CommentAPI/}commentRss": _nothing,
}
_RSS: dict[str, Callable[[_Entry, Element], None]] = {
    "title": _title,
    "link": _rss_link,
    "description": _body("description", "html"),
    "guid": _guid,
    "pubDate": _text("published"),
    "author": _creator,
    "category": _rss_category,
    "enclosure": _enclosure,
    "comments": _text("comments"),
}
_ELEMENTS: Mapping[str, Mapping[str, Callable[[_Entry, Element], None]]] = {
    "": _EVERYWHERE | _RSS,
    _RSS1: _EVERYWHERE | {f"{_RSS1}{name}": _RSS[name] for name in ("title", "link", "description")},
    _ATOM: _EVERYWHERE
    | {
        f"{_ATOM}title": _title,
        f"{_ATOM}link": _atom_link,
        f"{_ATOM}id": _guid,
        f"{_ATOM}published": _text("published"),
        f"{_ATOM}updated": _text("updated"),
        f"{_ATOM}author": _person,
        f"{_ATOM}category": _atom_category,
        f"{_ATOM}summary": _body("description", "text"),
        f"{_ATOM}content": _body("encoded", "text"),
        f"{_ATOM}rights": _nothing,
    },
}


_HEADS: Mapping[str, Mapping[str, Callable[[_Entry, Element], None]]] = {
    "": {
        "title": _title,
        "link": _rss_link,
        "language": _text("language"),
        f"{_ATOM}link": _other_link,
        **dict.fromkeys(
            ("description", "copyright", "managingEditor", "webMaster", "pubDate", "lastBuildDate", "category",
             "generator", "docs", "cloud", "ttl"),
            _nothing,
        ),
        "image": _image,
        "item": _apart,
    },
    _RSS1: {
        f"{_RSS1}title": _title,
        f"{_RSS1}link": _rss_link,
        f"{_DC}language": _text("language"),
        f"{_ATOM}link": _other_link,
        **dict.fromkeys((f"{_RSS1}description", f"{_RSS1}image"), _nothing),
        f"{_RSS1}items": _contents,
        **dict.fromkeys((f"{_DC}{name}" for name in ("date", "publisher", "creator", "rights", "subject")), _nothing),
    },
    _ATOM: {
        f"{_ATOM}title": _title,
        f"{_ATOM}link": _atom_link,
        f"{_ATOM}id": _guid,
        f"{_ATOM}author": _person,
        **dict.fromkeys(
            (f"{_ATOM}{name}" for name in ("subtitle", "updated", "generator", "icon", "logo", "rights", "category")),
            _nothing,
        ),
        f"{_ATOM}entry": _apart,
    },
}  # fmt: skip


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
        if lang and about is None and space != _ATOM:
            return None  # a language the head may take back
        return Ordinary(raws=[_raw(item, space, lang, timezone) for item in items], about=about)
    except (ET.ParseError, Unusual):
        return None


def _about(channel: Element, space: str, lang: str) -> About | None:
    head, known = _Entry(space == _ATOM, lang), _HEADS[space]
    if space == _RSS1:
        found = [part for part in channel if part.tag != _ITEMS[_RSS1]]
        if lang or [part.tag for part in found] != [f"{_RSS1}channel"] or channel[0] is not found[0]:
            return None
        channel = found[0]
    try:
        for element in channel:
            read = known.get(element.tag)
            if read:
                read(head, element)
            elif len(element) or not element.tag.startswith(_ASIDE):
                return None
    except Unusual:
        return None
    if lang and "language" in head.texts:
        return None
    return About(
        title=head.texts.get("title", ""),
        link=head.link or "",
        lang=language(head.texts.get("language", "")) or language(lang),
        author=", ".join(dict.fromkeys(filter(None, head.authors))),
    )


_ITEMS = {_ATOM: f"{_ATOM}entry", _RSS1: f"{_RSS1}item", "": "item"}


def _channel(root: Element) -> tuple[str, Element]:
    """Whose elements the feed is made of, and the one that describes it."""
    if any(name != _LANG for name in root.attrib) and not (
        root.tag == "rss" and set(root.attrib) <= {"version", _LANG}
    ):
        raise Unusual
    if root.tag == f"{_ATOM}feed":
        return _ATOM, root
    if root.tag == f"{_RDF}RDF":
        return _RSS1, root
    channels = root.findall("channel")
    if root.tag != "rss" or not root.get("version", "").startswith("2.") or len(root) != 1 or not channels:
        raise Unusual
    _plain(channels[0])
    return "", channels[0]


def _raw(item: Element, space: str, lang: str, timezone: str | None) -> Raw:
    entry = _Entry(space == _ATOM, lang)
    _plain(item, *((f"{_RDF}about",) if space == _RSS1 else ()))
    if about := item.get(f"{_RDF}about"):
        entry.texts["id"] = about
    known = _ELEMENTS[space]
    for element in item:
        read = known.get(element.tag)
        if read:
            read(entry, element)
        elif len(element) or not element.tag.startswith(_ASIDE):
            raise Unusual
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
        author=", ".join(dict.fromkeys(filter(None, entry.authors))),
        lang=lang if body or texts.get("title") else "",
        tags=entry.tags,
        media=[*entry.enclosures, *entry.media, *entry.thumbnails],
        comments_url=texts.get("comments", ""),
        comments=number(texts.get("slash_comments", "")),
    )


def _link(entry: _Entry, identity: str) -> str:
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
