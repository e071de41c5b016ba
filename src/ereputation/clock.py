"""The response clock: which post of the brand answered whom, after how long, and what cannot be known.

Nothing here reads a clock or a database: mentions and the brand's own documents come in, waits and figures go out.
"Nobody answered" is only said of what was really watched; the rest is unknown, with the reason.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from ereputation import figures, identity
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import tzinfo

    from ereputation.model import Document, Episode, Mention

Links: TypeAlias = Literal["exact", "thread", "none"]
"""What a source tells of a reply: which post it answers, which thread it stands in, or nothing."""
State: TypeAlias = Literal["answered", "waiting", "unknown"]
Why: TypeAlias = Literal["", "blind", "unlinked", "elsewhere"]
"""Why an answer is unknown. ``blind``: the brand's accounts were not read all the time; ``unlinked``: it has posted
since, and the source does not say to whom; ``elsewhere``: no account of the brand is read where it was asked."""
Stretch: TypeAlias = tuple[datetime, datetime]

LONGEST = timedelta(days=30)
"""A later reply is not taken for an answer."""
PARTS = (0, 6, 12, 18)
"""Hours at which the parts of a day begin, local time."""
_HANDLE = re.compile(r"@([\w.-]{0,59}\w)")
_TRIED = 200
"""Posts of a thread that are looked at for one question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A source that carries the brand's own posts."""

    source: str
    kind: str
    links: Links = "none"
    sites: frozenset[str] = frozenset()
    watched: tuple[Stretch, ...] = ()
    """The time its readings speak for: in order, apart from each other."""
    last_read: datetime | None = None
    """The last success; None when there was none."""

    def saw(self, since: datetime, until: datetime) -> bool:
        """Whether everything it published from ``since`` to ``until`` has been read."""
        return since >= until or any(start <= since and end >= until for start, end in self.watched)

    def reaches(self, document: Document) -> bool:
        """Whether an answer given where ``document`` stands would be seen here."""
        return self.kind == document.kind or (bool(document.site) and document.site in self.sites)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What the brand itself published lately, and the accounts it was read from."""

    posts: tuple[Document, ...] = ()
    """Oldest first."""
    accounts: tuple[Account, ...] = ()

    @property
    def times(self) -> list[datetime]:
        """When it spoke, in order."""
        return [post.published for post in self.posts]

    @property
    def last(self) -> datetime | None:
        """When it last spoke; None when it never did."""
        return self.posts[-1].published if self.posts else None

    @property
    def last_read(self) -> datetime | None:
        """Until when all its accounts were read; None when there is none, or one was never read with success."""
        read = [account.last_read for account in self.accounts if account.last_read]
        return min(read) if read and len(read) == len(self.accounts) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One question or complaint, and what became of it."""

    mention: Mention
    direct: bool
    """It speaks to the brand, by its handle or as a reply."""
    state: State
    why: Why = ""
    seconds: float
    """From the question to the answer, or to now."""
    staffed: float | None = None
    """The part of it in staffed hours; None when the configuration names none."""
    late: bool | None = None
    """Against the promised response time; None when that is unknown."""
    answer: Document | None = None
    """None unless it is answered."""
    exact: bool = False
    """True when the answer names the question; False when it only stands in its thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What many waits come to; times in seconds, None without answers."""

    name: str = ""
    asked: int = 0
    answered: int = 0
    waiting: int = 0
    unknown: int = 0
    late: int = 0
    """Of those that wait."""
    median: float | None = None
    ninetieth: float | None = None
    staffed_median: float | None = None
    staffed_ninetieth: float | None = None
    in_time: float | None = None
    """Share answered within the response time of all whose time is up or who were answered; None without any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The waits that began on one weekday in one part of the day, local time."""

    weekday: int
    """0 is Monday."""
    hour: int
    """The hour the part begins, one of ``PARTS``."""
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How one brand answers."""

    brand: str
    since: datetime
    now: datetime
    response_time: float
    voice: Voice
    total: Figures
    waits: tuple[Wait, ...]
    """Oldest first."""
    by_source: tuple[Figures, ...] = ()
    """The most asked first."""
    by_time: tuple[Cell, ...] = ()
    silences: tuple[Episode, ...] = ()

    @property
    def open(self) -> tuple[Wait, ...]:
        """Without an answer for certain, oldest first."""
        return tuple(wait for wait in self.waits if wait.state == "waiting")

    @property
    def unknown(self) -> tuple[Wait, ...]:
        """Of which nobody knows, oldest first."""
        return tuple(wait for wait in self.waits if wait.state == "unknown")


def names(document: Document) -> set[str]:
    """Every name by which another document may point at this one."""
    return {name for value in (document.guid, document.url, document.via) if (name := _name(value, document))}


def _name(value: str, document: Document) -> str:
    """An address in its canonical form; a bare id means something only among documents of its kind."""
    value = value.strip()
    if not value:
        return ""
    if "://" in value:
        return identity.canonical_url(value)
    return f"{document.kind} {value}"


def parent(document: Document) -> str:
    """The name of what it answers; empty when it says nothing."""
    return _name(document.reply_to, document)


@dataclass(slots=True)
class _Answers:
    """The brand's posts, by what they answer and by thread."""

    by_parent: dict[str, list[Document]] = field(default_factory=lambda: defaultdict(list))
    by_thread: dict[str, list[Document]] = field(default_factory=lambda: defaultdict(list))
    own: set[str] = field(default_factory=set)
    authors: dict[str, str] = field(default_factory=dict)
    """Who wrote the questions, by their names."""

    @classmethod
    def of(cls, posts: Sequence[Document], asked: Iterable[Mention]) -> _Answers:
        found = cls()
        for post in posts:
            found.own |= names(post)
            if name := parent(post):
                found.by_parent[name].append(post)
            for name in {_name(post.thread, post), parent(post)} - {""}:
                found.by_thread[name].append(post)
        for mention in asked:
            found.authors |= dict.fromkeys(names(mention.document), _author(mention.document))
        return found

    def to(self, question: Document) -> tuple[Document, bool] | None:
        """The first answer to a question, and whether it names it; None when there is none."""
        known = names(question)
        exact = [post for name in known for post in _after(self.by_parent.get(name, ()), question)]
        near = [
            post
            for name in (known | {_name(question.thread, question)}) - {""}
            for post in _after(self.by_thread.get(name, ()), question)
            if self._means(post, question, name)
        ]
        direct = min(exact, key=_moment, default=None)
        first = min(near, key=_moment, default=None)
        if direct and (first is None or direct.published <= first.published):
            return direct, True
        return (first, False) if first else None

    def _means(self, post: Document, question: Document, thread: str) -> bool:
        """Whether a post in the thread of a question speaks to who put it."""
        author, above = _author(question), parent(post)
        if author and (self.authors.get(above) == author or author in _handles(post)):
            return True
        # Whom it names, or whose post it answers, is somebody else; and the brand may be going on with its own words.
        return above in {"", thread} and above not in self.own and not _starts_with_handle(post)


