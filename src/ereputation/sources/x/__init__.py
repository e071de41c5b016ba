"""X (API v2): a search over the last seven days, what mentions an account, or what an account writes. Reading costs.

Every post is paid for, so ``max_spend_per_day`` and ``max_spend_per_month`` are never passed: before each page the most
it can cost is weighed, the page is made smaller, or the reading stops and says so. The amounts hold for one source, are
kept with its state, and count every post returned, although X charges a post once per UTC day. ``since_id`` makes each
post come once; what could not be paid or reached is fetched by later scans, oldest limit first forgotten.

Posts that X calls deleted are told as gone; its terms ask to delete stored posts within 24 hours of a request.

https://docs.x.com/x-api/posts/search/introduction
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from ereputation import words
from ereputation.errors import ContentError, FetchError, NotYet, SourceError
from ereputation.model import Reading
from ereputation.sources.api import Place, at, complaint, get_json, items, number, posts, text
from ereputation.sources.base import ReplyLinks, Server, Source, State
from ereputation.sources.x.spending import MILLION, Budget, Prices, Spending
from ereputation.sources.x.tweets import gone, parse, said, written_at
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from ereputation.fetch import Fetcher
    from ereputation.model import Document

__all__ = ["Prices", "X", "parse"]

_CONSOLE = "https://console.x.com"
_MOST_PAGES = 10
_MOST_HOLES = 5
_LARGEST_PAGE = 100
_REACH = timedelta(days=6, hours=22)
"""How far back a search may ask; the documentation says seven days."""
_FIELDS = (
    "id,text,author_id,created_at,lang,conversation_id,in_reply_to_user_id,referenced_tweets,"
    "edit_history_tweet_ids,public_metrics,note_tweet,entities"
)


class X(Source):
    """Posts by a search, to an account, or of an account. Needs a bearer token, and money."""

    stores: ClassVar[str] = N_(
        "text, address, author's id (with `authors`: name and handle), dates, tags, counters"
    )
    reply_links: ClassVar[ReplyLinks] = "exact"

    kind: Literal["x"] = "x"
    search: str = Field(
        "", max_length=4_096, description="A query in X's own syntax: (acme OR @acme) -is:retweet."
    )
    mentions_of: str = Field(
        "", pattern=r"^[0-9]{0,20}$", description="Posts to this user: the number, not the name."
    )
    user: str = Field(
        "", pattern=r"^[0-9]{0,20}$", description="Posts and replies of this user: the number, not the name."
    )
    token: SecretStr | None = Field(None, description=f"Bearer token, from {_CONSOLE}.")
    own: bool = Field(
        default=False, description="The user of `mentions_of` or `user` owns the app: posts cost less."
    )
    authors: bool = Field(
        default=False, description="Ask for names and handles of authors; each is paid for."
    )
    max_spend_per_day: float = Field(
        1.0, ge=0, le=100_000, description="US dollars this source may cost a day (UTC)."
    )
    max_spend_per_month: float = Field(
        20.0, ge=0, le=1_000_000, description="US dollars it may cost a month (UTC)."
    )
    prices: Prices = Field(Prices(), description="What X charges, in US dollars.")
    base_url: Server = Field("https://api.x.com", description="Where the API lives.")
    fields_parameter: Literal["tweet.fields", "post.fields"] = Field(
        "tweet.fields", description="How the API calls the list of fields."
    )

    @model_validator(mode="after")
    def _one_thing(self) -> X:
        if sum(map(bool, (self.search.strip(), self.mentions_of, self.user))) != 1:
            raise ValueError(_("expected exactly one of search, mentions_of and user"))
        if self.own and self.search:
            raise ValueError(_("own: a search has no owner; it belongs to mentions_of and user"))
        return self

    def derived_name(self) -> str:
        """``x search: (acme OR @acme)``."""
        if self.search:
            return f"x search: {self.search.strip()}"
        return f"x mentions of {self.mentions_of}" if self.mentions_of else f"x posts of {self.user}"

    def address(self) -> str:
        """The listing."""
        if self.search:
            return f"{self.base_url}/2/tweets/search/recent"
        return f"{self.base_url}/2/users/{self.mentions_of or self.user}/{'mentions' if self.mentions_of else 'tweets'}"

    def spending(self, state: State, *, now: datetime) -> str:
        """What was spent, of what may be: for the list of sources."""
        return self._budget().told(_recall(state, self.derived_name()).spent.on(now))

    def _budget(self) -> Budget:
        return Budget(
            day=round(self.max_spend_per_day * MILLION), month=round(self.max_spend_per_month * MILLION)
        )

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """What is newer than the last reading, then what earlier readings left, as far as the money goes."""
        if not self.token:
            raise SourceError(
                _("{source}: `token:` is missing; make a bearer token at {console}").format(
                    source=self.id, console=_CONSOLE
                )
            )
        memory = _recall(state, self.derived_name())
        trip = _Trip(source=self, fetcher=fetcher, now=now, spent=memory.spent.on(now))
        since, missed = self._reachable(memory.newest, now)
        if not trip.size():
            again = trip.budget.again(trip.spent, now)
            raise NotYet(
                _("{source}: the spending limit is reached ({spent})").format(
                    source=self.id, spent=trip.budget.told(trip.spent)
                ),
                status=402,
                retry_at=again,
            )
        left = await trip.walk(_Hole(since=since), most=_MOST_PAGES if memory.newest else 1)
        top = list(trip.documents)
        holes = [left] if left and memory.newest else []  # history is not the task of the first reading
        for hole in memory.holes:
            since, lost = self._reachable(hole.since, now)
            missed = missed or lost
            if not self._reachable(hole.until, now)[1]:
                rest = await trip.walk(_Hole(since=since, until=hole.until), most=_MOST_PAGES - trip.pages)
                holes += [rest] if rest else []
        gap = missed or trip.lost or bool(holes)
        after = _Memory(
            of=self.derived_name(),
            newest=trip.newest or memory.newest,
            holes=tuple(holes[:_MOST_HOLES]),
            spent=trip.spent,
        )
        return Reading(
            documents=tuple({one.guid: one for one in reversed(trip.documents)}.values())[::-1],
            state=after.model_dump(mode="json"),
            covers_from=min((one.published for one in top), default=now)
            if gap or not memory.newest
            else None,
            possible_gap=gap,
            warning=words.joined(dict.fromkeys(trip.warnings if memory.newest else ())),
            gone=tuple(trip.gone),
        )

    def _reachable(self, since: str, now: datetime) -> tuple[str, bool]:
        """``since`` as far as this listing goes back, and whether that loses anything."""
        written = written_at(since)
        if self.search and written and now - written > _REACH:
            return "", True
        return since, False


class _Hole(BaseModel):
    """Posts that were not read: above ``since``, below ``until``; empty ends are open."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    since: str = ""
    until: str = ""


