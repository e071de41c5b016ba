"""Values of the model as dictionaries ready for JSON: the keys are a contract, in their order; new ones go last."""

from __future__ import annotations

import math
from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from ereputation.model import (
        Alert,
        Bucket,
        Delivery,
        Document,
        Handling,
        Marking,
        Match,
        Mention,
        Outcome,
        Sentiment,
        Span,
    )

Record = dict[str, Any]
SNIPPET = 240
"""Characters of a snippet in exports."""


def local(moment: datetime, zone: tzinfo) -> datetime:
    """The same instant in ``zone``; the first and last day of the calendar stay as they are."""
    try:
        return moment.astimezone(zone)
    except (OverflowError, ValueError):
        return moment


def when(moment: datetime | None, zone: tzinfo = UTC) -> str | None:
    """ISO 8601 with its offset in ``zone``; None stays None."""
    return None if moment is None else local(moment, zone).isoformat(timespec="seconds")


def number(value: float) -> float | None:
    """A finite number to four places; None for NaN and infinities, which JSON does not have."""
    return round(float(value), 4) if math.isfinite(value) else None


def _count(value: float) -> float | int | None:
    """As ``number``, without a point when it is whole: counts are floats only where they were corrected."""
    return int(value) if math.isfinite(value) and float(value).is_integer() else number(value)


def _probability(value: float) -> float | None:
    """Four significant digits: rounding to places would make every small p-value 0."""
    return float(f"{value:.4g}") if math.isfinite(value) else None


def alert_record(alert: Alert, zone: tzinfo = UTC) -> Record:
    """ALERT of the output contract; ``low`` and what follows it were added to it."""
    waiting = alert.waiting
    return {
        "id": alert.id,
        "brand": alert.brand,
        "kind": alert.kind,
        "severity": alert.severity,
        "reason": alert.reason,
        "started": when(alert.started, zone),
        "peaked": when(alert.peaked, zone),
        "ended": when(alert.ended, zone),
        "observed": _count(alert.observed),
        "expected": _count(alert.expected),
        "p_value": _probability(alert.p_value),
        "stories": alert.stories,
        "copies": alert.copies,
        "negative_share": number(alert.negative_share),
        "coverage": number(alert.coverage),
        "off_hours": alert.off_hours,
        "last_owned": when(alert.last_owned, zone),
        "waiting": {"count": waiting.count, "oldest": when(waiting.oldest, zone)} if waiting else None,
        "rising_terms": list(alert.rising_terms),
        "examples": [
            {"title": e.title, "url": e.url, "source": e.source, "published": when(e.published, zone)}
            for e in alert.examples
        ],
        "advice": alert.advice,
        "low": _count(alert.low),
        "high": _count(alert.high),
        "window": _count(alert.window),
        "usual_share": number(alert.usual_share),
        "categories": [{"name": name, "share": number(share)} for name, share in alert.categories],
        "at": when(alert.at, zone),
        "top_story": {"copies": alert.top_story_copies, "outlets": alert.top_story_outlets}
        if alert.top_story_copies
        else None,
        "handling": handling_record(alert.handling, zone) if alert.handling else None,
    }


def handling_record(handling: Handling, zone: tzinfo = UTC) -> Record:
    """What a person decided about an episode."""
    return {
        "action": handling.action,
        "at": when(handling.at, zone),
        "by": handling.by,
        "note": handling.note,
        "until": when(handling.until, zone),
    }


def marking_record(marking: Marking, zone: tzinfo = UTC) -> Record:
    """How a mention stood before a person changed it."""
    return {
        "changed": when(marking.at, zone),
        "status": marking.status,
        "note": marking.note,
        "by": marking.by,
        "sentiment": marking.corrected or None,
    }


def sentiment_record(sentiment: Sentiment) -> Record:
    """Label and score with the words that decided; ``rule`` and ``category`` only where there is one."""
    words = []
    for word in sentiment.words:
        record: Record = {
            "text": word.text,
            "start": word.start,
            "end": word.end,
            "weight": number(word.weight),
        }
        if word.rule:
            record["rule"] = word.rule
        if word.category:
            record["category"] = word.category
        words.append(record)
    return {"label": sentiment.label, "score": number(sentiment.score), "words": words}


