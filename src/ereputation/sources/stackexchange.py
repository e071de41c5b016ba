"""Stack Overflow and its sister sites through their API (https://api.stackexchange.com/docs)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn

from pydantic import Field, SecretStr

from ereputation.errors import ContentError, FetchError, NotYet
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
    texts,
)
from ereputation.sources.base import Duration, Name, ReplyLinks, Server, Source, State
from ereputation.sources.pages import Page, follow
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from ereputation.fetch import Fetcher
    from ereputation.model import Document, Reading

_PAGE = 100
_THROTTLED = re.compile(r"available in (\d{1,7}) seconds")
_LONGEST = timedelta(hours=24)


class Stackexchange(Source):
    """Questions and answers of a Stack Exchange site that hold some words. Needs no key for 300 requests a day.

    With a free key (register an application at stackapps.com) 10,000 requests a day. Texts are under CC BY-SA: name
    their author when you publish them.
    """

    stores: ClassVar[str] = N_("title, excerpt, address, author's name and number, tags, date, score")
    reply_links: ClassVar[ReplyLinks] = "exact"

    kind: Literal["stackexchange"] = "stackexchange"
    search: Name = Field(description="What to search for; several plain words are a phrase.")
    site: str = Field(
        "stackoverflow.com", pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", description="The site's domain."
    )
    key: SecretStr | None = Field(None, description="Key of an application, for more requests.")
    every: Duration | None = Field(1_800.0, ge=1, description="How often to read it, at most.")
    server: Server = Field("https://api.stackexchange.com", description="Where the API lives.")

    def derived_name(self) -> str:
        """``stackoverflow.com: Air France``."""
        return f"{self.site}: {self.search}"

    def address(self) -> str:
        """The search."""
        return f"{self.server}/2.3/search/excerpts"

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """Pages down to what is known, and no request while the server wants a pause."""
        place = Place(source=self.id, kind=self.kind, now=now, base=f"https://{self.site}", lang=self.lang)
        waiting = _Pause(state.get("pause"), now)

        async def page(cursor: str) -> Page:
            waiting.respect(self.id)
            answer = await self._ask(fetcher, cursor or "1", now)
            waiting.note(answer)
            more = at(answer, "has_more") is True
            return Page(documents=documents(answer, place), next=str(int(cursor or "1") + 1) if more else "")

        reading = await follow(page, state, of=f"{self.server} {self.site} {self.search}")
        return waiting.kept(reading)

    async def _ask(self, fetcher: Fetcher, page: str, now: datetime) -> Any:
        params: dict[str, str | int] = {
            "q": phrase(self.search), "site": self.site, "order": "desc", "sort": "creation", "pagesize": _PAGE, "page": page,
        }  # fmt: skip
        if self.key:
            params["key"] = self.key.get_secret_value()
        try:
            answer = await get_json(fetcher, self.address(), params=params, headers=self.headers)
        except NotYet:
            raise
        except FetchError as error:
            data = _body(error)
            if at(data, "error_id") is not None:
                _refuse(data, self.id, now, error.status)
            raise
        if at(answer.data, "error_id") is not None:
            _refuse(answer.data, self.id, now, 200)
        return answer.data


class _Pause:
    """The pause a server wants before the next request (``backoff``), or until tomorrow (no quota left)."""

    def __init__(self, kept: object, now: datetime) -> None:
        self._now = now
        try:
            until = datetime.fromisoformat(kept) if isinstance(kept, str) else None
        except ValueError:
            until = None
        self._until = until if until and until.tzinfo and now < until < now + 2 * _LONGEST else None

    def respect(self, name: str) -> None:
        """Raises NotYet while it lasts."""
        if self._until:
            raise NotYet(
                _("{name}: the server wants a pause until {until:%Y-%m-%d %H:%M:%S} UTC").format(
                    name=name, until=self._until
                ),
                retry_at=self._until,
            )

    def note(self, data: Any) -> None:
        """Remember what an answer says of it."""
        if number(data, "quota_remaining") == 0:
            self._until = (self._now + _LONGEST).replace(hour=0, minute=0, second=0, microsecond=0)
        elif seconds := number(data, "backoff"):
            self._until = self._now + min(timedelta(seconds=max(seconds, 0)), _LONGEST)

    def kept(self, reading: Reading) -> Reading:
        """The reading, with the pause in its state."""
        from dataclasses import replace

        pause = {"pause": self._until.isoformat()} if self._until else {}
        return replace(reading, state={**reading.state, **pause})


def _body(error: FetchError) -> Any:
    try:
        return load(error.body)
    except ContentError:
        return None


def _refuse(data: Any, name: str, now: datetime, status: int) -> NoReturn:
    """Raises NotYet for a throttle, ContentError for any other error the body states."""
    said = complaint({"message": text(data, "error_message") or text(data, "error_name")})
    if text(data, "error_name") == "throttle_violation" or text(data, "error_id") == "502":
        found = _THROTTLED.search(said)
        pause = min(timedelta(seconds=int(found[1])), _LONGEST) if found else timedelta(hours=1)
        raise NotYet(
            _('{name}: too many requests: "{said}"').format(name=name, said=said),
            status=status,
            retry_at=now + pause,
        )
    raise ContentError(
        _('{name}: the server says "{said}" (error {data})').format(
            name=name, said=said, data=text(data, "error_id")
        )
    )


def parse(payload: bytes, place: Place) -> list[Document]:
    """The questions and answers in an answer. Raises ContentError for what is none."""
    data = load(payload)
    if at(data, "error_id") is not None:
        _refuse(data, place.source, place.now, 200)
    return documents(data, place)


def documents(data: Any, place: Place) -> list[Document]:
    """The items as documents; ``place.base`` is the site. Answers have no title: that is the question's."""
    return posts(
        (_post(item, place.base) for item in items(data, "items") if text(item, "question_id")), place
    )


def _post(item: dict[str, Any], site: str) -> Post:
    question, answer = f"{site}/q/{text(item, 'question_id')}", text(item, "answer_id")
    here = f"{site}/a/{answer}" if answer else question
    return Post(
        id=here,
        type="comment" if answer else "post",
        url=here,
        title="" if answer else text(item, "title"),
        title_is_html=True,
        body=text(item, "body") or text(item, "excerpt"),
        body_is_html=True,
        published=moment(item, "creation_date"),
        updated=moment(item, "last_edit_date"),
        name=text(item, "owner", "display_name"),
        author_id=text(item, "owner", "user_id"),
        tags=() if answer else texts(item, "tags"),
        reply_to=question if answer else "",
        thread=question,
        engagement=counts(
            likes=number(item, "score"),
            replies=number(item, "answer_count"),
            views=number(item, "view_count"),
        ),
    )
