"""Regular inflections of French and English words, so that lists need only the form of a dictionary.

Wrong forms ("beaus", "goed") do no harm: nobody writes them.
"""

from __future__ import annotations

_FIRST_GROUP = (
    "er", "e", "es", "ons", "ez", "ent", "ee", "ees", "ait", "aient", "ais", "ant", "era", "eront", "erait", "eraient", "erez",
)  # fmt: skip
_SECOND_GROUP = (
    "ir",
    "is",
    "it",
    "issons",
    "issez",
    "issent",
    "issait",
    "issant",
    "issante",
    "ie",
    "i",
    "ies",
    "ira",
    "iront",
)
_ADJECTIVES = (
    ("eux", ("eux", "euse", "euses", "eusement")),
    ("if", ("if", "ifs", "ive", "ives", "ivement")),
    ("teur", ("teur", "teurs", "trice", "trices", "teuse", "teuses")),
    ("eur", ("eur", "eurs", "euse", "euses")),
    ("al", ("al", "ale", "ales", "aux", "alement")),
    ("ant", ("ant", "ante", "ants", "antes")),
    ("ent", ("ent", "ente", "ents", "entes")),
)
_DOUBLING = ("el", "eil", "en", "on", "et", "ul", "as")
_VOWELS = "aeiou"


def french(word: str) -> set[str]:
    """Plural, feminine, adverb and the common tenses of a folded French word."""
    forms = {word, word + "s"}
    for ending, changed in _ADJECTIVES:
        if word.endswith(ending):
            stem = word[: -len(ending)]
            return forms | {stem + new for new in changed}
    if word.endswith("er") and len(word) > 4:
        stem = word[:-2]
        softened = stem + "e" if stem.endswith("g") else stem
        return forms | {(softened if new[0] in "ao" else stem) + new for new in _FIRST_GROUP}
    if word.endswith("ir") and len(word) > 4:
        return forms | {word[:-2] + new for new in _SECOND_GROUP}
    if word.endswith(_DOUBLING):
        forms |= {word + word[-1] + "e", word + word[-1] + "es"}
    if word.endswith(("eau", "eu")):
        return forms | {word + "x"}
    if word.endswith("e"):
        return forms | {word + "e", word + "es", word[:-1] + "er", word[:-1] + "ent", word + "ment"}
    return forms | {word + "e", word + "es"}


def english(word: str) -> set[str]:
    """Plural, third person, past and -ing of a folded English word."""
    if len(word) < 3:
        return {word, word + "s"}
    if word.endswith("y") and word[-2] not in _VOWELS:
        return {word, word[:-1] + "ies", word[:-1] + "ied", word + "ing"}
    if word.endswith("e"):
        return {word, word + "s", word + "d", word[:-1] + "ing"}
    plural = word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")
    forms = {word, plural, word + "ed", word + "ing"}
    if word[-1] not in "aeiouwxyhr" and word[-2] in _VOWELS and word[-3] not in _VOWELS:
        forms |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return forms
