"""What is remembered of sources and servers between runs, and which stretches of time each source has spoken for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ereputation.model import HostState, SourceState
from ereputation.store.connection import Base, Connection, instant_or_none, seconds, seconds_or_none
from ereputation.store.ledger import DAY
from ereputation.store.rows import storable, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from ereputation.model import Health
    from ereputation.store.connection import Row
    from ereputation.store.saving import Collected

FAILING_AFTER = 3  # consecutive failures
DEAD_AFTER = timedelta(days=14)
_ENOUGH_NEW = 5
"""New documents from which an average says something."""


def health_after(health: Health, failures: int, failing_for: timedelta, *, permanent: bool = False) -> Health:
    """The state of a source after a visit that left it with so many consecutive failures.

    ok -> failing (3 in a row) -> dead (14 days, or gone for good) -> recovered (first success) -> ok (the next one).
    """
    if not failures:
        return "recovered" if health in {"failing", "dead"} else "ok"
    if permanent or (failures >= FAILING_AFTER and failing_for >= DEAD_AFTER):
        return "dead"
    if failures >= FAILING_AFTER:
        return "dead" if health == "dead" else "failing"
    return health


class Sources(Base):
    """The part of the store that remembers sources and servers."""

    def source_states(self) -> dict[str, SourceState]:
        """Every source ever visited, by name."""
        return {row["name"]: _state_of(row) for row in self.db.rows("SELECT * FROM sources ORDER BY name")}

    def ever_read(self) -> int:
        """How many sources were read at least once."""
        number: int = self.db.value("SELECT count(*) FROM sources WHERE first_read IS NOT NULL")
        return number

    def failing(self, visits: int) -> list[str]:
        """The sources whose last so many visits failed."""
        return [
            row["name"]
            for row in self.db.rows(
                """
                SELECT name
                FROM sources
                WHERE failures >= :visits
                ORDER BY name
                """,
                {"visits": visits},
            )
        ]

    def usual_gaps(self, since: datetime) -> dict[str, float]:
        """Seconds between two new documents of each source, on average since then; sources with few are left out.

        The day of its first reading says nothing: what was new then is history.
        """
        return {
            row["name"]: ((row["last"] - row["first"]) // DAY + 1) * DAY / row["new"]
            for row in self.db.rows(
                """
                SELECT s.name, sum(r.new) AS new, min(r.day) AS first, max(r.day) AS last
                FROM readings AS r
                JOIN sources AS s ON s.id = r.source
                WHERE r.day >= :since
                AND r.day > s.first_read
                GROUP BY s.id
                HAVING sum(r.new) >= :enough
                """,
                {"since": seconds(since), "enough": _ENOUGH_NEW},
            )
        }

    def usual_sizes(self, since: datetime, before: datetime) -> dict[str, list[float]]:
        """Documents in an answer of each source, known or not, on average of each whole day between the two."""
        sizes: dict[str, list[float]] = {}
        for row in self.db.rows(
            """
            SELECT s.name, r.documents * 1.0 / r.read AS size
            FROM readings AS r
            JOIN sources AS s ON s.id = r.source
            WHERE r.day >= :since
            AND r.day < :before
            AND r.read > 0
            """,
            {"since": seconds(since), "before": seconds(before) // DAY * DAY},
        ):
            sizes.setdefault(row["name"], []).append(row["size"])
        return sizes

    def forget_state(self, source: str) -> None:
        """Drop a source's validators and cursor, so that its next reading is whole; what was read, and spent, stays."""
        with self.db.write():
            stored = self.db.value(
                """
                SELECT state
                FROM sources
                WHERE name = :source
                """,
                {"source": source},
            )
            kept = {name: value for name, value in json.loads(stored or "{}").items() if name == "spent"}
            self.db.run(
                """
                UPDATE sources
                SET state = :state, retry_at = NULL
                WHERE name = :source
                """,
                {"source": source, "state": to_json(kept)},
            )

    def hosts(self) -> dict[str, HostState]:
        """Every server that has to be treated with care, by domain."""
        return {
            row["domain"]: HostState(
                domain=row["domain"],
                not_before=instant_or_none(row["not_before"]),
                failures=row["failures"],
                last_status=row["last_status"],
            )
            for row in self.db.rows("SELECT * FROM hosts")
        }

    def save_hosts(self, hosts: Iterable[HostState]) -> None:
        """Remember servers; those not named stay as they are."""
        with self.db.write():
            self.db.many(
                """
                INSERT INTO hosts (domain, not_before, failures, last_status)
                VALUES (:domain, :not_before, :failures, :last_status)
                ON CONFLICT (domain) DO UPDATE SET
                  not_before = excluded.not_before,
                  failures = excluded.failures,
                  last_status = excluded.last_status
                """,
                [
                    {
                        "domain": storable(host.domain),
                        "not_before": seconds_or_none(host.not_before),
                        "failures": host.failures,
                        "last_status": host.last_status,
                    }
                    for host in hosts
                ],
            )

    def health_changes(self) -> list[SourceState]:
        """Sources whose health changed since it was last told; a recovery nobody was told the failure of is none."""
        return [
            _state_of(row)
            for row in self.db.rows(
                """
                SELECT *
                FROM sources
                WHERE health <> health_told
                AND NOT (health IN ('ok', 'recovered') AND health_told IN ('ok', 'recovered'))
                ORDER BY health_at, name
                """
            )
        ]

    def health_told(self, states: Iterable[SourceState]) -> None:
        """Remember that these changes were told; a change since then is still to be told."""
        with self.db.write():
            self.db.many(
                """
                UPDATE sources
                SET health_told = :health
                WHERE name = :name
                """,
                [{"name": state.name, "health": state.health} for state in states],
            )


