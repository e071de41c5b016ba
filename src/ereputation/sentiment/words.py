"""The user's own words: they win over everything built in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from ereputation.sentiment.inflections import english, french
from ereputation.sentiment.lexicon import Entry, Lexicon
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from ereputation.sentiment.tokens import Tokens

_UNSPACED = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
DEFAULT_WEIGHT = 2.0
"""What a word of the configuration weighs when no weight is given; negative ones weigh minus that."""
_HEAVIEST = 5.0


@dataclass(frozen=True, kw_only=True)
class Words:
    """Words of the configuration, in any language; phrases and stems (``arnaqu*``) too.

    Such a word always wins: over the same built-in word, and over a longer built-in expression it is part of
    ("mal" in ``positive`` also ends "pas mal"). The rules (negation, "très") still apply to it.
    """

    positive: Mapping[str, float] = field(default_factory=dict)
    """Weights up to 5; the sign is implied."""
    negative: Mapping[str, float] = field(default_factory=dict)
    neutral: Collection[str] = ()
    """Taken out with their plurals, feminines and regular verb forms."""
    categories: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Category -> words reported under it; their weight is the one they have elsewhere."""

    def _key(self) -> tuple[object, ...]:
        return (
            tuple(self.positive.items()),
            tuple(self.negative.items()),
            tuple(self.neutral),
            tuple((category, tuple(words)) for category, words in self.categories.items()),
        )

    def __hash__(self) -> int:
        return hash(self._key())

    def __bool__(self) -> bool:
        return bool(self.positive or self.negative or self.neutral or self.categories)

    def __or__(self, other: Words) -> Words:
        """Both; the words of ``other`` win."""
        taken = {fold(word) for word in (*other.positive, *other.negative, *other.neutral)}

        def left(words: Mapping[str, float]) -> dict[str, float]:
            return {word: weight for word, weight in words.items() if fold(word) not in taken}

        categories = {name: tuple(words) for name, words in self.categories.items()}
        for name, words in other.categories.items():
            categories[name] = (*categories.get(name, ()), *words)
        return Words(
            positive={**left(self.positive), **other.positive},
            negative={**left(self.negative), **other.negative},
            neutral=(*(word for word in self.neutral if fold(word) not in taken), *other.neutral),
            categories=categories,
        )

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Each word with its signed weight; 0 for a neutral one."""
        for word, weight in self.positive.items():
            yield word, Entry(min(abs(weight), _HEAVIEST), "")
        for word, weight in self.negative.items():
            yield word, Entry(-min(abs(weight), _HEAVIEST), "")
        for word in self.neutral:
            yield word, Entry(0.0, "")


class Overrides:
    """``Words`` made ready to be found, each single word with its regular inflections."""

    def __init__(self, words: Words) -> None:
        self._weights = Lexicon("fr")
        self._categories = Lexicon("fr")
        self._glued: dict[str, Entry] = {}
        listed = list(words.entries())
        for text, entry in listed:
            self._inflect(self._weights, text, entry)
        for text, entry in listed:  # what was written wins over what was derived
            self._weights.add(text, entry)
            if not text.isascii() and re.search(_UNSPACED, text):
                self._glued[fold(text)] = entry
        for category, texts in words.categories.items():
            for text in texts:
                self._inflect(self._categories, text, Entry(0.0, category))
                self._categories.add(text, Entry(0.0, category))
        parts = self._weights.beginnings(), self._categories.beginnings()
        self._exact, self._letters = (set.union(*one) for one in zip(*parts, strict=True))

    @staticmethod
    def _inflect(lexicon: Lexicon, text: str, entry: Entry) -> None:
        word = fold(text)
        if word.isalpha():
            lexicon.words.update(dict.fromkeys(french(word) | english(word), entry))

    def places(self, tokens: Tokens) -> list[int]:
        """The tokens at which something of the configuration may stand; no others need a closer look."""
        opening = {word for word in tokens.distinct if word in self._exact or word[:3] in self._letters}
        return [at for at, word in enumerate(tokens.words) if word in opening] if opening else []

    def concern(self, tokens: Tokens) -> bool:
        """Whether anything of the configuration may stand in a text."""
        return bool(self.places(tokens)) or any(word in tokens.text for word in self._glued)

    def weight(self, words: Sequence[str], at: int) -> tuple[int, Entry] | None:
        """How many tokens the configuration's longest entry covers here, and the entry."""
        return _longest(self._weights, words, at)

    def category(self, words: Sequence[str], at: int) -> tuple[int, str] | None:
        """How many tokens the longest entry of a category covers here, and the category."""
        found = _longest(self._categories, words, at)
        return (found[0], found[1].category) if found else None

    def glued(self, text: str) -> Iterator[tuple[int, int, Entry]]:
        """Words of scripts without spaces, wherever they stand in the folded text: start, end, entry."""
        for word, entry in self._glued.items():
            start = text.find(word)
            while start >= 0:
                yield start, start + len(word), entry
                start = text.find(word, start + len(word))


def _longest(lexicon: Lexicon, words: Sequence[str], at: int) -> tuple[int, Entry] | None:
    for phrase in lexicon.phrases_from(words[at]):
        if phrase.fits(words, at):
            return len(phrase.parts), phrase.entry
    entry = lexicon.find(words[at])
    return (1, entry) if entry else None


@lru_cache(maxsize=256)
def both(common: Words, own: Words) -> Words:
    """``common | own``, made once."""
    return common | own


@lru_cache(maxsize=256)
def overrides(words: Words) -> Overrides:
    """The prepared form of some words, built once."""
    return Overrides(words)
