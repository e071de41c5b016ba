"""Whom a word is about: every hit goes to the mention it most likely speaks of, the brand's or another's."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from ereputation.sentiment import roles
from ereputation.sentiment.comparison import Weights, compared
from ereputation.sentiment.grammar import listed
from ereputation.sentiment.reading import EVENT
from ereputation.sentiment.subjects import strangers
from ereputation.sentiment.tokens import numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ereputation.model import Span
    from ereputation.sentiment.reading import Hit
    from ereputation.sentiment.roles import Mention
    from ereputation.sentiment.tokens import Tokens

_SEGMENT_ENDS = frozenset('.!?;\n…:()—–|"«»,') | listed(
    "mais but while whereas tandis pourtant however cependant although though et and puis then ou or parce because car "
    "heureusement luckily thankfully"
)
_SEGMENT_ENDING_PAIRS = frozenset((("par", "contre"), ("en", "revanche"), ("alors", "que"), ("alors", "qu'")))
_RIVAL = 0.05
"""Share of what is said of another brand."""
_NEARBY = 0.9
"""Share of what stands in the same sentence, outside the segment of any mention."""
_RIVAL_NEARBY = 0.08
_ELSEWHERE = 0.6
"""Share of sentences without any mention."""
_WORLD = 0.06
"""Share of the events of the world: the earthquake is not the airline's fault."""
_SOURCE = 0.02
"""Share of everything when the brand is only quoted ("selon X"), and of a blame it only utters."""
_UNDECIDED = 0.25
_VERDICT = 1.2
_IMPLIED = 0.5
_TAG_BLAME = -2.4
"""From this weight on, a word inside the brand's own hashtag is no part of its name."""


