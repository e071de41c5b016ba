"""Telling: which stored alerts are due on which channel now, one message per scan and channel.

A delivery is recorded after the channel took the message: a crash may repeat one, never lose one. A channel that fails
is left alone for a while, longer each time, and another channel is told; what it should have told is kept for it.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ereputation.errors import DeliveryError
from ereputation.fetch import Fetcher
from ereputation.model import Delivery
from ereputation.speech import _
from ereputation.store.deliveries import number_of
from ereputation.telling import composing
from ereputation.telling.routes import LEVELS, Route, Timetable, pierces, routes
from ereputation.telling.sample import sample_alert

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ereputation.config import Config
    from ereputation.model import Alert, ChannelState
    from ereputation.notify import Channel, Message
    from ereputation.store import Store

__all__ = ["Trial", "meet", "reach", "samples", "tell"]

_PATIENCE = 90.0
"""Seconds one channel may take."""
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
_LONGEST_WISH = timedelta(hours=6)
"""The longest pause a server can ask for: alerts do not wait for ever."""


def meet(config: Config, store: Store, *, now: datetime) -> None:
    """Remember every channel before anything new is decided; to a new one, what is stored so far is history."""
    if config.notify:
        store.meet_channels([route.key for route in routes(config.notify)], at=now)


def tell(config: Config, store: Store, *, now: datetime) -> tuple[Delivery, ...]:
    """Send what is due; how each channel fared that had something to tell."""
    ways = routes(config.notify)
    if not ways:
        return ()
    timetable = Timetable(store, now, config.timezone)
    errands = [_Errand(config, store, now, way, timetable) for way in ways]
    return tuple(asyncio.run(_all(errands, config, store, now)))


async def _all(errands: Sequence[_Errand], config: Config, store: Store, now: datetime) -> list[Delivery]:
    states = store.channel_states()
    done = await asyncio.gather(*(errand.run(states[errand.route.key]) for errand in errands))
    deliveries = [delivery for part in done for delivery in part]
    told = await _tell_of_failures([errand.route for errand in errands], deliveries, config, store, now)
    return [replace(d, failure_told=True) if d.error and d.channel in told else d for d in deliveries]


async def _send(route: Route, message: Message, config: Config, now: datetime) -> str:
    """Send one message; DeliveryError when it was not taken. Each has a fetcher of its own: a source's quarrel with
    a server is none of an alert's.
    """  # noqa: D205 - the second sentence belongs to the first
    try:
        async with (
            asyncio.timeout(_PATIENCE),
            Fetcher(contact=config.contact, limits=config.limits(), now=now) as fetcher,
        ):
            return await route.channel.send(message, fetcher)
    except TimeoutError:
        raise DeliveryError(_("not taken within {seconds} s").format(seconds=f"{_PATIENCE:g}")) from None


def _pause(failures: int) -> timedelta:
    """1, 4, 16 minutes, then an hour."""
    longer: int = 4 ** min(failures - 1, 10)
    return min(_FIRST_PAUSE * longer, _LONGEST_PAUSE)


@dataclass(frozen=True, slots=True)
class _Errand:
    """One route in one scan."""

    config: Config
    store: Store
    now: datetime
    route: Route
    timetable: Timetable

    async def run(self, state: ChannelState) -> list[Delivery]:
        """Send what is due on this route, and remember how it went."""
        due = self.timetable.due(self.route)
        waiting = list(due.later)
        deliveries: list[Delivery] = []
        for part in self._messages(due.now):
            if deliveries and deliveries[-1].status != "sent":  # it rests now, with all that is left
                deliveries[-1] = replace(
                    deliveries[-1], alerts=(*deliveries[-1].alerts, *(alert.id for alert in part))
                )
            else:
                deliveries.append(await self._attempt(part, due.now, state))
            if deliveries[-1].status != "sent":
                waiting += part
        if due.later:
            deliveries.append(self._delivery("deferred", due.later))
        self._settle([*due.now, *due.later, *due.settled], waiting)
        return deliveries

    def _messages(self, alerts: Sequence[Alert]) -> list[list[Alert]]:
        """What goes into one message each: what went into one before that may have been taken stays together, so that
        who knows its id is not told twice; all the rest is one.
        """  # noqa: D205 - one sentence
        by_id = {alert.id: alert for alert in alerts}
        begun = [ids for ids in self.store.handed_over(self.route.key) if by_id.keys() >= set(ids)]
        parts = [[by_id.pop(name) for name in ids] for ids in begun]
        return [*parts, list(by_id.values())] if by_id else parts

    async def _attempt(
        self, alerts: Sequence[Alert], all_due: Sequence[Alert], state: ChannelState
    ) -> Delivery:
        if self._resting(state) and not any(pierces(a) and a.at > (state.tried or a.at) for a in all_due):
            return replace(
                self._delivery("deferred", alerts),
                error=state.error,
                retry_at=state.retry_at,
                failure_told=state.failure_told,
            )
        message = composing.message(
            alerts, route=self.route.key, now=self.now, zone=self.config.timezone, lead=self._lead(alerts)
        )
        self.store.hand_over(self.route.key, [alert.id for alert in alerts], message=message.id, at=self.now)
        try:
            warning = await _send(self.route, message, self.config, self.now)
        except DeliveryError as error:
            return self._failed(alerts, state, error)
        self.store.delivered(self.route.key, [alert.id for alert in alerts], at=self.now)
        return replace(self._delivery("sent", alerts), warning=warning)

    def _resting(self, state: ChannelState) -> bool:
        """Whether it failed lately; a clock that was set back does not make it rest for ever."""
        return state.retry_at is not None and self.now < state.retry_at <= self.now + _LONGEST_WISH

    def _failed(self, alerts: Sequence[Alert], state: ChannelState, error: DeliveryError) -> Delivery:
        retry_at = self.now + _pause(state.failures + 1)
        if error.retry_at:
            retry_at = max(retry_at, min(error.retry_at, self.now + _LONGEST_WISH))
        self.store.undeliverable(self.route.key, at=self.now, error=str(error), retry_at=retry_at)
        if error.refused:
            self.store.take_back(self.route.key)
        return replace(
            self._delivery("failed", alerts),
            error=str(error),
            retry_at=retry_at,
            failure_told=state.failure_told,
        )

    def _settle(self, seen: Sequence[Alert], waiting: Sequence[Alert]) -> None:
        """Do not look again at what lies before the first alert that waits."""
        if not seen:
            return
        until = min((number_of(a.id) for a in waiting), default=max(number_of(a.id) for a in seen) + 1) - 1
        self.store.settle(self.route.key, until)

    def _lead(self, alerts: Sequence[Alert]) -> str:
        step = self.route.step
        if step is None or all(alert.reason == "closed" for alert in alerts):
            return ""
        from ereputation import words

        return _(
            "Nobody has reacted for {duration}: this is still open, and the brand has said nothing since {channel} was told."
        ).format(
            duration=words.duration(step.after),
            channel=self.route.start.id if self.route.start else _("somebody"),
        )

    def _delivery(self, status: str, alerts: Sequence[Alert]) -> Delivery:
        return Delivery(channel=self.route.key, status=status, alerts=tuple(alert.id for alert in alerts))  # type: ignore[arg-type]


async def _tell_of_failures(
    ways: Sequence[Route], deliveries: Sequence[Delivery], config: Config, store: Store, now: datetime
) -> set[str]:
    """Tell one channel that is well of those that are not, once for each stretch of failures; the names that were told."""
    states = store.channel_states()
    failing = [d for d in deliveries if d.error and not states[d.channel].failure_told]
    if not failing:
        return set()
    alerts = [store.alert(name) for delivery in failing for name in delivery.alerts]
    critical = any(alert is not None and pierces(alert) for alert in alerts)
    told = [(d.channel, d.error, len(d.alerts)) for d in failing]
    for way in _well(ways, states, config, now, critical=critical):
        message = composing.notice(told, critical=critical, route=way.key, now=now, zone=config.timezone)
        try:
            await _send(way, message, config, now)
        except DeliveryError as error:
            store.undeliverable(way.key, at=now, error=str(error), retry_at=now + _FIRST_PAUSE)
            continue
        names = {delivery.channel for delivery in failing}
        store.failure_told(names)
        return names
    return set()


def _well(
    ways: Sequence[Route], states: dict[str, ChannelState], config: Config, now: datetime, *, critical: bool
) -> list[Route]:
    """The routes that may be told of a failure, those for everything first, people who are escalated to last."""
    level = LEVELS.index("critical" if critical else "warning")
    fit = [
        way
        for way in ways
        if not states[way.key].failures
        and LEVELS.index(way.channel.min_severity) <= level
        and (critical or not way.channel.is_quiet(now, config.timezone))
    ]
    return sorted(
        fit, key=lambda way: (way.step is not None, bool(way.channel.brands), bool(way.channel.kinds))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a channel took a sample."""

    channel: str
    where: str
    error: str = ""
    """Empty when it was taken."""
    warning: str = ""
    seconds: float = 0.0


