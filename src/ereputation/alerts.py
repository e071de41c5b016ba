"""Review: buckets -> episodes -> alerts due, each with the arithmetic that justifies it.

What is decided here is stored in one transaction before anything is told, so that a crash may repeat a telling and
never loses one; identity (brand, kind, start) is the store's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import dropwhile, islice
from typing import TYPE_CHECKING

from ereputation import detect, figures, playbook, responding, sentiment
from ereputation.model import Alert, Example
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ereputation.clock import Voice
    from ereputation.config import Config
    from ereputation.config.models import Brand
    from ereputation.model import (
        Bucket,
        Episode,
        Kind,
        Mention,
        Reason,
        Severity,
        SourceState,
        Waiting,
    )
    from ereputation.store import Store
    from ereputation.store.buckets import Watch

HISTORY = timedelta(days=70)
"""How far back the baseline is learnt; the detector itself forgets after 56 days."""
_HOUR = timedelta(hours=1)
_RECENT = timedelta(hours=25)
_PATIENCE = timedelta(days=7)
"""Questions older than this open no silence."""
_MOST = 2_000
"""Mentions an alert's terms, categories and examples are drawn from."""
_EXAMPLES = 3
_SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")


def settings_of(config: Config, *, now: datetime, with_holidays: bool = True) -> detect.Settings:
    """What the configuration decides about detection."""
    staffed, zone = config.staffed, config.timezone
    years = range(now.year - 1, now.year + 2)
    holidays = (
        detect.public_holidays(config.country, years) if with_holidays and config.country else frozenset()
    )
    return detect.Settings(
        false_alarms=config.alerts.false_alarms,
        min_mentions=config.alerts.min_mentions,
        response_time=config.response_time,
        timezone=zone.key,
        holidays=holidays,
        staffed=(lambda when: staffed.covers(when, zone)) if staffed else None,
    )


def history_from(now: datetime) -> datetime:
    """Where a replay begins: a Monday at least ``HISTORY`` back, so that it moves once a week and not with every scan."""
    start = (now - HISTORY).replace(hour=0, minute=0, second=0, microsecond=0)
    return start - timedelta(days=start.weekday())


