"""The words of the field, as frozen values. Instants are aware and in UTC; durations are seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - dataclass fields are read at run time
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Span: TypeAlias = tuple[int, int]
"""Start (included) and end (excluded), in characters of the original text."""

Label: TypeAlias = Literal["negative", "neutral", "positive"]
DateConfidence: TypeAlias = Literal["stated", "assumed_zone", "first_seen"]
"""``stated``: with its zone; ``assumed_zone``: the source's ``timezone:`` was supplied; ``first_seen``: the
date was missing, unreadable, in the future or before 1990, so the moment we first saw it stands in."""

Kind: TypeAlias = Literal["volume_spike", "negative_spike", "brand_silence", "source_failure"]
Severity: TypeAlias = Literal["info", "warning", "critical"]
Reason: TypeAlias = Literal["opened", "escalated", "closed"]
Status: TypeAlias = Literal["read", "unchanged", "failed", "not_due"]
Media: TypeAlias = Literal["earned", "owned"]
Health: TypeAlias = Literal["ok", "failing", "dead", "recovered"]
Triage: TypeAlias = Literal["new", "seen", "handled", "ignored"]
Action: TypeAlias = Literal["acknowledged", "snoozed", "resolved", "reopened"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What somebody published (article, post, comment, review), whatever the network."""

    source: str
    """Name of the source it was read from."""
    guid: str
    """The id the source gives it; never empty (the source falls back to the URL, then to a hash)."""
    url: str = ""
    title: str = ""
    text: str = ""
    """Plain text: markup is gone, meaning is not."""
    published: datetime
    date_confidence: DateConfidence = "stated"
    first_seen: datetime
    updated: datetime | None = None
    """When the source says it was last edited; None when it says nothing."""
    author_name: str = ""
    author_handle: str = ""
    """Without the ``@``; for Mastodon ``user@host``."""
    author_id: str = ""
    """The stable id of the author where the network has one (DID, channel id), else empty."""
    lang: str = ""
    """What the source claims ("fr", "en", ...); a hint only."""
    kind: str = "feed"
    """Kind of the source: feed, mastodon, bluesky..."""
    type: str = "article"
    """article, post, comment, review, video, podcast."""
    site: str = ""
    """Host of the publisher, without ``www.``."""
    tags: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    reply_to: str = ""
    """guid or URL of what it answers, else empty."""
    thread: str = ""
    engagement: Mapping[str, int] = field(default_factory=dict)
    via: str = ""
    """The address it came through (an aggregator's link), when ``url`` was unwrapped."""
    score: float = 0.0
    """Sentiment of the whole text, -1..1."""
    label: Label | Literal[""] = ""
    """Sentiment of the whole text; empty until scored."""
    id: int = 0
    """0 until stored."""

    @property
    def content(self) -> str:
        """Title and text as one string; every span points into it."""
        if self.title and self.text:
            return f"{self.title}\n{self.text}"
        return self.title or self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One expression that weighed in a sentiment: where, how much, and which rule changed it."""

    text: str
    start: int
    end: int
    weight: float
    """After the rules; the lexicon's scale is -5..5."""
    rule: str = ""
    """"negated", "intensified", "config"...; empty when the lexicon's weight stands as it is."""
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentiment:
    """A score with its reasons."""

    label: Label = "neutral"
    score: float = 0.0
    words: tuple[Word, ...] = ()
    clause: Span | None = None
    """What was taken as said about the target; None when the whole text was scored."""
    categories: tuple[str, ...] = ()
    """Risk categories of the negative words, the heaviest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A brand's query found in a document."""

    brand: str
    spans: tuple[Span, ...]
    sentiment: Sentiment = Sentiment()
    media: Media = "earned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A stored match. Derived data: it can always be recomputed from the document and the configuration."""

    id: int
    document: Document
    match: Match
    story: int
    copies: int = 1
    """How many documents tell this story."""
    status: Triage = "new"
    note: str = ""
    by: str = ""
    corrected: bool = False
    """True when a person set the label; ``match.sentiment.label`` is then theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Counts of one brand over one stretch of time."""

    brand: str
    start: datetime
    copies: int = 0
    """Every earned document."""
    stories: int = 0
    """Near-identical documents counted once; detection runs on these."""
    negative: int = 0
    """Negative stories."""
    owned: int = 0
    """Documents of the brand itself."""
    exposure: float = 1.0
    """How much of the stretch was really looked at, 0..1; 0 is blind, not calm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A stretch of abnormal time. Identity: brand, kind, start."""

    brand: str
    kind: Kind
    started: datetime
    opened: datetime
    """When it could first be told (the end of the bucket that crossed the threshold)."""
    peaked: datetime
    ended: datetime | None = None
    """None while it is open."""
    severity: Severity = "warning"
    observed: float = 0.0
    expected: float = 0.0
    low: float = 0.0
    high: float = 0.0
    """95 % interval of what was expected over the window."""
    window: float = 3600.0
    """Seconds; the trailing window in which it was most abnormal."""
    p_value: float = 1.0
    score: float = 0.0
    """-log10 of the corrected p-value at the peak."""
    told_score: float = 0.0
    """The score when it was last told; escalation is measured from it."""
    told_at: datetime | None = None
    """When it was last told; None before."""
    reason: Reason = "opened"
    """The last thing that happened to it."""
    absorbed: bool = False
    """True when it was found by a first reading: history, told to nobody unless it grows."""
    stories: int = 0
    copies: int = 0
    negative_share: float = 0.0
    usual_share: float = 0.0
    coverage: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Questions and complaints without an answer."""

    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A document that shows what an alert is about."""

    title: str
    url: str
    source: str
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What a person decided about an episode. It holds until the episode gets more serious than it was then."""

    action: Action
    at: datetime
    by: str = ""
    """Who; empty when it was nobody: an episode that got worse is opened again."""
    note: str = ""
    until: datetime | None = None
    """When a snooze ends; None for everything else."""
    severity: Severity = "info"
    """How serious it was then."""

    def holds(self, now: datetime) -> bool:
        """Whether it still says how the episode is to be treated."""
        return self.action != "reopened" and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """How a mention stood before a person changed it."""

    at: datetime | None
    """When it was changed; None when nobody noted it."""
    status: Triage
    note: str
    by: str
    corrected: Label | Literal[""]
    """Empty when the tone was our own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An episode worth telling now, with the arithmetic that justifies it."""

    id: str
    brand: str
    kind: Kind
    severity: Severity
    reason: Reason
    started: datetime
    peaked: datetime
    ended: datetime | None
    observed: float
    expected: float
    low: float
    high: float
    window: float
    p_value: float
    stories: int
    copies: int
    negative_share: float
    usual_share: float
    coverage: float
    off_hours: bool
    last_owned: datetime | None
    """When the brand last spoke, as far as is stored; None when no post of its own is."""
    waiting: Waiting | None
    """None when nothing waits, or when the sources cannot tell."""
    rising_terms: tuple[str, ...] = ()
    categories: tuple[tuple[str, float], ...] = ()
    """Risk categories with their share of the negative mentions."""
    examples: tuple[Example, ...] = ()
    advice: str = ""
    top_story_copies: int = 0
    """Copies of the most repeated story in it; 0 when nothing is repeated."""
    top_story_outlets: int = 0
    """How many sites carry that story."""
    at: datetime
    """When it was decided to tell it."""
    handling: Handling | None = None
    """What a person decided about its episode; None when nobody did. Kept beside alerts, not in them."""

    @property
    def matter(self) -> tuple[str, Kind, datetime, str]:
        """Which episode it tells of; of a source that failed, also which source."""
        source = self.examples[0].source if self.kind == "source_failure" and self.examples else ""
        return self.brand, self.kind, self.started.replace(microsecond=0), source


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one visit of a source brought back."""

    documents: tuple[Document, ...] = ()
    """Everything the answer held, known or not, less what ``known`` counts."""
    known: int = 0
    """Entries of the answer that are left out of ``documents``: read before, byte for byte."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """Opaque to everyone but the source (validators, cursor); JSON-able; saved with the documents."""
    unchanged: bool = False
    """True when the server said 304 or the body was the same as last time."""
    covers_from: datetime | None = None
    """The oldest instant this answer speaks for; None: since the last reading (nothing can have been missed)."""
    covers_until: datetime | None = None
    """The first instant it no longer speaks for; None: it speaks for everything up to the reading itself."""
    possible_gap: bool = False
    """True when everything was new, so that older entries may have been missed."""
    warning: str = ""
    """What was odd but did not stop the reading (a malformed feed); empty when all was well."""
    title: str = ""
    """What the source calls itself; empty when it does not say."""
    gone: tuple[str, ...] = ()
    """guids of documents that the network says were deleted."""

    @property
    def size(self) -> int:
        """How many documents the answer held, known or not."""
        return len(self.documents) + self.known


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What is remembered of a server between runs, so that nobody is hammered."""

    domain: str
    not_before: datetime | None = None
    """No request before this moment; None when it asked for nothing."""
    failures: int = 0
    """Consecutive."""
    last_status: int = 0
    """The last HTTP status; 0 when no answer came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is remembered of a source between runs."""

    name: str
    kind: str
    state: Mapping[str, Any] = field(default_factory=dict)
    """Opaque to everyone but the source (validators, cursor)."""
    first_read: datetime | None = None
    """The first success; None before."""
    last_read: datetime | None = None
    """The last visit, failed or not."""
    last_success: datetime | None = None
    last_new: datetime | None = None
    """The last visit that brought a new document."""
    last_status: Status | Literal[""] = ""
    last_error: str = ""
    """Empty when the last visit succeeded."""
    failures: int = 0
    """Consecutive."""
    failing_since: datetime | None = None
    """The first of the consecutive failures; None when there is none."""
    retry_at: datetime | None = None
    """Not to be read before, if the server said so."""
    health: Health = "ok"
    health_at: datetime | None = None
    """When ``health`` last changed; None when it never did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one source fared in one scan."""

    source: str
    kind: str
    status: Status
    documents: int = 0
    new: int = 0
    error: str | None = None
    """None when it was read."""
    warning: str = ""
    retry_at: datetime | None = None
    """When it may be read again, if the server said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """What is remembered of a channel between runs."""

    name: str
    first_seen: datetime
    """What was decided before is history to it."""
    tried: datetime | None = None
    """The last attempt; None before."""
    failures: int = 0
    """Consecutive."""
    retry_at: datetime | None = None
    """Not to be tried before, unless it is critical; None when the last attempt succeeded."""
    error: str = ""
    """Why the last attempt failed; empty when it did not."""
    failure_told: bool = False
    """Whether another channel was told that this one fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How one channel fared in one scan."""

    channel: str
    status: Literal["sent", "failed", "deferred"]
    alerts: tuple[str, ...] = ()
    """The ids it took, or that wait for it."""
    error: str = ""
    """Why it failed, or failed before and is left alone for a while; empty when all is well."""
    warning: str = ""
    """What was odd although it took the message (one address of several was refused)."""
    retry_at: datetime | None = None
    """When a failed one is tried again."""
    failure_told: bool = False
    """Whether another channel was told of the failure, now or before."""