class _Kept(Mapping[str, Any]):
    """A source's own state, which stays the JSON it is kept as until somebody looks: who reads the source, often elsewhere."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _read(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self._text)
        return read

    def __reduce__(self) -> tuple[type[_Kept], tuple[str]]:
        return _Kept, (self._text,)

    def __getitem__(self, key: str) -> Any:
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


def _state_of(row: Row) -> SourceState:
    return SourceState(
        name=row["name"],
        kind=row["kind"],
        state=_Kept(row["state"]),
        first_read=instant_or_none(row["first_read"]),
        last_read=instant_or_none(row["last_read"]),
        last_success=instant_or_none(row["last_success"]),
        last_new=instant_or_none(row["last_new"]),
        last_status=row["last_status"],
        last_error=row["last_error"],
        failures=row["failures"],
        failing_since=instant_or_none(row["failing_since"]),
        retry_at=instant_or_none(row["retry_at"]),
        health=row["health"],
        health_at=instant_or_none(row["health_at"]),
    )


@dataclass(slots=True)
class Visits:
    """Records visits inside one write."""

    db: Connection
    rows: dict[str, dict[str, Any]]
    counts: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, db: Connection, kinds: Mapping[str, str]) -> Visits:
        """The sources of a batch, with those met for the first time added."""
        db.many(
            """
            INSERT INTO sources (name, kind)
            VALUES (:name, :kind)
            ON CONFLICT (name) DO UPDATE SET kind = excluded.kind
            WHERE sources.kind <> excluded.kind
            """,
            [{"name": name, "kind": kind} for name, kind in kinds.items()],
        )
        rows = db.rows(
            """
            SELECT *
            FROM sources
            WHERE name IN (SELECT value FROM json_each(:names))
            """,
            {"names": to_json(list(kinds))},
        )
        return cls(db, {row["name"]: dict(row) for row in rows})

    def id_of(self, source: str) -> int:
        """The number of a source."""
        number: int = self.rows[source]["id"]
        return number

    def was_read(self, source: str) -> bool:
        """False until a reading of it was stored."""
        return self.rows[source]["first_read"] is not None

    def is_late(self, collected: Collected, late: int) -> bool:
        """True at a first reading, and when the last success is more than ``late`` seconds ago."""
        last = self.rows[collected.source]["last_success"]
        return last is None or seconds(collected.at) - last > late

    def record(self, collected: Collected, new: int) -> None:
        """Take over what a visit says of its source; the same visit again (same source, same moment) says nothing."""
        row = self.rows[collected.source]
        at = seconds(collected.at)
        reading = collected.reading
        status = "failed" if reading is None else "unchanged" if reading.unchanged else "read"
        if row["last_read"] != at or row["last_status"] != status:
            self._count(collected, new, at)
            row["failures"] = 0 if reading else row["failures"] + 1
        row |= {
            "last_read": at,
            "last_status": status,
            "retry_at": seconds_or_none(collected.retry_at),
            "last_error": "" if reading else storable(collected.error) or "failed",
        }
        if reading:
            until = at if reading.covers_until is None else min(at, seconds(reading.covers_until))
            self._cover(row, reading.covers_from, until)
            row |= {
                "state": storable(to_json(dict(reading.state))),
                "first_read": at if row["first_read"] is None else row["first_read"],
                "last_success": max(at, row["last_success"] or at),
                "failing_since": None,
            }
            if new:
                row["last_new"] = at
        elif row["failing_since"] is None:
            row["failing_since"] = at
        failing_for = timedelta(seconds=at - row["failing_since"]) if row["failing_since"] else timedelta(0)
        health = health_after(row["health"], row["failures"], failing_for, permanent=collected.permanent)
        if health != row["health"]:
            row |= {"health": health, "health_at": at}

    def _count(self, collected: Collected, new: int, at: int) -> None:
        reading = collected.reading
        self.counts.append(
            {
                "source": self.id_of(collected.source),
                "day": at // DAY * DAY,
                "read": int(reading is not None and not reading.unchanged),
                "unchanged": int(reading is not None and reading.unchanged),
                "failed": int(reading is None),
                "documents": reading.size if reading else 0,
                "new": new,
            }
        )

    def _cover(self, row: dict[str, Any], covers_from: datetime | None, until: int) -> None:
        """Add (last success, now], or what the answer itself speaks for, to the stretches of a source."""
        since = seconds(covers_from) if covers_from else row["last_success"]
        if since is None or since >= until:
            return
        touched = self.db.rows(
            """
            SELECT since, until
            FROM coverage
            WHERE source = :source
            AND since <= :until
            AND until >= :since
            """,  # the primary key
            {"source": row["id"], "since": since, "until": until},
        )
        if any(stretch["since"] <= since and stretch["until"] >= until for stretch in touched):
            return
        self.db.many(
            """
            DELETE FROM coverage
            WHERE source = :source
            AND since = :since
            """,
            [{"source": row["id"], "since": stretch["since"]} for stretch in touched],
        )
        self.db.run(
            """
            INSERT INTO coverage (source, since, until)
            VALUES (:source, :since, :until)
            """,
            {
                "source": row["id"],
                "since": min(since, *(stretch["since"] for stretch in touched), since),
                "until": max(until, *(stretch["until"] for stretch in touched), until),
            },
        )

    def finish(self) -> None:
        """Write what was recorded."""
        self.db.many(
            """
            UPDATE sources
            SET
              state = :state, first_read = :first_read, last_read = :last_read, last_success = :last_success,
              last_new = :last_new, last_status = :last_status, last_error = :last_error, failures = :failures,
              failing_since = :failing_since, retry_at = :retry_at, health = :health, health_at = :health_at
            WHERE id = :id
            """,
            self.rows.values(),
        )
        self.db.many(
            """
            INSERT INTO readings (source, day, read, unchanged, failed, documents, new)
            VALUES (:source, :day, :read, :unchanged, :failed, :documents, :new)
            ON CONFLICT (source, day) DO UPDATE SET
              read = readings.read + excluded.read,
              unchanged = readings.unchanged + excluded.unchanged,
              failed = readings.failed + excluded.failed,
              documents = readings.documents + excluded.documents,
              new = readings.new + excluded.new
            """,
            self.counts,
        )
