"""Sums over a stretch of time: by tone, source, site, author and story; what is counted by day is not counted again."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeAlias

from ereputation.schema import POSITION_BITS
from ereputation.store.connection import Base, instant, seconds
from ereputation.store.ledger import DAY, HOUR, position_of

if TYPE_CHECKING:
    from datetime import datetime

    from ereputation.model import Label
    from ereputation.store.connection import Row

Counted: TypeAlias = tuple[str, str, int, int, int]
"""Name, kind, copies, stories, negative stories."""

_TONE = "CASE m.corrected WHEN '' THEN m.label ELSE m.corrected END"
_EARNED = """
FROM mentions AS m
JOIN documents AS d ON d.id = m.document
WHERE m.brand = (SELECT id FROM brands WHERE name = :brand)
AND m.position >= :since
AND m.position < :until
AND m.media = 'earned'
"""  # mentions_by_brand
_SUMS = f"""
  count(*) AS copies,
  coalesce(sum(m.lead), 0) AS stories,
  coalesce(sum(CASE WHEN {_TONE} = 'negative' THEN m.lead ELSE 0 END), 0) AS negative
"""


class Summaries(Base):
    """The part of the store that sums up."""

    def tones(self, brand: str, *, since: datetime, until: datetime) -> dict[datetime, dict[Label, int]]:
        """Stories of each tone by hour, a person's label before the one that was found; empty hours are left out."""
        found: defaultdict[datetime, dict[Label, int]] = defaultdict(dict)
        for row in self.db.rows(
            f"""
            SELECT (m.position >> {POSITION_BITS}) / {HOUR} AS hour, {_TONE} AS tone, count(*) AS stories
            FROM mentions AS m
            WHERE m.brand = (SELECT id FROM brands WHERE name = :brand)
            AND m.position >= :since
            AND m.position < :until
            AND m.lead = 1
            GROUP BY (m.position >> {POSITION_BITS}) / {HOUR}, {_TONE}
            """,  # mentions_by_brand
            _stretch(brand, since, until),
        ):
            found[instant(row["hour"] * HOUR)][row["tone"]] = row["stories"]
        return dict(found)

    def by_source(self, brand: str, *, since: datetime, until: datetime) -> list[Counted]:
        """What each source brought, the most mentions first: whole days as they were counted, the ends from the mentions."""
        first, last = -(-seconds(since) // DAY) * DAY, seconds(until) // DAY * DAY
        rows: list[Row] = []
        if first >= last:
            rows += self._from_sources(brand, since, until)
        else:
            rows += self._from_sources(brand, since, instant(first))
            rows += self._from_days(brand, first, last)
            rows += self._from_sources(brand, instant(last), until)
        sums: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for row in rows:
            sums[row["name"], row["kind"]].update(
                {key: row[key] for key in ("copies", "stories", "negative")}
            )
        counted = [
            (*key, found["copies"], found["stories"], found["negative"]) for key, found in sums.items()
        ]
        return sorted((row for row in counted if row[2] > 0), key=lambda row: (-row[2], row[0]))

    def _from_days(self, brand: str, first: int, last: int) -> list[Row]:
        return self.db.rows(
            """
            SELECT s.name, s.kind, sum(t.copies) AS copies, sum(t.stories) AS stories, sum(t.negative) AS negative
            FROM days AS t
            JOIN sources AS s ON s.id = t.source
            WHERE t.brand = (SELECT id FROM brands WHERE name = :brand)
            AND t.day >= :first
            AND t.day < :last
            GROUP BY s.name, s.kind
            """,  # the primary key
            {"brand": brand, "first": first, "last": last},
        )

    def _from_sources(self, brand: str, since: datetime, until: datetime) -> list[Row]:
        return self.db.rows(
            f"""
            SELECT s.name, s.kind, {_SUMS}
            FROM mentions AS m
            JOIN sources AS s ON s.id = m.source
            WHERE m.brand = (SELECT id FROM brands WHERE name = :brand)
            AND m.position >= :since
            AND m.position < :until
            AND m.media = 'earned'
            GROUP BY s.name, s.kind
            """,  # mentions_by_brand
            _stretch(brand, since, until),
        )

    def by_site(self, brand: str, *, since: datetime, until: datetime, limit: int) -> list[Counted]:
        """The sites with the most mentions; what stands nowhere on the web is left out."""
        return [
            (row["site"], "", row["copies"], row["stories"], row["negative"])
            for row in self.db.rows(
                f"""
                SELECT d.site, {_SUMS}
                {_EARNED}
                AND d.site <> ''
                GROUP BY d.site
                ORDER BY count(*) DESC, d.site
                LIMIT :limit
                """,
                {**_stretch(brand, since, until), "limit": limit},
            )
        ]

    def by_author(
        self, brand: str, *, since: datetime, until: datetime, limit: int
    ) -> list[tuple[str, str, str, int, int]]:
        """The authors with the most mentions: name, handle, site, mentions, negative ones; the nameless are left out."""
        return [
            (row["name"], row["handle"], row["site"], row["mentions"], row["negative"])
            for row in self.db.rows(
                f"""
                SELECT
                  max(d.author_name) AS name,
                  d.author_handle AS handle,
                  max(d.site) AS site,
                  count(*) AS mentions,
                  sum(CASE WHEN {_TONE} = 'negative' THEN 1 ELSE 0 END) AS negative
                {_EARNED}
                AND (d.author_handle <> '' OR d.author_name <> '')
                GROUP BY d.kind, d.author_handle, CASE d.author_handle WHEN '' THEN d.author_name ELSE '' END
                ORDER BY count(*) DESC, d.author_handle, max(d.author_name)
                LIMIT :limit
                """,
                {**_stretch(brand, since, until), "limit": limit},
            )
        ]

    def top_stories(
        self, brand: str, *, since: datetime, until: datetime, limit: int
    ) -> list[tuple[int, int, int]]:
        """The most repeated stories: its first mention in that time, copies then, and sites; then the most negative."""
        told = self.db.rows(
            """
            SELECT m.story, count(*) AS copies, min(m.position) AS place
            FROM mentions AS m
            WHERE m.brand = (SELECT id FROM brands WHERE name = :brand)
            AND m.position >= :since
            AND m.position < :until
            AND m.media = 'earned'
            GROUP BY m.story
            ORDER BY count(*) DESC, min(m.score), m.story
            LIMIT :limit
            """,  # mentions_by_brand
            {**_stretch(brand, since, until), "limit": limit},
        )
        return [self._story(brand, row, since, until) for row in told]

    def _story(self, brand: str, row: Row, since: datetime, until: datetime) -> tuple[int, int, int]:
        more = self.db.row(
            """
            SELECT
              min(CASE WHEN m.position = :place THEN m.id END) AS first,
              count(DISTINCT CASE d.site WHEN '' THEN s.name ELSE d.site END) AS sites
            FROM mentions AS m
            JOIN documents AS d ON d.id = m.document
            JOIN sources AS s ON s.id = m.source
            WHERE m.brand = (SELECT id FROM brands WHERE name = :brand)
            AND m.story = :story
            AND m.position >= :since
            AND m.position < :until
            AND m.media = 'earned'
            """,  # mentions_by_story
            {**_stretch(brand, since, until), "story": row["story"], "place": row["place"]},
        )
        return (more["first"] or 0, row["copies"], more["sites"]) if more else (0, row["copies"], 0)

    def sampled_texts(self, brand: str, *, since: datetime, until: datetime, most: int) -> list[str]:
        """The opening of one text a story, at most about ``most``, spread evenly over the time."""
        count = self.db.value(
            """
            SELECT count(*)
            FROM mentions AS m
            WHERE m.brand = (SELECT id FROM brands WHERE name = :brand)
            AND m.position >= :since
            AND m.position < :until
            AND m.lead = 1
            """,  # mentions_by_brand
            _stretch(brand, since, until),
        )
        return [
            f"{row['title']}\n{row['opening']}"
            for row in self.db.rows(
                """
                SELECT d.title, substr(d.text, 1, 2000) AS opening
                FROM mentions AS m
                JOIN documents AS d ON d.id = m.document
                WHERE m.brand = (SELECT id FROM brands WHERE name = :brand)
                AND m.position >= :since
                AND m.position < :until
                AND m.lead = 1
                AND m.id % :every = 0
                ORDER BY m.position
                """,  # mentions_by_brand
                {**_stretch(brand, since, until), "every": max(1, -(-count // most))},
            )
        ]

    def undated(self, brand: str, *, since: datetime, until: datetime) -> int:
        """Mentions that stand where they were first seen, since nothing tells when they were published."""
        counted: int = self.db.value(
            """
            SELECT count(*)
            FROM mentions AS m
            WHERE m.brand = (SELECT id FROM brands WHERE name = :brand)
            AND m.position >= :since
            AND m.position < :until
            AND m.counted = 0
            """,  # mentions_by_brand
            _stretch(brand, since, until),
        )
        return counted

    def visits(self, *, since: datetime, until: datetime) -> dict[str, tuple[int, int]]:
        """How often each source answered and how often it failed, on the days (UTC) between the two."""
        return {
            row["name"]: (row["answered"], row["failed"])
            for row in self.db.rows(
                """
                SELECT s.name, sum(r.read + r.unchanged) AS answered, sum(r.failed) AS failed
                FROM readings AS r
                JOIN sources AS s ON s.id = r.source
                WHERE r.day >= :since
                AND r.day < :until
                GROUP BY s.name
                """,
                {"since": seconds(since) // DAY * DAY, "until": seconds(until)},
            )
        }


def _stretch(brand: str, since: datetime, until: datetime) -> dict[str, str | int]:
    return {"brand": brand, "since": position_of(seconds(since)), "until": position_of(seconds(until))}
