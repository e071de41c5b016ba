"""What makes a word weigh more or less: intensifiers, contrast, concession, capitals."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from ereputation.sentiment import grammar

if TYPE_CHECKING:
    from ereputation.sentiment.reading import Reading
    from ereputation.sentiment.tokens import Tokens

_BEFORE_CONTRAST = 0.5
_AFTER_CONTRAST = 1.4
_IMPLIED = -0.4
_SOMETHING = 4
"""Words behind a "but" that say something."""
_MOST_CONTRASTS = 8
"""More in one sentence change nothing: it is a list."""
_CONCEDED, _CONCEDED_LATE = 0.35, 0.9
"""What is conceded first is little; behind the main clause it is an objection: "handy, although it crashes"."""
_CAPITALS = 1.25
_SUPERLATIVE = 1.4
_THE = frozenset(("le", "la", "les"))


def intensify(reading: Reading) -> None:
    """Weigh "très bon" more and "un peu lent" less: the two words before count, the second of them less."""
    tokens, hits = reading.tokens, reading.hits
    for hit in reading.standing():
        if hit.kind != "word":
            continue
        at = hit.token
        factor = 1.0
        for distance, share in ((1, 1.0), (2, 0.6)):
            place = at - distance
            if place >= 0 and tokens.clauses[place] == tokens.clauses[at] and not hits[place]:
                factor *= 1 + (reading.meanings[place].intensity - 1) * share
        if at >= 2 and tokens.words[at - 2] == "un" and tokens.words[at - 1] == "peu":
            factor = 0.7
        if at >= 2 and tokens.words[at - 1] == "plus" and tokens.words[at - 2] in _THE:
            factor = _SUPERLATIVE
        if factor != 1.0:
            hit.scale(factor, "intensified" if factor > 1 else "diminished")


def contrast(reading: Reading) -> None:
    """What follows "mais" or "but" counts more than what precedes it in the sentence."""
    tokens = reading.tokens
    at_places = sorted({*reading.contrasts, *_pairs(tokens, grammar.CONTRAST_PAIRS), *_since(tokens)})
    for _, group in groupby(at_places, key=lambda place: tokens.sentences[place]):
        places = list(group)[:_MOST_CONTRASTS]
        low, high = _sentence(reading, places[0])
        implied = len(places) == 1 and _implies(reading, places[0], low, high)
        for place in range(low, high):
            hit = reading.hits[place]
            if hit and implied and not hit.own:
                hit.scale(_IMPLIED, "contrast")
            elif hit:
                after = sum(at > place for at in places)
                hit.scale(_BEFORE_CONTRAST**after * _AFTER_CONTRAST ** (len(places) - after), "contrast")


def _implies(reading: Reading, at: int, low: int, high: int) -> bool:
    """All that weighs stands before the "but": what follows is meant to outdo it, in words nobody listed."""
    hits, words = reading.hits, reading.tokens.words
    return (
        words[at] in grammar.OBJECTIONS
        and any(hit and not hit.negated for hit in hits[low:at])
        and not any(hits[at:high])
        and sum(word[0].isalpha() for word in words[at + 1 : high]) >= _SOMETHING
    )


def concede(reading: Reading) -> None:
    """What "malgré" or "although" opens counts little, up to the end of its clause or to a word of the other sign."""
    tokens = reading.tokens
    opened = _places(tokens, grammar.CONCESSIONS)
    last_clause = -1
    for at in sorted({*opened, *_pairs(tokens, grammar.CONCESSION_PAIRS)}):
        if tokens.clauses[at] == last_clause:
            continue
        last_clause = tokens.clauses[at]
        opens = not at or tokens.sentences[at - 1] != tokens.sentences[at] or tokens.words[at - 1] in ".!?\n"
        sign = 0.0
        for place in range(at + 1, len(tokens)):
            hit = reading.hits[place]
            if tokens.clauses[place] != last_clause or (hit and hit.weight * sign < 0):
                break
            if hit:
                sign = hit.weight
                hit.scale(_CONCEDED if opens else _CONCEDED_LATE, "conceded")


def capitals(reading: Reading) -> None:
    """A word in capitals in a text that is not."""
    tokens = reading.tokens
    loud = [
        hit
        for hit in reading.standing()
        if hit.size == 1 and hit.end - hit.start > 2 and tokens.as_written(hit.token).isupper()
    ]
    if loud and not tokens.shouted:
        for hit in loud:
            hit.scale(_CAPITALS, "capitals")


def _since(tokens: Tokens) -> list[int]:
    """The "now" of "before it was good, now it is not"."""
    before = _places(tokens, grammar.ONCE)[:1]
    return [at for at in _places(tokens, grammar.NOW) if at > before[0]] if before else []


def _places(tokens: Tokens, listed: frozenset[str]) -> list[int]:
    if listed.isdisjoint(tokens.distinct):
        return []
    return [at for at, word in enumerate(tokens.words) if word in listed]


def _pairs(tokens: Tokens, pairs: frozenset[tuple[str, str]]) -> list[int]:
    if not any(map(tokens.distinct.issuperset, pairs)):
        return []
    return [at for at, pair in enumerate(pairwise(tokens.words)) if pair in pairs]


def _sentence(reading: Reading, at: int) -> tuple[int, int]:
    sentences = reading.tokens.sentences
    low = high = at
    while low and sentences[low - 1] == sentences[at]:
        low -= 1
    while high < len(sentences) and sentences[high] == sentences[at]:
        high += 1
    return low, high
