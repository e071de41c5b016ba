"""What people decided about an episode, and what they changed of a mention, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import _

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from ereputation.model import Handling, Marking


def handling_line(handling: Handling | None, now: datetime, zone: tzinfo) -> str:
    """What was decided, by whom, when and why; empty when nothing was."""
    if handling is None:
        return ""
    said = _sentence(handling, now).format(
        by=words.shown(handling.by, 80),
        at=words.clock(handling.at, zone, now),
        until=words.clock(handling.until, zone, now) if handling.until else "",
    )
    return words.labelled(said, words.shown(handling.note, 500)) if handling.note else said


def _sentence(handling: Handling, now: datetime) -> str:
    match handling.action, bool(handling.by):
        case "acknowledged", True:
            return _("acknowledged by {by}, {at}")
        case "acknowledged", False:
            return _("acknowledged {at}")
        case "snoozed", True if handling.holds(now):
            return _("snoozed until {until} by {by}")
        case "snoozed", False if handling.holds(now):
            return _("snoozed until {until}")
        case "snoozed", _who:
            return _("was snoozed until {until}")
        case "resolved", True:
            return _("resolved by {by}, {at}")
        case "resolved", False:
            return _("resolved {at}")
        case _, True:
            return _("opened again by {by}, {at}")
        case _:
            return _("opened again {at}, because it got worse after it was handled")


def marking_line(marking: Marking, now: datetime, zone: tzinfo) -> str:
    """How a mention stood before somebody changed it."""
    parts = [
        words.STATUSES[marking.status],
        words.LABELS[marking.corrected] if marking.corrected else "",
        words.shown(marking.by, 80),
        words.shown(marking.note, 500),
    ]
    was = ", ".join(part for part in parts if part)
    if marking.at is None:
        return _("Changed; before: {was}").format(was=was)
    return _("Changed {at}; before: {was}").format(at=words.clock(marking.at, zone, now), was=was)
