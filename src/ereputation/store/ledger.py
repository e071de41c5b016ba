"""Counts by hour and by day, kept by differences in the transaction that changes the mentions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from ereputation.schema import POSITION_BITS

if TYPE_CHECKING:
    from ereputation.store.connection import Connection, Row

HOUR, DAY = 3_600, 86_400
Counts: TypeAlias = "list[int]"
"""copies, stories, negative, owned."""


def moment_of(position: int) -> int:
    """The second a position stands for."""
    return position >> POSITION_BITS


def position_of(moment: int, number: int = 0) -> int:
    """The place of a document in time; without a number, the first place of that second."""
    return (moment << POSITION_BITS) | (number & ((1 << POSITION_BITS) - 1))


def counts_of(*, media: str, label: str, lead: int) -> tuple[int, int, int, int]:
    """What one mention adds: copies, stories, negative, owned."""
    return int(media == "earned"), lead, int(lead and label == "negative"), int(media == "owned")


@dataclass(slots=True)
class Ledger:
    """Differences waiting to be written; the sum of all differences ever written is a recount."""

    hours: defaultdict[tuple[int, int], Counts] = field(default_factory=lambda: defaultdict(lambda: [0] * 4))
    days: defaultdict[tuple[int, int, int], Counts] = field(
        default_factory=lambda: defaultdict(lambda: [0] * 4)
    )

    def add(self, mention: Row | dict[str, Any], sign: int = 1) -> None:
        """Count a row of ``mentions``, or with -1 take it out."""
        counts = counts_of(
            media=mention["media"], label=mention["corrected"] or mention["label"], lead=mention["lead"]
        )
        moment = moment_of(mention["position"])
        hour = self.hours[mention["brand"], moment // HOUR * HOUR]
        day = self.days[mention["brand"], moment // DAY * DAY, mention["source"]]
        for place, count in enumerate(counts):
            hour[place] += sign * count
            day[place] += sign * count

    def write(self, db: Connection) -> None:
        """Add the differences to the stored counts."""
        db.many(
            """
            INSERT INTO buckets (brand, hour, copies, stories, negative, owned)
            VALUES (:brand, :hour, :copies, :stories, :negative, :owned)
            ON CONFLICT (brand, hour) DO UPDATE SET
              copies = buckets.copies + excluded.copies,
              stories = buckets.stories + excluded.stories,
              negative = buckets.negative + excluded.negative,
              owned = buckets.owned + excluded.owned
            """,
            [
                {"brand": brand, "hour": hour, **_named(counts)}
                for (brand, hour), counts in sorted(self.hours.items())
                if any(counts)
            ],
        )
        db.many(
            """
            INSERT INTO days (brand, day, source, copies, stories, negative, owned)
            VALUES (:brand, :day, :source, :copies, :stories, :negative, :owned)
            ON CONFLICT (brand, day, source) DO UPDATE SET
              copies = days.copies + excluded.copies,
              stories = days.stories + excluded.stories,
              negative = days.negative + excluded.negative,
              owned = days.owned + excluded.owned
            """,
            [
                {"brand": brand, "day": day, "source": source, **_named(counts)}
                for (brand, day, source), counts in sorted(self.days.items())
                if any(counts)
            ],
        )
        self.hours.clear()
        self.days.clear()


def _named(counts: Counts) -> dict[str, int]:
    return dict(zip(("copies", "stories", "negative", "owned"), counts, strict=True))
