"""What every channel is: its own entry of the configuration, and a way to send a message.

A kind of channel is one file of this package: a frozen model with ``kind: Literal["..."]``, its fields, and ``send``.
"""

from __future__ import annotations

import asyncio
import re
import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)

from ereputation.durations import duration
from ereputation.model import Kind, Severity  # noqa: TC001 - pydantic reads the annotations
from ereputation.speech import _
from ereputation.staffed import Staffed
from ereputation.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    from ereputation.fetch import Fetcher

_ADDRESS = re.compile(r"[^\s@<>(),:;\"\[\]\\]+@[^\s@<>(),:;\"\[\]\\]+\.[^\s@<>(),:;\"\[\]\\.]+")
_DIGEST = re.compile(r"(?:daily|every day|quotidien|tous les jours)\s+(?:at\s+|à\s+)?(\d{1,2})[:h](\d{2})?", re.IGNORECASE)  # fmt: skip
_TELLING = 24
"""Characters from which a wrong value may be a secret in the wrong place, so that it is not repeated."""


_Done = TypeVar("_Done")


async def away(work: Callable[[], _Done]) -> _Done:
    """What blocking work comes to, on a thread of its own that nobody waits for once patience has run out.

    ``asyncio.to_thread`` would hold up the end of the scan until the slowest server has finished.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_Done] = loop.create_future()

    def finish(result: _Done | None, error: Exception | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]  # without an error there is a result

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - raised again where it is awaited
            failure = error
        with suppress(RuntimeError):  # the loop has ended: nobody wants to know any more
            loop.call_soon_threadsafe(finish, result, failure)

    threading.Thread(target=run, daemon=True).start()
    return await future


def not_this(value: object) -> str:
    """``, not "moi"``; nothing when the value is too long to be repeated without harm."""
    text = one_line(str(value))
    return _(', not "{text}"').format(text=text) if 0 < len(text) < _TELLING else ""


def is_address(text: str) -> bool:
    """Whether it can stand in a header as the address of one person."""
    return len(text) <= 254 and text.isprintable() and _ADDRESS.fullmatch(text) is not None


def _address(value: str) -> str:
    if not is_address(value):
        raise ValueError(_("expected an e-mail address{instead}").format(instead=not_this(value)))
    return value


Address: TypeAlias = Annotated[str, AfterValidator(_address)]
Seconds: TypeAlias = Annotated[float, BeforeValidator(duration, json_schema_input_type=str)]


def _digest(value: object) -> time:
    if isinstance(value, time):
        return value
    found = _DIGEST.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError(_("expected a time such as `daily 08:00`{instead}").format(instead=not_this(value)))
    return time(int(found[1]), int(found[2] or 0))


def _hours(value: object) -> Staffed:
    if isinstance(value, Staffed):
        return value
    if not isinstance(value, str):
        raise ValueError(_("expected hours such as 22:00-07:00 or Sat-Sun 00:00-24:00"))  # noqa: TRY004 - pydantic's
    return Staffed.parse(value)


DailyTime: TypeAlias = Annotated[
    time, PlainValidator(_digest), PlainSerializer(str, return_type=str), WithJsonSchema({"type": "string"})
]
Hours: TypeAlias = Annotated[
    Staffed, PlainValidator(_hours), PlainSerializer(str, return_type=str), WithJsonSchema({"type": "string"})
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent: the same news for every kind of channel, each in the form it can carry."""

    id: str
    """The same for the same news on the same channel, so that a repeated one can be recognised."""
    subject: str
    """One line, harmless."""
    text: str
    html: str
    brief: str
    """For phones and chats: a few lines for each alert."""
    severity: Severity
    payload: Mapping[str, Any] = field(default_factory=dict)
    """For machines: plain JSON."""
    threads: tuple[str, ...] = ()
    """What it belongs to: messages about the same episode share one."""
    sent: datetime


class Step(BaseModel):
    """Whom to tell when nobody has reacted."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    after: Seconds = Field(
        description="How long an alert may stay open, and the brand silent, since it was told: 30m."
    )
    to: str = Field(min_length=1, description="The `name` of another channel, or an e-mail address.")


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, dict | Step) else value


class Channel(BaseModel, ABC):
    """One entry of ``notify:``. Subclasses narrow ``kind`` to a Literal."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True
    )  # built where one is there to be read

    kind: str
    name: str = Field("", description="What to call it; what it took is remembered under this name.")
    min_severity: Severity = Field("info", description="Tell nothing less severe: info, warning or critical.")
    brands: tuple[str, ...] = Field((), description="Tell only of these brands; of all when absent.")
    kinds: tuple[Kind, ...] = Field((), description="Tell only these kinds of alerts; all when absent.")
    digest: DailyTime | None = Field(
        None, description="Gather alerts and send them once a day: `daily 08:00`. Critical ones do not wait."
    )
    quiet_hours: Hours | None = Field(
        None, description="Hold alerts back during these hours: 22:00-07:00. Critical ones do not wait."
    )
    cooldown: Seconds = Field(
        0.0, description="After an alert, hold others of the same brand and kind back for so long: 1h."
    )
    escalate: Annotated[
        tuple[Step, ...], BeforeValidator(_one_or_more, json_schema_input_type=Step | list[Step])
    ] = Field(
        (), description="Whom to tell when an alert is still open and the brand still silent after a while."
    )

    @property
    def id(self) -> str:
        """The name what it took is remembered under: ``name``, or what it is."""
        return self.name or self.derived_name()

    @abstractmethod
    def derived_name(self) -> str:
        """A short, stable name; holds no secret."""

    @abstractmethod
    def describe(self) -> str:
        """Where it leads, for people; holds no secret."""

    @abstractmethod
    async def send(self, message: Message, fetcher: Fetcher) -> str:
        """Deliver one message; comes back when the other side has taken it, with what was odd (empty: nothing).

        Raises DeliveryError when it was not taken, and nothing else.
        """

    def trouble(self) -> str:
        """Why it cannot work on this machine, as far as can be told without sending; empty when nothing is known."""
        return ""

    async def reach(self) -> str:
        """Why it cannot work, as far as can be told without telling anybody anything; empty when all seems well."""
        return self.trouble()

    def is_quiet(self, now: datetime, zone: tzinfo) -> bool:
        """Whether these are its quiet hours."""
        return self.quiet_hours is not None and self.quiet_hours.covers(now, zone)

    def gathered_until(self, now: datetime, zone: tzinfo) -> datetime:
        """What was decided until then is due in a digest: the last time its hour struck; now without a digest."""
        if self.digest is None:
            return now
        local = now.astimezone(zone)
        struck = datetime.combine(local.date(), self.digest, tzinfo=zone)
        if struck > local:
            struck = datetime.combine(local.date() - timedelta(days=1), self.digest, tzinfo=zone)
        return struck.astimezone(now.tzinfo)
