"""What a token means in one language setting: one lexicon, or two when the language is uncertain or mixed."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ereputation.sentiment import grammar, lexicon, marks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ereputation.sentiment.lexicon import Entry, Lexicon, Phrase

_LONGEST_WORD, _MOST_WORDS = 60, 50_000
_STRETCH = re.compile(r"(.)\1{2,}")
_STRETCHED = 1.2
"""How much more "nuuuul" weighs than "nul"."""


class Meaning(NamedTuple):
    """What a folded token can do; computed once per word."""

    entry: Entry | None
    stretch: float
    functional: Entry | None
    intensity: float
    """1 when it intensifies nothing."""
    negator: bool
    maybe_negator: bool
    """French "plus", which negates only in some places."""
    contrast: bool
    phrases: Mapping[str, Sequence[Phrase]]
    """Expressions that may begin here, by their second word; the first that fits counts."""
    loose: Sequence[Phrase]
    """Those whose second word is a stem or any word, for the second words not listed."""
    counts: bool
    """It may begin to tell a time: "depuis", "in", "3h"."""
    idle: bool
    """Nothing of the above but, perhaps, an intensity."""


class _Meanings(dict[str, Meaning]):
    """Those of the words met lately. What is longer than a word is not kept: anybody may write a million letters."""

    def __init__(self, find: Callable[[str], Meaning]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, word: str) -> Meaning:
        meaning = self._find(word)
        if len(word) <= _LONGEST_WORD:
            if len(self) >= _MOST_WORDS:
                self.clear()
            self[word] = meaning
        return meaning


class Vocabulary:
    """Lexicons and closed classes of a language. ``mixed``: the language was a guess between two."""

    def __init__(self, language: str, *, mixed: bool) -> None:
        self.language = language
        self.mixed = mixed
        self.main: Lexicon = lexicon.load(language)
        self._other = lexicon.load("en" if language == "fr" else "fr")
        self._with_other = mixed or language == "fr"  # French texts borrow English words; the reverse is rare
        self.meaning = _Meanings(self._meaning).__getitem__
        self._negators = (
            grammar.NEGATORS["fr"] | grammar.NEGATORS["en"] if mixed else grammar.NEGATORS[language]
        )
        self._english = mixed or language == "en"
        self._french = mixed or language == "fr"
        self._intensifiers = grammar.INTENSIFIERS[language]

    def _meaning(self, word: str) -> Meaning:
        entry, stretch = self._entry(word) if word[0].isalnum() else (None, 1.0)
        functional = self.main.find_functional(word) if word[0].isalnum() else None
        negator = word in self._negators or (self._english and word.endswith("n't"))
        maybe_negator = self._french and word == "plus"
        contrast = word in grammar.CONTRASTS
        phrases, loose = self._phrases(word)
        counts = marks.may_count(word)
        return Meaning(
            entry,
            stretch,
            functional,
            self._intensifiers.get(word, 1.0),
            negator,
            maybe_negator,
            contrast,
            phrases,
            loose,
            counts,
            idle=not (
                entry or functional or negator or maybe_negator or contrast or phrases or loose or counts
            ),
        )

    def _phrases(self, word: str) -> tuple[Mapping[str, Sequence[Phrase]], Sequence[Phrase]]:
        """The longest first; the other language's only where ours has none."""
        found = self.main.phrases_from(word)
        if self._with_other:
            found += self._other.phrases_from(word)
        by_second: dict[str, list[Phrase]] = {
            phrase.parts[1].text: [] for phrase in found if not phrase.parts[1].prefix
        }
        loose: list[Phrase] = []
        for phrase in found:
            text, prefix = phrase.parts[1]
            if not prefix:
                by_second[text].append(phrase)
                continue
            loose.append(phrase)
            for second, phrases in by_second.items():
                if second.startswith(text):
                    phrases.append(phrase)
        return by_second, loose

    def _entry(self, word: str) -> tuple[Entry | None, float]:
        entry = self.main.find(word)
        stretch = 1.0
        if entry is None and len(word) > 3 and _STRETCH.search(word):
            entry = self.main.find(_STRETCH.sub(r"\1", word)) or self.main.find(_STRETCH.sub(r"\1\1", word))
            stretch = _STRETCHED if entry else 1.0
        if entry is None and self._with_other and len(word) > 3 and word not in grammar.FALSE_FRIENDS:
            entry = self._other.words.get(word) or (self._other.find(word) if self.mixed else None)
        return entry, stretch

    def is_ironic(self, text: str) -> bool:
        """Whether this praise is one that complaints borrow ("bravo", "merci")."""
        return text in self.main.ironic


@cache
def vocabulary(language: str, *, mixed: bool = False) -> Vocabulary:
    """The vocabulary of "fr" or "en", built once."""
    return Vocabulary(language, mixed=mixed)
