"""Reddit with an approved app: posts by a search, a subreddit's posts or comments, or all that an account writes.

Unlike the feeds (``kind: reddit``) it gives scores, the number of comments, and which comment an answer belongs to. The
token of the app lives in memory for one run. What was deleted or removed is told as gone: Reddit wants it purged.

https://www.reddit.com/dev/api/ , https://github.com/reddit-archive/reddit/wiki/OAuth2
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from weakref import WeakKeyDictionary

from pydantic import Field, SecretStr, model_validator

from ereputation.errors import ContentError, FetchError, NotYet, SourceError
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
    phrase,
    posts,
    require_contact,
    text,
)
from ereputation.sources.base import ReplyLinks, Server, Source, State
from ereputation.sources.pages import Page, follow
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ereputation.fetch import Fetcher
    from ereputation.model import Document, Reading

_APPS = "https://www.reddit.com/prefs/apps (the app needs Reddit's approval)"
_REMOVED = frozenset({"[deleted]", "[removed]", "[ Removed by Reddit ]"})


class RedditApi(Source):
    """Posts and comments of Reddit through its API. Needs the id and secret of an approved app, and a `contact:`."""

    stores: ClassVar[str] = N_("title, text, address, author's handle and id, subreddit, dates, counters")
    reply_links: ClassVar[ReplyLinks] = "exact"

    kind: Literal["reddit-api"] = "reddit-api"
    search: str = Field(
        "", max_length=500, description="Words to search posts for; in `subreddit` only, if given."
    )
    subreddit: str = Field(
        "",
        pattern=r"^([A-Za-z0-9_]{2,40}(\+[A-Za-z0-9_]{2,40})*)?$",
        description="Without r/; several: paris+france.",
    )
    user: str = Field(
        "", pattern=r"^([A-Za-z0-9_-]{3,40})?$", description="What this account writes, without u/."
    )
    comments: bool = Field(default=False, description="The comments of `subreddit` instead of its posts.")
    client_id: str = Field("", description=f"Id of the app, from {_APPS}.")
    client_secret: SecretStr | None = Field(None, description="Secret of the app.")
    server: Server = Field("https://www.reddit.com", description="Where the app logs in.")
    base_url: Server = Field("https://oauth.reddit.com", description="Where the API lives.")

    @model_validator(mode="after")
    def _one_listing(self) -> RedditApi:
        if self.user and (self.search or self.subreddit):
            raise ValueError(_("`user` is read by itself, without `search` and `subreddit`"))
        if not (self.search.strip() or self.subreddit or self.user):
            raise ValueError(_("give what to read: `search`, `subreddit` or `user`"))
        if self.comments and (self.search or not self.subreddit):
            raise ValueError(
                _("`comments` needs a `subreddit`, and no `search`: Reddit does not search comments")
            )
        return self

    def derived_name(self) -> str:
        """``reddit-api r/france search: Air France``."""
        parts = [f"r/{self.subreddit}" * bool(self.subreddit), f"u/{self.user}" * bool(self.user)]
        parts += ["comments" * self.comments, f"search: {self.search.strip()}" * bool(self.search)]
        return " ".join(["reddit-api", *filter(None, parts)])

    def address(self) -> str:
        """The listing."""
        if self.user:
            return f"{self.base_url}/user/{self.user}/overview"
        within = f"{self.base_url}/r/{self.subreddit}" if self.subreddit else self.base_url
        return f"{within}/{'search' if self.search else 'comments' if self.comments else 'new'}"

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """The newest, down to what is known."""
        if not (self.client_id and self.client_secret):
            missing = "client_secret" if self.client_id else "client_id"
            raise SourceError(
                _("{source}: `{missing}:` is missing; apps are registered at {apps}").format(
                    source=self.id, missing=missing, apps=_APPS
                )
            )
        require_contact(fetcher, "Reddit")
        place = Place(
            source=self.id,
            kind="reddit",
            now=now,
            base="https://www.reddit.com",
            lang=self.lang,
            site="reddit.com",
        )
        app = _app(fetcher, self.server, self.client_id, self.client_secret)
        params: dict[str, str | int] = {"limit": 100, "raw_json": 1, "sort": "new"}
        if self.search:
            params |= {"q": phrase(self.search.strip()), "type": "link"}
            params |= {"restrict_sr": "on"} if self.subreddit else {}
        removed: list[str] = []

        async def page(cursor: str) -> Page:
            asked = {**params, **({"after": cursor} if cursor else {})}
            data = await self._get(fetcher, app, asked)
            if not isinstance(at(data, "data", "children"), list):
                raise ContentError(
                    _("{source}: no list in the answer: it will be tried again").format(source=self.id)
                )
            removed.extend(_gone(data))
            return Page(documents=posts(_said(data), place), next=text(data, "data", "after"))

        reading = await follow(page, state, of=self.derived_name())
        return replace(reading, gone=tuple(dict.fromkeys(removed)))

    async def _get(self, fetcher: Fetcher, app: _App, params: Mapping[str, str | int]) -> Any:
        """One page; a token that has run out is renewed once."""
        token = await app.token(fetcher)
        for again in (True, False):
            headers = {**self.headers, "Authorization": f"Bearer {token}"}
            try:
                answer = await get_json(
                    fetcher, self.address(), params=params, headers=headers, advice=_ADVICE
                )
            except FetchError as error:
                if error.status != 401 or not again:
                    raise
                token = await app.token(fetcher, instead_of=token)
            else:
                return answer.data
        raise AssertionError("the second attempt returns or raises")


_ADVICE = {
    401: N_("Reddit refuses the app's token: check the app at https://www.reddit.com/prefs/apps"),
    403: N_("Reddit refuses this (403): a private subreddit, or an app without approval"),
    404: N_("there is no such subreddit or user: check its spelling"),
}


@dataclass(slots=True, kw_only=True)
class _App:
    """An app, logged in once for a run; a refused login is not tried again."""

    server: str
    client_id: str
    secret: SecretStr
    _token: str = field(default="", repr=False)
    _refused: SourceError | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def token(self, fetcher: Fetcher, *, instead_of: str = "") -> str:
        """The token of this run; another one than ``instead_of``, which was refused."""
        async with self._lock:
            if self._refused:
                raise self._refused
            if not self._token or self._token == instead_of:
                try:
                    self._token = await self._fetched(fetcher)
                except SourceError as error:
                    self._refused = error
                    raise
            return self._token

    async def _fetched(self, fetcher: Fetcher) -> str:
        pair = f"{self.client_id}:{self.secret.get_secret_value()}".encode()
        headers = {"Authorization": f"Basic {b64encode(pair).decode()}"}
        url = f"{self.server}/api/v1/access_token"
        try:
            answer = await fetcher.post_form(url, {"grant_type": "client_credentials"}, headers=headers)
        except NotYet:
            raise
        except FetchError as error:
            if error.status not in {400, 401, 403}:
                raise
            raise FetchError(
                _(
                    "{server}: Reddit refuses the app: check `client_id:` and `client_secret:` at {apps}"
                ).format(server=self.server, apps=_APPS),
                status=error.status,
            ) from error
        try:
            token = text(load(answer.body), "access_token")
        except ContentError:  # it may quote what was sent
            token = ""
        if not token:
            raise ContentError(
                _("{server}: a login without a token: check `client_id:` and `client_secret:`").format(
                    server=self.server
                )
            )
        return token


_APPS_OF: WeakKeyDictionary[Fetcher, dict[tuple[str, str, str], _App]] = WeakKeyDictionary()
"""Of each run (a fetcher lives as long as one): nothing of a login outlives it, nothing of it is stored."""


def _app(fetcher: Fetcher, server: str, client_id: str, secret: SecretStr) -> _App:
    made = _App(server=server, client_id=client_id, secret=secret)
    return _APPS_OF.setdefault(fetcher, {}).setdefault((server, client_id, secret.get_secret_value()), made)


def parse(payload: bytes, place: Place) -> list[Document]:
    """The posts and comments in an answer: a listing, or a post with its comments. Raises ContentError when it is no JSON."""
    return posts(_said(load(payload)), place)


def _things(data: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every post (t3) and comment (t1) in an answer, those in answers to answers too; without recursion."""
    waiting: list[Any] = [items({"all": data}, "all"), items(data, "json", "data", "things")]
    for _turn in range(20_000):
        if not waiting:
            return
        current = waiting.pop(0)
        if isinstance(current, list):
            waiting = [*current, *waiting]
        elif isinstance(current, Mapping) and isinstance(at(current, "data"), Mapping):
            kind, thing = text(current, "kind"), current["data"]
            if kind in {"t1", "t3"}:
                yield kind, thing
            waiting += [items(thing, "children"), at(thing, "replies")]


