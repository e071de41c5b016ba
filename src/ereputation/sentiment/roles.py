"""Who does what to whom: mere sources, lists of brands, and verbs whose blame falls on their object."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from ereputation.sentiment.grammar import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ereputation.model import Span
    from ereputation.sentiment.reading import Hit
    from ereputation.sentiment.tokens import Tokens


class Mention(NamedTuple):
    """A place where a name stands. ``token`` is where it begins; positions are of the folded text."""

    token: int
    ours: bool
    start: int
    end: int


_ARTICLE = r"(?:la |le |les |l'|the |@|#)?"
_SOURCE = re.compile(
    rf"(?:\b(?:selon|d'apres|dixit|according to|rapporte|as reported by|reported by|told|source ?:|via)|"
    rf"[»\"”],? ?(?:denonce|declare|affirme|estime|explique|regrette|indique|assure|dit|says|said|claims|warns)|"
    rf"\b(?:accused|sued|slammed|blasted|critici[sz]ed|condemned|denounced|accusee?s?|attaquee?s?|critiquee?s?|denoncee?s?|"
    rf"poursuivie?s?|epinglee?s?)\b[^.!?\n]{{0,40}}\b(?:par|by))\s{{1,3}}{_ARTICLE}$"
)
_SOURCE_WINDOW = 72
_LIST_WORDS = listed(", et and & ou or / le la les l' the puis comme # @ que d' de")
_LONGEST_GAP = 4
"""Tokens between the names of a list."""

_ACCUSATIONS = re.compile(
    r"(?:accus|attaqu|poursui|assign|denonc|critiqu|condamn|sanction|porte plainte|depose plainte|depose une plainte|"
    r"plainte|proces\b|sue[sd]?\b|suing|slam|blast|criti[cq]|condemn|files? (?:a )?lawsuit|filed a lawsuit|lawsuit|boycot|"
    r"fine[sd]\b|prosecut|investigat)"
)
_REACH = 7
"""Tokens within which such a verb has its object."""
_PASSIVE = frozenset(("par", "by"))
_AGAINST = frozenset(("contre", "against", "visant"))


def mention(tokens: Tokens, span: Span, *, ours: bool) -> Mention:
    """A span of the original text as a mention."""
    start, end = tokens.folded_position(span[0]), tokens.folded_position(span[1])
    return Mention(tokens.nearest(start), ours, start, end)


def is_source(tokens: Tokens, mention: Mention) -> bool:
    """The name only says where a statement or a blame comes from: "selon X", "accused by X"."""
    return _SOURCE.search(tokens.text[max(0, mention.start - _SOURCE_WINDOW) : mention.start]) is not None


def spoken_of(tokens: Tokens, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions something can be said about, in the order of the text; sources only when nothing else is left."""
    ordered = sorted(mentions, key=lambda mention: (mention.token, not mention.ours))
    kept = [mention for mention in ordered if not is_source(tokens, mention)]
    return kept if any(mention.ours for mention in kept) else ordered


def listed_with_ours(tokens: Tokens, mentions: Sequence[Mention], hits: Sequence[Hit]) -> set[Mention]:
    """Other names in one list with the brand ("X, Y et Z sont nuls"): what is said of one is said of all.

    A list has its verdict on one side only; with hits on both sides ("j'adore X et Y est nul") it is none.
    """
    places = sorted(hit.token for hit in hits)
    shared: set[Mention] = set()
    run: list[Mention] = []
    for mention in [*mentions, None]:
        if mention is not None and (not run or _continues(tokens, run[-1], mention)):
            run.append(mention)
            continue
        if len({item.ours for item in run}) == 2 and _one_sided(tokens, run, places):
            shared.update(run)
        run = [mention] if mention is not None else []
    return shared


def _continues(tokens: Tokens, before: Mention, after: Mention) -> bool:
    begin = bisect_left(tokens.starts, before.end)
    between = tokens.words[begin : after.token]
    return 0 < len(between) <= _LONGEST_GAP and all(word in _LIST_WORDS for word in between)


def _one_sided(tokens: Tokens, run: Sequence[Mention], places: Sequence[int]) -> bool:
    sentences = tokens.sentences
    first, last = run[0].token, run[-1].token
    left, right = bisect_left(places, first), bisect_left(places, last + 1)
    before = left > 0 and sentences[places[left - 1]] == sentences[first]
    after = right < len(places) and sentences[places[right]] == sentences[last]
    return before != after


def accused(tokens: Tokens, hit: Hit, previous: Mention | None, following: Mention | None) -> bool | None:
    """Whether an accusing verb falls on the brand; None when the hit is none or nothing shows its object.

    "X sues Y", "plainte contre Y": Y. "Y accusée par X": Y.
    """
    if hit.weight >= 0 or not _ACCUSATIONS.match(hit.text):
        return None
    words, sentences = tokens.words, tokens.sentences
    end = hit.token + hit.size
    following_word = words[end] if end < len(words) else ""
    before = previous if previous and sentences[previous.token] == sentences[hit.token] else None
    if following_word in _PASSIVE or _is_participle(tokens, hit):
        return before.ours if before else None
    if following and sentences[following.token] == sentences[hit.token] and following.token <= end + _REACH:
        return following.ours
    if before and before.ours and _has_object(tokens, end):
        return False
    return None


def _is_participle(tokens: Tokens, hit: Hit) -> bool:
    """The one before suffers it: "attaqué", "was sued"."""
    if tokens.as_written(hit.token).lower().endswith(("é", "ée", "és", "ées")):
        return True
    earlier = tokens.words[max(0, hit.token - 2) : hit.token]
    return any(
        word in {"is", "was", "are", "were", "been", "being", "gets", "est", "sont", "ete", "etre"}
        for word in earlier
    )


def _has_object(tokens: Tokens, at: int) -> bool:
    """A capitalised name, with or without article, stands where the object stands."""
    for place in range(at, min(at + 3, len(tokens))):
        if tokens.words[place] in _AGAINST or tokens.as_written(place)[:1].isupper():
            return True
        if tokens.words[place] not in {
            "la",
            "le",
            "les",
            "l'",
            "the",
            "son",
            "sa",
            "ses",
            "its",
            "un",
            "une",
            "a",
        }:
            return False
    return False
