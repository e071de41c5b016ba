"""Detection: buckets in, episodes out, with their arithmetic. Pure: no clock, no network, no database.

::

    baseline   what is usual for a brand        scan    too many stories?      share     too negative?
    episodes   open, escalate, close            novelty which moment first?    silence   no word from the brand
    replay     all of these over a series       reconcile   what is due, each thing told once
"""

from ereputation.detect.episodes import severity
from ereputation.detect.reconcile import Reconciled, reconcile
from ereputation.detect.replay import Event, Point, Replay, may_alert, replay
from ereputation.detect.settings import Settings, public_holidays
from ereputation.detect.silence import Delay, silence, usual_delay

__all__ = [
    "Delay",
    "Event",
    "Point",
    "Reconciled",
    "Replay",
    "Settings",
    "may_alert",
    "public_holidays",
    "reconcile",
    "replay",
    "severity",
    "silence",
    "usual_delay",
]
