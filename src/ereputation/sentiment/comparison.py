"""Comparisons and changes of provider: "X mieux que Y", "passé de X à Y", "unlike X", "X > Y", "sans X"."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from ereputation.sentiment.marks import holds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ereputation.sentiment.reading import Hit
    from ereputation.sentiment.roles import Mention
    from ereputation.sentiment.tokens import Tokens

_OUTDONE = -2.0
_CHOSEN_FOR = 2.0
_OUTDOING = 1.6
_LESS_BAD = 1.2
_UNLIKE = -0.8
"""Share of what a sentence says, for the brand it sets apart."""

_THE = r"(?:chez |de |du |d'|la |le |les |l'|the |my |our |mon |ma |mes |notre |nos |an? |une? |@|#){0,2}$"
_LEFT_BEHIND = re.compile(
    rf"(?P<left>\b(?:quitte|quitter|parti(?:e|s)? de|fui|lache|passee?s? de|resilie chez|switched from|moved from|went from|ahead of|"
    r"loin devant|left|leaving|ditched|ditching|dropped|dropping|quit|quitting|resilie|quittons|quittez|"
    r"better than|mieux que|meilleure?s? que|superieur a|bat|battu|devance|surpasse|(?<!nothing )(?<!nobody )(?<!one )beats|"
    r"prefere?\w{0,3} [^.,;!?\n]{1,30} (?:a|to|over)|stop(?:ped)? using|gave up on|arrete|arretent|abandonne|"
    rf"(?<!can't )(?<!cannot )(?<!hard to )beat|outperforms|outsells)|\w ?>{{1,20}})\s{{1,3}}{_THE}|"
    rf"\bpassee?s? d'$|\b(?P<worse>pire que|worse than)\s{{1,3}}{_THE}"
)
_CHOSEN = re.compile(
    r"(?:\b(?:(?:went|go|going|gone|came|switch\w{0,3}) back to|(?:retourne|revenu|reviens|reste|fidele)\w{0,2} (?:chez|a)|stick(?:ing)? with|"
    r"prefer(?:e|es|ent|ons|er|s)?(?: largement| nettement| encore| much)?|"
    r"switch(?:ed|ing|e)? (?:back |over )?to|(?:i|we|i've|we've|i'm|we're|just|have|and) mov(?:ed|ing) (?:back |over )?to|(?:suis|est|sommes|sont|etes|etais|vais|va|allons|vont) (?:passee?s?|passer|partie?s?|partir) chez|"
    r"(?:quitte|lache|resilie|abandonne|laisse tomber|plaque|delaisse|troque|remplace|large|left|leaving|ditch|drop|swap|"
    r"trad|cancel|dump|arret|replac|swapp|exchang|switch)\w{0,4} [^.,;!?\n]{1,40} (?:pour|par|for|with|"
    r"et (?:je |on |nous )?(?:garde|gardons|passe a|prends|reste chez|reste a|vais chez)|and (?:keep|keeping|switched to|stick(?:ing)? with))|"
    r"(?:return|rend|renvoy)\w{1,4} [^.,;!?\n]{1,40} (?:and (?:bought|got|ordered|took)|et (?:j'ai |je )?(?:pris|achete|commande))|"
    r"(?:plutot que|au lieu de|instead of|rather than) [^.,;!?\n]{1,40}, (?:prenez|choisissez|allez|optez pour|essayez|go with|go|try|use|get|pick)|"
    r"(?:arrete|quitte|resilie|laisse|lache)\w{0,3} [^.;!?\n]{1,40}, (?:je |on )?(?:vais|suis|passe|reste|va) (?:maintenant |plutot )?(?:chez|a|sur)|"
    r"(?:passe|migre|parti|switch|mov|chang|went|going|came)\w{0,4}(?: over)? (?:de |d'|du |from )[^.,;!?\n]{1,40} "
    rf"(?:a|chez|vers|to))|\w ?<{{1,20}})\s{{1,3}}{_THE}"
)
_PREFERRED = re.compile(r"\s?>{1,20}\s?\w")
_PICKS = re.compile(
    rf"\b(?:take|took|pick|picked|choose|chose|prefer|have|want|recommend)\b(?P<x> [^.,;!?\n]{{1,40}} over)?\s{{1,3}}{_THE}"
)
_BEATS = re.compile(
    r"\s{1,3}(?:\w{1,12}\s)?(?:devance|bat|surpasse|ecrase|detrone|enterre|depasse|coiffe|beats?|overtakes|outsells|outperforms|outshines|trumps|crushes|tops|edges) "
    r"(?:out |past |largement |nettement |de loin |tous |all )?(?!les attentes|les bornes|limites)"
)
_BUT_THIS = re.compile(
    rf"\b(?:any(?:where|one|thing|body) (?:else )?but|(?:n'importe (?:qui|quoi|ou)|tout|tous) sauf|ailleurs que|autre chose que)\s{{1,3}}(?:at |with |on )?{_THE}"
)
_NOT_IT = re.compile(
    r"\s{1,3}(?:jamais|never|non|pas|not|nope|elle non|lui non|not once)\s{0,3}(?:[.!?;\n]|$)"
)
"""Denied of this one what was said of the other: "mon X tombait en panne, mon Y jamais"."""
_OVER = re.compile(r"\s{1,3}(?:over|rather than|plutot que|a la place de|instead of)\s")
_SWAPPED = re.compile(
    rf"\b(?:replac|swapp|exchang|trad|troqu|remplac|return|rend|renvoy)\w{{1,4}}(?: in)?\s{{1,3}}{_THE}"
)
_FOR = re.compile(
    r"[^.,;!?\n]{0,12}\b(?:with|for|by|par|pour|contre|and (?:bought|got|ordered|took|went with)|et (?:j'ai |je |on a )?(?:pris|achete|commande))\s"
)
_RATHER = re.compile(rf"\b(?:plutot que|au lieu de|instead of|rather than)\s{{1,3}}{_THE}")
_TAKE = r", (?:prenez|choisissez|allez chez|allez voir|optez pour|essayez|go with|go to|go for|try|use|get|pick)\b"
_THEN_TAKE = re.compile(rf"[^.,;!?\n]{{0,12}}{_TAKE}")
_BETTER = re.compile(r"better|mieux|meilleur|superieur")
_NOTHING = re.compile(
    r"\b(?:pas(?: fait| vu| trouve)?|rien(?: de)?|nothing|aucun\w?|jamais(?: vu| fait)?|never (?:had|seen|tried)|y a pas)\s{1,3}$"
)
_NO_OTHER = re.compile(
    r"\b(?:isn't|aren't|is no|are no|there's no|y a pas|pas de|aucune?|nothing(?: is)?|nobody(?: is)?|personne n'est|rien n'est|rien de)\b[^.!?\n]{0,24}$"
)
_MEASURED = re.compile(
    rf"\b(?:compared (?:with|to)|next to|a cote de|comparee?s? (?:a|avec)|par rapport a|versus|vs\.?|derriere|behind|face a)\s{{1,3}}{_THE}"
)
_SET_APART = re.compile(
    rf"\b(?:unlike|contrairement a|a la difference|a l'inverse|pas comme|not like|nothing like|(?:le |tout le )?contraire|"
    rf"(?:the )?(?:exact |complete |very )?opposite of|rien a voir avec|aux antipodes)\s{{1,3}}{_THE}"
)
_WITHOUT = re.compile(
    r"\b(?:sans|without)\s{1,3}(?:(?:le |l'|les |the )(?:geste|aide|intervention|soutien|equipes?|help|support|staff) (?:of )?)?"
    rf"(?:d'|du )?{_THE}"
)
_BUT = re.compile(r"\b(?:mais|but|sauf que|et c'est pire|except|bad idea|mauvaise idee)\b")
_UNREAL = re.compile(r"\b(?:serai|aurai|pourrai|would|we'd|i'd|might|could)")
_THAN = re.compile(
    rf"\b(?:plus|moins|more|less|way|much|far|a lot)\b[^.,;!?\n]{{1,40}}\b(?:(?:que|than)\s{{1,3}}|qu'\s?)(?:cel(?:ui|le|les) |ceux |those |that )?(?:of |at )?{_THE}|"
    rf"\b(?:better|faster|cheaper|nicer|easier|smoother|safer|friendlier|comfier|tastier|kinder|quicker|cleaner)\b[^.,;!?\n]{{0,24}}\bthan\s{{1,3}}"
    rf"(?:those |that )?(?:of |at |from )?{_THE}"
)
_SURPASSES = re.compile(
    r"[^.,;!?\n]{0,24}\b(?:comfier|tastier|roomier|healthier|handier|happier|better|nicer|friendlier)\b[^.,;!?\n]{0,24}\bthan\b"
)
_REGRET = re.compile(
    r"(?<!aucun )(?<!sans )(?<!zero )(?<!no )\b(?:regret\w{0,5}(?! pas| rien)\b|grave erreur|grosse erreur|big mistake|worst decision|"
    r"huge mistake|wish i(?:'d| had) never|wish i hadn't|should(?:n't| never) have|should have stayed|aurais du rester|pire decision)"
)
_REGRETS = (
    "regret", "grave erreur", "grosse erreur", "big mistake", "worst decision", "huge mistake", "wish i",
    "shouldn't have", "should never have", "should have stayed", "aurais du rester", "pire decision",
)  # fmt: skip
_NOT_REGRETTED = re.compile(r"\b(?:ne|n'|don't|dont|didn't|never|not|jamais|pas)\b[^.!?\n]{0,12}$")
_WINDOW = 72
"""Characters before a name in which such words may stand."""


class Weights:
    """What stands where, before it is shared out among the brands."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        ordered = sorted(hits, key=lambda hit: hit.start)
        self._starts = [hit.start for hit in ordered]
        self._sums = [0.0, *accumulate(hit.weight for hit in ordered)]

    def between(self, start: int, end: int) -> float:
        """The sum between two positions of the folded text."""
        return self._sums[bisect_left(self._starts, end)] - self._sums[bisect_left(self._starts, start)]


