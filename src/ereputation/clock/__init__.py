"""The response clock: which post of the brand answered whom, after how long, and what cannot be known.

Nothing here reads a clock or a database: mentions and the brand's own documents come in, waits and figures go out.
"Nobody answered" is only said of what was really watched; the rest is unknown, with the reason.
"""

from ereputation.clock.pairing import LONGEST, names, parent, waits
from ereputation.clock.summing import PARTS, Tally
from ereputation.clock.values import (
    Account,
    Cell,
    Clock,
    Figures,
    Links,
    State,
    Stretch,
    Voice,
    Wait,
    Why,
)
from ereputation.clock.weekend import Outlook, Weekend, coming_weekend, weekends_before

__all__ = [
    "LONGEST",
    "PARTS",
    "Account",
    "Cell",
    "Clock",
    "Figures",
    "Links",
    "Outlook",
    "State",
    "Stretch",
    "Tally",
    "Voice",
    "Wait",
    "Weekend",
    "Why",
    "coming_weekend",
    "names",
    "parent",
    "waits",
    "weekends_before",
]
