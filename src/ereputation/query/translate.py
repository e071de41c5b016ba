"""Queries written for Brandwatch, Meltwater or Talkwalker, in our own syntax.

The languages share AND, OR, NOT, NEAR/N, phrases with ``~N`` and wildcards. What has no equivalent (places, page types,
engagement, boosts, fuzzy words, leading wildcards) is left out and named; the rest stays a valid query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from ereputation.errors import QueryError, UsageError
from ereputation.query.boolean import parse
from ereputation.query.lexer import QUOTES
from ereputation.query.nodes import (
    And,
    Field,
    Near,
    Node,
    Not,
    Or,
    Words,
    children,
    conjunction,
    disjunction,
    is_negative,
    negation,
)
from ereputation.query.syntax import MAX_LENGTH
from ereputation.speech import _
from ereputation.words import count as number

Dialect: TypeAlias = Literal["brandwatch", "meltwater", "talkwalker"]

_HOLE = "ereputationleftout"
"""Stands for what was left out, until the tree is there to be pruned."""
_SHARED = {name: name for name in ("title", "author", "site", "url", "sentiment")}
_FIELDS: dict[str, dict[str, str]] = {
    "brandwatch": {**_SHARED, "language": "lang", "hashtags": "#", "at_mentions": "@"},
    "meltwater": {**_SHARED, "source": "source", "language": "lang", "hashtag": "#"},
    "talkwalker": {**_SHARED, "lang": "lang", "domainurl": "site", "hashtag": "#", "mention": "@"},
}
_SYMBOL = re.compile(
    r"(?P<blank>\s+|<<<(?s:.*?)>>>)"
    r'|(?P<phrase>"[^"]*"(?:~\d{1,9})?)(?P<boost>\^[\d.]+)?'
    r"|(?P<exact>\{[^{}]*\})"
    r"|(?P<open>\()"
    r"|(?P<close>\))(?:~(?P<within>\d{1,9}))?(?P<raised>\^[\d.]+)?"
    r"|(?P<minus>-(?=[^\s)]))"
    r'|(?P<field>[A-Za-z_]{2,}):(?!//)(?P<value>"[^"]*"|\[[^\]]*\]|[^\s()"{}]+|(?=\())'
    r'|(?P<word>[^\s()"{}]+)'
    r'|(?P<stray>["{}])'
)
_SUFFIX = re.compile(r"(?<=[\w*])(\^[\d.]+|~\d*)$")
_OPERATOR = re.compile(r"AND|OR|NOT|O?NEAR(?:/\d+[fF]?)?")


@dataclass(frozen=True, slots=True)
class Translation:
    """A query in our syntax, and what of the original it lost."""

    query: str
    """Empty when nothing was left to search for."""
    dropped: tuple[str, ...] = ()


@dataclass(slots=True)
class _Writer:
    """Rewrites symbol by symbol; a hole is left where something has no equivalent."""

    dialect: Dialect
    out: list[str] = field(default_factory=list)
    dropped: dict[str, None] = field(default_factory=dict)
    opened: list[int] = field(default_factory=list)

    def drop(self, written: str, *, hole: bool = True) -> None:
        self.dropped[written] = None
        if hole:
            self.out.append(_HOLE)

    def word(self, written: str) -> None:
        upper = written.upper() if self.dialect == "meltwater" else written
        if _OPERATOR.fullmatch(upper):
            self.out.append(upper)
            return
        if written == "SENTENCE":
            self.drop(written, hole=False)
            self.out.append("NEAR/20")
            return
        if suffix := _SUFFIX.search(written):
            self.drop(suffix[0], hole=False)
            written = written[: suffix.start()]
        try:
            parse(written)
        except QueryError:
            self.drop(written)
        else:
            self.out.append(written)

    def field(self, match: re.Match[str]) -> None:
        name = _FIELDS[self.dialect].get(match["field"].lower(), "")
        value = match["value"]
        if not name:
            self.drop(match[0])
        elif name in {"#", "@"}:
            self.word(name + value.strip('"').lstrip(name))
        elif not value:
            self.out.append(f"{name}:")
        else:
            try:
                parse(f"{name}:{value}")
            except QueryError:
                self.drop(match[0])
            else:
                self.out.append(f"{name}:{value}")

    def close(self, match: re.Match[str]) -> None:
        self.out.append(")")
        first = self.opened.pop() if self.opened else None
        if match["raised"]:
            self.drop(match["raised"], hole=False)
        if match["within"] and (first is None or not self._spread(first, match["within"])):
            self.drop(f"(...)~{match['within']}", hole=False)

    def _spread(self, first: int, gap: str) -> bool:
        """Turn ``(a AND b)~5`` into ``(a NEAR/5 b)``; False when the group is not that simple."""
        inside = [word for word in self.out[first + 1 : -1] if word != "AND"]
        if any(word in {"(", ")", "-"} or _OPERATOR.fullmatch(word) for word in inside):
            return False
        near = [word for each in inside for word in (f"NEAR/{gap}", each)]
        self.out[first + 1 : -1] = near[1:]
        return True

    def read(self, text: str) -> None:
        position = 0
        while position < len(text):
            match = _SYMBOL.match(text, position)
            assert match is not None
            position = match.end()
            if match["open"]:
                self.opened.append(len(self.out))
                self.out.append("(")
            elif match["close"]:
                self.close(match)
            elif match["field"]:
                position = self._field_or_group(text, match)
            elif match["phrase"]:
                self.phrase(match)
            elif match["word"]:
                self.word(match["word"])
            elif not match["blank"]:
                self.out.append(match[0])

    def _field_or_group(self, text: str, match: re.Match[str]) -> int:
        name = _FIELDS[self.dialect].get(match["field"].lower(), "")
        if match["value"] or name not in {"", "#", "@"}:
            self.field(match)
            return match.end()
        end = _group_end(text, match.end())
        self.drop(text[match.start() : end])
        return end

    def phrase(self, match: re.Match[str]) -> None:
        if match["boost"]:
            self.drop(match["boost"], hole=False)
        try:
            parse(match["phrase"])
        except QueryError:
            self.drop(match["phrase"])
        else:
            self.out.append(match["phrase"])


def _group_end(text: str, start: int) -> int:
    """Just after the parenthesis that closes the one at ``start``, or the end of the text."""
    depth = 0
    for match in re.compile(r'"[^"]*"|[()]').finditer(text, start):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
    return len(text)


def translate(text: str, dialect: Dialect) -> Translation:
    """``text`` in our syntax; QueryError when its brackets, quotes or operators cannot be understood.

    The place such an error names is in the rewritten text it shows, not in the original.
    """
    if dialect not in get_args(Dialect):
        raise UsageError(
            _("no such dialect: {dialect}; known: {dialects}").format(
                dialect=dialect, dialects=", ".join(get_args(Dialect))
            )
        )
    if len(text) > MAX_LENGTH:
        raise QueryError(
            _("the query is longer than {limit} characters").format(limit=number(MAX_LENGTH)),
            hint=_("split it into several"),
        )
    writer = _Writer(dialect)
    writer.read(text.translate(QUOTES))
    rewritten = re.sub(r"(?<=[(:-]) | (?=\))", "", " ".join(writer.out))
    try:
        root = _prune(parse(rewritten).root)
    except QueryError:
        if not writer.dropped or set(writer.out) - {"(", ")", "-", "NOT", "AND", "OR", _HOLE}:
            raise
        root = None
    kept = "" if root is None or is_negative(root) else str(root)
    return Translation(kept, tuple(writer.dropped))


def _prune(node: Node) -> Node | None:
    """The tree without its holes; None when nothing is left."""
    if isinstance(node, Not):
        part = _prune(node.part)
        return None if part is None else negation(part)
    if isinstance(node, (And, Or, Near)):
        parts = [kept for part in children(node) if (kept := _prune(part))]
        if len(parts) < 2:
            return parts[0] if parts else None
        if isinstance(node, Near):
            return Near(parts[0], parts[1], node.gap, node.ordered)
        return conjunction(parts) if isinstance(node, And) else disjunction(parts)
    hole = (isinstance(node, Words) and node.text == _HOLE) or (
        isinstance(node, Field) and node.value == _HOLE
    )
    return None if hole else node
