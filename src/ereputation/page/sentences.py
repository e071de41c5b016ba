"""The words of a report: titles, the summary in sentences, what was not seen; the same for every view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import _, n_
from ereputation.tables import facts, phrases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from ereputation.clock import Stretch
    from ereputation.figures import Period
    from ereputation.reporting import BrandReport, Report, SourceSeen

_NAMED = 3
"""Brands named in a title."""
_MOST_STRETCHES = 10
"""Blind stretches and failed sources named."""
_FULL = 0.995


def title(report: Report) -> str:
    """The title asked for, else the brands."""
    if report.title:
        return words.shown(report.title, 200)
    names = [words.shown(brand.name, 80) for brand in report.brands]
    if len(names) <= _NAMED:
        return ", ".join(names)
    return n_("{count} brand", "{count} brands", len(names)).format(count=words.count(len(names)))


def stretch(period: Period, zone: tzinfo) -> str:
    """The period in full: ``Monday 7 March 2011 14:00 to Monday 14 March 2011 14:00``."""
    said = _("{since} to {until}").format(
        since=_moment(period.since, zone), until=_moment(period.until, zone)
    )
    return f"{said[:1].upper()}{said[1:]}"


def made(report: Report, zone: tzinfo) -> str:
    """When the report was made, and in whose time it speaks."""
    return _("Made {when}. Times are those of {zone}.").format(when=_moment(report.made, zone), zone=zone)


def _moment(moment: datetime, zone: tzinfo) -> str:
    return _("{day}, {hour}").format(day=words.day(moment, zone), hour=words.hour(moment, zone))


def summary(part: BrandReport, zone: tzinfo) -> Iterator[str]:
    """What one has to know of a brand, in sentences, the most important first."""
    stats = part.stats
    if not stats.now.exposure:
        yield _("Nobody looked at any of this time: nothing is known of it.")
        return
    yield _("{volume}: {change}.").format(volume=phrases.volume(stats), change=phrases.change(stats))
    if stats.now.tones.total:
        shares = {label: words.percent(stats.now.tones.share(label) or 0) for label in phrases.TONES}
        said = _("{negative} of the stories are negative, {neutral} neutral and {positive} positive; {net}.")
        yield said.format(net=phrases.net(stats.now.tones, stats.before), **shares)
    yield from _peak(part, zone)
    yield from _told(part)
    if stats.rivals and any(share.stories for share in stats.voice):
        yield from _voice(part)
    if part.off_hours is not None:
        yield _("{share} of the mentions came outside staffed hours.").format(
            share=words.percent(part.off_hours)
        )
    yield from _answers(part)
    if stats.now.exposure < _FULL:
        yield _("This is a lower bound: {seen}.").format(
            seen=phrases.seen(stats.now).partition(":")[0].rstrip()
        )


def _peak(part: BrandReport, zone: tzinfo) -> Iterator[str]:
    steps = part.stats.steps
    peak = max(steps, key=lambda step: step.stories, default=None)
    if peak is None or not peak.stories:
        return
    when = (
        words.clock(peak.start, zone, part.stats.period.until)
        if part.stats.width == "hour"
        else words.day(peak.day, zone)
    )
    said = {
        "hour": _("The busiest hour was {when}, with {stories}"),
        "day": _("The busiest day was {when}, with {stories}"),
        "week": _("The busiest week began {when}, with {stories}"),
    }[part.stats.width].format(when=when, stories=phrases.stories(peak.stories))
    if peak.expected is None:
        yield f"{said}."
        return
    yield _("{peak}; {expected} were expected.").format(peak=said, expected=words.count(peak.expected))


def _told(part: BrandReport) -> Iterator[str]:
    if not part.told:
        yield _("Nothing out of the ordinary was told.")
        return
    still = sum(one.ended is None for one in part.told)
    said = n_(
        "{count} episode out of the ordinary was told",
        "{count} episodes out of the ordinary were told",
        len(part.told),
    ).format(count=words.count(len(part.told)))
    kinds = list(dict.fromkeys(words.KINDS[one.alert.kind].lower() for one in part.told))
    named = _("{told} ({kinds})").format(told=said, kinds=", ".join(kinds))
    if still:
        yield _("{told}; still open: {open}.").format(told=named, open=words.count(still))
    else:
        yield f"{named}."


def _voice(part: BrandReport) -> Iterator[str]:
    own = next(share for share in part.stats.voice if share.brand == part.name)
    others = ", ".join(words.shown(share.brand, 60) for share in part.stats.rivals[:4])
    said = _("Of all stories on {brand} and {others}, {share} were about {brand}").format(
        brand=words.shown(part.name, 60), others=others, share=words.percent(own.of_stories)
    )
    if own.before is None:
        yield f"{said}."
    else:
        yield _("{said}, {before} in the period before.").format(said=said, before=words.percent(own.before))


def _answers(part: BrandReport) -> Iterator[str]:
    total = part.clock.total
    if not total.asked:
        yield _("Nobody put a question or a complaint to the brand.")
        return
    asked = n_(
        "{count} question or complaint was put to the brand",
        "{count} questions or complaints were put to the brand",
        total.asked,
    ).format(count=words.count(total.asked))
    if total.answered and total.median is not None:
        answered = _("{count} got an answer, half of them within {median}").format(
            count=words.count(total.answered), median=words.duration(total.median)
        )
    else:
        answered = _("none is known to have been answered")
    waiting = _("{count} waiting").format(count=words.count(total.waiting))
    if total.unknown:
        unknown = _("of {count} nobody knows").format(count=words.count(total.unknown))
        yield _("{asked}: {answered}, {waiting}, {unknown}.").format(
            asked=asked, answered=answered, waiting=waiting, unknown=unknown
        )
    else:
        yield _("{asked}: {answered}, {waiting}.").format(asked=asked, answered=answered, waiting=waiting)


def unseen(report: Report, zone: tzinfo) -> Iterator[str]:
    """What the report cannot know, a sentence each."""
    if not report.sources:
        yield _("No source is configured.")
    hours = sum((end - start).total_seconds() for start, end in report.blind) / 3600
    if hours:
        said = n_(
            "In {count} hour of the period no source at all was read",
            "In {count} hours of the period no source at all was read",
            round(hours),
        ).format(count=words.count(round(hours)))
        stretches = [_stretch(found, report, zone) for found in report.blind]
        more = len(stretches) - _MOST_STRETCHES
        named = words.joined([*stretches[:_MOST_STRETCHES], "..." if more > 0 else ""])
        yield _("{said}: {stretches}. What was said then is unknown, not zero.").format(
            said=said, stretches=named
        )
    poorly = [source for source in report.sources if source.share < _FULL]
    if poorly:
        yield n_(
            "{count} source of {all} was not read all the time; the table says how much of the period its readings speak for.",
            "{count} sources of {all} were not read all the time; the table says how much of the period their readings speak for.",
            len(poorly),
        ).format(count=words.count(len(poorly)), all=words.count(len(report.sources)))
    for alert in report.failures[:_MOST_STRETCHES]:
        told = facts(alert, report.made, zone)
        yield _("{source}: {news}.").format(source=told.brand, news=told.headline)
    if report.forgotten_before:
        yield _(
            "Texts from before {when} are no longer kept: of that time only counts are left, and tone, authors and sites are of the rest."
        ).format(when=words.day(report.forgotten_before, zone))
    for part in report.brands:
        yield from _unseen_of(part)
    yield _(
        "What is said where no source reads (private groups, messages, networks that are not configured) is not in these figures."
    )


def _unseen_of(part: BrandReport) -> Iterator[str]:
    brand = words.shown(part.name, 80)
    clock = part.clock
    if not clock.voice.accounts:
        yield _(
            "{brand}: none of its own accounts is read, so it is not known whether it answered what was asked of it."
        ).format(brand=brand)
    elif clock.total.unknown:
        yield n_(
            "{brand}: of {count} question or complaint it is not known whether it was answered.",
            "{brand}: of {count} questions or complaints it is not known whether they were answered.",
            clock.total.unknown,
        ).format(brand=brand, count=words.count(clock.total.unknown))
    if part.stats.undated:
        yield _("{brand}: {mentions} came without a date and are counted when they were first seen.").format(
            brand=brand, mentions=phrases.mentions(part.stats.undated)
        )
    if any(step.expected is None and not step.blind for step in part.stats.steps):
        yield _(
            "{brand}: for part of the period nothing is known to be usual yet, because too little was seen before it."
        ).format(brand=brand)


def _stretch(found: Stretch, report: Report, zone: tzinfo) -> str:
    return _("{since} to {until}").format(
        since=words.clock(found[0], zone, report.period.until),
        until=words.clock(found[1], zone, report.period.until),
    )


def state(source: SourceSeen, report: Report, zone: tzinfo) -> str:
    """How a source fares now."""
    known = source.state
    if known is None or known.last_read is None:
        return _("never visited")
    if known.last_success is None:
        return _("never read: {error}").format(error=words.shown(known.last_error, 200))
    if known.failures:
        return _("failing since {when}: {error}").format(
            when=words.clock(known.failing_since or known.last_read, zone, report.made),
            error=words.shown(known.last_error, 200),
        )
    return _("last read {when}").format(when=words.clock(known.last_success, zone, report.made))


def gap(source: SourceSeen, report: Report, zone: tzinfo) -> str:
    """The longest time in the period its readings do not speak for; empty when there is none of an hour."""
    if not source.gaps or (source.gaps[0][1] - source.gaps[0][0]).total_seconds() < 3600:
        return ""
    return _stretch(source.gaps[0], report, zone)
