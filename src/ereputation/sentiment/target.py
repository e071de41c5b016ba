"""Whom a word is about: every hit goes to the mention it most likely speaks of, the brand's or another's."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ereputation.sentiment.reading import EVENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ereputation.model import Span
    from ereputation.sentiment.reading import Hit
    from ereputation.sentiment.tokens import Tokens

_SEGMENT_ENDS = frozenset(
    ". ! ? ; \n … : ( ) — – | \" « » , mais but while whereas tandis pourtant however cependant although though et and "
    "puis then ou or parce because car".split(" ")
)
_RIVAL = 0.1
"""Share of what is said of another brand."""
_NEARBY = 0.9
"""Share of what stands in the same sentence, outside the segment of any mention."""
_RIVAL_NEARBY = 0.15
_ELSEWHERE = 0.6
"""Share of sentences without any mention."""
_WORLD = 0.12
"""Share of the events of the world: the earthquake is not the airline's fault."""

_LEAVING = re.compile(
    r"(?P<left>quitte|quitter|parti(?:e|s)? de|fui|lache|switched from|moved from|left|leaving|ditched|dropped|quit|unlike|"
    r"contrairement a|better than|mieux que|superieur a)\s{1,3}(?:chez |de |l')?$|"
    r"(?P<worse>pire que|worse than)\s{1,3}(?:chez |de |l')?$"
)
_LEAVING_WINDOW = 28


class Mention(NamedTuple):
    """A place where a name stands. ``token`` is where it begins; positions are of the folded text."""

    token: int
    ours: bool
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Share:
    """How much of a hit is about the brand, and why."""

    factor: float
    rule: str


class Targets:
    """The mentions of a text, and who gets what."""

    def __init__(self, tokens: Tokens, spans: Sequence[Span], others: Sequence[Span]) -> None:
        self.tokens = tokens
        ours = sorted(_mention(tokens, span, ours=True) for span in spans)
        rivals = [
            _mention(tokens, span, ours=False)
            for span in others
            if not any(span[0] < end and start < span[1] for start, end in spans)
        ]
        self.ours = ours
        self._own_starts = [mention.start for mention in ours]
        self.mentions = sorted([*ours, *rivals], key=lambda mention: (mention.token, not mention.ours))
        self._segments = _segments(tokens)
        self._by_segment: dict[int, list[Mention]] = {}
        self._by_sentence: dict[int, list[Mention]] = {}
        for mention in self.mentions:
            self._by_segment.setdefault(self._segments[mention.token], []).append(mention)
            self._by_sentence.setdefault(tokens.sentences[mention.token], []).append(mention)

    def in_name(self, hit: Hit) -> bool:
        """The hit is part of the brand's own name."""
        at = bisect_right(self._own_starts, hit.start) - 1
        return at >= 0 and self.ours[at].start <= hit.start < self.ours[at].end

    def share(self, hit: Hit) -> Share:
        """How much of the hit is said of the brand."""
        factor, rule = self._share_by_place(hit)
        if hit.category == EVENT:
            return Share(factor=factor * _WORLD, rule="event")
        return Share(factor=factor, rule=rule)

    def _share_by_place(self, hit: Hit) -> tuple[float, str]:
        here = self._by_segment.get(self._segments[hit.token])
        if here:
            return (1.0, "") if _nearest(here, hit.token).ours else (_RIVAL, "other brand")
        in_sentence = self._by_sentence.get(self.tokens.sentences[hit.token])
        if not in_sentence:
            return _ELSEWHERE, "distance"
        before = bisect_right([mention.token for mention in in_sentence], hit.token)
        owner = in_sentence[before - 1] if before else in_sentence[0]
        return (_NEARBY, "") if owner.ours else (_RIVAL_NEARBY, "other brand")

    def compared(self, total: float) -> float:
        """The total after "X mieux que Y", "j'ai quitté Y": to be left or outdone is blame, for the other praise."""
        text = self.tokens.text
        for mention in (*self.ours, *(mention for mention in self.mentions if not mention.ours)):
            match = _LEAVING.search(text[max(0, mention.start - _LEAVING_WINDOW) : mention.start])
            if match is None:
                continue
            worse = match["worse"] is not None
            if mention.ours:
                total = total + 1.2 if worse else -abs(total) * 0.5 - 2.0
            else:
                total = total - 1.2 if worse else total + 1.6
        return total

    def clause(self) -> Span | None:
        """The stretch around the first mention taken as said about the brand; None without a mention."""
        if not self.ours or not len(self.tokens):
            return None
        first = self.ours[0]
        sentence = self.tokens.sentences[first.token]
        low = high = first.token
        while low and self._belongs(low - 1, sentence):
            low -= 1
        while high + 1 < len(self.tokens) and self._belongs(high + 1, sentence):
            high += 1
        folded = self.tokens.folded
        start = min(self.tokens.starts[low], first.start)
        end = max(self.tokens.ends[high], first.end)
        return folded.start(start), folded.end(end)

    def _belongs(self, token: int, sentence: int) -> bool:
        if self.tokens.sentences[token] != sentence:
            return False
        here = self._by_segment.get(self._segments[token])
        return here is None or all(mention.ours for mention in here)


def _mention(tokens: Tokens, span: Span, *, ours: bool) -> Mention:
    start, end = tokens.folded_position(span[0]), tokens.folded_position(span[1])
    return Mention(tokens.nearest(start), ours, start, end)


def _segments(tokens: Tokens) -> list[int]:
    segment = 0
    out = []
    for word in tokens.words:
        if word in _SEGMENT_ENDS:
            segment += 1
        out.append(segment)
    return out


def _nearest(mentions: Sequence[Mention], token: int) -> Mention:
    """The nearest of mentions sorted by token; the brand's where two are equally near."""
    places = [mention.token for mention in mentions]
    at = bisect_left(places, token)
    around = mentions[max(0, at - 2) : at + 2]
    return min(around, key=lambda mention: (abs(mention.token - token), not mention.ours))
