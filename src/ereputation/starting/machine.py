"""What this machine says of itself: its zone, its language, the cron it runs, the command we are."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROOT = Path("/")
_SBIN = "/usr/sbin:/sbin:/usr/bin:/bin"
_MOST_BYTES = 5_000_000


def zone(environ: Mapping[str, str], root: Path = _ROOT) -> str:
    """The name of the zone this user lives in: ``$TZ``, else the machine's; UTC when it has none that we know."""
    return _known(environ.get("TZ", "").removeprefix(":")) or _zone_name(root) or "UTC"


def system_zone(root: Path = _ROOT) -> ZoneInfo:
    """The zone daemons such as cron live in; they do not see ``$TZ`` of a shell."""
    if name := _zone_name(root):
        return ZoneInfo(name)
    try:
        with (root / "etc/localtime").open("rb") as stream:
            return ZoneInfo.from_file(stream, key="localtime")
    except (OSError, ValueError):
        return ZoneInfo("UTC")


def _zone_name(root: Path) -> str:
    local = root / "etc/localtime"
    linked = str(local.readlink()) if local.is_symlink() else ""
    if name := _known(linked.partition("zoneinfo/")[2]):
        return name
    try:
        return _known((root / "etc/timezone").read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return ""


def _known(name: str) -> str:
    """``name`` if it is a zone's; else empty."""
    try:
        return ZoneInfo(name).key if name else ""
    except (KeyError, ValueError, OSError):
        return ""


def cron_knows_zones(path: str = _SBIN) -> bool:
    """Whether ``CRON_TZ`` means something to the cron of this machine: to cronie, not to Debian's, nor to busybox."""
    for daemon in ("crond", "cron"):
        if found := shutil.which(daemon, path=path):
            try:
                with Path(found).open("rb") as stream:
                    return b"cronie" in stream.read(_MOST_BYTES)
            except OSError:
                return False
    return False


def command() -> list[str]:
    """How to call this installation from anywhere."""
    script = Path(sysconfig.get_path("scripts")) / "ereputation"
    return [str(script)] if script.exists() else [sys.executable, "-m", "ereputation"]
