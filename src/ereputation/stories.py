"""Near-identical documents are one story: the same dispatch in 46 outlets, reposts, quoted headlines.

Two ways in. The same headline, once the outlet's name and labels such as "VIDEO" are gone, if it says enough to
be no coincidence. Or nearly the same words: the Jaccard similarity of three-word shingles, estimated from their
smallest hashes (bottom-k sketch, Broder 1997; exact for short texts), after a lookup by banded min-hashes (one
permutation hashing, Li, Owen and Zhang 2012) that only pre-selects.

Hashes are the same in every process and version: they are stored.
"""

from __future__ import annotations

import re
from array import array
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from ereputation.text import fold

if TYPE_CHECKING:
    from ereputation.model import Document

MEMORY = 14 * 24 * 3600.0
"""Seconds: a document joins a story only if the story's last copy is no older than this."""

_BANDS, _ROWS = 8, 2
_BINS = _BANDS * _ROWS
_SKETCH = 48  # hashes kept; 4 bytes each
_MAX_WORDS = 1500
_MAX_CHARS = 15_000
_END = 300  # characters in which trailing tags are looked for
_MIN_WORDS = 4  # fewer say nothing of their own ("merci beaucoup")
_TITLE_WORDS = range(5, 41)
_SIMILAR, _SHORT_SIMILAR, _SHORT = 0.5, 0.7, 12  # Jaccard; for fewer than 12 shingles
_CONTAINED, _CONTAINED_MIN = 0.85, 20  # one is the beginning of the other
_SPREAD = 0x9E3779B97F4A7C15
_MASK32 = 0xFFFFFFFF
_MASK64 = 0xFFFFFFFFFFFFFFFF

_LINK = re.compile(r"(?:https?://|www\.|pic\.twitter\.com/|t\.co/)\S+", re.IGNORECASE)
_REPOST = re.compile(r"^\W{0,3}(?:rt|mt)\s+@[\w.@-]{1,80}\s*:?\s*", re.IGNORECASE)
_TAIL = re.compile(r"(?: #\w{1,80}| (?:via|par|by|from) @[\w.@-]{1,80}){1,20}$", re.IGNORECASE)
_LABEL = re.compile(
    r"^\W{0,3}(?:videos?|en video|photos?|en images|images|diaporama|podcast|audio|infographie|carte|afp|reuters|ap|"
    r"direct|en direct|live|breaking(?: news)?|alerte(?: info)?|urgent|exclusif|exclusive|exclu|info [\w ]{2,20}|"
    r"update(?: \d)?|mise a jour|maj|watch|listen)(?:\s*[\]):|.!]|\s+[-–—])\s*"
)
_OUTLET = re.compile(r" [-–—|·•] [^-–—|·•]{2,40}$")
_NOT_A_HEADLINE = re.compile(r"^(?:/?u/\S+ on |re\s?: |comment (?:on|by) |commentaires? (?:sur|de) )")


@cache
def _word() -> re.Pattern[str]:
    return re.compile(
        r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
    )


class Signature(NamedTuple):
    """What is kept of a document to recognise its copies."""

    title_key: str
    """The normalised headline; empty when it says too little. The same key is the same story."""
    bands: tuple[int, ...]
    """Signed 64-bit; two documents that share one may be copies, ask ``similar``."""
    sketch: bytes
    """The smallest hashes of its shingles, sorted."""


def signature(document: Document) -> Signature:
    """The signature of a document; empty for one that says nothing of its own."""
    title, text = document.title[:_MAX_CHARS], document.text[:_MAX_CHARS]
    key = ""
    if document.type not in {"comment", "review"}:
        key = _title_key(title or text)
    words = _word().findall(_clean(f"{_without_outlet(title)}\n{text}" if title else text))[:_MAX_WORDS]
    if len(words) < _MIN_WORDS:
        return Signature(key, (), b"")
    triples = zip(words, words[1:], words[2:], strict=False)
    # A product spreads the checksum, whose bits are linear in the text; its upper half is the hash.
    shingles = sorted({crc32(f"{a} {b} {c}".encode()) * _SPREAD >> 32 & _MASK32 for a, b, c in triples})
    return Signature(key, _bands(shingles), array("I", shingles[:_SKETCH]).tobytes())


def similar(a: Signature, b: Signature) -> bool:
    """Whether two documents tell one story: the same headline, nearly the same words, or one the start of the other."""
    if a.title_key and a.title_key == b.title_key:
        return True
    one, two = _hashes(a.sketch), _hashes(b.sketch)
    if not one or not two:
        return False
    union = sorted(one | two)[:_SKETCH] if max(len(one), len(two)) == _SKETCH else list(one | two)
    common = one & two
    jaccard = sum(h in common for h in union) / len(union)
    small = min(len(one), len(two))
    if jaccard >= (_SIMILAR if small >= _SHORT else _SHORT_SIMILAR):
        return True
    complete = max(len(one), len(two)) < _SKETCH
    return complete and small >= _CONTAINED_MIN and len(common) >= _CONTAINED * small


def _hashes(sketch: bytes) -> set[int]:
    values = array("I")
    values.frombytes(sketch)
    return set(values)


def _title_key(title: str) -> str:
    """The headline without outlet, labels, links and punctuation; empty when it is no headline or says too little."""
    if len(title) > 400:
        return ""
    folded = _clean(_without_outlet(title))
    if _NOT_A_HEADLINE.match(folded):
        return ""
    for _ in range(3):
        folded = _LABEL.sub("", folded, count=1)
    words = _word().findall(folded)
    key = " ".join(words)
    return key if len(words) in _TITLE_WORDS and len(key) >= 20 else ""


def _without_outlet(title: str) -> str:
    """``Grève chez Air France - Le Monde`` without the outlet, if enough is left."""
    title = " ".join(title.split())
    bare = _OUTLET.sub("", title)
    return bare if bare.count(" ") >= 3 else title


def _clean(text: str) -> str:
    """Folded, single-spaced, without links, repost marks, "via @x" and the tags at the end."""
    if "/" in text or "www." in text.lower():
        text = _LINK.sub(" ", text)
    text = _REPOST.sub("", " ".join(text.split()))
    end = text[-_END:]
    return fold(text[:-_END] + (_TAIL.sub("", end) if "#" in end or "@" in end else end))


def _bands(shingles: list[int]) -> tuple[int, ...]:
    """The least hash of each bin, two bins to a band; an empty bin borrows from the next that is not."""
    least = {h % _BINS: h for h in reversed(shingles)}
    filled = [least[n] if n in least else _borrow(least, n) for n in range(_BINS)]
    return tuple(_key(band, filled[2 * band], filled[2 * band + 1]) for band in range(_BANDS))


def _borrow(least: dict[int, int], n: int) -> int:
    step = next(step for step in range(1, _BINS) if (n + step) % _BINS in least)
    return least[(n + step) % _BINS] + (step << 32)


def _key(band: int, one: int, two: int) -> int:
    """A signed 64-bit key for a database column."""
    key = ((band + 1) * 0x9E3779B97F4A7C15 + one * 0xD6E8FEB86659FD93 + two * 0xCA5A826395121157) & _MASK64
    key ^= key >> 32
    return key - (1 << 64) if key >> 63 else key
