"""Where mentions come from: one network per file, and the union of all kinds.

To add a network: one file with a frozen model and ``read``, one name in ``KINDS`` (docs/add-a-source.md). The file of
``google-news`` is ``google_news``, its model ``GoogleNews``. A kind is loaded when it is asked for: most configurations
know one or two of them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import Field

from ereputation.sources.base import Duration, Source, State, Zone

if TYPE_CHECKING:
    from typing import TypeAlias

    AnySource: TypeAlias = Source
    """Any entry of ``sources:``, told apart by its ``kind``; when it runs, the union of all kinds."""

KINDS: tuple[str, ...] = (
    "feed",
    "google-news",
    "bing-news",
    "google-alerts",
    "gdelt",
    "mastodon",
    "mastodon-feed",
    "bluesky",
    "youtube",
    "youtube-channel",
    "reddit",
    "discourse",
    "discourse-feed",
    "phpbb",
    "hackernews",
    "lemmy",
    "lemmy-feed",
    "stackexchange",
    "stackexchange-feed",
    "wordpress",
    "podcast",
    "app-store",
    "telegram",
    "wikipedia",
    "x",
    "facebook",
    "threads",
    "reddit-api",
)
"""Every kind, in the order people should meet them."""

_NAMES = {kind.title().replace("-", ""): kind for kind in KINDS}

__all__ = ["KINDS", "AnySource", "Duration", "Source", "State", "Zone", "named"]


@cache
def named(kind: str) -> type[Source]:
    """The model of a kind."""
    found: type[Source] = __getattr__(kind.title().replace("-", ""))
    return found


def __getattr__(name: str) -> Any:
    if name == "AnySource":
        return Annotated[Union[tuple(map(named, KINDS))], Field(discriminator="kind")]  # noqa: UP007 - made of many
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name].replace('-', '_')}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
