"""What Facebook and Threads share: one dialect of answers, errors and pages (the Graph API).

A page of an answer names the next one by an address that holds the token; only its cursor is taken from there.
https://developers.facebook.com/docs/graph-api/guides/error-handling
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from ereputation import words
from ereputation.errors import ContentError, FetchError, NotYet
from ereputation.sources.api import at, complaint, get_json, load, number, text
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pydantic import SecretStr

    from ereputation.errors import SourceError
    from ereputation.fetch import Fetcher
    from ereputation.sources.api import Answer

_PAUSE = timedelta(hours=1)
"""After a limit that names no time: quotas are counted over an hour."""
_THROTTLED = frozenset({4, 17, 32, 341, 368, 613, *range(80_000, 80_015)})
_DEAD = frozenset({102, 190, 463, 467})
_FORBIDDEN = frozenset({3, 10, *range(200, 300)})
_TRANSIENT = frozenset({1, 2})
_CURSORS = frozenset({"after", "until", "__paging_token", "offset", "pagination_token"})


async def ask(
    fetcher: Fetcher,
    url: str,
    *,
    params: Mapping[str, str | int],
    token: SecretStr,
    headers: Mapping[str, str],
    now: datetime,
    who: str,
    renew: str,
) -> Answer:
    """The answer at ``url``, with a list in its ``data``. ``who``: the source; ``renew``: where its token comes from.

    Raises NotYet for every kind of throttling, FetchError with what to do for a dead token or a missing permission.
    """
    try:
        answer = await get_json(
            fetcher, url, params={**params, "access_token": token.get_secret_value()}, headers=headers
        )
    except FetchError as error:
        raise _explained(error, who, renew, now) from error
    if not isinstance(at(answer.data, "data"), list):
        raise ContentError(_("{who}: no list in the answer: it will be tried again").format(who=who))
    return answer


def _explained(error: FetchError, who: str, renew: str, now: datetime) -> SourceError:
    """The error by its code, in a sentence."""
    try:
        data = load(error.body) if error.body else None
    except ContentError:
        data = None
    code = number(data, "error", "code")
    said = complaint(data)
    if code in _THROTTLED:
        again = error.retry_at or now + _PAUSE
        return NotYet(
            _(
                "{who}: too many requests for this app or page (code {code}); next try after {again:%Y-%m-%d %H:%M} UTC"
            ).format(who=who, code=code, again=again),
            status=error.status or 429,
            retry_at=again,
        )
    if code in _DEAD:
        sentence = _(
            "`token:` is dead (expired, revoked, or its password changed): make a new one at {renew}"
        ).format(renew=renew)
    elif code in _FORBIDDEN:
        sentence = _("`token:` lacks a permission (code {code}): {said}; see {renew}").format(
            code=code, said=said, renew=renew
        )
    elif code in _TRANSIENT:
        sentence = _("a passing trouble of the server (code {code}): it will be tried again").format(
            code=code
        )
    elif code is not None:
        sentence = _("the server does not accept the request (code {code}): {said}").format(
            code=code, said=said
        )
    else:
        return error
    return FetchError(
        words.labelled(who, sentence), status=error.status, retry_at=error.retry_at, body=error.body
    )


def next_page(data: Any) -> str:
    """The cursor to the older ones, without any token, as parameters of a request; empty on the last page."""
    link = text(data, "paging", "next")
    if not link:
        return ""
    if after := text(data, "paging", "cursors", "after"):
        return urlencode({"after": after})
    try:
        stated = parse_qsl(urlsplit(link).query)
    except ValueError:
        return ""
    return urlencode([(name, value) for name, value in stated if name in _CURSORS and value])


def cursor(page: str) -> dict[str, str]:
    """What ``next_page`` gave, as parameters."""
    return dict(parse_qsl(page))
