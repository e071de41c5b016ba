"""Lines for cron and units for systemd: right for this machine, its zone and its cron.

References: crontab(5) of cronie and of Debian's cron; systemd.timer(5), systemd.time(7).
"""

from __future__ import annotations

import re
import shlex
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import yaml

from ereputation.config import nodes
from ereputation.errors import UsageError
from ereputation.notify import is_address
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

_SCAN, _WATCH, _WEEKEND = ("-q", "scan"), ("-q", "watch"), ("clock", "--weekend")
_FRIDAY, _HOUR = 4, 17
"""When somebody still can be put on call."""
_HOUR_MINUTES, _DAY_MINUTES = 60, 1440
_REFERENCE = re.compile(r"\$\$\{|\$\{(\w+)\}")
_DELAY = 120
"""Seconds by which systemd spreads the scans of many machines, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What has to run."""

    command: Sequence[str]
    """How to call this installation from anywhere."""
    options: Sequence[str]
    """What every command of ours is given: the configuration, by an absolute path."""
    zone: ZoneInfo
    """Of the configuration."""
    minutes: int
    """Between two scans; as ``interval`` gives them."""
    contact: str
    variables: Sequence[str]
    """What the configuration takes from the environment."""
    report: str = ""
    """Where the week's report goes; empty for none."""

    @property
    def evening(self) -> list[Sequence[str]]:
        """What runs on Friday evening: who waits, and the week on one page."""
        report = ("-q", "report", "--period", "week", "--out", self.report)
        return [_WEEKEND, report] if self.report else [_WEEKEND]

    def words(self, what: Sequence[str]) -> list[str]:
        """One command line."""
        return [*self.command, *what, *self.options]


def interval(seconds: float) -> int:
    """Minutes between two scans; raises UsageError for what cannot be said in a crontab: it must divide an hour or a day."""
    sayable = [m for m in range(1, _DAY_MINUTES + 1) if _is_sayable(m)]
    minutes = seconds / 60
    if minutes in sayable:
        return int(minutes)
    below = max((m for m in sayable if m < minutes), default=1)
    above = min((m for m in sayable if m > minutes), default=_DAY_MINUTES)
    near = _(" or ").join(
        dict.fromkeys(f"{m}m" if m < _HOUR_MINUTES else f"{m // 60}h" for m in (below, above))
    )
    raise UsageError(
        _(
            "--every: cron knows no such interval, because it divides neither an hour nor a day: take {near}"
        ).format(near=near)
    )


def _is_sayable(minutes: int) -> bool:
    if minutes < _HOUR_MINUTES:
        return _HOUR_MINUTES % minutes == 0
    return minutes % _HOUR_MINUTES == 0 and _DAY_MINUTES % minutes == 0


def variables(path: Path) -> list[str]:
    """The names the configuration at ``path`` takes from the environment."""
    tree = nodes.read(path.read_text(encoding="utf-8"))
    texts = [str(node.value) for node in tree.values.values() if isinstance(node, yaml.ScalarNode)]
    return sorted({found[1] for text in texts for found in _REFERENCE.finditer(text) if found[1]})


def crontab(job: Job, *, system: ZoneInfo, knows_zones: bool, now: datetime) -> str:
    """Lines for ``crontab -e``. ``system``: the zone cron lives in; ``knows_zones``: whether it obeys CRON_TZ."""
    zone = job.zone
    same = zone.key == system.key
    lines = [
        _(
            "# For `crontab -e`. Cron mails what a scan prints: new alerts, and sources that broke or came back."
        )
    ]
    if is_address(job.contact) and re.fullmatch(r"[\w.+@-]+", job.contact):
        lines.append(f"MAILTO={job.contact}")
    if job.variables:
        lines.append(
            _("# The configuration takes these from the environment, and cron hands nothing on: fill in.")
        )
        lines += [f"#{name}=" for name in job.variables]
    if not same and knows_zones:
        lines.append(f"CRON_TZ={zone.key}")
    lines.append(f"{_minutes(job)}  {_in_crontab(job.words(_SCAN))}")
    lines.append(
        _("# Friday {hour}:00, {zone}: what waits, and what the week-end may bring. Who is on call?").format(
            hour=_HOUR, zone=zone.key
        )
    )
    evening = [_in_crontab(job.words(what)) for what in job.evening]
    if same or knows_zones:
        return "\n".join([*lines, *(f"0 {_HOUR} * * 5  {command}" for command in evening)]) + "\n"
    times = _elsewhere(zone, system, now)
    lines.append(
        _("# Many crons ignore CRON_TZ (Debian's does): hours are those of this machine, {zone}.").format(
            zone=system.key or _("local time")
        )
    )
    guard = ""
    if sum(len(hours) for hours in times.values()) > 1:
        lines.append(_("# Summer time moves the hour: the first part lets only the right one pass."))
        guard = f'[ "$(TZ={zone.key} date +\\%u\\%H)" = 5{_HOUR} ] && '
    for (day, minute), hours in times.items():
        when = f"{minute} {','.join(map(str, hours))} * * {day}"
        lines += [f"{when}  {guard}{command}" for command in evening]
    return "\n".join(lines) + "\n"


