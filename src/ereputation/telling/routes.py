"""The ways an alert can go, and which alerts are due on which way now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from ereputation.notify import is_address

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from ereputation.model import Alert, Severity
    from ereputation.notify import Channel, Step
    from ereputation.store import Store

Verdict: TypeAlias = Literal["now", "later", "never"]
LEVELS: tuple[Severity, ...] = ("info", "warning", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way an alert can go: straight to a channel, or up one step of a ladder."""

    key: str
    """What it took is remembered under this name."""
    channel: Channel
    """What sends."""
    step: Step | None = None
    """When it is a step: after how long."""
    start: Channel | None = None
    """When it is a step: the channel whose alerts climb it."""


def routes(channels: Sequence[Channel]) -> list[Route]:
    """Every way, in the order of the configuration. A channel others escalate to gets what is escalated, and no more."""
    named = {channel.id: channel for channel in channels}
    targets = {step.to for channel in channels for step in channel.escalate}
    ways: list[Route] = []
    for channel in channels:
        if channel.id not in targets:
            ways.append(Route(key=channel.id, channel=channel))
        for step in channel.escalate:
            target = named.get(step.to)
            if target is None:
                if not is_address(step.to):
                    continue  # the configuration refuses it
                target = channel.model_copy(update={"to": (step.to,)})
            key = f"{channel.id} > {step.to}"
            again = sum(way.key == key or way.key.startswith(f"{key} (") for way in ways)
            ways.append(
                Route(key=f"{key} ({again + 1})" if again else key, channel=target, step=step, start=channel)
            )
    return ways


def pierces(alert: Alert) -> bool:
    """Whether it waits for nothing: quiet hours, digests and cooldowns are for what can wait."""
    return alert.severity == "critical" and alert.reason != "closed"


def same_matter(one: Alert, other: Alert) -> bool:
    """Whether two alerts tell of the same episode, or of the same source."""
    if (one.brand, one.kind) != (other.brand, other.kind):
        return False
    if one.kind == "source_failure":  # a recovery does not know any more when the failure began
        return [e.source for e in one.examples[:1]] == [e.source for e in other.examples[:1]]
    return one.started == other.started


def wants(channel: Channel, alert: Alert) -> bool:
    """Whether an alert is for this channel, whatever the hour. Who was told the beginning is told the end."""
    if channel.kinds and alert.kind not in channel.kinds:
        return False
    if channel.brands and alert.brand not in channel.brands:
        # A channel for some brands hears of sources only when it asks for them by name.
        return not alert.brand and alert.kind in channel.kinds
    return alert.reason == "closed" or LEVELS.index(alert.severity) >= LEVELS.index(channel.min_severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a route is to take now, and what waits for its hour."""

    now: tuple[Alert, ...] = ()
    later: tuple[Alert, ...] = ()
    settled: tuple[Alert, ...] = ()
    """What will never be told there."""


@dataclass(slots=True)
class Timetable:
    """Decides what is due, from what is stored."""

    store: Store
    now: datetime
    zone: tzinfo
    _verdicts: list[tuple[Alert, Verdict]] = field(default_factory=list)

    def due(self, route: Route) -> Due:
        """Sort everything the route has not taken, oldest first."""
        self._verdicts = []
        for alert in self.store.undelivered(route.key):
            self._verdicts.append((alert, self._verdict(route, alert)))
        now = [alert for alert, verdict in self._verdicts if verdict == "now"]
        held = [alert for alert, verdict in self._verdicts if verdict == "later"]
        # The beginning of a story is told with what follows it, not after.
        along = [alert for alert in held if any(same_matter(alert, other) for other in now)]
        return Due(
            now=tuple(a for a, _ in self._verdicts if a in now or a in along),
            later=tuple(a for a in held if a not in along),
            settled=tuple(alert for alert, verdict in self._verdicts if verdict == "never"),
        )

    def _verdict(self, route: Route, alert: Alert) -> Verdict:
        """What a person decided about the episode comes first: it holds until the episode gets more serious."""
        decided = alert.handling
        if decided and decided.holds(self.now):
            if decided.action == "snoozed":
                return "later"
            if decided.action == "resolved" or (route.step and alert.reason != "closed"):
                return "never"
        return self._climbs(route, alert) if route.step else self._goes(route, alert)

    def _goes(self, route: Route, alert: Alert) -> Verdict:
        """Straight to a channel."""
        if not wants(route.channel, alert) or (alert.reason == "closed" and not self._begun(route, alert)):
            return "never"
        return self._timing(route, alert)

    def _begun(self, route: Route, alert: Alert) -> bool:
        """Whether the route was told of the beginning, or is going to be."""
        waiting = any(verdict != "never" and same_matter(alert, other) for other, verdict in self._verdicts)
        return waiting or any(
            same_matter(alert, told) and told.reason != "closed"
            for told, _ in self._tellings(route.key, alert)
        )

    def _timing(self, route: Route, alert: Alert) -> Verdict:
        channel = route.channel
        if pierces(alert):
            return "now"
        if channel.is_quiet(self.now, self.zone) or alert.at > channel.gathered_until(self.now, self.zone):
            return "later"
        if channel.cooldown and (told := self._tellings(route.key, alert)):
            rested = max(at for _, at in told) + timedelta(seconds=channel.cooldown)
            return "later" if rested > self.now else "now"
        return "now"

    def _climbs(self, route: Route, alert: Alert) -> Verdict:
        """Up a step: what was told on the first channel, is still open, and left the brand silent."""
        assert route.step is not None
        assert route.start is not None
        if alert.reason == "closed":
            return self._goes(route, alert)
        first = route.start
        if not alert.brand or not wants(first, alert) or not wants(route.channel, alert):
            return "never"
        since = next((at for told, at in self._tellings(first.id, alert) if told.id == alert.id), None)
        if since is None and pierces(alert):
            since = alert.at  # the first channel may be the one that is broken
        if not self._open(alert) or (since is not None and self._spoke(alert.brand, since)):
            return "never"
        if since is None or since + timedelta(seconds=route.step.after) > self.now:
            return "later"
        return self._timing(route, alert)

    def _tellings(self, key: str, alert: Alert) -> list[tuple[Alert, datetime]]:
        return self.store.tellings(key, brand=alert.brand, kind=alert.kind)

    def _open(self, alert: Alert) -> bool:
        return any(
            (episode.kind, episode.started) == (alert.kind, alert.started)
            for episode in self.store.episodes(alert.brand, open_only=True)
        )

    def _spoke(self, brand: str, since: datetime) -> bool:
        return any(self.store.mentions(brands=[brand], since=since, media="owned", limit=1))
