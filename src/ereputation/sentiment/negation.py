"""Negation: what it turns over, what it makes of neutral verbs, what it leaves when it hits nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ereputation.sentiment import grammar
from ereputation.sentiment.reading import Hit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ereputation.sentiment.reading import Reading
    from ereputation.sentiment.tokens import Tokens

_PRAISE = -0.7
"""What is left of praise: "pas bon" is a little milder than "mauvais"."""
_BLAME = -0.55
_SUPERLATIVE = 1.2
_PLAIN = frozenset(("sans", "without", "ni"))
"""Idle, they only describe: "un magasin sans caisse"."""
_ARTICLES = frozenset(("a", "un", "une", "de", "d'"))
_FORWARD = 5
_BACKWARD = 3
_RESIDUE = -0.3
"""A negation that met no known word; the knob of sensitivity (airline complaints: recall .71 -> .79)."""


def apply(reading: Reading, denial: range) -> None:
    """Turn over negated words, count negated functional verbs, let idle negations weigh a little."""
    words = reading.tokens.words
    for at in reading.negators:
        if at in reading.covered or at in denial or not _negates(reading, at):
            continue
        following = words[at + 1] if at + 1 < len(words) else ""
        if following in grammar.NOT_NEGATING_BEFORE or (words[at] == "sans" and following == "doute"):
            continue
        hit_forward = _forward(reading, at)
        hit_backward = False
        if at and words[at] in grammar.BACKWARD_NEGATORS and not (hit_forward and words[at] == "rien"):
            hit_backward = _backward(reading, at)
        if not hit_forward and not hit_backward and words[at] not in _PLAIN:
            tokens = reading.tokens
            reading.extra.append(
                Hit(
                    at,
                    tokens.starts[at],
                    tokens.end(at),
                    _RESIDUE,
                    "",
                    words[at],
                    "negation",
                    rules=("negation",),
                )
            )


def _negates(reading: Reading, at: int) -> bool:
    """French "plus" and "personne" negate after "ne", "plus" also after a functional verb at the end ("répond plus.")."""
    words = reading.tokens.words
    if words[at] not in {"plus", "personne"}:
        return True
    if not grammar.NE.isdisjoint(words[max(0, at - 4) : at]):
        return True
    if words[at] == "personne":
        return False
    following = words[at + 1] if at + 1 < len(words) else "."
    return at - 1 in reading.functional and (
        not following[0].isalpha() or following in {"depuis", "du", "et", "mais", "rien"}
    )


def _forward(reading: Reading, at: int) -> bool:
    words, sentences = reading.tokens.words, reading.tokens.sentences
    done = False
    for place in range(at + 1, min(len(words), at + 1 + _FORWARD)):
        word = words[place]
        if sentences[place] != sentences[at] or word in grammar.CONTRASTS:
            break
        if word in {",", ":"} or (place > at + 1 and word in grammar.SCOPE_ENDS):
            break
        hit = reading.hits[place]
        if hit:
            if _is_superlative(words, at, place + hit.size) or _has_no_better(words, at, place):
                hit.scale(_SUPERLATIVE, "intensified")
            else:
                _turn(reading, hit)
            done = True
            if words[at] not in {"sans", "ni"}:
                break
        elif not done and _complaint(reading, place, at):
            return True
    return done


def _is_superlative(words: Sequence[str], at: int, place: int) -> bool:
    """Whether the negator only heightens what it precedes: "jamais vu un accueil aussi froid", "never been so well treated"."""
    return words[at] in {"jamais", "never"} and not grammar.DEGREES.isdisjoint(words[at + 1 : place])


def _has_no_better(words: Sequence[str], at: int, place: int) -> bool:
    """Nothing surpasses it: "there isn't a better soap", "pas de meilleur accueil"."""
    return words[place] in grammar.BETTER and not _ARTICLES.isdisjoint(words[at + 1 : place])


def _backward(reading: Reading, at: int) -> bool:
    words, sentences = reading.tokens.words, reading.tokens.sentences
    with_ne = any(word in grammar.NE for word in words[max(0, at - 5) : at])
    for place in range(at - 1, max(0, at - _BACKWARD) - 1, -1):
        if sentences[place] != sentences[at] or words[place] in grammar.NE:
            return False
        if place < at - 1 and not with_ne:
            return False
        hit = reading.hits[place]
        if hit and not hit.negated and (with_ne or hit.weight > 0 or hit.category):
            _turn(reading, hit)
            return True
        if _complaint(reading, place, at):
            return True
    return False


def _turn(reading: Reading, hit: Hit) -> None:
    hit.scale(_PRAISE if hit.weight > 0 else _BLAME, "negated")
    hit.negated = True
    reading.functional.discard(hit.token)


def _complaint(reading: Reading, place: int, negator: int) -> bool:
    """A functional word beside a negator becomes a complaint ("marche pas", "never arrived"), or praise ("no queue")."""
    if place not in reading.functional:
        return False
    tokens = reading.tokens
    entry = reading.meanings[place].functional
    if entry is None:
        return False
    first, last = min(place, negator), max(place, negator)
    reading.hits[place] = Hit(
        place,
        tokens.starts[first],
        tokens.end(last),
        entry.weight,
        entry.category or ("service" if entry.weight < 0 else ""),
        " ".join(tokens.words[first : last + 1]),
        "functional",
        rules=("functional",),
    )
    reading.functional.discard(place)
    return True


def weaken(reading: Reading) -> None:
    """Praise after "peu" or "moins", or in a wish or a condition, is little or no praise."""
    words = reading.tokens.words
    for hit in reading.standing():
        if hit.kind != "word" or hit.weight <= 0:
            continue
        place = hit.token
        lessening = next((at for at in range(max(0, place - 2), place) if _lessens(words, at)), None)
        if lessening is not None:
            hit.scale(-0.8 if words[lessening] == "peu" else -0.5, "diminished")
        elif not hit.negated:
            before = words[max(0, place - 5) : place]
            if hit.text in grammar.BETTER and not grammar.WANTS.isdisjoint(before):
                hit.scale(-0.5, "wish")
            elif _is_past(words, place):
                hit.scale(-0.6, "past")
            elif not grammar.DESIRES.isdisjoint(before):
                hit.scale(-0.4, "wish")
            elif not grammar.UNREAL.isdisjoint(before):
                hit.scale(0.25, "wish")


def _is_past(words: Sequence[str], at: int) -> bool:
    """The praise is of former days: "used to be great", "was fun at first", "avant c'était bien"."""
    before, after = words[max(0, at - 5) : at], words[at + 1 : at + 5]
    if ("used", "to") in pairwise(before):
        return True
    if grammar.WAS.isdisjoint(before[-3:]):
        return False
    around = (*before, *after)
    return not grammar.THEN.isdisjoint(around) or not grammar.THEN_PAIRS.isdisjoint(pairwise(around))


def spoil(reading: Reading) -> None:
    """Take the praise out of the verb before "mal": "dépanne mal"."""
    words = reading.tokens.words
    for at in range(1, len(words)) if "mal" in reading.tokens.distinct else ():
        hit = reading.hits[at - 1]
        if words[at] == "mal" and hit and hit.weight > 0 and hit.size == 1 and not hit.own:
            hit.scale(0.0, "negated")


def _lessens(words: list[str], at: int) -> bool:
    if words[at] == "peu":
        return not (at and words[at - 1] == "un")
    return words[at] in {"moins", "less", "moyennement"}


def denied(tokens: Tokens) -> range:
    """The tokens of the first "on ne peut pas dire", "don't think"; empty without one."""
    possible = [denial for denial in grammar.DENIALS if tokens.distinct.issuperset(denial)]
    starts = {denial[0] for denial in possible}
    for at, word in enumerate(tokens.words if possible else ()):
        for denial in possible if word in starts else ():
            if tuple(tokens.words[at : at + len(denial)]) == denial:
                return range(at, at + len(denial))
    return range(0)


def deny(reading: Reading, denial: range) -> None:
    """Turn over what follows "on ne peut pas dire que..." in its sentence."""
    if not denial:
        return
    sentences = reading.tokens.sentences
    for place in range(denial.stop, len(sentences)):
        if sentences[place] != sentences[denial.start]:
            return
        hit = reading.hits[place]
        if hit:
            hit.scale(-0.8, "denied")
        else:
            _complaint(reading, place, place)
