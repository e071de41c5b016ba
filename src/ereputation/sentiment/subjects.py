"""Names nobody configured: "SFR est nul, mais Orange m'a dépanné" says nothing bad of Orange.

A capitalised name or a handle with a clause of its own takes what that clause says, when the text sets it against
the brand: by a contrast, or by giving each of them a sentence as its subject.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ereputation.sentiment import grammar
from ereputation.sentiment.grammar import listed
from ereputation.sentiment.marks import holds
from ereputation.sentiment.roles import Mention

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ereputation.sentiment.tokens import Tokens

_CONTRAST = re.compile(
    r"\b(?:mais|par contre|en revanche|alors qu(?:e|')|tandis qu(?:e|')|contrairement|a la difference|heureusement|pourtant|cependant|"
    r"but|while|whereas|unlike|however|though|meanwhile|luckily|thankfully|instead)\b"
)
_LEVEL = re.compile(
    r"\b(?:aussi|too|as well|idem|pareil|non plus|either|neither|itou|egalement)\s{0,3}(?:[.,!?;:)]|$)|\balso\b"
)
"""Puts the brand on a level with the others."""
_LEVELS = (
    "aussi",
    "too",
    "as well",
    "idem",
    "pareil",
    "non plus",
    "either",
    "neither",
    "itou",
    "egalement",
    "also",
)
_VERBS = listed(
    "est sont etait etaient sera seront a ont avait avaient va vont fait font peut peuvent n' ne m' me nous c' s' se lui leur "
    "les y marche propose repond repondent reste offre rembourse livre is are was were isn't wasn't aren't has have had "
    "hasn't haven't does doesn't did didn't do don't can can't cannot could couldn't will won't would wouldn't never "
    "always just still actually at already makes made gets got keeps kept takes took gives gave charges charged "
    "replaced refunded sorted fixed lost sent told delivers delivered works worked answers answered replied treat "
    "treats puts wants opened lets let won't cost costs raises raised cancelled ruined saved abuse abusent augmente "
    "left put came went said paid held sold cut hit broke double baisse refuse ose sait doit dit plante traite traitent continue prend met donne tient sort c'"
)
"""What follows the subject of a clause."""
_VERB_WITHIN = 3
_DETERMINERS = listed(
    "the a an my our your their of some any le la les l' un une des de d' du mon ma mes nos vos leurs"
)
_PREPOSITIONS = listed("chez avec with at from by")
_ARTICLES = listed("avec with at from la le les l' the chez @ # c' est seul seule only it's")
_NO_NAMES = (
    grammar.FRENCH
    | grammar.ENGLISH
    | listed(
        "i i'm i've i'd sav ceo pdg dm tv gps tgv rer ter app wifi ok lol mdr omg wtf eta faq pr vip usb hd covid "
        "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
        "september october november december lundi mardi mercredi jeudi vendredi samedi dimanche france service staff "
        "food customer delivery flight flights crew support price prices quality check everyone everything nothing "
        "someone something nobody people both one two three he's she's it's that's there's what's let's who's here's "
        "ac it id ui pc hs hd pv rdv cb cv ok tva rh cgv boarding luggage bags shipping communication security parking breakfast seats entertainment management internet "
        "agent agents pilot pilots driver seller plane bag line gate wifi hotel room engineer manager rep guy lady man woman "
        "app website site order parcel package phone call email emails bonjour bonsoir hello hi dear cher chere equipe "
        "livraison accueil prix tarif tarifs qualite hier aujourd'hui demain certes ceci ils cela tout tous rien mon"
    )
)
_FEW, _MOSTLY = 4, 0.5
"""With more capitalised words, and a larger share of them, capitals name nothing: a title."""


def strangers(
    tokens: Tokens, taken: Sequence[Mention], segments: Sequence[int], weighing: frozenset[int]
) -> list[Mention]:
    """Names beside the mentions of ``taken`` (the brand and its known rivals) that have a clause of their own.

    ``weighing``: tokens that judge, and so name nobody.
    """
    ours = [mention for mention in taken if mention.ours]
    capitals = _capitals(tokens)
    if not ours or not _may_name(tokens, len(capitals)):
        return []
    held = {segments[mention.token] for mention in taken}
    names = [
        at
        for at in sorted(capitals | _handles(tokens))
        if segments[at] not in held and at not in weighing and _is_name(tokens.words[at])
    ]
    if not names or tokens.shouted or (holds(tokens.text, _LEVELS) and _LEVEL.search(tokens.text)):
        return []
    against = _contrasts(tokens)
    subject = any(_is_subject(tokens, segments, mention) for mention in ours)
    found: list[Mention] = []
    end = -1
    for at in names:
        if at < end:
            continue
        end = at + 1
        while end in capitals:
            end += 1
        judged = not weighing.isdisjoint(range(end, end + _VERB_WITHIN))
        if (judged and _opposed(tokens, at, against)) or _has_a_clause(
            tokens, at, end, against, beside_a_subject=subject
        ):
            found.append(Mention(at, ours=False, start=tokens.starts[at], end=tokens.end(end - 1)))
    return found


def _has_a_clause(
    tokens: Tokens, at: int, end: int, against: Collection[int], *, beside_a_subject: bool
) -> bool:
    sentence = tokens.sentences[at]
    opening = tokens.words[end : end + 1]
    if end == at + 1 and _opens_sentence(tokens, at) and not _DETERMINERS.isdisjoint(opening):
        return False  # "Half the screws were missing"
    is_subject = tokens.words[end - 1].endswith("'s") or any(
        tokens.words[place] in _VERBS or tokens.words[place].endswith("ed")
        for place in range(end, min(end + _VERB_WITHIN, len(tokens)))
        if tokens.sentences[place] == sentence
    )
    introduced = bool(at) and tokens.words[at - 1] in _PREPOSITIONS
    if not is_subject and not introduced and _opens_sentence(tokens, at):
        return False  # "Livraison rapide", "Merci"
    return _opposed(tokens, at, against) or ((is_subject or introduced) and beside_a_subject)


def _opposed(tokens: Tokens, at: int, against: Collection[int]) -> bool:
    """A contrast stands in the sentence, or opens the next one."""
    return tokens.sentences[at] in against or tokens.sentences[at] + 1 in against


@lru_cache(maxsize=1)  # the brands of a text ask one after the other
def _contrasts(tokens: Tokens) -> set[int]:
    """The sentences with a contrast."""
    return {tokens.sentences[tokens.nearest(match.start())] for match in _CONTRAST.finditer(tokens.text)}


@lru_cache(maxsize=1)
def _capitals(tokens: Tokens) -> set[int]:
    """The words that begin with a capital."""
    words, original, origin = tokens.words, tokens.original, tokens.folded.origin
    starts = tokens.starts if origin is None else [origin[start] for start in tokens.starts]
    return {at for at, start in enumerate(starts) if original[start].isupper() and words[at][0].isalpha()}


def _handles(tokens: Tokens) -> set[int]:
    """The words behind an ``@``."""
    words = tokens.words
    if "@" not in tokens.distinct:
        return set()
    return {at for at in range(1, len(words)) if words[at - 1] == "@" and words[at][0].isalpha()}


def _may_name(tokens: Tokens, capitals: int) -> bool:
    if capitals <= _FEW:
        return capitals > 1
    return capitals <= _MOSTLY * sum(word[0].isalpha() for word in tokens.words)


def _is_name(word: str) -> bool:
    return len(word) > 1 and word not in _NO_NAMES and word.removesuffix("'s") not in _NO_NAMES


def _opens_sentence(tokens: Tokens, at: int) -> bool:
    return at == 0 or tokens.sentences[at] != tokens.sentences[at - 1] or tokens.words[at - 1] in ".!?;\n…"


def _is_subject(tokens: Tokens, segments: Sequence[int], mention: Mention) -> bool:
    """The mention opens its part of the sentence and its clause goes on behind it."""
    at, after = mention.token, mention.token
    while at and tokens.words[at - 1] in _ARTICLES:
        at -= 1
    while after < len(tokens) and tokens.starts[after] < mention.end:
        after += 1
    opens = at == 0 or segments[at] != segments[at - 1] or segments[at - 1] != segments[at - 2]
    return (
        opens and after < len(tokens) and tokens.words[after][0].isalpha() and segments[after] == segments[at]
    )
