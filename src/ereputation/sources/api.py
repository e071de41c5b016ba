"""What adapters over open APIs share: JSON that is checked before it is believed, and posts as documents.

::

    answer = await get_json(fetcher, url, params={...})       an Answer, or one sentence why there is none
    for hit in items(answer.data, "hits"):                    readers never fail: null, absent, wrong type = empty
        post(Post(id=text(hit, "objectID"), published=moment(hit, "created_at"), ...), place)
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ereputation import query, words
from ereputation.errors import ContentError, FetchError, NotYet, QueryError, SourceError
from ereputation.fetch import redacted
from ereputation.markup import html_to_text
from ereputation.sources.dates import read_date
from ereputation.sources.feed.entries import Context, Raw, document, host_of
from ereputation.speech import N_, _
from ereputation.text import one_line, snippet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from ereputation.fetch import Fetcher
    from ereputation.model import Document
    from ereputation.sources.dates import Dated

Type: TypeAlias = Literal["post", "comment", "review", "video", "article"]

_MOST_ITEMS = 5_000
_MOST_NUMBER = 10**15
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_NO_AUTHOR = frozenset({"[deleted]", "[removed]", "deleted", "unknown", "anonymous"})
_SYNTAX = re.compile(r"[\"():|+*#@]|(?:^|\s)-\w|\b(?:AND|OR|NOT|NEAR)\b")
_SECRET = re.compile(r"(?:api_?)?key|(?:access_)?token|client_secret", re.IGNORECASE)
_SHORTEST_SECRET = 8  # characters; a shorter one could be part of any word
_ADVICE = {
    401: N_("the login is refused (401): the token is missing, wrong or expired"),
    403: N_("access is refused (403): the token lacks the right, or the server refuses automated readers"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A JSON answer."""

    data: Any
    headers: Mapping[str, str]
    """Names in lower case."""
    url: str
    """Where it came from, after redirects; it may hold a secret."""


async def get_json(
    fetcher: Fetcher,
    url: str,
    *,
    params: Mapping[str, str | int] | None = None,
    headers: Mapping[str, str] | None = None,
    accept: str = "application/json",
    gap: float = 0.0,
    advice: Mapping[int, str] | None = None,
) -> Answer:
    """GET ``url`` and read its JSON. ``advice``: for an HTTP status, the sentence that helps (where to get a token).

    Raises FetchError (NotYet among them), with what the server's own JSON says of the error, and ContentError for a
    web page, an empty, cut or damaged answer: such a source was not read, which is not the same as silent. A token that
    was sent and comes back in the answer is blotted out.
    """
    secrets = _secrets(params or {}, headers or {})
    try:
        response = await fetcher.get(url, params=params, headers=headers, accept=accept, gap=gap)
    except FetchError as error:
        error.body = _blotted(error.body, secrets)
        if isinstance(error, NotYet):
            raise
        raise _explained(error, url, advice or {}) from error
    if not response.complete:
        raise ContentError(_("{url}: a cut answer: it will be tried again").format(url=redacted(url)))
    try:
        data = load(_blotted(response.body, secrets))
    except ContentError as error:
        raise ContentError(words.labelled(redacted(url), str(error))) from error
    return Answer(data=data, headers=response.headers, url=response.url)


def _secrets(params: Mapping[str, str | int], headers: Mapping[str, str]) -> list[bytes]:
    """What of a request nobody may see: the value of every header, and of parameters that are called so."""
    named = [str(value) for name, value in params.items() if _SECRET.fullmatch(name)]
    values = [*named, *(value.rpartition(" ")[2] for value in headers.values())]
    return [value.encode("utf-8", "replace") for value in values if len(value) >= _SHORTEST_SECRET]


def _blotted(body: bytes, secrets: Iterable[bytes]) -> bytes:
    for secret in secrets:
        body = body.replace(secret, b"***").replace(secret.replace(b"/", b"\\/"), b"***")
    return body


def load(payload: bytes) -> Any:
    """The JSON in ``payload``. Raises ContentError, with a sentence, for everything else."""
    head = payload[:100].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        raise ContentError(_("an empty answer: it will be tried again"))
    if head.startswith(b"<?xml"):
        raise ContentError(_("XML where JSON is due: check the address"))
    if head.startswith(b"<"):
        found = _TITLE.search(payload[:20_000].decode("utf-8", "replace"))
        title = snippet(html_to_text(found[1]), 60) if found else ""
        if title:
            raise ContentError(
                _('a web page ("{title}") where data is due: the server turns automated readers away').format(
                    title=title
                )
            )
        raise ContentError(_("a web page where data is due: the server turns automated readers away"))
    if not head.startswith((b"{", b"[")):
        raise ContentError(
            _('a notice instead of data: "{notice}"').format(
                notice=snippet(payload[:2000].decode("utf-8", "replace"), 150)
            )
        )
    try:
        return json.loads(payload, strict=False, parse_constant=lambda _name: None)
    except (ValueError, RecursionError):
        raise ContentError(_("JSON that cannot be read: it will be tried again")) from None


def complaint(data: Any) -> str:
    """What a JSON error says of itself, in the many ways that is done; empty when it says nothing."""
    for _depth in range(4):
        if isinstance(data, list):
            data = data[0] if data else None
        if not isinstance(data, dict):
            break
        data = next((data[key] for key in _SAYING if data.get(key)), None)
    return snippet(str(data), 150) if isinstance(data, str | int) and not isinstance(data, bool) else ""


_SAYING = (
    "error_description",
    "error_message",
    "message",
    "detail",
    "info",
    "error",
    "errors",
    "title",
    "code",
    "reason",
)


