"""One pass: take the lock, collect, review, tell. What cron runs."""

from __future__ import annotations

import difflib
import itertools
import time
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Self

from ereputation import collect, executors
from ereputation.errors import UsageError
from ereputation.finder import Finder
from ereputation.model import Outcome
from ereputation.speech import _
from ereputation.store import Store, scan_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from ereputation.config import Config
    from ereputation.database import Database
    from ereputation.finder import Found
    from ereputation.model import Alert, Delivery, Document, SourceState
    from ereputation.sources import AnySource

_LEVELS = ("info", "warning", "critical")
_TOLERATED = 0.2  # the share of sources that may fail in one scan before coverage counts as degraded
_IN_A_ROW = 3
_TURN = 600.0
"""Seconds one machine waits for its turn to say what is abnormal, after it has read its part of the sources."""
_LOAN = timedelta(days=30)
"""What YouTube's terms let us keep of its API's answers without asking again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one scan did."""

    started: datetime
    finished: datetime
    outcomes: tuple[Outcome, ...] = ()
    new_mentions: int = 0
    alerts: tuple[Alert, ...] = ()
    health: tuple[SourceState, ...] = ()
    """Sources whose health changed in this scan."""
    failing: tuple[str, ...] = ()
    """Sources whose last three visits failed, asked this time or not."""
    looked_back: dict[str, int] = field(default_factory=dict)
    """Brands that are new or whose words changed, with the mentions found in what was stored already."""
    deliveries: tuple[Delivery, ...] = ()
    """How each channel fared that had something to tell."""

    def count(self, status: str) -> int:
        """How many sources fared so."""
        return sum(1 for outcome in self.outcomes if outcome.status == status)

    @property
    def due(self) -> int:
        """How many sources were asked."""
        return len(self.outcomes) - self.count("not_due")

    def exit_code(self, fail_on: str | None = None) -> int:
        """1: everything that was asked failed; 10: an alert at or above ``fail_on``; 3: coverage degraded; else 0."""
        failed = self.count("failed")
        if self.due and failed == self.due:
            return 1
        if fail_on and any(_LEVELS.index(alert.severity) >= _LEVELS.index(fail_on) for alert in self.alerts):
            return 10
        return 3 if self.failing or failed > _TOLERATED * self.due else 0


def _selected(config: Config, only: Sequence[str]) -> list[AnySource]:
    if not only:
        return list(config.sources)
    known = {source.id: source for source in config.sources}
    for name in only:
        if name not in known:
            raise no_such_source(name, list(known))
    return [known[name] for name in dict.fromkeys(only)]


def no_such_source(name: str, known: Sequence[str]) -> UsageError:
    """What to say of a ``--source`` that is none of these."""
    close = difflib.get_close_matches(name, known, 1)
    return UsageError(
        _("--source: no source is called {name!r}; did you mean {close!r}?").format(name=name, close=close[0])
        if close
        else _("--source: no source is called {name!r}; known sources: {known}").format(
            name=name, known=", ".join(known)
        )
    )


def look_back(
    config: Config,
    finder: Finder,
    store: Store,
    *,
    now: datetime,
    looked: Callable[[int], None] = lambda _number: None,
) -> dict[str, int]:
    """Find brands that are new, or whose words were edited, in everything that is stored.

    ``looked`` is called with how many documents were looked at so far.
    """
    known = store.brand_fingerprints()
    changed = [b.name for b in config.brands if known.get(b.name) != config.fingerprint(b)]
    if not changed:
        return {}
    fingerprints = {b.name: config.fingerprint(b) for b in config.brands if b.name in changed}
    numbers = itertools.count(1)

    def find(document: Document) -> Found:
        looked(next(numbers))
        return finder.find(document)

    return store.rematch(fingerprints, find, now=now)


def _read(
    config: Config,
    selected: Sequence[AnySource],
    executor: collect.Executor,
    store: Store,
    *,
    now: datetime,
    force: bool,
    progress: Callable[[Outcome], None],
) -> collect.Collection:
    """What is due of these sources, read and stored."""
    states = store.source_states()
    asked, resting = [], []
    for source in selected:
        state = states.get(source.id)
        again = None if force else collect.due(source, state, now)
        if again is None:
            asked.append(source)
        else:
            resting.append(Outcome(source=source.id, kind=source.kind, status="not_due", retry_at=again))
    job = collect.Job(
        sources=asked,
        states=states,
        hosts=store.hosts(),
        contact=config.contact,
        limits=config.limits(len(asked)),
        now=now,
    )
    collection = collect.collect(job, executor, store, progress=progress, meanwhile=_get_ready)
    collection.outcomes.extend(resting)
    order = {source.id: place for place, source in enumerate(config.sources)}
    collection.outcomes.sort(key=lambda outcome: order[outcome.source])
    return collection


