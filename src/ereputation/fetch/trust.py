"""Whose certificates are believed: loaded once, and shared by the processes that are copied from this one."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    import ssl


@cache
def trusted() -> ssl.SSLContext:
    """What a client verifies servers by: it takes 20 ms and some megabytes."""
    return httpx.create_ssl_context()


def prepare() -> None:
    """Load what the first request would."""
    trusted()
    for name in ("httpcore", "anyio._backends._asyncio"):
        with suppress(ImportError):
            import_module(name)