def _moment(post: Document) -> datetime:
    return post.published


def _author(document: Document) -> str:
    """The handle without its server, else the name."""
    return fold(document.author_handle.lstrip("@").partition("@")[0]) or fold(document.author_name)


def _handles(post: Document) -> set[str]:
    """Whom a post names, without their servers."""
    return {fold(name) for name in _HANDLE.findall(post.content[:1_000])}


def _starts_with_handle(post: Document) -> bool:
    return post.content.lstrip(". ").startswith("@")


def _after(posts: Sequence[Document], question: Document) -> Iterator[Document]:
    """Posts that can answer in time: not before the question, and not a month later."""
    place = bisect_left(posts, question.published, key=_moment)
    for post in posts[place : place + _TRIED]:
        if post.published - question.published > LONGEST:
            return
        yield post


def waits(
    asked: Sequence[tuple[Mention, bool]],
    voice: Voice,
    *,
    now: datetime,
    response_time: float,
    staffed: Callable[[datetime, datetime], float] | None = None,
) -> list[Wait]:
    """What became of each question (with whether it is direct), oldest first.

    ``response_time`` is in seconds of the wall clock; ``staffed`` gives the staffed seconds between two instants.
    """
    answers = _Answers.of(voice.posts, (mention for mention, _ in asked))
    result = []
    for mention, direct in sorted(asked, key=lambda pair: (pair[0].document.published, pair[0].id)):
        question = mention.document
        found = answers.to(question)
        until = found[0].published if found else max(now, question.published)
        seconds = (until - question.published).total_seconds()
        why: Why = "" if found else _unknown(question, voice, now, response_time)
        result.append(
            Wait(
                mention=mention,
                direct=direct,
                state="answered" if found else "unknown" if why else "waiting",
                why=why,
                seconds=seconds,
                staffed=staffed(question.published, until) if staffed else None,
                late=None if why else seconds > response_time,
                answer=found[0] if found else None,
                exact=bool(found and found[1]),
            )
        )
    return result


