r"""What every source is: its own entry of the configuration, and a way to be read.

A kind of source is one file of this package: a frozen model with ``kind: Literal["..."]``, its fields, ``read``,
and beside it a pure ``parse(payload: bytes, ...)``. The ``pattern`` of a field spells its letters out: a counted ``\w`` or
``\d`` means all of Unicode, and takes megabytes in every process.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from ereputation.durations import duration
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from ereputation.fetch import Fetcher
    from ereputation.model import Reading

State: TypeAlias = Mapping[str, Any]
"""What a source wants to find again at its next reading (validators, cursor): plain JSON, opaque to all others."""


def _known_zone(value: str) -> str:
    """The name of a time zone this machine knows; ValueError otherwise."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(
            _('expected a time zone such as Europe/Paris, not "{value}"').format(value=value)
        ) from error
    return value


def _server(value: str) -> str:
    """``https://mastodon.social`` from an address or a bare host name; ValueError otherwise."""
    stripped = value.strip().rstrip("/")
    whole = stripped if "://" in stripped else f"https://{stripped}"
    try:
        parts = urlsplit(whole)
        sound = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
        _port = parts.port  # fails on what is no port
    except ValueError:
        sound = False
    if not sound or parts.query or parts.fragment or any(char.isspace() for char in whole):
        raise ValueError(
            _('expected a server such as https://forum.example.org, not "{value}"').format(value=value)
        )
    return whole


Server: TypeAlias = Annotated[str, AfterValidator(_server)]
"""Where a network lives: scheme, host and path, without a slash at the end."""

Name: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""One line of text that must be given: what to search for, whose account."""

ReplyLinks: TypeAlias = Literal["exact", "thread", "none"]
"""What a kind tells of answers: which post is answered, only in which thread, or nothing."""

Duration: TypeAlias = Annotated[float, BeforeValidator(duration, json_schema_input_type=str)]
"""Seconds inside, ``15m`` in YAML."""

Zone: TypeAlias = Annotated[str, AfterValidator(_known_zone)]
"""Name of a time zone, checked."""


class Source(BaseModel, ABC):
    """One entry of ``sources:``. Subclasses narrow ``kind`` to a Literal."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # built once, within the union

    stores: ClassVar[str] = N_("title, text, address, author's name, dates")
    """What is kept of each document, for people to read."""
    reply_links: ClassVar[ReplyLinks] = "none"

    steady: ClassVar[bool] = False
    """Whether every whole answer holds about as many documents, known or not, so that a much shorter one is odd."""

    kind: str
    name: str = ""
    """What people call it; when absent, a name made from what it reads."""
    every: Duration | None = Field(default=None, ge=1)
    """How often to read it, at most; when absent, at each scan, but no server more than once in five minutes."""
    timezone: Zone | None = None
    """The zone of dates that state none; when absent, UTC."""
    lang: str = ""
    """The language it writes in ("fr", "en"), where documents do not say; a hint."""
    headers: Mapping[str, str] = Field(default_factory=dict, repr=False)
    """Further request headers (a token, a cookie); never shown."""

    @property
    def id(self) -> str:
        """The name its documents, state and health are kept under: ``name``, or what it reads."""
        return self.name or self.derived_name()

    @abstractmethod
    def derived_name(self) -> str:
        """A short, stable name from what the source reads; holds no secret."""

    @abstractmethod
    def address(self) -> str:
        """Where its first request goes; it may hold a secret, so it is not for eyes."""

    def spending(self, state: State, *, now: datetime) -> str:  # noqa: ARG002 - for subclasses
        """What was spent of a quota or of money, for the list of sources; empty where nothing is counted."""
        return ""

    @abstractmethod
    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """One visit: what it holds now, and the state to hand back next time ({} at the first).

        Raises SourceError when nothing can be read (FetchError, NotYet, ContentError), and nothing else.
        """
