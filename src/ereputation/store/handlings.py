"""What people decided about episodes: acknowledged, snoozed, resolved, opened again. Every decision is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from ereputation.model import Handling
from ereputation.store.connection import Base, instant, instant_or_none, seconds, seconds_or_none
from ereputation.store.rows import storable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ereputation.model import Alert, Kind, Severity
    from ereputation.store.connection import Row

    Matter: TypeAlias = tuple[str, Kind, datetime, str]

LEVELS: tuple[Severity, ...] = ("info", "warning", "critical")


class Handlings(Base):
    """The part of the store that remembers who takes care of what."""

    def handle(self, alert: Alert, decision: Handling) -> None:
        """Note what was decided about an alert's episode."""
        with self.db.write():
            self._note(alert, decision)

    def handlings(self) -> dict[Matter, Handling]:
        """The latest decision about each episode anybody decided about."""
        return {
            (row["brand"], row["kind"], instant(row["started"]), row["source"]): _handling(row)
            for row in self.db.rows(
                """
                SELECT h.*
                FROM handlings AS h
                JOIN (
                  SELECT max(id) AS id
                  FROM handlings
                  GROUP BY brand, kind, started, source
                ) AS latest ON latest.id = h.id
                """  # handlings_by_episode
            )
        }

    def decisions(self, alert: Alert) -> list[Handling]:
        """Every decision about an alert's episode, oldest first."""
        brand, kind, started, source = alert.matter
        return [
            _handling(row)
            for row in self.db.rows(
                """
                SELECT *
                FROM handlings
                WHERE brand = :brand
                AND kind = :kind
                AND started = :started
                AND source = :source
                ORDER BY id
                """,  # handlings_by_episode
                {"brand": brand, "kind": kind, "started": seconds(started), "source": source},
            )
        ]

    def _handled(self, alerts: Sequence[Alert]) -> list[Alert]:
        """The alerts with the latest decision about their episodes."""
        known = self.handlings() if alerts else {}
        return (
            [replace(alert, handling=known.get(alert.matter)) for alert in alerts] if known else list(alerts)
        )

    def _reopen(self, alert: Alert) -> None:
        """Inside one write: what got more serious than it was when it was handled is open again; so is what was over."""
        decisions = self.decisions(alert)
        if not decisions or alert.reason == "closed":
            return
        latest = decisions[-1]
        worse = LEVELS.index(alert.severity) > LEVELS.index(latest.severity)
        if latest.action == "resolved" or (worse and latest.action != "reopened"):
            self._note(alert, Handling(action="reopened", at=alert.at, severity=alert.severity))

    def _note(self, alert: Alert, decision: Handling) -> None:
        brand, kind, started, source = alert.matter
        self.db.run(
            """
            INSERT INTO handlings (brand, kind, started, source, action, at, until, severity, by, note)
            VALUES (:brand, :kind, :started, :source, :action, :at, :until, :severity, :by, :note)
            """,
            {
                "brand": brand,
                "kind": kind,
                "started": seconds(started),
                "source": source,
                "action": decision.action,
                "at": seconds(decision.at),
                "until": seconds_or_none(decision.until),
                "severity": decision.severity,
                "by": storable(decision.by),
                "note": storable(decision.note),
            },
        )


def _handling(row: Row) -> Handling:
    return Handling(
        action=row["action"],
        at=instant(row["at"]),
        by=row["by"],
        note=row["note"],
        until=instant_or_none(row["until"]),
        severity=row["severity"],
    )
