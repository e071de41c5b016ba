"""Thousands of queries on one document at the price of a few.

One Aho-Corasick pass (Aho & Corasick 1975) finds which literals of all queries occur in the index terms of the text. A
query's tree is looked at only when every group of literals that one of its ways to match cannot do without was seen; the
words are cut at most once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from ahocorasick_rs import AhoCorasick

from ereputation.query import matching
from ereputation.query.nodes import And, Near, Node, Or, Words
from ereputation.query.preselect import index_terms, indexed

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping

    from ereputation.model import Document, Span
    from ereputation.query.boolean import Query
    from ereputation.query.nodes import Item

Key = TypeVar("Key", bound="Hashable")
Group: TypeAlias = frozenset[str]
"""Literals of which at least one must occur."""
Way: TypeAlias = tuple[Group, ...]
"""Groups a text must all satisfy to match in one of the ways a query can match."""
_MAX_GROUPS = 12
_MAX_LITERALS = 200
_MAX_WAYS = 50


def needs(node: Node) -> tuple[Group, ...]:
    """Groups of literals: index terms without one of every group cannot match. Empty: nothing is known."""
    if isinstance(node, Words):
        found = dict.fromkeys(group for item in node.items if (group := _literals(item)))
        return tuple(sorted(found, key=_weakness)[:_MAX_GROUPS])
    if isinstance(node, (And, Near)):
        parts = node.parts if isinstance(node, And) else (node.left, node.right)
        together = dict.fromkeys(group for part in parts for group in needs(part))
        return tuple(sorted(together, key=_weakness)[:_MAX_GROUPS])
    if isinstance(node, Or):
        best: list[Group] = []
        for part in node.parts:
            known = needs(part)
            if not known:
                return ()
            best.append(min(known, key=_weakness))
        union: Group = frozenset().union(*best)
        return (union,) if len(union) <= _MAX_LITERALS else ()
    return ()


def ways(node: Node) -> tuple[Way, ...]:
    """The ways a query can match, such as its keywords: a text must satisfy one of them. Empty: nothing is known.

    Kept apart, so that each is found by the rarest of its words: "Banque Populaire" by "populaire", whatever else
    the query looks for.
    """
    if isinstance(node, Or):
        known = [ways(part) for part in node.parts]
        if not all(known):
            return ()
        found = [way for part in known for way in part]
        if len(found) <= _MAX_WAYS:
            return tuple(found)
    if isinstance(node, And):
        parts = [(ways(part), part) for part in node.parts]
        split = max(parts, key=lambda pair: len(pair[0]))
        rest = [group for known, part in parts if part is not split[1] for group in needs(part)]
        if split[0]:
            return tuple(
                tuple(sorted(dict.fromkeys((*way, *rest)), key=_weakness)[:_MAX_GROUPS]) for way in split[0]
            )
    known_groups = needs(node)
    return (known_groups,) if known_groups else ()


def _literals(item: Item) -> Group:
    found = matching.literals(item, indexed)
    return frozenset(f for f in found if not any(other != f and other in f for other in found))


def _weakness(group: Group) -> tuple[int, int]:
    """Small for a group that few texts satisfy: long literals, few of them."""
    return -min(map(len, group)), len(group)


class Matcher(Generic[Key]):
    """Many queries, each under a key; finds exactly what ``Query.find`` would."""

    def __init__(self, queries: Mapping[Key, Query]) -> None:
        self._queries = [(key, query.root) for key, query in queries.items()]
        self._always: list[int] = []
        self._waiting: list[list[tuple[int, tuple[frozenset[int], ...]]]] = []
        """By literal: the queries it wakes, with the further groups they need."""
        numbers: dict[str, int] = {}
        known: list[tuple[int, tuple[frozenset[int], ...]]] = []
        for index, (_, root) in enumerate(self._queries):
            alternatives = ways(root)
            if not alternatives:
                self._always.append(index)
            known += (
                (index, tuple(frozenset(numbers.setdefault(f, len(numbers)) for f in g) for g in way))
                for way in alternatives
            )
        self._literals = AhoCorasick(list(numbers)) if numbers else None
        self._wake(known, list(numbers))

    def _wake(self, known: list[tuple[int, tuple[frozenset[int], ...]]], literals: list[str]) -> None:
        """Let each way wait for its rarest group: long literals that few other queries wait for."""
        shared = [0] * len(literals)
        for _, groups in known:
            for group in groups:
                for number in group:
                    shared[number] += 1
        self._waiting = [[] for _ in literals]
        for index, groups in known:
            first = min(
                groups,
                key=lambda group: (
                    min(len(literals[n]) for n in group) < 4,
                    sum(shared[n] for n in group),
                    -min(len(literals[n]) for n in group),
                ),
            )
            others = tuple(group for group in groups if group is not first)
            for number in first:
                self._waiting[number].append((index, others))

    def find(
        self, document: Document, terms: str | None = None, *, brands: Collection[str] = (), status: str = ""
    ) -> list[tuple[Key, tuple[Span, ...]]]:
        """The key and the spans of every query that matches, in the order the queries were given.

        ``terms``: ``index_terms`` of the document, where they are known.
        """
        candidates = self._candidates(index_terms(document) if terms is None else terms)
        if not candidates:
            return []
        subject = matching.Subject(document, brands, status)
        found = []
        for index in candidates:
            key, root = self._queries[index]
            spans = matching.find(root, subject)
            if spans is not None:
                found.append((key, spans))
        return found

    def _candidates(self, terms: str) -> list[int]:
        if self._literals is None:
            return self._always
        seen = {hit[0] for hit in self._literals.find_matches_as_indexes(terms, overlapping=True)}
        if not seen:
            return self._always
        awake = {
            index
            for number in seen
            for index, others in self._waiting[number]
            if not any(group.isdisjoint(seen) for group in others)
        }
        return sorted(awake.union(self._always))
