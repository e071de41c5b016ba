"""What many waits come to: in all, by source, by weekday and part of the day."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ereputation import figures
from ereputation.clock.values import Cell, Figures

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from ereputation.clock.values import State, Wait, Why

PARTS = (0, 6, 12, 18)
"""Hours at which the parts of a day begin, local time."""


@dataclass(slots=True)
class _Sum:
    """Waits counted one by one; of their lengths all are kept, for the percentiles."""

    asked: int = 0
    waiting: int = 0
    unknown: int = 0
    late: int = 0
    in_time: int = 0
    walls: array[float] = field(default_factory=lambda: array("d"))
    staffed: array[float] = field(default_factory=lambda: array("d"))

    def add(self, wait: Wait) -> None:
        self.asked += 1
        self.waiting += wait.state == "waiting"
        self.unknown += wait.state == "unknown"
        self.late += wait.state == "waiting" and bool(wait.late)
        if wait.state == "answered":
            self.in_time += not wait.late
            self.walls.append(wait.seconds)
            if wait.staffed is not None:
                self.staffed.append(wait.staffed)

    def figures(self, name: str = "") -> Figures:
        answered = len(self.walls)
        decided = answered + self.late
        return Figures(
            name=name,
            asked=self.asked,
            answered=answered,
            waiting=self.waiting,
            unknown=self.unknown,
            late=self.late,
            median=figures.median(self.walls),
            ninetieth=figures.percentile(self.walls, 0.9),
            staffed_median=figures.median(self.staffed),
            staffed_ninetieth=figures.percentile(self.staffed, 0.9),
            in_time=self.in_time / decided if decided else None,
        )


@dataclass(slots=True)
class Tally:
    """What many waits come to, in all, by source, by weekday and part of the day, without keeping them all.

    Of those that wait, of those that wait though a person has dealt with them, and of the others, the ``most`` oldest of
    each are kept; None: all.
    """

    zone: tzinfo
    most: int | None = None
    dealt_with: int = 0
    """Without a known answer, and marked as handled or ignored."""
    whys: Counter[Why] = field(default_factory=Counter)
    """Why answers are unknown."""
    _total: _Sum = field(default_factory=_Sum)
    _sources: defaultdict[str, _Sum] = field(default_factory=lambda: defaultdict(_Sum))
    _cells: defaultdict[tuple[int, int], _Sum] = field(default_factory=lambda: defaultdict(_Sum))
    _kept: defaultdict[tuple[State, bool], list[Wait]] = field(default_factory=lambda: defaultdict(list))

    def add(self, wait: Wait) -> None:
        """Count one."""
        local = wait.mention.document.published.astimezone(self.zone)
        cell = local.weekday(), max(hour for hour in PARTS if hour <= local.hour)
        for found in (self._total, self._sources[wait.mention.document.source], self._cells[cell]):
            found.add(wait)
        dealt_with = wait.state == "waiting" and wait.mention.status in {"handled", "ignored"}
        self.dealt_with += dealt_with
        if wait.why:
            self.whys[wait.why] += 1
        kept = self._kept[wait.state, dealt_with]
        kept.append(wait)
        if self.most is not None and len(kept) >= 2 * self.most + 100:
            kept.sort(key=_age)
            del kept[self.most :]

    def waits(self) -> tuple[Wait, ...]:
        """Those that are kept, oldest first."""
        return tuple(
            sorted((w for kept in self._kept.values() for w in sorted(kept, key=_age)[: self.most]), key=_age)
        )

    def total(self, name: str) -> Figures:
        """The figures of all."""
        return self._total.figures(name)

    def by_source(self) -> tuple[Figures, ...]:
        """The figures of each source that brought questions, the most asked first."""
        summary = [found.figures(name) for name, found in self._sources.items()]
        return tuple(sorted(summary, key=lambda found: (-found.asked, found.name)))

    def by_time(self) -> tuple[Cell, ...]:
        """The figures by weekday and part of the day in which was asked; parts without questions are left out."""
        return tuple(
            Cell(weekday=weekday, hour=hour, figures=found.figures())
            for (weekday, hour), found in sorted(self._cells.items())
        )


def _age(wait: Wait) -> tuple[datetime, int]:
    return wait.mention.document.published, wait.mention.id
