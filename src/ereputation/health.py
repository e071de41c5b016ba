"""How each source fares: when it was read, what it usually brings, when it is read next, what went wrong."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ereputation.errors import UsageError
from ereputation.model import SourceState
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ereputation.config import Config
    from ereputation.sources import AnySource
    from ereputation.store import Store

_LATELY = timedelta(days=28)
_LONG = 6.0
"""Usual gaps without anything new from which a source is called quiet; by chance that is one day in 400."""
_AT_LEAST = timedelta(days=1)
"""No source is called quiet sooner: many rest at night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One configured source as it stands."""

    source: AnySource
    state: SourceState
    next_read: datetime | None
    """None: at the next scan."""
    usual_gap: float | None
    """Seconds between two new documents on average; None while too few came."""
    quiet: bool
    """It is read with success and brings far less than its usual."""
    unread: bool
    """It has not been asked for a long time: the monitor rests, not the source."""

    spent: str
    """What it cost of a quota or of money; empty where nothing is counted."""

    @property
    def said(self) -> str:
        """Its health in a word or two: never read, not read lately, ok, quiet, failed, failing, dead, recovered."""
        if self.state.last_read is None:
            return "never read"
        if self.unread:
            return "not read lately"
        if self.state.health == "ok" and self.state.failures:
            return "failed"
        return "quiet" if self.quiet and self.state.health in {"ok", "recovered"} else self.state.health

    @property
    def troubled(self) -> bool:
        """Whether what is said there may not be seen."""
        return self.said not in {"ok", "recovered"}


def standings(
    config: Config,
    store: Store,
    *,
    now: datetime,
    due: Callable[[AnySource, SourceState | None, datetime], datetime | None],
) -> list[Standing]:
    """Every configured source, in the order of the configuration; ``due`` says when one may be read again."""
    states, gaps = store.source_states(), store.usual_gaps(now - _LATELY)
    return [
        _standing(
            source, states.get(source.id), gaps.get(source.id), now, due(source, states.get(source.id), now)
        )
        for source in config.sources
    ]


def _standing(
    source: AnySource, state: SourceState | None, gap: float | None, now: datetime, again: datetime | None
) -> Standing:
    known = state or SourceState(name=source.id, kind=source.kind)
    silent = known.last_success - known.last_new if known.last_success and known.last_new else None
    longest = max(_AT_LEAST, timedelta(seconds=_LONG * (source.every or 0.0)))
    return Standing(
        source=source,
        state=known,
        next_read=again,
        usual_gap=gap,
        quiet=bool(gap and silent and silent > max(_AT_LEAST, timedelta(seconds=_LONG * gap))),
        spent=source.spending(known.state, now=now),
        unread=bool(known.last_read and again is None and now - known.last_read > longest),
    )


def named(config: Config, name: str) -> AnySource:
    """The configured source of this name; UsageError with the closest ones otherwise."""
    by_name = {source.id.casefold(): source for source in config.sources}
    if found := by_name.get(name.strip().casefold()):
        return found
    close = difflib.get_close_matches(name.casefold(), by_name, 3, 0.5)
    hint = ", ".join(repr(by_name[key].id) for key in close)
    said = (
        _("no source is called {name!r}; did you mean {names}?")
        if close
        else _("no source is called {name!r}; `ereputation sources` lists them")
    )
    raise UsageError(said.format(name=name, names=hint))
