"""Which channel took which alert, and what is remembered of channels between runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation.model import ChannelState
from ereputation.store.connection import instant, instant_or_none, seconds, seconds_or_none
from ereputation.store.episodes import alert_of
from ereputation.store.handlings import Handlings
from ereputation.store.rows import storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ereputation.model import Alert, Kind


class Deliveries(Handlings):
    """The part of the store that remembers channels and what they took."""

    def meet_channels(self, names: Iterable[str], *, at: datetime) -> None:
        """Remember channels; to one that is new, every alert stored so far is history."""
        known = self.channel_states()
        new = [{"name": name, "at": seconds(at)} for name in names if name not in known]
        if not new:
            return
        with self.db.write():
            self.db.many(
                """
                INSERT INTO channels (name, first_seen, settled)
                SELECT :name, :at, coalesce(max(id), 0)
                FROM alerts
                WHERE true
                ON CONFLICT (name) DO NOTHING
                """,
                new,
            )

    def channel_states(self) -> dict[str, ChannelState]:
        """Every channel ever met, by name."""
        return {
            row["name"]: ChannelState(
                name=row["name"],
                first_seen=instant(row["first_seen"]),
                tried=instant_or_none(row["tried"]),
                failures=row["failures"],
                retry_at=instant_or_none(row["retry_at"]),
                error=row["error"],
                failure_told=bool(row["failure_told"]),
            )
            for row in self.db.rows("SELECT * FROM channels ORDER BY name")
        }

    def undelivered(self, channel: str) -> list[Alert]:
        """Alerts this channel has not taken and that are not settled for it, oldest first."""
        rows = self.db.rows(
            """
            SELECT a.id, a.body
            FROM channels AS c
            JOIN alerts AS a ON a.id > c.settled
            LEFT JOIN deliveries AS d ON d.alert = a.id AND d.channel = c.name
            WHERE c.name = :channel
            AND coalesce(d.ok, 0) = 0
            ORDER BY a.id
            """,  # the primary keys
            {"channel": channel},
        )
        return self._handled([alert_of(row) for row in rows])

    def settle(self, channel: str, until: int) -> None:
        """Alerts up to this number are told on this channel, or never will be."""
        with self.db.write():
            self.db.run(
                """
                UPDATE channels
                SET settled = :until
                WHERE name = :channel
                AND settled < :until
                """,
                {"channel": channel, "until": until},
            )

    def hand_over(self, channel: str, alerts: Sequence[str], *, message: str, at: datetime) -> None:
        """Note which message is about to carry these alerts: should nobody live to record that it was taken, the same
        alerts go into the same message again.
        """  # noqa: D205 - one sentence
        with self.db.write():
            self.db.many(
                """
                INSERT INTO deliveries (alert, channel, at, ok, error)
                VALUES (:alert, :channel, :at, 0, :message)
                ON CONFLICT (alert, channel) DO UPDATE SET
                  at = excluded.at,
                  error = excluded.error
                WHERE deliveries.ok = 0
                """,
                [
                    {"alert": number_of(alert), "channel": channel, "at": seconds(at), "message": message}
                    for alert in alerts
                ],
            )

    def handed_over(self, channel: str) -> list[tuple[str, ...]]:
        """The alerts of each message that was handed to this channel and perhaps taken, the oldest message first."""
        messages: dict[str, list[str]] = {}
        for row in self.db.rows(
            """
            SELECT d.alert, d.error
            FROM channels AS c
            JOIN deliveries AS d ON d.alert > c.settled AND d.channel = c.name
            WHERE c.name = :channel
            AND d.ok = 0
            ORDER BY d.alert
            """,  # the primary keys
            {"channel": channel},
        ):
            messages.setdefault(row["error"], []).append(f"a{row['alert']}")
        return [tuple(alerts) for alerts in messages.values()]

    def take_back(self, channel: str) -> None:
        """Note that this channel refused what was handed to it: nobody has it, so it may go into any message."""
        with self.db.write():
            self.db.run(
                """
                DELETE FROM deliveries
                WHERE channel = :channel
                AND ok = 0
                """,
                {"channel": channel},
            )

    def delivered(self, channel: str, alerts: Sequence[str], *, at: datetime) -> None:
        """Note that a channel took these alerts, all in one transaction; it is well again if it was not."""
        with self.db.write():
            self.db.many(
                """
                INSERT INTO deliveries (alert, channel, at, ok, error)
                VALUES (:alert, :channel, :at, 1, '')
                ON CONFLICT (alert, channel) DO UPDATE SET
                  at = excluded.at,
                  ok = 1,
                  error = ''
                WHERE deliveries.ok = 0
                """,
                [{"alert": number_of(alert), "channel": channel, "at": seconds(at)} for alert in alerts],
            )
            self.db.run(
                """
                UPDATE channels
                SET tried = :at, failures = 0, retry_at = NULL, error = '', failure_told = 0
                WHERE name = :channel
                """,
                {"channel": channel, "at": seconds(at)},
            )

    def undeliverable(self, channel: str, *, at: datetime, error: str, retry_at: datetime | None) -> None:
        """Note that a channel did not take a message, why, and when to try again."""
        with self.db.write():
            self.db.run(
                """
                UPDATE channels
                SET tried = :at, failures = failures + 1, retry_at = :retry_at, error = :error
                WHERE name = :channel
                """,
                {
                    "channel": channel,
                    "at": seconds(at),
                    "error": storable(error),
                    "retry_at": seconds_or_none(retry_at),
                },
            )

    def failure_told(self, channels: Iterable[str]) -> None:
        """Note that somebody was told that these channels fail."""
        with self.db.write():
            self.db.many(
                """
                UPDATE channels
                SET failure_told = 1
                WHERE name = :channel
                """,
                [{"channel": channel} for channel in channels],
            )

    def tellings(
        self, channel: str, *, brand: str, kind: Kind, limit: int = 100
    ) -> list[tuple[Alert, datetime]]:
        """What a channel took about a brand and kind, and when, the latest first."""
        return [
            (alert_of(row), instant(row["told"]))
            for row in self.db.rows(
                """
                SELECT a.id, a.body, d.at AS told
                FROM alerts AS a
                JOIN deliveries AS d ON d.alert = a.id
                WHERE d.channel = :channel
                AND d.ok = 1
                AND a.brand = :brand
                AND a.kind = :kind
                ORDER BY a.id DESC
                LIMIT :limit
                """,  # both primary keys, from the latest alert down
                {"channel": channel, "brand": brand, "kind": kind, "limit": limit},
            )
        ]


def number_of(alert: str) -> int:
    """The number in an alert's id (a12)."""
    return int(alert.removeprefix("a"))
