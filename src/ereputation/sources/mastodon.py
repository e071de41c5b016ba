"""Mastodon and servers that speak its API: a hashtag, an account with its replies, a search, the mentions of a login.

Identity: ``guid`` is the toot's ``uri``, the same on every instance. Replies are told by an id that means something on
one instance only, so a document also carries its local name in ``via`` (``https://server/statuses/ID``), and
``reply_to`` holds the parent's ``uri`` where the answer shows it, else the parent's local name: whoever looks for the
parent compares with ``guid``, ``url`` and ``via``. Only what is public is kept; what an author has withdrawn from
indexing (``noindex``) is not. Deletions are not told by the API: retention ends what a server forgot.

https://docs.joinmastodon.org/methods/timelines/ , /accounts/ , /search/ , /notifications/
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias
from urllib.parse import parse_qs, quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from ereputation import words
from ereputation.errors import ContentError, FetchError, SourceError
from ereputation.model import Reading
from ereputation.sources.api import (
    Place,
    Post,
    at,
    complaint,
    counts,
    get_json,
    items,
    load,
    moment,
    number,
    phrase,
    posts,
    text,
)
from ereputation.sources.base import ReplyLinks, Server, Source
from ereputation.sources.pages import MOST_PAGES, Page, follow
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ereputation.fetch import Fetcher
    from ereputation.model import Document
    from ereputation.sources.base import State

PUBLIC = frozenset({"public"})
ADDRESSED = frozenset({"public", "unlisted"})
"""On an account's own page, and in what is written to it: many answer quietly, but for everybody to read."""
_LIMIT = 40
_LINK = re.compile(r'<([^<>]{1,2000})>\s*;\s*rel="?prev"?')
_DAY = timedelta(days=1)
_NO_SUCH_PLACE = frozenset({400, 404, 410, 422})

Ask: TypeAlias = Callable[[Mapping[str, str]], Awaitable["_Listed"]]


