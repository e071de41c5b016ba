"""What happened to the world is not the brand's fault: words that describe an earthquake, or what one is saved from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ereputation.sentiment.reading import EVENT

if TYPE_CHECKING:
    from ereputation.sentiment.reading import Hit, Reading

_NEAR = 2
"""Tokens between an event and the adjective that describes it."""
_CASUALTIES = re.compile(
    r"victim|morts?$|mortel|tuee?s?$|blesse|deces|disparu|degats|sinistre|evacu|detrui|devast|dead|death|died|kill|injur|"
    r"destroy|damag|wounded|stranded|bloque|perturb|catastroph|terrible|tragi|drame|disaster"
)
_RESCUES = re.compile(
    r"sauve(?:e|nt|r|tage)?\b|sauve la mise|vien(?:t|nent) en aide|au secours|rapatri|rescue|saves?$|saved?$|savior|saviour|aide(?:nt|r)?$"
)


def apply(reading: Reading) -> None:
    """Give the words that describe an event, or that stand after a rescue, the category of events."""
    hits = list(reading.standing())
    if not hits:
        return
    sentences, clauses = reading.tokens.sentences, reading.tokens.clauses
    events = [hit.token for hit in hits if hit.category == EVENT]
    shaken = {sentences[at] for at in events}
    beside = {(clauses[at], at + step) for at in events for step in range(-_NEAR, _NEAR + 1)}
    rescued: int | None = None
    for hit in hits:
        if hit.weight > 0 and _RESCUES.match(hit.text):
            rescued = sentences[hit.token]
        elif hit.weight < 0 and not hit.own and hit.category != EVENT:
            described = (clauses[hit.token], hit.token) in beside and not hit.category
            casualty = sentences[hit.token] in shaken and _CASUALTIES.match(hit.text) is not None
            if described or casualty or sentences[hit.token] == rescued:
                _excuse(hit)


def _excuse(hit: Hit) -> None:
    hit.category = EVENT
    hit.rules += ("event",)
