"""Who waits for an answer: questions, calls for help and complaints put to a brand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ereputation.text import fold

if TYPE_CHECKING:
    from ereputation.model import Document, Match

_SERVICE = frozenset(
    {"service", "delay", "refund", "price", "quality", "fraud", "outage", "data leak", "safety"}
)
"""Risk categories a customer complains of; a law suit or a strike is news, not a request."""
_HELP = re.compile(
    r"\b(?:help|sos|please|svp|stp|aidez|urgent|repond(?:ez|re|s)|reponse|contact(?:er|ez)|answer|reply|"
    r"dm|remboursement|refund|bloque[es]*|stranded|coince[es]*|joindre|besoin d)\b"
)
_FROM_PEOPLE = frozenset({"post", "comment", "review"})
_LONGEST = 4_000
"""Characters looked at: a request stands at the beginning."""


def expects_answer(document: Document, match: Match) -> bool:
    """True for an earned document that puts a question, a call for help or a service complaint to the brand.

    A handle in it, a reply or a short untitled post speaks *to* the brand; an article speaks *about* it.
    """
    if match.media == "owned":
        return False
    content = document.content[:_LONGEST]
    addressed = any(content[start : start + 1] == "@" for start, _ in match.spans)
    personal = addressed or bool(document.reply_to) or document.type in _FROM_PEOPLE or not document.title
    if not personal:
        return False
    if "?" in content or _HELP.search(fold(content)):
        return True
    return match.sentiment.label == "negative" and (
        addressed or not _SERVICE.isdisjoint(match.sentiment.categories)
    )
