"""One visit of a feed: a conditional request, and what must be remembered for the next."""

from __future__ import annotations

import hashlib
from array import array
from base64 import b64decode, b64encode
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit
from zlib import crc32

from pydantic import BaseModel, ConfigDict, ValidationError

from ereputation import words
from ereputation.errors import ContentError, FetchError
from ereputation.fetch import Validators, redacted
from ereputation.identity import canonical_url, title_key
from ereputation.model import Reading
from ereputation.sources.feed.cutting import DIGEST, cut
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ereputation.fetch import Fetcher, Response
    from ereputation.model import Document
    from ereputation.sources.base import State
    from ereputation.sources.feed import Preset
    from ereputation.sources.feed.cutting import Cut
    from ereputation.sources.feed.parse import Parsed

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
FULL_EVERY = timedelta(hours=24)
"""A server that is stuck on 304 is found out by an unconditional request once a day."""
_SAME_BEFORE_DOUBT = 3  # full answers with the same body: its ETag means nothing
_MOST_IDS = 2_000
_CUTTABLE = frozenset({"utf-8", "ascii"})
"""Encodings in which an entry's bytes mean the same wherever it stands."""
_LARGE = 200_000
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
    parsed: datetime | None = None
    """When a document was last parsed whole, and without a fault; None: the next one has to be."""
    cuts: str = ""
    """Digests of the last document's entries, byte for byte; empty where it cannot be cut."""
    known: str = ""
    """Checksums of the ids, addresses and titles under which its documents may be known."""
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

    def seen(self, now: datetime) -> frozenset[bytes]:
        """Digests of entries that need not be parsed again; none once a day, so that nothing goes wrong for long."""
        if self.parsed is None or now - self.parsed >= FULL_EVERY or self.encoding not in _CUTTABLE:
            return frozenset()
        whole = b64decode(self.cuts)
        return frozenset(whole[n : n + DIGEST] for n in range(0, len(whole), DIGEST))

    def names(self) -> array[int]:
        """What ``_names`` gave for the last document."""
        return array("I", b64decode(self.known))


def _kept(parts: Iterable[bytes]) -> str:
    return b64encode(b"".join(parts)).decode()


def _names(documents: Iterable[Document]) -> dict[int, None]:
    """Under what the documents may be known: an entry that bears a known name is judged beside those that bear it.

    Checksums do: where two names share one by chance, a document is parsed whole.
    """
    found: dict[int, None] = {}
    for document in documents:
        url, title = canonical_url(document.url), title_key(document.title, document.site)
        for kind, name in (("guid", document.guid), ("url", url), ("title", title)):
            if name:
                found[crc32(f"{kind} {name}".encode("utf-8", "replace"))] = None
    return found


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


def _reading(
    memory: _Memory, response: Response, parsed: Parsed, *, now: datetime, digest: str, cut: Cut | None
) -> Reading:
    """The documents, what they cover, and the memory for the next visit. ``cut``: what was parsed, if not the whole."""
    ids = tuple(_hash(one.guid) for one in parsed.documents[:_MOST_IDS])
    known = set(memory.ids or ())
    gap = cut is None and bool(known) and bool(ids) and known.isdisjoint(ids)
    whole = response.complete and parsed.whole
    left_out = len(cut.digests) - cut.left if cut else 0
    after = memory.model_copy(
        update={
            "etag": response.validators.etag if whole else "",
            "modified": response.validators.modified if whole else "",
            "digest": digest if whole else "",
            "same": 0,
            "full": now if whole else None,
            "ids": ids
            if whole and not cut
            else tuple(dict.fromkeys((*ids, *(memory.ids or ()))))[
                : _MOST_IDS if not cut else len(cut.digests)
            ],
            "encoding": memory.encoding if cut else parsed.encoding,
            "moved_to": response.moved_to and redacted(response.moved_to),
            "title": parsed.title,
            **_cuts(memory, response, parsed, now, cut),
        }
    )
    warnings = [
        parsed.warning or ("" if whole else _("cut document: only whole entries were read")),
        _moved(after),
    ]
    return Reading(
        documents=parsed.documents,
        known=left_out,
        state=after.model_dump(mode="json"),
        covers_from=_oldest(parsed.documents) if gap or memory.ids is None else None,
        possible_gap=gap,
        warning=words.joined(warnings),
        title=parsed.title,
    )


