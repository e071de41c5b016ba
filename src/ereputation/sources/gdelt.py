"""GDELT: the press of the world in 65 languages, found by a search (https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ereputation.errors import ContentError, NotYet
from ereputation.sources.api import Place, Post, items, load, moment, phrase, posts, require_contact, text
from ereputation.sources.base import Duration, Name, Server, Source, State
from ereputation.sources.pages import Page, follow
from ereputation.speech import N_, _
from ereputation.text import snippet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ereputation.fetch import Fetcher
    from ereputation.model import Document, Reading

_MOST = 250
_GAP = 6.5
_PAUSE = timedelta(minutes=15)
_BUSY = re.compile(rb"limit requests|rate limit|too many|try again later|overloaded", re.IGNORECASE)
_LANGUAGES = {
    "fr": "french", "en": "english", "de": "german", "es": "spanish", "it": "italian", "nl": "dutch", "pt": "portuguese",
}  # fmt: skip
_CODES: Mapping[str, str] = {name: code for code, name in _LANGUAGES.items()}


class Gdelt(Source):
    """Press articles of the last days that hold some words, from all over the world. Needs no key, but a `contact:`.

    Title, publisher and address, without text or author; the date is when GDELT saw the article. One request in five
    seconds; GDELT turns readers away when it is busy.
    """

    stores: ClassVar[str] = N_("title, publisher, address, date")

    kind: Literal["gdelt"] = "gdelt"
    search: Name = Field(
        description="What to search for, in words of 3 letters and more; several are a phrase."
    )
    country: str = Field(
        "", pattern=r"^([A-Za-z]{2,30})?$", description="Where the publisher is (FR, france)."
    )
    days: int = Field(2, ge=1, le=90, description="How far back, in days.")
    every: Duration | None = Field(1_800.0, ge=1, description="How often to read it, at most.")
    server: Server = Field("https://api.gdeltproject.org", description="Where GDELT lives.")

    def derived_name(self) -> str:
        """``gdelt: Air France (fr)``."""
        return f"gdelt: {self.search}" + (f" ({self.lang})" if self.lang else "")

    def address(self) -> str:
        """The search for articles."""
        return f"{self.server}/api/v2/doc/doc"

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """The newest articles; more than 250 are asked for piece by piece, backwards in time."""
        require_contact(fetcher, "GDELT")
        place = Place(source=self.id, kind=self.kind, now=now, base=self.server, lang=self.lang)
        terms = [phrase(self.search)]
        if self.lang in _LANGUAGES:
            terms.append(f"sourcelang:{_LANGUAGES[self.lang]}")
        if self.country:
            terms.append(f"sourcecountry:{self.country.lower()}")

        async def page(before: str) -> Page:
            params: dict[str, str | int] = {
                "query": " ".join(terms), "mode": "ArtList", "format": "json", "maxrecords": _MOST, "sort": "datedesc",
            }  # fmt: skip
            if before:
                since = now - timedelta(days=self.days)
                params |= {"startdatetime": f"{since:%Y%m%d%H%M%S}", "enddatetime": before}
            else:
                params["timespan"] = f"{self.days}d"
            response = await fetcher.get(
                self.address(), params=params, headers=self.headers, accept="application/json", gap=_GAP
            )
            found = parse(response.body, place)
            more = len(found) >= _MOST
            return Page(documents=found, next=f"{found[-1].published:%Y%m%d%H%M%S}" if more else "")

        return await follow(page, state, of=f"{self.server} {' '.join(terms)}", most=4)


def parse(payload: bytes, place: Place) -> list[Document]:
    """The articles in an answer. Raises NotYet for a plea to slow down, ContentError for any other notice."""
    if payload.lstrip()[:1] != b"{" and _BUSY.search(payload[:2_000]):
        said = snippet(payload[:500].decode("utf-8", "replace"), 120)
        raise NotYet(
            _('GDELT is busy: "{said}"; next try in 15 min').format(said=said),
            status=429,
            retry_at=place.now + _PAUSE,
        )
    data = load(payload)
    if not isinstance(data, dict):
        raise ContentError(_("a list where articles are due: it will be tried again"))
    return posts((_post(article) for article in items(data, "articles") if text(article, "url")), place)


def _post(article: dict[str, Any]) -> Post:
    return Post(
        id=text(article, "url"),
        type="article",
        url=text(article, "url"),
        title=text(article, "title"),
        title_is_html=True,
        published=moment(article, "seendate"),
        lang=_CODES.get(text(article, "language").lower(), ""),
        site=text(article, "domain").lower().removeprefix("www."),
    )
