"""The doctor: what works, what does not, and what to do about it."""

from __future__ import annotations

import asyncio
import os
import platform
import re
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from ereputation import __version__, collect, query, telling, words
from ereputation.database import Server
from ereputation.errors import EreputationError, LockedError, SourceError
from ereputation.fetch import Fetcher, domain_of
from ereputation.schema import sqlite
from ereputation.speech import _
from ereputation.starting import machine
from ereputation.store import Store, exists, scan_lock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ereputation.config import Config
    from ereputation.config.models import Brand
    from ereputation.database import Database
    from ereputation.sources import AnySource

State: TypeAlias = Literal["ok", "warning", "failed"]
_LATELY = timedelta(days=30)
_MOST = 20_000
"""Mentions looked at to judge keywords."""
_GREEDY = 0.8
_SKEW, _CLOCKS = 120.0, 3
"""Seconds by which every clock has to differ before ours is called wrong, and how many are asked."""
_ENOUGH = 20
"""Mentions from which a share of them says something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: State
    says: str
    seconds: float | None = None
    """How long it took; None where nobody was asked."""


def exit_code(findings: Sequence[Finding]) -> int:
    """1 when anything but a source failed (a channel counts: alerts would reach nobody); 3 when only sources did; else 0."""
    failed = [f for f in findings if f.state == "failed"]
    if any(not f.what.startswith("source ") for f in failed):
        return 1
    return 3 if failed else 0


def versions() -> dict[str, str]:
    """What is installed of the libraries we need, and of those we can use, by name; nothing where it is not told."""
    from importlib import metadata

    found: dict[str, str] = {}
    try:
        needed = metadata.requires("ereputation") or []
    except metadata.PackageNotFoundError:  # run from its source, or not readable
        return found
    for requirement in needed:
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        if name == "ereputation" or 'extra == "dev"' in requirement.replace("'", '"'):
            continue
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return dict(sorted(found.items()))


def findings(
    config: Config, database: Database, *, now: datetime, offline: bool, notify: bool = False
) -> Iterator[Finding]:
    """Everything the doctor looks at, one by one, sources last; with ``notify`` every channel gets a labelled sample."""
    own = f"ereputation {__version__}, Python {platform.python_version()}, {sqlite.ENGINE}"
    others = ", ".join(f"{name} {version}" for name, version in versions().items())
    yield Finding(what="version", state="ok", says=words.also(f"{own} ({sys.executable})", others))
    brands = words.amount(len(config.brands), "brand", "brands")
    sources = words.amount(len(config.sources), "source", "sources")
    yield Finding(
        what="configuration",
        state="ok",
        says=words.labelled(str(config.path), f"{brands}, {sources}"),
    )
    yield from (Finding(what="configuration", state="warning", says=warning) for warning in config.warnings)
    yield _clock(config, now)
    yield from _database(config, database, now)
    yield from _samples(config, now) if notify else _channels(config, offline=offline)
    if not offline:
        yield from _sources(config, now)


def _channels(config: Config, *, offline: bool) -> Iterator[Finding]:
    """What can be known of channels without sending anything."""
    troubles = (
        ((channel.id, channel.describe(), channel.trouble(), None) for channel in config.notify)
        if offline
        else ((trial.channel, trial.where, trial.error, trial.seconds) for trial in telling.reach(config))
    )
    for name, where, trouble, seconds in troubles:
        says = (
            words.labelled(where, trouble)
            if trouble
            else _("{where}; `ereputation check --notify` sends a sample").format(where=where)
        )
        yield Finding(what=f"channel {name}", state="failed" if trouble else "ok", says=says, seconds=seconds)


def _samples(config: Config, now: datetime) -> Iterator[Finding]:
    if not config.notify:
        says = _("notify: names no channel, so alerts are only printed")
        yield Finding(what="channels", state="warning", says=says)
    for trial in telling.samples(config, now=now):
        says = _("a sample was sent to {where}, in {seconds} s").format(
            where=trial.where, seconds=words.decimal(trial.seconds, 1)
        )
        yield Finding(
            what=f"channel {trial.channel}",
            state="failed" if trial.error else "warning" if trial.warning else "ok",
            says=trial.error or words.joined((says, trial.warning)),
            seconds=trial.seconds,
        )


def _clock(config: Config, now: datetime) -> Finding:
    local = now.astimezone(config.timezone)
    says = _("{local:%Y-%m-%d %H:%M} in {zone}, {utc:%H:%M} UTC").format(
        local=local, zone=config.timezone.key, utc=now.astimezone(UTC)
    )
    if (here := machine.system_zone().key) != config.timezone.key:
        says = _("{says}; this machine lives in {zone}").format(says=says, zone=here)
    if now.year < 2025:
        return Finding(
            what="clock",
            state="warning",
            says=_("{says}: is the clock of this machine right?").format(says=says),
        )
    return Finding(what="clock", state="ok", says=says)


def _database(config: Config, database: Database, now: datetime) -> Iterator[Finding]:
    if isinstance(database, Path) and not database.parent.is_dir():
        says = _("{database}: the folder {folder} does not exist; create it").format(
            database=database, folder=database.parent
        )
        yield Finding(what="database", state="failed", says=says)
        return
    try:
        if not exists(database):
            if isinstance(database, Path) and not _writable(database.parent):
                says = _("{database}: none yet, and its folder cannot be written: the first scan will fail")
                yield Finding(what="database", state="failed", says=says.format(database=database))
                return
            says = _("{database}: none yet; the first scan creates it").format(database=database)
            yield Finding(what="database", state="ok", says=says)
            return
        with Store.open(database, read_only=True) as store:
            faults = store.faults()
            sound = _("sound, {size} MB").format(size=words.decimal(store.size() / 1e6, 1))
            if isinstance(database, Server):
                sound = f"{store.engine()}, {sound}"
            if isinstance(database, Path) and not _writable(database):
                faults = [*faults, _("it is read-only: nothing can be scanned, marked or pruned")]
            yield Finding(
                what="database",
                state="failed" if faults else "ok",
                says=words.labelled(str(database), words.joined(faults[:3]) if faults else sound),
            )
            for brand in config.brands:
                yield from _keywords(store, brand, now)
    except EreputationError as error:
        yield Finding(what="database", state="failed", says=str(error))
        return
    try:
        with scan_lock(database):
            yield Finding(what="lock", state="ok", says=_("free"))
    except LockedError as error:
        yield Finding(what="lock", state="warning", says=str(error))
    except EreputationError as error:
        yield Finding(what="lock", state="failed", says=str(error))


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _keywords(store: Store, brand: Brand, now: datetime) -> Iterator[Finding]:
    """A keyword that brings nearly everything, or that was never seen, deserves a look."""
    seen: Counter[str] = Counter()
    total = 0
    queries = {word: query.keyword(word) for word in brand.keywords}
    for mention in store.mentions(brands=[brand.name], since=now - _LATELY, limit=_MOST):
        total += 1
        seen.update(word for word, asked in queries.items() if asked.find(mention.document) is not None)
    for word in queries:
        if len(queries) > 1 and total >= _ENOUGH and seen[word] > _GREEDY * total:
            says = _("{word!r} brings {share} of the {total} mentions of the last 30 days").format(
                word=word, share=words.percent(seen[word] / total), total=words.count(total)
            )
            yield Finding(what=f"brand {brand.name}", state="warning", says=says)
        elif total and not seen[word]:
            says = _(
                "{word!r} was not seen once in the last 30 days: is it spelt as people write it?"
            ).format(word=word)
            yield Finding(what=f"brand {brand.name}", state="warning", says=says)


def _sources(config: Config, now: datetime) -> Iterator[Finding]:
    job = collect.Job(sources=config.sources, contact=config.contact, limits=config.limits(), now=now)

    async def reach() -> list[tuple[collect.Visit, float]]:
        began = time.monotonic()
        return [(visit, time.monotonic() - began) async for visit in collect.visits(job, lambda _hosts: None)]

    order = {source.id: place for place, source in enumerate(config.sources)}
    sound = []
    for visit, took in sorted(asyncio.run(reach()), key=lambda pair: order[pair[0].source.id]):
        reading = visit.reading
        name = f"source {visit.source.id}"
        if reading is None:
            says = words.again(visit.error, visit.retry_at, config.timezone, now)
            yield Finding(what=name, state="failed", says=says, seconds=took)
            continue
        sound.append(visit.source)
        brought = words.amount(reading.size, "document", "documents")
        said = (
            _('{documents} of "{title}" after {seconds} s')
            if reading.title
            else _("{documents} after {seconds} s")
        )
        if reading.warning:
            yield Finding(what=name, state="warning", says=words.also(brought, reading.warning), seconds=took)
        else:
            yield Finding(
                what=name,
                state="ok",
                says=said.format(documents=brought, title=reading.title, seconds=words.decimal(took, 1)),
                seconds=took,
            )
    yield from _skew(config, sound)


def _skew(config: Config, sources: Sequence[AnySource]) -> Iterator[Finding]:
    """Whether the clock of this machine is that of the servers it reads: a few feeds are asked what time it is."""
    addresses = {domain_of(s.address()): s.address() for s in sources if s.kind == "feed"}
    asked = [a for a in addresses.values() if a.startswith(("http://", "https://"))][:_CLOCKS]
    ahead = asyncio.run(_ahead(config, asked)) if asked else []
    if ahead and (least := min(ahead, key=abs)) and abs(least) > _SKEW:
        says = (
            _("this machine's clock is {time} ahead of that of the servers it reads: set it (NTP)")
            if least > 0
            else _("this machine's clock is {time} behind that of the servers it reads: set it (NTP)")
        )
        yield Finding(what="clock", state="warning", says=says.format(time=words.duration(abs(least))))


async def _ahead(config: Config, addresses: Sequence[str]) -> list[float]:
    """By how many seconds our clock is ahead of each server that says what time it is (RFC 9110, Date and Age)."""
    found = []
    async with Fetcher(contact=config.contact, limits=config.limits(), now=datetime.now(UTC)) as fetcher:
        for address in addresses:
            with suppress(SourceError, ValueError, TypeError):
                headers = (await fetcher.get(address)).headers
                said = parsedate_to_datetime(headers["date"]) if "date" in headers else None
                age = float(headers.get("age") or 0)
                if said is not None:
                    found.append((datetime.now(UTC) - said).total_seconds() - age)
    return found
