"""The configuration as frozen values: what may be written in ``ereputation.yaml``, key by key."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PrivateAttr,
    TypeAdapter,
    ValidationInfo,
    model_validator,
)
from pydantic_core import core_schema

from ereputation import notify, query, sources
from ereputation.config.values import (
    Budget,
    Contact,
    Country,
    DatabaseText,
    EmptyList,
    EmptyMapping,
    File,
    Hours,
    Keywords,
    Negative,
    Neutral,
    PingAddress,
    Positive,
    QueryText,
    Size,
    Text,
    Texts,
    Zone,
    at_least,
    at_most,
    keyword,
)
from ereputation.fetch import Limits
from ereputation.model import Kind, Severity  # noqa: TC001 - pydantic reads the annotations
from ereputation.notify import Channel
from ereputation.sentiment import Words
from ereputation.sources import Duration, Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from ereputation.database import Server
    from ereputation.query import Query

_COUNTRIES = {
    "Europe/Paris": "FR",
    "Europe/London": "GB",
    "Europe/Brussels": "BE",
    "Europe/Zurich": "CH",
    "Europe/Luxembourg": "LU",
    "Europe/Dublin": "IE",
    "Europe/Monaco": "MC",
    "America/Toronto": "CA",
    "America/Montreal": "CA",
    "America/New_York": "US",
    "America/Chicago": "US",
    "America/Denver": "US",
    "America/Los_Angeles": "US",
    "Australia/Sydney": "AU",
}
"""Whose public holidays to expect where the configuration does not say; other zones: none."""


class Entry(BaseModel):
    """A block of keys; an unknown one is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@lru_cache(maxsize=16)
def _unwanted(text: str) -> Query:
    """What thousands of brands exclude together is read once."""
    return query.parse(text)


class Brand(Entry):
    """A name to watch."""

    name: Text = Field(
        description="What people call it; also its only keyword when there are none and no query."
    )
    keywords: Keywords = Field((), description="Any of these finds the brand; each behaves as in a query.")
    query: QueryText = Field("", description="A boolean query; with keywords, either finds the brand.")
    exclude: QueryText = Field("", description="A query for what is not meant, although the words are there.")
    owned: Texts = Field(
        (), description="Where the brand itself speaks: domains, handles, profile URLs, ids."
    )
    competitors: Keywords = Field(
        (), description="Other names, so that what is said of them is not held against the brand."
    )
    positive: Positive = Field({}, description="Words that praise this brand, with weights up to 5.")
    negative: Negative = Field({}, description="Words that blame this brand, with weights down to -5.")
    neutral: Neutral = Field({}, description="Words that say nothing good or bad of this brand.")

    _everywhere: str = PrivateAttr("")

    @model_validator(mode="after")
    def _name_serves_as_keyword(self) -> Brand:
        if not self.keywords and not self.query:
            keyword(self.name, at=("name",))
        return self

    def excluding(self, everywhere: str) -> None:
        """Take over the query that is excluded for every brand."""
        self._everywhere = everywhere

    def compiled(self) -> Query:
        """What finds this brand: any keyword or the query, and nothing that is excluded here or everywhere."""
        return self._compiled

    def rivals(self) -> tuple[Query, ...]:
        """What finds each competitor."""
        return tuple(query.keyword(name) for name in self.competitors)

    def words(self) -> Words | None:
        """This brand's own sentiment words; None when it has none."""
        own = Words(positive=self.positive, negative=self.negative, neutral=tuple(self.neutral))
        return own or None

    @cached_property
    def _compiled(self) -> Query:
        unwanted = [_unwanted(text) for text in (self.exclude, self._everywhere) if text]
        keywords = self.keywords or (() if self.query else (self.name,))
        return query.combine(
            [query.keyword(text) for text in keywords],
            query.parse(self.query) if self.query else None,
            query.combine(unwanted, None, None) if unwanted else None,
        )


class Sentiment(Entry):
    """Sentiment words for all brands; they win over the built-in lexicons."""

    positive: Positive = Field({}, description="Words that praise, with weights up to 5.")
    negative: Negative = Field({}, description="Words that blame, with weights down to -5.")
    neutral: Neutral = Field({}, description="Words to take out of the built-in lexicons.")
    categories: Annotated[dict[Text, Texts], EmptyMapping] = Field(
        {}, description="Risk categories of your own: a name and the words reported under it."
    )


