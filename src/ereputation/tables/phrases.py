"""Sentences about a period: how much, against what, in what tone, how well it was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import _, n_

if TYPE_CHECKING:
    from datetime import tzinfo

    from ereputation.figures import Author, Period, Stats, Tones, Totals
    from ereputation.model import Label

_FULL = 0.995
"""Exposure from which nothing worth a sentence was missed."""
TONES: tuple[Label, ...] = ("negative", "neutral", "positive")


def stories(count: float) -> str:
    """``1,203 stories``."""
    return n_("{count} story", "{count} stories", count).format(count=words.count(count))


def mentions(count: float) -> str:
    """``1,203 mentions``."""
    return n_("{count} mention", "{count} mentions", count).format(count=words.count(count))


def stretch(period: Period, zone: tzinfo) -> str:
    """``Mon 7 Mar 14:00 to Mon 14 Mar 14:00``."""
    return _("{since} to {until}").format(
        since=words.clock(period.since, zone, period.until),
        until=words.clock(period.until, zone, period.until),
    )


def volume(stats: Stats) -> str:
    """``2,505 stories in 2,995 mentions``."""
    if stats.now.copies == stats.now.stories:
        return stories(stats.now.stories)
    return _("{stories} in {mentions}").format(
        stories=stories(stats.now.stories), mentions=mentions(stats.now.copies)
    )


def change(stats: Stats) -> str:
    """Stories against the period before; why they are not compared, where they cannot be."""
    length, before = words.duration(stats.period.hours * 3600), words.count(stats.before.stories)
    if not stats.now.comparable:
        return _(
            "too little of this time was looked at ({share}) to compare it with the {length} before"
        ).format(share=part(stats.now.exposure), length=length)
    if not stats.before.comparable:
        return _("too little of the {length} before was looked at ({share}) to compare with").format(
            length=length, share=part(stats.before.exposure)
        )
    if stats.change is None:
        return _("none in the {length} before").format(length=length)
    ratio = 1 + stats.change
    if ratio >= 2:
        said = _("{times} times as many as in the {length} before ({before})")
        return said.format(times=words.count(round(ratio, 1)), length=length, before=before)
    if abs(stats.change) < 0.005:
        return _("as many as in the {length} before ({before})").format(length=length, before=before)
    said = (
        _("{share} more than in the {length} before ({before})")
        if ratio > 1
        else _("{share} fewer than in the {length} before ({before})")
    )
    return said.format(share=words.percent(abs(stats.change)), length=length, before=before)


def arrow(stats: Stats) -> str:
    """``+18%``, ``-23%``, ``x 4.2``; empty when it cannot be said."""
    if stats.change is None:
        return ""
    if stats.change >= 1:
        return f"× {words.count(round(1 + stats.change, 1))}"
    return f"{'+' if stats.change >= 0 else '-'}{words.percent(abs(stats.change))}"


def balance(net: float | None) -> str:
    """Net sentiment from -100 to +100; ``?`` when nothing was scored."""
    if net is None:
        return "?"
    points = round(100 * net)
    return f"{'+' if points > 0 else '-' if points < 0 else ''}{abs(points)}"


def tone(tones: Tones) -> str:
    """``62% negative, 28% neutral, 10% positive``."""
    if not tones.total:
        return _("nothing was scored")
    return ", ".join(f"{words.percent(tones.share(label) or 0)} {words.LABELS[label]}" for label in TONES)


def net(now: Tones, before: Totals) -> str:
    """Net sentiment, and what it was."""
    said = _("net sentiment {balance} on a scale of -100 to +100").format(balance=balance(now.net))
    if before.comparable and before.tones.total:
        return _("{net}, {before} in the period before").format(net=said, before=balance(before.tones.net))
    return said


def part(share: float) -> str:
    """A share that is never rounded to nothing or to all: ``<1%``, ``62%``, ``99%``."""
    if 0 < share < 0.01:
        return f"<{words.percent(0.01)}"
    return words.percent(min(share, 0.99) if share < 1 else share)


def seen(totals: Totals) -> str:
    """How much was looked at."""
    if not totals.exposure:
        return _("nobody looked at any of it: nothing is known")
    if totals.exposure >= _FULL:
        return _("everything that was due was read")
    share = part(totals.exposure)
    if totals.blind:
        return n_(
            "{share} of what was due was read, {count} hour was not seen at all: the figures are a lower bound",
            "{share} of what was due was read, {count} hours were not seen at all: the figures are a lower bound",
            totals.blind,
        ).format(share=share, count=words.count(totals.blind))
    return _("{share} of what was due was read: the figures are a lower bound").format(share=share)


def author(found: Author) -> str:
    """``Marie Martin, @marie``."""
    name, handle = words.shown(found.name, 60), words.shown(found.handle, 60).lstrip("@")
    if not handle or handle == name.lstrip("@"):
        return name
    return f"{name}, @{handle}" if name else f"@{handle}"
