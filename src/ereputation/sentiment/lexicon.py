"""The words of a language and what they weigh, read from ``fr.txt`` and ``en.txt`` beside this file.

The format of these files is told at the top of each of them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ereputation.sentiment.inflections import english, french
from ereputation.sentiment.tokens import split
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LANGUAGES = ("fr", "en")
_SHORTEST_STEM = 3
ANY = "*"
INFLECTED = "+"


class Entry(NamedTuple):
    """What a word or an expression weighs (-5..5) and what it is about."""

    weight: float
    category: str


class Part(NamedTuple):
    """One word of an expression: itself, the beginning of a word, or any word (an empty prefix)."""

    text: str
    prefix: bool

    def fits(self, word: str) -> bool:
        """Whether a folded word is this one."""
        return word.startswith(self.text) if self.prefix else word == self.text


class Phrase(NamedTuple):
    """An expression of two words or more."""

    parts: tuple[Part, ...]
    entry: Entry

    def fits(self, words: Sequence[str], at: int) -> bool:
        """Whether the tokens from ``at`` are this expression; the first is known to be."""
        parts = self.parts
        if at + len(parts) > len(words):
            return False
        for text, prefix in parts[1:]:
            at += 1
            if words[at] != text and not (prefix and words[at].startswith(text)):
                return False
        return True


class Lexicon:
    """Words, stems (``arnaqu*``) and expressions of one language, and the two lists the rules need."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words: dict[str, Entry] = {}
        self.stems: dict[str, Entry] = {}
        self._phrases: dict[str, list[tuple[str, Entry]]] = {}
        """Expressions by first word, or by its first three letters when that word is a stem; parsed when met."""
        self.functional: dict[str, Entry] = {}
        self.functional_stems: dict[str, Entry] = {}
        self.ironic: set[str] = set()
        """Praise that turns against a complaint beside it; expressions with their words joined by spaces."""
        self._longest_stem = 0

    def add(self, text: str, entry: Entry) -> None:
        """Add a word, a stem or an expression; of two equal ones the last counts."""
        self.add_folded(fold(text), entry)

    def add_folded(self, text: str, entry: Entry) -> None:
        """``add`` of what is folded already."""
        text = text.replace("-", " ")
        first, _, rest = text.partition(" ")
        if first.isalnum():
            if rest:
                self._phrases.setdefault(first, []).append((text, entry))
            else:
                self.words[first] = entry
        elif text.endswith(INFLECTED) and len(text) > _SHORTEST_STEM and text[:-1].isalnum():
            self.words.update(dict.fromkeys(self.forms(text[:-1]), entry))
        elif text.endswith(ANY) and text[:-1].isalnum():
            self._add_stem(text[:-1], entry)
        else:
            self._add_parsed(text, entry)

    def _add_parsed(self, text: str, entry: Entry) -> None:
        parts = parse(text)
        if not parts or parts[0] == Part("", prefix=True):
            return
        first = parts[0]
        if len(parts) > 1:
            key = first.text[:_SHORTEST_STEM] if first.prefix else first.text
            self._phrases.setdefault(key, []).append((text, entry))
        elif first.prefix:
            self._add_stem(first.text, entry)
        else:
            self.words[first.text] = entry

    def _add_stem(self, stem: str, entry: Entry) -> None:
        self.stems[stem] = entry
        self._longest_stem = max(self._longest_stem, len(stem))

    def add_functional(self, text: str, entry: Entry) -> None:
        """Add a word that is neutral alone, and a complaint (``marche pas``) or praise (``no queue``) when negated."""
        if text.endswith(INFLECTED):
            for form in self.forms(fold(text[:-1])):
                self.functional[form] = entry
            return
        stem = fold(text.rstrip(ANY))
        (self.functional_stems if text.endswith(ANY) else self.functional)[stem] = entry
        self._longest_stem = max(self._longest_stem, len(stem))

    def forms(self, word: str) -> set[str]:
        """A folded word with its regular inflections."""
        return french(word) if self.language == "fr" else english(word)

    def find(self, word: str) -> Entry | None:
        """The entry of a folded word: itself, without its plural or feminine ending, or by its stem."""
        found = self.words.get(word)
        if found:
            return found
        for ending in _endings(self.language):
            if word.endswith(ending):
                found = self.words.get(word[: -len(ending)])
                if found:
                    return found
        return self._by_stem(word, self.stems)

    def find_functional(self, word: str) -> Entry | None:
        """What a folded word weighs when it is negated; None when it is no functional word."""
        return self.functional.get(word) or self._by_stem(word, self.functional_stems)

    def _by_stem(self, word: str, stems: dict[str, Entry]) -> Entry | None:
        for length in range(min(len(word), self._longest_stem), _SHORTEST_STEM - 1, -1):
            found = stems.get(word[:length])
            if found:
                return found
        return None

    def beginnings(self) -> tuple[set[str], set[str]]:
        """The words that may begin an entry, and the first three letters of others that may."""
        endings = ("", *_endings(self.language))
        exact = {word + ending for word in self.words for ending in endings}
        letters = {stem[:_SHORTEST_STEM] for stem in (*self.stems, *self._phrases)}
        return exact | self._phrases.keys(), letters

    def phrases_from(self, word: str) -> list[Phrase]:
        """Every expression that may begin with a word, the longest first."""
        listed = list(self._phrases.get(word, ()))
        if len(word) > _SHORTEST_STEM:
            stems = self._phrases.get(word[:_SHORTEST_STEM], ())
            listed += [entry for entry in stems if _may_begin(entry[0], word)]
        found = [Phrase(parse(text), entry) for text, entry in listed]
        found = [phrase for phrase in found if phrase.parts[0].fits(word)]
        return sorted(found, key=lambda phrase: -len(phrase.parts))


