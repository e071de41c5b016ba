"""What became of the alerts a scan had to send, in one line for each channel that is worth one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, tzinfo

    from ereputation.model import Delivery


def delivery_lines(
    deliveries: Sequence[Delivery], *, now: datetime, zone: tzinfo, quiet: bool = False
) -> Iterator[str]:
    """What failed and what was odd; unless ``quiet``, also what was sent and what waits."""
    for delivery in deliveries:
        name = words.shown(delivery.channel, 80)
        many = words.amount(len(delivery.alerts), "alert", "alerts")
        if delivery.status == "failed":
            again = (
                f", next try after {words.clock(delivery.retry_at, zone, now)}" if delivery.retry_at else ""
            )
            yield f"warning: notify: {name}: {words.shown(delivery.error, 400)}; {many} kept for it{again}"
        elif delivery.warning:
            yield f"warning: notify: {name}: {words.shown(delivery.warning, 400)}"
        elif quiet:
            continue
        elif delivery.status == "sent":
            yield f"{name}: {many} sent"
        elif delivery.retry_at:
            yield f"{name}: {many} kept for it, next try after {words.clock(delivery.retry_at, zone, now)}"
        else:
            yield f"{name}: {many} kept for its hour"
