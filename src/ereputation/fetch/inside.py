"""The way from the outside to the inside: what a stranger's redirect may not reach.

A name is looked up before it is followed, and looked at again when the connection stands: who answers our two questions
for its address differently (DNS rebinding) gets no byte of a request to an address of ours.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_CONNECTING, _CONNECTED = "connection.connect_tcp.started", "connection.connect_tcp.complete"


class LeadsInside(Exception):  # noqa: N818 - a verdict on a redirect, turned into a sentence by the client
    """A connection to an address of the inside, closed before anything was sent."""


class Guard:
    """Looks at the connections of one request (as httpx's ``trace``): those to a proxy are its own business."""

    def __init__(self, url: str, inside: Callable[[str], bool]) -> None:
        self._host = httpx.URL(url).raw_host.decode("ascii")
        self._inside = inside
        self._direct = False

    async def __call__(self, event: str, told: Mapping[str, Any]) -> None:
        """Raises LeadsInside."""
        if event == _CONNECTING:
            self._direct = told["host"] == self._host
        elif event == _CONNECTED and self._direct:
            stream = told["return_value"]
            if self._inside(peer_of(stream)):
                await stream.aclose()
                raise LeadsInside


def peer_of(stream: Any) -> str:
    """The address at the other end of a connection; empty when nobody knows."""
    try:
        found = stream.get_extra_info("server_addr") if stream is not None else None
    except OSError:  # it is gone already
        return ""
    return str(found[0]) if isinstance(found, tuple) else ""


async def leads_inside(host: str, inside: Callable[[str], bool]) -> bool:
    """Whether a name means a private address. A proxy may resolve it otherwise: a name unknown here is let through."""
    if inside(host):
        return True
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return False
    return any(inside(str(address[4][0])) for address in found)
