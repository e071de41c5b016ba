"""One visit of a feed: a conditional request, and what must be remembered for the next."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from ereputation.errors import ContentError
from ereputation.fetch import Validators, redacted
from ereputation.model import Reading
from ereputation.speech import _

if TYPE_CHECKING:
    from ereputation.fetch import Fetcher, Response
    from ereputation.model import Document
    from ereputation.sources.base import State
    from ereputation.sources.feed import Preset
    from ereputation.sources.feed.parse import Parsed

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
FULL_EVERY = timedelta(hours=24)
"""A server that is stuck on 304 is found out by an unconditional request once a day."""
_SAME_BEFORE_DOUBT = 3  # full answers with the same body: its ETag means nothing
_MOST_IDS = 2_000
_LARGE = 50_000
"""Bytes from which a parse may take longer than others can be kept waiting."""


class _Memory(BaseModel):
    """The state of a feed between two visits; kept under its address, forgotten when that changes."""

    model_config = ConfigDict(frozen=True)

    url: str
    """A hash of it: an address may hold a secret, and a state is kept in the database."""
    etag: str = ""
    modified: str = ""
    digest: str = ""
    """Of the last whole body."""
    same: int = 0
    """Full answers in a row with that body."""
    full: datetime | None = None
    """The last full answer; None before the first."""
    ids: tuple[str, ...] | None = None
    """Hashes of the entries of the last answer; None before the first reading."""
    encoding: str = ""
    moved_to: str = ""
    title: str = ""

    def validators(self, now: datetime) -> Validators:
        """What to send: nothing once a day, no ETag when the server does not honour it, else both."""
        if self.full is None or now - self.full >= FULL_EVERY:
            return Validators()
        if self.same >= _SAME_BEFORE_DOUBT and self.modified:
            return Validators(modified=self.modified)
        return Validators(etag=self.etag, modified=self.modified)


def _recall(state: State, url: str) -> _Memory:
    """What an earlier visit of this very address left; a state that cannot be read is no state."""
    try:
        memory = _Memory.model_validate(dict(state))
    except ValidationError:
        return _Memory(url=_hash(url))
    return memory if memory.url == _hash(url) else _Memory(url=_hash(url))


def _without_secrets(url: str) -> str:
    """What links are relative to: without user, password and query, which would go into the documents' addresses."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _unchanged(memory: _Memory, **changes: Any) -> Reading:
    after = memory.model_copy(update=changes)
    return Reading(
        state=after.model_dump(mode="json"), unchanged=True, title=memory.title, warning=_moved(after)
    )


def _moved(memory: _Memory) -> str:
    if not memory.moved_to:
        return ""
    return _("moved for good to {moved_to}: put this address into the configuration").format(
        moved_to=memory.moved_to
    )


def _oldest(documents: tuple[Document, ...]) -> datetime | None:
    """The oldest date that can be trusted; None when there is none."""
    return min((one.published for one in documents if one.date_confidence != "first_seen"), default=None)


def _reading(memory: _Memory, response: Response, parsed: Parsed, now: datetime, digest: str) -> Reading:
    """The documents, what they cover, and the memory for the next visit."""
    ids = tuple(_hash(one.guid) for one in parsed.documents[:_MOST_IDS])
    known = set(memory.ids or ())
    gap = bool(known) and bool(ids) and known.isdisjoint(ids)
    whole = response.complete and parsed.whole
    after = memory.model_copy(
        update={
            "etag": response.validators.etag if whole else "",
            "modified": response.validators.modified if whole else "",
            "digest": digest if whole else "",
            "same": 0,
            "full": now if whole else None,
            "ids": ids if whole else tuple(dict.fromkeys((*ids, *(memory.ids or ()))))[:_MOST_IDS],
            "encoding": parsed.encoding,
            "moved_to": response.moved_to and redacted(response.moved_to),
            "title": parsed.title,
        }
    )
    warnings = [
        parsed.warning or ("" if whole else _("cut document: only whole entries were read")),
        _moved(after),
    ]
    return Reading(
        documents=parsed.documents,
        state=after.model_dump(mode="json"),
        covers_from=_oldest(parsed.documents) if gap or memory.ids is None else None,
        possible_gap=gap,
        warning="; ".join(warning for warning in warnings if warning),
        title=parsed.title,
    )


async def visit(feed: Preset, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
    """Read ``feed`` if it changed. Raises FetchError (NotYet among them) and ContentError."""
    memory = _recall(state, feed.address())
    response = await fetcher.get(
        feed.address(), headers=feed.headers, validators=memory.validators(now), accept=ACCEPT, gap=feed.gap
    )
    if response.not_modified:
        kept = response.validators
        return _unchanged(
            memory,
            etag=kept.etag or memory.etag,
            modified=kept.modified or memory.modified,
            moved_to=response.moved_to and redacted(response.moved_to),
        )
    digest = hashlib.blake2b(response.body, digest_size=16).hexdigest()
    if response.complete and digest == memory.digest:
        stored = response.validators
        return _unchanged(
            memory,
            etag=stored.etag,
            modified=stored.modified,
            same=memory.same + 1,
            full=now,
            moved_to=response.moved_to and redacted(response.moved_to),
        )

    def parse() -> Parsed:
        return feed.parse(
            response.body, url=_without_secrets(response.url), content_type=response.content_type, now=now
        )

    size = len(response.body)
    parsed = parse() if size < _LARGE else await fetcher.compute(parse, size)
    if not parsed.documents and not (response.complete and parsed.whole):
        raise ContentError(_("cut off before its first entry: nothing was read"))  # blind, not calm
    return _reading(memory, response, parsed, now, digest)
