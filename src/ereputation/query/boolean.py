"""Queries: read them, put them together, find them in one document."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from ereputation.errors import QueryError
from ereputation.query import matching
from ereputation.query.lexer import FIELDS, OPERATORS, Symbol
from ereputation.query.nodes import Node, Not, conjunction, disjunction, outline
from ereputation.query.syntax import Caution, Parser, words
from ereputation.query.words import tokens
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ereputation.model import Document, Span

_SYNTAX = re.compile(
    r"[\"“”„«»#@{}*?]|(?<!\S)-(?=\S)|<<<"
    rf"|\b(?:{'|'.join(OPERATORS)}|O?NEAR(?:/\d+f?)?)\b"
    rf"|^\s*(?i:{'|'.join(FIELDS)}):"
)


@dataclass(frozen=True, slots=True)
class Query:
    """A boolean query. Equal queries have equal trees; ``str`` prints one that reads back as the same tree."""

    root: Node
    warnings: tuple[Caution, ...] = field(default=(), compare=False)

    def find(
        self, document: Document, *, brands: Collection[str] = (), status: str = ""
    ) -> tuple[Span, ...] | None:
        """Where it matches, in ``document.content``: sorted, not overlapping; None when it does not match.

        A query of fields only (``site:lemonde.fr``) matches without spans. ``brands`` and ``status`` are what
        ``brand:`` and ``status:`` compare.
        """
        return matching.find(self.root, matching.Subject(document, brands, status))

    def tree(self) -> list[str]:
        """How it was understood, one line a term, indented."""
        return outline(self.root)

    def __str__(self) -> str:
        return str(self.root)


def parse(text: str, *, now: datetime | None = None, timezone: tzinfo | None = None) -> Query:
    """Read a query; QueryError says where it is wrong.

    ``now`` is what ``since:2d`` counts from (without it, relative dates are an error); ``timezone`` (default UTC)
    is where dates begin at midnight.
    """
    parser = Parser(text, now, timezone or UTC)
    root = parser.parse()
    return Query(root, tuple(parser.warnings))


def keyword(text: str, *, now: datetime | None = None, timezone: tzinfo | None = None) -> Query:
    """One entry of ``keywords:``. Plain words are a phrase, one word is that word; with any syntax it is a query."""
    if _SYNTAX.search(text):
        return parse(text, now=now, timezone=timezone)
    found = list(tokens(text))
    if not found:
        raise QueryError(
            _("nothing to search for in {text!r}").format(text=text), hint=_("write at least one word")
        )
    if len(found) > 1:
        return Query(words(text, Symbol("phrase", 0, f'"{text.strip()}"', text)))
    written = text[found[0].start : found[0].end]
    return Query(words(text, Symbol("word", found[0].start, written, written)))


def combine(keywords: Sequence[Query], query: Query | None = None, exclude: Query | None = None) -> Query:
    """What finds a brand: any keyword or the query, and not what is excluded."""
    wanted = [*keywords, query] if query else [*keywords]
    if not wanted:
        raise QueryError(_("nothing to search for"), hint=_("a brand needs keywords or a query"))
    root = disjunction([each.root for each in wanted])
    if exclude:
        root = conjunction([root, Not(exclude.root)])
    warnings = [warning for each in (*wanted, exclude) if each for warning in each.warnings]
    return Query(root, tuple(warnings))
