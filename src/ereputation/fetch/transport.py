"""Below httpx: plain HTTP over a connection of its own, by asyncio and h11; all else by httpx's own transport.

Most hosts are asked once in a scan. What httpcore does to keep connections costs more than such a request itself; where
it pays, for the handshakes of TLS and for proxies, it is used.
"""

from __future__ import annotations

import asyncio
import errno
from contextlib import suppress
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies

import h11
import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Mapping

    _Event = type[h11.NEED_DATA | h11.PAUSED] | h11.Event

_PIECE = 65_536
"""Bytes that are read at once."""
_LONGEST_HEAD = 102_400
"""Bytes of a status line with its headers."""
_NEXT_ADDRESS = 0.25
"""Seconds after which a name's next address is tried as well (RFC 8305)."""


def transport(limits: httpx.Limits) -> httpx.AsyncBaseTransport | None:
    """What a client sends its requests through; None, httpx's own, where a proxy is configured."""
    return Direct(limits) if {"http", "https", "all"}.isdisjoint(getproxies()) else None


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates to believe: they take 20 ms and some megabytes."""
    return httpx.create_ssl_context()


def prepare() -> None:
    """Load what TLS takes, so that processes copied from this one share it."""
    httpx.AsyncHTTPTransport(verify=_trusted())
    with suppress(ImportError):
        import_module("anyio._backends._asyncio")


class Direct(httpx.AsyncBaseTransport):
    """Straight to the server."""

    def __init__(self, limits: httpx.Limits) -> None:
        self._limits = limits

    @cached_property
    def _kept(self) -> httpx.AsyncHTTPTransport:
        """Made at the first request it is for."""
        return httpx.AsyncHTTPTransport(verify=_trusted(), limits=self._limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange; raises httpx's own errors."""
        if request.url.scheme != "http":
            return await self._kept.handle_async_request(request)
        exchange = await _Exchange.begin(request)
        try:
            if trace := request.extensions.get("trace"):
                await trace("connection.connect_tcp.complete", {"return_value": exchange})
            return await exchange.answer(request)
        except BaseException:
            await exchange.aclose()
            raise

    async def aclose(self) -> None:
        """Close what is kept."""
        if "_kept" in self.__dict__:
            await self._kept.aclose()


class _Exchange(httpx.AsyncByteStream):
    """One connection, from its request to the end of the answer, whose body it is."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, timeouts: Mapping[str, float | None]
    ) -> None:
        self._reader, self._writer, self._timeouts = reader, writer, timeouts
        self._state = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)

    @classmethod
    async def begin(cls, request: httpx.Request) -> _Exchange:
        """Connect; whoever traces the request is told of it as httpcore does."""
        timeouts: Mapping[str, float | None] = request.extensions["timeout"]
        host, port = request.url.raw_host.decode("ascii"), request.url.port or 80
        if trace := request.extensions.get("trace"):
            await trace("connection.connect_tcp.started", {"host": host, "port": port})
        try:
            async with asyncio.timeout(timeouts["connect"]):
                streams = await asyncio.open_connection(
                    host, port, happy_eyeballs_delay=None if _is_number(host) else _NEXT_ADDRESS
                )
        except TimeoutError as error:
            raise httpx.ConnectTimeout(str(error), request=request) from error
        except OSError as error:
            raise httpx.ConnectError(str(error), request=request) from _plainly(error)
        return cls(*streams, timeouts)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Send the request; the answer as far as its headers."""
        try:
            head = self._state.send(
                h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
            )
            body = self._state.send(h11.Data(request.content)) if request.content else b""
            end = self._state.send(h11.EndOfMessage())
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error), request=request) from error
        await self._send(b"".join(filter(None, (head, body, end))))
        event = await self._event()
        while isinstance(event, h11.InformationalResponse) and event.status_code != 101:
            event = await self._event()
        assert isinstance(event, h11.Response | h11.InformationalResponse)
        return httpx.Response(
            event.status_code,
            headers=event.headers.raw_items(),
            stream=self,
            extensions={
                "http_version": b"HTTP/" + event.http_version,
                "reason_phrase": event.reason,
                "network_stream": self,
            },
        )

    async def _send(self, data: bytes) -> None:
        self._writer.write(data)
        try:
            async with asyncio.timeout(self._timeouts["write"]):
                await self._writer.drain()
        except TimeoutError as error:
            raise httpx.WriteTimeout(str(error)) from error
        except OSError:
            pass  # a server may answer, and close, before it has heard everything

    async def _event(self) -> _Event:
        """What comes next in the answer."""
        while True:
            try:
                event = self._state.next_event()
                if event is not h11.NEED_DATA:
                    return event
                data = await self._read()
                if not data and self._state.their_state == h11.SEND_RESPONSE:
                    raise httpx.RemoteProtocolError("disconnected")
                self._state.receive_data(data)
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error)) from error

    async def _read(self) -> bytes:
        try:
            async with asyncio.timeout(self._timeouts["read"]):
                return await self._reader.read(_PIECE)
        except TimeoutError as error:
            raise httpx.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpx.ReadError(str(error)) from error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    async def aclose(self) -> None:
        """Close the connection at once, whatever is left to say or to hear."""
        self._writer.transport.abort()

    def get_extra_info(self, info: str) -> Any:
        """As a stream of httpcore is asked: ``server_addr``."""
        return self._writer.get_extra_info("peername" if info == "server_addr" else info)


def _is_number(host: str) -> bool:
    """Whether it is an address itself, and no name that may have several."""
    return ":" in host or host.rpartition(".")[2].isdecimal()


def _plainly(error: OSError) -> OSError:
    """Where several addresses failed, asyncio says why in words alone."""
    refused = f"[Errno {errno.ECONNREFUSED}]"
    return ConnectionRefusedError(str(error)) if refused in str(error) else error
