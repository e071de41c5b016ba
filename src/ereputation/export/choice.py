"""What ``export`` writes as text, in the form asked for."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from ereputation.export.jsontext import array, lines
from ereputation.export.mentions import mention_record
from ereputation.export.records import alert_record, bucket_record
from ereputation.export.sheet import PLAIN, Dialect, csv_lines
from ereputation.export.tabular import STORY_COLUMNS, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

    from ereputation.export.tabular import What
    from ereputation.model import Mention


def chunks(
    rows: Iterable[Any], what: What, *, form: str, dialect: Dialect = PLAIN, zone: tzinfo = UTC
) -> Iterator[str]:
    """The text of an export, piece by piece. ``form``: csv, json or ndjson."""
    if form == "csv":
        shape = table(what, dialect, zone)
        return csv_lines(shape.rows(rows), shape.columns, dialect, zone)
    records = _records(rows, what, zone)
    return lines(records) if form == "ndjson" else array(records, schema=f"export-{what}", key=what)


def mention_lines(mentions: Iterable[Mention], form: Dialect = PLAIN, zone: tzinfo = UTC) -> Iterator[str]:
    """Mentions as CSV, one row each."""
    return chunks(mentions, "mentions", form="csv", dialect=form, zone=zone)


def _records(rows: Iterable[Any], what: What, zone: tzinfo) -> Iterator[dict[str, Any]]:
    if what == "alerts":
        return (alert_record(alert, zone) for alert in rows)
    if what == "buckets":
        return (bucket_record(bucket, zone) for bucket in rows)
    records = (mention_record(mention, zone) for mention in rows)
    if what == "stories":
        return ({key: record[key] for key in STORY_COLUMNS} for record in records)
    return records
