"""How long: ``15m``, ``6h``, ``7d`` as people write them, in seconds as the program counts them."""

from __future__ import annotations

import re

from ereputation.speech import _

_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*(s|min|m|h|d|w|j)", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "j": 86400, "w": 604800}


def duration(value: object) -> float:
    """Seconds of a duration written as ``90s``, ``15m``, ``6h``, ``7d`` (``7j``) or ``2w``; ValueError otherwise."""
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found and (seconds := float(found[1]) * _SECONDS[found[2].lower()]) > 0:
        return seconds
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)  # a model built in Python, where durations are seconds already
    raise ValueError(_('expected a duration such as 15m, 6h or 7d, not "{value}"').format(value=value))
