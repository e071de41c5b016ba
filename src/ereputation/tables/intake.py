"""What an import came to, in three lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ereputation import words
from ereputation.speech import _, n_
from ereputation.tables.consoles import put_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from rich.console import Console


class Import(Protocol):
    """What an import came to."""

    @property
    def source(self) -> str:
        """The name its documents are stored under."""

    @property
    def dialect(self) -> str:
        """Whose columns they were."""

    @property
    def rows(self) -> int:
        """Of data, good and bad."""

    @property
    def imported(self) -> int:
        """Rows that are stored now."""

    @property
    def new(self) -> int:
        """Documents that were not known."""

    @property
    def mentions(self) -> int:
        """New mentions of the brands."""

    @property
    def corrected(self) -> int:
        """Mentions whose tone was taken from the file."""

    @property
    def bad(self) -> int:
        """Rows that could not be used."""

    @property
    def since(self) -> datetime | None:
        """The first date; None when nothing was imported."""

    @property
    def until(self) -> datetime | None:
        """The last date."""


def import_lines(result: Import, zone: tzinfo) -> Iterator[str]:
    """Rows, documents and mentions; the stretch they speak for; what could not be used."""
    known = result.imported - result.new
    parts = [
        words.amount(result.rows, "row", "rows"),
        words.amount(result.new, "new document", "new documents"),
        *([_("{count} known already").format(count=words.count(known))] if known else []),
        words.amount(result.mentions, "new mention", "new mentions"),
        *(
            [_("{count} with the file's sentiment").format(count=words.count(result.corrected))]
            if result.corrected
            else []
        ),
    ]
    yield words.labelled(f"{words.shown(result.source, 80)} ({result.dialect})", ", ".join(parts))
    if result.since and result.until:
        yield "  " + _("{since} to {until}; history never alerts, `ereputation backtest` replays it").format(
            since=words.stamp(result.since, zone), until=words.stamp(result.until, zone)
        )
    if result.bad:
        yield "  " + n_("{count} row could not be used", "{count} rows could not be used", result.bad).format(
            count=words.count(result.bad)
        )


def print_import(console: Console, result: Import, *, zone: tzinfo) -> None:
    """Print what an import came to; the same on a terminal and elsewhere."""
    put_lines(console, import_lines(result, zone))
