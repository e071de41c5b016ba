"""Bodies inflated piece by piece: a cut one is noticed, a bomb stops at the limit.

httpx accepts a gzip or brotli body without its end in silence, so the decompression is ours.
"""

from __future__ import annotations

import zlib
from typing import Protocol

import brotli

from ereputation.speech import _

_MAX_LAYERS = 2
_GZIP_MAGIC = b"\x1f\x8b"
_STEP = 1 << 16
_PLAIN = frozenset({"", "identity", "none", "utf-8", "binary", "8bit"})


class TooLarge(Exception):  # noqa: N818 - a verdict on the body, turned into a sentence by the client
    """More decompressed bytes than allowed."""


class Undecodable(Exception):  # noqa: N818 - as above
    """The body is not what ``Content-Encoding`` says; the message says why."""


class _Layer(Protocol):
    """One compression to undo."""

    @property
    def complete(self) -> bool: ...

    def feed(self, data: bytes, room: int) -> bytes: ...


class _Zlib:
    """gzip (all members), zlib and raw deflate; a body that is not compressed after all passes unchanged."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._head = b""
        self._inflater: zlib._Decompress | None = None
        self._plain = False
        self._ended = False

    @property
    def complete(self) -> bool:
        return self._plain or self._ended

    def _begin(self, head: bytes) -> None:
        if self._gzip:
            self._plain = not head.startswith(_GZIP_MAGIC)
            self._inflater = zlib.decompressobj(wbits=31)
        else:
            wrapped = head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0
            self._plain = head.lstrip()[:1] in {b"<", b"{"}
            self._inflater = zlib.decompressobj(wbits=15 if wrapped else -15)

    def feed(self, data: bytes, room: int) -> bytes:
        if self._inflater is None:
            self._head += data
            if len(self._head) < 2:
                return b""
            data = self._head
            self._begin(data)
        if self._plain:
            return data
        out = bytearray()
        while data and not self._ended and len(out) <= room:
            assert self._inflater is not None
            try:
                out += self._inflater.decompress(data, room + 1 - len(out))
            except zlib.error as error:
                if out:
                    break  # keep what was whole; ``complete`` stays False
                raise Undecodable(
                    _("its compressed body is damaged ({error})").format(error=error)
                ) from error
            data = self._inflater.unconsumed_tail
            if self._inflater.eof:
                data = self._inflater.unused_data
                self._ended = True
                if self._gzip and data.startswith(_GZIP_MAGIC):  # the next member of a multi-member file
                    self._inflater = zlib.decompressobj(wbits=31)
                    self._ended = False
        return bytes(out)


class _Brotli:
    """Brotli, drained in steps so that a few bytes cannot fill the memory."""

    def __init__(self) -> None:
        self._inflater = brotli.Decompressor()

    @property
    def complete(self) -> bool:
        return bool(self._inflater.is_finished())

    def feed(self, data: bytes, room: int) -> bytes:
        out = bytearray()
        try:
            while len(out) <= room and not self._inflater.is_finished():
                piece = self._inflater.process(data, output_buffer_limit=_STEP)
                data = b""
                out += piece
                # It can accept more long before all of what it has is out: only an empty piece says so.
                if not piece and self._inflater.can_accept_more_data():
                    break
        except brotli.error as error:
            raise Undecodable(_("its compressed body is damaged (brotli)")) from error
        return bytes(out)


def _layers(encoding: str) -> list[_Layer]:
    names = [n for n in (part.strip().lower() for part in encoding.split(",")) if n not in _PLAIN]
    if len(names) > _MAX_LAYERS:
        raise Undecodable(_("its body is compressed {count} times over").format(count=len(names)))
    layers: list[_Layer] = []
    for name in reversed(names):  # the last applied comes off first
        if name in {"gzip", "x-gzip"}:
            layers.append(_Zlib(gzip=True))
        elif name in {"deflate", "x-deflate"}:
            layers.append(_Zlib(gzip=False))
        elif name == "br":
            layers.append(_Brotli())
        else:
            raise Undecodable(
                _('its body is compressed as "{name}", which was not asked for').format(name=name[:20])
            )
    return layers


class Body:
    """A body as it arrives: ``feed`` raw pieces, then read ``data`` and ``complete``.

    Raises TooLarge beyond ``limit`` bytes, raw or inflated, and Undecodable.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._layers = _layers(encoding)
        self._limit = limit
        self._raw = 0
        self._inflated = [0] * len(self._layers)  # bytes that came out of each, bounded like the body itself
        self.data = bytearray()

    @property
    def complete(self) -> bool:
        """Whether every compression reached its end; an empty body is."""
        return self._raw == 0 or all(layer.complete for layer in self._layers)

    def feed(self, piece: bytes) -> None:
        """Take one more raw piece."""
        self._raw += len(piece)
        if self._raw > self._limit:
            raise TooLarge
        for position, layer in enumerate(self._layers):
            piece = layer.feed(piece, self._limit - self._inflated[position])
            self._inflated[position] += len(piece)
            if self._inflated[position] > self._limit:
                raise TooLarge
        self.data += piece


def inflate_file(payload: bytes, limit: int) -> tuple[bytes, bool]:
    """A compressed file served as such (``feed.xml.gz``), opened, and whether it was whole.

    Anything else comes back as it is. Raises TooLarge and Undecodable.
    """
    for _layer in range(_MAX_LAYERS):
        if payload.startswith(_GZIP_MAGIC):
            encoding = "gzip"
        elif payload[:2] in {b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"}:
            encoding = "deflate"
        else:
            break
        body = Body(encoding, limit)
        body.feed(payload)
        payload = bytes(body.data)
        if not body.complete:
            return payload, False
    return payload, True
