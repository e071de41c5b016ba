"""Text that came from outside: HTML to plain text, folding that keeps offsets, what is safe to show.

Folding (case, accents, ligatures, apostrophes) works character by character, so that every position of the
folded text leads back to a position of the original, whatever the script.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

_LIGATURES = {
    "œ": "oe",
    "Œ": "oe",
    "æ": "ae",
    "Æ": "ae",
    "ß": "ss",
    "ø": "o",
    "Ø": "o",
    "ł": "l",
    "Ł": "l",
    "đ": "d",
    "Đ": "d",
    "ı": "i",
    "ς": "σ",
    "™": " ",  # signs, not letters of the word before them
    "℠": " ",
    "…": "…",
}
_APOSTROPHES = "’ʼ′‘`´＇‛ʹ"
_ACCENTS = ((0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F))
_TASHKEEL = ((0x064B, 0x065F), (0x0670, 0x0670), (0x0591, 0x05BD))  # Arabic and Hebrew vowel points


def _is_dropped(char: str) -> bool:
    code = ord(char)
    if any(low <= code <= high for low, high in (*_ACCENTS, *_TASHKEEL)):
        return True
    return (
        unicodedata.category(char) == "Cf" or 0xFE00 <= code <= 0xFE0F
    )  # joiners, soft hyphens, variation selectors


def _fold_char(char: str) -> str:
    if char in _APOSTROPHES:
        return "'"
    if char in _LIGATURES:
        return _LIGATURES[char]
    if unicodedata.category(char) == "Cs":
        return " "  # a lone surrogate cannot be encoded
    decomposed = unicodedata.normalize("NFKD", char).lower()
    kept = (c for c in decomposed if not _is_dropped(c))
    return "".join("'" if c in _APOSTROPHES else _LIGATURES.get(c, c) for c in kept)


_RARE = 0x20000
"""From this code on characters are too many, and met too seldom, to be remembered."""


class _FoldTable(dict[int, str]):
    """Filled as characters are met; remembers those whose folded form is not one character long."""

    def __init__(self) -> None:
        super().__init__()
        self.irregular: set[str] = set()

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = _fold_char(char)
        if len(folded) != 1:
            self.irregular.add(char)
        if code < _RARE:
            self[code] = folded
        return folded


_TABLE = _FoldTable()


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text and the way back: ``origin[i]`` is the original position of folded character ``i``.

    ``origin`` is None when every character kept its place.
    """

    text: str
    origin: tuple[int, ...] | None
    length: int
    """Of the original, in characters."""

    def start(self, position: int) -> int:
        """Original position of the folded character at ``position``."""
        if self.origin is None:
            return position
        return self.origin[position] if position < len(self.origin) else self.length

    def end(self, position: int) -> int:
        """Original end (excluded) of a stretch whose folded end (excluded) is ``position``.

        Combining marks that follow the last character belong to it.
        """
        if self.origin is None or position == 0:
            return position
        last = self.origin[position - 1]
        following = (self.origin[at] for at in range(position, len(self.origin)))
        return next((place for place in following if place > last), self.length)


_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


def _fold_run(match: re.Match[str]) -> str:
    return match[0].translate(_TABLE)


def fold(text: str) -> str:
    """Lower case, no accents, ligatures open, one apostrophe: ``Grève`` and ``GREVE`` become ``greve``."""
    # Only the stretches that are not ASCII go through the table: in French text one character in twenty.
    lower = text.lower() if text.isascii() else _NOT_ASCII.sub(_fold_run, text).lower()
    return lower.replace("`", "'")


def fold_with_offsets(text: str) -> Folded:
    """``fold`` with the way back to the original positions."""
    folded = fold(text)
    if text.isascii():
        return Folded(folded, None, len(text))
    irregular = [run for run in _NOT_ASCII.finditer(text) if not _TABLE.irregular.isdisjoint(run[0])]
    if not irregular:
        return Folded(folded, None, len(text))
    origin: list[int] = []
    done = 0
    for run in irregular:
        origin.extend(range(done, run.start()))
        for position in range(*run.span()):
            origin.extend([position] * len(_TABLE[ord(text[position])]))
        done = run.end()
    origin.extend(range(done, len(text)))
    return Folded(folded, tuple(origin), len(text))


_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def neutralise(text: str) -> str:
    """Text that cannot drive a terminal: control characters, escapes, bidi overrides and lone surrogates are gone.

    Line breaks and tabs stay; what is left reads as the author meant it.
    """
    if text.isprintable():  # nearly always, and told in a tenth of the time
        return text
    return _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """``neutralise``, with every run of white space as one space."""
    return _single_spaced(neutralise(text))


def _single_spaced(text: str) -> str:
    """``text`` with every run of white space as one space, and none at its ends."""
    if "  " not in text and text.isprintable():  # the space is the only blank that counts as printable
        return text.strip()
    return " ".join(text.split())


