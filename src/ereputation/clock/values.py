"""What the response clock speaks of: accounts, the brand's voice, waits, and the figures they come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ereputation.model import Document, Episode, Mention

Links: TypeAlias = Literal["exact", "thread", "none"]
"""What a source tells of a reply: which post it answers, which thread it stands in, or nothing."""
State: TypeAlias = Literal["answered", "waiting", "unknown"]
Why: TypeAlias = Literal["", "blind", "unlinked", "elsewhere"]
"""Why an answer is unknown. ``blind``: the brand's accounts were not read all the time; ``unlinked``: it has posted
since, and the source does not say to whom; ``elsewhere``: no account of the brand is read where it was asked."""
Stretch: TypeAlias = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A source that carries the brand's own posts."""

    source: str
    kind: str
    links: Links = "none"
    sites: frozenset[str] = frozenset()
    watched: tuple[Stretch, ...] = ()
    """The time its readings speak for: in order, apart from each other."""
    last_read: datetime | None = None
    """The last success; None when there was none."""

    def saw(self, since: datetime, until: datetime) -> bool:
        """Whether everything it published from ``since`` to ``until`` has been read."""
        return since >= until or any(start <= since and end >= until for start, end in self.watched)

    def reaches(self, document: Document) -> bool:
        """Whether an answer given where ``document`` stands would be seen here."""
        return self.kind == document.kind or (bool(document.site) and document.site in self.sites)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What the brand itself published lately, and the accounts it was read from."""

    posts: tuple[Document, ...] = ()
    """Oldest first."""
    accounts: tuple[Account, ...] = ()

    @property
    def times(self) -> list[datetime]:
        """When it spoke, in order."""
        return [post.published for post in self.posts]

    @property
    def last(self) -> datetime | None:
        """When it last spoke; None when it never did."""
        return self.posts[-1].published if self.posts else None

    @property
    def last_read(self) -> datetime | None:
        """Until when all its accounts were read; None when there is none, or one was never read with success."""
        read = [account.last_read for account in self.accounts if account.last_read]
        return min(read) if read and len(read) == len(self.accounts) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One question or complaint, and what became of it."""

    mention: Mention
    direct: bool
    """It speaks to the brand, by its handle or as a reply."""
    state: State
    why: Why = ""
    seconds: float
    """From the question to the answer, or to now."""
    staffed: float | None = None
    """The part of it in staffed hours; None when the configuration names none."""
    late: bool | None = None
    """Against the promised response time; None when that is unknown."""
    answer: Document | None = None
    """None unless it is answered."""
    exact: bool = False
    """True when the answer names the question; False when it only stands in its thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What many waits come to; times in seconds, None without answers."""

    name: str = ""
    asked: int = 0
    answered: int = 0
    waiting: int = 0
    unknown: int = 0
    late: int = 0
    """Of those that wait."""
    median: float | None = None
    ninetieth: float | None = None
    staffed_median: float | None = None
    staffed_ninetieth: float | None = None
    in_time: float | None = None
    """Share answered within the response time of all whose time is up or who were answered; None without any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The waits that began on one weekday in one part of the day, local time."""

    weekday: int
    """0 is Monday."""
    hour: int
    """The hour the part begins, one of ``PARTS``."""
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How one brand answers."""

    brand: str
    since: datetime
    now: datetime
    response_time: float
    voice: Voice
    total: Figures
    waits: tuple[Wait, ...]
    """Oldest first; not all of them where only the oldest were asked for."""
    dealt_with: int = 0
    """Of those that wait, how many a person has marked as handled or ignored."""
    whys: Mapping[Why, int] = field(default_factory=dict)
    """How many are unknown for which reason."""
    by_source: tuple[Figures, ...] = ()
    """The most asked first."""
    by_time: tuple[Cell, ...] = ()
    silences: tuple[Episode, ...] = ()

    @property
    def open(self) -> tuple[Wait, ...]:
        """Without an answer for certain, oldest first."""
        return tuple(wait for wait in self.waits if wait.state == "waiting")

    @property
    def unknown(self) -> tuple[Wait, ...]:
        """Of which nobody knows, oldest first."""
        return tuple(wait for wait in self.waits if wait.state == "unknown")