def _guid(kind: str, thing: Mapping[str, Any]) -> str:
    own = text(thing, "id")
    return text(thing, "name") or (f"{kind}_{own}" if own else "")


def _is_gone(kind: str, thing: Mapping[str, Any]) -> bool:
    """Deleted by its author or removed by somebody else."""
    said = text(thing, "body" if kind == "t1" else "selftext").strip()
    return said in _REMOVED or bool(text(thing, "removed_by_category"))


def _gone(data: Any) -> list[str]:
    return [_guid(kind, thing) for kind, thing in _things(data) if _is_gone(kind, thing)]


def _said(data: Any) -> Iterator[Post]:
    for kind, thing in _things(data):
        own = _guid(kind, thing)
        if not own or _is_gone(kind, thing):
            continue
        comment = kind == "t1"
        rich, plain = ("body_html", "body") if comment else ("selftext_html", "selftext")
        yield Post(
            id=own,
            type="comment" if comment else "post",
            url=_address(own, thing),
            title="" if comment else text(thing, "title"),
            body=text(thing, rich) or text(thing, plain),
            body_is_html=bool(text(thing, rich)),
            published=moment(thing, "created_utc"),
            updated=moment(thing, "edited") if at(thing, "edited") is not True else None,
            handle=text(thing, "author"),
            author_id=text(thing, "author_fullname"),
            tags=[text(thing, "subreddit")],
            reply_to=text(thing, "parent_id") if comment else "",
            thread=text(thing, "link_id") if comment else own,
            engagement=counts(
                likes=number(thing, "score"), replies=None if comment else number(thing, "num_comments")
            ),
        )


def _address(own: str, thing: Mapping[str, Any]) -> str:
    """Where people read it; older answers about comments do not say."""
    if path := text(thing, "permalink"):
        return f"https://www.reddit.com{path}" if path.startswith("/") else path
    thread, ident = text(thing, "link_id").removeprefix("t3_"), own[3:]
    within = f"/r/{text(thing, 'subreddit')}" if text(thing, "subreddit") else ""
    return f"https://www.reddit.com{within}/comments/{f'{thread}/_/{ident}/' if thread else f'{ident}/'}"
