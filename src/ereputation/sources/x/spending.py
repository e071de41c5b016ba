"""What reading costs, and the limit nobody may pass: amounts are millionths of a dollar, days and months are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from ereputation.speech import _

MILLION = 1_000_000


class Prices(BaseModel):
    """In US dollars, as of 2026 (https://docs.x.com/x-api/getting-started/pricing)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    post: float = Field(0.005, ge=0, le=100, description="One post.")
    own_post: float = Field(0.001, ge=0, le=100, description="One post by or to the owner of the app.")
    user: float = Field(0.010, ge=0, le=100, description="One author, with `authors: true`.")


class Spending(BaseModel):
    """What was spent today and this month."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    day: str = ""
    """``2026-11-22``; empty before the first request."""
    today: int = Field(0, ge=0)
    this_month: int = Field(0, ge=0)

    def on(self, now: datetime) -> Self:
        """The same account at ``now``: a new day, or a new month, begins at nothing."""
        day = now.astimezone(UTC).date().isoformat()
        if day == self.day:
            return self
        same_month = day[:7] == self.day[:7]
        return self.model_copy(
            update={"day": day, "today": 0, "this_month": self.this_month if same_month else 0}
        )

    def plus(self, amount: int) -> Self:
        """After one more expense."""
        return self.model_copy(update={"today": self.today + amount, "this_month": self.this_month + amount})


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much may be spent."""

    day: int
    month: int

    def room(self, spent: Spending) -> int:
        """What may still be spent now."""
        return max(0, min(self.day - spent.today, self.month - spent.this_month))

    def again(self, spent: Spending, now: datetime) -> datetime:
        """When there is more: tomorrow, or next month when this month's money is gone."""
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if self.month - spent.this_month <= self.day - spent.today:
            return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        return today + timedelta(days=1)

    def told(self, spent: Spending) -> str:
        """``0.35 of 1.00 USD today, 4.20 of 20.00 USD this month``."""
        return _("{today:.2f} of {day:.2f} USD today, {this_month:.2f} of {month:.2f} USD this month").format(
            today=spent.today / MILLION,
            day=self.day / MILLION,
            this_month=spent.this_month / MILLION,
            month=self.month / MILLION,
        )
