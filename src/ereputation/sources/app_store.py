"""Reviews of an app in Apple's App Store, by the store's public feed in JSON."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ereputation.errors import ContentError
from ereputation.sources.api import (
    Place,
    Post,
    at,
    counts,
    get_json,
    items,
    load,
    moment,
    number,
    posts,
    text,
)
from ereputation.sources.base import Duration, Server, Source, State
from ereputation.sources.pages import Page, follow
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from datetime import datetime

    from ereputation.fetch import Fetcher
    from ereputation.model import Document, Reading

_PAGE, _LAST = 50, 10
_CUSTOMER = re.compile(r"/id(\d{1,20})")


class AppStore(Source):
    """Reviews of an app in the App Store of one country, with their ratings. Needs no key.

    The newest 500, 50 a page. Older answers state no date: then the moment a review is first seen stands in.
    """

    stores: ClassVar[str] = N_("title, text, rating, author's name and number, date")

    kind: Literal["app-store"] = "app-store"
    app: int = Field(ge=1, description="Number of the app: in its address, behind `id`.")
    country: str = Field("us", pattern=r"^[A-Za-z]{2}$", description="Store to read: fr, gb, us.")
    every: Duration | None = Field(21_600.0, ge=1, description="How often to read it, at most.")
    server: Server = Field("https://itunes.apple.com", description="Where the feeds live.")

    def derived_name(self) -> str:
        """``app-store: 123456789 (fr)``."""
        return f"app-store: {self.app} ({self.country.lower()})"

    def address(self) -> str:
        """The newest reviews."""
        return self._page("1")

    def _page(self, page: str) -> str:
        country = self.country.lower()
        return f"{self.server}/{country}/rss/customerreviews/page={page}/id={self.app}/sortby=mostrecent/json"

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """Pages down to what is known."""
        home = f"https://apps.apple.com/{self.country.lower()}/app/id{self.app}"
        place = Place(source=self.id, kind=self.kind, now=now, base=home, lang=self.lang)

        async def page(cursor: str) -> Page:
            answer = await get_json(fetcher, self._page(cursor or "1"), headers=self.headers)
            found = documents(answer.data, place)
            following = int(cursor or "1") + 1
            return Page(
                documents=found, next=str(following) if len(found) >= _PAGE and following <= _LAST else ""
            )

        return await follow(page, state, of=self._page("1"))


def parse(payload: bytes, place: Place) -> list[Document]:
    """The reviews in an answer. Raises ContentError for what is none."""
    return documents(load(payload), place)


def documents(data: Any, place: Place) -> list[Document]:
    """The entries as documents; ``place.base`` is the app's page. No entry, one, or many: all three occur."""
    if not isinstance(at(data, "feed"), dict):
        raise ContentError(_("no feed of reviews: check the app's number and the country"))
    reviews = [
        entry for entry in items(data, "feed", "entry") if number(entry, "im:rating", "label") is not None
    ]
    return posts((_post(entry, place.base) for entry in reviews), place)


def _fingerprint(entry: dict[str, Any]) -> str:
    """Stands in for a missing number: a customer writes one review of an app."""
    says = "\n".join(text(entry, *path) for path in (("author", "name", "label"), ("content", "label")))
    return hashlib.blake2b(says.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _post(entry: dict[str, Any], home: str) -> Post:
    review = text(entry, "id", "label") or _fingerprint(entry)
    customer = _CUSTOMER.search(text(entry, "author", "uri", "label"))
    return Post(
        id=f"urn:app-store:review:{review}",
        type="review",
        url=f"{home}?see-all=reviews&review={review}",  # Apple gives all reviews one address
        title=text(entry, "title", "label"),
        body=text(entry, "content", "label"),
        published=moment(entry, "updated", "label"),
        name=text(entry, "author", "name", "label"),
        author_id=customer[1] if customer else "",
        engagement=counts(
            rating=number(entry, "im:rating", "label"), likes=number(entry, "im:voteSum", "label")
        ),
    )
