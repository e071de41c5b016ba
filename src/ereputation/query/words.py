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


def _marks() -> str:
    """Vowel signs and other marks that folding keeps, as a character class."""
    codes = (*range(0x0483, 0x2000), *range(0x302A, 0x309B), *range(0xA66F, 0xAC00))
    return "".join(
        chr(code) for code in codes if unicodedata.category(chr(code))[0] == "M" and fold(chr(code))
    )


def _compile(*, wild: bool, addresses: bool) -> re.Pattern[str]:
    letter = rf"[^\W_{_DENSE}]"
    joiners = _marks() + ("*?" if wild else "")
    word = rf"{letter}+(?:[{joiners}]+{letter}*)*"
    label = rf"\w[\w{joiners}]*"
    possessive = rf"(?:'s(?!{letter}))?"
    domain = r"\w[\w-]{0,62}(?:\.\w[\w-]{0,62})+"
    alone = rf"(?<!{letter})(?<!&)"
    mail = rf"|(?P<mail>{letter}[\w.+-]{{0,63}}@{domain})" if addresses else ""
    return re.compile(
        r"(?P<url>(?:https?://|www\.(?=\w))[^\s<>\"«»“”]*[^\s<>\"«»“”.,;:!?()\[\]'…])"
        rf"{mail}"
        rf"|(?P<elision>(?:[ljdmtsnc]|(?:jus|lors|puis|quoi|pres)?qu)'(?=[\w#@\"«“„(])(?!s(?!{letter})))"
        rf"|(?P<whole>aujourd'hui|prud'hom{letter}*)"
        rf"|(?P<dotted>(?:{letter}\.){{2,}}(?:{letter}(?!{letter}))?)"
        rf"|{alone}\#(?P<tag>{label}){possessive}"
        rf"|{alone}@(?P<handle>{label})(?P<tail>@{domain}|(?:\.[a-z0-9][a-z0-9-]*)*\.[a-z]{{2,24}}(?!\w))?{possessive}"
        rf"|(?P<word>{word}){possessive}"
        rf"|(?=[^\W_])(?P<dense>[{_DENSE}][{joiners}]*)"
        r"|(?<=\w)\ ?(?P<symbol>[&+])"
    )


_PLAIN = _compile(wild=False, addresses=False)
_ADDRESSES = _compile(wild=False, addresses=True)
_WILD = _compile(wild=True, addresses=True)
_CAMEL = re.compile(r"(?:um*)+(?!l)|(?:um*)?(?:lm*)+|(?:dm*)+|cm*|(?:om*)+")
_DENSE_CHAR = re.compile(f"[{_DENSE}]")
_NOT_WRITTEN = str.maketrans(dict.fromkeys("_'.*?", ""))
_SQUEEZED = str.maketrans(dict.fromkeys("_'.", ""))


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


def tokens(text: str, *, wild: bool = False) -> Iterator[Token]:
    """The words of ``text``, in order; ``wild`` keeps ``*`` and ``?`` inside words (for queries)."""
    folded = fold_with_offsets(text)
    pattern = _WILD if wild else _ADDRESSES if "@" in folded.text else _PLAIN
    position = 0
    for match in pattern.finditer(folded.text):
        kind = match.lastgroup
        if kind == "elision":
            continue
        if kind == "tail":
            kind = "handle"
        assert kind is not None
        first, last = match.span(kind)
        if kind in {"tag", "handle"}:
            label = list(_label(text, folded, match, kind, position))
            yield from label
            position += label[0].width if label else 0
            continue
        start, end = _original(text, folded, first, last)
        form = match[kind]
        if kind in {"url", "mail"}:
            yield Token(start, end, OPAQUE + form.rstrip("/"), "opaque", position, 1, text[start:end])
        else:
            if kind in {"whole", "dotted"}:
                form = form.translate(_SQUEEZED)
            elif kind == "dense" and wild:
                form = form.rstrip("*?")
            yield Token(start, end, form, "word", position, 1, text[start:end])
        position += 1


def _original(text: str, folded: Folded, first: int, last: int) -> tuple[int, int]:
    if folded.origin is None:
        return first, last
    start, end = folded.start(first), folded.end(last)
    while end > start + 1 and unicodedata.category(text[end - 1]) == "Cf":
        end -= 1
    return start, end


def _label(text: str, folded: Folded, match: re.Match[str], kind: str, position: int) -> Iterator[Token]:
    """A tag or handle: the whole, then its parts; nothing when it is made of underscores."""
    first, last = match.span(kind)
    form = match[kind].replace("_", "")
    if not form:
        return
    tail = (match["tail"] or "") if kind == "handle" else ""
    start, end = _original(text, folded, match.start(), last + len(tail))
    body_start, body_end = _original(text, folded, first, last)
    body = text[body_start:body_end]
    parts = _parts(body)
    yield Token(start, end, form, kind, position, len(parts), body, form + tail if tail else "")
    for offset, part in enumerate(parts):
        yield Token(start, end, fold(part), "part", position + offset, 1, part)


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
    return "c" if _DENSE_CHAR.match(char) else "o"


Place: TypeAlias = tuple[int, int]
"""First and last position of a hit, both included."""


class Zone:
    """The words of a title or of a text, ready to be looked up."""

    def __init__(self, text: str, offset: int) -> None:
        self.words: list[Token] = []
        """By position: plain words, parts, and opaque addresses."""
        self.forms: dict[str, list[int]] = {}
        """Positions of each form among ``words``."""
        self.wholes: dict[str, list[Token]] = {}
        """Whole tags and handles by form, and handles once more in full."""
        self._offset = offset
        self._sorted: list[str] | None = None
        for token in tokens(text):
            if token.kind in {"tag", "handle"}:
                self.wholes.setdefault(token.form, []).append(token)
                if token.full:
                    self.wholes.setdefault(token.full, []).append(token)
            else:
                self.forms.setdefault(token.form, []).append(len(self.words))
                self.words.append(token)

    def span(self, place: Place) -> tuple[int, int]:
        """Characters of the document's content."""
        return self.words[place[0]].start + self._offset, self.words[place[1]].end + self._offset

    def vocabulary(self) -> list[str]:
        """Every form, sorted, for wildcards."""
        if self._sorted is None:
            self._sorted = sorted({*self.forms, *self.wholes})
        return self._sorted
