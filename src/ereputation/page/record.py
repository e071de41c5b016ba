"""A report as a dictionary ready for JSON: the keys are a contract; new ones go last."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from ereputation import export
from ereputation.export.records import Record, number, when
from ereputation.export.stats import step_record

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from ereputation.figures import Heat
    from ereputation.reporting import BrandReport, Report, SourceSeen, Story, Told


def report_record(report: Report, zone: tzinfo = UTC) -> Record:
    """The whole report.

    ``brands``: ``stats`` as ``stats --format json`` says them, ``trend`` (the tone by hour, day or week), ``heat`` (168 hours
    of the week; ``watched`` 0: unknown), ``stories``, ``alerts`` (each episode told, with its ``number`` on the chart),
    ``response`` as ``clock --format json``. ``coverage``: what was not seen, source by source.
    """
    return {
        "schema": "ereputation/report/1",
        "title": report.title or None,
        "made": when(report.made, zone),
        "period": export.period_record(report.period, zone),
        "brands": [_brand(part, zone) for part in report.brands],
        "coverage": {
            "sources": [_source(source, zone) for source in report.sources],
            "blind": [_stretch(start, end, zone) for start, end in report.blind],
            "failures": [export.alert_record(alert, zone) for alert in report.failures],
            "forgotten_before": when(report.forgotten_before, zone),
        },
    }


def _brand(part: BrandReport, zone: tzinfo) -> Record:
    return {
        "brand": part.name,
        "stats": export.stats_record(part.stats, zone),
        "trend": [step_record(step, zone) for step in part.trend],
        "heat": [_cell(cell) for cell in part.heat],
        "off_hours_share": None if part.off_hours is None else number(part.off_hours),
        "stories": [_story(story, zone) for story in part.stories],
        "alerts": [_told(told, zone) for told in part.told],
        "response": export.clock_record(part.clock, zone),
        "dealt_with": part.clock.dealt_with,
    }


def _cell(cell: Heat) -> Record:
    return {
        "weekday": cell.weekday,
        "hour": cell.hour,
        "mentions": cell.mentions,
        "watched": number(cell.watched),
        "staffed": cell.staffed,
    }


def _story(story: Story, zone: tzinfo) -> Record:
    document = story.mention.document
    return {
        "story_id": story.mention.story,
        "mentions": story.copies,
        "sites": story.sites,
        "first": {
            "mention_id": story.mention.id,
            "published": when(document.published, zone),
            "title": document.title or document.text[:280],
            "url": document.url,
            "source": document.source,
            "sentiment": story.mention.match.sentiment.label,
        },
    }


def _told(told: Told, zone: tzinfo) -> Record:
    return {"number": told.number, "times": told.times, **export.alert_record(told.alert, zone)}


def _source(source: SourceSeen, zone: tzinfo) -> Record:
    state = source.state
    return {
        "source": source.name,
        "kind": source.kind,
        "seen": number(source.share),
        "gaps": [_stretch(start, end, zone) for start, end in source.gaps],
        "answered": source.answered,
        "failed": source.failed,
        "last_success": when(state.last_success, zone) if state else None,
        "error": (state.last_error or None) if state else None,
    }


def _stretch(start: datetime, end: datetime, zone: tzinfo) -> Record:
    return {"since": when(start, zone), "until": when(end, zone)}
