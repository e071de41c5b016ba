"""A text cut into folded tokens that know their clause, their sentence and their place in the original.

Everything here is linear in the length of the text, whatever the text.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from ereputation.sentiment import grammar
from ereputation.text import Folded, fold_with_offsets

if TYPE_CHECKING:
    from collections.abc import Callable

_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|\d+/\d+|[^\W_]+(?:'[^\W_]+)?'?|[^\w\s]|\n")
_ELISION = re.compile(r"(?:l|d|j|m|t|s|c|n|qu|jusqu|lorsqu|puisqu|quoiqu)'")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,31}\d{0,2});")
_TAG = re.compile(r"<(?:/?[a-z][a-z0-9]{0,15}(?:\s[^<>]{0,500})?/?|!--[^<>]{0,500}--)>")
_URL = re.compile(r"https?://\S+|www\.\S+|\bhttp\b|pic\.twitter\S+")
_HASHTAG = re.compile(r"#(\w{2,100})")
_HUMP = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Ý])|(?<=[A-ZÀ-Ý])(?=[A-ZÀ-Ý][a-zà-ÿ])")

_SENTENCE_END = frozenset(".!?;…\n")
_CLAUSE_STARTS = grammar.CONTRASTS.union(',:()—–|«»"')


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """Parallel lists, one item per token. Positions in ``starts`` and ``ends`` are of the folded text."""

    original: str
    folded: Folded
    words: list[str]
    starts: list[int]
    ends: list[int]
    clauses: list[int]
    sentences: list[int]

    def __len__(self) -> int:
        return len(self.words)

    @property
    def text(self) -> str:
        """The folded text, addresses and markup blanked."""
        return self.folded.text

    def nearest(self, position: int) -> int:
        """The token that starts nearest to a position of the folded text; 0 when there is none."""
        after = bisect_left(self.starts, position)
        if after == 0:
            return 0
        if after == len(self.starts):
            return after - 1
        return after if self.starts[after] - position < position - self.starts[after - 1] else after - 1

    def folded_position(self, position: int) -> int:
        """Where a position of the original went in the folded text."""
        origin = self.folded.origin
        return position if origin is None else bisect_left(origin, position)

    def as_written(self, token: int) -> str:
        """A token as it stands in the original."""
        return self.original[self.folded.start(self.starts[token]) : self.folded.end(self.ends[token])]

    @cached_property
    def shouted(self) -> bool:
        """Nearly everything is in capitals, so capitals stress nothing."""
        text = _URL.sub(" ", self.original)
        return sum(map(str.isupper, text)) > 0.7 * sum(map(str.isalpha, text))


def split(folded: str) -> list[tuple[str, int]]:
    """Tokens of a folded text with their positions; a French elision (``l'``, ``qu'``) is a token of its own.

    A hyphen inside a word only separates.
    """
    out: list[tuple[str, int]] = []
    for match in _TOKEN.finditer(folded):
        word = match.group()
        start = match.start()
        if word == "-" and folded[start - 1 : start].isalnum() and folded[start + 1 : start + 2].isalnum():
            continue
        if "'" in word and len(word) > 1:
            elision = _ELISION.match(word)
            if elision and elision.end() < len(word):
                cut = elision.end()
                out.append((word[:cut], start))
                word, start = word[cut:], start + cut
            word = word.rstrip("'") or word
        out.append((word, start))
    return out


@lru_cache(maxsize=4)  # language, whole and targets are told from one reading
def read(text: str) -> Tokens:
    """Fold, undo HTML entities, blank addresses and tags, take hashtags apart, cut."""
    folded = fold_with_offsets(text)
    if "&" in folded.text:
        folded = _replace(folded, _ENTITY, lambda match: fold_with_offsets(html.unescape(match.group())).text)
    clean = folded.text
    if "<" in clean:
        clean = _TAG.sub(_blank, clean)
    if "http" in clean or "www." in clean or "pic." in clean:
        clean = _URL.sub(_blank, clean)
    if clean is not folded.text:
        folded = Folded(clean, folded.origin, folded.length)
    pieces = split(clean)
    if "#" in clean:
        pieces = _open_hashtags(pieces, _humps(text, folded))
    return _number(text, folded, pieces)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _replace(folded: Folded, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> Folded:
    """The folded text with every match replaced, and the way back kept."""
    parts: list[str] = []
    origin: list[int] = []
    done = 0
    source: range | tuple[int, ...] = range(len(folded.text)) if folded.origin is None else folded.origin
    for match in pattern.finditer(folded.text):
        origin.extend(source[done : match.start()])
        replacement = new(match)
        parts += (folded.text[done : match.start()], replacement)
        origin.extend([source[match.start()]] * len(replacement))
        done = match.end()
    if not parts:
        return folded
    origin.extend(source[done:])
    parts.append(folded.text[done:])
    return Folded("".join(parts), tuple(origin), folded.length)


def _humps(text: str, folded: Folded) -> set[int]:
    """Folded positions at which a hashtag such as ``#AirFranceFail`` is cut."""
    cuts: set[int] = set()
    for match in _HASHTAG.finditer(folded.text):
        start = folded.start(match.start(1))
        written = text[start : folded.end(match.end(1))]
        if len(written) == len(match.group(1)) and not written.islower():
            cuts.update(match.start(1) + hump.start() for hump in _HUMP.finditer(written))
    return cuts


def _open_hashtags(pieces: list[tuple[str, int]], cuts: set[int]) -> list[tuple[str, int]]:
    if not cuts:
        return pieces
    out: list[tuple[str, int]] = []
    for word, start in pieces:
        inner = [cut - start for cut in range(start + 1, start + min(len(word), 101)) if cut in cuts]
        begin = 0
        for cut in (*inner, len(word)):
            out.append((word[begin:cut], start + begin))
            begin = cut
    return out


def _number(text: str, folded: Folded, pieces: list[tuple[str, int]]) -> Tokens:
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    clauses: list[int] = []
    sentences: list[int] = []
    clause = sentence = 0
    for word, start in pieces:
        if word in _SENTENCE_END:
            sentence += 1
            clause += 1
        elif word in _CLAUSE_STARTS:
            clause += 1
        words.append(word)
        starts.append(start)
        ends.append(start + len(word))
        clauses.append(clause)
        sentences.append(sentence)
    return Tokens(
        original=text,
        folded=folded,
        words=words,
        starts=starts,
        ends=ends,
        clauses=clauses,
        sentences=sentences,
    )
