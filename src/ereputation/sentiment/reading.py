"""The working state of one text under the rules: tokens, hits, and what the rules made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ereputation.sentiment.tokens import Tokens
    from ereputation.sentiment.vocabulary import Meaning, Vocabulary

Kind: TypeAlias = Literal["word", "phrase", "functional", "emoji", "negation", "duration", "hashtag"]
EVENT = "ext"
"""Category of the events of the world: earthquakes, wars, weather."""


@dataclass(slots=True)
class Hit:
    """Something that weighs. Mutable: each rule may change the weight and says so in ``rules``."""

    token: int
    start: int
    end: int
    """Positions in the folded text."""
    weight: float
    category: str
    text: str
    kind: Kind
    size: int = 1
    """In tokens."""
    rules: tuple[str, ...] = ()
    negated: bool = False
    own: bool = False
    """From the user's configuration."""

    def scale(self, factor: float, rule: str) -> None:
        """Change the weight, and say which rule did."""
        self.weight *= factor
        if rule not in self.rules:
            self.rules += (rule,)


@dataclass(slots=True)
class Reading:
    """One text being read. ``hits`` has one place per token; ``extra`` holds what belongs to no single token."""

    tokens: Tokens
    vocabulary: Vocabulary | None
    """None for a language without lexicon."""
    meanings: list[Meaning]
    """One per token; empty without lexicon."""
    hits: list[Hit | None]
    functional: set[int] = field(default_factory=set)
    """Tokens still open to a negation that makes them a complaint."""
    covered: set[int] = field(default_factory=set)
    """Tokens inside an expression or taken by the configuration."""
    contrasts: list[int] = field(default_factory=list)
    negators: list[int] = field(default_factory=list)
    extra: list[Hit] = field(default_factory=list)

    def standing(self) -> Iterator[Hit]:
        """The hits of tokens, in their order; what the rules make of them meanwhile is seen."""
        return filter(None, self.hits)

    def all_hits(self) -> list[Hit]:
        """Everything that still weighs."""
        return [hit for hit in (*self.standing(), *self.extra) if hit.own or abs(hit.weight) > 0.05]
