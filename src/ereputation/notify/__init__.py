"""Where alerts go: every entry of ``notify:`` is one of these models and sends itself.

A further kind is one file, one name in ``KINDS``. The model of ``email`` is ``Email``; it is loaded when it is asked for.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import Field

from ereputation.notify.base import Channel, Message, Step, is_address

if TYPE_CHECKING:
    from typing import TypeAlias

    from ereputation.notify.apprise import Apprise
    from ereputation.notify.email import Email
    from ereputation.notify.webhook import Webhook

    AnyChannel: TypeAlias = Channel
    """Any entry of ``notify:``, told apart by its ``kind``; when it runs, the union of all kinds."""

KINDS: tuple[str, ...] = ("email", "apprise", "webhook")
"""Every kind, in the order people should meet them."""

__all__ = [
    "KINDS",
    "AnyChannel",
    "Apprise",
    "Channel",
    "Email",
    "Message",
    "Step",
    "Webhook",
    "is_address",
    "named",
]


@cache
def named(kind: str) -> type[Channel]:
    """The model of a kind."""
    found: type[Channel] = getattr(import_module(f"{__name__}.{kind}"), kind.title())
    return found


def __getattr__(name: str) -> Any:
    if name == "AnyChannel":
        return Annotated[Union[tuple(map(named, KINDS))], Field(discriminator="kind")]  # noqa: UP007 - made of many
    if (kind := name.lower()) in KINDS and name == kind.title():
        return named(kind)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
