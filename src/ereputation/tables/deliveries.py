"""What became of the alerts a scan had to send, in one line for each channel that is worth one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import _, n_

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
        again = words.clock(delivery.retry_at, zone, now) if delivery.retry_at else ""
        if delivery.status == "failed":
            said = (
                _("warning: notify: {channel}: {why}; {alerts} kept for it, next try after {again}")
                if delivery.retry_at
                else _("warning: notify: {channel}: {why}; {alerts} kept for it")
            )
            yield said.format(channel=name, why=words.shown(delivery.error, 400), alerts=many, again=again)
        elif delivery.warning:
            yield _("warning: notify: {channel}: {why}").format(
                channel=name, why=words.shown(delivery.warning, 400)
            )
        elif quiet:
            continue
        elif delivery.status == "sent":
            yield n_("{channel}: {alerts} sent", "{channel}: {alerts} sent", len(delivery.alerts)).format(
                channel=name, alerts=many
            )
        elif delivery.retry_at:
            yield _("{channel}: {alerts} kept for it, next try after {again}").format(
                channel=name, alerts=many, again=again
            )
        else:
            yield _("{channel}: {alerts} kept for its hour").format(channel=name, alerts=many)
