"""Google Alerts, delivered as a feed: what Google finds anew on the whole web."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ereputation.sources.base import Duration  # noqa: TC001 - pydantic reads the annotations
from ereputation.sources.feed import Preset, WebAddress
from ereputation.sources.feed.entries import host_of
from ereputation.sources.feed.links import path_of, unwrapped
from ereputation.speech import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ereputation.model import Document


class GoogleAlerts(Preset):
    """An alert of Google Alerts. At google.com/alerts, create it with "Deliver to: RSS feed" and copy the feed's address.

    At most the 20 newest finds: title, an excerpt, the page's own address.
    """

    stores: ClassVar[str] = N_("title, excerpt, address, date")
    gap: ClassVar[float] = 10.0

    kind: Literal["google-alerts"] = "google-alerts"
    url: WebAddress = Field(description="Address of the alert's feed.")
    every: Duration | None = Field(1_800.0, ge=1, description="How often to read it, at most.")

    def derived_name(self) -> str:
        """``google-alerts: 4428013...``: the number of the alert."""
        return f"google-alerts: {(path_of(self.url) or ['feed'])[-1]}"

    def address(self) -> str:
        """The feed."""
        return self.url

    def refine(self, document: Document, entry: Mapping[str, Any]) -> Document | None:  # noqa: ARG002 - nothing more in it
        """The page itself instead of Google's redirect."""
        real = unwrapped(document.url, "url", "q")
        if not real:
            return document if document.url else None
        return replace(document, url=real, via=document.url, site=host_of(real))