def _may_begin(text: str, word: str) -> bool:
    """Whether an expression may begin with a word: a quick look that spares the parsing of most."""
    first = text.partition(" ")[0]
    stem = first.rstrip(ANY)
    return not stem.isalnum() or (stem != first and word.startswith(stem))


def _endings(language: str) -> tuple[str, ...]:
    return ("s", "e", "es") if language == "fr" else ("s",)


def parse(text: str) -> tuple[Part, ...]:
    """The parts of an entry: ``factur* à tort`` is a stem and two words; a lone ``*`` stands for any word."""
    parts: list[Part] = []
    for piece in fold(text).replace("-", " ").split():
        if piece.isalnum():
            parts.append(Part(piece, False))  # noqa: FBT003 - by name it takes half as long again
            continue
        stem = piece.rstrip(ANY)
        words = [stem] if stem.isalnum() else split(stem)[0]
        parts += [Part(word, prefix=False) for word in words]
        if stem != piece:
            parts.append(Part(parts.pop().text if words else "", prefix=True))
    return tuple(parts)


@cache
def load(language: str) -> Lexicon:
    """The lexicon of "fr" or "en", read once."""
    from importlib import resources

    lexicon = Lexicon(language)
    data = resources.files("ereputation.sentiment").joinpath(f"{language}.txt").read_text(encoding="utf-8")
    _fill(lexicon, fold(data).splitlines())
    return lexicon


def _fill(lexicon: Lexicon, lines: Iterable[str]) -> None:
    """Add the entries of a folded list."""
    section = "words"
    entries: dict[str, Entry] = {}
    for line in lines:
        if not line or line[0] == "#":
            continue
        if line[0] == "[":
            section = line.strip("[] ")
            continue
        text, _, rest = line.partition(",")
        if section == "irony":
            lexicon.ironic.add(" ".join(part.text for part in parse(text)))
            continue
        entry = entries.get(rest)
        if entry is None:
            weight, category = (*rest.split(","), "")[:2]
            entry = entries[rest] = Entry(float(weight), category.strip())
        if section == "functional":
            lexicon.add_functional(text.strip(), entry)
        else:
            lexicon.add_folded(text.strip(), entry)
