"""Pages of a listing, the newest first, followed until what was known before; never for ever, never with a silent gap.

What could not be reached in one scan is remembered and fetched by the next ones (``Backlog``), and said meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError

from ereputation import words
from ereputation.errors import FetchError, SourceError
from ereputation.model import Reading
from ereputation.speech import _

if TYPE_CHECKING:
    from ereputation.model import Document
    from ereputation.sources.base import State

MOST_PAGES = 10
"""Requests for one listing in one scan."""
_MOST_EMPTY = 2  # pages without a document in a row, although a further one is named
_MOST_IDS = 500
_MOST_BACKLOG = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a listing."""

    documents: Sequence[Document] = ()
    """The newest first."""
    next: str = ""
    """Leads to the older ones (a cursor, a page number, an address); empty on the last page."""
    warning: str = ""


ReadPage: TypeAlias = Callable[[str], Awaitable[Page]]
"""Reads the page a cursor leads to; "" is the first."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Frontier(_Frozen):
    """Where known territory begins."""

    ids: tuple[str, ...] = ()
    """Hashes of guids."""
    oldest: datetime | None = None
    """The oldest date among them; None when none can be trusted."""

    def reached(self, documents: Sequence[Document]) -> bool:
        """Whether the last of these is known, or older than everything known: what follows is known as well."""
        if not documents:
            return False
        last = documents[-1]
        older = (
            self.oldest is not None and last.date_confidence != "first_seen" and last.published < self.oldest
        )
        return older or _hash(last.guid) in self.ids


class Backlog(_Frozen):
    """Pages that one scan did not get to: from ``cursor`` down to ``until``."""

    cursor: str
    until: Frontier


class Memory(_Frozen):
    """What a listing remembers between scans; ``of`` is what it lists, and another listing remembers nothing."""

    of: str = ""
    frontier: Frontier | None = None
    """None before the first reading."""
    backlog: tuple[Backlog, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Walk:
    """One way down a listing."""

    documents: list[Document] = field(default_factory=list)
    left_at: str = ""
    """The cursor to go on from; empty when the goal or the end was reached."""
    looped: bool = False
    pages: int = 0
    warning: str = ""
    failure: SourceError | None = None
    """What stopped it; None when nothing did."""


async def _walk(read_page: ReadPage, cursor: str, until: Frontier | None, most: int) -> _Walk:
    walk, seen, empty = _Walk(), {cursor}, 0
    while True:
        try:
            page = await read_page(cursor)
        except SourceError as error:
            walk.failure, walk.left_at = error, cursor
            return walk
        walk.pages += 1
        walk.documents += page.documents
        walk.warning = walk.warning or page.warning
        empty = 0 if page.documents else empty + 1
        if not page.next or (until and until.reached(page.documents)):
            return walk
        if page.next in seen or empty >= _MOST_EMPTY:
            walk.looped = page.next in seen
            return walk
        cursor = page.next
        seen.add(cursor)
        if until is None or walk.pages >= most:
            walk.left_at = cursor
            return walk


def recall(state: State, of: str) -> Memory:
    """What an earlier scan left for this very listing; a state that cannot be read is no state."""
    try:
        memory = Memory.model_validate(dict(state))
    except ValidationError:
        return Memory(of=of)
    return memory if memory.of == of else Memory(of=of)


async def follow(
    read_page: ReadPage,
    state: State,
    *,
    of: str,
    most: int = MOST_PAGES,
    keep: Callable[[Document], bool] = lambda _document: True,
) -> Reading:
    """Read a listing from its newest page down to what is known, then go on with what earlier scans left.

    The first reading is one page: history is not the task. ``of`` names the listing (its address without secrets).
    ``keep``: what of it is wanted (a search that finds too much). Raises what ``read_page`` raises at the first page;
    a later page that fails is left to the next scan, and said.
    """
    memory = recall(state, of)
    walk = await _walk(read_page, "", memory.frontier, most)
    if walk.failure and not walk.pages:
        raise walk.failure
    walks, left = [walk], []
    if walk.left_at and memory.frontier is not None:
        left.append(Backlog(cursor=walk.left_at, until=memory.frontier))
    for waiting in memory.backlog:
        room = most - sum(one.pages for one in walks)
        if room <= 0 or any(one.failure for one in walks):
            left.append(waiting)
            continue
        further = await _walk(read_page, waiting.cursor, waiting.until, room)
        walks.append(further)
        if further.left_at and not _hopeless(further):
            left.append(Backlog(cursor=further.left_at, until=waiting.until))
    found = {one.guid: one for each in reversed(walks) for one in reversed(each.documents)}
    after = Memory(of=of, frontier=_frontier(walk.documents, memory.frontier), backlog=_merged(left))
    gap = bool(left) or any(one.looped or one.failure for one in walks)
    return Reading(
        documents=tuple(one for one in reversed(found.values()) if keep(one)),
        state=after.model_dump(mode="json"),
        covers_from=_oldest(walk.documents) if gap or memory.frontier is None else None,
        possible_gap=gap,
        warning=words.joined(dict.fromkeys(_said(walks, left=bool(left)))),
    )


def _merged(left: Sequence[Backlog]) -> tuple[Backlog, ...]:
    """At most ``_MOST_BACKLOG``: the oldest become one, which reads again what lies between them and loses nothing."""
    if len(left) <= _MOST_BACKLOG:
        return tuple(left)
    first = left[_MOST_BACKLOG - 1]
    return (*left[: _MOST_BACKLOG - 1], Backlog(cursor=first.cursor, until=left[-1].until))


def _hopeless(walk: _Walk) -> bool:
    """Whether a cursor has gone bad: it was refused at once, for good."""
    failure = walk.failure
    return not walk.pages and isinstance(failure, FetchError) and 400 <= failure.status < 429


def _said(walks: Sequence[_Walk], *, left: bool) -> Iterator[str]:
    for walk in walks:
        if walk.warning:
            yield walk.warning
        if walk.failure:
            yield _("only part of it was read: {failure}").format(failure=walk.failure)
        if walk.looped:
            yield _("the server's pages lead in a circle: older posts may be missing")
    if left and not any(walk.failure for walk in walks):
        yield _("more posts than one scan reads: the rest follows with the next ones")


def _frontier(documents: Sequence[Document], before: Frontier | None) -> Frontier:
    """The newest ids, this reading's first; an empty answer leaves what was known."""
    if not documents:
        return before or Frontier()
    ids = dict.fromkeys(_hash(one.guid) for one in documents)
    kept = tuple(dict.fromkeys((*ids, *(before.ids if before else ()))))[:_MOST_IDS]
    return Frontier(ids=kept, oldest=_oldest(documents))


def _oldest(documents: Sequence[Document]) -> datetime | None:
    return min((one.published for one in documents if one.date_confidence != "first_seen"), default=None)


def _hash(guid: str) -> str:
    return hashlib.blake2b(guid.encode("utf-8", "replace"), digest_size=8).hexdigest()