class Alerts(Entry):
    """When to ring."""

    false_alarms: Budget = Field(
        1.0, description="False alarms each brand may cause, such as 1/month; thresholds follow."
    )
    min_mentions: int = Field(
        5, ge=1, le=1_000_000, description="Fewer mentions than this are never a spike."
    )
    country: Country | None = Field(
        None,
        description="Whose public holidays look like Sundays (FR, GB...), or none; by default, the time zone's.",
    )


class When(Entry):
    """Which alerts an advice is for."""

    kind: Kind | None = Field(None, description="Kind of alert; any when absent.")
    brand: Text | None = Field(None, description="Name of a brand; any when absent.")
    severity: Severity | None = Field(None, description="At least this severe.")


class Play(Entry):
    """What to do when an alert comes: decided on a calm day, read on a bad one."""

    when: Annotated[When, EmptyMapping] = Field(
        When(), description="Which alerts it is for; all when absent."
    )
    do: Text = Field(description="What to do, in one or two sentences.")


class Fetch(Entry):
    """What a request may cost."""

    timeout: Annotated[Duration, at_most("5m")] = Field(
        15.0, description="Longest wait between two pieces of an answer."
    )
    deadline: Annotated[Duration, at_most("10m")] = Field(
        30.0, description="Longest time for a whole answer."
    )
    max_size: Size = Field(10_000_000, description="Largest answer, such as 10MB; at most 1GB.")
    concurrency: Annotated[int, Field(ge=1, le=64)] | Literal["auto"] = Field(
        "auto", description="Requests at the same time; auto: 8, and more for hundreds of sources."
    )
    workers: Annotated[int, Field(ge=0, le=64)] | Literal["auto"] = Field(
        "auto", description="Processes that read, 0 for none; auto: by the number of sources and of cores."
    )

    def processes(self) -> int | None:
        """How many processes read; None: as many as are worth it."""
        return None if self.workers == "auto" else self.workers

    def at_once(self, sources: int) -> int:
        """Requests at the same time when so many sources are read."""
        return min(64, max(8, sources // 8)) if self.concurrency == "auto" else self.concurrency


def _short(value: object) -> object:
    """A bare URL is a feed, and so is an entry with a ``url`` and no ``kind``."""
    if isinstance(value, str):
        return {"kind": "feed", "url": value}
    if isinstance(value, dict) and "kind" not in value and "url" in value:
        return {"kind": "feed", **value}
    return value


class Monitoring(Entry):
    """Who watches that scans happen."""

    ping: PingAddress | None = Field(
        None,
        description="Told when a scan begins (/start) and how it ended (/0, /1...), as on healthchecks.io.",
    )
    textfile: File | None = Field(
        None, description="Figures for Prometheus, such as /var/lib/node_exporter/ereputation.prom."
    )


_Entry = TypeVar("_Entry", Source, Channel)


def _named(entries: tuple[_Entry, ...]) -> tuple[_Entry, ...]:
    """Every source or channel with a name of its own; the second of two that are the same place is ``... (2)``."""
    taken = {entry.name for entry in entries if entry.name}
    named = []
    for entry in entries:
        name = entry.name
        if not name:
            derived = name = entry.derived_name()
            number = 1
            while name in taken:
                number += 1
                name = f"{derived} ({number})"
            taken.add(name)
        named.append(entry.model_copy(update={"name": name}))
    return tuple(named)


@cache
def _any_source() -> TypeAdapter[Source]:
    """What reads an entry of any kind; that takes all of them."""
    from ereputation.sources import AnySource

    return TypeAdapter(Annotated[AnySource, BeforeValidator(_short, json_schema_input_type=str | AnySource)])


@cache
def _any_channel() -> TypeAdapter[Channel]:
    from ereputation.notify import AnyChannel

    return TypeAdapter(AnyChannel)


@dataclass(frozen=True, slots=True)
class _ByKind:
    """Reads an entry with the model of its kind alone."""

    package: ModuleType
    whole: Callable[[], TypeAdapter[Any]]
    """What reads an entry of any kind, and says what is wrong with one of none."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: object) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return handler(self.whole().core_schema)

    def _read(self, value: object, info: ValidationInfo) -> BaseModel:
        kind = value.get("kind") if isinstance(value, dict) else None
        if kind in self.package.KINDS:
            model: type[BaseModel] = self.package.named(kind)
            return model.model_validate(value, context=info.context)
        read: BaseModel = self.whole().validate_python(value, context=info.context)
        return read


ShortSource: TypeAlias = Annotated[Source, _ByKind(sources, _any_source), BeforeValidator(_short)]
AnyChannel: TypeAlias = Annotated[Channel, _ByKind(notify, _any_channel)]


class Config(Entry):
    """Everything ``ereputation.yaml`` says."""

    timezone: Zone = Field(
        ZoneInfo("UTC"),
        description="Of business hours, reports, and the day and week of the baseline: Europe/Paris.",
    )
    language: Literal["fr", "en"] | None = Field(
        None, description="Of screens and reports; by default, the locale's."
    )
    database: DatabaseText = Field(
        "ereputation.db",  # validated like what is written
        validate_default=True,
        description="Path of the SQLite file, from the folder of this file; or postgresql://user@host/name.",
    )
    contact: Contact = Field(
        "", description="E-mail address or web page, told to servers; some refuse without."
    )
    staffed: Hours | None = Field(None, description="When somebody watches: Mon-Fri 09:00-18:00, or 24/7.")
    response_time: Duration = Field(7200.0, description="How soon the brand promises to answer, such as 2h.")
    brands: Annotated[tuple[Brand, ...], Field(min_length=1), EmptyList] = Field(
        description="The names to watch."
    )
    exclude: QueryText = Field("", description="A query for what is never wanted, whatever the brand.")
    sources: Annotated[tuple[ShortSource, ...], AfterValidator(_named), EmptyList] = Field(
        (), description="What to read; a bare URL is a feed."
    )
    sentiment: Annotated[Sentiment, EmptyMapping] = Field(
        Sentiment(), description="Sentiment words for all brands."
    )
    alerts: Annotated[Alerts, EmptyMapping] = Field(Alerts(), description="When to ring.")
    notify: Annotated[tuple[AnyChannel, ...], AfterValidator(_named), EmptyList] = Field(
        (), description="Where alerts go, besides the screen."
    )
    playbook: Annotated[tuple[Play, ...], EmptyList] = Field((), description="What to do about which alert.")
    retention: Annotated[Duration, at_least("1d")] = Field(
        365 * 86_400.0, description="How long documents are kept, such as 365d."
    )
    fetch: Annotated[Fetch, EmptyMapping] = Field(Fetch(), description="What a request may cost.")
    monitoring: Annotated[Monitoring, EmptyMapping] = Field(
        Monitoring(), description="Who watches that scans happen."
    )

    _path: Path = PrivateAttr(Path())
    _warnings: tuple[str, ...] = PrivateAttr(())

    @model_validator(mode="after")
    def _exclude_everywhere(self) -> Config:
        for brand in self.brands:
            brand.excluding(self.exclude)
        return self

    def noting(self, path: Path, warnings: tuple[str, ...]) -> Config:
        """This configuration, knowing where it was read and what was odd."""
        self._path, self._warnings = path, warnings
        return self

    @property
    def path(self) -> Path:
        """The file it was read from."""
        return self._path

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is odd but stops nothing, as ``file:line:column: path: message``."""
        return self._warnings

    @property
    def database_path(self) -> Path | Server:
        """Where the data lives."""
        return self.database

    @property
    def country(self) -> str:
        """Whose public holidays look like Sundays (ISO 3166); empty for none."""
        if self.alerts.country is not None:
            return self.alerts.country
        return _COUNTRIES.get(self.timezone.key, "")

    def words(self) -> Words:
        """The sentiment words common to all brands."""
        own = self.sentiment
        return Words(
            positive=own.positive,
            negative=own.negative,
            neutral=tuple(own.neutral),
            categories=own.categories,
        )

    def limits(self, sources: int = 0) -> Limits:
        """What one request may cost, when so many sources are read."""
        wanted = self.fetch
        return Limits(
            read=wanted.timeout,
            deadline=wanted.deadline,
            size=wanted.max_size,
            total=wanted.at_once(sources),
        )

    def advice(self, kind: Kind, brand: str, severity: Severity) -> str:
        """What the playbook says about such an alert; empty when it says nothing."""
        return "\n".join(play.do for play in self.playbook if _applies(play.when, kind, brand, severity))

    def fingerprint(self, brand: Brand) -> str:
        """Changes whenever what decides this brand's mentions and their sentiment does, and only then."""
        decisive: dict[str, Any] = {
            "brand": brand.model_dump(mode="json"),
            "exclude": self.exclude,
            "sentiment": self.sentiment.model_dump(mode="json"),
        }
        for unordered in ("keywords", "owned", "competitors"):
            decisive["brand"][unordered].sort()
        text = json.dumps(decisive, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


_SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")


def _applies(when: When, kind: Kind, brand: str, severity: Severity) -> bool:
    return (
        when.kind in {None, kind}
        and when.brand in {None, brand}
        and (when.severity is None or _SEVERITIES.index(severity) >= _SEVERITIES.index(when.severity))
    )
