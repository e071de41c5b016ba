"""What many waits come to: in all, by source, by weekday and part of the day."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ereputation import figures
from ereputation.clock.values import Cell, Figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from ereputation.clock.values import Wait

PARTS = (0, 6, 12, 18)
"""Hours at which the parts of a day begin, local time."""


def summed(waits: Sequence[Wait], name: str = "") -> Figures:
    """The figures of these waits."""
    answered = [wait for wait in waits if wait.state == "answered"]
    late = sum(wait.state == "waiting" and bool(wait.late) for wait in waits)
    in_time = sum(not wait.late for wait in answered)
    decided = len(answered) + late
    walls = [wait.seconds for wait in answered]
    staffed = [wait.staffed for wait in answered if wait.staffed is not None]
    return Figures(
        name=name,
        asked=len(waits),
        answered=len(answered),
        waiting=sum(wait.state == "waiting" for wait in waits),
        unknown=sum(wait.state == "unknown" for wait in waits),
        late=late,
        median=figures.median(walls),
        ninetieth=figures.percentile(walls, 0.9),
        staffed_median=figures.median(staffed),
        staffed_ninetieth=figures.percentile(staffed, 0.9),
        in_time=in_time / decided if decided else None,
    )


def by_source(waits: Iterable[Wait]) -> tuple[Figures, ...]:
    """The figures of each source that brought questions, the most asked first."""
    groups: defaultdict[str, list[Wait]] = defaultdict(list)
    for wait in waits:
        groups[wait.mention.document.source].append(wait)
    summary = [summed(group, name) for name, group in groups.items()]
    return tuple(sorted(summary, key=lambda found: (-found.asked, found.name)))


def by_time(waits: Iterable[Wait], zone: tzinfo) -> tuple[Cell, ...]:
    """The figures by weekday and part of the day in which was asked; parts without questions are left out."""
    groups: defaultdict[tuple[int, int], list[Wait]] = defaultdict(list)
    for wait in waits:
        local = wait.mention.document.published.astimezone(zone)
        groups[local.weekday(), max(hour for hour in PARTS if hour <= local.hour)].append(wait)
    return tuple(
        Cell(weekday=weekday, hour=hour, figures=summed(group))
        for (weekday, hour), group in sorted(groups.items())
    )
