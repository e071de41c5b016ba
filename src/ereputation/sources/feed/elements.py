"""The elements of ordinary feeds, each read as feedparser reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias
    from xml.etree.ElementTree import Element

    Read: TypeAlias = Callable[["Entry", Element], None]
    """Takes over what an element says; raises Unusual where feedparser has to look at it."""
    Readers: TypeAlias = Mapping[str, Read]
    """By the tag."""

ATOM, RSS1 = "{http://www.w3.org/2005/Atom}", "{http://purl.org/rss/1.0/}"
_DC, _MEDIA = "{http://purl.org/dc/elements/1.1/}", "{http://search.yahoo.com/mrss/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ODD = re.compile("[\x80-\x9f]")  # letters feedparser would map
_FALSE_REFERENCE = re.compile("&([A-Za-z0-9_]+);")
_MAYBE_HTML = re.compile(r"</\w|&#?\w")
_ELSEWHERE = frozenset(("self", "hub", "next", "first", "last", "prev", "previous"))
_TYPES = {"text": False, "text/plain": False, "plain": False, "html": True, "text/html": True}

ASIDE = (
    "{http://purl.org/rss/1.0/modules/syndication/}",
    "{http://rssnamespace.org/feedburner/ext/1.0}",
    "{http://webns.net/mvcb/}",
    "{com-wordpress:feed-additions:1}",
)
"""Whose elements say nothing that is asked for here."""


class Unusual(Exception):  # noqa: N818 - nothing is wrong with it
    """Something that feedparser has to look at."""


@dataclass(slots=True)
class Entry:
    """What an entry states so far."""

    atom: bool
    texts: dict[str, str] = field(default_factory=dict)
    """What stands at most once."""
    title_is_html: bool = False
    bodies: list[tuple[str, bool]] = field(default_factory=list)
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
        """Note what stands at most once; raises Unusual when it stands there already."""
        if name in self.texts:
            raise Unusual
        self.texts[name] = text

    @property
    def author(self) -> str:
        """Everybody who is named, once."""
        return ", ".join(dict.fromkeys(filter(None, self.authors)))


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


def plain(element: Element, *allowed: str) -> None:
    """Raises Unusual for attributes that might mean something."""
    for name in element.attrib:
        if name not in allowed:
            raise Unusual


def _typed(entry: Entry, element: Element, otherwise: str) -> tuple[str, bool]:
    """The text of an element, and whether it is HTML: RSS says so only by its looks."""
    plain(element, "type")
    try:
        is_html = _TYPES[element.get("type", otherwise).lower()]
    except KeyError:
        raise Unusual from None
    text = _clean(element)
    return text, is_html or (not entry.atom and bool(_MAYBE_HTML.search(text)) and _looks_like_html(text))


def _title(entry: Entry, element: Element) -> None:
    text, entry.title_is_html = _typed(entry, element, "text")
    entry.once("title", text)


def _looks_like_html(text: str) -> bool:
    from feedparser.mixin import _FeedParserMixin

    return bool(_FeedParserMixin.looks_like_html(text))


def _body(name: str, otherwise: str) -> Read:
    def read(entry: Entry, element: Element) -> None:
        account = _typed(entry, element, otherwise)
        entry.once(name, account[0])
        entry.bodies.insert(0 if name == "encoded" else len(entry.bodies), account)

    return read


def _rss_link(entry: Entry, element: Element) -> None:
    plain(element)
    text = _FALSE_REFERENCE.sub(r"&\g<1>", _clean(element).replace("&amp;", "&"))
    entry.once("link", text)
    entry.link = text
    if text:
        entry.pages.append((text, "text/html"))


def _atom_link(entry: Entry, element: Element) -> None:
    plain(element, "rel", "href", "type", "title", "hreflang", "length")
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


def _guid(entry: Entry, element: Element) -> None:
    plain(element, *(() if entry.atom else ("isPermaLink",)))
    text = _clean(element)
    entry.once("id", text)
    if element.get("isPermaLink", "true") == "true" and entry.link is None:
        entry.link = text


def _text(name: str) -> Read:
    def read(entry: Entry, element: Element) -> None:
        plain(element)
        entry.once(name, _clean(element))

    return read


def _name(text: str) -> str:
    if "@" in text or "(" in text or ")" in text:  # addresses of people: feedparser takes them apart
        raise Unusual
    return text


def _creator(entry: Entry, element: Element) -> None:
    plain(element)
    if "person" in entry.texts:
        raise Unusual
    entry.authors.append(_name(_clean(element)))


def _person(entry: Entry, element: Element) -> None:
    plain(element)
    name = ""
    for part in element:
        if part.tag not in {f"{ATOM}name", f"{ATOM}email", f"{ATOM}uri"} or len(part):
            raise Unusual
        plain(part)
        if part.tag == f"{ATOM}name":
            name = _name((part.text or "").strip())
    if not name or (entry.authors and "person" not in entry.texts):
        raise Unusual
    entry.texts["person"] = name
    entry.authors.append(name)


def _rss_category(entry: Entry, element: Element) -> None:
    plain(element, "domain")
    entry.tags.append(_clean(element))


def _atom_category(entry: Entry, element: Element) -> None:
    plain(element, "term", "label", "scheme")
    if len(element) or (element.text or "").strip() or not element.get("term"):
        raise Unusual
    entry.tags.append(element.get("label") or element.attrib["term"])


def _enclosure(entry: Entry, element: Element) -> None:
    plain(element, "url", "type", "length")
    if len(element) or (element.text or "").strip():
        raise Unusual
    entry.enclosures.append(element.get("url", ""))


_WITHIN = {
    f"{_MEDIA}group": (f"{_MEDIA}content", f"{_MEDIA}thumbnail"),
    f"{_MEDIA}content": (f"{_MEDIA}thumbnail",),
    f"{_MEDIA}thumbnail": (),
}


def _media(entry: Entry, element: Element) -> None:
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


def _media_description(entry: Entry, element: Element) -> None:
    # Where it comes first, feedparser lets it take the place of the description; after a whole text, too.
    if entry.atom or "description" not in entry.texts or "encoded" in entry.texts:
        raise Unusual
    entry.once("encoded", "")
    entry.bodies.insert(0, _typed(entry, element, "html"))


def _media_description_within(entry: Entry, element: Element) -> None:
    """That of a picture, which takes no place after a whole text, but makes feedparser forget what the description is."""
    if entry.atom or not {"description", "encoded"} <= entry.texts.keys():
        _media_description(entry, element)
        return
    entry.once("media", "")
    entry.bodies[1:] = [_typed(entry, element, "html"), (entry.texts["description"], True)]


def _media_title(entry: Entry, element: Element) -> None:
    if "title" not in entry.texts or not entry.texts["title"] or len(element):
        raise Unusual


def _nothing(_entry: Entry, element: Element) -> None:
    """Read for nothing here; feedparser would find an entry that hides in it."""
    if len(element):
        raise Unusual


def _image(_entry: Entry, element: Element) -> None:
    """Of a feed: neither its title nor its link is the feed's."""
    for part in element:
        if len(part) or part.tag not in {"title", "link", "url", "width", "height", "description"}:
            raise Unusual