def snippet(text: str, width: int, around: int = 0) -> str:
    """At most ``width`` characters of ``text`` on one line, from a little before position ``around``, cut between words."""
    if len(flat := one_line(text)) <= width:
        return flat
    start = max(0, around - width // 3)
    if start:
        start = text.find(" ", start) + 1 or start
    cut = one_line(text[start : start + 2 * width + 200])
    if len(cut) > width:
        cut = cut[: width - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
    return f"…{cut}" if start else cut


_LONGEST_LINK = 2_000


def link(url: str) -> str:
    """The address when it may be a link: http or https, without blanks, not too long; else empty."""
    clean = neutralise(url)
    sound = clean == url and clean.lower().startswith(("http://", "https://")) and len(url) <= _LONGEST_LINK
    return url if sound and not any(char.isspace() for char in url) else ""


_MOST_MARKUP = 500_000  # characters; what lies beyond is cut
_SIMPLE_TAG = re.compile(
    r"""<(/?)([a-zA-Z][a-zA-Z0-9]*+)((?:\s[^<>"']*+(?:"[^"<>]*+"[^<>"']*+|'[^'<>]*+'[^<>"']*+)*+)?)/?>"""
)
_SHORT, _MOST_TAGS = 40, 1_000
_UNSURE = "\0"
"""In place of what a tag says, where it needs a closer look."""
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"<>")
_TAG_NAME = re.compile(r"/?([a-zA-Z][^\s/<>]*)")
_ADDRESS = re.compile(r"@|:$")
_TAG_PART = re.compile(r"""[^"'<>]*""")
_ALT = re.compile(r"""(?i)\salt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_HUGE_REFERENCE = re.compile(
    r"&#[xX]?[0-9a-fA-F]{9,};?"
)  # no such character; the standard library fails on it
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d{0,2});")
_ESCAPED_MARKUP = re.compile(
    r"(?i)</?(?:p|br|a|div|span|b|i|strong|em|img|ul|li|blockquote|h[1-6])(?:\s[^<>]*)?/?>"
)
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
    }
    | {
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    }
    | {
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "summary",
    }
    | {"table", "tbody", "tfoot", "thead", "tr", "ul"}
)
_DROPPED = frozenset(["script", "style", "template", "svg", "title", "noframes"])
_DROPPED_TAG = re.compile(rf"(?a)<(?=[sStTnN])(?i:({'|'.join(sorted(_DROPPED))}))(?:\s[^<>]*)?/?>")
_DROPPED_END = {name: re.compile(f"</{name}", re.IGNORECASE) for name in _DROPPED}


def _unescape(text: str) -> str:
    return html.unescape(_HUGE_REFERENCE.sub("\ufffd", text)) if "&" in text else text


def unescape_fully(text: str) -> str:
    """Character references resolved, also those a publisher escaped twice (``&amp;eacute;``)."""
    once = _unescape(text)
    return _unescape(once) if once != text and _REFERENCE.search(once) else once


def _spoken(text: str) -> str:
    return _unescape(text).replace("\n", " ")


def _said_by(name: str, attributes: str, *, closing: bool) -> str:
    """What a tag that is not dropped adds to the text."""
    if name in _BLOCKS:
        return "\n- " if name == "li" and not closing else "\n"
    if name in {"td", "th"} and not closing:
        return " | "
    if name == "img" and (found := _ALT.search(attributes)):
        return _spoken(f" {found[1] or found[2] or found[3] or ''} ")
    if name == "q":
        return "”" if closing else "“"
    return ""


class _Tags(dict[str, str]):
    """What stands between the brackets of a tag -> what it adds to the text.

    Remembers the short ones: texts are made of few different ones.
    """

    def __missing__(self, inside: str) -> str:
        found = _SIMPLE_TAG.fullmatch(f"<{inside}>")
        if found is None or (found[2].lower() in _DROPPED and not found[1]):
            said = _UNSURE
        else:
            said = _said_by(found[2].lower(), found[3], closing=bool(found[1]))
        if len(inside) < _SHORT:
            if len(self) >= _MOST_TAGS:
                self.clear()
            self[inside] = said
        return said


_TAGS = _Tags()


def _without_dropped(markup: str) -> str:
    """The markup without what is not for reading, end tags apart; as it is where one of those does not end.

    Nothing of a tag or comment around it would end any more, so that the rest does not pass for simple.
    """
    kept, position = [], 0
    while found := _DROPPED_TAG.search(markup, position):
        end = _DROPPED_END[found[1].lower()].search(markup, found.end())
        if end is None:
            return markup
        kept.append(markup[position : found.start()])
        position = end.start()
    return "".join((*kept, markup[position:])) if kept else markup


class _Markup:
    """Walks through HTML once, from left to right; its cost is linear whatever the nesting.

    A tree is not needed, and parsers that build one were measured quadratic on 60,000 nested ``<div>``.
    """

    def __init__(self, markup: str) -> None:
        self._markup = markup
        self._missing: set[str] = set()  # ends that were looked for and do not come any more
        self.pieces: list[str] = []
        self.tags = 0

    def _find(self, what: str, start: int) -> int:
        """Position of ``what`` (in any case) from ``start``, or -1; a search without result is made once only."""
        if what in self._missing:
            return -1
        if found := re.compile(re.escape(what), re.IGNORECASE).search(self._markup, start):
            return found.start()
        self._missing.add(what)
        return -1

    def _tag_end(self, position: int) -> int:
        """Position of the ``>`` that ends a tag, quoted values skipped; -1 when another ``<`` or the end comes first."""
        while True:
            position = _TAG_PART.match(self._markup, position).end()  # type: ignore[union-attr]  # matches always
            char = self._markup[position : position + 1]
            if char == ">":
                return position
            if char not in {'"', "'"} or not char:
                return -1
            closing = self._find(char, position + 1)
            position = closing + 1 if closing >= 0 else position + 1

    def _say(self, text: str) -> None:
        if text:
            self.pieces.append(_spoken(text))

    def walk(self) -> str:
        """The text, with a line break around every block."""
        if not self._tags_and_text():
            position, markup = 0, self._markup
            while (start := markup.find("<", position)) >= 0:
                self._say(markup[position:start])
                position = self._token(start)
            self._say(markup[position:])
        return _tidied("".join(self.pieces))

    def _tags_and_text(self) -> bool:
        """Take the markup for an alternation of text and simple tags; False, and nothing done, where it is not."""
        markup = _without_dropped(self._markup).replace("\n", " ")
        tags = markup.count("<")
        if markup.encode("utf-8", "surrogatepass").translate(None, _NO_BRACKETS) != b"<>" * tags:
            return False
        parts = markup.replace(">", "<").split("<")
        said = list(map(_TAGS.__getitem__, parts[1::2]))
        if _UNSURE in said:
            return False
        if "&" in "".join(texts := parts[::2]):
            parts[::2] = [_spoken(text) if "&" in text else text for text in texts]
        parts[1::2] = said
        self.pieces, self.tags = parts, tags
        return True

    def _token(self, start: int) -> int:
        """Handle what begins with the ``<`` at ``start``; where to go on."""
        markup = self._markup
        if found := _SIMPLE_TAG.match(markup, start):  # nearly always
            return self._tag(found[2].lower(), found[3], found.end(), closing=bool(found[1]))
        if markup.startswith("<!--", start):
            end = self._find("-->", start + 4)
            return end + 3 if end >= 0 else len(markup)
        if markup.startswith(("<!", "<?", "</"), start) and not _TAG_NAME.match(markup, start + 1):
            end = self._find(">", start)
            return end + 1 if end >= 0 else len(markup)
        found = _TAG_NAME.match(markup, start + 1)
        end = self._tag_end(found.end()) if found and not _ADDRESS.search(found[1]) else -1
        if found is None or end < 0:
            self.pieces.append("<")  # "a < b", "<3", "<me@example.org>": not a tag
            return start + 1
        attributes = markup[found.end() : end]
        return self._tag(found[1].lower(), attributes, end + 1, closing=markup[start + 1] == "/")

    def _after(self, name: str, start: int) -> int:
        """Where an element that is not for reading ends."""
        end = self._find(f"</{name}", start)
        if end < 0 and name in {"script", "style"}:
            return len(self._markup)
        return end if end >= 0 else start

    def _tag(self, name: str, attributes: str, end: int, *, closing: bool) -> int:
        """What a tag does to the text; where to go on, given that it ends at ``end``."""
        self.tags += 1
        if name in _DROPPED and not closing:
            return self._after(name, end)
        self.pieces.append(_said_by(name, attributes, closing=closing))
        return end


def _tidied(text: str) -> str:
    """Without blanks and empty cells around its lines, and without empty lines."""
    lines = list(filter(None, text.split("\n")))
    if "".join(lines).isprintable():  # as in ``_single_spaced``
        lines = [(" ".join(line.split()) if "  " in line else line).strip(" |") for line in lines]
    else:
        lines = [_single_spaced(line).strip(" |") for line in lines]
    return "\n".join(filter(None, lines))


def html_to_text(markup: str) -> str:
    """The text a reader of this HTML sees: a line for each block, the ``alt`` of images, the words of links.

    Plain text passes as it is, with its blanks tidied; markup escaped twice is opened once more.
    """
    if "<" not in markup and "&" not in markup:
        if "  " not in markup and markup.isprintable():  # and so on one line
            return markup.strip()
        return "\n".join(filter(None, map(_single_spaced, markup.splitlines())))
    markup = markup[:_MOST_MARKUP].replace("<![CDATA[", "").replace("]]>", "")
    walker = _Markup(markup)
    text = walker.walk()
    if not walker.tags and _ESCAPED_MARKUP.search(text):
        return _Markup(text).walk()
    return _unescape(text) if _REFERENCE.search(text) else text
