"""What somebody fights, ends, repairs or escapes is hardly held against them: "lutte contre la fraude", "strike ends"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation.sentiment import grammar
from ereputation.sentiment.grammar import listed
from ereputation.sentiment.reading import EVENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ereputation.sentiment.reading import Reading

_LEFT = -0.2
"""Share of the blame, turned over: not blame any more, and by itself not praise either."""
_BEFORE, _AFTER = 5, 3
"""Tokens between the trouble and what remedies it."""


def _forms(words: str) -> frozenset[str]:
    """Words between bars, as a set: ``fini`` with ``e?s?`` at its end stands for its four forms."""
    return frozenset(
        word.removesuffix("e?s?") + ending
        for word in words.split("|")
        for ending in (("", "e", "s", "es") if word.endswith("e?s?") else ("",))
    )


_FIGHTS = _forms(
    "fights|fought|fighting|combats|tackles|tackling|curbs|curbing|cuts|reduces|reduced|reducing|lowers|prevents|prevented|"
    "preventing|ends|ended|fixes|fixed|patches|patched|solves|solved|resolves|resolved|eliminates|eliminated|eradicates|"
    "detects|reverses|reversed|helps|helped|assists|assisted|rescues|rescued|aide|aident|secourt|secourent|soulage|blocks|escapes|escaped|dodges|avoids|avoided|averts|averted|survives|cleared|acquitted|off|"
    "lutte|luttent|combat|combattent|reduit|reduisent|reduire|diminue|diminuent|limite|limitent|previent|previennent|evite|evitent|"
    "fin|elimine|eliminent|eradique|corrige|corrigent|corrigee?s?|resout|resolvent|repare|reparent|detecte|detectent|echappe|"
    "echappent|surmonte|surmontent|anti|blanchie?s?|relaxee?s?|acquittee?s?|contre|against"
)
_NEED_A_PARTNER = {
    "contre": listed(
        "lutte luttent lutter engage engagent mobilise mobilisent protege protegent assurance plan campagne mesures combat"
    ),
    "against": listed(
        "fights fight fighting fought protects protect protecting insurance campaign measures stands"
    ),
    "off": listed("call calls called"),
    "fin": listed("met mettent mis mettre"),
    "over": listed("is are was finally now officially it's"),
}
"""Words that remedy only beside one of these."""
_OVER = _forms(
    "over|ends|averted|lifted|resolved|fixed|solved|sorted|terminee?s?|finie?s?|levee?s?|evitee?s?|resolue?s?|reparee?s?|"
    "retablie?s?|reglee?s?|suspendue|oubliee?s?"
)
_REMEDIES = _FIGHTS | _OVER


def apply(reading: Reading) -> None:
    """Lift the blame of troubles that are remedied in their clause."""
    words = reading.tokens.words
    if _REMEDIES.isdisjoint(reading.tokens.distinct):
        return
    negators = set(reading.negators)
    for hit in reading.standing():
        at = hit.token
        if (
            hit.weight >= 0
            or hit.own
            or hit.category == EVENT
            or hit.kind in {"functional", "duration", "negation"}
        ):
            continue
        if _fought(words, at, reading.tokens.clauses, negators) or _ended(
            words, at, at + hit.size, reading.tokens.clauses, negators
        ):
            hit.scale(_LEFT, "remedied")


def _fought(words: Sequence[str], at: int, clauses: Sequence[int], negators: set[int]) -> bool:
    for place in range(at - 1, max(0, at - _BEFORE) - 1, -1):
        if clauses[place] != clauses[at] or place in negators:
            return False
        if words[place] in _FIGHTS:
            return _has_partner(words, place) and _is_told(words, place, negators)
    return False


def _ended(words: Sequence[str], at: int, end: int, clauses: Sequence[int], negators: set[int]) -> bool:
    for place in range(end, min(len(words), end + _AFTER)):
        if clauses[place] != clauses[at] or place in negators:
            return False
        if words[place] in _OVER:
            return _has_partner(words, place) and _is_told(words, place, negators)
    return False


def _has_partner(words: Sequence[str], at: int) -> bool:
    partners = _NEED_A_PARTNER.get(words[at])
    return partners is None or not partners.isdisjoint(words[max(0, at - 4) : at])


def _is_told(words: Sequence[str], at: int, negators: set[int]) -> bool:
    """As a fact: not denied, asked for or commanded."""
    before = words[max(0, at - 3) : at]
    return (
        bool(before)
        and grammar.WANTS.isdisjoint(before)
        and negators.isdisjoint(range(at - 3, at))
        and before[-1] not in {"to", "de", "d'", "a", "pour"}
    )
