"""The tree of a query. Two queries that mean the same letter by letter have equal trees."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - dataclass fields are read at run time
from typing import TypeAlias

from ereputation.query.words import OPAQUE, SYMBOLS
from ereputation.speech import _


@dataclass(frozen=True, slots=True)
class Item:
    """One word to look for."""

    form: str
    """Folded; with ``*`` and ``?`` when ``wild``."""
    sign: str = ""
    """``#`` or ``@`` when only a tag or handle will do."""
    exact: str = ""
    """Case and accents as they must be written; empty when they do not matter."""
    wild: bool = False
    plural: bool = False

    @property
    def prefix(self) -> str:
        """What every word it finds begins with."""
        return re.split(r"[*?]", self.form, maxsplit=1)[0] if self.wild else self.form

    def forms(self) -> tuple[str, ...]:
        """Everything it may fold to; a wildcard stands for itself."""
        return plurals(self.form) if self.plural else (self.form,)


def plurals(word: str) -> tuple[str, ...]:
    """The word with its plurals or singulars: ±s, ±x, -al/-aux."""
    found = [word, f"{word}s", f"{word}x"]
    if len(word) > 3 and word[-1] in "sx":
        found.append(word[:-1])
    if len(word) > 2 and word.endswith("al"):
        found.append(f"{word[:-2]}aux")
    if len(word) > 3 and word.endswith("aux"):
        found.append(f"{word[:-3]}al")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Words:
    """A word, a phrase, or words near each other (``slop`` > 0: at most that many others between them)."""

    items: tuple[Item, ...]
    slop: int = 0
    title: bool = False
    """Only in the title."""
    text: str = field(default="", compare=False)
    """As the user wrote it; reads back as the same words."""

    @property
    def joined(self) -> str:
        """The form of the tag or handle a phrase may be written as; empty when there is none."""
        parts = [item for item in self.items if item.form not in SYMBOLS]
        plain = not any(item.sign or item.exact or item.wild or item.form[0] == OPAQUE for item in parts)
        return "".join(item.form for item in parts) if plain and len(parts) > 1 else ""

    def __str__(self) -> str:
        return f"title:{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Near:
    """Both, with at most ``gap`` words in between; ``ordered``: left comes first."""

    left: Node
    right: Node
    gap: int = 4
    ordered: bool = False

    def __str__(self) -> str:
        right = f"({self.right})" if isinstance(self.right, (Near, Or)) else str(self.right)
        left = f"({self.left})" if isinstance(self.left, Or) else str(self.left)
        return f"{left} {'ONEAR' if self.ordered else 'NEAR'}/{self.gap} {right}"


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(map(_grouped, self.parts))


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """Not this."""

    part: Node

    def __str__(self) -> str:
        return f"-({self.part})" if isinstance(self.part, (And, Or, Near)) else f"-{self.part}"


@dataclass(frozen=True, slots=True)
class Field:
    """Something known of a document beside its words. ``value`` is folded; it may hold wildcards."""

    name: str
    value: str

    def __str__(self) -> str:
        bare = re.fullmatch(r"[\w@#/.][\w@#/.:*?-]*", self.value)
        return f"{self.name}:{self.value}" if bare else f'{self.name}:"{self.value}"'


@dataclass(frozen=True, slots=True)
class Period:
    """Published from ``since`` on (None: ever) and before ``before`` (None: until now)."""

    since: datetime | None
    before: datetime | None

    def __str__(self) -> str:
        if self.before is None:
            return f"since:{self.since.isoformat()}" if self.since else "date:.."
        if self.since is None:
            return f"before:{self.before.isoformat()}"
        return f"date:{self.since.isoformat()}..{self.before.isoformat()}"


def _grouped(node: Node) -> str:
    return f"({node})" if isinstance(node, (And, Or)) else str(node)


Node: TypeAlias = Words | Near | And | Or | Not | Field | Period


def conjunction(parts: list[Node]) -> Node:
    """All of ``parts``; one part alone is itself."""
    unique = tuple(dict.fromkeys(parts))
    return unique[0] if len(unique) == 1 else And(unique)


def disjunction(parts: list[Node]) -> Node:
    """Any of ``parts``; one part alone is itself."""
    unique = tuple(dict.fromkeys(parts))
    return unique[0] if len(unique) == 1 else Or(unique)


def negation(part: Node) -> Node:
    """The contrary; twice is none."""
    return part.part if isinstance(part, Not) else Not(part)


def branch_depth(node: Node) -> int:
    """How deep the tree is."""
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        current, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting.extend((child, depth + 1) for child in children(current))
    return deepest


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node; a leaf has none."""
    if isinstance(node, (And, Or)):
        return node.parts
    if isinstance(node, Near):
        return (node.left, node.right)
    return (node.part,) if isinstance(node, Not) else ()


def is_negative(node: Node) -> bool:
    """Whether it could be true of a document that holds none of its words."""
    if isinstance(node, Not):
        return True
    if isinstance(node, Or):
        return any(map(is_negative, node.parts))
    return isinstance(node, And) and all(map(is_negative, node.parts))


def outline(node: Node, depth: int = 0) -> list[str]:
    """One line a node, indented, for people."""
    indent = "  " * depth
    if isinstance(node, (And, Or)):
        head = _("all of") if isinstance(node, And) else _("any of")
    elif isinstance(node, Near):
        head = (
            _("near each other (in this order, at most {gap} words in between)")
            if node.ordered
            else _("near each other (at most {gap} words in between)")
        ).format(gap=node.gap)
    elif isinstance(node, Not):
        head = _("not")
    else:
        return [f"{indent}{node}"]
    return [f"{indent}{head}", *(line for child in children(node) for line in outline(child, depth + 1))]
