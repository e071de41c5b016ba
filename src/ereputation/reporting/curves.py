"""The hours around alerts, for the lines drawn beside them."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ereputation.config import Config
    from ereputation.model import Alert
    from ereputation.store import Store

_LENGTH = timedelta(hours=48)
_MOST = 50
"""Alerts that get a line: each costs a look at the hours."""


def curves(config: Config, store: Store, alerts: Sequence[Alert]) -> dict[str, tuple[float, ...]]:
    """By alert id, what was counted in the two days up to when it was told, or ended; NaN where nobody looked.

    Negative stories for a negative spike, stories for others, nothing for a source.
    """
    sources = [source.id for source in config.sources]
    drawn = {}
    for alert in [alert for alert in alerts if alert.brand][:_MOST]:
        until = max(alert.ended or alert.at, alert.at)
        hours = store.buckets(alert.brand, since=until - _LENGTH, until=until, sources=sources)
        negative = alert.kind == "negative_spike"
        drawn[alert.id] = tuple(
            math.nan if hour.exposure <= 0 else float(hour.negative if negative else hour.stories)
            for hour in hours
        )
    return drawn
