"""How an article of Wikipedia, or of any MediaWiki, is edited (https://www.mediawiki.org/wiki/API:Revisions)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ereputation.errors import ContentError, NotYet
from ereputation.fetch import retry_at
from ereputation.sources.api import (
    Place,
    Post,
    at,
    complaint,
    get_json,
    items,
    load,
    moment,
    posts,
    require_contact,
    text,
    texts,
)
from ereputation.sources.base import Duration, Name, Server, Source, State
from ereputation.sources.feed.entries import host_of
from ereputation.sources.feed.links import with_query
from ereputation.sources.pages import Page, follow
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ereputation.fetch import Fetcher
    from ereputation.model import Document, Reading

_BUSY = frozenset({"maxlag", "ratelimited", "readonly"})
_PAUSE = timedelta(minutes=5)


class Wikipedia(Source):
    """The edits of one article: who changed it, when, with which comment. Needs no key, but a `contact:`.

    What was changed is at the address of the edit; the text of the article is not stored.
    """

    stores: ClassVar[str] = N_("article's title, comment of the edit, address, author's name, date")

    kind: Literal["wikipedia"] = "wikipedia"
    article: Name = Field(description="Title of the article.")
    server: Server = Field(
        "", validate_default=False, description="The wiki; by default the Wikipedia of `lang`."
    )
    path: str = Field("/w", pattern=r"^(/[\w./-]*)?$", description="Folder of api.php on that server.")
    every: Duration | None = Field(3_600.0, ge=1, description="How often to read it, at most.")

    def derived_name(self) -> str:
        """``fr.wikipedia.org: Air France``."""
        return f"{host_of(self._home())}: {self.article}"

    def _home(self) -> str:
        return (self.server or f"https://{self.lang or 'en'}.wikipedia.org") + self.path.rstrip("/")

    def address(self) -> str:
        """The API."""
        return f"{self._home()}/api.php"

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """Edits down to what is known, one request after the other, and none while the wiki is busy."""
        require_contact(fetcher, "Wikipedia")
        place = Place(source=self.id, kind=self.kind, now=now, base=self._home(), lang=self.lang)

        async def page(cursor: str) -> Page:
            params = self._params() | ({"rvcontinue": cursor} if cursor else {})
            answer = await get_json(fetcher, self.address(), params=params, headers=self.headers)
            _busy(answer.data, answer.headers, self.derived_name(), now)
            return Page(
                documents=documents(answer.data, place), next=text(answer.data, "continue", "rvcontinue")
            )

        return await follow(page, state, of=f"{self.address()} {self.article}")

    def _params(self) -> dict[str, str | int]:
        return {
            "action": "query",
            "prop": "revisions",
            "titles": self.article.replace("|", " "),
            "redirects": 1,
            "rvlimit": 50,
            "rvprop": "ids|timestamp|user|comment|flags|tags",
            "format": "json",
            "formatversion": 2,
            "maxlag": 5,
        }


def _busy(data: Any, headers: Mapping[str, str], name: str, now: datetime) -> None:
    """Raises NotYet for an error that says to come back later; MediaWiki says so with status 200."""
    if text(data, "error", "code") in _BUSY:
        again = retry_at(headers, 503, now) or now + _PAUSE
        raise NotYet(
            _('{name}: the wiki is busy: "{said}"').format(name=name, said=complaint(data)),
            status=503,
            retry_at=again,
        )


def parse(payload: bytes, place: Place) -> list[Document]:
    """The edits in an answer. Raises ContentError for what is none."""
    return documents(load(payload), place)


def documents(data: Any, place: Place) -> list[Document]:
    """The revisions as documents; ``place.base`` is the folder of the wiki's scripts."""
    if at(data, "error") is not None:
        raise ContentError(_('the wiki says "{said}"').format(said=complaint(data)))
    pages = items(data, "query", "pages")
    if not pages:
        raise ContentError(_("no article in the answer: check its title"))
    if at(pages[0], "missing") is True or at(pages[0], "invalid") is True:
        raise ContentError(
            _('there is no article "{title}" (any more): check its title').format(
                title=text(pages[0], "title")[:100]
            )
        )
    return posts(
        (_edit(edit, page, place.base) for page in pages for edit in items(page, "revisions")), place
    )


def _edit(edit: dict[str, Any], page: dict[str, Any], home: str) -> Post:
    revision, title = text(edit, "revid"), text(page, "title")
    here = with_query(f"{home}/index.php", diff=revision)
    return Post(
        id=here if revision else "",
        type="article",
        url=with_query(f"{home}/index.php", title=title, diff=revision, oldid="prev"),
        title=f"{title} ({revision})",  # every edit has a title of its own: equal ones would count as one document
        body=text(edit, "comment"),
        published=moment(edit, "timestamp"),
        name="" if at(edit, "userhidden") is True else text(edit, "user"),
        tags=[*texts(edit, "tags"), *(["minor"] if at(edit, "minor") is True else [])],
        thread=with_query(f"{home}/index.php", title=title),
    )
