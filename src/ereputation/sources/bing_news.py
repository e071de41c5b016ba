"""Bing News: a second opinion on what the press writes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ereputation.sources.api import phrase
from ereputation.sources.base import Duration, Name, Server  # noqa: TC001 - pydantic reads the annotations
from ereputation.sources.feed import Preset
from ereputation.sources.feed.entries import first, host_of
from ereputation.sources.feed.links import unwrapped, with_query
from ereputation.speech import N_
from ereputation.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ereputation.model import Document


class BingNews(Preset):
    """A search of Bing News. Needs no key. Title, opening words, publisher and the article's own address."""

    stores: ClassVar[str] = N_("title, opening words, publisher, address, date")
    gap: ClassVar[float] = 5.0

    kind: Literal["bing-news"] = "bing-news"
    search: Name = Field(description="What to search for; several plain words are a phrase.")
    country: str = Field(
        "", pattern=r"^([A-Za-z]{2})?$", description="Where from (FR, GB, US); anywhere when absent."
    )
    every: Duration | None = Field(1_800.0, ge=1, description="How often to read it, at most.")
    server: Server = Field("https://www.bing.com", description="Where Bing lives.")

    def derived_name(self) -> str:
        """``bing-news: Air France (fr)``."""
        return f"bing-news: {self.search}" + (f" ({self.lang})" if self.lang else "")

    def address(self) -> str:
        """The search as a feed, the newest first."""
        return with_query(
            f"{self.server}/news/search",
            q=phrase(self.search),
            format="rss",
            qft='sortbydate="1"',
            setlang=self.lang,
            cc=self.country.upper(),
        )

    def refine(self, document: Document, entry: Mapping[str, Any]) -> Document | None:
        """The article itself instead of the click counter in front of it."""
        real = unwrapped(document.url, "url", "u") or document.url
        if not real:
            return None
        publisher = one_line(first(entry, "news_source"))[:200]
        return replace(
            document,
            guid=real,
            url=real,
            via=document.url if real != document.url else "",
            site=host_of(real) or document.site,
            author_name=document.author_name or publisher,
        )
