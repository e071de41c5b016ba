"""An alert with its arithmetic done again: what was told, the hours behind it, what the database says today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ereputation import words
from ereputation.speech import _
from ereputation.tables.alerts import print_alerts
from ereputation.tables.charts import chart_lines, print_chart
from ereputation.tables.consoles import put_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from rich.console import Console

    from ereputation.model import Alert, Episode
    from ereputation.tables.charts import Counted


class Account(Protocol):
    """An alert, what the same hours come to now, and the hours around it."""

    @property
    def alert(self) -> Alert:
        """As it was told."""

    @property
    def episode(self) -> Episode | None:
        """What the same hours come to now; None when they are no longer abnormal, or were no count."""

    @property
    def points(self) -> Sequence[Counted]:
        """The hours around it."""

    @property
    def agrees(self) -> bool:
        """Whether both come to the same."""


def _verdict(account: Account) -> str:
    if not account.points and account.episode is None:
        return _("Nothing to count again: this kind of alert is a state, not a number.")
    if account.episode is None:
        return _("DIFFERS: with what is stored today, these hours are no longer abnormal.")
    again = account.episode
    figures = _("{observed} observed, {expected} expected").format(
        observed=words.count(again.observed), expected=words.count(again.expected)
    )
    if odds := words.chance(again.p_value):
        figures = f"{figures}, {odds}"
    said = _("Agrees: counted again {figures}.") if account.agrees else _("DIFFERS: counted again {figures}.")
    return said.format(figures=figures)


def _caption(account: Account) -> str:
    """What the hours count, where that is not what the alert counts."""
    counts_others = account.alert.kind == "negative_spike" and account.points
    return _("Stories of any tone, by the hour") if counts_others else ""


def account_lines(account: Account, zone: tzinfo) -> Iterator[str]:
    """What follows the alert itself: the hours, then whether they still add up to it."""
    if caption := _caption(account):
        yield f"{caption}:"
    yield from chart_lines(account.points, zone)
    yield _verdict(account)


def print_account(console: Console, account: Account, *, zone: tzinfo, plain: bool = False) -> None:
    """Print an alert as it was told, the hours behind it, and whether the database still agrees."""
    print_alerts(console, [account.alert], now=account.alert.at, zone=zone, plain=plain)
    if plain:
        put_lines(console, ["", *account_lines(account, zone)])
        return
    from rich.text import Text

    if account.points:
        print_chart(console, account.points, zone=zone, title=_caption(account) or account.alert.brand)
    console.print(Text(_verdict(account), style="bold"))
