"""What a replay says now against what was told before: the identity of episodes, and what is due.

History is replayed over a sliding window and late documents change it, so the start of an episode moves by some
hours between scans. It stays the same episode, and nothing is told twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ereputation.detect.episodes import ESCALATION_HOURS, louder
from ereputation.detect.settings import COOLDOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ereputation.model import Episode, Kind, Reason

_STALE = timedelta(hours=48)
_COOLDOWN = timedelta(seconds=COOLDOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """Episodes to save, and those of them to tell now."""

    episodes: tuple[Episode, ...] = ()
    """New or changed ones, under their stored identity (brand, kind, start)."""
    due: tuple[tuple[Episode, Reason], ...] = ()


def reconcile(
    stored: Sequence[Episode], computed: Sequence[Episode], *, now: datetime, alert_from: datetime
) -> Reconciled:
    """Give computed episodes their stored identity and decide what is due; each is told at most once.

    A computed episode that overlaps a stored one of its brand and kind, or lies within the cooldown of it, is that one.
    What opened before ``alert_from`` (the brand's first reading) or more than 48 h ago is never told as opened.
    A stored episode that is open and no longer computed is over. Both sequences must be of the same brands and
    kinds: leave out what was not recomputed.
    """
    known = {(e.brand, e.kind, e.started): e for e in stored}
    found: dict[tuple[str, Kind, datetime], Episode] = {}
    for episode in sorted(computed, key=lambda e: e.started):
        same = _same(episode, known.values()) or _same(episode, found.values())
        started = same.started if same else episode.started
        key = (episode.brand, episode.kind, started)
        earlier = found.get(key)
        found[key] = replace(
            _merge(earlier, episode) if earlier else episode,
            started=started,
            opened=min(same.opened, episode.opened) if same else episode.opened,
        )
    for key, old in known.items():
        if key not in found and old.ended is None:
            found[key] = replace(old, ended=now)
    saved: list[Episode] = []
    due: list[tuple[Episode, Reason]] = []
    for key, episode in found.items():
        after, reason = _decide(known.get(key), episode, now, alert_from)
        if after != known.get(key):
            saved.append(after)
        if reason is not None:
            due.append((replace(after, reason=reason), reason))
    return Reconciled(episodes=tuple(saved), due=tuple(due))


def _same(episode: Episode, stored: Iterable[Episode]) -> Episode | None:
    """The latest stored episode this one is; None when it is new."""
    far = datetime.max.replace(tzinfo=episode.started.tzinfo) - _COOLDOWN
    matches = [
        s
        for s in stored
        if (s.brand, s.kind) == (episode.brand, episode.kind)
        and episode.started < (s.ended or far) + _COOLDOWN
        and s.started < (episode.ended or far) + _COOLDOWN
    ]
    return max(matches, key=lambda s: s.started, default=None)


def _merge(first: Episode, second: Episode) -> Episode:
    """Two computed stretches of one stored episode: the stronger one's arithmetic, the later one's end."""
    stronger = max(first, second, key=lambda e: e.score)
    told = min((t for t in (first.told_at, second.told_at) if t), default=None)
    return replace(stronger, ended=second.ended, told_at=told)


def _decide(
    old: Episode | None, new: Episode, now: datetime, alert_from: datetime
) -> tuple[Episode, Reason | None]:
    """The episode to save and what to tell of it; None when there is nothing to tell."""
    told_at = old.told_at if old else None
    told_score = old.told_score if old else 0.0
    before: Reason = old.reason if old else "opened"
    absorbed = old is not None and old.absorbed
    kept = replace(new, told_at=told_at, told_score=told_score, reason=before, absorbed=absorbed)
    if told_at is None:
        fresh = new.opened >= alert_from and now - new.opened <= _STALE
        if new.told_at is None or not fresh:
            return kept, None
        # Over before it could be told: once is enough, nobody needs its end as well.
        last: Reason = "opened" if new.ended is None else "closed"
        return replace(kept, told_at=now, told_score=new.score, reason=last), "opened"
    if new.ended is not None:
        # Nobody wants the end of a story they never heard.
        return (kept, None) if absorbed or before == "closed" else (replace(kept, reason="closed"), "closed")
    patient = now - told_at >= timedelta(hours=ESCALATION_HOURS)
    if patient and louder(new.score, told_score, before):
        louder_now = replace(kept, told_at=now, told_score=new.score, reason="escalated", absorbed=False)
        return louder_now, "escalated"
    return kept, None
