"""Where a query is wrong: line, column, and the two lines that show it."""

from __future__ import annotations

import unicodedata

from ereputation.errors import QueryError

_WIDTH = 100


def fault(text: str, position: int, message: str, hint: str = "") -> QueryError:
    """An error that points at ``position`` (a character offset) of the query ``text``."""
    line, column = where(text, position)
    return QueryError(message, line=line, column=column, hint=hint, caret=caret(text, position))


def where(text: str, position: int) -> tuple[int, int]:
    """Line and column, both from 1."""
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def caret(text: str, position: int) -> str:
    """The line that holds ``position`` and, under it, a ``^`` at the place; long lines are cut to a window.

    Nothing for an empty query: there is no place to show.
    """
    if not text.strip():
        return ""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    line, column = text[start : len(text) if end < 0 else end], position - start
    if len(line) > _WIDTH:
        first = max(0, min(column - _WIDTH // 2, len(line) - _WIDTH))
        line, column = line[first : first + _WIDTH], column - first
        if first:
            line, column = f"…{line}", column + 1
    shown = "".join(char if char == "\t" or char.isprintable() else " " for char in line)
    return f"{shown}\n{''.join(map(_blank, shown[:column]))}^"


def _blank(char: str) -> str:
    """White space as wide as ``char`` on a terminal."""
    if char == "\t":
        return "\t"
    if unicodedata.combining(char):
        return ""
    return "  " if unicodedata.east_asian_width(char) in "WF" else " "
