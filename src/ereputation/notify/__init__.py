"""Where alerts go: every entry of ``notify:`` is one of these models and sends itself.

A further kind is one file, one name in ``AnyChannel``.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from ereputation.notify.apprise import Apprise
from ereputation.notify.base import Channel, Message, Step, is_address
from ereputation.notify.email import Email
from ereputation.notify.webhook import Webhook

AnyChannel: TypeAlias = Annotated[Email | Apprise | Webhook, Field(discriminator="kind")]
"""Any entry of ``notify:``, told apart by its ``kind``."""

__all__ = ["AnyChannel", "Apprise", "Channel", "Email", "Message", "Step", "Webhook", "is_address"]
