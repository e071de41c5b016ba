"""Which of the brand's posts answered which question: by parent, else by thread; and what cannot be known."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ereputation import identity
from ereputation.clock.values import Voice, Wait, Why
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ereputation.model import Document, Mention

LONGEST = timedelta(days=30)
"""A later reply is not taken for an answer."""
_HANDLE = re.compile(r"@([\w.-]{0,59}\w)")
_TRIED = 200
"""Posts of a thread that are looked at for one question."""


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
    """Who wrote the questions that a post answers by name, as far as they were met."""
    _looked: dict[int, tuple[str, set[str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, posts: Sequence[Document]) -> _Answers:
        found = cls()
        for post in posts:
            found.own |= names(post)
            if name := parent(post):
                found.by_parent[name].append(post)
            for name in {_name(post.thread, post), parent(post)} - {""}:
                found.by_thread[name].append(post)
        return found

    def meet(self, question: Document) -> bool:
        """Note who put it; whether the brand spoke in its thread, where what else was asked there matters."""
        if not self.by_thread:
            return False
        known = names(question)
        self.authors |= dict.fromkeys(known & self.by_parent.keys(), _author(question))
        return not self.by_thread.keys().isdisjoint(_threads(question, known))

    def to(self, question: Document) -> tuple[Document, bool] | None:
        """The first answer to a question, and whether it names it; None when there is none.

        Where the brand spoke in its thread, it can only be said once every question was met.
        """
        if not (self.by_parent or self.by_thread):
            return None
        known = names(question)
        threads = _threads(question, known)
        exact = [
            found for name in known if (found := next(_after(self.by_parent.get(name, ()), question), None))
        ]
        near = [found for name in threads if (found := self._in_thread(name, question))]
        direct = min(exact, key=_moment, default=None)
        first = min(near, key=_moment, default=None)
        if direct and (first is None or direct.published <= first.published):
            return direct, True
        return (first, False) if first else None

    def _in_thread(self, thread: str, question: Document) -> Document | None:
        """The first post of a thread that speaks to who put the question."""
        author = _author(question)
        for post in _after(self.by_thread.get(thread, ()), question):
            above, named = self._spoken_to(post)
            if author and (self.authors.get(above) == author or author in named):
                return post
            # Whom it names, or whose post it answers, is somebody else; and the brand may go on with its own words.
            if above in {"", thread} and above not in self.own and not _starts_with_handle(post):
                return post
        return None

    def _spoken_to(self, post: Document) -> tuple[str, set[str]]:
        """The name of what a post answers, and whom it names."""
        key = id(post)
        if key not in self._looked:
            self._looked[key] = parent(post), _handles(post)
        return self._looked[key]


def _threads(question: Document, known: set[str]) -> set[str]:
    """The names of the threads it stands in, or begins."""
    return (known | {_name(question.thread, question)}) - {""}


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
    asked: Iterable[tuple[Mention, bool]],
    voice: Voice,
    *,
    now: datetime,
    response_time: float,
    staffed: Callable[[datetime, datetime], float] | None = None,
) -> Iterator[Wait]:
    """What became of each question (with whether it is direct), in no order.

    Only the questions of threads in which the brand spoke are held in memory.
    ``response_time`` is in seconds of the wall clock; ``staffed`` gives the staffed seconds between two instants.
    """
    answers = _Answers.of(voice.posts)

    def fates(questions: Iterable[tuple[Mention, bool]]) -> Iterator[Wait]:
        for mention, direct in questions:
            question = mention.document
            found = answers.to(question)
            until = found[0].published if found else max(now, question.published)
            seconds = (until - question.published).total_seconds()
            why: Why = "" if found else _unknown(question, voice, now, response_time)
            yield Wait(
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

    held = []
    for pair in asked:
        if answers.meet(pair[0].document):
            held.append(pair)
        else:
            yield from fates([pair])
    yield from fates(held)


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
