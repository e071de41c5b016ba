"""Feed XML made fit for a strict parser: junk around it, wild references, cut ends, and no entity declarations.

What a strict parser accepts is read fast and safely, so repairing first is worth it. Every step is linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.entities import html5
from typing import TYPE_CHECKING
from xml.parsers import expat
from xml.sax.saxutils import escape

from ereputation.errors import ContentError
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_ENTRIES = 5_000
"""Of one document; what follows is left out, and said."""

# feedparser needs 25 us a tag (twice that, and 1 kB, when the XML is broken), 2 us a line break, and time that grows
# with the square of a tag's attributes and of the prefixes.
_MOST_TAGS = 200_000
_MOST_BROKEN_TAGS = 60_000
_MOST_LINES = 200_000
_MOST_SECTIONS = 100_000
_TOO_MUCH = N_("more markup than any feed needs: refused; check the address")
_MOST_REFERENCES = 1_000_000
_MOST_PREFIXES = 100
_CROWDED_TAG = re.compile(r"<[^<>=]*(?:=[^<>=]*){100}")
_GIANT_TAG = re.compile(r"<[\w/][^<>]{50000}")
_PREFIX = re.compile(r"xmlns:([\w.-]{1,100})")

_LOOK_AHEAD = 200_000  # characters in which a feed must begin
_SURE_ROOT = re.compile(
    r"<((?:\w{1,20}:)?(?:rss(?=\s[^<>]{0,2000}?version)|(?:feed|RDF|rdf)(?=\s[^<>]{0,3000}?xmlns)))[\s>]"
)
_ROOT = re.compile(r"<((?:\w{1,20}:)?(?:rss|RSS|feed|RDF|rdf|channel|CHANNEL))[\s>]")
_HTML = re.compile(r"<(?:html|head|body|title|meta|link|script|style|div|p)[\s/>]", re.IGNORECASE)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # in XML 1.0
_ENTRY = re.compile(r"<(?:\w{1,20}:)?(?:item|ITEM|entry)(?:[\s>/]|\Z)")
_ENTRY_END = re.compile(r"</(?:\w{1,20}:)?(?:item|ITEM|entry)\s*>")
_DECLARATION = re.compile(r"""<!ENTITY\s+([\w.-]{1,40})\s+(?:"([^"<]{0,200})"|'([^'<]{0,200})')\s*>""")
_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(?:#([0-9]{1,9});|#[xX]([0-9a-fA-F]{1,8});|([A-Za-z][\w.-]{0,39});)?"
)
_SPECIAL = re.compile(r"&#(?:0*1(?:3|[2-5]\d)|[xX]0*(?:[89][0-9a-fA-F]|[dD]));")
"""A reference that does not mean here what it says, as Windows-1252 and the ends of lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidy:
    """XML from its root element on."""

    xml: bytes
    """UTF-8: a quarter of the memory that a text with one emoji takes."""
    cut: bool
    """The end was missing: only whole entries are left."""
    left_out: int
    """Entries beyond MOST_ENTRIES."""


def _root(text: str) -> re.Match[str] | None:
    """Where the feed begins; inside HTML only what cannot be anything else counts."""
    if found := _SURE_ROOT.search(text, 0, _LOOK_AHEAD):
        return found
    found = _ROOT.search(text, 0, _LOOK_AHEAD)
    return found if found and not _HTML.search(text, 0, found.start()) else None


def _entities(prolog: str) -> dict[str, str]:
    """The harmless entities a document declares. Those that fetch, or expand into others, are an attack."""
    declared = {found[1]: found[2] or found[3] or "" for found in _DECLARATION.finditer(prolog)}
    nested = any(("&" in value and not value.startswith("&#")) or "%" in value for value in declared.values())
    if nested or prolog.count("<!ENTITY") != len(_DECLARATION.findall(prolog)):
        raise ContentError(_("the document declares entities that expand or fetch (an XML bomb): refused"))
    return declared


def _character(code: int) -> str:
    """What a numeric reference means: 128-159 are Windows-1252, as in browsers; impossible ones vanish."""
    if 128 <= code <= 159:
        return bytes([code]).decode("cp1252", "ignore")
    if code > 0x10FFFF or _FORBIDDEN.match(chr(code)):
        return ""
    return escape(chr(code))


def _resolve(text: str, declared: Mapping[str, str]) -> str:
    """Every reference turned into what XML knows; a lone ``&`` escaped."""

    def meaning(found: re.Match[str]) -> str:
        if found[1] or found[2]:
            return _character(int(found[1]) if found[1] else int(found[2], 16))
        name = found[3]
        if name is None:
            return "&amp;"
        if name in declared:
            return declared[name]
        character = html5.get(f"{name};")
        return escape(character) if character else f"&amp;{name};"

    return _REFERENCE.sub(meaning, text) if "&" in text else text


def _resolved(text: str, declared: Mapping[str, str]) -> Iterator[str]:
    """References resolved where they have a meaning, which is not so inside CDATA. Checks what surrounds it, too."""
    if text.count("<![CDATA[") > _MOST_SECTIONS:
        raise ContentError(_(_TOO_MUCH))
    first, *others = text.split("<![CDATA[")
    parts = [("", "", "", first), *(("<![CDATA[", *other.partition("]]>")) for other in others)]
    _check("".join(part[-1] for part in parts))
    for part in parts:
        yield from part[:-1]
        yield _resolve(part[-1], declared)


def _check(markup: str) -> None:
    """Raises ContentError for more markup than a feed has a use for: it would keep the machine busy for hours."""
    if (
        markup.count("<") > _MOST_TAGS
        or markup.count("&") > _MOST_REFERENCES
        or _CROWDED_TAG.search(markup)
        or _GIANT_TAG.search(markup)
        or len(set(_PREFIX.findall(markup))) > _MOST_PREFIXES
    ):
        raise ContentError(_(_TOO_MUCH))


def _check_form(xml: bytes) -> None:
    """Raises ContentError for a large document that a strict parser refuses: the lenient one would need too much."""
    if xml.count(b"<") <= _MOST_BROKEN_TAGS:
        return
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(xml, True)  # noqa: FBT003 - the C function takes no names
    except expat.ExpatError as error:
        raise ContentError(_("malformed XML, and too much of it to be repaired: refused")) from error


def _closing(body: str, root: str) -> str:
    """End tags that make up for a missing end."""
    channel = "</channel>" if "<channel" in body and "</channel>" not in body else ""
    return f"{channel}</{root}>"


def _whole_entries(body: str, root: str) -> tuple[str, bool, int]:
    """The body up to its end; up to its last whole entry when the end is missing. And: was it cut, what was left out."""
    end = body.rfind(f"</{root}")
    cut = end < 0
    if not cut:
        body = body[: body.find(">", end) + 1] if body.find(">", end) >= 0 else f"{body[:end]}</{root}>"
    starts = [found.start() for found in _ENTRY.finditer(body)]
    left_out = max(0, len(starts) - MOST_ENTRIES)
    if left_out:
        body = body[: starts[MOST_ENTRIES]]
    elif cut and starts:
        ends = [found.end() for found in _ENTRY_END.finditer(body)]
        body = body[: ends[-1] if ends else starts[0]]
    return (body + _closing(body, root) if cut or left_out else body), cut, left_out


def untouched(text: str) -> bytes:
    """The feed in ``text`` as it stands, for a strict parser to try; empty where it has to be tidied in any case."""
    root = _root(text)
    if root is None or "<!ENTITY" in text[: root.start()] or ("&#" in text and _SPECIAL.search(text)):
        return b""
    try:
        return text[root.start() :].encode()
    except UnicodeEncodeError:
        return b""


def tidy(text: str) -> Tidy | None:
    """The feed in ``text``; None when there is none. Raises ContentError for entities that attack."""
    text = _FORBIDDEN.sub("", text)
    if text.count("\n") + text.count("\r") > _MOST_LINES:
        text = text.replace("\n", " ").replace("\r", " ")
    root = _root(text)
    prolog = text[: root.start() if root else _LOOK_AHEAD]
    declared = _entities(prolog) if "<!ENTITY" in prolog else {}
    if root is None:
        return None
    text = text[root.start() :]
    text, cut, left_out = _whole_entries(text, root[1])
    xml = b"".join(piece.encode("utf-8", "replace") for piece in _resolved(text, declared))
    _check_form(xml)
    return Tidy(xml=xml, cut=cut, left_out=left_out)
