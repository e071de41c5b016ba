"""The brand says nothing while it is talked about: since when, how many wait, how long it usually takes."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ereputation.detect.episodes import severity
from ereputation.model import Episode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ereputation.detect.settings import Settings
    from ereputation.model import Waiting

_LONGEST = timedelta(days=7)
_TROUBLES = ("volume_spike", "negative_spike")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """How long the brand usually takes to answer."""

    count: int
    median: float
    """Seconds."""
    ninetieth: float
    """Seconds; nine answers in ten came sooner."""


def usual_delay(answered: Iterable[tuple[datetime, datetime]]) -> Delay | None:
    """From (asked, answered) pairs; None when there is none. An answer before its question counts as at once."""
    delays = sorted(max(0.0, (reply - asked).total_seconds()) for asked, reply in answered)
    if not delays:
        return None
    n = len(delays)
    median = (delays[(n - 1) // 2] + delays[n // 2]) / 2
    return Delay(count=n, median=median, ninetieth=delays[min(n - 1, int(0.9 * n))])


def silence(
    *,
    brand: str,
    now: datetime,
    episodes: Sequence[Episode],
    waiting: Waiting | None,
    owned: Sequence[datetime],
    last_read: datetime | None,
    current: Episode | None,
    settings: Settings,
) -> Episode | None:
    """The brand's silence as an episode: new, going on, or ended just now; None when there is nothing to say.

    ``episodes`` are the brand's volume and negative episodes, ``waiting`` its unanswered questions, ``owned`` when
    it published lately (in order), ``last_read`` the last successful reading of its accounts (None: they are not
    read), ``current`` the silence that is open in the store (None: none is).
    Accounts not read for longer than the response time are blind: nothing opens and nothing ends.
    """
    if current is not None:
        return _go_on(current, now, owned, last_read, waiting)
    if last_read is None or now - last_read > timedelta(seconds=settings.response_time):
        return None
    troubles = [
        e
        for e in episodes
        if e.kind in _TROUBLES and e.ended is None and e.brand == brand and e.opened <= now
    ]
    since = [e.opened for e in troubles]
    if waiting is not None and waiting.count >= settings.min_mentions:
        since.append(waiting.oldest)
    unanswered = [start for start in since if _first_after(owned, start) is None]
    if not unanswered:
        return None
    started = min(unanswered)
    opened = started + timedelta(seconds=settings.response_time)
    if last_read <= opened:
        return None
    worst = max(troubles, key=lambda e: e.score, default=None)
    share = max((e.negative_share for e in troubles), default=0.0)
    return Episode(
        brand=brand,
        kind="brand_silence",
        started=started,
        opened=now,
        peaked=now,
        severity=severity(
            score=worst.score if worst else 0.0,
            ratio=worst.observed / max(worst.expected, 0.1) if worst else 1.0,
            negative_share=share,
            usual_share=worst.usual_share if worst else 0.0,
            silent=True,
        ),
        observed=float(waiting.count) if waiting else 0.0,
        window=(now - started).total_seconds(),
        told_at=now,
        stories=worst.stories if worst else 0,
        copies=worst.copies if worst else 0,
        negative_share=share,
    )


def _go_on(
    current: Episode,
    now: datetime,
    owned: Sequence[datetime],
    last_read: datetime | None,
    waiting: Waiting | None,
) -> Episode:
    """The open silence, longer by now; it ends with the first owned document, whatever became of its cause."""
    spoke = _first_after(owned, current.started)
    if spoke is not None:
        return replace(
            current,
            ended=spoke,
            window=(spoke - current.started).total_seconds(),
            told_at=current.told_at or now,
        )
    if now - current.started > _LONGEST:
        return replace(current, ended=now, window=(now - current.started).total_seconds())
    if last_read is None or last_read <= current.started:
        return current
    known = min(last_read, now)
    return replace(
        current,
        peaked=max(known, current.peaked),
        window=max((known - current.started).total_seconds(), current.window),
        observed=max(current.observed, float(waiting.count) if waiting else 0.0),
    )


def _first_after(owned: Sequence[datetime], start: datetime) -> datetime | None:
    """The first time the brand spoke after ``start``; None when it did not."""
    place = bisect_right(owned, start)
    return owned[place] if place < len(owned) else None