def _get_ready() -> None:
    """Load what a review needs: it takes a while, and workers need none of it."""
    for module in ("alerts", "telling"):
        import_module(f"ereputation.{module}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """The part of the sources that one of several machines reads: whole domains, always the same ones."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """From ``2/8``, the second of eight. Raises UsageError."""
        number, slash, of = text.partition("/")
        if not (slash and number.strip().isdecimal() and of.strip().isdecimal()):
            raise UsageError(
                _('--shard: expected a number of a number, such as 2/8, not "{text}"').format(text=text)
            )
        if not 1 <= int(number) <= int(of):
            raise UsageError(
                _("--shard: {text} is not one of 1/{of} to {of}/{of}").format(text=text, of=of.strip())
            )
        return cls(number=int(number), of=int(of))

    def __contains__(self, source: AnySource) -> bool:
        return executors.place(source, self.of) == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}-of-{self.of}"


@dataclass(slots=True)
class _Pass:
    """One scan between its parts."""

    config: Config
    store: Store
    finder: Finder
    now: datetime
    names: frozenset[str]
    """Of the sources it is about."""
    looked: Callable[[int], None]
    baseline: bool
    looked_back: dict[str, int] = field(default_factory=dict)
    collection: collect.Collection = field(default_factory=collect.Collection)

    def look_back(self) -> None:
        self.looked_back = look_back(self.config, self.finder, self.store, now=self.now, looked=self.looked)

    def review(self, began: float) -> Result:
        """Say what is abnormal, and tell it."""
        from ereputation import alerts, telling

        config, store, now = self.config, self.store, self.now
        store.expire(now - _LOAN)
        telling.meet(config, store, now=now)
        reviewed = alerts.review(config, store, now=now, changed=self.looked_back, baseline=self.baseline)
        deliveries = () if self.baseline else telling.tell(config, store, now=now)
        return Result(
            started=now,
            finished=now + timedelta(seconds=time.monotonic() - began),
            outcomes=tuple(self.collection.outcomes),
            new_mentions=self.collection.new_mentions,
            alerts=reviewed.alerts,
            health=reviewed.health,
            failing=tuple(name for name in store.failing(_IN_A_ROW) if name in self.names),
            looked_back=self.looked_back,
            deliveries=deliveries,
        )


def run(
    config: Config,
    database: Database,
    *,
    now: datetime,
    only: Sequence[str] = (),
    force: bool = False,
    offline: bool = False,
    baseline: bool = False,
    wait: float = 0.0,
    progress: Callable[[Outcome], None] = lambda _outcome: None,
    looked: Callable[[int], None] = lambda _number: None,
    workers: int | None = None,
    cluster: str = "",
    shard: Shard | None = None,
) -> Result:
    """Read what is due, store it, and say what is abnormal. Raises LockedError when another scan runs.

    ``baseline``: what is abnormal now is history, and nobody is told anything.
    ``workers``: processes to read with; None: as configured. ``cluster``: a Dask scheduler that reads instead.
    ``shard``: only this part of the sources. Several parts are read at the same time; what is abnormal each of them says
    when it is done, one after the other: what one has told the next finds told, and no machine is missed that fails.
    """
    began = time.monotonic()
    with Store.open(database) as store:
        finder = Finder.of(config, store.corrections())
        known = store.ever_read()
    selected = [source for source in _selected(config, only) if shard is None or source in shard]
    reader = executors.chosen(
        finder,
        database,
        sources=() if offline else selected,
        workers=config.fetch.processes() if workers is None else workers,
        cluster="" if offline else cluster,
        news=known < len(selected) / 2,
    )
    with reader as executor, Store.open(database) as store:
        names = frozenset(source.id for source in (config.sources if shard is None else selected))
        one = _Pass(config, store, finder, now, names, looked, baseline)

        def read() -> None:
            if not offline:
                one.collection = _read(
                    config, selected, executor, store, now=now, force=force, progress=progress
                )

        if shard is None:
            with scan_lock(database, wait=wait):
                one.look_back()
                read()
                return one.review(began)
        with scan_lock(database, wait=wait, shard=str(shard)):
            read()
            with scan_lock(database, wait=max(wait, _TURN)):
                one.look_back()
                return one.review(began)