def reach(config: Config) -> Iterator[Trial]:
    """Knock at every channel without telling anybody anything."""
    for channel in config.notify:
        began = time.monotonic()
        error = asyncio.run(_knock(channel))
        yield Trial(
            channel=channel.id, where=channel.describe(), error=error, seconds=time.monotonic() - began
        )


async def _knock(channel: Channel) -> str:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await channel.reach()
    except TimeoutError:
        return _("no answer within {seconds} s").format(seconds=f"{_PATIENCE:g}")


def samples(config: Config, *, now: datetime) -> Iterator[Trial]:
    """Send a labelled sample through every channel, one after the other; nothing is stored."""
    seen = set()
    for way in routes(config.notify):
        where = way.channel.describe()
        if (way.channel.id, where) in seen:
            continue
        seen.add((way.channel.id, where))
        alert = sample_alert(config.brands[0].name, now=now)
        message = composing.message([alert], route=way.key, now=now, zone=config.timezone, sample=True)
        began = time.monotonic()
        try:
            warning = asyncio.run(_send(way, message, config, now))
        except DeliveryError as error:
            yield Trial(channel=way.key, where=where, error=str(error), seconds=time.monotonic() - began)
        else:
            yield Trial(channel=way.key, where=where, warning=warning, seconds=time.monotonic() - began)
