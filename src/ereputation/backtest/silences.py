"""The silences of a brand while its past episodes were open, decided hour by hour with what was known then."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from ereputation import clock, detect, responding
from ereputation.detect import Event
from ereputation.model import Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ereputation.config import Config
    from ereputation.config.models import Brand
    from ereputation.coverage import Stretch
    from ereputation.detect import Settings
    from ereputation.model import Episode
    from ereputation.store import Store

_HOUR = timedelta(hours=1)
_PATIENCE = timedelta(days=7)
"""Questions older than this no longer count as waiting."""
_MOST = 10_000
"""Mentions read to count who waits in one episode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """When the brand spoke, where, and what was read of its accounts."""

    brand: Brand
    speaking: clock.Voice
    times: Sequence[datetime]
    """When it spoke, in order."""
    watched: Mapping[str, Sequence[Stretch]]
    """The stretches each of its accounts was read for."""

    @classmethod
    def of(cls, config: Config, store: Store, brand: Brand, *, until: datetime) -> Self:
        """All its life long, as far as it is stored."""
        beginning = datetime.fromtimestamp(0, UTC)
        speaking = responding.voice(config, store, brand.name, now=until, since=beginning)
        accounts = [account.source for account in speaking.accounts]
        return cls(
            brand=brand,
            speaking=speaking,
            times=speaking.times,
            watched=store.covered(accounts, since=beginning, until=until) if accounts else {},
        )

    def known(self, now: datetime) -> tuple[list[datetime], datetime | None]:
        """When it spoke lately, and until when its accounts were read; None: they are not, or one never was."""
        first = bisect_left(self.times, now - responding.VOICE)
        last = bisect_right(self.times, now)
        accounts = {post.source for post in self.speaking.posts[first:last]} & self.watched.keys()
        read = [_read_until(self.watched[account], int(now.timestamp())) for account in accounts]
        until = min((r for r in read if r), default=0) if all(read) else 0
        return list(self.times[first:last]), datetime.fromtimestamp(until, UTC) if until else None


def _read_until(stretches: Sequence[Stretch], now: int) -> int:
    """The last second up to ``now`` that was read; 0 when none was."""
    return max((min(end, now) for start, end in stretches if start < now), default=0)


def silences(
    store: Store, voice: Voice, events: Sequence[Event], settings: Settings, *, end: datetime
) -> Iterator[Event]:
    """What would have been told of the brand's silence during episodes that were told."""
    if not voice.watched:
        return
    current: Episode | None = None
    told_after: datetime | None = None  # the start of the last silence told
    for now, troubles, asked in _hours(store, voice, events, end):
        if current is None and not troubles:
            continue
        owned, last_read = voice.known(now)
        if current is None and told_after and not (owned and owned[-1] > told_after):
            continue  # it was told, and the brand has not spoken since
        episode = detect.silence(
            brand=voice.brand.name,
            now=now,
            episodes=troubles,
            waiting=_waiting(asked, now, owned),
            owned=owned,
            last_read=last_read,
            current=current,
            settings=settings,
        )
        if episode is not None and current is None:
            told_after = episode.started
            yield Event(at=now, reason="opened", episode=episode)
        elif episode is not None and episode.ended is not None:
            yield Event(at=now, reason="closed", episode=replace(episode, reason="closed"))
        current = episode if episode and episode.ended is None else None


def _waiting(asked: Sequence[datetime], now: datetime, owned: Sequence[datetime]) -> Waiting | None:
    since = max(now - _PATIENCE, owned[-1]) if owned else now - _PATIENCE
    first, last = bisect_left(asked, since), bisect_right(asked, now)
    return Waiting(count=last - first, oldest=asked[first]) if first < last else None


def _hours(
    store: Store, voice: Voice, events: Sequence[Event], end: datetime
) -> Iterator[tuple[datetime, list[Episode], Sequence[datetime]]]:
    """Hour after hour while an episode that was told is open: now, the open ones as known, and when people asked."""
    for begin, stop, inside in _stretches(events, end):
        asked = sorted(
            mention.document.published
            for mention, _ in responding.asked(
                store, voice.brand, voice.speaking, since=begin - _PATIENCE, until=stop, limit=_MOST
            )
        )
        state: dict[tuple[str, datetime], Episode] = {}
        coming, now = iter(inside), begin
        event = next(coming, None)
        while now <= stop:
            while event is not None and event.at <= now:
                state[event.episode.kind, event.episode.started] = event.episode
                event = next(coming, None)
            yield now, [e for e in state.values() if e.ended is None], asked
            now += _HOUR


def _stretches(events: Sequence[Event], end: datetime) -> Iterator[tuple[datetime, datetime, list[Event]]]:
    """The time from the first telling of an episode to a week after the last end of those that overlap it."""
    inside: list[Event] = []
    stop = end
    for event in sorted(events, key=lambda event: event.at):
        if inside and event.at > stop:
            yield inside[0].at, stop, inside
            inside = []
        inside.append(event)
        still_open = {(e.episode.kind, e.episode.started): e.episode.ended is None for e in inside}
        stop = end if any(still_open.values()) else min(event.at + _PATIENCE, end)
    if inside:
        yield inside[0].at, stop, inside
