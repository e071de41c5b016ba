"""Sentiment in French and English, of a whole text or towards a brand, with the words that decided.

A text is cut into tokens (``tokens``), its words and expressions are looked up (``lexicon``, ``vocabulary``; the
lists are ``fr.txt`` and ``en.txt``), and rules change their weights, one phenomenon a module: ``negation``,
``emphasis``, ``events``, ``remedies``, ``marks``, ``irony``. ``target``, ``roles``, ``subjects`` and ``comparison`` decide what
is said of the brand. The configuration's words (``words``) win over everything built in.

Lexicons and rules only, no trained model: training data of this kind has no clear licence. What is learnt is what the
user's own corrections say of single words (``learning``).

The rules load with the first text to be judged: most scans find nothing new.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ereputation.sentiment.categories import shares
from ereputation.sentiment.learning import Judged, Learnt, key, learn
from ereputation.sentiment.words import DEFAULT_WEIGHT, Words

if TYPE_CHECKING:
    from ereputation.sentiment.engine import Engine
    from ereputation.sentiment.language import detect_language

__all__ = [
    "DEFAULT_WEIGHT",
    "Engine",
    "Judged",
    "Learnt",
    "Words",
    "detect_language",
    "key",
    "learn",
    "shares",
]

_LATER = {"Engine": "engine", "detect_language": "language"}
"""What loads when it is asked for, and the module it is in."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    return found