@dataclass(slots=True)
class _Review:
    config: Config
    store: Store
    now: datetime
    sources: list[str]
    changed: frozenset[str] = frozenset()
    """Brands that were looked for in everything stored just now: new, or with other words."""
    baseline: bool = False
    """Whether whatever is abnormal now is history."""
    ahead: timedelta = _HOUR
    """How far ahead of ours a clock may be: posts up to then are known now; in a replay of the past they are not."""
    watches: dict[datetime, Watch] = field(default_factory=dict)
    """What the sources have spoken for since some moments: the same for every brand."""

    def buckets(self, brand: str, since: datetime) -> list[Bucket]:
        """The brand's hours from the first one anybody looked at."""
        if since not in self.watches:
            self.watches[since] = self.store.watch(self.sources, since=since, until=self.now)
        hours = self.store.buckets(
            brand, since=since, until=self.now, sources=self.sources, watch=self.watches[since]
        )
        return list(dropwhile(lambda bucket: not bucket.exposure, hours))

    def brand(self, brand: Brand, gate: detect.Settings) -> list[Alert]:
        """Replay one brand if anything can have changed, save what it came to, and return what has to be told."""
        first_read = self.store.brand_first_read(brand.name)
        if first_read is None:
            return []
        stored = self.store.episodes(brand.name, since=self.now - timedelta(days=9))
        still_open = any(e.ended is None for e in stored)
        recent = self.buckets(brand.name, self.now - _RECENT)
        waiting = None if still_open else self._ignored(brand, gate, first_read)
        if not waiting and not detect.may_alert(recent, gate, something_open=still_open):
            return []
        settings = settings_of(self.config, now=self.now)
        computed = detect.replay(self.buckets(brand.name, history_from(self.now)), settings).episodes
        spikes = [e for e in stored if e.kind in {"volume_spike", "negative_spike"}]
        verdict = self._without_history(
            brand.name, detect.reconcile(spikes, computed, now=self.now, alert_from=first_read)
        )
        due = list(verdict.due)
        current = {(e.kind, e.started): e for e in (*spikes, *verdict.episodes)}
        silence = (
            None if self.baseline else self._silence(brand, list(current.values()), stored, settings, waiting)
        )
        if silence:
            due.append(silence)
        saved = [*verdict.episodes, *([silence[0]] if silence else [])]
        alerts = [self._alert(brand, episode, reason) for episode, reason in due]
        if not saved and not alerts:
            return []
        return self.store.save_review(saved, alerts)

    def _without_history(self, brand: str, verdict: detect.Reconciled) -> detect.Reconciled:
        """What a first reading of the brand or of a source brought is history: kept, and told to nobody."""
        past = {
            (e.kind, e.started)
            for e, _rest in verdict.due
            if brand in self.changed or self._is_first_sight(e)
        }
        if not past:
            return verdict
        return detect.Reconciled(
            episodes=tuple(
                replace(e, absorbed=True) if (e.kind, e.started) in past else e for e in verdict.episodes
            ),
            due=tuple((e, reason) for e, reason in verdict.due if (e.kind, e.started) not in past),
        )

    def _is_first_sight(self, episode: Episode) -> bool:
        """Whether at least half of an episode comes from sources that were read for the first time just now."""
        states = self.store.source_states().values()
        fresh = [state.name for state in states if state.first_read == self.now.replace(microsecond=0)]
        if not fresh:
            return False
        told = self.store.mentions(brands=[episode.brand], since=episode.started, media="earned", limit=_MOST)
        counts = Counter(mention.document.source in fresh for mention in told)
        return counts[True] >= counts[False]

    def _ignored(self, brand: Brand, settings: detect.Settings, since: datetime) -> Waiting | None:
        """Who spoke to the brand and has waited for longer than it promises, when they are too many; else None."""
        if not brand.owned:
            return None
        since = max(since, self.now - _PATIENCE)
        late = self.now - timedelta(seconds=settings.response_time)
        if self.store.said_since_owned(brand.name, since=since, until=late) < settings.min_mentions:
            return None
        waiting = responding.ignored(
            self.store,
            brand,
            self._voice(brand.name),
            now=self.now,
            since=since,
            response_time=settings.response_time,
        )
        return waiting if waiting and waiting.count >= settings.min_mentions else None

    def _silence(
        self,
        brand: Brand,
        spikes: Sequence[Episode],
        stored: Sequence[Episode],
        settings: detect.Settings,
        ignored: Waiting | None,
    ) -> tuple[Episode, Reason] | None:
        """The brand's silence when it begins, or ends, now; ``ignored``: those who waited too long, if nothing is open."""
        silent = next((e for e in stored if e.kind == "brand_silence" and e.ended is None), None)
        if silent is None and not ignored and not any(e.ended is None and e.told_at for e in spikes):
            return None
        voice = self._voice(brand.name)
        if silent is None and any(
            e.kind == "brand_silence" and (voice.last is None or e.started >= voice.last) for e in stored
        ):
            return None  # this silence was told, and the brand has not spoken since
        waiting = ignored or responding.waiting(self.store, brand, voice, now=self.now)

        def silence(current: Episode | None) -> Episode | None:
            return detect.silence(
                brand=brand.name,
                now=self.now,
                episodes=[e for e in spikes if e.told_at],
                waiting=waiting,
                owned=voice.times,
                last_read=voice.last_read,
                current=current,
                settings=settings,
            )

        episode = silence(silent)
        if episode is None:
            return None
        if silent is None:
            return replace(episode, told_at=self.now), "opened"
        if episode.ended is not None:
            return replace(episode, reason="closed"), "closed"
        # A silence that a few questions opened weighs more once a storm breaks loose around it.
        if (fresh := silence(None)) and _SEVERITIES.index(fresh.severity) > _SEVERITIES.index(
            silent.severity
        ):
            worse = replace(fresh, started=silent.started, opened=silent.opened, reason="escalated")
            return replace(worse, window=episode.window, told_at=self.now), "escalated"
        self.store.save_episodes([episode])
        return None

    def _voice(self, brand: str) -> Voice:
        """When the brand spoke lately, and until when its accounts were read."""
        return responding.voice(self.config, self.store, brand, now=self.now)

    def _alert(self, brand: Brand, episode: Episode, reason: Reason) -> Alert:
        until = episode.ended or self.now + self.ahead
        told = list(
            islice(
                self.store.mentions(brands=[brand.name], since=episode.started, until=until, media="earned"),
                _MOST,
            )
        )
        before = islice(
            self.store.mentions(
                brands=[brand.name], since=history_from(self.now), until=episode.started, media="earned"
            ),
            _MOST,
        )
        voice = self._voice(brand.name)
        concerned = (
            [m for m in told if m.match.sentiment.label == "negative"]
            if episode.kind == "negative_spike"
            else told
        )
        repeated = _most_repeated(told)
        severity = _severity(episode, told)
        stories, copies = episode.stories, episode.copies
        if episode.kind == "brand_silence":  # what was said meanwhile, not what the silence began with
            hours = self.buckets(brand.name, episode.started)
            stories, copies = sum(b.stories for b in hours), sum(b.copies for b in hours)
        return Alert(
            id="",
            brand=brand.name,
            kind=episode.kind,
            severity=severity,
            reason=reason,
            started=episode.started,
            peaked=episode.peaked,
            ended=episode.ended,
            observed=episode.observed,
            expected=episode.expected,
            low=episode.low,
            high=episode.high,
            window=episode.window,
            p_value=episode.p_value,
            stories=stories,
            copies=copies,
            negative_share=episode.negative_share,
            usual_share=episode.usual_share,
            coverage=episode.coverage,
            off_hours=self._off_hours(episode.opened),
            last_owned=voice.last,
            waiting=responding.waiting(self.store, brand, voice, now=self.now, until=self.now + self.ahead)
            if brand.owned
            else None,
            rising_terms=tuple(
                figures.rising_terms(
                    [m.document.content for m in concerned],
                    [m.document.content for m in before],
                    drop=[brand.name, *brand.keywords],
                )
            ),
            categories=sentiment.shares(m.match.sentiment for m in told),
            examples=_examples(concerned or told),
            top_story_copies=len(repeated),
            top_story_outlets=len({m.document.site or m.document.source for m in repeated}),
            advice=self._advice(episode.kind, brand.name, severity),
            at=self.now,
        )

    def _off_hours(self, when: datetime) -> bool:
        staffed = self.config.staffed
        return staffed is not None and not staffed.covers(when, self.config.timezone)

    def _advice(self, kind: Kind, brand: str, severity: Severity) -> str:
        stated = self.config.advice(kind, brand, severity)
        return stated or playbook.advice(kind, promise=self.config.response_time)

    def health(self) -> tuple[list[Alert], list[SourceState]]:
        """Sources whose health changed, told once: as alerts, and as they are now."""
        names = set(self.sources)
        changed = [state for state in self.store.health_changes() if state.name in names]
        if not changed:
            return [], []
        alerts = self.store.save_review((), [self._failure(state) for state in changed])
        self.store.health_told(changed)
        return alerts, changed

    def _failure(self, state: SourceState) -> Alert:
        over = state.health in {"ok", "recovered"}
        began = state.failing_since or state.health_at or self.now
        reason: Reason = "closed" if over else "escalated" if state.health == "dead" else "opened"
        what = _("is read again") if over else state.last_error or _("cannot be read")
        return Alert(
            id="",
            brand="",
            kind="source_failure",
            severity="info" if over else "warning",
            reason=reason,
            started=began,
            peaked=self.now,
            ended=self.now if over else None,
            observed=float(state.failures),
            expected=0.0,
            low=0.0,
            high=0.0,
            window=(self.now - began).total_seconds(),
            p_value=1.0,
            stories=0,
            copies=0,
            negative_share=0.0,
            usual_share=0.0,
            coverage=1.0 if over else 0.0,
            off_hours=self._off_hours(self.now),
            last_owned=None,
            waiting=None,
            examples=(Example(title=what, url="", source=state.name, published=began),),
            advice="" if over else self._advice("source_failure", "", "warning"),
            at=self.now,
        )