def compared(tokens: Tokens, mentions: Sequence[Mention], weights: Weights, total: float) -> float:
    """The total after what the text compares: to be left or outdone is blame, to be chosen praise."""
    text = tokens.text
    regretted = _regretted(text)
    for mention in sorted(mentions, key=lambda mention: not mention.ours):
        before = text[max(0, mention.start - _WINDOW) : mention.start]
        ours = mention.ours
        change = _decided if ours else _gained
        left = _LEFT_BEHIND.search(before)
        if left and left["worse"]:
            total += _LESS_BAD if ours else -_LESS_BAD
        elif _CHOSEN.search(before):
            if not (ours and _disappointing(text, mention.end, weights)):
                total = change(total, won=ours != regretted)
        elif left:
            unsurpassed = _NOTHING.search(before[: left.start()]) and _BETTER.match(left[0])
            total = change(total, won=ours == (regretted or unsurpassed is not None))
        elif surpassed := _surpassed(text, before, mention.start, weights):
            total = change(total, won=ours == (surpassed == "never"))
        elif ours and (weighed := _measured(tokens, mention, before, weights)):
            total = -0.8 * weighed
        elif ours:
            total = _set_apart(tokens, mention, before, weights, total)
    return total


def _decided(total: float, *, won: bool) -> float:
    """Praise or blame of the brand itself, whatever the reasons given say."""
    return abs(total) * 0.5 + _CHOSEN_FOR if won else -abs(total) * 0.5 + _OUTDONE


