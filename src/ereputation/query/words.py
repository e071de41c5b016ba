"""Tokens: what counts as a word, where it stands in the original text, and what it folds to.

Queries and documents are cut by the same rules:

* a French elision (``d'``, ``l'``, ``qu'``...) is dropped and takes no place; ``aujourd'hui`` and ``prud'homme`` stay
  whole; an English ``'s`` is dropped; any other apostrophe, a hyphen or an underscore separates;
* ``S.N.C.F.`` is one word, ``sncf``; ``&`` and ``+`` after a word are words (``H&M``, ``Canal+``), so that
  ``C&A`` is not found in "vitamine C a";
* ``#AirFrance_Greve`` and ``@AirFrance`` are each one whole (``airfrancegreve``: underscores do not count) and its
  parts (``air``, ``france``, ``greve``) at places of their own, so that phrases run through them;
* ``@name@server`` and ``@name.bsky.social`` are known by their first name and in full;
* URLs and e-mail addresses are opaque: one place, and no word is found inside them;
* scripts written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) have one word per character.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ereputation.text import fold, fold_with_offsets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ereputation.text import Folded

OPAQUE = "\0"
"""Starts the form of a URL or e-mail address, which no word can equal."""
SYMBOLS = frozenset("&+")

_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
)


@cache
def _marks() -> str:
    """Vowel signs and other marks that folding keeps, as a character class."""
    codes = (*range(0x0483, 0x2000), *range(0x302A, 0x309B), *range(0xA66F, 0xAC00))
    return "".join(
        chr(code) for code in codes if unicodedata.category(chr(code))[0] == "M" and fold(chr(code))
    )


@cache
def _compile(*, wild: bool, addresses: bool, simple: bool) -> re.Pattern[str]:
    """Made where it is needed: each takes 12 ms, and 2 where a ``simple`` text is ASCII once it is folded."""
    dense = "" if simple else _DENSE
    letter = rf"[^\W_{dense}]"
    joiners = ("" if simple else _marks()) + ("*?" if wild else "")
    word = rf"{letter}+(?:[{joiners}]+{letter}*)*" if joiners else rf"{letter}+"
    label = rf"\w[\w{joiners}]*"
    possessive = rf"(?:'s(?!{letter}))?"
    domain = r"\w[\w-]{0,62}(?:\.\w[\w-]{0,62})+"
    alone = rf"(?<!{letter})(?<!&)"
    mail = rf"|(?P<mail>{letter}[\w.+-]{{0,63}}@{domain})" if addresses else ""
    spaceless = "" if simple else rf"|(?=[^\W_])(?P<dense>[{_DENSE}][{joiners}]*)"
    ending = ' \t\n\r,;!)»"' + ("" if wild else "?")
    return re.compile(
        # Nine words in ten are plain ones: what follows them shows that they are nothing else.
        rf"(?P<plain>[a-z0-9]+)(?=[{ending}]|\Z)"
        r"|(?P<url>(?:https?://|www\.(?=\w))[^\s<>\"«»“”]*[^\s<>\"«»“”.,;:!?()\[\]'…])"
        rf"{mail}"
        rf"|(?P<elision>(?:[ljdmtsnc]|(?:jus|lors|puis|quoi|pres)?qu)'(?=[\w#@\"«“„(])(?!s(?!{letter})))"
        rf"|(?P<whole>aujourd'hui|prud'hom{letter}*)"
        rf"|(?P<dotted>(?:{letter}\.){{2,}}(?:{letter}(?!{letter}))?)"
        rf"|{alone}\#(?P<tag>{label}){possessive}"
        rf"|{alone}@(?P<handle>{label})(?P<tail>@{domain}|(?:\.[a-z0-9][a-z0-9-]*)*\.[a-z]{{2,24}}(?!\w))?{possessive}"
        rf"|(?P<word>{word}){possessive}"
        rf"{spaceless}"
        r"|(?<=\w)\ ?(?P<symbol>[&+])"
    )


def warm() -> None:
    """Make what cuts the words of documents; queries are read with less."""
    for addresses in (False, True):
        for simple in (False, True):
            _compile(wild=False, addresses=addresses, simple=simple)


_PLAIN = re.compile("(?P<plain>[a-z0-9]+)")


def _pattern(folded: str, *, wild: bool) -> re.Pattern[str]:
    """What cuts this text; most names of brands need nothing that takes time to make."""
    simple = folded.isascii()
    if simple and folded.replace(" ", "").isalnum():
        return _PLAIN
    starred = wild and ("*" in folded or "?" in folded)
    return _compile(wild=starred, addresses=starred or "@" in folded, simple=simple)


_CAMEL = re.compile(r"(?:um*)+(?!l)|(?:um*)?(?:lm*)+|(?:dm*)+|cm*|(?:om*)+")
_NOT_WRITTEN = str.maketrans(dict.fromkeys("_'.*?", ""))


class Token(NamedTuple):
    """One word of a text. ``start`` and ``end`` are in the original and cover a whole tag, sign included."""

    start: int
    end: int
    form: str
    """Folded; without sign, apostrophes, underscores and dots."""
    kind: str
    """word, part (of a tag or handle), tag, handle, or opaque (a URL or an address)."""
    position: int
    """Its place among the words of the text, from 0; a whole tag stands where its first part does."""
    width: int
    """How many places it takes: the number of its parts."""
    written: str
    """As written, sign and tail apart; ``exact`` makes it comparable."""
    full: str = ""
    """Of a handle that names its server: the whole of it, folded."""


def exact(written: str) -> str:
    """What ``{...}`` compares: case and accents as written, in one Unicode form."""
    if not written.isascii():
        written = "".join(
            c for c in unicodedata.normalize("NFKC", written) if unicodedata.category(c) != "Cf"
        )
        written = re.sub("[’ʼ′‘´＇‛ʹ]", "", written)
    return written.replace("`", "").translate(_NOT_WRITTEN)


def squeeze(folded: str) -> str:
    """Folded text in which every form of its tokens is a substring."""
    return folded.replace("_", "").replace("'", "").replace(".", "")


def _parts(body: str) -> Sequence[str]:
    if body.isascii() and body.isalpha() and body.islower():
        return (body,)
    classes = "".join(map(_class, body))
    return [body[m.start() : m.end()] for m in _CAMEL.finditer(classes)] or (body,)


def _class(char: str) -> str:
    if char.isupper():
        return "u"
    if char.islower():
        return "l"
    if char.isdigit():
        return "d"
    if not char.isalnum():
        return "x" if char == "_" else "m"
    return "c" if _dense().match(char) else "o"


@cache
def _dense() -> re.Pattern[str]:
    return re.compile(f"[{_DENSE}]")


Place: TypeAlias = tuple[int, int]
"""First and last position of a hit, both included."""


class Zone:
    """The words of a title or of a text, ready to be looked up. Costs little until something is found."""

    def __init__(self, text: str, offset: int = 0, *, wild: bool = False) -> None:
        self.forms: list[str] = []
        """By position: plain words, parts of tags and handles, opaque addresses."""
        self.wholes: list[Token] = []
        """Tags and handles."""
        self._text = text
        self._offset = offset
        self._wild = wild
        self._firsts: list[int] = []
        self._lasts: list[int] = []  # of the folded text; led back to the original when asked
        self._parts: dict[int, str] = {}
        folded = fold(text)
        for match in _pattern(folded, wild=wild).finditer(folded):
            if match.lastgroup == "plain":
                first, last = match.span()
                self._firsts.append(first)
                self._lasts.append(last)
                self.forms.append(match[0])
            elif match.lastgroup != "elision":
                self._add(match, match.lastgroup or "")

    def _add(self, match: re.Match[str], kind: str) -> None:
        if kind in {"tag", "handle", "tail"}:
            self._add_label(match, "tag" if kind == "tag" else "handle")
            return
        form = match[kind]
        if kind in {"url", "mail"}:
            form = OPAQUE + form.rstrip("/")
        elif kind in {"whole", "dotted"}:
            form = squeeze(form)
        elif kind == "dense" and self._wild:
            form = form.rstrip("*?")
        self._append(form, *match.span(kind))

    def _append(self, form: str, first: int, last: int) -> None:
        self._firsts.append(first)
        self._lasts.append(last)
        self.forms.append(form)

    def _add_label(self, match: re.Match[str], kind: str) -> None:
        """A tag or handle: the whole and its parts; nothing when it is made of underscores."""
        first, last = match.span(kind)
        form = match[kind].replace("_", "")
        if not form:
            return
        tail = (match["tail"] or "") if kind == "handle" else ""
        outer = match.start(), last + len(tail)
        start, end = self._original(first, last)
        body = self._text[start:end]
        parts = _parts(body)
        at = len(self.forms)
        start, end = self._original(*outer)
        full = form + tail if tail else ""
        self.wholes.append(Token(start, end, form, kind, at, len(parts), body, full))
        for part in parts:
            self._parts[len(self.forms)] = part
            self._append(fold(part), *outer)

    @cached_property
    def _folded(self) -> Folded:
        return fold_with_offsets(self._text)

    def _original(self, first: int, last: int) -> tuple[int, int]:
        start, end = self._folded.start(first), self._folded.end(last)
        while end > start + 1 and unicodedata.category(self._text[end - 1]) == "Cf":
            end -= 1
        return start, end

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Positions of each form."""
        places: dict[str, list[int]] = {}
        for at, form in enumerate(self.forms):
            places.setdefault(form, []).append(at)
        return places

    @cached_property
    def labels(self) -> dict[str, list[Token]]:
        """Whole tags and handles by form, and handles once more in full."""
        labels: dict[str, list[Token]] = {}
        for token in self.wholes:
            labels.setdefault(token.form, []).append(token)
            if token.full:
                labels.setdefault(token.full, []).append(token)
        return labels

    @cached_property
    def vocabulary(self) -> list[str]:
        """Every form, sorted, for wildcards."""
        return sorted({*self.places, *self.labels})

    def written(self, at: int) -> str:
        """The word at a position as it is written."""
        if at in self._parts:
            return self._parts[at]
        start, end = self._original(self._firsts[at], self._lasts[at])
        return self._text[start:end]

    def span(self, place: Place) -> tuple[int, int]:
        """Characters of the document's content; a tag counts with its sign."""
        start, _ = self._original(self._firsts[place[0]], self._lasts[place[0]])
        _, end = self._original(self._firsts[place[1]], self._lasts[place[1]])
        return start + self._offset, end + self._offset

    def tokens(self) -> Iterator[Token]:
        """Every word in order; a whole tag or handle before its parts."""
        wholes = {token.position: token for token in self.wholes}
        for at, form in enumerate(self.forms):
            if at in wholes:
                yield wholes[at]
            kind = "opaque" if form.startswith(OPAQUE) else "part" if at in self._parts else "word"
            yield Token(
                *self._original(self._firsts[at], self._lasts[at]), form, kind, at, 1, self.written(at)
            )


def tokens(text: str, *, wild: bool = False) -> Iterator[Token]:
    """The words of ``text``, in order; ``wild`` keeps ``*`` and ``?`` inside words (for queries)."""
    return Zone(text, wild=wild).tokens()