def _explained(error: FetchError, url: str, advice: Mapping[int, str]) -> FetchError:
    """The error with the advice for its status, and what the server itself says."""
    known = advice.get(error.status) or _ADVICE.get(error.status)
    said = ""
    if error.body:
        try:
            said = complaint(load(error.body))
        except ContentError:
            said = ""
    sentence = words.labelled(redacted(url), _(known)) if known else str(error)
    if said:
        sentence = _('{sentence}; the server says "{said}"').format(sentence=sentence, said=said)
    return FetchError(sentence, status=error.status, retry_at=error.retry_at, body=error.body)


def phrase(search: str) -> str:
    """Plain words as the phrase they are in a keyword; what has quotes or operators goes to the server as it is."""
    plain = " " in search and not _SYNTAX.search(search)
    return f'"{search}"' if plain else search


def found_by(search: str) -> Callable[[Document], bool]:
    """Whether a document really holds what was searched for: servers forgive typing errors, we do not."""
    try:
        wanted = query.keyword(search)
    except QueryError:
        return lambda _document: True
    return lambda document: wanted.find(document) is not None


def require_contact(fetcher: Fetcher, network: str) -> None:
    """Raises SourceError when nobody can be reached about our requests: some networks block anonymous agents."""
    if not fetcher.contact:
        raise SourceError(
            _(
                "{network} wants to know who reads it: set `contact:` (an e-mail address or a web page)"
            ).format(network=network)
        )


# Readers: a path into JSON, and what is found there if it is of the right type.


def at(data: Any, *path: str) -> Any:
    """What stands at ``path``; None when any step is missing or null."""
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def text(data: Any, *path: str) -> str:
    """The string there, or a whole number as a string (ids come as both); else empty."""
    value = at(data, *path)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**30 else ""
    return value if isinstance(value, str) else ""


def number(data: Any, *path: str) -> int | None:
    """The count there, also when written as a string; None when it is none."""
    value = at(data, *path)
    if isinstance(value, str) and value.isascii() and len(value) < 16 and value.isdigit():
        value = int(value)
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MOST_NUMBER
    return value if whole else None


def items(data: Any, *path: str) -> list[dict[str, Any]]:
    """The objects of the list there; an object where a list is due is a list of one; nulls are dropped."""
    value = at(data, *path)
    if isinstance(value, dict):
        return [value]
    return [one for one in value[:_MOST_ITEMS] if isinstance(one, dict)] if isinstance(value, list) else []


def texts(data: Any, *path: str) -> list[str]:
    """The strings of the list there."""
    value = at(data, *path)
    return [one for one in value[:_MOST_ITEMS] if isinstance(one, str)] if isinstance(value, list) else []


def moment(data: Any, *path: str, timezone: str | None = None) -> Dated | None:
    """The instant there, as a text or in seconds (or milliseconds) since 1970; None when it is none.

    Without a zone of its own it is read in ``timezone``; None: UTC.
    """
    value = at(data, *path)
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    return read_date(text({"value": value}, "value"), timezone)


def counts(**values: int | None) -> dict[str, int]:
    """Engagement: likes, reposts, replies, quotes, views, rating; those that are known."""
    return {name: value for name, value in values.items() if value is not None and value >= 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What holds for every document of one reading."""

    source: str
    kind: str
    now: datetime
    base: str
    """The address that relative links are meant against."""
    timezone: str | None = None
    lang: str = ""
    """Where documents do not say."""
    site: str = ""
    """Host of the network; empty: that of each document's address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post as its network states it, before anything is believed."""

    id: str
    """In the scheme of its network, which ``reply_to`` and ``thread`` use too; without one there is no document."""
    type: Type = "post"
    url: str = ""
    title: str = ""
    title_is_html: bool = False
    body: str = ""
    body_is_html: bool = False
    published: Dated | None = None
    updated: Dated | None = None
    name: str = ""
    handle: str = ""
    author_id: str = ""
    lang: str = ""
    tags: Iterable[str] = ()
    media: Iterable[str] = ()
    reply_to: str = ""
    thread: str = ""
    engagement: Mapping[str, int] = field(default_factory=dict)
    via: str = ""
    site: str = ""
    """Host of the publisher, where the address does not tell."""


def post(said: Post, place: Place) -> Document | None:
    """The post as everybody else knows it; None when it has no id, or neither title nor text nor picture."""
    raw = Raw(
        id=said.id,
        link=said.url,
        title=said.title,
        title_is_html=said.title_is_html,
        body=said.body,
        body_is_html=said.body_is_html,
        published=(said.published,),
        updated=said.updated,
        author=said.name,
        lang=said.lang,
        tags=said.tags,
        media=said.media,
    )
    context = Context(
        source=place.source, url=place.base, now=place.now, timezone=place.timezone, lang=place.lang
    )
    made = document(raw, context)
    if not one_line(said.id) or not (made.content or made.media):
        return None
    return replace(
        made,
        kind=place.kind,
        type=said.type,
        author_name=_person(made.author_name),
        author_handle=_person(one_line(said.handle)[:200].removeprefix("@")),
        author_id=one_line(said.author_id)[:500],
        site=said.site or place.site or made.site or host_of(place.base),
        reply_to=one_line(said.reply_to)[:2_000],
        thread=one_line(said.thread)[:2_000],
        engagement=dict(said.engagement),
        via=one_line(said.via)[:2_000],
    )


def posts(said: Iterable[Post], place: Place) -> list[Document]:
    """``post`` of each, without those that are none; an id that comes twice counts once, the first time."""
    made = {one.guid: one for one in reversed([one for one in (post(each, place) for each in said) if one])}
    return list(reversed(made.values()))


def _person(name: str) -> str:
    """Empty for the stand-in of an author who is gone."""
    return "" if name.lower() in _NO_AUTHOR else name
