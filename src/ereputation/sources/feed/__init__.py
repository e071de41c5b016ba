"""RSS, RDF, Atom and JSON Feed: what most of the press and half of the web still publish."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from ereputation.sources.base import Source, State
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ereputation.fetch import Fetcher
    from ereputation.model import Document, Reading
    from ereputation.sources.feed.parse import Parsed


def _web_address(value: str) -> str:
    """An absolute http or https address, or ``file:///...`` for a feed on this machine; ValueError otherwise."""
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        parts = urlsplit("")
    local = parts.scheme.lower() == "file" and not parts.netloc and parts.path.startswith("/")
    if not local and (parts.scheme.lower() not in {"http", "https"} or not parts.hostname):
        raise ValueError(
            _('expected an address such as https://www.example.org/rss.xml, not "{value}"').format(
                value=value
            )
        )
    return value.strip()


WebAddress: TypeAlias = Annotated[str, AfterValidator(_web_address)]
"""Of a feed: http, https, or a file of this machine."""


class Preset(Source):
    """A network that publishes feeds: where they are, and what it means by their entries.

    Subclasses give ``derived_name``, ``address`` and ``refine``; all else is the feed source.
    """

    steady: ClassVar[bool] = True
    gap: ClassVar[float] = 0.0
    """Seconds its domain wants between two requests, when more than usual."""

    def refine(self, document: Document, entry: Mapping[str, Any]) -> Document | None:  # noqa: ARG002 - for subclasses
        """The document as this network means it, from its ``entry`` as feedparser has it; None for what is none."""
        return document

    def parse(self, payload: bytes, *, url: str, now: datetime, content_type: str = "") -> Parsed:
        """The documents of a body that was read at ``url``. Raises ContentError for what is no feed."""
        from ereputation.sources.feed.parse import parse

        def refine(document: Document, entry: Mapping[str, Any]) -> Document | None:
            return self.refine(replace(document, kind=self.kind), entry)

        return parse(
            payload,
            url=url,
            content_type=content_type,
            now=now,
            source=self.id,
            timezone=self.timezone,
            lang=self.lang,
            refine=None if type(self).refine is Preset.refine and self.kind == "feed" else refine,
        )

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """One conditional request; documents only when something changed."""
        from ereputation.sources.feed.visit import visit

        return await visit(self, fetcher, state, now=now)


class Feed(Preset):
    """A feed, whatever its dialect and its faults. Needs no key."""

    kind: Literal["feed"] = "feed"
    url: WebAddress = Field(description="Address of the feed.")

    def derived_name(self) -> str:
        """``lemonde.fr/rss/une.xml``: the address without scheme, user, and query values that hold secrets."""
        from ereputation.fetch import redacted

        return redacted(self.url).split("://", 1)[1].removeprefix("www.").rstrip("/")

    def address(self) -> str:
        """The feed itself."""
        return self.url
