"""What the screen reads from the store, each in a thread of its own: hits as they are found, and one of them in full."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ereputation import query, responding, searching
from ereputation.finder import Finder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ereputation.clock import Wait
    from ereputation.config import Config
    from ereputation.model import Mention, Sentiment
    from ereputation.screen.latest import Turn
    from ereputation.searching import Hit, Wanted
    from ereputation.store import Store

SCREENFUL = 40
"""Hits that make a first answer."""
AT_ONCE = 5_000
"""Hits found before waiting for somebody to scroll so far."""
_FIRST, _NEXT = 0.06, 0.4
"""Seconds after which what was found is shown, at first and then."""
_BREATH, _STRETCH = 0.001, 0.01
"""After so much work the screen gets its turn: both share one interpreter."""
_COPIES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A part of an answer; the parts of one turn are put one behind the other."""

    turn: int
    hits: tuple[Hit, ...] = ()
    first: bool = False
    """True for the first part: what an earlier answer showed goes."""
    whole: bool = False
    """True when everything stored was looked at."""
    waiting: bool = False
    """True when there may be more, to be looked for when it is wanted."""
    reached: datetime | None = None
    """How far back the search has come; None before the first document."""
    empty: bool = False
    """True when nothing at all is stored."""
    error: str = ""
    """Why the store could not be read; empty when it could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the thread looks for: understood already, so that mistakes are told at once."""

    query: query.Query | None
    wanted: Wanted


class Searcher:
    """Walks through the store, newest first, and tells what it finds while it walks."""

    def __init__(
        self, config: Config, tell: Callable[[Found], None], *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """``tell`` is called in the thread that works."""
        self._config, self._tell, self._seconds = config, tell, seconds
        self._finder: Finder | None = None

    def work(self, question: Question, turn: Turn) -> None:
        """Answer one question, in parts."""
        if self._finder is None:
            self._finder = Finder.of(self._config)
        with turn.reading() as store:
            self._walk(store, question, turn, self._finder)

    def failed(self, turn: Turn, error: str) -> None:
        """Tell that the store could not be read."""
        self._tell(Found(turn=turn.number, first=True, whole=True, error=error))

    def _walk(self, store: Store, question: Question, turn: Turn, finder: Finder) -> None:
        held: list[Hit] = []
        told = False
        total = 0
        reached: datetime | None = None
        began = breathed = self._seconds()
        for document, hit in searching.walk(
            store, self._config, question.query, question.wanted, finder=finder
        ):
            if turn.over:
                return
            reached = document.published
            if hit:
                held.append(hit)
                total += 1
            now = self._seconds()
            waits = total > 0 and total % AT_ONCE == 0 and hit is not None
            due = now - began > (_NEXT if told else _FIRST)
            if waits or due or (not told and len(held) >= SCREENFUL):
                self._tell(
                    Found(
                        turn=turn.number,
                        hits=tuple(held),
                        first=not told,
                        waiting=waits,
                        reached=reached,
                    )
                )
                held, told, began = [], True, now
                if waits:
                    turn.wait()
                    began = self._seconds()
            if now - breathed > _STRETCH:
                time.sleep(_BREATH)
                breathed = self._seconds()
        if not turn.over:
            empty = not total and next(store.search(None, query.Filters(), limit=1), None) is None
            self._tell(
                Found(
                    turn=turn.number,
                    hits=tuple(held),
                    first=not told,
                    whole=True,
                    reached=reached,
                    empty=empty,
                )
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Full:
    """One hit with what is known around it."""

    turn: int = 0
    hit: Hit
    mention: Mention | None = None
    """The brand's mention that is looked at; None when no brand was found."""
    tone: Sentiment | None = None
    """The tone of the whole text, where no brand was found."""
    copies: tuple[Mention, ...] = ()
    wait: Wait | None = None
    """What became of it as a question; None when it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Which hit to read in full, and which of its mentions."""

    hit: Hit
    hand: int = 0


class Reader:
    """Reads one hit in full."""

    def __init__(self, config: Config, tell: Callable[[Full], None], clock: Callable[[], datetime]) -> None:
        """``tell`` is called in the thread that works."""
        self._config, self._tell, self._clock = config, tell, clock
        self._finder: Finder | None = None

    def work(self, look: Look, turn: Turn) -> None:
        """Read it, unless somebody looks at another already."""
        if self._finder is None:
            self._finder = Finder.of(self._config)
        with turn.reading() as store:
            full = read(store, self._config, self._finder, look, now=self._clock(), turn=turn.number)
        if not turn.over:
            self._tell(full)

    def failed(self, turn: Turn, error: str) -> None:
        """What could not be read stays as it is on the screen; the search says why."""


def read(store: Store, config: Config, finder: Finder, look: Look, *, now: datetime, turn: int = 0) -> Full:
    """A hit in full: its mention as it stands now, copies and answer."""
    document, mentions, spans = look.hit
    if not mentions:
        return Full(turn=turn, hit=look.hit, tone=finder.whole(document))
    fresh = tuple(store.mention(mention.id) or mention for mention in mentions)
    mention = fresh[look.hand % len(fresh)]
    others = [n for n in store.near_duplicates([mention.id]) if n != mention.id][:_COPIES]
    copies = tuple(copy for number in others if (copy := store.mention(number)))
    brand = next((b for b in config.brands if b.name == mention.match.brand), None)
    wait = responding.wait_of(config, store, brand, mention, now=now) if brand else None
    return Full(turn=turn, hit=(document, fresh, spans), mention=mention, copies=copies, wait=wait)


@dataclass(frozen=True, slots=True)
class News:
    """When a scan last brought something; None: never."""

    newest: datetime | None


def news(store: Store) -> News:
    """Whether a scan has brought something meanwhile, for who remembers the last answer."""
    return News(max((s.last_new for s in store.source_states().values() if s.last_new), default=None))


@dataclass(slots=True)
class Tally:
    """Hits counted over time, added to as they come."""

    number: int = 0
    newest: datetime | None = None
    oldest: datetime | None = None
    _moments: list[float] = field(default_factory=list)

    def add(self, hits: Sequence[Hit]) -> None:
        """Count further hits."""
        for document, _mentions, _spans in hits:
            moment = document.published
            self._moments.append(moment.timestamp())
            self.newest = max(self.newest or moment, moment)
            self.oldest = min(self.oldest or moment, moment)
        self.number += len(hits)

    def over_time(self, columns: int) -> list[int]:
        """Hits in each of so many equal stretches, from the oldest to the newest; nothing where all are at once."""
        if self.newest is None or self.oldest is None or columns < 2:
            return []
        first = self.oldest.timestamp()
        width = (self.newest.timestamp() - first) / columns
        if width <= 0:
            return []
        counts = [0] * columns
        for moment in self._moments:
            counts[min(columns - 1, math.floor((moment - first) / width))] += 1
        return counts

    @property
    def stretch(self) -> timedelta:
        """From the oldest to the newest."""
        return self.newest - self.oldest if self.newest and self.oldest else timedelta()
