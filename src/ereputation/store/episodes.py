"""What was abnormal, and what was told of it."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from ereputation.model import Alert, Episode, Example, Waiting
from ereputation.store.connection import instant, seconds, seconds_or_none
from ereputation.store.handlings import LEVELS, Handlings
from ereputation.store.rows import storable, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ereputation.model import Severity
    from ereputation.store.connection import Row

_MOST = (1 << 63) - 1
_Value = TypeVar("_Value", Episode, Alert, Example, Waiting)


class Episodes(Handlings):
    """The part of the store that keeps episodes and alerts."""

    def episodes(
        self, brand: str | None = None, *, open_only: bool = False, since: datetime | None = None
    ) -> list[Episode]:
        """Episodes in the order they started; with ``since``, those that were open at that moment or later."""
        return [
            _value(Episode, row["body"])
            for row in self.db.rows(
                """
                SELECT body
                FROM episodes
                WHERE (:brand IS NULL OR brand = :brand)
                AND (:open_only = 0 OR ended IS NULL)
                AND (:since IS NULL OR ended IS NULL OR ended >= :since)
                ORDER BY started, id
                """,
                {"brand": brand, "open_only": int(open_only), "since": seconds_or_none(since)},
            )
        ]

    def save_review(self, episodes: Iterable[Episode], alerts: Iterable[Alert] = ()) -> list[Alert]:
        """Keep episodes (known by brand, kind and start) and the alerts that tell of them, in one transaction.

        The alerts come back with their ids (a1, a2...), which never change.
        """
        with self.db.write():
            self.db.many(
                """
                INSERT INTO episodes (brand, kind, started, ended, body)
                VALUES (:brand, :kind, :started, :ended, :body)
                ON CONFLICT (brand, kind, started) DO UPDATE SET
                  ended = excluded.ended,
                  body = excluded.body
                """,
                [
                    {
                        "brand": episode.brand,
                        "kind": episode.kind,
                        "started": seconds(episode.started),
                        "ended": seconds_or_none(episode.ended),
                        "body": _body(episode),
                    }
                    for episode in episodes
                ],
            )
            return self._handled([self._insert(alert) for alert in alerts])

    def save_episodes(self, episodes: Iterable[Episode]) -> None:
        """Keep episodes; those known by brand, kind and start are replaced."""
        self.save_review(episodes)

    def save_alert(self, alert: Alert) -> Alert:
        """Keep an alert; it comes back with its id."""
        return self.save_review((), [alert])[0]

    def _insert(self, alert: Alert) -> Alert:
        number = self.db.value(
            """
            INSERT INTO alerts (brand, kind, started, at, body)
            VALUES (:brand, :kind, :started, :at, :body)
            RETURNING id
            """,
            {
                "brand": alert.brand,
                "kind": alert.kind,
                "started": seconds(alert.started),
                "at": seconds(alert.at),
                "body": _body(alert),
            },
        )
        self._reopen(alert)
        return replace(alert, id=f"a{number}")

    def alerts(
        self,
        *,
        brands: Sequence[str] | None = None,
        since: datetime | None = None,
        only_open: bool = False,
        limit: int | None = None,
    ) -> list[Alert]:
        """Alerts newest first; with ``only_open``, those whose episode has not ended and that nobody has resolved."""
        rows = self.db.rows(
            """
            SELECT a.id, a.body
            FROM alerts AS a
            WHERE (:brands IS NULL OR a.brand IN (SELECT value FROM json_each(:brands)))
            AND (:since IS NULL OR a.at >= :since)
            AND (:only_open = 0 OR EXISTS (
              SELECT 1
              FROM episodes AS e
              WHERE e.brand = a.brand
              AND e.kind = a.kind
              AND e.started = a.started
              AND e.ended IS NULL
            ))
            AND (:only_open = 0 OR coalesce((
              SELECT h.action
              FROM handlings AS h
              WHERE h.brand = a.brand
              AND h.kind = a.kind
              AND h.started = a.started
              ORDER BY h.id DESC
              LIMIT 1
            ), '') <> 'resolved')
            ORDER BY a.at DESC, a.id DESC
            LIMIT :limit
            """,  # alerts_by_time; UNIQUE (brand, kind, started); handlings_by_episode
            {
                "brands": None if brands is None else to_json(list(brands)),
                "since": seconds_or_none(since),
                "only_open": int(only_open),
                "limit": _MOST if limit is None else limit,
            },
        )
        return self._handled([alert_of(row) for row in rows])

    def alert(self, name: str) -> Alert | None:
        """One alert by its id (``a12``); None when there is none."""
        digits = name.strip().lower().removeprefix("a")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 18):
            return None
        row = self.db.row(
            """
            SELECT id, body
            FROM alerts
            WHERE id = :id
            """,
            {"id": int(digits)},
        )
        return self._handled([alert_of(row)])[0] if row else None

    def gravest(self, alert: Alert) -> Severity:
        """How serious an alert's episode was at its worst, as far as it was told."""
        rows = self.db.rows(
            """
            SELECT id, body
            FROM alerts
            WHERE brand = :brand
            AND kind = :kind
            AND started = :started
            """,
            {"brand": alert.brand, "kind": alert.kind, "started": seconds(alert.started)},
        )
        told = {found.severity for row in rows if (found := alert_of(row)).matter == alert.matter}
        return max(told, key=LEVELS.index, default=alert.severity)


def _body(value: Episode | Alert) -> str:
    plain = _plain(value)
    plain.pop("handling", None)  # is kept by episode
    return storable(to_json(plain))


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return seconds(value) if hasattr(value, "tzinfo") else value


def _value(kind: type[_Value], body: str | dict[str, Any]) -> _Value:
    """The value a body holds; what an older version did not know of takes its default."""
    stored = json.loads(body) if isinstance(body, str) else body
    known = {f.name: f.type for f in fields(kind) if f.name in stored}
    return kind(**{name: _typed(str(written), stored[name]) for name, written in known.items()})


def _typed(written: str, value: Any) -> Any:
    if value is None:
        return None
    if written.startswith("datetime"):
        return instant(value)
    if written.startswith("Waiting"):
        return _value(Waiting, value)
    if "Example" in written:
        return tuple(_value(Example, part) for part in value)
    if written.startswith("tuple"):
        return tuple(tuple(part) if isinstance(part, list) else part for part in value)
    return value


def alert_of(row: Row) -> Alert:
    """The alert of a row with ``id`` and ``body``."""
    return replace(_value(Alert, row["body"]), id=f"a{row['id']}")
