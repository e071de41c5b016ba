"""RSS, RDF, Atom and JSON Feed: what most of the press and half of the web still publish."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator

from ereputation.sources.base import Source, State

if TYPE_CHECKING:
    from ereputation.fetch import Fetcher
    from ereputation.model import Reading


def _web_address(value: str) -> str:
    """An absolute http or https address, or ``file:///...`` for a feed on this machine; ValueError otherwise."""
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        parts = urlsplit("")
    local = parts.scheme.lower() == "file" and not parts.netloc and parts.path.startswith("/")
    if not local and (parts.scheme.lower() not in {"http", "https"} or not parts.hostname):
        raise ValueError(f'expected an address such as https://www.example.org/rss.xml, not "{value}"')
    return value.strip()


class Feed(Source):
    """A feed, whatever its dialect and its faults."""

    kind: Literal["feed"] = "feed"
    url: Annotated[str, AfterValidator(_web_address)]

    def derived_name(self) -> str:
        """``lemonde.fr/rss/une.xml``: the address without scheme, user, and query values that hold secrets."""
        from ereputation.fetch import redacted

        return redacted(self.url).split("://", 1)[1].removeprefix("www.").rstrip("/")

    def address(self) -> str:
        """The feed itself."""
        return self.url

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """One conditional request; documents only when something changed."""
        from ereputation.sources.feed.visit import visit

        return await visit(self, fetcher, state, now=now)
