"""Alerts and search results as rows: what is nested in JSON becomes columns of its own."""

from __future__ import annotations

from datetime import UTC
from typing import IO, TYPE_CHECKING, Any

from ereputation.export.files import write
from ereputation.export.records import SNIPPET, Record, alert_record, when
from ereputation.export.sheet import PLAIN, Dialect, csv_lines
from ereputation.export.workbook import Sheet
from ereputation.text import one_line, snippet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import tzinfo

    from ereputation.model import Alert, Document, Mention, Span

ALERT_COLUMNS = (
    "id",
    "brand",
    "kind",
    "severity",
    "reason",
    "started",
    "peaked",
    "ended",
    "observed",
    "expected",
    "low",
    "high",
    "window",
    "p_value",
    "stories",
    "copies",
    "negative_share",
    "usual_share",
    "coverage",
    "off_hours",
    "last_owned",
    "waiting_count",
    "waiting_oldest",
    "rising_terms",
    "categories",
    "example_titles",
    "example_urls",
    "advice",
    "at",
    "handling",
    "handled_by",
    "handled_at",
    "snoozed_until",
    "handling_note",
)
DOCUMENT_COLUMNS = (
    "document_id",
    "published",
    "first_seen",
    "source",
    "kind",
    "domain",
    "url",
    "title",
    "snippet",
    "author_name",
    "author_handle",
    "lang",
    "sentiment",
    "score",
    "matched",
    "brands",
    "status",
)


def alert_row(alert: Alert, zone: tzinfo = UTC) -> Record:
    """An alert as cells: moments as such, everything else as text, numbers and lists."""
    record = alert_record(alert, zone)
    waiting, decided = alert.waiting, alert.handling
    return record | {
        "started": alert.started,
        "peaked": alert.peaked,
        "ended": alert.ended,
        "last_owned": alert.last_owned,
        "waiting_count": waiting and waiting.count,
        "waiting_oldest": waiting and waiting.oldest,
        "categories": [name for name, _share in alert.categories],
        "example_titles": [one_line(e.title) for e in alert.examples],
        "example_urls": [e.url for e in alert.examples],
        "at": alert.at,
        "handling": decided and decided.action,
        "handled_by": decided and decided.by,
        "handled_at": decided and decided.at,
        "snoozed_until": decided and decided.until,
        "handling_note": decided and decided.note,
    }


def alert_lines(alerts: Iterable[Alert], form: Dialect = PLAIN, zone: tzinfo = UTC) -> Iterator[str]:
    """Alerts as CSV, one row each."""
    return csv_lines((alert_row(alert, zone) for alert in alerts), ALERT_COLUMNS, form, zone)


def _document_row(
    document: Document, mentions: Sequence[Mention], spans: Sequence[Span], zone: tzinfo
) -> Record:
    around = spans[0][0] if spans else 0
    return {
        "document_id": document.id,
        "published": when(document.published, zone),
        "first_seen": when(document.first_seen, zone),
        "source": document.source,
        "kind": document.kind,
        "domain": document.site,
        "url": document.url,
        "title": one_line(document.title),
        "snippet": snippet(document.text, SNIPPET, max(0, around - len(document.title) - 1)),
        "author_name": one_line(document.author_name),
        "author_handle": one_line(document.author_handle).lstrip("@＠ "),
        "lang": document.lang,
        "sentiment": document.label,
        "score": round(float(document.score), 4),
        "matched": list(dict.fromkeys(one_line(document.content[start:end]) for start, end in spans)),
        "brands": [mention.match.brand for mention in mentions],
        "status": [mention.status for mention in mentions],
    }


def document_lines(
    hits: Iterable[tuple[Document, Sequence[Mention], Sequence[Span]]],
    form: Dialect = PLAIN,
    zone: tzinfo = UTC,
) -> Iterator[str]:
    """Search results as CSV, one row per document."""
    return csv_lines((_document_row(*hit, zone) for hit in hits), DOCUMENT_COLUMNS, form, zone)


def document_sheet(
    hits: Iterable[tuple[Document, Sequence[Mention], Sequence[Span]]], zone: tzinfo = UTC
) -> Sheet:
    """Search results as a sheet of a workbook, one row per document."""

    def moments(hit: tuple[Document, Sequence[Mention], Sequence[Span]]) -> Record:
        document = hit[0]
        return _document_row(*hit, zone) | {
            "published": document.published,
            "first_seen": document.first_seen,
        }

    return Sheet("documents", DOCUMENT_COLUMNS, map(moments, hits))


def write_alerts_csv(stream: IO[Any], alerts: Iterable[Alert], *, zone: tzinfo = UTC) -> None:
    """Write alerts to ``stream`` as RFC 4180."""
    write(alert_lines(alerts, zone=zone), stream)


def write_documents_csv(
    stream: IO[Any], hits: Iterable[tuple[Document, Sequence[Mention], Sequence[Span]]], *, zone: tzinfo = UTC
) -> None:
    """Write search results to ``stream`` as RFC 4180."""
    write(document_lines(hits, zone=zone), stream)