def _contents(_entry: Entry, element: Element) -> None:
    """Of RSS 1.0: the addresses of the entries, in their order."""
    if {part.tag for part in element.iter()} - {element.tag, f"{RDF}Seq", f"{RDF}li"}:
        raise Unusual


def _apart(_entry: Entry, _element: Element) -> None:
    """An entry, which is read by itself."""


def _other_link(entry: Entry, element: Element) -> None:
    """Of Atom in a feed of another format: where it lives, not what it is about."""
    if element.get("rel", "alternate").lower() not in _ELSEWHERE:
        raise Unusual
    _atom_link(entry, element)


_EVERYWHERE: dict[str, Read] = {
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
_RSS: dict[str, Read] = {
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
ELEMENTS: Mapping[str, Readers] = {
    "": _EVERYWHERE | _RSS,
    RSS1: _EVERYWHERE | {f"{RSS1}{name}": _RSS[name] for name in ("title", "link", "description")},
    ATOM: _EVERYWHERE
    | {
        f"{ATOM}title": _title,
        f"{ATOM}link": _atom_link,
        f"{ATOM}id": _guid,
        f"{ATOM}published": _text("published"),
        f"{ATOM}updated": _text("updated"),
        f"{ATOM}author": _person,
        f"{ATOM}category": _atom_category,
        f"{ATOM}summary": _body("description", "text"),
        f"{ATOM}content": _body("encoded", "text"),
        f"{ATOM}rights": _nothing,
    },
}
"""What entries are made of, by the format: its name space, empty for RSS 2.0."""

HEADS: Mapping[str, Readers] = {
    "": {
        "title": _title,
        "link": _rss_link,
        "language": _text("language"),
        f"{ATOM}link": _other_link,
        **dict.fromkeys(
            ("description", "copyright", "managingEditor", "webMaster", "pubDate", "lastBuildDate", "category",
             "generator", "docs", "cloud", "ttl"),
            _nothing,
        ),
        "image": _image,
        "item": _apart,
    },
    RSS1: {
        f"{RSS1}title": _title,
        f"{RSS1}link": _rss_link,
        f"{_DC}language": _text("language"),
        f"{ATOM}link": _other_link,
        **dict.fromkeys((f"{RSS1}description", f"{RSS1}image"), _nothing),
        f"{RSS1}items": _contents,
        **dict.fromkeys((f"{_DC}{name}" for name in ("date", "publisher", "creator", "rights", "subject")), _nothing),
    },
    ATOM: {
        f"{ATOM}title": _title,
        f"{ATOM}link": _atom_link,
        f"{ATOM}id": _guid,
        f"{ATOM}author": _person,
        **dict.fromkeys(
            (f"{ATOM}{name}" for name in ("subtitle", "updated", "generator", "icon", "logo", "rights", "category")),
            _nothing,
        ),
        f"{ATOM}entry": _apart,
    },
}  # fmt: skip
"""What feeds say of themselves, by the format."""
