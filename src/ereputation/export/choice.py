"""What ``export`` writes, in the form asked for."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from ereputation.export.jsontext import array, lines
from ereputation.export.mentions import mention_lines, mention_record
from ereputation.export.records import alert_record, bucket_record
from ereputation.export.rows import alert_lines
from ereputation.export.sheet import PLAIN, Dialect, csv_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

BUCKET_COLUMNS = ("brand", "start", "stories", "copies", "negative", "owned", "exposure")
"""In this order for good; new columns go last."""
_STORY_KEYS = (
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


def chunks(
    rows: Iterable[Any], what: str, *, form: str, dialect: Dialect = PLAIN, zone: tzinfo = UTC
) -> Iterator[str]:
    """The text of an export, piece by piece. ``what``: mentions, stories, alerts, buckets; ``form``: csv, json, ndjson."""
    if form == "csv":
        if what == "mentions":
            return mention_lines(rows, dialect, zone)
        if what == "alerts":
            return alert_lines(rows, dialect, zone)
    records = _records(rows, what, zone)
    if form == "csv":
        return csv_lines(records, _STORY_KEYS if what == "stories" else BUCKET_COLUMNS, dialect, zone)
    return lines(records) if form == "ndjson" else array(records, schema=f"export-{what}", key=what)


def _records(rows: Iterable[Any], what: str, zone: tzinfo) -> Iterator[dict[str, Any]]:
    if what == "alerts":
        return (alert_record(alert, zone) for alert in rows)
    if what == "buckets":
        return (bucket_record(bucket, zone) for bucket in rows)
    records = (mention_record(mention, zone) for mention in rows)
    if what == "stories":
        return ({key: record[key] for key in _STORY_KEYS} for record in records)
    return records
