"""What corrections teach, brand by brand: words that people overrule weigh less, and at most nothing.

A word alone to blame for a wrong tone loses a third of its weight with each story so corrected; where several words are,
they share the blame; each story in which people agree with it gives the same back. So a word is silent after three
corrections nobody contradicts, is never turned over, and never weighs more than the lexicon says. Words of the
configuration are beyond it, and so is what a rule made of a word: "pas mal" corrected says nothing of "mal".

From 200 labels on, where neutral begins and ends is fitted, too, but only if people labelled what came and not just what
was wrong (a fit to mistakes alone learns to make the others), and only if five-fold cross-validation gains two points
of macro-F1 without losing two of negative recall. Training on fewer was measured to do harm.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ereputation.model import Label, Sentiment, Word

Bounds = tuple[float, float]
"""Scores below the first are negative, above the second positive."""
USUAL: Bounds = (-0.05, 0.15)

_SILENT_AFTER = 3.0
"""Stories in which a word alone was to blame, until it weighs nothing."""
_FAITHFUL = frozenset(
    ("", "intensified", "diminished", "contrast", "conceded", "capitals", "elongated", "distance")
)
"""Rules that leave a word's meaning as it is."""

_FEWEST = 200
_AGREED = 0.6
"""Share of the labels that have to say what we said: fewer, and people labelled mistakes only."""
_FOLDS = 5
_GAIN, _LOSS = 0.02, 0.02
_LOWER = (-0.4, -0.3, -0.22, -0.15, -0.1, -0.05)
_UPPER = (0.05, 0.1, 0.15, 0.22, 0.3, 0.4)
_LABELS: tuple[Label, ...] = ("negative", "neutral", "positive")


class Judged(NamedTuple):
    """A text people judged, and what was said of the brand without anything learnt."""

    label: Label
    sentiment: Sentiment


class Share(NamedTuple):
    """What is left of a word's weight, and how many corrections took the rest."""

    factor: float
    corrections: int

    @property
    def rule(self) -> str:
        """As ``explain`` shows it."""
        return f"learnt from {self.corrections} correction{'s' if self.corrections > 1 else ''}"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the corrections of a brand come to; the same labels always come to the same."""

    words: Mapping[str, Share] = field(default_factory=dict)
    """By ``key``."""
    bounds: Bounds = USUAL
    labels: int = 0

    def __bool__(self) -> bool:
        return bool(self.words) or self.bounds != USUAL


def key(text: str) -> str:
    """A word or expression as it is learnt: folded, on one line."""
    return " ".join(fold(text).split())


def learn(judged: Sequence[Judged]) -> Learnt:
    """What these judgements teach about one brand; a story counts once, in the order of the mentions."""
    return Learnt(_words(judged), _bounds(judged), len(judged))


def _words(judged: Sequence[Judged]) -> dict[str, Share]:
    blame: defaultdict[str, float] = defaultdict(float)
    corrections: defaultdict[str, int] = defaultdict(int)
    for label, sentiment in judged:
        faithful = {key(word.text): word.weight for word in sentiment.words if _is_faithful(word)}
        wrong = (
            [] if sentiment.label == label else [w for w, weight in faithful.items() if _errs(weight, label)]
        )
        for word in wrong:
            blame[word] += 1 / len(wrong)
            corrections[word] += 1
        for word, weight in faithful.items():
            if label != "neutral" and not _errs(weight, label):
                blame[word] -= 1
    return {
        word: Share(round(max(0.0, 1 - share / _SILENT_AFTER), 2), corrections[word])
        for word, share in sorted(blame.items())
        if share > 0
    }


def _is_faithful(word: Word) -> bool:
    return word.weight != 0 and _FAITHFUL.issuperset(word.rule.split(", "))


def _errs(weight: float, label: Label) -> bool:
    return label == "neutral" or (weight < 0) == (label == "positive")


def _bounds(judged: Sequence[Judged]) -> Bounds:
    pairs = [(one.label, one.sentiment.score) for one in judged]
    agreed = sum(one.label == one.sentiment.label for one in judged)
    if len(pairs) < _FEWEST or agreed < _AGREED * len(pairs):
        return USUAL
    told: list[tuple[Label, Label]] = []
    for fold_number in range(_FOLDS):
        best = _best([pair for at, pair in enumerate(pairs) if at % _FOLDS != fold_number])
        told += [(label, _label(score, best)) for label, score in pairs[fold_number::_FOLDS]]
    before = [(label, _label(score, USUAL)) for label, score in pairs]
    gains = _macro(told) >= _macro(before) + _GAIN
    return _best(pairs) if gains and _recall(told) >= _recall(before) - _LOSS else USUAL


def _best(pairs: Sequence[tuple[Label, float]]) -> Bounds:
    """The bounds with the highest macro-F1, the usual ones where nothing is better."""
    candidates = [USUAL, *((lower, upper) for lower in _LOWER for upper in _UPPER)]
    return max(
        candidates, key=lambda bounds: _macro([(label, _label(score, bounds)) for label, score in pairs])
    )


def _label(score: float, bounds: Bounds) -> Label:
    return "negative" if score < bounds[0] else "positive" if score > bounds[1] else "neutral"


def _macro(told: Sequence[tuple[Label, Label]]) -> float:
    """The mean of the labels' F1."""
    total = 0.0
    for label in _LABELS:
        said = sum(ours == label for _, ours in told)
        true = sum(theirs == label for theirs, _ in told)
        both = sum(pair == (label, label) for pair in told)
        total += 2 * both / (said + true) if both else 0.0
    return total / len(_LABELS)


def _recall(told: Sequence[tuple[Label, Label]]) -> float:
    negative = [ours for theirs, ours in told if theirs == "negative"]
    return sum(ours == "negative" for ours in negative) / len(negative) if negative else 1.0
