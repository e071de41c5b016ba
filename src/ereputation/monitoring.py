"""The monitor of the monitor: a ping when a scan begins and ends, and a file of figures for Prometheus.

Pings are those of healthchecks.io: ``<url>/start``, then ``<url>/<exit code>`` with a summary as the body; who hears
nothing for too long knows that cron, the machine or this program has stopped. Nothing here ever harms a scan.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from ereputation import words
from ereputation.errors import EreputationError, FetchError, LockedError
from ereputation.fetch import Fetcher, Limits
from ereputation.fetch.wording import connection_sentence
from ereputation.speech import _
from ereputation.store import Store
from ereputation.text import neutralise, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from ereputation.config import Config
    from ereputation.database import Database
    from ereputation.scan import Result

_LIMITS = Limits(connect=5.0, read=5.0, deadline=10.0, size=100_000)
_DONE = frozenset({0, 3, 10})
"""Exit codes of scans that did their work."""
_MOST = 10_000
"""Characters of a summary; healthchecks.io keeps as many."""
_SUCCESS = re.compile(r"^ereputation_last_success_timestamp_seconds (\d+)$", re.MULTILINE)
_SEVERITIES = ("info", "warning", "critical")


@dataclass(slots=True)
class Watch:
    """One scan as others watch it; ``ended`` is called once, when it did end."""

    config: Config
    database: Database
    now: datetime
    complain: Callable[[str], None]

    def began(self) -> None:
        """Tell that a scan begins."""
        self._ping("start", "")

    def ended(self, result: Result, code: int) -> None:
        """Tell how it went, and write its figures."""
        self._ping(str(code), summary(result))
        if self.config.monitoring.textfile:
            self._figures(self.config.monitoring.textfile, result, code)

    def failed(self, error: Exception) -> None:
        """Tell why it ended without a result; a scan that waits for another is no failure."""
        if not isinstance(error, LockedError):
            known = isinstance(error, EreputationError)
            self._ping(
                str(error.exit_code if isinstance(error, EreputationError) else 1),
                str(error) if known else type(error).__name__,
            )

    def _ping(self, event: str, body: str) -> None:
        address = self.config.monitoring.ping
        if address is None:
            return
        url = address.get_secret_value()
        try:
            asyncio.run(self._post(_joined(url, event), body))
        except FetchError as error:  # whose text names the address, which is a secret
            self.complain(
                _("warning: monitoring.ping: {host} {why}").format(
                    host=urlsplit(url).hostname, why=_why(error)
                )
            )

    async def _post(self, url: str, body: str) -> None:
        async with Fetcher(contact=self.config.contact, limits=_LIMITS, now=self.now) as fetcher:
            await fetcher.post_text(url, body[:_MOST])

    def _figures(self, path: Path, result: Result, code: int) -> None:
        from ereputation import export

        try:
            with Store.open(self.database, read_only=True) as store:
                lines = list(
                    figures(self.config, store, result, succeeded=code in _DONE, before=_before(path))
                )
            export.write((f"{line}\n" for line in lines), path)
        except EreputationError as error:
            self.complain(_("warning: monitoring.textfile: {error}").format(error=error))


@contextmanager
def watched(
    config: Config, database: Database, *, now: datetime, complain: Callable[[str], None]
) -> Iterator[Watch]:
    """Tells that the block begins, and when it fails; who runs it calls ``ended``. ``complain`` hears what went wrong."""
    watch = Watch(config, database, now, complain)
    watch.began()
    try:
        yield watch
    except Exception as error:
        watch.failed(error)
        raise


def summary(result: Result) -> str:
    """What a scan came to, in a few lines without secrets."""
    lines = [
        _(
            "{sources} asked: {read} read, {unchanged} unchanged, {failed} failed; {mentions}; {alerts}"
        ).format(
            sources=words.amount(result.due, "source", "sources"),
            read=result.count("read"),
            unchanged=result.count("unchanged"),
            failed=result.count("failed"),
            mentions=words.amount(result.new_mentions, "new mention", "new mentions"),
            alerts=words.amount(len(result.alerts), "alert", "alerts"),
        )
    ]
    lines += [
        f"{words.SEVERITIES[a.severity]}: {words.KINDS[a.kind]} ({words.REASONS[a.reason]}): {one_line(a.brand)}"
        for a in result.alerts
        if a.brand
    ]
    lines += [
        _("failed: {source}").format(source=one_line(o.source))
        for o in result.outcomes
        if o.status == "failed"
    ]
    return neutralise("\n".join(lines)[:_MOST])


def figures(
    config: Config, store: Store, result: Result, *, succeeded: bool, before: int | None
) -> Iterator[str]:
    """The lines of a Prometheus text file (exposition format 0.0.4); ``before``: the last success known so far."""
    success = int(result.finished.timestamp()) if succeeded else before
    if success is not None:
        yield from _metric(
            "last_success_timestamp_seconds", "gauge", "When a scan last did its work.", [({}, success)]
        )
    totals = store.totals()
    yield from _metric(
        "mentions_total",
        "counter",
        "Mentions found so far, by brand.",
        [({"brand": b.name}, totals.get(b.name, 0)) for b in config.brands],
    )
    names = {brand.name for brand in config.brands}
    resolved = {matter for matter, decided in store.handlings().items() if decided.action == "resolved"}
    episodes = [
        e
        for e in store.episodes(open_only=True)
        if e.brand in names and not e.absorbed and (e.brand, e.kind, e.started, "") not in resolved
    ]
    yield from _metric(
        "open_alerts",
        "gauge",
        "Episodes that are open now, by severity.",
        [({"severity": s}, sum(e.severity == s for e in episodes)) for s in _SEVERITIES],
    )
    states = store.source_states()
    yield from _metric(
        "source_up",
        "gauge",
        "1 when the last visit succeeded, 0 when it failed.",
        [
            ({"source": s.id}, int(not states[s.id].failures))
            for s in config.sources
            if s.id in states and states[s.id].last_read
        ],
    )
    took = (result.finished - result.started).total_seconds()
    yield from _metric("scan_seconds", "gauge", "How long the last scan took.", [({}, round(took, 3))])


def _metric(
    name: str, kind: str, help_text: str, samples: Sequence[tuple[Mapping[str, str], float]]
) -> Iterator[str]:
    yield f"# HELP ereputation_{name} {help_text}"
    yield f"# TYPE ereputation_{name} {kind}"
    for labels, value in samples:
        shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"ereputation_{name}{f'{{{shown}}}' if shown else ''} {value}"


def _escaped(text: str) -> str:
    return neutralise(one_line(text)).replace("\\", "\\\\").replace('"', '\\"')


def _before(path: Path) -> int | None:
    """The last success an earlier scan wrote; None when there is none."""
    try:
        found = _SUCCESS.search(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
    return int(found[1]) if found else None


def _why(error: FetchError) -> str:
    if error.status:
        return _("answers {status}: check the address").format(status=error.status)
    if isinstance(error.__cause__, TimeoutError):
        return _("does not answer within {deadline:g} s").format(deadline=_LIMITS.deadline)
    return (
        _("does not answer: {cause}").format(cause=connection_sentence(error.__cause__))
        if error.__cause__
        else _("cannot be asked")
    )


def _joined(url: str, event: str) -> str:
    """``https://hc-ping.com/<uuid>/start``; a query stays where it belongs."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rstrip('/')}/{event}", parts.query, ""))
