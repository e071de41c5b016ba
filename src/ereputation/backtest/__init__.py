"""Detection replayed over the past as if it were live: the same code, causal, over stored hours or a file of counts.

``stored`` needs the configuration and the database, which take half a second to load: import it where it is used.
"""

from ereputation.backtest.budgets import MONTH, Outcome, budget, compare
from ereputation.backtest.counts import CountsError, Series, read_counts
from ereputation.backtest.past import Past, Told, over_counts, run, settings_for

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
    "read_counts",
    "run",
    "settings_for",
]
