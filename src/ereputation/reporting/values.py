"""What a report says, before any dress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from ereputation.clock import Clock, Stretch, Wait
    from ereputation.figures import Heat, Period, Stats, Step
    from ereputation.model import Alert, Mention, SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story of the period, by its first mention in it."""

    mention: Mention
    copies: int
    """Mentions of the period that tell it."""
    sites: int
    """Places that carried it; a source counts where no site is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something out of the ordinary that was told, and what was last said of it."""

    number: int
    """From 1 within its brand, in order of time: how the chart and the list name it."""
    alert: Alert
    ended: datetime | None
    """None while it is open."""
    times: int
    """How often it was told: opened, grew, over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandReport:
    """One brand's part."""

    stats: Stats
    trend: tuple[Step, ...]
    """For the tone: by hour up to three days, by day or week beyond."""
    heat: tuple[Heat, ...]
    off_hours: float | None
    """Share of the mentions that came when nobody was on duty; None when that is not known."""
    stories: tuple[Story, ...]
    told: tuple[Told, ...]
    clock: Clock
    """What was asked in the period, with the answers known when the report was made."""

    @property
    def name(self) -> str:
        """Of the brand."""
        return self.stats.brand

    @property
    def open(self) -> tuple[Wait, ...]:
        """Questions and complaints that wait, oldest first, without those a person has dealt with; the clock may name a few."""
        return tuple(wait for wait in self.clock.open if wait.mention.status in {"new", "seen"})

    @property
    def waiting(self) -> int:
        """How many of them there are."""
        return self.clock.total.waiting - self.clock.dealt_with


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSeen:
    """How well one source was seen over the period."""

    name: str
    kind: str
    share: float
    """Of the period its readings speak for, 0..1."""
    gaps: tuple[Stretch, ...] = ()
    """What they do not speak for, the longest first."""
    answered: int = 0
    failed: int = 0
    """Visits on the days of the period."""
    state: SourceState | None = None
    """As it is now; None when it was never visited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A period, brand by brand, and what nobody saw."""

    title: str
    """Empty unless one was asked for."""
    made: datetime
    period: Period
    brands: tuple[BrandReport, ...]
    sources: tuple[SourceSeen, ...]
    """The worst seen first."""
    blind: tuple[Stretch, ...] = ()
    """Hours in which no source at all was read, as stretches in order of time."""
    failures: tuple[Alert, ...] = ()
    """What was told of sources that failed, the last word on each, newest first."""
    forgotten_before: datetime | None = None
    """Texts from before are no longer kept; None when the period is younger."""
