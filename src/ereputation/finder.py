"""Which brands a document speaks of, where, in what tone, and whether the brand itself is speaking.

One ``Finder`` serves ``scan``, ``explain`` and the look back over stored documents, so that they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self, TypeAlias
from urllib.parse import urlsplit

from ereputation import query
from ereputation.model import Match
from ereputation.query import Matcher, Query
from ereputation.sentiment import Judged, Learnt, Words, learn
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ereputation.config import Config
    from ereputation.model import Document, Label, Media, Sentiment, Span
    from ereputation.sentiment import Engine

    Corrections: TypeAlias = Mapping[str, Sequence[tuple[Document, Label]]]
    """By brand: the documents people judged, one a story, and what they said."""

_ENOUGH = 600
"""Characters from which a language is known."""


@dataclass(frozen=True, slots=True)
class Owned:
    """Where a brand itself speaks: ``airfrance.fr``, ``@airfrance``, ``@airfrance@mastodon.social``, a stable id or a profile's URL."""

    domains: frozenset[str] = frozenset()
    handles: frozenset[str] = frozenset()
    """Folded, without the leading ``@``; ``user@host`` for one server only."""
    ids: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> Self:
        """Tell domains, handles, profile URLs and stable ids (DID, channel, page) apart by their look."""
        domains, handles, ids = set(), set(), set()
        for entry in (e.strip() for e in entries):
            if "://" in entry:
                parts = urlsplit(entry)
                path = parts.path.strip("/")
                if path:
                    handles.add(fold(f"{path.removeprefix('@')}@{parts.hostname}"))
                else:
                    domains.add(fold(parts.hostname or ""))
            elif entry.startswith("@"):
                handles.add(fold(entry[1:]))
            elif "." in entry and ":" not in entry and "/" not in entry:
                domains.add(fold(entry).removeprefix("www."))
            elif entry:
                ids.add(entry)
        return cls(frozenset(domains), frozenset(handles), frozenset(ids))


class _Owners:
    """Who of many brands speaks in a document, looked up and not asked one by one."""

    def __init__(self, watched: Sequence[Watched]) -> None:
        self._names = [one.name for one in watched]
        self._domains: dict[str, list[int]] = {}
        self._handles: dict[str, list[int]] = {}
        self._ids: dict[str, list[int]] = {}
        for number, one in enumerate(watched):
            for index, keys in (
                (self._domains, one.owned.domains),
                (self._handles, one.owned.handles),
                (self._ids, one.owned.ids),
            ):
                for key in keys:
                    index.setdefault(key, []).append(number)

    def speaking(self, document: Document) -> list[str]:
        """The brands whose own the document is, in the order they were given."""
        found = [self._ids.get(document.author_id, ())] if document.author_id else []
        if self._domains:
            site = fold(document.site)
            found += [self._domains.get(domain, ()) for domain in _domains(site)]
        if self._handles:
            found += [self._handles.get(handle, ()) for handle in _handles(document)]
        return [self._names[number] for number in sorted({number for some in found for number in some})]


def _domains(site: str) -> list[str]:
    """A host and all it belongs to: ``shop.example.org``, ``example.org``, ``org``."""
    return [site, *(site[dot + 1 :] for dot, char in enumerate(site) if char == ".")]


def _handles(document: Document) -> set[str]:
    """Every way to name the author: the handle, with its host, and the one in a profile's address."""
    names = {fold(document.author_handle.lstrip("@"))} if document.author_handle else set()
    if document.author_name.startswith("@"):
        names.add(fold(document.author_name[1:]))
    if document.url:
        try:
            parts = urlsplit(document.url)
            host = fold(parts.hostname or "")
        except ValueError:
            return names
        names |= {f"{name}@{host}" for name in names if name}
        first = parts.path.lstrip("/").split("/", 1)[0]
        if first.startswith("@"):
            handle = fold(first[1:])
            names |= {handle, f"{handle}@{host}"}
    names.discard("")
    return names


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What has to be known of a brand to find it and to judge what is said of it."""

    name: str
    query: Query
    owned: Owned = Owned()
    rivals: tuple[Query, ...] = ()
    words: Words | None = None
    """None: only the words common to all brands."""
    learnt: Learnt = field(default_factory=Learnt)
    """What people's corrections taught about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A document with the tone of its whole text (only when a brand was found), and its matches."""

    document: Document
    matches: tuple[Match, ...] = ()


