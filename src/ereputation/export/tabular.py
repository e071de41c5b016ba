"""What is exported as rows and columns: the columns are a contract, in their order; new ones go last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ereputation.errors import UsageError
from ereputation.export.mentions import COLUMNS, DIALECTS, mention_row
from ereputation.export.records import Record, bucket_record, local
from ereputation.export.rows import ALERT_COLUMNS, alert_row
from ereputation.export.sheet import PLAIN, Dialect
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import tzinfo

    from ereputation.model import Bucket, Mention

What: TypeAlias = Literal["mentions", "stories", "alerts", "buckets"]
BUCKET_COLUMNS = ("brand", "start", "stories", "copies", "negative", "owned", "exposure")
STORY_COLUMNS = (
    "story_id",
    "copies",
    "brand",
    "published",
    "source",
    "domain",
    "url",
    "title",
    "snippet",
    "sentiment",
    "score",
)
"""Of a mention, what says something of its story."""


@dataclass(frozen=True, slots=True)
class Table:
    """How values of one kind become rows: text and lists, numbers, booleans, aware moments, None for an empty cell."""

    columns: tuple[str, ...]
    row: Callable[[Any], Record]

    def rows(self, values: Iterable[Any]) -> Iterator[Record]:
        """One row for each value, as they come."""
        return map(self.row, values)


def table(what: What, form: Dialect = PLAIN, zone: tzinfo = UTC, *, moments: bool = False) -> Table:
    """The table of ``what`` in a dialect. ``moments``: a dialect's dates are moments, not text.

    Raises UsageError for a dialect that has no such table.
    """
    names = DIALECTS.get(form.name)
    if names is not None:
        if what != "mentions":
            raise UsageError(
                _("--dialect {name} has columns for mentions only; for {what}, take none or excel-fr").format(
                    name=form.name, what=what
                )
            )
        ours = {header: "published" if moments and name == "when" else name for header, name in names.items()}

        def renamed(mention: Mention) -> Record:
            row = mention_row(mention, zone)
            return {header: row[name] for header, name in ours.items()}

        return Table(tuple(names), renamed)
    columns, make, moment = _TABLES[what]
    if not form.local_times:
        return Table(columns, lambda value: make(value, zone))

    def dated(value: Any) -> Record:
        row = make(value, zone)
        then = local(row[moment], zone)
        return row | {"date": f"{then:%Y-%m-%d}", "time": f"{then:%H:%M}"}

    return Table((*columns, "date", "time"), dated)


def _bucket_row(bucket: Bucket, zone: tzinfo) -> Record:
    return bucket_record(bucket, zone) | {"start": bucket.start}


_TABLES: dict[What, tuple[tuple[str, ...], Callable[[Any, tzinfo], Record], str]] = {
    "mentions": (COLUMNS, mention_row, "published"),
    "stories": (STORY_COLUMNS, mention_row, "published"),
    "alerts": (ALERT_COLUMNS, alert_row, "started"),
    "buckets": (BUCKET_COLUMNS, _bucket_row, "start"),
}
"""Columns, how a row is made, and the moment its local date is taken from."""
