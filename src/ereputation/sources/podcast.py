"""Podcasts: what their episodes are announced with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ereputation.sources.base import Duration  # noqa: TC001 - pydantic reads the annotations
from ereputation.sources.feed import Preset, WebAddress
from ereputation.sources.feed.entries import host_of, web_url
from ereputation.speech import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ereputation.model import Document


class Podcast(Preset):
    """The episodes of a podcast: titles and show notes, not what is said in them. Needs no key."""

    stores: ClassVar[str] = N_("title, show notes, addresses of page and recording, author's name, date")

    kind: Literal["podcast"] = "podcast"
    url: WebAddress = Field(description="Address of the podcast's feed.")
    every: Duration | None = Field(3_600.0, ge=1, description="How often to read it, at most.")

    def derived_name(self) -> str:
        """``podcast: example.org/show.xml``."""
        from ereputation.fetch import redacted

        return f"podcast: {redacted(self.url).split('://', 1)[1].removeprefix('www.').partition('?')[0]}"

    def address(self) -> str:
        """The feed."""
        return self.url

    def refine(self, document: Document, entry: Mapping[str, Any]) -> Document | None:
        """An episode; one without a page is found at its recording."""
        recordings = [web_url(str(one.get("href", ""))) for one in entry.get("enclosures", ())]
        url = document.url or next((one for one in recordings if one), "")
        return replace(document, type="podcast", url=url, site=document.site or host_of(url))
