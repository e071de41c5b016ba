"""Where mentions come from: one network per file, and the union of all kinds.

To add a network: one file with a frozen model and ``read``, one name in ``AnySource``, one folder of payloads.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from ereputation.sources.base import Duration, Source, State, Zone, duration
from ereputation.sources.feed import Feed
from ereputation.sources.mastodon import Mastodon

AnySource: TypeAlias = Annotated[Feed | Mastodon, Field(discriminator="kind")]
"""Any entry of ``sources:``, told apart by its ``kind``."""

KINDS: tuple[str, ...] = ("feed", "mastodon")
"""Every kind, in the order people should meet them."""

__all__ = ["KINDS", "AnySource", "Duration", "Feed", "Mastodon", "Source", "State", "Zone", "duration"]
