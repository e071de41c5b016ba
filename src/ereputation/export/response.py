"""The response clock as dictionaries ready for JSON."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from ereputation.export.records import Record, number, when

if TYPE_CHECKING:
    from datetime import tzinfo

    from ereputation.clock import Clock, Figures, Outlook, Wait


def _seconds(value: float | None) -> float | None:
    return None if value is None else number(value)


def _figures(found: Figures) -> Record:
    return {
        "asked": found.asked,
        "answered": found.answered,
        "waiting": found.waiting,
        "unknown": found.unknown,
        "late": found.late,
        "median": _seconds(found.median),
        "p90": _seconds(found.ninetieth),
        "staffed_median": _seconds(found.staffed_median),
        "staffed_p90": _seconds(found.staffed_ninetieth),
        "in_time": _seconds(found.in_time),
    }


def wait_record(wait: Wait, zone: tzinfo = UTC) -> Record:
    """One question or complaint, and what became of it; times in seconds."""
    document, answer = wait.mention.document, wait.answer
    return {
        "mention_id": wait.mention.id,
        "brand": wait.mention.match.brand,
        "state": wait.state,
        "why": wait.why or None,
        "asked": when(document.published, zone),
        "direct": wait.direct,
        "waited": _seconds(wait.seconds),
        "waited_staffed": _seconds(wait.staffed),
        "late": wait.late,
        "source": document.source,
        "url": document.url,
        "author_handle": document.author_handle,
        "text": document.title or document.text[:280],
        "answer": answer
        and {
            "at": when(answer.published, zone),
            "url": answer.url,
            "match": "exact" if wait.exact else "thread",
        },
    }


def clock_record(clock: Clock, zone: tzinfo = UTC) -> Record:
    """How one brand answers: totals, everything without a known answer, every answer, silences."""
    voice = clock.voice
    return {
        "brand": clock.brand,
        "since": when(clock.since, zone),
        "response_time": _seconds(clock.response_time),
        **_figures(clock.total),
        "last_owned": when(voice.last, zone),
        "accounts": [
            {"source": a.source, "kind": a.kind, "reply_links": a.links, "last_read": when(a.last_read, zone)}
            for a in voice.accounts
        ],
        "open": [wait_record(wait, zone) for wait in clock.open],
        "unknown_waits": [wait_record(wait, zone) for wait in clock.unknown],
        "answers": [wait_record(wait, zone) for wait in clock.waits if wait.state == "answered"],
        "by_source": [{"source": found.name, **_figures(found)} for found in clock.by_source],
        "by_time": [
            {"weekday": cell.weekday, "hour": cell.hour, **_figures(cell.figures)} for cell in clock.by_time
        ],
        "silences": [
            {"started": when(e.started, zone), "ended": when(e.ended, zone), "severity": e.severity}
            for e in clock.silences
        ],
    }


def outlook_record(outlook: Outlook, zone: tzinfo = UTC) -> Record:
    """What the coming week-end may bring: mean and standard deviation of those before, and who is there."""
    mentions, asking = outlook.mentions, outlook.asking
    return {
        "start": when(outlook.start, zone),
        "end": when(outlook.end, zone),
        "weekends": [
            {"start": when(w.start, zone), "mentions": w.mentions, "asking": w.asking}
            for w in outlook.weekends
        ],
        "mentions": mentions and {"mean": number(mentions[0]), "sd": number(mentions[1])},
        "asking": asking and {"mean": number(asking[0]), "sd": number(asking[1])},
        "staffed": None
        if outlook.staffed is None
        else [{"from": when(start, zone), "until": when(end, zone)} for start, end in outlook.staffed],
    }