@dataclass(slots=True)
class Finder:
    """Many brands, one pass over each text."""

    watched: Sequence[Watched]
    words: Words = field(default_factory=Words)
    _loaded: Engine | None = field(init=False, default=None)
    _matcher: Matcher[tuple[str, int]] = field(init=False)
    _by_name: dict[str, Watched] = field(init=False)
    _owners: _Owners = field(init=False)
    _needs_tone: bool = field(init=False)
    _needs_language: bool = field(init=False)

    def __post_init__(self) -> None:
        self._by_name = {w.name: w for w in self.watched}
        self._owners = _Owners(self.watched)
        queries = {(w.name, -1): w.query for w in self.watched}
        queries |= {(w.name, n): rival for w in self.watched for n, rival in enumerate(w.rivals)}
        self._matcher = Matcher(queries)
        written = [str(watched.query) for watched in self.watched]
        self._needs_tone = any("sentiment:" in text for text in written)
        self._needs_language = any("lang:" in text for text in written)

    def __reduce__(self) -> tuple[type[Finder], tuple[Sequence[Watched], Words]]:
        """Sent to another process as what it is made from."""
        return Finder, (self.watched, self.words)

    @classmethod
    def of(cls, config: Config, corrections: Corrections | None = None) -> Self:
        """The finder of a configuration, taught by ``corrections``."""
        finder = cls(
            [
                Watched(
                    name=brand.name,
                    query=brand.compiled(),
                    owned=Owned.parse(brand.owned),
                    rivals=brand.rivals(),
                    words=brand.words(),
                )
                for brand in config.brands
            ],
            config.words(),
        )
        return finder.taught(corrections) if corrections else finder

    @property
    def _engine(self) -> Engine:
        """Made for the first text that has to be judged."""
        if self._loaded is None:
            from ereputation.sentiment import Engine

            self._loaded = Engine(self.words)
        return self._loaded

    def warm(self) -> None:
        """Load what the first documents would, before a process is copied."""
        query.warm()
        self._engine.warm()

    def taught(self, corrections: Corrections) -> Self:
        """One that has learnt from these corrections, and from nothing else."""
        untaught = type(self)([replace(w, learnt=Learnt()) for w in self.watched], self.words)
        learnt = {name: learn(untaught.judged(name, judged)) for name, judged in corrections.items()}
        return type(self)([replace(w, learnt=learnt.get(w.name, Learnt())) for w in self.watched], self.words)

    def judged(self, brand: str, corrections: Iterable[tuple[Document, Label]]) -> list[Judged]:
        """What people and we say of documents in which the brand is still found."""
        return [
            Judged(label, match.sentiment)
            for document, label in corrections
            for match in self.find(document).matches
            if match.brand == brand
        ]

    def tone(self, document: Document) -> Document:
        """The document with the sentiment of its whole text."""
        score, label = self._engine.tone(document.content, lang=self.language(document))
        return replace(document, score=score, label=label)

    def whole(self, document: Document) -> Sentiment:
        """The sentiment of the whole text, with its reasons."""
        return self._engine.score(document.content, lang=self.language(document))

    def language(self, document: Document) -> str:
        """The language of the text; what the source claims only breaks ties."""
        from ereputation.sentiment import detect_language

        return detect_language(document.content[:_ENOUGH], hint=document.lang)

    def _named(self, document: Document) -> Document:
        """The document with the language of its text in the place of what the source claims."""
        lang = self.language(document)
        return replace(document, lang=lang) if lang and lang != document.lang else document

    def find(self, document: Document, terms: str | None = None) -> Found:
        """Every brand the document speaks of, or that speaks in it; ``terms``: its ``index_terms``, where they are known."""
        if self._needs_language or not document.lang:
            document = self._named(document)
        if self._needs_tone:
            document = self.tone(document)
        hits = self._matcher.find(document, terms)
        speaking = self._owners.speaking(document)
        spans: dict[str, tuple[Span, ...]] = {name: found for (name, rival), found in hits if rival < 0}
        if not spans and not speaking:
            return Found(document=document)
        document = self._named(document)
        if not document.label:
            document = self.tone(document)
        others: dict[str, list[Span]] = {}
        for (name, rival), found in hits:
            if rival >= 0:
                others.setdefault(name, []).extend(found)
        lang = document.lang
        matches = []
        for name in dict.fromkeys([*spans, *speaking]):
            own = spans.get(name, ())
            rest = [
                span for other, found in spans.items() if other != name for span in found if span not in own
            ]
            media: Media = "owned" if name in speaking else "earned"
            sentiment = self._engine.targeted(
                document.content,
                own,
                others=(*rest, *others.get(name, ())),
                lang=lang,
                words=self._by_name[name].words,
                learnt=self._by_name[name].learnt,
            )
            matches.append(Match(brand=name, spans=own, sentiment=sentiment, media=media))
        return Found(document=document, matches=tuple(matches))
