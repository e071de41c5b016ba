"""Links: which are safe to open, and opening them without a word on our terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 4_000


def safe(url: str) -> str:
    """The address when it is one of the web that a browser may be handed; else an empty text."""
    if len(url) > _LONGEST or not url.isprintable() or any(char in url for char in ' "<>\\^`{|}'):
        return ""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and host and "@" not in parts.netloc else ""


def has_browser(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a browser with a window of its own may be there: one in this terminal would cover the screen."""
    if platform in {"darwin", "win32"}:
        return not environ.get("SSH_CONNECTION")
    return any(environ.get(name) for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"))


def in_browser(url: str) -> bool:
    """Open a safe address in the user's browser, detached from us; False where there is no browser."""
    if not has_browser() or not safe(url):
        return False
    command = [sys.executable, "-m", "webbrowser", "-t", url]
    threading.Thread(target=_silently, args=(command,), name="browser", daemon=True).start()
    return True


def _silently(command: list[str]) -> None:
    nowhere = subprocess.DEVNULL
    subprocess.run(  # noqa: S603 - our own interpreter, and an address that was looked at
        command, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True, check=False
    )