def _elsewhere(zone: ZoneInfo, system: ZoneInfo, now: datetime) -> dict[tuple[int, int], list[int]]:
    """The hours in the system's zone at which it is our Friday evening in the coming year, by weekday and minute.

    Weekdays as cron counts them: Sunday is 0.
    """
    friday = now.astimezone(zone)
    friday += timedelta(days=(_FRIDAY - friday.weekday()) % 7)
    found = set()
    for week in range(53):
        day = (friday + timedelta(weeks=week)).date()
        there = datetime(day.year, day.month, day.day, _HOUR, tzinfo=zone).astimezone(system)
        found.add((there.isoweekday() % 7, there.minute, there.hour))
    times: dict[tuple[int, int], list[int]] = {}
    for weekday, minute, hour in sorted(found):
        times.setdefault((weekday, minute), []).append(hour)
    return times


def _minutes(job: Job) -> str:
    """When cron scans: not on the hour with everybody else, but always at the same minutes."""
    minutes = job.minutes
    offset = zlib.crc32(" ".join(job.options).encode("utf-8", "surrogateescape")) % min(
        minutes, _HOUR_MINUTES
    )
    if minutes == 1:
        return "* * * * *"
    if minutes < _HOUR_MINUTES:
        return f"{offset}-59/{minutes} * * * *"
    hours = minutes // _HOUR_MINUTES
    return f"{offset} {'*' if hours == 1 else 6 if hours == 24 else f'*/{hours}'} * * *"


def _in_crontab(words: Sequence[str]) -> str:
    """Words as cron and then its shell take them: a bare % would end the command."""
    return shlex.join(words).replace("%", "\\%")


def units(job: Job) -> str:
    """A shell script that writes the user's units for systemd and starts their timers."""
    minutes, hours = job.minutes, job.minutes // _HOUR_MINUTES
    often = f"*:0/{minutes}" if minutes < _HOUR_MINUTES else "06:00" if hours == 24 else f"0/{hours}:00"
    names = " ".join(job.variables)
    environment = (
        [_("# The configuration takes {names} from the environment: name a file with such lines.").format(names=names),
         "#EnvironmentFile=%h/.config/ereputation/environment"] if names else []
    )  # fmt: skip
    scan = ["Type=oneshot", f"ExecStart={_in_unit(job.words(_SCAN))}", *environment,
            _("# 3: a source failed, and it is said; 75: another scan is running."),
            "SuccessExitStatus=3 75", "TimeoutStartSec=10min"]  # fmt: skip
    weekend = [
        "Type=oneshot",
        *(f"ExecStart={_in_unit(job.words(what))}" for what in job.evening),
        *environment,
    ]
    delay = f"RandomizedDelaySec={min(_DELAY, minutes * 60 // 4)}"
    return "\n".join([
        _("# Paste this into a shell: it writes units for your user and starts their timers."),
        'units="${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user"',
        'mkdir -p "$units"',
        *_unit("ereputation.service", _("Read sources, find mentions, tell alerts"), "Service", scan),
        *_unit("ereputation.timer", _("Scan"), "Timer", [f"OnCalendar={often}", delay, "Persistent=true"]),
        *_unit("ereputation-weekend.service", _("What waits, and what the week-end may bring"), "Service", weekend),
        *_unit("ereputation-weekend.timer", _("Friday evening: who is on call?"), "Timer",
               [f"OnCalendar=Fri {_HOUR}:00 {job.zone.key}", "Persistent=true"]),
        "systemctl --user daemon-reload",
        "systemctl --user enable --now ereputation.timer ereputation-weekend.timer",
        _("# Also while you are not logged in: loginctl enable-linger"),
        _("# Instead of ereputation.timer, one process can stay and scan when a source is due; in [Service]:"),
        f"#   Type=notify, Restart=on-failure, WatchdogSec=15min, ExecStart={_in_unit(job.words(_WATCH))}",
        _("# What they said: journalctl --user -u ereputation -u ereputation-weekend"),
    ]) + "\n"  # fmt: skip


def _unit(name: str, description: str, section: str, lines: Sequence[str]) -> list[str]:
    install = ["", "[Install]", "WantedBy=timers.target"] if section == "Timer" else []
    content = ["[Unit]", f"Description={description}", "", f"[{section}]", *lines, *install]
    return [f"cat > \"$units/{name}\" <<'END_OF_UNIT'", *content, "END_OF_UNIT"]


def _in_unit(words: Sequence[str]) -> str:
    """Words as systemd takes them: % and $ mean something to it, quotes and backslashes too."""
    plain = re.compile(r"[\w./@:+=-]+")
    escaped = (
        word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$") for word in words
    )
    return " ".join(word if plain.fullmatch(word) else f'"{word}"' for word in escaped)
