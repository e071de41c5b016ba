"""Bluesky: a search, an account with its replies, a thread, or what is written to the owner of an app password.

Search and notifications need an account: ``identifier:`` and an app password; the session lives in memory for one run
and is shared by all sources that log in as the same person, because logins are few (30 in 5 minutes, 300 a day). The
PDS named by the login answers them. Accounts and threads are read without a key.

https://docs.bsky.app/docs/api/ , https://atproto.com/specs/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, SecretStr, model_validator

from ereputation.errors import ContentError, FetchError, NotYet, SourceError
from ereputation.model import Reading
from ereputation.sources.api import Place, at, get_json, phrase, posts, text
from ereputation.sources.base import ReplyLinks, Server, Source, State
from ereputation.sources.bluesky.login import PASSWORDS, error_name, login_of
from ereputation.sources.bluesky.views import POST, parse, said
from ereputation.sources.pages import Page, follow
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from ereputation.fetch import Fetcher

__all__ = ["Bluesky", "parse"]

_ENTRYWAY = "https://bsky.social"
_PUBLIC = "https://public.api.bsky.app"
_LIMIT = 100
_DEPTH = 6
_WEB = re.compile(r"https://bsky\.app/profile/([^/?#]{1,250})/post/([^/?#]{1,250})/?")
_STALE = frozenset({"ExpiredToken", "InvalidToken"})


class Bluesky(Source):
    """Posts found by a search, of an account, of a thread, or written to the owner of an app password."""

    stores: ClassVar[str] = N_("text, address, author's name, handle and DID, dates, tags, counters")
    reply_links: ClassVar[ReplyLinks] = "exact"

    kind: Literal["bluesky"] = "bluesky"
    search: str = Field("", description="Words to search for; needs identifier and app_password.")
    account: str = Field("", description="An account with its replies: a handle or a DID; needs no login.")
    thread: str = Field("", description="One post and its answers: its address; needs no login.")
    notifications: bool = Field(
        default=False,
        description="What is written to the owner of the app password: mentions, replies, quotes.",
    )
    identifier: str = Field("", description="Handle or e-mail address to log in with.")
    app_password: SecretStr | None = Field(None, description=f"An app password, from {PASSWORDS}.")
    server: Server = Field(_ENTRYWAY, description="Where to log in: the PDS or its entryway.")
    base_url: Server = Field(_PUBLIC, description="Who answers without a login.")

    @model_validator(mode="after")
    def _one_thing(self) -> Bluesky:
        chosen = [self.search.strip(), self.account.strip("@ "), self.thread.strip(), self.notifications]
        if sum(map(bool, chosen)) != 1:
            raise ValueError(_("expected exactly one of search, account, thread and notifications"))
        if self.thread and not (POST.fullmatch(self.thread.strip()) or _WEB.fullmatch(self.thread.strip())):
            raise ValueError(
                _(
                    'thread: expected an address such as https://bsky.app/profile/NAME/post/ID, not "{thread}"'
                ).format(thread=self.thread)
            )
        return self

    def derived_name(self) -> str:
        """``bluesky search: Air France``."""
        if self.search or self.notifications:
            return (
                f"bluesky search: {self.search}"
                if self.search
                else f"bluesky notifications of {self.identifier}"
            )
        return f"bluesky @{self.account.strip('@ ')}" if self.account else f"bluesky {self.thread.strip()}"

    def address(self) -> str:
        """Where the login or the first listing is asked for."""
        return self.server if self.search or self.notifications else self.base_url

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """The newest posts, down to what is known."""
        place = Place(source=self.id, kind=self.kind, now=now, base="https://bsky.app", lang=self.lang)
        if self.thread:
            return await self._thread(fetcher, place)
        if (self.search or self.notifications) and not (self.identifier and self.app_password):
            missing = "app_password" if self.identifier else "identifier"
            raise SourceError(
                _("{source}: `{missing}:` is missing; make an app password at {passwords}").format(
                    source=self.id, missing=missing, passwords=PASSWORDS
                )
            )
        name, params, part = self._listing()

        async def page(cursor: str) -> Page:
            asked = {**params, **({"cursor": cursor} if cursor else {})}
            data = await self._ask(fetcher, name, asked)
            if not isinstance(at(data, part), list):
                raise ContentError(
                    _("{source}: no {part} in the answer: it will be tried again").format(
                        source=self.id, part=part
                    )
                )
            found = posts(said(data, own_feed=bool(self.account)), place)
            return Page(documents=found, next=text(data, "cursor"))

        return await follow(page, state, of=self.derived_name())

    def _listing(self) -> tuple[str, dict[str, str | int], str]:
        """The method, its parameters, and the key of the list in its answer."""
        if self.search:
            params: dict[str, str | int] = {
                "q": phrase(self.search.strip()),
                "sort": "latest",
                "limit": _LIMIT,
            }
            return "app.bsky.feed.searchPosts", params, "posts"
        if self.account:
            params = {"actor": self.account.strip("@ "), "filter": "posts_with_replies", "limit": _LIMIT}
            return "app.bsky.feed.getAuthorFeed", params, "feed"
        return "app.bsky.notification.listNotifications", {"limit": _LIMIT}, "notifications"

    async def _thread(self, fetcher: Fetcher, place: Place) -> Reading:
        uri = self.thread.strip()
        if web := _WEB.fullmatch(uri):
            actor = web[1]
            if not actor.startswith("did:"):
                found = await self._ask(fetcher, "com.atproto.identity.resolveHandle", {"handle": actor})
                actor = text(found, "did")
            uri = f"at://{actor}/app.bsky.feed.post/{web[2]}"
        try:
            data = await self._ask(fetcher, "app.bsky.feed.getPostThread", {"uri": uri, "depth": _DEPTH})
        except FetchError as error:
            if error_name(error) == "NotFound":
                return Reading(gone=(uri,), warning=_("this thread was deleted: remove this source"))
            raise
        if text(data, "thread", "$type").endswith("#notFoundPost"):
            return Reading(gone=(uri,), warning=_("this thread was deleted: remove this source"))
        if not isinstance(at(data, "thread"), Mapping):
            raise ContentError(
                _("{source}: no thread in the answer: it will be tried again").format(source=self.id)
            )
        return Reading(documents=tuple(posts(said(data), place)))

    async def _ask(self, fetcher: Fetcher, name: str, params: Mapping[str, str | int]) -> Any:
        """One query; with a login through the PDS, which is asked for a new session when the old one has run out."""
        if not (self.identifier and self.app_password):
            return await self._query(fetcher, self.base_url, name, params, "")
        login = login_of(fetcher, self.server, self.identifier, self.app_password)
        session = await login.session(fetcher)
        try:
            return await self._query(fetcher, session.host, name, params, session.access)
        except NotYet:
            raise
        except FetchError as error:
            if error_name(error) not in _STALE:
                raise
        session = await login.session(fetcher, instead_of=session)
        return await self._query(fetcher, session.host, name, params, session.access)

    async def _query(
        self, fetcher: Fetcher, host: str, name: str, params: Mapping[str, str | int], access: str
    ) -> Any:
        headers = {**self.headers, **({"Authorization": f"Bearer {access}"} if access else {})}
        advice = {
            401: _("Bluesky wants a login here: give `identifier:` and `app_password:`"),
            403: _("Bluesky turns this machine away (403): its posts are unknown for now; try again later")
            if access
            else _(
                "Bluesky turns this machine away (403): its posts are unknown for now; "
                "`identifier:` and `app_password:` may help"
            ),
        }
        answer = await get_json(fetcher, f"{host}/xrpc/{name}", params=params, headers=headers, advice=advice)
        return answer.data
