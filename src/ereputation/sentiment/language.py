"""Which language a text is in: function words, accents, alphabets. Small, fast, and silent when it cannot tell.

Function words alone tell the languages of western Europe apart in a sentence or two (Grefenstette, "Comparing two
language identification schemes", JADT 1995); other alphabets tell themselves.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ereputation.sentiment import grammar
from ereputation.sentiment.tokens import read

if TYPE_CHECKING:
    from ereputation.sentiment.tokens import Tokens

_SAMPLE = 4_000
"""Characters looked at; a longer text is not more certain."""
_ACCENT = 0.5
"""What one accented letter counts, in function words."""
_LEAD = 1.0
"""Function words by which a third language must lead French and English."""

_OTHERS = {
    "es": "el la los las un una unos unas y e o de del al en con por para que se su sus lo le les me te mi tu es son era "
    "esta estan este esto ser hay muy mas pero como cuando no si ya todo todos fue han ha he porque desde hasta sin "
    "sobre tambien donde quien nos gracias hola bueno",
    "it": "il lo la i gli le un uno una di del della dei delle dello da dal dalla in nel nella con su per tra fra e ed o ma "
    "che chi non si mi ti ci vi ne sono sei siamo era ha ho hanno anche come quando dove piu molto questo questa "
    "tutto perche grazie ciao alla al agli alle degli dell' dall' nell' all' sull' un' quest'",
    "de": "der die das den dem des ein eine einen einem einer und oder aber nicht kein keine ich du er sie es wir ihr ist "
    "sind war waren hat habe haben wird werden mit von vom zu zum zur auf fur im in an am bei nach aus auch noch nur "
    "schon sehr wie was wenn dass man mich mir sich so danke uber wieder immer",
    "nl": "de het een en of maar niet geen ik je jij hij zij ze wij we jullie is zijn was waren heb heeft hebben wordt "
    "worden met van voor naar op in aan bij uit ook nog maar al zo wel dat dit die deze er om te door als dan wat wie "
    "hoe mijn jouw onze bedankt weer altijd",
    "pt": "o a os as um uma uns umas e ou de do da dos das em no na nos nas com por para que se seu sua me te eu tu ele ela "
    "voce nao sim mais mas muito como quando ja foi era sao esta estao este isso tudo porque sem sobre tambem obrigado "
    "obrigada ola pelo pela ao aos",
}
_MARKS = {
    "fr": "éèêàçùôîûëïœ",
    "es": "ñ¿¡áíóú",
    "it": "ìòàèù",
    "de": "äöüß",
    "nl": "ĳ",
    "pt": "ãõáâçíóú",
}
_FUNCTION_WORDS = {
    name: frozenset(word for word in words.split() if len(word) > 1) for name, words in _OTHERS.items()
}
"""Single letters are left out: names and lists are full of them."""
_ALPHABETS = (
    ("ja", "[\u3040-\u30ff]"),
    ("ko", "[\u1100-\u11ff\uac00-\ud7af]"),
    ("zh", "[\u3400-\u9fff]"),
    ("uk", "[іїєґІЇЄҐ]"),
    ("ru", "[\u0400-\u04ff]"),
    ("el", "[\u0370-\u03ff]"),
    ("he", "[\u0590-\u05ff]"),
    ("fa", "[پچژگ]"),
    ("ar", "[\u0600-\u06ff]"),
    ("hi", "[\u0900-\u097f]"),
    ("th", "[\u0e00-\u0e7f]"),
)
"""Compiled when met: large ranges take milliseconds, and most texts are in none of these."""
_BEYOND = re.compile("[^\0-\u036f\u2000-\u303f]")
_LAST = "\ud7af"
"""Up to it, all that is beyond Latin letters and signs is of an alphabet."""


def detect_language(text: str, hint: str = "") -> str:
    """The ISO 639-1 code of a text's language ("fr", "en", ...), "" when nothing tells.

    ``hint`` decides only where the text does not.
    """
    french, english, elsewhere = _heard(text[:_SAMPLE])
    if elsewhere:
        return elsewhere
    hint = hint.lower().partition("-")[0].partition("_")[0]
    if french == english:
        return hint
    if hint in {"fr", "en"} and abs(french - english) < 0.5:
        return hint
    return "fr" if french > english else "en"


@lru_cache(maxsize=16)
def _heard(sample: str) -> tuple[float, float, str]:
    other = _by_alphabet(sample)
    return (0.0, 0.0, other) if other else evidence(read(sample))


def evidence(tokens: Tokens) -> tuple[float, float, str]:
    """French and English function words met, and a third language that clearly leads both (else "")."""
    lowered = "" if tokens.original.isascii() else tokens.original.lower()
    french = sum(map(grammar.FRENCH.__contains__, tokens.words)) + _accents(lowered, "fr")
    english = float(sum(map(grammar.ENGLISH.__contains__, tokens.words)))
    return french, english, _elsewhere(tokens, lowered, max(french, english))


def _accents(lowered: str, language: str) -> float:
    return _ACCENT * sum(map(lowered.count, _MARKS[language])) if lowered else 0.0


def _elsewhere(tokens: Tokens, lowered: str, best: float) -> str:
    """The third language whose distinct function words lead; repetitions ("ha ha ha") prove nothing."""
    leader, lead = "", best + _LEAD
    for language, known in _FUNCTION_WORDS.items():
        score: float = len(known & tokens.distinct)
        if score < 2:
            continue
        score += _accents(lowered, language)
        if score > lead:
            leader, lead = language, score
    return leader


def _by_alphabet(text: str) -> str:
    foreign = 0 if text.isascii() else sum(char <= _LAST for char in _BEYOND.findall(text))
    if not foreign or foreign * 3 < sum(map(str.isalpha, text)):
        return ""
    return next((language for language, letters in _ALPHABETS if re.search(letters, text)), "")
