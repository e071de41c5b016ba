"""What a request is allowed to cost, and what came back."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may cost. Times are seconds, sizes bytes after decompression."""

    connect: float = 10.0
    read: float = 15.0
    """Between two pieces of an answer."""
    deadline: float = 30.0
    """For everything: redirects, the slowest drip."""
    size: int = 10_000_000
    redirects: int = 5
    total: int = 8
    """Requests at the same time."""
    per_host: int = 2
    gap: float = 1.0
    """Between two requests to one domain; loopback addresses need none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What makes the next request conditional, exactly as the server wrote it (RFC 9110, 8.8)."""

    etag: str = ""
    modified: str = ""

    def headers(self) -> dict[str, str]:
        """The request headers that send them back."""
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in pairs.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer, after redirects, with its body decompressed."""

    status: int
    url: str
    """Where the body came from, after redirects."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    complete: bool = True
    """False when the connection was cut, or the compressed body has no end."""
    not_modified: bool = False
    validators: Validators = Validators()
    """To store and send next time; empty after an incomplete body."""
    peer: str = ""
    """The address that answered, or that of a proxy; empty when unknown."""
    moved_to: str = ""
    """The new address, when every redirect on the way was permanent; empty otherwise."""

    @property
    def content_type(self) -> str:
        """As stated, with its parameters; empty when nothing was."""
        return self.headers.get("content-type", "")