def _cuts(
    memory: _Memory, response: Response, parsed: Parsed, now: datetime, done: Cut | None
) -> dict[str, Any]:
    """What the next visit needs to cut its document."""
    if done:
        names = _names(parsed.documents) | dict.fromkeys(memory.names()[: 3 * len(done.digests)])
        return {"cuts": _kept(done.digests), "known": _kept([array("I", names).tobytes()])}
    sound = response.complete and parsed.whole and not parsed.warning and _dated(parsed)
    whole = cut(response.body, ()) if sound and parsed.encoding in _CUTTABLE else None
    if whole is None:
        return {"cuts": "", "known": "", "parsed": None}
    names = _names(parsed.documents)
    return {"cuts": _kept(whole.digests), "known": _kept([array("I", names).tobytes()]), "parsed": now}


def _agrees(memory: _Memory, parsed: Parsed, done: Cut) -> bool:
    """Whether a cut document says all that the whole one would: its entries are all new, and none is odd."""
    return (
        parsed.whole
        and not parsed.warning
        and _dated(parsed)
        and len(parsed.documents) == done.left
        and _names(parsed.documents).keys().isdisjoint(memory.names())
    )


def _dated(parsed: Parsed) -> bool:
    """Whether every date is final: one that lies ahead of us is believed once it has come."""
    return all(one.date_confidence != "first_seen" for one in parsed.documents)


async def visit(feed: Preset, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
    """Read ``feed`` if it changed. Raises FetchError (NotYet among them) and ContentError."""
    memory = _recall(state, feed.address())
    asked = memory.validators(now)
    response = await fetcher.get(
        feed.address(), headers=feed.headers, validators=asked, accept=ACCEPT, gap=feed.gap
    )
    if (
        response.not_modified and asked == Validators()
    ):  # stuck: to believe it would be to see nothing for ever
        raise FetchError(
            _(
                "{url}: the server says that nothing is new (304) although everything was asked for: "
                "it will be tried again"
            ).format(url=redacted(feed.address())),
            status=304,
        )
    if response.not_modified:
        kept = response.validators
        return _unchanged(
            memory,
            etag=kept.etag or memory.etag,
            modified=kept.modified or memory.modified,
            moved_to=response.moved_to and redacted(response.moved_to),
        )
    digest = hashlib.sha256(response.body).hexdigest()[:32]
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

    from ereputation.sources.feed.parse import Parsed  # most visits bring nothing to parse

    def parse(payload: bytes) -> Parsed:
        return feed.parse(
            payload, url=_without_secrets(response.url), content_type=response.content_type, now=now
        )

    async def parsed(payload: bytes) -> Parsed:
        size = len(payload)
        return parse(payload) if size < _LARGE else await fetcher.compute(lambda: parse(payload), size)

    seen = memory.seen(now) if response.complete else frozenset()
    done = cut(response.body, seen) if seen else None
    if done and done.left < len(done.digests):
        with suppress(ContentError):  # of so little of it nothing can be said
            found = (
                await parsed(done.payload)
                if done.left
                else Parsed(documents=(), title=memory.title, encoding="")
            )
            if _agrees(memory, found, done):
                return _reading(memory, response, found, now=now, digest=digest, cut=done)
    found = await parsed(response.body)
    if not found.documents and not (response.complete and found.whole):
        raise ContentError(_("cut off before its first entry: nothing was read"))  # blind, not calm
    return _reading(memory, response, found, now=now, digest=digest, cut=None)
