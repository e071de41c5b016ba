"""From scores to episodes: open, escalate, close; flapping is merged, and few are told.

Opens at the threshold, closes after six observed hours below 1 (or after seven days: that is the new normal). What
opens again within a day is the same episode. It is told when it is among the strongest of 28 days, and again
when its score grew by half.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ereputation.detect.settings import COOLDOWN

if TYPE_CHECKING:
    from ereputation.detect.scan import Finding
    from ereputation.model import Reason, Severity

CLOSING = 1.0
_QUIET_HOURS = 6.0
_LONGEST_HOURS = 7 * 24.0
_BUDGET_HOURS = 28 * 24.0
ESCALATION_HOURS = 6.0


def louder(score: float, told: float, reason: Reason) -> bool:
    """Worth telling again: the score grew by half (at least by 3), or by 1 in an episode whose end was told."""
    return score >= told + (1.0 if reason == "closed" else max(3.0, 0.5 * told))


def severity(
    *,
    score: float,
    ratio: float,
    negative_share: float = 0.0,
    usual_share: float = 0.0,
    sources: int = 1,
    silent: bool = False,
) -> Severity:
    """One step up each for: very unlikely (twice if absurdly so), five times the usual, negative, widely told, unanswered."""
    steps = (
        (score >= 6)
        + (score >= 12)
        + (ratio >= 5)
        + (negative_share >= 0.4 and negative_share >= usual_share + 0.15)
        + (sources >= 5)
        + silent
    )
    return "critical" if steps >= 3 else "warning" if steps else "info"


@dataclass(slots=True)
class Spell:
    """An episode being followed; times are hours since the epoch (starts of buckets, unless said otherwise)."""

    started: float
    opened: float
    """End of the bucket that crossed the threshold."""
    peaked: float
    best: Finding
    last: float
    ratio: float = 0.0
    """The largest observed / expected it reached."""
    told_at: float | None = None  # end of bucket; None: never told, the budget was used up
    told_score: float = 0.0
    reason: Reason = "opened"
    calm: float = 0.0
    ended: float | None = None  # None while it is open


class Change(NamedTuple):
    """Something to tell."""

    reason: Reason
    spell: Spell


@dataclass(slots=True)
class Machine:
    """Follows one kind of episode of one brand through its observed moments."""

    opening: float
    allowed: int
    width: float
    """Of a bucket, in hours."""
    spells: list[Spell] = field(default_factory=list)
    current: Spell | None = None  # the open one

    def feed(self, at: float, finding: Finding, exposure: float) -> list[Change]:
        """What there is to tell after this moment."""
        if self.current is None:
            if finding.score < self.opening:
                return []
            self.current = self._open(at, finding)
        spell = self.current
        if finding.score > spell.best.score:
            spell.best, spell.peaked = finding, at
        spell.last, spell.ratio = at, max(spell.ratio, finding.ratio)
        spell.calm = 0.0 if finding.score >= CLOSING else spell.calm + self.width * exposure
        changes = self._tell(spell, at + self.width, finding)
        if spell.calm >= _QUIET_HOURS or at - spell.opened > _LONGEST_HOURS:
            changes += self._end(spell, at + self.width)
        return changes

    def _open(self, at: float, finding: Finding) -> Spell:
        last = self.spells[-1] if self.spells else None
        if last is not None and at - last.last < COOLDOWN / 3600:
            last.ended, last.calm = None, 0.0
            return last
        started = at + self.width - finding.window
        if last is not None and last.ended is not None:
            started = max(started, last.ended)
        spell = Spell(min(started, at), at + self.width, at, finding, at)
        self.spells.append(spell)
        return spell

    def _tell(self, spell: Spell, now: float, finding: Finding) -> list[Change]:
        if spell.told_at is None:
            if finding.score < self.opening or not self._among_the_strongest(spell, now):
                return []
            spell.told_at, spell.told_score, spell.reason = now, finding.score, "opened"
        elif now - spell.told_at >= ESCALATION_HOURS and louder(
            finding.score, spell.told_score, spell.reason
        ):
            spell.told_at, spell.told_score, spell.reason = now, finding.score, "escalated"
        else:
            return []
        return [Change(spell.reason, spell)]

    def _among_the_strongest(self, spell: Spell, now: float) -> bool:
        others = sorted(
            (o.best.score for o in self.spells if o is not spell and now - o.last < _BUDGET_HOURS),
            reverse=True,
        )
        return len(others) < self.allowed or spell.best.score >= others[self.allowed - 1]

    def _end(self, spell: Spell, now: float) -> list[Change]:
        self.current, spell.ended = None, now
        if spell.told_at is None or spell.reason == "closed":
            return []
        spell.reason = "closed"
        return [Change("closed", spell)]