def _unknown(question: Document, voice: Voice, now: datetime, response_time: float) -> Why:
    """Why it cannot be said that nobody answered; empty when it can.

    As for silences, accounts that were not read for longer than the response time are blind.
    """
    near = [account for account in voice.accounts if account.reaches(question)]
    if not near:
        return "elsewhere" if voice.accounts else "blind"
    until = now - timedelta(seconds=response_time)
    for account in near:
        if account.last_read is None or account.last_read <= question.published or account.last_read < until:
            return "blind"
        if not account.saw(question.published, account.last_read):
            return "blind"
    mute = {account.source for account in near if account.links == "none"}
    spoke = bisect_left(voice.posts, question.published, key=_moment)
    return "unlinked" if any(post.source in mute for post in voice.posts[spoke:]) else ""


def summed(waits: Sequence[Wait], name: str = "") -> Figures:
    """The figures of these waits."""
    answered = [wait for wait in waits if wait.state == "answered"]
    late = sum(wait.state == "waiting" and bool(wait.late) for wait in waits)
    in_time = sum(not wait.late for wait in answered)
    decided = len(answered) + late
    walls = [wait.seconds for wait in answered]
    staffed = [wait.staffed for wait in answered if wait.staffed is not None]
    return Figures(
        name=name,
        asked=len(waits),
        answered=len(answered),
        waiting=sum(wait.state == "waiting" for wait in waits),
        unknown=sum(wait.state == "unknown" for wait in waits),
        late=late,
        median=figures.median(walls),
        ninetieth=figures.percentile(walls, 0.9),
        staffed_median=figures.median(staffed),
        staffed_ninetieth=figures.percentile(staffed, 0.9),
        in_time=in_time / decided if decided else None,
    )


def by_source(waits: Iterable[Wait]) -> tuple[Figures, ...]:
    """The figures of each source that brought questions, the most asked first."""
    groups: defaultdict[str, list[Wait]] = defaultdict(list)
    for wait in waits:
        groups[wait.mention.document.source].append(wait)
    summary = [summed(group, name) for name, group in groups.items()]
    return tuple(sorted(summary, key=lambda found: (-found.asked, found.name)))


def by_time(waits: Iterable[Wait], zone: tzinfo) -> tuple[Cell, ...]:
    """The figures by weekday and part of the day in which was asked; parts without questions are left out."""
    groups: defaultdict[tuple[int, int], list[Wait]] = defaultdict(list)
    for wait in waits:
        local = wait.mention.document.published.astimezone(zone)
        groups[local.weekday(), max(hour for hour in PARTS if hour <= local.hour)].append(wait)
    return tuple(
        Cell(weekday=weekday, hour=hour, figures=summed(group))
        for (weekday, hour), group in sorted(groups.items())
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekend:
    """What one week-end brought, Saturday 00:00 to Monday 00:00 local time."""

    start: datetime
    mentions: int
    asking: int
    """Questions and complaints among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What to expect of the coming week-end, from the last ones that were watched."""

    brand: str
    start: datetime
    end: datetime
    weekends: tuple[Weekend, ...] = ()
    """Oldest first; those that were not watched are left out."""
    staffed: tuple[Stretch, ...] | None = None
    """The staffed stretches of the coming week-end; None when the configuration names no hours."""

    @property
    def mentions(self) -> tuple[float, float] | None:
        """Mean and standard deviation; None without week-ends."""
        return _spread([weekend.mentions for weekend in self.weekends])

    @property
    def asking(self) -> tuple[float, float] | None:
        """Mean and standard deviation of questions and complaints; None without week-ends."""
        return _spread([weekend.asking for weekend in self.weekends])


def _spread(counts: Sequence[int]) -> tuple[float, float] | None:
    """Mean and sample standard deviation (0 of a single value)."""
    if not counts:
        return None
    mean = sum(counts) / len(counts)
    squares = sum((count - mean) ** 2 for count in counts)
    return mean, (squares / (len(counts) - 1)) ** 0.5 if len(counts) > 1 else 0.0


def coming_weekend(now: datetime, zone: tzinfo) -> Stretch:
    """Saturday 00:00 to Monday 00:00 local time: the week-end that is on, else the next."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    saturday = midnight + timedelta(days=5 - midnight.weekday())
    return _local(saturday, zone), _local(saturday + timedelta(days=2), zone)


def weekends_before(start: datetime, zone: tzinfo, count: int) -> list[Stretch]:
    """The ``count`` week-ends before the one that begins at ``start``, oldest first."""
    saturday = start.astimezone(zone).replace(tzinfo=None)
    return [
        (_local(saturday - timedelta(weeks=n), zone), _local(saturday - timedelta(weeks=n, days=-2), zone))
        for n in range(count, 0, -1)
    ]


def _local(wall: datetime, zone: tzinfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)
