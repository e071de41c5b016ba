"""A query asked of the networks at once: what they answer is shown and not stored, so that no baseline learns from it.

Asked are the configured sources that search already, each with words of this query in the place of its own, as politely
as a scan: back-off is heeded and remembered. A network understands less than our queries, so it is given one word or phrase
that every hit holds; the query's own tree decides what of the answer is a hit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ereputation import collect
from ereputation.errors import UsageError
from ereputation.model import Mention
from ereputation.query.nodes import And, Near, Or, Words
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ereputation.config import Config
    from ereputation.finder import Finder
    from ereputation.model import Document, HostState
    from ereputation.query import Query
    from ereputation.query.nodes import Node
    from ereputation.searching import Hit, Wanted
    from ereputation.sources import AnySource
    from ereputation.store import Store

_RATIONED = frozenset({"youtube", "x"})
"""Networks whose searches are few a day, or cost money: they are kept for scans."""
_ALTERNATIVES = 3
"""Requests to one source, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one source said."""

    source: str
    documents: tuple[Document, ...] = ()
    error: str = ""
    """Empty when it answered."""


def wording(asked: Query) -> list[str]:
    """The words to ask a network for, so that every hit holds one of them; UsageError when there are none."""
    found = list(dict.fromkeys(words.text for words in _leaves(asked.root)))[:_ALTERNATIVES]
    if not found:
        raise UsageError(
            _("--live: the query needs a word that every hit holds, for the networks to look for")
        )
    return found


def _leaves(node: Node) -> list[Words]:
    """One of these stands in every hit; nothing when that cannot be said."""
    if isinstance(node, Words):
        return [] if any(item.wild for item in node.items) else [node]
    if isinstance(node, Or):
        parts = [_leaves(part) for part in node.parts]
        return [leaf for part in parts for leaf in part] if all(parts) else []
    if isinstance(node, And):
        parts = [_leaves(part) for part in node.parts]
    elif isinstance(node, Near):
        parts = [_leaves(node.left), _leaves(node.right)]
    else:
        return []
    known = [part for part in parts if part]
    # The fewest alternatives, then the longest words: what says most of what is meant.
    return min(known, key=lambda leaves: (len(leaves), -min(len(leaf.text) for leaf in leaves)), default=[])


def sources(config: Config, asked: Query) -> list[AnySource]:
    """The configured sources that search, with words of this query; UsageError when there is none."""
    searching = [s for s in config.sources if getattr(s, "search", None) and s.kind not in _RATIONED]
    if not searching:
        raise UsageError(
            _("--live: no source of the configuration searches; add one, such as {example}").format(
                example="{kind: google-news, search: ...}"
            )
        )
    made: dict[str, AnySource] = {}
    for number, text in enumerate(wording(asked)):
        for source in searching:
            # Two brands on one network are one question.
            twin = source.model_copy(update={"search": text, "name": ""})
            named = source.model_copy(update={"search": text, "name": source.id})
            made.setdefault(f"{number} {twin.address()} {twin.model_dump_json(exclude={'every'})}", named)
    return list(made.values())


async def ask(
    config: Config, asked: Query, *, hosts: Mapping[str, HostState], now: datetime
) -> tuple[list[Answer], dict[str, HostState]]:
    """What the networks say, and what the next scan must know of their servers."""
    left: list[Mapping[str, HostState]] = []
    job = collect.Job(
        sources=sources(config, asked),
        hosts=hosts,
        contact=config.contact or "",
        limits=config.limits(),
        now=now,
    )
    answers = [
        Answer(
            source=visit.source.id,
            documents=visit.reading.documents if visit.reading else (),
            error=visit.error,
        )
        async for visit in collect.visits(job, left.append)
    ]
    return answers, dict(left[0]) if left else {}


def hits(answers: Iterable[Answer], store: Store, finder: Finder, asked: Query, wanted: Wanted) -> list[Hit]:
    """Of the answers what the query finds and what is not stored yet, newest first; each address once."""
    found: dict[str, Hit] = {}
    for answer in answers:
        if not answer.documents:
            continue
        for document, unknown in zip(answer.documents, store.unknown(answer.documents), strict=True):
            if unknown and (hit := _hit(document, finder, asked, wanted)):
                found.setdefault(document.url or document.guid, hit)
    return sorted(found.values(), key=lambda hit: hit[0].published, reverse=True)


def _hit(document: Document, finder: Finder, asked: Query, wanted: Wanted) -> Hit | None:
    if (wanted.since and document.published < wanted.since) or (
        wanted.until and document.published >= wanted.until
    ):
        return None
    read = finder.find(document)
    whole = read.document if read.document.label else finder.tone(read.document)
    mentions = tuple(Mention(id=0, document=whole, match=match, story=0) for match in read.matches)
    if not wanted.admits(whole, mentions):
        return None
    spans = asked.find(whole, brands=[match.brand for match in read.matches], status="")
    return None if spans is None else (whole, mentions, spans)
