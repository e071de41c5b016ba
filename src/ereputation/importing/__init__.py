"""History from files: rows become documents, go through the same finder and store as what is read, and never alert.

An import speaks for the stretch from its first to its last date, so that the baseline and ``backtest`` can use it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain, dropwhile, islice
from typing import IO, TYPE_CHECKING

from ereputation import alerts, detect
from ereputation.finder import Finder, Found
from ereputation.importing.columns import DIALECTS, OWN, PLAIN, parse_map
from ereputation.importing.files import contents
from ereputation.importing.moments import Moments, order_of
from ereputation.importing.records import RowError
from ereputation.importing.rows import KIND, Imported, Reader
from ereputation.model import Reading
from ereputation.query import index_terms
from ereputation.store import Collected, Store, scan_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from ereputation.config import Config
    from ereputation.database import Database
    from ereputation.importing.columns import Columns
    from ereputation.importing.files import Row
    from ereputation.importing.moments import Order
    from ereputation.model import Match
    from ereputation.store import Saved

__all__ = ["DIALECTS", "How", "Result", "parse_map", "run"]

_BATCH = 1_000
"""Rows found and stored in one transaction."""
_HOUR = timedelta(hours=1)
_RECENT = timedelta(days=9)
"""Older episodes are over, and nobody is told of them."""
_SPIKES = ("volume_spike", "negative_spike")
_TOLD = 10
"""Rows that could not be used, told one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How a file is to be read; empty and None: found out."""

    source: str = ""
    dialect: str = ""
    mapped: Mapping[str, str] = field(default_factory=dict)
    """Field -> header."""
    order: Order | None = None
    zone: ZoneInfo | None = None
    keep_sentiment: bool = False


@dataclass(slots=True, kw_only=True)
class Result:
    """What an import came to."""

    source: str
    dialect: str = ""
    rows: int = 0
    new: int = 0
    mentions: int = 0
    corrected: int = 0
    """Mentions whose tone was taken from the file."""
    bad: int = 0
    faults: list[str] = field(default_factory=list)
    """The first of the rows that could not be used: ``file:line: why``."""
    since: datetime | None = None
    until: datetime | None = None
    """The first and the last date; None when nothing was imported."""

    @property
    def imported(self) -> int:
        """Rows that are stored now, whether new or known already."""
        return self.rows - self.bad

    @property
    def exit_code(self) -> int:
        """1: nothing could be imported; 3: some rows could not; else 0."""
        return 1 if not self.imported else 3 if self.bad else 0


def run(
    config: Config,
    database: Database,
    file: IO[bytes],
    name: str,
    how: How,
    *,
    now: datetime,
    wait: float = 0.0,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Result:
    """Store every row of a file that can be read; the same file again changes nothing.

    Raises LockedError when a scan runs, UsageError when the columns cannot be told.
    """
    read = contents(file, name, how.dialect, how.mapped)
    result = Result(source=how.source or f"import: {name}", dialect=read.columns.dialect)
    with Store.open(database) as store, scan_lock(database, wait=wait):
        intake = _Intake(store, Finder.of(config, store.corrections()), result, now, how.keep_sentiment)
        ahead = list(islice(read.rows, _BATCH))
        order = how.order or order_of(row.value("published") for row in ahead if not row.fault)
        reader = _reader(read.columns, result.source, how.zone or config.timezone, order, now)
        rows = chain(ahead, read.rows)
        while batch := list(islice(rows, _BATCH)):
            intake.take([document for row in batch if (document := _document(row, reader, name, result))])
            progress(result.rows)
        intake.cover()
        if result.until and result.until > now - _RECENT:
            _absorb(config, store, now)
    return result


def _reader(columns: Columns, source: str, zone: ZoneInfo, order: Order, now: datetime) -> Reader:
    vendor = columns.dialect not in {OWN.name, PLAIN.name}
    return Reader(
        source=source,
        namespace=columns.dialect if vendor else "",
        moments=Moments(zone=zone, order=order, now=now),
        now=now,
        own=columns.dialect == OWN.name,
    )


def _document(row: Row, reader: Reader, name: str, result: Result) -> Imported | None:
    """The document of a row; None when it cannot be used, which is counted and told."""
    result.rows += 1
    fault = row.fault
    if not fault:
        try:
            return reader.read(row.value)
        except RowError as error:
            fault = str(error)
    result.bad += 1
    if len(result.faults) < _TOLD:
        result.faults.append(f"{name}:{row.number}: {fault}")
    return None


@dataclass(slots=True)
class _Intake:
    """Takes documents in, a batch in one transaction."""

    store: Store
    finder: Finder
    result: Result
    now: datetime
    keep_sentiment: bool

    def take(self, batch: Sequence[Imported]) -> None:
        """Find, store, and count what is new."""
        if not batch:
            return
        documents = [imported.document for imported in batch]
        fresh = list(zip(documents, self.store.unknown(documents), strict=True))
        found = [self.finder.find(document) if new else Found(document=document) for document, new in fresh]
        first, last = (pick(d.published for d in documents) for pick in (min, max))
        # The stretch it covers is told at the end: an import that was killed speaks for nothing yet.
        saved = self._save(
            Reading(documents=tuple(f.document for f in found), covers_from=first, covers_until=first),
            found=tuple(f.matches for f in found),
            terms=tuple(index_terms(document) if new else None for document, new in fresh),
        )
        result = self.result
        result.new += saved.new
        result.mentions += saved.new_mentions
        result.since = min(first, result.since or first)
        result.until = max(last, result.until or last)
        if self.keep_sentiment:
            self._correct(batch)

    def _save(
        self,
        reading: Reading,
        found: tuple[tuple[Match, ...], ...] = (),
        terms: tuple[str | None, ...] = (),
    ) -> Saved:
        visit = Collected(
            source=self.result.source,
            kind=KIND,
            at=self.now,
            reading=reading,
            found=found,
            terms=terms,
        )
        return self.store.save([visit], now=self.now)[0]

    def _correct(self, batch: Sequence[Imported]) -> None:
        """Take the file's tone for a person's word, where no person has spoken yet."""
        labelled = [(imported.document, imported.label) for imported in batch if imported.label]
        mentions = self.store.unjudged([document for document, _ in labelled])
        for label in ("negative", "neutral", "positive"):
            ids = [
                number
                for (_, given), numbers in zip(labelled, mentions, strict=True)
                if given == label
                for number in numbers
            ]
            if ids:
                self.result.corrected += self.store.mark(ids, label=label, by="import")

    def cover(self) -> None:
        """Speak for the whole hours from the first to the last date."""
        if self.result.since is None or self.result.until is None:
            return
        since, until = (
            moment.replace(minute=0, second=0, microsecond=0)
            for moment in (self.result.since, self.result.until)
        )
        self._save(Reading(covers_from=since, covers_until=min(until + _HOUR, self.now)))


def _absorb(config: Config, store: Store, now: datetime) -> None:
    """What is abnormal by now because of an import is history: kept, and told to nobody."""
    settings = alerts.settings_of(config, now=now)
    sources = [source.id for source in config.sources]
    for brand in config.brands:
        buckets = store.buckets(brand.name, since=alerts.history_from(now), until=now, sources=sources)
        seen = list(dropwhile(lambda bucket: not bucket.exposure, buckets))
        computed = detect.replay(seen, settings).episodes
        stored = [e for e in store.episodes(brand.name, since=now - _RECENT) if e.kind in _SPIKES]
        verdict = detect.reconcile(stored, computed, now=now, alert_from=now - _RECENT)
        due = {(e.kind, e.started): reason for e, reason in verdict.due if reason != "closed"}
        store.save_episodes(
            replace(e, absorbed=due[e.kind, e.started] == "opened")
            for e in verdict.episodes
            if (e.kind, e.started) in due
        )
