"""HTML to the plain text a reader sees, at a cost that grows with the length of the markup alone."""

from __future__ import annotations

import html
import re

from ereputation.text import single_spaced

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
    if "".join(lines).isprintable():  # as in ``single_spaced``
        lines = [(" ".join(line.split()) if "  " in line else line).strip(" |") for line in lines]
    else:
        lines = [single_spaced(line).strip(" |") for line in lines]
    return "\n".join(filter(None, lines))


def html_to_text(markup: str) -> str:
    """The text a reader of this HTML sees: a line for each block, the ``alt`` of images, the words of links.

    Plain text passes as it is, with its blanks tidied; markup escaped twice is opened once more.
    """
    if "<" not in markup and "&" not in markup:
        if "  " not in markup and markup.isprintable():  # and so on one line
            return markup.strip()
        return "\n".join(filter(None, map(single_spaced, markup.splitlines())))
    markup = markup[:_MOST_MARKUP].replace("<![CDATA[", "").replace("]]>", "")
    walker = _Markup(markup)
    text = walker.walk()
    if not walker.tags and _ESCAPED_MARKUP.search(text):
        return _Markup(text).walk()
    return _unescape(text) if _REFERENCE.search(text) else text
