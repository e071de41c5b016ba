"""Passes again and again, until stopped: when the next one is due, what a changed configuration means, what a failed
pass means (a message, and the next one).

For systemd, ``Type=notify``: sd_notify(3) READY, WATCHDOG and STOPPING.
"""  # noqa: D205 - the second sentence belongs to the first

from __future__ import annotations

import socket
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from ereputation import collect
from ereputation.errors import ConfigError, EreputationError, LockedError
from ereputation.speech import _
from ereputation.store import Store, scan_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from ereputation.config import Config
    from ereputation.database import Database
    from ereputation.model import SourceState

    Signature = tuple[int, int, int] | None

_USUAL = timedelta(minutes=5)
"""Between two passes, when no source says how often it wants to be read."""
_LEAST = timedelta(seconds=1)
_SLICE = 1.0
"""Seconds between two looks at the configuration, and two signs of life."""
_PATIENCE = 2.0
"""Seconds between two tries while another scan runs."""


def interval(config: Config, every: float | None) -> timedelta:
    """The longest time between two passes: as asked, else the least of the sources, else five minutes."""
    if every:
        return timedelta(seconds=every)
    named = [source.every for source in config.sources if source.every]
    return max(_LEAST, timedelta(seconds=min(named))) if named else _USUAL


def next_pass(
    config: Config, states: Mapping[str, SourceState], *, now: datetime, every: float | None = None
) -> datetime:
    """When the next pass is due: with ``every`` in that time; else when the next source is, and not much later, since
    quiet hours end, ladders climb and silences grow also while nobody is asked.
    """  # noqa: D205 - the second sentence belongs to the first
    last = now + interval(config, every)
    if every:
        return last
    times = (collect.due(source, states.get(source.id), now) for source in config.sources)
    return max(now + _LEAST, min([last, *(when for when in times if when)]))


def signature(path: Path) -> Signature:
    """What changes when a file does; None when it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def tell_systemd(state: str, environ: Mapping[str, str]) -> None:
    """Tell the service manager, when there is one that listens (sd_notify(3))."""
    address = environ.get("NOTIFY_SOCKET", "")
    if address[:1] not in {"/", "@"} or not hasattr(socket, "AF_UNIX"):
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as talk:
        talk.sendto(state.encode(), f"\0{address[1:]}" if address[0] == "@" else address)


@dataclass(slots=True)
class Watch:
    """What a watch needs to know, and to do."""

    config: Config
    every: float | None
    """Seconds between two passes; None: when the next source is due."""
    load: Callable[[], Config]
    """Reads the configuration again; raises ConfigError."""
    one_pass: Callable[[Config, datetime], int]
    """Scans once; its exit code."""
    database: Callable[[Config], Database]
    complain: Callable[[str], None]
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    beat: Callable[[], None] = lambda: None
    """A sign of life."""
    shard: str = ""
    """The part of the sources that is read here; empty: all."""
    _seen: Signature = field(default=None, init=False)
    """The configuration's file as it was when it was last read, or refused."""

    def run(self, passes: int | None = None) -> int:
        """Pass after pass, for ever or so many; the exit code of the last."""
        self._seen = signature(self.config.path)
        done = code = 0
        while True:
            code = self._guarded()
            done += 1
            if passes is not None and done >= passes:
                return code
            self._rest()

    def _guarded(self) -> int:
        """One pass once no other scan runs; whatever goes wrong is said, and does not end the watch."""
        try:
            self._wait_for_others()
            return self.one_pass(self.config, self.clock())
        except BrokenPipeError:  # nobody reads any more
            raise
        except EreputationError as error:
            self.complain(str(error))
            return error.exit_code
        except Exception:  # noqa: BLE001 - a bug in one pass must not blind the monitor
            self.complain(traceback.format_exc())
            return EreputationError.exit_code

    def _wait_for_others(self) -> None:
        told = False
        while True:
            try:
                with scan_lock(self.database(self.config), shard=self.shard):
                    return
            except LockedError:
                if not told:
                    self.complain(_("another scan is running: waiting for it to end"))
                    told = True
                self._sleep(_PATIENCE)

    def _rest(self) -> None:
        """Sleep until the next pass is due, or the configuration has changed to another sound one."""
        until = self._due()
        while (left := (until - self.clock()).total_seconds()) > 0:
            self._sleep(min(left, _SLICE))
            if self._changed():
                return

    def _due(self) -> datetime:
        now = self.clock()
        try:
            with Store.open(self.database(self.config), read_only=True) as store:
                states = store.source_states()
        except EreputationError:  # the pass has said why, or will
            return now + interval(self.config, self.every)
        return next_pass(self.config, states, now=now, every=self.every)

    def _sleep(self, seconds: float) -> None:
        while seconds > 0:
            self.beat()
            self.sleep(min(seconds, _SLICE))
            seconds -= _SLICE

    def _changed(self) -> bool:
        """Whether the file has changed to a sound configuration, which is then ours; a faulty one is told once."""
        found = signature(self.config.path)
        if found == self._seen:
            return False
        self.sleep(_SLICE / 10)
        if signature(self.config.path) != found:  # somebody is writing
            return False
        self._seen = found
        try:
            self.config = self.load()
        except ConfigError as error:
            self.complain(
                _("{faults}\nthe configuration as it was before stays in force").format(faults=error)
            )
            return False
        self.complain(_("the configuration has changed: read again"))
        return True
