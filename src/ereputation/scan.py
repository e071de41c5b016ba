"""One pass: take the lock, collect, review, tell. What cron runs."""

from __future__ import annotations

import asyncio
import difflib
import itertools
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from ereputation import alerts as review
from ereputation import collect, telling
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
            close = difflib.get_close_matches(name, known, 1)
            raise UsageError(
                _("--source: no source is called {name!r}; did you mean {close!r}?").format(
                    name=name, close=close[0]
                )
                if close
                else _("--source: no source is called {name!r}; known sources: {known}").format(
                    name=name, known=", ".join(known)
                )
            )
    return [known[name] for name in dict.fromkeys(only)]


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
    finder: Finder,
    store: Store,
    *,
    now: datetime,
    only: Sequence[str],
    force: bool,
    progress: Callable[[Outcome], None],
) -> collect.Collection:
    states = store.source_states()
    asked, resting = [], []
    for source in _selected(config, only):
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
        limits=config.limits(),
        now=now,
    )
    collection = asyncio.run(collect.collect(job, finder, store, progress=progress))
    collection.outcomes.extend(resting)
    order = {source.id: place for place, source in enumerate(config.sources)}
    collection.outcomes.sort(key=lambda outcome: order[outcome.source])
    return collection


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
) -> Result:
    """Read what is due, store it, and say what is abnormal. Raises LockedError when another scan runs.

    ``baseline``: what is abnormal now is history, and nobody is told anything.
    """
    began = time.monotonic()
    with Store.open(database) as store, scan_lock(database, wait=wait):
        finder = Finder.of(config, store.corrections())
        looked_back = look_back(config, finder, store, now=now, looked=looked)
        collection = collect.Collection()
        if not offline:
            collection = _read(config, finder, store, now=now, only=only, force=force, progress=progress)
        store.expire(now - _LOAN)
        telling.meet(config, store, now=now)
        reviewed = review.review(config, store, now=now, changed=looked_back, baseline=baseline)
        deliveries = () if baseline else telling.tell(config, store, now=now)
        names = {source.id for source in config.sources}
        failing = tuple(n for n, s in store.source_states().items() if n in names and s.failures >= _IN_A_ROW)
    return Result(
        started=now,
        finished=now + timedelta(seconds=time.monotonic() - began),
        outcomes=tuple(collection.outcomes),
        new_mentions=collection.new_mentions,
        alerts=reviewed.alerts,
        health=reviewed.health,
        failing=failing,
        looked_back=looked_back,
        deliveries=deliveries,
    )
