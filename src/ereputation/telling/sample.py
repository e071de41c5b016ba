"""An alert that never was, to see whether channels work; it says so wherever it is read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ereputation.model import Alert, Example, Waiting
from ereputation.speech import _

if TYPE_CHECKING:
    from datetime import datetime


def sample_alert(brand: str, *, now: datetime) -> Alert:
    """An invented spike of the last two hours."""
    began = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    return Alert(
        id="",
        brand=brand,
        kind="volume_spike",
        severity="warning",
        reason="opened",
        started=began,
        peaked=began + timedelta(hours=1),
        ended=None,
        observed=42,
        expected=6.5,
        low=2,
        high=13,
        window=3600,
        p_value=1e-12,
        stories=35,
        copies=42,
        negative_share=0.4,
        usual_share=0.15,
        coverage=1.0,
        off_hours=False,
        last_owned=now - timedelta(hours=30),
        waiting=Waiting(count=3, oldest=now - timedelta(minutes=95)),
        rising_terms=(_("sample"),),
        examples=(
            Example(
                title=_("This is a sample: nobody wrote it"),
                url="https://example.org/sample",
                source=_("Sample"),
                published=began,
            ),
        ),
        advice=_("Nothing: this is a sample. A real alert says here what your playbook says."),
        at=now,
    )
