"""Google News: what the press of a country writes, found by a search."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ereputation.identity import title_key
from ereputation.sources.api import phrase
from ereputation.sources.base import Duration, Name, Server  # noqa: TC001 - pydantic reads the annotations
from ereputation.sources.feed import Preset
from ereputation.sources.feed.entries import first, host_of
from ereputation.sources.feed.links import with_query
from ereputation.speech import N_
from ereputation.text import fold, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ereputation.model import Document

_COUNTRIES = {"fr": "FR", "en": "GB", "de": "DE", "es": "ES", "it": "IT", "nl": "NL", "pt": "PT"}


class GoogleNews(Preset):
    """A search of Google News. Needs no key; its feed is offered for personal use, at a slow pace.

    At most 100 articles of the last days: title, publisher and date, without text. The address is Google's own, which
    leads to the article.
    """

    stores: ClassVar[str] = N_("title, publisher, Google's address of the article, date")
    gap: ClassVar[float] = 10.0

    kind: Literal["google-news"] = "google-news"
    search: Name = Field(description="What to search for; several plain words are a phrase.")
    country: str = Field(
        "", pattern=r"^([A-Za-z]{2})?$", description="Edition (FR, GB, US); by default that of `lang`."
    )
    days: int = Field(7, ge=1, le=365, description="How far back, in days.")
    every: Duration | None = Field(1_800.0, ge=1, description="How often to read it, at most.")
    server: Server = Field("https://news.google.com", description="Where Google News lives.")

    def derived_name(self) -> str:
        """``google-news: Air France (fr)``."""
        return f"google-news: {self.search}" + (f" ({self.lang})" if self.lang else "")

    def address(self) -> str:
        """The search as a feed, in the language and for the country."""
        lang = (self.lang or "en").lower()
        country = (self.country or _COUNTRIES.get(lang[:2], lang[:2])).upper()
        edition = lang if lang == country.lower() else f"{lang}-{country}"
        return with_query(
            f"{self.server}/rss/search",
            q=f"{phrase(self.search)} when:{self.days}d",
            hl=edition,
            gl=country,
            ceid=f"{country}:{lang}",
        )

    def refine(self, document: Document, entry: Mapping[str, Any]) -> Document | None:
        """The article under its publisher, known by publisher, title and day: Google's ids change."""
        source = entry.get("source") or {}
        publisher, home = one_line(first(source, "title", "value")), first(source, "href", "url")
        title = _without_publisher(document.title, publisher)
        if not title:
            return None
        site = host_of(home) or fold(publisher) or document.site
        named = title_key(title) or fold(title)
        day = f"{document.published:%Y-%m-%d}" if document.date_confidence != "first_seen" else ""
        return replace(
            document,
            guid=f"gnews:{site}:{named}:{day}"[:2_000],
            title=title,
            text="",  # a list of links to other publishers' articles
            site=site,
            via=document.url,
        )


def _without_publisher(title: str, publisher: str) -> str:
    """The title less `` - Publisher`` at its end."""
    suffix = f" - {publisher}"
    if publisher and fold(title).endswith(fold(suffix)):
        return title[: -len(suffix)].rstrip()
    return title