class Targets:
    """The mentions of a text, and who gets what."""

    def __init__(
        self, tokens: Tokens, spans: Sequence[Span], others: Sequence[Span], hits: Sequence[Hit]
    ) -> None:
        self.tokens = tokens
        self.ours = sorted(roles.mention(tokens, span, ours=True) for span in spans)
        self._name_starts = [mention.start for mention in self.ours]
        rivals = [
            rival
            for rival in (roles.mention(tokens, span, ours=False) for span in others)
            if not self._overlaps(rival)
        ]
        self.only_quoted = all(roles.is_source(tokens, mention) for mention in self.ours)
        self._segments = _segments(tokens)
        self.known = roles.spoken_of(tokens, [*self.ours, *rivals])
        unnamed = strangers(tokens, self.known, self._segments, frozenset(hit.token for hit in hits))
        self.mentions = sorted((*self.known, *unnamed), key=lambda mention: (mention.token, not mention.ours))
        self._weights = Weights(hits)
        self.places = [mention.token for mention in self.mentions]
        self._shared = roles.listed_with_ours(tokens, self.mentions, hits)
        self._by_segment = _grouped(self.mentions, self._segments)
        self._by_sentence = _grouped(self.mentions, tokens.sentences)
        self._foreign = {
            self._segments[mention.token] for mention in self.mentions if not self._is_ours(mention)
        }
        self._of_strangers = self._said_of_others(hits) if unnamed else 0.0

    def _overlaps(self, rival: Mention) -> bool:
        at = bisect_left(self._name_starts, rival.end) - 1
        return at >= 0 and self.ours[at].end > rival.start

    def in_name(self, hit: Hit) -> bool:
        """The hit is part of the brand's own name: ``Super U``, but not the blame of ``#AirFranceFail``."""
        name = self._around(hit)
        if name is None:
            return False
        is_tag = self.tokens.text[name.start] in "#@"
        whole = hit.start <= name.start + 1 and hit.end >= name.end
        judges = hit.kind == "hashtag" or hit.weight <= _TAG_BLAME or hit.category != ""
        return not (is_tag and judges and not whole)

    def _around(self, hit: Hit) -> Mention | None:
        """The brand's mention the hit lies in."""
        at = bisect_right(self._name_starts, hit.start) - 1
        return self.ours[at] if at >= 0 and self.ours[at].start <= hit.start < self.ours[at].end else None

    def share(self, hit: Hit) -> tuple[float, str]:
        """How much of the hit is said of the brand, and the rule that says so."""
        if self._around(hit):
            return 1.0, ""  # "#BoycottX"
        if self.only_quoted:
            return _SOURCE, "source"
        factor, rule = self._by_role(hit) or self._by_place(hit)
        return (factor * _WORLD, "event") if hit.category == EVENT else (factor, rule)

    def _by_role(self, hit: Hit) -> tuple[float, str] | None:
        """What "X sues Y" says is about Y, whoever stands nearer; None when the hit is no such verb."""
        after = bisect_right(self.places, hit.token)
        previous = self.mentions[after - 1] if after else None
        following = self.mentions[after] if after < len(self.mentions) else None
        verdict = roles.accused(self.tokens, hit, previous, following)
        if verdict is None:
            return None
        return (1.0, "") if verdict else (_SOURCE, "other brand")

    def _by_place(self, hit: Hit) -> tuple[float, str]:
        here = self._by_segment.get(self._segments[hit.token])
        if here:
            return (1.0, "") if self._is_ours(_nearest(here, hit.token)) else (_RIVAL, "other brand")
        in_sentence = self._by_sentence.get(self.tokens.sentences[hit.token])
        if not in_sentence:
            return _ELSEWHERE, "distance"
        before = bisect_right(in_sentence[0], hit.token)
        owner = in_sentence[1][max(0, before - 1)]
        return (_NEARBY, "") if self._is_ours(owner) else (_RIVAL_NEARBY, "other brand")

    def _is_ours(self, mention: Mention) -> bool:
        return mention.ours or mention in self._shared

    def compared(self, total: float) -> float:
        """The total after the comparisons of the text.

        Where nothing weighs in what is said of the brand, its contrast with another does: "SFR took a month, Monzo
        opened my account in ten minutes".
        """
        if abs(total) < _UNDECIDED and abs(self._of_strangers) > _VERDICT:
            total -= _IMPLIED * self._of_strangers
        return compared(self.tokens, self.known, self._weights, total)

    def _said_of_others(self, hits: Sequence[Hit]) -> float:
        """What clauses about others weigh."""
        return sum(hit.weight for hit in hits if self._by_place(hit)[1])

    def clause(self) -> Span | None:
        """The stretch around the first mention taken as said about the brand; None in a text without tokens."""
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
        end = max(self.tokens.end(high), first.end)
        return folded.start(start), folded.end(end)

    def _belongs(self, token: int, sentence: int) -> bool:
        return self.tokens.sentences[token] == sentence and self._segments[token] not in self._foreign


class _Group(NamedTuple):
    """Mentions of one segment or sentence, in the order of the text."""

    places: list[int]
    mentions: list[Mention]


def _grouped(mentions: Sequence[Mention], keys: Sequence[int]) -> dict[int, _Group]:
    groups: dict[int, _Group] = {}
    for mention in mentions:
        group = groups.setdefault(keys[mention.token], _Group([], []))
        group.places.append(mention.token)
        group.mentions.append(mention)
    return groups


@lru_cache(maxsize=1)  # the brands of a text ask one after the other
def _segments(tokens: Tokens) -> list[int]:
    if not any(map(tokens.distinct.issuperset, _SEGMENT_ENDING_PAIRS)):
        return numbered(tokens.words, _SEGMENT_ENDS)
    pairs = zip_longest(tokens.words, tokens.words[1:], fillvalue="")
    ends = ("." if pair in _SEGMENT_ENDING_PAIRS else pair[0] for pair in pairs)
    return numbered(ends, _SEGMENT_ENDS)


def _nearest(group: _Group, token: int) -> Mention:
    """The nearest mention; the brand's where two are equally near."""
    at = bisect_left(group.places, token)
    around = group.mentions[max(0, at - 2) : at + 2]
    return min(around, key=lambda mention: (abs(mention.token - token), not mention.ours))
