"""Text that came from outside: folding that keeps offsets, what is safe to show.

Folding (case, accents, ligatures, apostrophes) works character by character, so that every position of the
folded text leads back to a position of the original, whatever the script.
"""

from __future__ import annotations

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
    return single_spaced(neutralise(text))


def single_spaced(text: str) -> str:
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
