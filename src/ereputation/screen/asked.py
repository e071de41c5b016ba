"""What is asked of the screen: a query and five filters, as one value that can be turned, worded, kept and compared."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from ereputation import query, words
from ereputation.errors import UsageError
from ereputation.query.dates import BadDateError, duration, period
from ereputation.searching import Wanted
from ereputation.speech import _, n_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ereputation.config import Config

Filter: TypeAlias = Literal["brands", "since", "labels", "statuses", "sources"]
FILTERS: tuple[Filter, ...] = ("brands", "since", "labels", "statuses", "sources")
"""In the order of their keys, 1 to 5."""
LABELS = ("negative", "neutral", "positive")
STATUSES = ("new", "seen", "handled", "ignored")
ANY = "*"
"""In the place of a brand: whichever was found."""
PERIODS = ("24h", "7d", "30d", "90d")
_DAY = 86_400
_KEYS = {"text": "query"}
"""Fields that are called otherwise in files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A query with its filters; empty leaves nothing out."""

    text: str = ""
    """The query as it is typed."""
    brands: tuple[str, ...] = ()
    since: str = ""
    """As it is typed after ``since:`` in a query: 7d, 2011-03-11."""
    until: str = ""
    """Excluded."""
    labels: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def filtered(self) -> bool:
        """Whether anything besides the query narrows it."""
        return self != Asked(text=self.text)

    def wanted(self, config: Config, now: datetime) -> Wanted:
        """The filters as ``searching`` takes them. Raises UsageError for a date that is none."""
        known = tuple(brand.name for brand in config.brands)
        return Wanted(
            brands=known if ANY in self.brands else self.brands,
            since=_moment("since", self.since, config, now),
            until=_moment("before", self.until, config, now),
            labels=self.labels,
            statuses=self.statuses,
            sources=self.sources,
        )

    def parsed(self, config: Config, now: datetime) -> query.Query | None:
        """The query's tree; None when it is empty. Raises QueryError."""
        if not self.text.strip():
            return None
        return query.parse(self.text, now=now, timezone=config.timezone)

    def given(self, name: Filter) -> tuple[str, ...]:
        """The values a filter lets through; none: all."""
        if name == "since":
            return (self.since,) if self.since else ()
        values: tuple[str, ...] = getattr(self, name)
        return values

    def having(self, name: Filter, values: Iterable[str]) -> Asked:
        """The same with a filter set to these values."""
        chosen = tuple(values)
        if name == "since":
            return replace(self, since=chosen[0] if chosen else "", until="")
        return replace(self, **{str(name): chosen})  # type: ignore[arg-type]  # the others are tuples

    def turned(self, name: Filter, choices: Iterable[str]) -> Asked:
        """The same with a filter one step on: all, then each choice alone, then all again."""
        turn: list[tuple[str, ...]] = [(), *((choice,) for choice in choices)]
        here = self.given(name)
        place = turn.index(here) if here in turn and not (name == "since" and self.until) else -1
        return self.having(name, turn[(place + 1) % len(turn)])

    def record(self) -> dict[str, str | list[str]]:
        """What is not empty, for a file."""
        return {
            _KEYS.get(f.name, f.name): list(value) if isinstance(value, tuple) else value
            for f in fields(self)
            if (value := getattr(self, f.name))
        }

    @classmethod
    def of(cls, record: Mapping[str, object]) -> Asked:
        """What ``record`` wrote; ValueError or KeyError when it did not."""
        known = {_KEYS.get(f.name, f.name): f for f in fields(cls)}
        given: dict[str, str | tuple[str, ...]] = {}
        for key, value in record.items():
            f = known[key]
            listed = isinstance(value, list) and all(isinstance(part, str) for part in value)
            if not (listed if isinstance(f.default, tuple) else isinstance(value, str)):
                raise ValueError(key)
            given[f.name] = tuple(value) if isinstance(value, list) else str(value)
        return cls(**given)  # type: ignore[arg-type]  # each was looked at above


def _moment(field: Literal["since", "before"], text: str, config: Config, now: datetime) -> datetime | None:
    if not text:
        return None
    try:
        found = period(field, text, now=now, timezone=config.timezone)
    except BadDateError as error:
        raise UsageError(words.labelled(text, str(error))) from None
    return found.since or found.before


def title(name: Filter) -> str:
    """What a filter is about."""
    return {
        "brands": _("Brand"),
        "since": _("Period"),
        "labels": _("Tone"),
        "statuses": _("Status"),
        "sources": _("Source"),
    }[name]


def everything(name: Filter) -> str:
    """What a filter that lets all through is called."""
    return {
        "brands": _("all documents"),
        "since": _("any time"),
        "labels": _("any tone"),
        "statuses": _("any status"),
        "sources": _("all sources"),
    }[name]


def said(name: Filter, value: str) -> str:
    """One value of a filter, for people."""
    if name == "since":
        return span(value)
    if name == "labels":
        return words.LABELS[value]
    if name == "statuses":
        return words.STATUSES[value]
    if name == "brands" and value == ANY:
        return _("any brand")
    return words.shown(value, 40)


def span(text: str) -> str:
    """``last 7 days``, or ``since 2011-03-11``."""
    seconds = duration(text)
    if seconds is None:
        return _("since {date}").format(date=words.shown(text, 40))
    if seconds % _DAY:
        hours = max(1, seconds // 3600)
        return n_("last hour", "last {count} hours", hours).format(count=hours)
    days = seconds // _DAY
    if days == 1:
        return _("last 24 hours")
    return _("last {count} days").format(count=days)


def chip(asked: Asked, name: Filter) -> str:
    """What a filter lets through, for its chip."""
    if name == "since" and asked.until:
        return f"{words.shown(asked.since, 20)}..{words.shown(asked.until, 20)}"
    values = asked.given(name)
    if not values:
        return everything(name)
    first = said(name, values[0])
    return first if len(values) == 1 else f"{first} +{len(values) - 1}"