class _Memory(BaseModel):
    """What is remembered between scans; of another listing only what was spent."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    of: str = ""
    newest: str = ""
    """Id of the newest post read; empty before the first."""
    holes: tuple[_Hole, ...] = ()
    spent: Spending = Spending()


def _recall(state: State, of: str) -> _Memory:
    try:
        memory = _Memory.model_validate(dict(state))
    except ValidationError:
        return _Memory(of=of)
    return memory if memory.of == of else _Memory(of=of, spent=memory.spent)


@dataclass(slots=True, kw_only=True)
class _Trip:
    """One visit: what it read, what it cost."""

    source: X
    fetcher: Fetcher
    now: datetime
    spent: Spending
    documents: list[Document] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    newest: str = ""
    pages: int = 0
    stopped: bool = False
    """True when no further request is to be made."""
    lost: bool = False
    """True when something cannot be fetched any more."""

    @property
    def budget(self) -> Budget:
        return self.source._budget()  # noqa: SLF001 - its own source

    def _costs(self) -> tuple[int, int]:
        """Of one post and of its author, in millionths of a dollar."""
        prices = self.source.prices
        post = prices.own_post if self.source.own else prices.post
        return round(post * MILLION), round(prices.user * MILLION) if self.source.authors else 0

    def size(self) -> int:
        """How many posts the next page may hold; 0 when not even the smallest page can be paid for."""
        smallest, each = 10 if self.source.search else 5, sum(self._costs())
        payable = self.budget.room(self.spent) // each if each else _LARGEST_PAGE
        return min(_LARGEST_PAGE, payable) if payable >= smallest else 0

    async def walk(self, hole: _Hole, *, most: int) -> _Hole | None:
        """Read down from ``until`` to ``since``; what was not reached, or None when all was."""
        cursor, until, seen, first = "", hole.until, {""}, self.pages
        while True:
            if self.stopped or self.pages - first >= most:
                return self._left(hole, until, _("more posts than one scan reads: the rest follows"))
            if not (size := self.size()):
                return self._left(
                    hole,
                    until,
                    _("stopped at the spending limit ({spent}): the rest follows").format(
                        spent=self.budget.told(self.spent)
                    ),
                )
            try:
                data = await self._page(hole, cursor, size)
            except SourceError as error:
                if not self.pages:
                    raise
                if isinstance(error, FetchError) and error.status in {400, 404, 410}:
                    self.lost = True
                    self.warnings.append(str(error))
                    return None
                return self._left(hole, until, str(error))
            cursor = text(data, "meta", "next_token")
            until = text(data, "meta", "oldest_id") or until
            if not cursor:
                return None
            if cursor in seen:
                self.lost = True
                self.warnings.append(_("the server's pages lead in a circle: posts may be missing"))
                return None
            seen.add(cursor)

    def _left(self, hole: _Hole, until: str, why: str) -> _Hole:
        self.stopped = True
        self.warnings.append(why)
        return hole.model_copy(update={"until": until})

    async def _page(self, hole: _Hole, cursor: str, size: int) -> Any:
        """One page, paid for and noted."""
        source = self.source
        params: dict[str, str | int] = {"max_results": size, source.fields_parameter: _FIELDS}
        if source.search:
            params |= {"query": source.search.strip(), "sort_order": "recency"}
        if source.user:
            params["exclude"] = "retweets"
        if source.authors:
            params |= {"expansions": "author_id", "user.fields": "id,name,username"}
        for name, value in (
            ("since_id", hole.since),
            ("until_id", hole.until),
            (_CURSOR[bool(source.search)], cursor),
        ):
            if value:
                params[name] = value
        token = source.token.get_secret_value() if source.token else ""
        headers = {**source.headers, "Authorization": f"Bearer {token}"}
        try:
            answer = await get_json(
                self.fetcher, source.address(), params=params, headers=headers, advice=_ADVICE
            )
        except NotYet as error:
            if b"usage-capped" not in error.body:
                raise
            raise NotYet(
                _("{source}: X's own monthly limit is reached; raise it at {console}").format(
                    source=source.id, console=_CONSOLE
                ),
                status=error.status,
                retry_at=self.now + timedelta(days=1),
            ) from error
        return self._noted(answer.data)

    def _noted(self, data: Any) -> Any:
        found, errors = items(data, "data"), items(data, "errors")
        if not found and number(data, "meta", "result_count") is None:
            raise ContentError(
                _("{source}: X answers without posts: {errors}").format(
                    source=self.source.id, errors=complaint(errors) or _("no reason given")
                )
            )
        place = Place(
            source=self.source.id,
            kind=self.source.kind,
            now=self.now,
            base="https://x.com",
            lang=self.source.lang,
        )
        self.pages += 1
        self.documents += posts(said(data), place)
        self.gone += gone(data)
        post, user = self._costs()
        self.spent = self.spent.plus(post * len(found) + user * len(items(data, "includes", "users")))
        ids = [text(data, "meta", "newest_id"), self.newest, *(text(one, "id") for one in found)]
        self.newest = max((one for one in ids if one.isdigit()), key=int, default="")
        if errors and len(gone(data)) < len(errors):
            self.warnings.append(_("X left something out: {errors}").format(errors=complaint(errors)))
        if isinstance(at(data, "meta"), Mapping) and not text(data, "meta", "oldest_id") and found:
            data = {**data, "meta": {**data["meta"], "oldest_id": text(found[-1], "id")}}
        return data


_CURSOR = {True: "next_token", False: "pagination_token"}
_ADVICE = {
    401: N_("X refuses `token:`; make a new bearer token at https://console.x.com"),
    402: N_("X wants to be paid: buy credits at https://console.x.com"),
    403: N_("X does not allow this with `token:` (its plan, or a suspended app): see https://console.x.com"),
    404: N_("X knows no such user: give the number, not the name"),
}
