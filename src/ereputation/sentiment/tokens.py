"""A text cut into folded tokens that know their clause, their sentence and their place in the original.

Everything here is linear in the length of the text, whatever the text.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from string import ascii_lowercase
from typing import TYPE_CHECKING

from ereputation.sentiment import grammar
from ereputation.text import Folded, fold_with_offsets

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

_TOKEN = re.compile(
    r"([a-z]++(?![^ .,])|[^\W\d_][^\W_]*(?:'[^\W_]+)?'?|\d+(?:[.,]\d+)+|\d+/\d+|[^\W_]+(?:'[^\W_]+)?'?|[^\w\s-]|\n|"
    r"-(?!(?<=[^\W_]-)[^\W_]))( ?)"
)
"""A token and the blank behind it; a hyphen inside a word only separates.

The first alternative, of the plainest words, and the blank change nothing but the time, which they halve.
"""
_ELISION = re.compile(r"(?:l|d|j|m|t|s|c|n|qu|jusqu|lorsqu|puisqu|quoiqu)'")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,31}\d{0,2});")
_TAG = re.compile(r"<(?:/?[a-z][a-z0-9]{0,15}(?:\s[^<>]{0,500})?/?|!--[^<>]{0,500}--)>")
_URL = re.compile(r"https?://\S+|www\.\S+|\bhttp\b|pic\.twitter\S+")
_HASHTAG = re.compile(r"#(\w{2,100})")
_HUMP = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Ý])|(?<=[A-ZÀ-Ý])(?=[A-ZÀ-Ý][a-zà-ÿ])")

_ASCII = re.compile("[\0-\x7f]+")
_SMALL = ascii_lowercase.encode()
_NO_LETTERS = bytes(byte for byte in range(128) if not chr(byte).isalpha())

_SENTENCE_END = frozenset(".!?;…\n")
_CLAUSE_STARTS = grammar.CONTRASTS.union(_SENTENCE_END, ',:()—–|«»"')


@dataclass(frozen=True, eq=False, kw_only=True)
class Tokens:
    """Parallel lists, one item per token; those not every reader needs are made when asked for.

    Positions in ``starts`` are of the folded text.
    """

    original: str
    folded: Folded
    words: list[str]
    starts: list[int]

    def __len__(self) -> int:
        return len(self.words)

    @property
    def text(self) -> str:
        """The folded text, addresses and markup blanked."""
        return self.folded.text

    @cached_property
    def distinct(self) -> frozenset[str]:
        """The words, each once: most rules ask first whether theirs are among them."""
        return frozenset(self.words)

    @cached_property
    def clauses(self) -> list[int]:
        """The number of each token's clause."""
        return numbered(self.words, _CLAUSE_STARTS)

    @cached_property
    def sentences(self) -> list[int]:
        """The number of each token's sentence."""
        return numbered(self.words, _SENTENCE_END)

    def end(self, token: int) -> int:
        """Where a token ends (excluded)."""
        return self.starts[token] + len(self.words[token])

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
        return self.original[self.folded.start(self.starts[token]) : self.folded.end(self.end(token))]

    @cached_property
    def shouted(self) -> bool:
        """Nearly everything is in capitals, so capitals stress nothing."""
        text = _URL.sub(" ", self.original) if _has_address(self.original) else self.original
        ascii_letters = text.encode("ascii", "ignore").translate(None, _NO_LETTERS)
        others = "" if text.isascii() else _ASCII.sub("", text)
        capitals = len(ascii_letters.translate(None, _SMALL)) + sum(map(str.isupper, others))
        return capitals > 0.7 * (len(ascii_letters) + sum(map(str.isalpha, others)))


def numbered(words: Iterable[str], opening: Container[str]) -> list[int]:
    """For each word the number of its part of the text, where each word of ``opening`` begins a new one."""
    return list(accumulate(map(opening.__contains__, words), initial=0))[1:]


def split(folded: str) -> tuple[list[str], list[int]]:
    """Tokens of a folded text and where they start; a French elision (``l'``, ``qu'``) is a token of its own."""
    pieces = _TOKEN.split(folded)  # what separates, a token, a blank, what separates, a token, a blank...
    words, starts = pieces[1::3], list(accumulate(map(len, pieces)))[:-1:3]
    return _elided(words, starts) if "'" in folded else (words, starts)


def _elided(words: list[str], starts: list[int]) -> tuple[list[str], list[int]]:
    """The tokens with their elisions cut off, and without an apostrophe at their end."""
    cut_words: list[str] = []
    cut_starts: list[int] = []
    done = 0
    for at, word in enumerate(words):
        if "'" not in word or len(word) == 1:
            continue
        cut_words += words[done:at]
        cut_starts += starts[done:at]
        done = at + 1
        start = starts[at]
        elision = _ELISION.match(word)
        cut = elision.end() if elision and elision.end() < len(word) else 0
        if cut:
            cut_words.append(word[:cut])
            cut_starts.append(start)
        cut_words.append(word[cut:].rstrip("'") or word[cut:])
        cut_starts.append(start + cut)
    return cut_words + words[done:], cut_starts + starts[done:]


@lru_cache(maxsize=4)  # language, whole and targets are told from one reading
def read(text: str) -> Tokens:
    """Fold, undo HTML entities, blank addresses and tags, take hashtags apart, cut."""
    folded = fold_with_offsets(text)
    if "&" in folded.text:
        folded = _replace(folded, _ENTITY, lambda match: fold_with_offsets(html.unescape(match.group())).text)
    clean = folded.text
    if "<" in clean:
        clean = _TAG.sub(_blank, clean)
    if _has_address(clean):
        clean = _URL.sub(_blank, clean)
    if clean is not folded.text:
        folded = Folded(clean, folded.origin, folded.length)
    words, starts = split(clean)
    if "#" in clean:
        words, starts = _open_hashtags(words, starts, _humps(text, folded))
    return Tokens(original=text, folded=folded, words=words, starts=starts)


def _has_address(text: str) -> bool:
    return "http" in text or "www." in text or "pic." in text


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


def _open_hashtags(words: list[str], starts: list[int], cuts: set[int]) -> tuple[list[str], list[int]]:
    if not cuts:
        return words, starts
    cut_words: list[str] = []
    cut_starts: list[int] = []
    done = 0
    for at in sorted({bisect_right(starts, cut) - 1 for cut in cuts}):
        word, start = words[at], starts[at]
        cut_words += words[done:at]
        cut_starts += starts[done:at]
        done = at + 1
        inner = [cut for cut in range(1, min(len(word), 101)) if start + cut in cuts]
        for begin, end in pairwise((0, *inner, len(word))):
            cut_words.append(word[begin:end])
            cut_starts.append(start + begin)
    return cut_words + words[done:], cut_starts + starts[done:]
