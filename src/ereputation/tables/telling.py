"""What an alert says, in sentences, before any dress: the table and the plain text are made from the same facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ereputation import words
from ereputation.tables.handling import handling_line

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from ereputation.model import Alert

_FULL = 0.995
"""Coverage from which nothing worth a sentence was missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """An alert in words."""

    severity: str
    brand: str
    """The source, when it is a source that failed."""
    kind: str
    state: str
    """New, worse, or over."""
    headline: str
    rows: tuple[tuple[str, str], ...]
    """A word and a sentence: since when, by what chance, in what tone..."""
    examples: tuple[tuple[str, str, str], ...]
    """Title, source and time, address."""
    advice: str


def _interval(alert: Alert) -> str:
    if alert.high <= 0:
        return ""
    return f" (usually {words.count(alert.low)} to {words.count(alert.high)})"


def _compared(alert: Alert, one: str, many: str) -> str:
    seen = f"{words.amount(alert.observed, one, many)} in {words.duration(alert.window)}"
    ratio = words.times(alert.observed, alert.expected)
    due = f"{words.count(alert.expected)} expected{_interval(alert)}"
    return f"{seen}, {due}: {ratio}" if ratio else f"{seen}, {due}"


def _headline(alert: Alert, now: datetime) -> str:
    if alert.kind == "volume_spike":
        return _compared(alert, "mention", "mentions")
    if alert.kind == "negative_spike":
        return _compared(alert, "negative mention", "negative mentions")
    until = alert.ended or now
    lasted = words.duration((until - alert.started).total_seconds())
    if alert.kind == "source_failure":
        if alert.ended:
            return f"is read again after {lasted}: what was said there meanwhile may be missing"
        return f"could not be read for {lasted}: what is said there is not seen"
    if alert.ended:
        return f"the brand speaks again, after {lasted}"
    silent = (until - (alert.last_owned or alert.started)).total_seconds()
    return f"the brand has said nothing for {words.duration(silent)} while it is talked about"


def _span(alert: Alert, now: datetime, zone: tzinfo) -> str:
    started = words.clock(alert.started, zone, now)
    off = ", outside staffed hours" if alert.off_hours else ""
    if alert.ended is None:
        return f"{started} ({words.since(alert.started, now)}){off}"
    lasted = words.duration((alert.ended - alert.started).total_seconds())
    return f"{started}{off}; over {words.clock(alert.ended, zone, now)}, after {lasted}"


def _tone(alert: Alert) -> str:
    if alert.stories == 0 and alert.negative_share == 0:
        return ""
    usual = f", {words.percent(alert.usual_share)} as a rule" if alert.usual_share else ""
    risks = ", ".join(f"{words.shown(n, 40)} {words.percent(share)}" for n, share in alert.categories[:4])
    about = f"; about: {risks}" if risks else ""
    return f"{words.percent(alert.negative_share)} negative{usual}{about}"


def _stories(alert: Alert) -> str:
    if alert.copies == 0:
        return ""
    if alert.stories == 1 and alert.copies > 1:
        return f"one story in {words.count(alert.copies)} copies"
    if alert.copies > alert.stories:
        stories = words.amount(alert.stories, "different story", "different stories")
        said = f"{stories} in {words.amount(alert.copies, 'document', 'documents')}"
        if alert.top_story_copies < max(2, 0.1 * alert.copies):
            return said
        outlets = alert.top_story_outlets
        where = f" in {words.count(outlets)} outlets" if outlets > 1 else ""
        share = min(alert.top_story_copies / alert.copies, 1.0)
        return f"{said}; {words.percent(share)} of it is one story{where}"
    return words.amount(alert.stories, "story, no copies", "different stories, no copies")


def _brand(alert: Alert, now: datetime, zone: tzinfo) -> str:
    if alert.kind == "source_failure":
        return ""
    if alert.last_owned is None:
        return "no post of its own is on record"
    return f"last spoke {words.clock(alert.last_owned, zone, now)} ({words.since(alert.last_owned, now)})"


def _waiting(alert: Alert, now: datetime) -> str:
    if alert.waiting is None:
        return ""
    many = words.amount(alert.waiting.count, "question or complaint", "questions or complaints")
    oldest = words.duration((now - alert.waiting.oldest).total_seconds())
    return f"{many} without an answer, the oldest for {oldest}"


def _coverage(alert: Alert) -> str:
    if alert.kind == "source_failure":
        return ""
    if alert.coverage >= _FULL:
        return "everything that was due was read"
    return (
        f"only {words.percent(alert.coverage)} of what was due could be read: the figures are a lower bound"
    )


def facts(alert: Alert, now: datetime, zone: tzinfo) -> Facts:
    """Everything an alert tells, with times in ``zone``; rows that would say nothing are left out."""
    peak = "" if alert.peaked == alert.started else words.clock(alert.peaked, zone, now)
    rows = (
        ("Since", _span(alert, now, zone)),
        ("Peak", peak),
        ("By chance", words.chance(alert.p_value)),
        ("Tone", _tone(alert)),
        ("Stories", _stories(alert)),
        ("Brand", _brand(alert, now, zone)),
        ("Waiting", _waiting(alert, now)),
        ("Rising", ", ".join(words.shown(term, 60) for term in alert.rising_terms[:10])),
        ("Coverage", _coverage(alert)),
        ("Handled", handling_line(alert.handling, now, zone)),
        ("Alert", words.shown(alert.id, 80)),
    )
    return Facts(
        severity=words.SEVERITIES[alert.severity],
        brand=words.shown(alert.brand, 80) or next((words.shown(e.source, 80) for e in alert.examples), ""),
        kind=words.KINDS[alert.kind],
        state=words.REASONS[alert.reason],
        headline=_headline(alert, now),
        rows=tuple((label, said) for label, said in rows if said),
        examples=tuple(
            (
                words.shown(e.title, 300) or "(no title)",
                f"{words.shown(e.source, 60)}, {words.clock(e.published, zone, now)}",
                words.shown(e.url),
            )
            for e in alert.examples
        ),
        advice=words.shown(alert.advice, 2000),
    )
