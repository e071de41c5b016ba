"""Who waits for an answer: questions, calls for help and complaints put to a brand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection

    from ereputation.model import Document, Match

_SERVICE = frozenset(
    {"service", "delay", "refund", "price", "quality", "fraud", "outage", "data leak", "safety"}
)
"""Risk categories a customer complains of; a law suit or a strike is news, not a request."""
_HELP = re.compile(
    r"\b(?:help|sos|please|pls|svp|stp|aidez|urgent|repond(?:ez|re|s)|reponse|contact(?:er|ez)|answer|reply|"
    r"dm|remboursement|refund|bloque[es]*|stranded|coince[es]*|joindre|besoin d)\b"
)
_ADDRESS = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_REPOST = re.compile(r"\s*RT @")
_HANDLE = re.compile(r"@(\w{1,60})")
_FROM_PEOPLE = frozenset({"post", "comment", "review"})
_LONGEST = 4_000
"""Characters looked at: a request stands at the beginning."""


def is_direct(
    document: Document, match: Match, *, handles: Collection[str] = (), to_brand: bool = False
) -> bool:
    """True for what speaks *to* the brand: its handle stands in it, or it answers the brand (``to_brand``).

    ``handles``: the brand's own, folded, without ``@``, besides those its query finds.
    """
    content = document.content[:_LONGEST]
    if to_brand or any(content[start : start + 1] == "@" for start, _ in match.spans):
        return True
    return bool(handles) and any(fold(found) in handles for found in _HANDLE.findall(content))


def expects_answer(document: Document, match: Match, *, direct: bool | None = None) -> bool:
    """True for an earned document that puts a question, a call for help or a service complaint to the brand.

    What is direct (None: as ``is_direct`` says), a reply or a short untitled post speaks *to* somebody; an article speaks
    *about* the brand. Repeating somebody else's post asks nothing.
    """
    if match.media == "owned":
        return False
    direct = is_direct(document, match) if direct is None else direct
    personal = direct or bool(document.reply_to) or document.type in _FROM_PEOPLE or not document.title
    content = document.content[:_LONGEST]
    if not personal or _REPOST.match(content):
        return False
    said = _ADDRESS.sub(" ", content)  # ``?`` in a web address asks nothing
    if "?" in said:
        return True
    if _HELP.search(fold(said)):
        return direct or match.sentiment.label != "positive"
    return match.sentiment.label == "negative" and (
        direct or not _SERVICE.isdisjoint(match.sentiment.categories)
    )


def may_expect_answer(
    title: str, text: str, *, kind: str, reply_to: str, label: str, categories: bool
) -> bool:
    """False where ``expects_answer`` is false, whoever the brand is: asked before a document is made of a row.

    ``kind``: the document's type; ``categories``: whether the negative words have any.
    """
    content = (f"{title}\n{text}" if title and text else title or text)[:_LONGEST]
    addressed = "@" in content or bool(reply_to)  # else it is not direct
    if not (addressed or kind in _FROM_PEOPLE or not title):
        return False
    if label == "negative" and (addressed or categories):
        return True
    said = _ADDRESS.sub(" ", content)
    return "?" in said or bool(_HELP.search(fold(said)))