def _severity(episode: Episode, told: Sequence[Mention]) -> Severity:
    """The episode's own, or what it is once it is known how widely it is told."""
    if episode.kind not in {"volume_spike", "negative_spike"}:
        return episode.severity
    widely = detect.severity(
        score=episode.score,
        ratio=episode.observed / max(episode.expected, 0.1),
        negative_share=episode.negative_share,
        usual_share=episode.usual_share,
        sources=len({mention.document.site or mention.document.source for mention in told}),
    )
    return max(episode.severity, widely, key=_SEVERITIES.index)


def _most_repeated(mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions of the story with the most copies; empty when none is told twice."""
    ((story, copies),) = Counter(m.story for m in mentions).most_common(1) or [(0, 0)]
    return [m for m in mentions if m.story == story] if copies > 1 else []


def _examples(mentions: Sequence[Mention]) -> tuple[Example, ...]:
    """The first post, then the most copied stories and the most negative posts; each story once. ``mentions``: newest first."""
    if not mentions:
        return ()
    ranked = sorted(mentions, key=lambda m: (-m.copies, m.match.sentiment.score, m.document.published))
    chosen: dict[int, Mention] = {mentions[-1].story: mentions[-1]}
    for mention in ranked:
        if len(chosen) >= _EXAMPLES:
            break
        chosen.setdefault(mention.story, mention)
    return tuple(
        Example(
            title=m.document.title or m.document.text[:280],
            url=m.document.url,
            source=m.document.source,
            published=m.document.published,
        )
        for m in chosen.values()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What has become due."""

    alerts: tuple[Alert, ...] = ()
    """Stored, with their ids: brands in the order of the configuration, then sources."""
    health: tuple[SourceState, ...] = ()
    """The sources whose health changed."""


def describe(
    config: Config, store: Store, brand: Brand, episode: Episode, reason: Reason, *, now: datetime
) -> Alert:
    """The alert that tells this of an episode at this moment, with what was published by then; nothing is stored."""
    sources = [source.id for source in config.sources]
    then = _Review(config, store, now, sources, ahead=timedelta(0))
    return then._alert(brand, episode, reason)  # noqa: SLF001 - same module


def review(
    config: Config, store: Store, *, now: datetime, changed: Iterable[str] = (), baseline: bool = False
) -> Reviewed:
    """Decide, store and return everything that has to be told now.

    ``changed``: brands that are new, or whose words were edited, since the last review: what they bring is history.
    ``baseline``: so is everything that is abnormal now; it is told only if it grows.
    """
    if baseline:
        changed = [brand.name for brand in config.brands]
    run = _Review(
        config, store, now, [source.id for source in config.sources], frozenset(changed), baseline=baseline
    )
    gate = settings_of(config, now=now, with_holidays=False)
    alerts = [alert for brand in config.brands for alert in run.brand(brand, gate)]
    failures, health = run.health()
    return Reviewed(alerts=(*alerts, *failures), health=tuple(health))


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An alert recomputed from the database: what was told, and what the same arithmetic says today."""

    alert: Alert
    episode: Episode | None
    """What the same hours come to now; None when they are no longer abnormal, or when it was no count."""
    points: tuple[detect.Point, ...] = ()
    """The hours around it."""

    @property
    def agrees(self) -> bool:
        """True when observed and expected are within a tenth of what was told."""
        if self.episode is None:
            return self.alert.kind in {"brand_silence", "source_failure"}
        pairs = ((self.alert.observed, self.episode.observed), (self.alert.expected, self.episode.expected))
        return all(abs(was - now) <= max(0.1 * was, 1.0) for was, now in pairs)


def recompute(config: Config, store: Store, alert: Alert) -> Account:
    """The arithmetic of an alert, done again over what the database holds for the hours up to when it was told."""
    if alert.kind not in {"volume_spike", "negative_spike"}:
        return Account(alert=alert, episode=None)
    run = _Review(config, store, alert.at, [source.id for source in config.sources])
    again = detect.replay(run.buckets(alert.brand, history_from(alert.at)), settings_of(config, now=alert.at))
    same = [
        e
        for e in again.episodes
        if e.kind == alert.kind
        and e.started <= (alert.ended or alert.at)
        and (e.ended or alert.at) >= alert.started
    ]
    shown = tuple(p for p in again.points if alert.started - timedelta(hours=24) <= p.start <= alert.at)
    return Account(alert=alert, episode=max(same, key=lambda e: e.score, default=None), points=shown)
