"""Counts by hour and by day, with how much of the time was really looked at."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ereputation import coverage
from ereputation.model import Bucket
from ereputation.store.connection import Base, instant, instant_or_none, seconds
from ereputation.store.ledger import DAY, HOUR
from ereputation.store.rows import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ereputation.store.connection import Row

_WEIGHING = 56 * DAY
"""How far back the mentions count that say what a source is worth to a brand."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How well the hours of a window were looked at."""

    sources: coverage.Watch
    imported: Sequence[float]
    """The part of each hour that imported files speak for; empty when there are none."""


class Buckets(Base):
    """The part of the store that counts."""

    def buckets(
        self,
        brand: str,
        *,
        since: datetime,
        until: datetime,
        sources: Sequence[str],
        watch: Watch | None = None,
    ) -> list[Bucket]:
        """Every hour from the one ``since`` lies in up to ``until``, empty ones too, with its exposure.

        ``sources`` are the configured ones; each weighs 1 + its mentions of the brand in the 56 days before ``until``.
        What an imported file speaks for was looked at, whoever else was read then. ``watch``: what the method of that
        name says of the same window and sources, where several brands are counted in it.
        """
        first = seconds(since) // HOUR * HOUR
        steps = max(0, -(-(seconds(until) - first) // HOUR))
        counts = {
            row["hour"]: row
            for row in self.db.rows(
                """
                SELECT hour, copies, stories, negative, owned
                FROM buckets
                WHERE brand = (SELECT id FROM brands WHERE name = :brand)
                AND hour >= :first
                AND hour < :end
                """,  # the primary key
                {"brand": brand, "first": first, "end": first + steps * HOUR},
            )
        }
        watch = watch or self.watch(sources, since=since, until=until)
        exposures = watch.sources.exposures(self._weights(brand, sources, seconds(until)))
        if watch.imported:
            exposures = list(map(max, exposures, watch.imported))
        result = []
        for step, exposure in enumerate(exposures):
            hour = first + step * HOUR
            row = counts.get(hour)
            result.append(
                Bucket(
                    brand=brand,
                    start=instant(hour),
                    copies=row["copies"] if row else 0,
                    stories=row["stories"] if row else 0,
                    negative=row["negative"] if row else 0,
                    owned=row["owned"] if row else 0,
                    exposure=exposure,
                )
            )
        return result

    def watch(self, sources: Sequence[str], *, since: datetime, until: datetime) -> Watch:
        """What the sources have spoken for in the hours of ``buckets``, whatever the brand."""
        first = seconds(since) // HOUR * HOUR
        steps = max(0, -(-(seconds(until) - first) // HOUR))
        imported = self._imported(first, first + steps * HOUR)
        return Watch(
            coverage.Watch.of(
                self.covered(sources, since=since, until=until),
                dict.fromkeys(sources, 1),
                since=first,
                steps=steps,
            ),
            coverage.exposures({"": imported}, {"": 1}, since=first, steps=steps) if imported else (),
        )

    def covered(
        self, sources: Sequence[str], *, since: datetime, until: datetime
    ) -> dict[str, list[coverage.Stretch]]:
        """The stretches of time each source has spoken for, as far as they reach into this window."""
        result: defaultdict[str, list[coverage.Stretch]] = defaultdict(list)
        for row in self.db.rows(
            """
            SELECT s.name, c.since, c.until
            FROM coverage AS c
            JOIN sources AS s ON s.id = c.source
            WHERE s.name IN (SELECT value FROM json_each(:sources))
            AND c.since < :until
            AND c.until > :since
            ORDER BY c.source, c.since
            """,  # the primary key
            {
                "sources": to_json(list(sources)),
                "since": seconds(since) // HOUR * HOUR,
                "until": seconds(until) + HOUR,
            },
        ):
            result[row["name"]].append((row["since"], row["until"]))
        return dict(result)

    def covered_from(self, sources: Sequence[str]) -> datetime | None:
        """The first instant one of these sources, or an imported file, speaks for; None when there is none."""
        first = self.db.value(
            """
            SELECT min(c.since)
            FROM coverage AS c
            JOIN sources AS s ON s.id = c.source
            WHERE s.kind = 'import'
            OR s.name IN (SELECT value FROM json_each(:sources))
            """,
            {"sources": to_json(list(sources))},
        )
        return None if first is None else instant(first)

    def _imported(self, since: int, until: int) -> list[coverage.Stretch]:
        """The stretches imported files speak for, as far as they reach into this window."""
        return [
            (row["since"], row["until"])
            for row in self.db.rows(
                """
                SELECT c.since, c.until
                FROM sources AS s
                JOIN coverage AS c ON c.source = s.id
                WHERE s.kind = 'import'
                AND c.since < :until
                AND c.until > :since
                """,
                {"since": since, "until": until},
            )
        ]

    def _weights(self, brand: str, sources: Sequence[str], until: int) -> dict[str, int]:
        """What sources weigh beyond 1."""
        known = frozenset(sources)
        rows = self.db.rows(
            """
            SELECT s.name, sum(d.copies) AS mentions
            FROM days AS d
            JOIN sources AS s ON s.id = d.source
            WHERE d.brand = (SELECT id FROM brands WHERE name = :brand)
            AND d.day > :since
            AND d.day <= :until
            GROUP BY s.name
            """,  # the primary key
            {"brand": brand, "since": until - _WEIGHING, "until": until},
        )
        return {row["name"]: row["mentions"] for row in rows if row["mentions"] > 0 and row["name"] in known}

    def read_times(self, sources: Iterable[str]) -> dict[str, tuple[datetime | None, datetime | None]]:
        """When each of these sources was first read, and last with success; those never visited are left out."""
        return {
            row["name"]: (instant_or_none(row["first_read"]), instant_or_none(row["last_success"]))
            for row in self.db.rows(
                """
                SELECT name, first_read, last_success
                FROM sources
                WHERE name IN (SELECT value FROM json_each(:sources))
                """,
                {"sources": to_json(list(sources))},
            )
        }

    def voices(self, brand: str, *, since: datetime) -> list[str]:
        """The sources that brought something the brand itself published since then."""
        rows = self.db.rows(
            """
            SELECT DISTINCT s.name
            FROM days AS d
            JOIN sources AS s ON s.id = d.source
            WHERE d.brand = (SELECT id FROM brands WHERE name = :brand)
            AND d.day >= :since
            AND d.owned > 0
            ORDER BY s.name
            """,  # the primary key
            {"brand": brand, "since": seconds(since) // DAY * DAY},
        )
        return [row["name"] for row in rows]

    def owned_hours(self, brand: str) -> list[datetime]:
        """The hours in which the brand itself spoke, the latest first; what it said may be pruned by now."""
        rows = self.db.rows(
            """
            SELECT hour
            FROM buckets
            WHERE brand = (SELECT id FROM brands WHERE name = :brand)
            AND owned > 0
            ORDER BY hour DESC
            """,  # the primary key
            {"brand": brand},
        )
        return [instant(row["hour"]) for row in rows]

    def said_since_owned(self, brand: str, *, since: datetime, until: datetime) -> int:
        """Earned documents in the hours between two instants, after the last hour in which the brand itself spoke."""
        counted: int = self.db.value(
            """
            WITH hours AS (
              SELECT hour, copies, owned
              FROM buckets
              WHERE brand = (SELECT id FROM brands WHERE name = :brand)
              AND hour >= :since
              AND hour <= :until
            )
            SELECT coalesce(sum(copies), 0)
            FROM hours
            WHERE hour >= coalesce((SELECT max(hour) FROM hours WHERE owned > 0), 0)
            """,  # the primary key
            {"brand": brand, "since": seconds(since) // HOUR * HOUR, "until": seconds(until)},
        )
        return counted

    def totals(self) -> dict[str, int]:
        """Mentions of each brand so far, pruned ones among them."""
        return {
            row["name"]: row["mentions"]
            for row in self.db.rows(
                """
                SELECT b.name, sum(h.copies + h.owned) AS mentions
                FROM buckets AS h
                JOIN brands AS b ON b.id = h.brand
                GROUP BY b.id
                """
            )
        }

    def counted_hours(self, brand: str) -> dict[datetime, tuple[int, int, int, int]]:
        """Copies, stories, negative and owned of each hour, as kept."""
        return _tuples(
            self.db.rows(
                """
                SELECT hour, copies, stories, negative, owned
                FROM buckets
                WHERE brand = (SELECT id FROM brands WHERE name = :brand)
                AND (copies <> 0 OR stories <> 0 OR negative <> 0 OR owned <> 0)
                """,
                {"brand": brand},
            )
        )

    def recounted_hours(self, brand: str) -> dict[datetime, tuple[int, int, int, int]]:
        """The same counted anew from the mentions, without trust in anything that was kept beside them."""
        return _tuples(
            self.db.rows(
                """
                WITH leads AS (
                  SELECT min(id) AS id
                  FROM mentions
                  WHERE media = 'earned' AND counted = 1
                  GROUP BY brand, story
                )
                SELECT
                  (m.position >> 20) / 3600 * 3600 AS hour,
                  count(*) FILTER (WHERE m.media = 'earned') AS copies,
                  count(l.id) AS stories,
                  count(l.id) FILTER (WHERE CASE m.corrected WHEN '' THEN m.label ELSE m.corrected END = 'negative')
                    AS negative,
                  count(*) FILTER (WHERE m.media = 'owned') AS owned
                FROM mentions AS m
                LEFT JOIN leads AS l ON l.id = m.id
                WHERE m.brand = (SELECT id FROM brands WHERE name = :brand)
                GROUP BY hour
                """,
                {"brand": brand},
            )
        )


def _tuples(rows: Sequence[Row]) -> dict[datetime, tuple[int, int, int, int]]:
    return {
        instant(row["hour"]): (row["copies"], row["stories"], row["negative"], row["owned"]) for row in rows
    }