def _gained(total: float, *, won: bool) -> float:
    """What the brand wins or loses by what happens to a rival."""
    return total + (_OUTDOING if won else -_OUTDOING)


def _set_apart(tokens: Tokens, mention: Mention, before: str, weights: Weights, total: float) -> float:
    """What "contrairement à X", "sans X" and "X > Y" make of the total of X."""
    text = tokens.text
    if _SET_APART.search(before):
        return _UNLIKE * weights.between(*_sentence(tokens, mention.token))
    if _WITHOUT.search(before) and _UNREAL.search(text, mention.end, mention.end + _WINDOW):
        return _decided(total, won=True)
    picks = _PICKS.search(before)
    if picks and (picks["x"] or _OVER.match(text, mention.end)):
        return _decided(total, won=not picks["x"])
    if _NOT_IT.match(text, mention.end):
        return _UNLIKE * weights.between(_sentence(tokens, mention.token)[0], mention.start)
    if _BUT_THIS.search(before):
        return _decided(total, won=False)
    if _BEATS.match(text, mention.end):
        return _decided(total, won=True)
    if _RATHER.search(before) and _THEN_TAKE.match(text, mention.end):
        return _decided(total, won=False)
    if _SWAPPED.search(before) and _FOR.match(text, mention.end):
        return _decided(total, won=False)
    if _PREFERRED.match(text, mention.end) or _SURPASSES.match(text, mention.end):
        return _decided(total, won=True)
    return total


def _measured(tokens: Tokens, mention: Mention, before: str, weights: Weights) -> float:
    """What the sentence says of the one that is measured against the brand: "tiny compared with X"."""
    match = _MEASURED.search(before)
    if match is None:
        return 0.0
    return weights.between(_sentence(tokens, mention.token)[0], mention.start - len(before) + match.start())


def _disappointing(text: str, end: int, weights: Weights) -> bool:
    """The choice is followed by a "but" and blame."""
    match = _BUT.search(text, end, end + _WINDOW)
    return match is not None and weights.between(match.end(), match.end() + _WINDOW) < 0


def _surpassed(text: str, before: str, start: int, weights: Weights) -> Literal["", "by another", "never"]:
    """Praise before "que" or "than" is praise of the other: "plus réactif que X", "handled it way better than X".

    Unless there is no other: "there isn't a better soap than X".
    """
    match = _THAN.search(before)
    if match is None:
        return ""
    praised = start - len(before) + match.start()
    if weights.between(praised, start) <= 0:
        return ""
    return "never" if _NO_OTHER.search(text[max(0, praised - _WINDOW) : praised]) else "by another"


def _regretted(text: str) -> bool:
    """A change of provider somebody is sorry for."""
    match = _REGRET.search(text) if holds(text, _REGRETS) else None
    return match is not None and not _NOT_REGRETTED.search(
        text[max(0, match.start() - _WINDOW) : match.start()]
    )


def _sentence(tokens: Tokens, token: int) -> tuple[int, int]:
    """Where the sentence of a token begins and ends in the folded text."""
    sentence = tokens.sentences[token]
    low, high = bisect_left(tokens.sentences, sentence), bisect_right(tokens.sentences, sentence) - 1
    return tokens.starts[low], tokens.end(high)