class Mastodon(Source):
    """Toots under a hashtag, of an account, found by a search, or written to the owner of a token."""

    stores: ClassVar[str] = N_("text, address, author's name, handle and address, dates, tags, counters")
    reply_links: ClassVar[ReplyLinks] = "exact"

    kind: Literal["mastodon"] = "mastodon"
    server: Server = Field(description="The instance to ask, such as https://mastodon.social.")
    hashtag: str = Field("", description="A hashtag, with or without #.")
    account: str = Field("", description="An account with its replies: name, or name@server.")
    search: str = Field(
        "", description="Words to search for; needs a token, and a server with full-text search."
    )
    notifications: bool = Field(
        default=False, description="What is written to the owner of the token: mentions and quotes."
    )
    token: SecretStr | None = Field(
        None, description="Access token (scopes read:search read:statuses read:notifications)."
    )

    @model_validator(mode="after")
    def _one_thing(self) -> Mastodon:
        chosen = [self.hashtag.strip("# "), self.account.strip("@ "), self.search.strip(), self.notifications]
        if sum(map(bool, chosen)) != 1:
            raise ValueError(_("expected exactly one of hashtag, account, search and notifications"))
        return self

    def derived_name(self) -> str:
        """``mastodon.social #airfrance``."""
        return f"{self.server.partition('://')[2]} {self._what()}"

    def address(self) -> str:
        """The first listing asked for."""
        return self.server + self._path("")

    def _what(self) -> str:
        if self.hashtag:
            return f"#{self.hashtag.strip('# ')}"
        if self.account:
            return f"@{self.account.strip('@ ')}"
        return f"search: {self.search}" if self.search else "notifications"

    def _path(self, account_id: str) -> str:
        if self.hashtag:
            return f"/api/v1/timelines/tag/{quote(self.hashtag.strip('# '), safe='')}"
        if self.account:
            return (
                f"/api/v1/accounts/{quote(account_id, safe='')}/statuses"
                if account_id
                else "/api/v1/accounts/lookup"
            )
        return (
            "/api/v2/search" if self.search else "/api/v1/notifications?types%5B%5D=mention&types%5B%5D=quote"
        )

    def _place(self, now: datetime) -> Place:
        return Place(source=self.id, kind=self.kind, now=now, base=self.server, lang=self.lang)

    async def _get(self, fetcher: Fetcher, path: str, params: Mapping[str, str | int]) -> Any:
        token = self.token.get_secret_value() if self.token else ""
        headers = {**self.headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        return await get_json(
            fetcher,
            self.server + path,
            params=params,
            headers=headers,
            advice=self._advice(known=bool(token)),
        )

    def _advice(self, *, known: bool) -> dict[int, str]:
        """What to do about a status, for somebody with or without a token."""
        where = f"{self.server}/settings/applications"
        login = (
            _(
                "the server refuses `token:` (expired, revoked, or without the scope): make a new one at {where}"
            ).format(where=where)
            if known
            else _("the server answers only to people with an account: give `token:`, from {where}").format(
                where=where
            )
        )
        return {
            401: login,
            403: login,
            422: login,
            404: _("the server knows no {name}: check its spelling").format(name=self._what()),
            410: _("{name} was suspended: remove this source").format(name=self._what()),
        }

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """The newest page, then forward from what was read last until both meet: nothing in between is missed."""
        if not self.token and (self.search or self.notifications):
            raise SourceError(
                _(
                    "{source}: `token:` is missing; make one at {server}/settings/applications (scopes read:search read:statuses read:notifications)"
                ).format(source=self.id, server=self.server)
            )
        if self.search:
            return await self._search(fetcher, state, now)
        memory = _recall(state, self.derived_name())
        account = memory.account
        if self.account and not account:
            found = await self._get(fetcher, self._path(""), {"acct": self.account.strip("@ ")})
            account = text(found.data, "id")
            if not account:
                raise SourceError(
                    _("{source}: the server names no id for this account").format(source=self.id)
                )
        params: dict[str, str | int] = {"limit": _LIMIT}
        if self.account:
            params["exclude_reblogs"] = "true"
        place, kept = self._place(now), PUBLIC if self.hashtag else ADDRESSED

        async def ask(more: Mapping[str, str]) -> _Listed:
            answer = await self._get(fetcher, self._path(account), {**params, **more})
            return _listed(answer.data, answer.headers.get("link", ""), place, kept)

        walk = await _walk(ask, memory.newest)
        after = memory.model_copy(update={"account": account, "newest": walk.newest})
        if self.hashtag and self.token and (memory.checked is None or now - memory.checked >= _DAY):
            after = after.model_copy(update={"limits": await self._limits(fetcher), "checked": now})
        return Reading(
            documents=tuple({one.guid: one for one in walk.documents}.values()),
            state=after.model_dump(mode="json"),
            covers_from=walk.certain_from if walk.gap or not memory.newest else None,
            possible_gap=walk.gap,
            warning=words.joined((walk.warning, after.limits)),
        )

    async def _search(self, fetcher: Fetcher, state: State, now: datetime) -> Reading:
        """The newest finds first, page after page by offset: what comes in meanwhile only shows a post twice."""
        place = self._place(now)

        async def page(cursor: str) -> Page:
            params: dict[str, str | int] = {
                "q": phrase(self.search.strip()),
                "type": "statuses",
                "limit": _LIMIT,
                "offset": cursor or "0",
            }
            answer = await self._get(fetcher, self._path(""), params)
            shown = len(items(answer.data, "statuses"))
            found = posts(_said(answer.data, place, PUBLIC), place)
            return Page(documents=found, next=str(int(cursor or "0") + shown) if shown >= _LIMIT else "")

        reading = await follow(page, state, of=self.derived_name())
        if reading.documents or (state.get("frontier") or {}).get("ids"):
            return reading
        return Reading(
            state=reading.state,
            covers_from=now,
            warning=_("nothing found so far; a server without full-text search answers the same"),
        )

    async def _limits(self, fetcher: Fetcher) -> str:
        """What this server hides from hashtag timelines without saying so (Mastodon 4.5); empty for nothing."""
        try:
            answer = await self._get(fetcher, "/api/v2/instance", {})
        except SourceError:
            return ""  # an older server
        feeds = at(answer.data, "configuration", "timelines_access", "hashtag_feeds")
        hidden = [part for part in ("local", "remote") if text(feeds, part) == "disabled"]
        return _(_HIDING[tuple(hidden)]) if hidden else ""


_HIDING = {
    ("local",): N_("this server hides local posts from its hashtags"),
    ("remote",): N_("this server hides remote posts from its hashtags"),
    ("local", "remote"): N_("this server hides local and remote posts from its hashtags"),
}


class _Memory(BaseModel):
    """What is remembered between scans; of another listing: nothing."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    of: str
    account: str = ""
    newest: str = ""
    """Up to here nothing is missing: the id of an entry of the listing; empty before the first."""
    limits: str = ""
    checked: datetime | None = None
    """When the server was last asked for its limits; None before."""


def _recall(state: State, of: str) -> _Memory:
    try:
        memory = _Memory.model_validate(dict(state))
    except ValidationError:
        return _Memory(of=of)
    return memory if memory.of == of else _Memory(of=of)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """One page of a listing."""

    documents: Sequence[Document]
    ids: Sequence[str]
    """Of its entries, the newest first."""
    newer: str
    """Where the page of the next newer ones begins; empty on an empty page."""


@dataclass(slots=True, kw_only=True)
class _Walk:
    """What one scan read, and up to where nothing is missing."""

    documents: list[Document] = field(default_factory=list)
    newest: str = ""
    certain_from: datetime | None = None
    """The oldest date of the newest page; None when it holds none."""
    gap: bool = False
    warning: str = ""

    def interrupted(self, at_id: str, why: str) -> _Walk:
        """The rest follows with the next scan, from ``at_id``."""
        self.newest, self.gap, self.warning = at_id, True, why
        return self


async def _walk(ask: Ask, known: str) -> _Walk:
    """The newest page (edits and counters of what was read show there), then from ``known`` forward until they meet.

    ``min_id`` gives the entries just above an id; ids are never computed, because other servers count otherwise.
    """
    first = await ask({})
    oldest = min(
        (one.published for one in first.documents if one.date_confidence != "first_seen"), default=None
    )
    walk = _Walk(documents=list(first.documents), newest=first.newer or known, certain_from=oldest)
    if not known or not first.ids or known in first.ids:
        return walk
    top, reached, seen = set(first.ids), known, {known}
    for _page in range(MOST_PAGES - 1):
        try:
            page = await ask({"min_id": reached})
        except FetchError as error:
            if error.status in _NO_SUCH_PLACE:  # this server has no way forward from there
                return walk.interrupted(walk.newest, _("posts since the last scan may be missing"))
            return walk.interrupted(
                reached, _("{error}; the rest follows with the next scan").format(error=error)
            )
        walk.documents += page.documents
        if not page.ids or not top.isdisjoint(page.ids):
            return walk
        if page.newer in seen:
            return walk.interrupted(
                walk.newest, _("the server's pages lead in a circle: posts may be missing")
            )
        reached = page.newer
        seen.add(reached)
    return walk.interrupted(reached, _("more posts than one scan reads: the rest follows with the next ones"))


def _listed(data: Any, link: str, place: Place, kept: frozenset[str]) -> _Listed:
    if not isinstance(data, list):
        raise ContentError(
            _("{base}: no list of posts in the answer {data!r}").format(base=place.base, data=complaint(data))
        )
    entries = items({"all": data}, "all")
    ids = [text(entry, "id") for entry in entries]
    found = _LINK.search(link[:10_000])
    stated = parse_qs(urlsplit(found[1]).query).get("min_id", [""])[0] if found and ids else ""
    return _Listed(
        documents=posts(_said(data, place, kept), place), ids=ids, newer=stated or (ids[0] if ids else "")
    )


def parse(payload: bytes, place: Place, *, kept: frozenset[str] = PUBLIC) -> list[Document]:
    """The toots in an answer: a timeline, notifications, a search, a context, one status. ``place.base``: the server.

    ``kept``: the visibilities that are. Raises ContentError when it is no JSON.
    """
    return posts(_said(load(payload), place, kept), place)


def _statuses(data: Any) -> Iterator[Mapping[str, Any]]:
    """Every status in an answer, a boost as what it boosts."""
    lists = [items(data, part) for part in ("statuses", "ancestors", "descendants")]
    for entry in [one for listed in lists for one in listed] or items({"all": data}, "all"):
        status = at(entry, "status") or entry
        status = at(status, "reblog") or status
        if isinstance(status, Mapping) and isinstance(at(status, "account"), Mapping):
            yield status


def _said(data: Any, place: Place, kept: frozenset[str]) -> list[Post]:
    """Every toot that may be kept."""
    statuses = list(_statuses(data))
    known = {text(one, "id"): text(one, "uri") for one in statuses if text(one, "id")}
    return [_toot(one, known, place.base) for one in statuses if _may_be_kept(one, kept)]


def _may_be_kept(status: Mapping[str, Any], kept: frozenset[str]) -> bool:
    """Public, and not of somebody who does not want to be found, unless it was addressed to whom we read for."""
    hidden = at(status, "account", "noindex") is True and "unlisted" not in kept
    return not hidden and (text(status, "visibility") or "public") in kept


def _local(server: str, status_id: str) -> str:
    """The name of a status on one server."""
    return f"{server}/statuses/{status_id}" if status_id else ""


def _toot(status: Mapping[str, Any], known: Mapping[str, str], server: str) -> Post:
    uri, here, parent = (
        text(status, "uri"),
        _local(server, text(status, "id")),
        text(status, "in_reply_to_id"),
    )
    author = at(status, "account")
    name, profile = text(author, "acct"), text(author, "url") or text(author, "uri")
    if name and "@" not in name:
        name = f"{name}@{urlsplit(profile or server).hostname or ''}"
    media = [text(one, "url") or text(one, "remote_url") for one in items(status, "media_attachments")]
    return Post(
        id=uri or text(status, "url") or here,
        url=text(status, "url") or uri or here,
        title=text(status, "spoiler_text"),
        body=text(status, "content"),
        body_is_html=True,
        published=moment(status, "created_at"),
        updated=moment(status, "edited_at"),
        name=text(author, "display_name") or text(author, "username"),
        handle=name,
        author_id=text(author, "uri") or text(author, "url"),
        lang=text(status, "language"),
        tags=[text(tag, "name") for tag in items(status, "tags")],
        media=media,
        reply_to=known.get(parent) or _local(server, parent),
        via=here,
        engagement=counts(
            likes=number(status, "favourites_count"),
            reposts=number(status, "reblogs_count"),
            replies=number(status, "replies_count"),
            quotes=number(status, "quotes_count"),
        ),
    )
