"""Whose certificates are believed: loaded once, and shared by the processes that are copied from this one."""

from __future__ import annotations

import ssl
from contextlib import suppress
from functools import cache
from importlib import import_module

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """What a client verifies servers by: it takes 20 ms and some megabytes."""
    return httpx.create_ssl_context()


def nobody() -> ssl.SSLContext:
    """For addresses without TLS: it takes no time, and were it asked after all, it would refuse."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def prepare(*, secure: bool) -> None:
    """Load what the first request would; ``secure``: of an address with TLS."""
    if secure:
        trusted()
    for name in ("httpcore", "anyio._backends._asyncio"):
        with suppress(ImportError):
            import_module(name)
