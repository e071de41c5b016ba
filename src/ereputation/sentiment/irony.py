"""Irony: the praise people borrow for a complaint ("Bravo", "Merci", "Great") turns against its target."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ereputation.sentiment import grammar, marks
from ereputation.sentiment.reading import EVENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ereputation.sentiment.reading import Hit, Reading

_SIGNS = re.compile(r"(?:^|\s)/s\b|🙄|🤡|👏|#\s?ironie|comme d'hab")
_TROUBLE = re.compile(
    r"\b(?:encore (?:un|une|du|de la|des|en|pas|\d)|une fois de plus|alors que|au lieu de|comme d'hab|another|yet again|"
    r"(?<!you )(?<!thanks )again\b(?! and)|instead of|once more|as usual|as per usual|still no|toujours pas)"
)
"""Beside it, praise that stands alone ("Génial.", "Great, another ...") is not meant."""
_HARDSHIP = re.compile(
    r"\s(?:(?:de |d'|a )?(?:attendre|poireauter|patienter|payer|repayer|courir|galerer|dormir|me faire|nous faire|se faire|devoir|etre oblige\w*|"
    r"faire la queue|passer (?:ma|mes|la|une|des|mon) \w{3,9} (?:au|a|sur|dans))|"
    r"(?:to )?(?:wait|queue|pay|be (?:ignored|ripped|charged|overcharged|stranded|stuck))\b|"
    r"waiting|queu(?:e)?ing|paying|standing in|sitting (?:on|in|at)|sleeping (?:on|in|at)|being (?:ignored|stuck|charged|lied|treated|stranded|overcharged|put)|"
    r"having to|getting (?:ignored|ripped|charged|stuck|soaked|hung)|spending (?:my|hours|an hour|the)|talking to (?:a |the )?(?:bot|robot|wall|machine))"
)
"""Nobody enjoys that: "on adore attendre", "love paying twice"."""
_CONDITION = re.compile(
    r"\b(?:as long as you(?: don't|'re not| never)|provided you(?: don't| never)|if you (?:like|enjoy|love|fancy) (?!this|these|it\b|them)|"
    r"tant qu(?:'on|e vous|e tu) ne?|a condition (?:de ne|d'aimer|d'avoir|d'etre)|pour qui aime|si (?:vous|on|tu) aime\w{0,2} (?!ca|cela)|"
    r"sauf quand (?:on|vous|tu)|except when you)"
)
_TO_SEE = (["to", "see"], ["to", "hear"], ["to", "know"], ["to", "learn"])
_SO = frozenset(("so", "tellement", "si", "such"))
_THAT = re.compile(r"\s(?:\w{1,12} ){0,2}(?:que |qu'|that )")
_EXCLAIMS = frozenset(("how", "quel", "quelle", "quels", "quelles"))
_CLOSERS = frozenset(
    [
        "charming",
        "classy",
        "genius",
        "cosy",
        "cozy",
        "charmant",
        "charmante",
        "classe",
        "elegant",
        "formidable",
        "brilliant",
        "lovely",
        "splendid",
        "marvellous",
        "fantastique",
    ]
)
"""Alone at the end of a text without other praise they are a comment, and a bitter one: "... dans 9 mois. Formidable."."""
_BOTH_SIDES = grammar.CONTRASTS | grammar.CONCESSIONS
_TURNED = -0.6
_COMPLAINT = 1.8
"""As much blame must stand beside the praise."""
_ALONE = 1.0
"""Less is enough beside praise that is a clause of its own."""
_SINCERE = 1.5
"""With as much other praise the text is meant."""


def apply(reading: Reading) -> None:
    """Turn ironic praise over, when the text complains and does not weigh for and against."""
    hits = reading.all_hits()
    _silence_laughs(hits)
    borrowed = [hit for hit in hits if hit.weight > 0 and not hit.own and _can_be_borrowed(reading, hit)]
    if not borrowed or _weighs_both_sides(reading):
        return
    if sum(hit.weight for hit in hits if _is_plain_praise(reading, hit)) >= _SINCERE:
        return
    blame = -sum(hit.weight for hit in hits if hit.weight < 0 and hit.category != EVENT)
    signed = _SIGNS.search(reading.tokens.text) is not None
    troubled = _TROUBLE.search(reading.tokens.text) is not None
    _turn_conditions(reading, hits)
    lonely = sum(hit.weight > 0 for hit in hits) == 1
    for hit in borrowed:
        if _HARDSHIP.match(reading.tokens.text, hit.end):
            hit.scale(_TURNED, "irony")
            continue
        alone = _stands_alone(reading, hit)
        if alone and lonely and hit.text in _CLOSERS and _closes(reading, hit):
            hit.scale(_TURNED, "irony")
            continue
        opens = blame >= _COMPLAINT and (signed or _opens_a_clause(reading, hit))
        opens = opens or (blame >= _ALONE and _is_exclaimed(reading, hit))
        opens = opens or (alone and (blame >= _ALONE or (troubled and hit.category != "thanks")))
        if opens or (signed and not (hit.kind == "emoji" and blame < 1)):
            hit.scale(_TURNED, "irony")


def _turn_conditions(reading: Reading, hits: Sequence[Hit]) -> None:
    """Turn over praise on a condition nobody wishes for: "perfect, as long as you don't need it", "si efficace qu'il raccroche"."""
    text = reading.tokens.text
    condition = _CONDITION.search(text)
    for hit in hits:
        if hit.weight <= 0 or hit.own:
            continue
        absurd = hit.token and reading.tokens.words[hit.token - 1] in _SO and _THAT.match(text, hit.end)
        if (absurd and any(other.weight < 0 and other.start > hit.start for other in hits)) or (
            condition and hit.start < condition.end()
        ):
            hit.scale(_TURNED, "irony")


def _silence_laughs(hits: Sequence[Hit]) -> None:
    """Beside a complaint "lol" is no praise."""
    blame = sum(hit.weight for hit in hits if hit.weight < 0 and hit.category != EVENT)
    for hit in hits if blame <= -_ALONE else ():
        if hit.weight > 0 and hit.text in grammar.LAUGHS:
            hit.scale(0.0, "irony")


def _can_be_borrowed(reading: Reading, hit: Hit) -> bool:
    words = reading.tokens.words
    if hit.token + 1 < len(words) and words[hit.token + 1] in {"to", "a", "aux", "au"}:
        return words[hit.token : hit.token + 3][1:] in _TO_SEE  # not "thanks to", "merci à l'équipe"
    return hit.text in marks.APPLAUSE if hit.kind == "emoji" else _is_ironic(reading, hit)


def _is_exclaimed(reading: Reading, hit: Hit) -> bool:
    """Said with a how: "how very generous", "quelle belle surprise", "so very glad"."""
    before = reading.tokens.words[max(0, hit.token - 2) : hit.token]
    return bool(before) and (
        before[-1] in _EXCLAIMS
        or before == ["what", "a"]
        or (before[-1] in {"very", "so"} and before[0] in {"how", "so"})
    )


def _is_ironic(reading: Reading, hit: Hit) -> bool:
    return (
        reading.vocabulary is not None
        and hit.kind != "emoji"
        and (reading.vocabulary.is_ironic(hit.text) or _is_exclaimed(reading, hit))
    )


def _is_plain_praise(reading: Reading, hit: Hit) -> bool:
    return hit.weight > 0 and hit.kind != "emoji" and not _is_ironic(reading, hit)


def _weighs_both_sides(reading: Reading) -> bool:
    return not reading.tokens.distinct.isdisjoint(_BOTH_SIDES)


def _closes(reading: Reading, hit: Hit) -> bool:
    """A sentence of its own at the end, behind one of five words or more that says something else."""
    tokens = reading.tokens
    rest = tokens.words[hit.token + hit.size :]
    return (
        hit.token > 5
        and tokens.words[hit.token - 1] in ".!?…\n"
        and not any(word[0].isalnum() for word in rest)
    )


def _opens_a_clause(reading: Reading, hit: Hit) -> bool:
    tokens, at = reading.tokens, hit.token
    return at <= 2 or tokens.words[at - 1] in ".!?;," or tokens.clauses[at] != tokens.clauses[at - 1]


def _stands_alone(reading: Reading, hit: Hit) -> bool:
    """Nothing else in its clause: "Génial.", "great, "."""
    tokens = reading.tokens
    before, after = hit.token - 1, hit.token + hit.size
    opens = (
        before < 0
        or not tokens.words[before][0].isalnum()
        or tokens.words[before] in {"oh", "ah", "well", "et", "and"}
    )
    if before >= 1 and tokens.words[before - 1] == "@":
        opens = True  # "@united great, ..."
    if after < len(tokens) and tokens.words[after] in _PRODUCTS:
        after += 1  # "Brilliant work."
    return opens and (
        after >= len(tokens) or tokens.words[after] in ".,;…!\n" or tokens.words[after] in _CONTINUES
    )


_PRODUCTS = frozenset(("work", "job", "stuff", "service", "effort", "timing", "show", "travail", "boulot"))
_CONTINUES = frozenset(("encore", "another", "yet"))
