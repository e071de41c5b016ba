"""What an alert says, in sentences, before any dress: the table and the plain text are made from the same facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import _
from ereputation.tables.handling import handling_line

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from ereputation.model import Alert

_FULL = 0.995
"""Coverage from which nothing worth a sentence was missed."""
_FRESH = timedelta(minutes=5)
"""Figures this young are taken for those of now."""


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
    return _("usually {low} to {high}").format(low=words.count(alert.low), high=words.count(alert.high))


def _compared(alert: Alert, seen: str) -> str:
    usual, ratio = _interval(alert), words.times(alert.observed, alert.expected)
    said = _("{mentions} in {duration}, {expected} expected").format(
        mentions=seen, duration=words.duration(alert.window), expected=words.count(alert.expected)
    )
    if usual:
        said = f"{said} ({usual})"
    return words.labelled(said, ratio) if ratio else said


def _headline(alert: Alert, now: datetime) -> str:
    if alert.kind == "volume_spike":
        return _compared(alert, words.amount(alert.observed, "mention", "mentions"))
    if alert.kind == "negative_spike":
        return _compared(alert, words.amount(alert.observed, "negative mention", "negative mentions"))
    lasted = words.duration(((alert.ended or now) - alert.started).total_seconds())
    if alert.kind == "source_failure":
        if alert.ended:
            return _("is read again after {duration}: what was said there meanwhile may be missing").format(
                duration=lasted
            )
        return _("could not be read for {duration}: what is said there is not seen").format(duration=lasted)
    if alert.ended:
        return _("the brand speaks again, after {duration}").format(duration=lasted)
    silent = (alert.at - (alert.last_owned or alert.started)).total_seconds()
    return _("the brand has said nothing for {duration} while it is talked about").format(
        duration=words.duration(silent)
    )


def _span(alert: Alert, now: datetime, zone: tzinfo) -> str:
    started = words.clock(alert.started, zone, now)
    said = f"{started} ({words.since(alert.started, now)})" if alert.ended is None else started
    if alert.off_hours:
        said = _("{moment}, outside staffed hours").format(moment=said)
    if alert.ended is None:
        return said
    return _("{began}; over {ended}, after {duration}").format(
        began=said,
        ended=words.clock(alert.ended, zone, now),
        duration=words.duration((alert.ended - alert.started).total_seconds()),
    )


def _tone(alert: Alert) -> str:
    if alert.stories == 0 and alert.negative_share == 0:
        return ""
    said = _("{share} negative").format(share=words.percent(alert.negative_share))
    if alert.usual_share:
        said = _("{share} negative, {usual} as a rule").format(
            share=words.percent(alert.negative_share), usual=words.percent(alert.usual_share)
        )
    if risks := ", ".join(f"{words.risk(n)} {words.percent(share)}" for n, share in alert.categories[:4]):
        said = _("{tone}; about: {risks}").format(tone=said, risks=risks)
    return said


def _stories(alert: Alert) -> str:
    if alert.copies == 0:
        return ""
    if alert.stories == 1 and alert.copies > 1:
        return _("one story in {copies} copies").format(copies=words.count(alert.copies))
    if alert.copies > alert.stories:
        said = _("{stories} in {documents}").format(
            stories=words.amount(alert.stories, "different story", "different stories"),
            documents=words.amount(alert.copies, "document", "documents"),
        )
        if alert.top_story_copies < max(2, 0.1 * alert.copies):
            return said
        outlets = alert.top_story_outlets
        most = (
            _("{stories}; {share} of it is one story in {outlets} outlets")
            if outlets > 1
            else _("{stories}; {share} of it is one story")
        )
        share = words.percent(min(alert.top_story_copies / alert.copies, 1.0))
        return most.format(stories=said, share=share, outlets=words.count(outlets))
    return words.amount(alert.stories, "story, no copies", "different stories, no copies")


def _brand(alert: Alert, now: datetime, zone: tzinfo) -> str:
    if alert.kind == "source_failure":
        return ""
    if alert.last_owned is None:
        return _("no post of its own is on record")
    silent = words.duration((alert.at - alert.last_owned).total_seconds())
    ago = (
        words.since(alert.last_owned, now)
        if _is_fresh(alert, now)
        else _("{duration} before").format(duration=silent)
    )
    return _("last spoke {moment} ({ago})").format(moment=words.clock(alert.last_owned, zone, now), ago=ago)


def _is_fresh(alert: Alert, now: datetime) -> bool:
    return now - alert.at < _FRESH


def _as_of(alert: Alert, now: datetime, zone: tzinfo) -> str:
    """The moment the figures were taken, where that is not now; how long a source fails is counted until now."""
    if alert.kind == "source_failure" or _is_fresh(alert, now):
        return ""
    return f"{words.clock(alert.at, zone, now)} ({words.since(alert.at, now)})"


def _waiting(alert: Alert) -> str:
    if alert.waiting is None:
        return ""
    many = words.amount(alert.waiting.count, "question or complaint", "questions or complaints")
    oldest = words.duration((alert.at - alert.waiting.oldest).total_seconds())
    return _("{questions} without an answer, the oldest for {duration}").format(
        questions=many, duration=oldest
    )


def _coverage(alert: Alert) -> str:
    if alert.kind == "source_failure":
        return ""
    if alert.coverage >= _FULL:
        return _("everything that was due was read")
    return _("only {share} of what was due could be read: the figures are a lower bound").format(
        share=words.percent(alert.coverage)
    )


def facts(alert: Alert, now: datetime, zone: tzinfo) -> Facts:
    """Everything an alert tells, with times in ``zone``; rows that would say nothing are left out.

    Who waits and how long the brand is silent are of the moment it was raised, which is named when it is not now.
    """
    failure = alert.kind == "source_failure"  # its one example is the reason, and nothing has a peak
    peak = "" if failure or alert.peaked == alert.started else words.clock(alert.peaked, zone, now)
    reason = "; ".join(words.shown(e.title, 600) for e in alert.examples) if failure else ""
    rows = (
        (_("Since"), _span(alert, now, zone)),
        (_("Reason"), reason),
        (_("As of"), _as_of(alert, now, zone)),
        (_("Peak"), peak),
        (_("By chance"), words.chance(alert.p_value)),
        (_("Tone"), _tone(alert)),
        (_("Stories"), _stories(alert)),
        (_("Brand"), _brand(alert, now, zone)),
        (_("Waiting"), _waiting(alert)),
        (_("Rising"), ", ".join(words.shown(term, 60) for term in alert.rising_terms[:10])),
        (_("Coverage"), _coverage(alert)),
        (_("Handled"), handling_line(alert.handling, now, zone)),
        (_("Alert"), words.shown(alert.id, 80)),
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
                words.shown(e.title, 300) or _("(no title)"),
                f"{words.shown(e.source, 60)}, {words.clock(e.published, zone, now)}",
                words.shown(e.url),
            )
            for e in (() if failure else alert.examples)
        ),
        advice=words.shown(alert.advice, 2000),
    )
