"""Whether a tree is true of a document, and where.

Every leaf costs its number of hits, every NEAR the sum of its sides' hits: nothing is quadratic.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ereputation.query.fields import glob, holds
from ereputation.query.nodes import And, Field, Near, Node, Not, Or, Period, Words
from ereputation.query.words import OPAQUE, SYMBOLS, Place, Token, Zone, exact, squeeze
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from ereputation.model import Document, Span
    from ereputation.query.nodes import Item


class _Part:
    """Title or text: phrases and NEAR stay inside one of them. Its words are cut when one of them may be there."""

    def __init__(self, text: str, offset: int) -> None:
        self._text, self._offset = text, offset

    @cached_property
    def zone(self) -> Zone:
        """Its words."""
        return Zone(self._text, self._offset)

    def may_hold(self, leaf: Words) -> bool:
        """False when one of the words is nowhere in it, whatever stands around."""
        return "zone" in self.__dict__ or all(_occurs(item, self._letters) for item in leaf.items)

    @cached_property
    def _letters(self) -> str:
        return squeeze(fold(self._text))


def _occurs(item: Item, letters: str) -> bool:
    found = literals(item, squeeze)
    return not found or any(literal in letters for literal in found)


def literals(item: Item, spelt: Callable[[str], str]) -> tuple[str, ...]:
    """Of which one stands in every text, ``spelt`` alike, that holds the item; empty: nothing is known."""
    if item.form in SYMBOLS:
        return ()
    found: tuple[str, ...]
    if item.wild:
        found = (max(map(spelt, item.form.replace("?", "*").split("*")), key=len),)
    else:
        found = tuple(spelt(form.removeprefix(OPAQUE)) for form in item.forms())
    return found if all(found) else ()


class Subject:
    """A document under examination; its words are cut at most once, and only if somebody asks."""

    def __init__(self, document: Document, brands: Collection[str] = (), status: str = "") -> None:
        self.document = document
        self.brands = brands
        self.status = status
        title = document.title
        self.title = _Part(title, 0)
        self.text = _Part(document.text, len(title) + 1 if title else 0)


def find(node: Node, subject: Subject) -> tuple[Span, ...] | None:
    """Spans in the document's content, sorted, merged, not overlapping; None when the tree is not true of it."""
    spans = _spans(node, subject)
    return None if spans is None else merged(spans)


def merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Sorted, with overlapping ones joined."""
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start < out[-1][1]:
            out[-1] = out[-1][0], max(end, out[-1][1])
        else:
            out.append((start, end))
    return tuple(out)


def _spans(node: Node, subject: Subject) -> list[Span] | None:
    if isinstance(node, (Words, Near)):
        return [
            part.zone.span(place)
            for part in (subject.title, subject.text)
            for hit in _hits(node, subject, part)
            for place in hit.places
        ] or None
    if isinstance(node, Field):
        known = holds(node.name, node.value, subject.document, subject.brands, subject.status)
        return [] if known else None
    if isinstance(node, Period):
        when = subject.document.published
        after = node.since is None or when >= node.since
        return [] if after and (node.before is None or when < node.before) else None
    if isinstance(node, Not):
        return [] if _spans(node.part, subject) is None else None
    return _all(node, subject) if isinstance(node, And) else _any(node, subject)


def _all(node: And, subject: Subject) -> list[Span] | None:
    spans: list[Span] = []
    for part in node.parts:
        found = _spans(part, subject)
        if found is None:
            return None
        spans += found
    return spans


def _any(node: Or, subject: Subject) -> list[Span] | None:
    spans: list[Span] | None = None
    for part in node.parts:
        found = _spans(part, subject)
        if found is not None:
            spans = found if spans is None else spans + found
    return spans


class Hit(NamedTuple):
    """A stretch of words that matches; ``places`` are the words themselves, without what lies between."""

    first: int
    last: int
    places: tuple[Place, ...]


def _hits(node: Node, subject: Subject, part: _Part) -> list[Hit]:
    """Where a word, a phrase, a NEAR or a group of them stands in title or text."""
    if isinstance(node, Words):
        if (node.title and part is not subject.title) or not part.may_hold(node):
            return []
        return [Hit(first, last, ((first, last),)) for first, last in _places(node, part.zone)]
    if isinstance(node, Near):
        left, right = _hits(node.left, subject, part), _hits(node.right, subject, part)
        return _near(left, right, node.gap, ordered=node.ordered) if left and right else []
    assert isinstance(node, Or)
    hits: set[Hit] = set()
    for alternative in node.parts:
        hits.update(_hits(alternative, subject, part))
    return sorted(hits)


def _near(left: list[Hit], right: list[Hit], gap: int, *, ordered: bool) -> list[Hit]:
    """Each hit with its nearest partner before and after it."""
    pairs = _followed(left, right, gap)
    if not ordered:
        pairs |= _followed(right, left, gap)
    return sorted(pairs)


def _followed(earlier: list[Hit], later: list[Hit], gap: int) -> set[Hit]:
    """``earlier`` then ``later``: each of the one with the next of the other, each of the other with the last of the one."""
    by_first = sorted(later)
    firsts = [hit.first for hit in by_first]
    by_last = sorted(earlier, key=lambda hit: (hit.last, hit.first))
    lasts = [hit.last for hit in by_last]
    pairs: set[Hit] = set()
    for hit in earlier:
        at = bisect_left(firsts, hit.last + 1)
        if at < len(firsts) and firsts[at] - hit.last - 1 <= gap:
            pairs.add(_joined(hit, by_first[at]))
    for hit in later:
        at = bisect_left(lasts, hit.first) - 1
        if at >= 0 and hit.first - lasts[at] - 1 <= gap:
            pairs.add(_joined(by_last[at], hit))
    return pairs


def _joined(before: Hit, after: Hit) -> Hit:
    return Hit(before.first, max(before.last, after.last), before.places + after.places)


def _places(leaf: Words, zone: Zone) -> list[Place]:
    items = leaf.items
    if len(items) == 1:
        return sorted(_single(items[0], zone))
    joined = leaf.joined
    places = (
        {(t.position, t.position + t.width - 1) for t in zone.labels.get(joined, ())} if joined else set()
    )
    places.update(_window(leaf, zone) if leaf.slop else _phrase(items, zone))
    return sorted(places)


def _single(item: Item, zone: Zone) -> set[Place]:
    """Where one word stands, alone or as a whole tag or handle."""
    places: set[Place] = set()
    for form in _found_forms(item, zone):
        if not item.sign:
            places.update(
                (at, at)
                for at in zone.places.get(form, ())
                if (not item.exact or exact(zone.written(at)) == item.exact)
            )
        for token in zone.labels.get(form, ()):
            if _signed(item, token) and (not item.exact or exact(token.written) == item.exact):
                places.add((token.position, token.position + token.width - 1))
    return places


def _found_forms(item: Item, zone: Zone) -> Iterator[str]:
    if not item.wild:
        yield from item.forms()
        return
    pattern, prefix, vocabulary = glob(item.form), item.prefix, zone.vocabulary
    for at in range(bisect_left(vocabulary, prefix), len(vocabulary)):
        if not vocabulary[at].startswith(prefix):
            return
        if pattern.fullmatch(vocabulary[at]):
            yield vocabulary[at]


def _signed(item: Item, token: Token) -> bool:
    return not item.sign or item.sign == ("#" if token.kind == "tag" else "@")


def _positions(item: Item, zone: Zone) -> dict[int, int]:
    """First position to last, of one word of a phrase: a plain word or a part, or a tag or handle if it has the sign."""
    if item.sign:
        return dict(_single(item, zone))
    return {
        at: at
        for form in _found_forms(item, zone)
        for at in zone.places.get(form, ())
        if (not item.exact or exact(zone.written(at)) == item.exact)
    }


def _phrase(items: Sequence[Item], zone: Zone) -> Iterator[Place]:
    """The items one after another; extended from the left, so each step only keeps what still fits."""
    starts: dict[int, int] = {}
    known: dict[Item, dict[int, int]] = {}
    for index, item in enumerate(items):
        if item not in known:
            known[item] = _positions(item, zone)
        here = known[item]
        if index == 0:
            starts = {first: last + 1 for first, last in here.items()}
        else:
            starts = {start: here[after] + 1 for start, after in starts.items() if after in here}
        if not starts:
            return
    yield from ((start, after - 1) for start, after in starts.items())


def _window(leaf: Words, zone: Zone) -> Iterator[Place]:
    """The tightest stretches that hold every item, in any order, with at most ``slop`` other words."""
    needed: dict[Item, int] = {}
    for item in leaf.items:
        needed[item] = needed.get(item, 0) + 1
    events = sorted(
        (at, last, n) for n, item in enumerate(needed) for at, last in _positions(item, zone).items()
    )
    counts, wanted = [0] * len(needed), list(needed.values())
    missing, left = len(leaf.items), 0
    for _, last, number in events:
        counts[number] += 1
        missing -= counts[number] <= wanted[number]
        while not missing:
            first, _, leaving = events[left]
            if last - first + 1 - len(leaf.items) <= leaf.slop:
                yield first, last
            left += 1
            counts[leaving] -= 1
            missing += counts[leaving] < wanted[leaving]
