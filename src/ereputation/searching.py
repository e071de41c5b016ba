"""Find again what is stored: the index and the filters pre-select, the query's tree decides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from ereputation import query
from ereputation.errors import UsageError
from ereputation.finder import Finder
from ereputation.speech import _
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from ereputation.config import Config
    from ereputation.model import Bucket, Document, Label, Mention, Span
    from ereputation.store import Store

    Hit = tuple[Document, tuple[Mention, ...], tuple[Span, ...]]

_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the options ask for, besides the query; empty and None leave nothing out."""

    brands: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    labels: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def narrow(self, filters: query.Filters) -> query.Filters:
        """The query's own conditions with these; the tone of a whole document must not pre-select."""
        starts = [moment for moment in (filters.since, self.since) if moment]
        ends = [moment for moment in (filters.before, self.until) if moment]
        return replace(
            filters,
            since=max(starts, default=None),
            before=min(ends, default=None),
            brands=self.brands or filters.brands,
            labels=(),
            statuses=self.statuses or filters.statuses,
            sources=tuple(map(fold, self.sources)) or filters.sources,
        )

    def admits(self, document: Document, mentions: Sequence[Mention]) -> bool:
        """Whether a document passes; tone and status are those of the brands wanted, where brands are wanted."""
        if self.sources and fold(document.source) not in map(fold, self.sources):
            return False
        brands = {brand.casefold() for brand in self.brands}
        theirs = [m for m in mentions if m.match.brand.casefold() in brands] if brands else mentions
        if brands and not theirs:
            return False
        if self.labels and _tones(document, theirs).isdisjoint(self.labels):
            return False
        return not self.statuses or any(mention.status in self.statuses for mention in theirs)


def _tones(document: Document, mentions: Sequence[Mention]) -> set[str]:
    """What the document is called: by each brand it speaks of, else as a whole."""
    return {mention.match.sentiment.label for mention in mentions} or {document.label}


def _status(mentions: Sequence[Mention], wanted: Collection[str]) -> str:
    """The triage status the tree compares: of several mentions, one that was asked for."""
    found = [mention.status for mention in mentions]
    return next((status for status in found if status in wanted), found[0] if found else "")


def _asked(text: str, config: Config, now: datetime, warn: Callable[[str], None]) -> query.Query | None:
    if not text.strip():
        return None
    asked = query.parse(text, now=now, timezone=config.timezone)
    for caution in asked.warnings:
        warn(_("warning: {what}").format(what=caution))
    return asked


def search(
    store: Store,
    config: Config,
    text: str,
    wanted: Wanted,
    *,
    now: datetime,
    warn: Callable[[str], None] = lambda _text: None,
) -> Iterator[Hit]:
    """Stored documents that match, newest first, each with its mentions and the spans of the match.

    An empty ``text`` matches everything. Raises QueryError.
    """
    return (hit for _, hit in _walk(store, _asked(text, config, now, warn), wanted, Finder.of(config)) if hit)


def walk(
    store: Store, config: Config, asked: query.Query | None, wanted: Wanted, *, finder: Finder | None = None
) -> Iterator[tuple[Document, Hit | None]]:
    """``search`` for who may leave half-way: every document looked at, newest first, with the hit it is or None.

    ``finder``: that of the configuration, for who has it already.
    """
    return _walk(store, asked, wanted, finder or Finder.of(config))


def _walk(
    store: Store, asked: query.Query | None, wanted: Wanted, finder: Finder
) -> Iterator[tuple[Document, Hit | None]]:
    filters = query.filters(asked) if asked else query.Filters()
    for document, mentions in store.search(
        query.preselection(asked) if asked else None, wanted.narrow(filters)
    ):
        if (filters.labels or wanted.labels) and not document.label:
            document = finder.tone(document)  # noqa: PLW2901 - the same document, now with its tone
        if not wanted.admits(document, mentions):
            yield document, None
            continue
        spans = (
            asked.find(
                document,
                brands=[mention.match.brand for mention in mentions],
                status=_status(mentions, filters.statuses),
            )
            if asked
            else ()
        )
        yield document, None if spans is None else (document, mentions, spans)


def rows(
    store: Store, config: Config, what: str, wanted: Wanted, *, query: str, now: datetime
) -> Iterator[Any]:
    """What ``export`` writes: mentions, stories, alerts or buckets of the brands wanted."""
    if query and what not in {"mentions", "stories"}:
        raise UsageError(_("export {what}: --query selects mentions and stories only").format(what=what))
    if what == "alerts":
        told = store.alerts(brands=wanted.brands, since=wanted.since)
        return iter([a for a in told if wanted.until is None or a.at < wanted.until])
    if what == "buckets":
        return _buckets(store, config, wanted, now)
    asked = _asked(query, config, now, lambda _text: None)
    found = _candidates(store, asked, wanted)
    if asked is not None:
        found = (
            m for m in found if asked.find(m.document, brands=[m.match.brand], status=m.status) is not None
        )
    return found if what == "mentions" else _stories(found)


def _candidates(store: Store, asked: query.Query | None, wanted: Wanted) -> Iterator[Mention]:
    """The mentions wanted, newest first; where the query's words are in the index, those of documents it pre-selects."""
    words = query.preselection(asked) if asked else None
    if asked is None or words is None:
        yield from store.mentions(
            brands=wanted.brands,
            since=wanted.since,
            until=wanted.until,
            labels=cast("tuple[Label, ...]", wanted.labels),
        )
        return
    for _document, mentions in store.search(words, wanted.narrow(query.filters(asked))):
        for mention in reversed(mentions):
            match = mention.match
            if (not wanted.brands or match.brand in wanted.brands) and (
                not wanted.labels or match.sentiment.label in wanted.labels
            ):
                yield mention


def _stories(mentions: Iterator[Mention]) -> Iterator[Mention]:
    """One mention, the newest, for each story and brand; of a million stories no more than a bit each is remembered."""
    seen: dict[str, bytearray] = {}
    for mention in mentions:
        told = seen.setdefault(mention.match.brand, bytearray())
        place, bit = mention.story >> 3, 1 << (mention.story & 7)
        if place >= len(told):
            told.extend(bytes(place + 1024 - len(told)))
        if not told[place] & bit:
            told[place] |= bit
            yield mention


def _buckets(store: Store, config: Config, wanted: Wanted, now: datetime) -> Iterator[Bucket]:
    names = [source.id for source in config.sources]
    until = min(wanted.until, now) if wanted.until else now
    for brand in wanted.brands:
        known = [*store.counted_hours(brand), store.brand_first_read(brand) or until]
        # Not from the beginning of time, whatever was asked: before the first mention or reading nothing is known.
        since = max(wanted.since or now - _MONTH, min(known))
        yield from store.buckets(brand, since=since, until=until, sources=names)