def match_record(match: Match) -> Record:
    """Where a brand was found and in what tone; ``brand`` is None when a bare query was asked."""
    return {
        "brand": match.brand or None,
        "spans": [list(span) for span in match.spans],
        "sentiment": sentiment_record(match.sentiment),
    }


def explain_record(lang: str, sentiment: Sentiment, matches: Iterable[Match]) -> Record:
    """One line of ``explain --format ndjson``."""
    return {
        "lang": lang,
        "sentiment": sentiment_record(sentiment),
        "matches": [match_record(m) for m in matches],
    }


def document_record(
    document: Document, mentions: Sequence[Mention] = (), spans: Sequence[Span] = (), zone: tzinfo = UTC
) -> Record:
    """A stored document with the mentions in it; ``spans`` are where the search found it, in title + newline + text."""
    return {
        "id": document.id,
        "published": when(document.published, zone),
        "date_confidence": document.date_confidence,
        "first_seen": when(document.first_seen, zone),
        "source": document.source,
        "kind": document.kind,
        "type": document.type,
        "domain": document.site,
        "url": document.url,
        "title": document.title,
        "text": document.text,
        "author_name": document.author_name,
        "author_handle": document.author_handle,
        "lang": document.lang,
        "sentiment": document.label or None,
        "score": number(document.score),
        "tags": list(document.tags),
        "engagement": dict(document.engagement),
        "reply_to": document.reply_to,
        "spans": [list(span) for span in spans],
        "mentions": [
            {
                "mention_id": mention.id,
                "story_id": mention.story,
                "copies": mention.copies,
                **match_record(mention.match),
                "media": mention.match.media,
                "status": mention.status,
                "note": mention.note,
            }
            for mention in mentions
        ],
    }


def bucket_record(bucket: Bucket, zone: tzinfo = UTC) -> Record:
    """Counts of one brand over one stretch of time."""
    return {
        "brand": bucket.brand,
        "start": when(bucket.start, zone),
        "stories": bucket.stories,
        "copies": bucket.copies,
        "negative": bucket.negative,
        "owned": bucket.owned,
        "exposure": number(bucket.exposure),
    }


def _outcome_record(outcome: Outcome, zone: tzinfo) -> Record:
    record: Record = {
        "source": outcome.source,
        "kind": outcome.kind,
        "status": outcome.status,
        "documents": outcome.documents,
        "new": outcome.new,
        "error": outcome.error,
    }
    if outcome.warning:
        record["warning"] = outcome.warning
    if outcome.retry_at:
        record["retry_at"] = when(outcome.retry_at, zone)
    return record


def delivery_record(delivery: Delivery, zone: tzinfo = UTC) -> Record:
    """How a channel fared that had something to tell."""
    record: Record = {
        "channel": delivery.channel,
        "status": delivery.status,
        "alerts": list(delivery.alerts),
        "error": delivery.error or None,
    }
    if delivery.warning:
        record["warning"] = delivery.warning
    if delivery.error:
        record |= {"retry_at": when(delivery.retry_at, zone), "failure_told": delivery.failure_told}
    return record


def scan_record(
    *,
    started: datetime,
    finished: datetime,
    outcomes: Sequence[Outcome],
    new_mentions: int,
    alerts: Iterable[Alert],
    zone: tzinfo = UTC,
    extra: Mapping[str, Any] | None = None,
) -> Record:
    """What ``scan --format json`` says; a source that was not due is listed but not counted in the coverage."""
    count = {status: sum(o.status == status for o in outcomes) for status in ("read", "unchanged", "failed")}
    return {
        "schema": "ereputation/scan/1",
        "started": when(started, zone),
        "finished": when(finished, zone),
        "outcomes": [_outcome_record(outcome, zone) for outcome in outcomes],
        "mentions": {"new": new_mentions},
        "alerts": [alert_record(alert, zone) for alert in alerts],
        "coverage": {"due": sum(count.values()), **count},
        **(extra or {}),
    }
