"""Detection replayed over the past as if it were live: the same code, causal, over stored hours or a file of counts."""

from ereputation.backtest.budgets import MONTH, Outcome, budget, compare
from ereputation.backtest.counts import CountsError, Series, read_counts
from ereputation.backtest.past import Past, Told, over_counts, run, settings_for
from ereputation.backtest.stored import over_store

__all__ = [
    "MONTH",
    "CountsError",
    "Outcome",
    "Past",
    "Series",
    "Told",
    "budget",
    "compare",
    "over_counts",
    "over_store",
    "read_counts",
    "run",
    "settings_for",
]
