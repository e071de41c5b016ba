"""How many alerts each budget would have told."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ereputation.detect import replay
from ereputation.errors import UsageError
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ereputation.detect import Settings
    from ereputation.model import Bucket

MONTH = 365.25 / 12
"""Days."""
_PERIODS = {
    "": MONTH,
    "day": 1.0,
    "week": 7.0,
    "month": MONTH,
    "quarter": 3 * MONTH,
    "year": 365.25,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One budget tried on one series."""

    false_alarms: float
    """The budget: false alarms a month."""
    told: int
    """Episodes told."""
    per_month: float
    """Episodes told per 30.4 days of what was seen."""


def budget(text: str) -> float:
    """``1/month``, ``0.5/week``, ``2/day``, ``1/quarter`` or a bare number a month, as false alarms a month; else ``UsageError``."""
    number, _rest, period = text.strip().lower().partition("/")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if period.strip() not in _PERIODS or not 0 < value < math.inf:
        raise UsageError(
            _("expected a budget such as 1/month, 2/week or 1/quarter, not {text!r}").format(text=text)
        )
    return value * MONTH / _PERIODS[period.strip()]


def observed_days(buckets: Iterable[Bucket], width: float) -> float:
    """Days that were really looked at."""
    return sum(min(b.exposure, 1.0) for b in buckets if b.exposure > 0) * width / 86400


def compare(
    buckets: Sequence[Bucket], settings: Settings, budgets: Iterable[float], *, width: float = 3600.0
) -> list[Outcome]:
    """How many alerts each budget would have told on this past."""
    seen = observed_days(buckets, width)
    outcomes = []
    for allowed in budgets:
        result = replay(buckets, replace(settings, false_alarms=allowed), width=width)
        told = sum(event.reason == "opened" for event in result.events)
        outcomes.append(
            Outcome(false_alarms=allowed, told=told, per_month=told / seen * MONTH if seen else 0.0)
        )
    return outcomes
