"""The scorer: text in, a score with its reasons out. Pure: it reads nothing but the lexicons of the package."""

from __future__ import annotations

import math
import re
from operator import attrgetter
from typing import TYPE_CHECKING

from ereputation.model import Label, Sentiment, Span, Word
from ereputation.sentiment import emphasis, events, grammar, irony, language, marks, negation, remedies
from ereputation.sentiment.categories import risks
from ereputation.sentiment.learning import USUAL, key
from ereputation.sentiment.lexicon import LANGUAGES
from ereputation.sentiment.reading import EVENT, Hit, Reading
from ereputation.sentiment.target import Targets
from ereputation.sentiment.tokens import Tokens, read
from ereputation.sentiment.vocabulary import vocabulary
from ereputation.sentiment.words import Words, both, overrides

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ereputation.sentiment.learning import Bounds, Learnt
    from ereputation.sentiment.vocabulary import Vocabulary
    from ereputation.sentiment.words import Overrides

_ALPHA = 15.0
"""Normalises a sum of weights into -1..1: s / sqrt(s*s + alpha), after VADER (Hutto and Gilbert, ICWSM 2014)."""
_BOUNDS = USUAL
"""Below the first: negative. An idle negation (-0.3) is enough, which is what makes complaints found. Above the second:
positive. Damped praise ("it would be good") is not enough."""
_WORLD = 0.5
"""Share of the events of the world in a whole text."""
_EXCLAMATION = 0.3
_MOST_EXCLAMATIONS = 3
_LONGEST = 200_000
"""Characters read; longer texts are not about one thing."""

_BOTH = 2.0
"""Function words of each language that make a text one in both."""
_ASKING = re.compile(
    r"^(?:bonjour |salut |hello |hi |hey |@\w+ ){0,9}(?:est-ce qu|quelqu'un|qqn|qui (?:sait|connait|a)|savez-vous|vous savez|"
    r"des avis|un avis|ou (?:trouver|est)|comment|combien|quel|does any|do any|anyone|anybody|has any|is there|are there|does |"
    r"do you|did |can (?:i|you|someone)|could (?:i|you|someone)|where|which|how (?:much|do|can|many|to)|"
    r"what(?:'s| is| are| time)|who )"
)
_REPROACHING = re.compile(
    r"(?:pourquoi|quand est-ce qu|c'est quand|jusqu'a quand|allez-vous|vous allez (?:me|nous|enfin)|va enfin|vont enfin|"
    r"comptez-vous|vous comptez|c'est normal|est-ce normal|combien de temps (?:encore|vais-je|va-t-on|faut-il|je vais)|"
    r"(?:arriver|arriverez|repondre|fonctionner|tenir|rappeler)[^?]{0,24}un jour|un jour (?:arriver|repondre|fonctionner|tenir|rappeler|livrer|a l'heure)|"
    r"faut-il (?:mourir|attendre|supplier|pleurer|prier|etre|vraiment|crier|menacer)|trop demander|(?:il|elle|ils|elles) (?:est|sont) (?:passee?s? )?ou (?:mon|ma|mes|notre|nos)|"
    r"est(?:-il|-elle)? (?:passee? )?ou (?:mon|ma)|pour quand|c'est pour quand|vous (?:dormez|faites quoi|foutez quoi|vous moquez|plaisantez|rigolez|etes serieux|etes ou)|"
    r"(?:serieux|serieusement|pardon|allo|vraiment) \?|qui (?:paie|paye|va payer|va me rembourser|rembourse)|qui est le genie|"
    r"y a-t-il quelqu'un|y a quelqu'un|ya quelqu'un|un jour \?|on fait comment|je fais quoi|on fait quoi|suis cense|"
    r"ou (?:est|sont|en est) (?:donc )?(?:mon|ma|mes|notre|nos|passe)|qu'attendez-vous|vous attendez quoi|faut (?:faire quoi|attendre)|"
    r"^(?:@\w+ ){0,9}why |why (?:does|do|is|are|can't|won't|did|would|has|have|was)|"
    r"when (?:will|do|can) (?:you|i|we|my|our|someone|somebody|anyone)|when (?:are you|is (?:my|our|someone))|"
    r"what(?:'s| is) going on|(?:am i|are we) supposed|is this normal|is it normal|ever going to|at least (?:answer|reply|tell)|"
    r"anyone (?:working|there|home|alive|going to)|how (?:is it|can you|can i|do you (?:sell|lose|run|expect))|"
    r"any chance (?:of|you|someone|we|i)|too much to ask|(?:is|are) (?:anyone|anybody|somebody|someone) (?:actually |ever |even )?going to|why on earth|what on earth|"
    r"what (?:exactly )?(?:am i|are we|do i|do we) pay(?:ing)? for|who(?:'s| is)? (?:thought|approved|designed|decided|signed off)|do i have to|must i|how many (?:times|more|calls|emails)|"
    r"(?:seriously|excuse me|hello|really)\s?\?|are you (?:kidding|joking|serious|having|asleep|ok|even)|have you (?:lost|forgotten|given up)|remember (?:me|us)\?|"
    r"where (?:is|are|'s) (?:my|our)|where's (?:my|our)|(?:do|are) you (?:even|seriously)|so you'd rather|how much longer|really\?)"
)
_INFORMATION = 0.35
"""Share of the sentiment in a question that asks for information."""
_ASIDE = (-0.1, 0.17)
"""Between them such a question judges nothing."""
_REPROACH = 0.15


class Engine:
    """Scores texts in French and English with their lexicons, in any language with the words of the configuration."""

    def __init__(self, words: Words | None = None) -> None:
        self.words = words or Words()
        self._last: tuple[str, str, Reading] | None = None

    @staticmethod
    def warm() -> None:
        """Load what the first texts would: the lexicons, and what they say of the words every text has.

        Worth its time before a process is copied.
        """
        for lang, usual in (("fr", grammar.FRENCH), ("en", grammar.ENGLISH)):
            meaning = vocabulary(lang).meaning
            for word in usual:
                meaning(word)

    @staticmethod
    def supports(lang: str) -> bool:
        """Whether there is a lexicon; without one only the configuration's words count."""
        return lang in LANGUAGES

    def score(self, text: str, lang: str = "") -> Sentiment:
        """Sentiment of a whole text. ``lang`` empty: detected; "fr", "en": taken as said; else without lexicon."""
        return _whole(self._reading(text, lang))

    def tone(self, text: str, lang: str = "") -> tuple[float, Label]:
        """Score and label of ``score`` without the reasons, which cost more than they do."""
        return _judged(_score(self._reading(text, lang)), _BOUNDS)

    def targeted(
        self,
        text: str,
        spans: Sequence[Span],
        others: Sequence[Span] = (),
        lang: str = "",
        words: Words | None = None,
        *,
        learnt: Learnt | None = None,
    ) -> Sentiment:
        """Sentiment towards a brand named at ``spans``; ``others`` are the spans of its rivals.

        ``words``: further words for this brand, which win over the engine's. ``learnt``: what corrections taught about
        it. Without spans the whole text counts.
        """
        if words and overrides(words).concern(read(text[:_LONGEST])):
            reading = _read(text, lang, both(self.words, words))
        else:
            reading = self._reading(text, lang)
        tokens = reading.tokens
        if not spans or not len(tokens):
            return _whole(reading)
        found = reading.all_hits()
        targets = Targets(tokens, spans, others, found)
        told = []
        total = 0.0
        for hit in found:
            if targets.in_name(hit):
                continue
            factor, rule = targets.share(hit)
            weight = hit.weight * factor
            rules = hit.rules if not rule or rule in hit.rules else (*hit.rules, rule)
            share = learnt and not hit.own and learnt.words.get(key(tokens.text[hit.start : hit.end]))
            if share:
                weight *= share.factor
                rules = (*rules, share.rule)
            total += weight
            told.append(_word(tokens, hit, weight, rules))
        score = _normalised(reading, targets.compared(total))
        return _sentiment(told, score, targets.clause(), bounds=learnt.bounds if learnt else _BOUNDS)

    def _reading(self, text: str, lang: str) -> Reading:
        """The last text is not read again: its whole is judged first, then what it says of whom."""
        last = self._last
        if last is None or last[:2] != (text, lang):
            last = self._last = text, lang, _read(text, lang, self.words)
        return last[2]


def _read(text: str, lang: str, words: Words) -> Reading:
    """Find everything that weighs, then let each rule have its say, in the order in which they build on one another."""
    tokens = read(text[:_LONGEST])
    spoken = _vocabulary(tokens, lang)
    meanings = [] if spoken is None else list(map(spoken.meaning, tokens.words))
    reading = Reading(tokens, spoken, meanings, [None] * len(tokens))
    prepared = overrides(words) if words else None
    places = prepared.places(tokens) if prepared else []
    if prepared:
        _find_own(reading, prepared, places)
    if spoken is not None:
        does = [at for at, meaning in enumerate(meanings) if not meaning.idle]
        _find_phrases(reading, does)
        _find_words(reading, does)
        if spoken.language == "fr":
            _silence_intensifiers(reading)
        emphasis.intensify(reading)
        denial = negation.denied(tokens)
        negation.apply(reading, denial)
        negation.weaken(reading)
        negation.spoil(reading)
        negation.deny(reading, denial)
        emphasis.contrast(reading)
        emphasis.concede(reading)
        events.apply(reading)
        remedies.apply(reading)
    emphasis.capitals(reading)
    reading.extra += marks.faces(tokens)
    if spoken is not None:
        reading.extra += marks.waits(tokens, [at for at in does if meanings[at].counts])
        taken = {at for hit in reading.standing() for at in range(hit.token, hit.token + hit.size)}
        reading.extra += [hit for hit in marks.speed(tokens) if hit.token not in taken]
        if "#" in tokens.text:
            reading.extra += marks.accusations(reading)
        irony.apply(reading)
    if prepared:
        _categorise(reading, prepared, places)
    return reading


def _vocabulary(tokens: Tokens, lang: str) -> Vocabulary | None:
    """None: a language without lexicon."""
    if lang:
        return vocabulary(lang) if lang in LANGUAGES else None
    french, english, elsewhere = language.evidence(tokens)
    if elsewhere:
        return None
    if french == english:
        return _between(tokens)
    lead, less = max(french, english), min(french, english)
    return vocabulary("fr" if french > english else "en", mixed=less >= _BOTH and 2 * less >= lead)


def _between(tokens: Tokens) -> Vocabulary:
    """No function word decides: the language whose lexicon knows more words, the other one beside it."""
    counts = [
        sum(
            vocabulary(lang).main.find(word) is not None
            for word in tokens.words
            if word != "a" and word not in grammar.FALSE_FRIENDS
        )
        for lang in LANGUAGES
    ]
    if counts[0] == counts[1]:
        return vocabulary("en" if tokens.original.isascii() else "fr", mixed=True)
    return vocabulary("fr" if counts[0] > counts[1] else "en")


def _find_own(reading: Reading, prepared: Overrides, places: Sequence[int]) -> None:
    """The configuration's words come first and keep what they cover; a neutral one covers and weighs nothing."""
    tokens = reading.tokens
    for at in places:
        found = None if at in reading.covered else prepared.weight(tokens.words, at)
        if found is None:
            continue
        size, entry = found
        reading.covered.update(range(at, at + size))
        if entry.weight:
            reading.hits[at] = _hit(tokens, at, size, entry.weight, entry.category, own=True)
    for start, end, entry in prepared.glued(tokens.text):
        at = tokens.nearest(start)
        if entry.weight and at not in reading.covered:
            face = tokens.text[start:end]
            reading.extra.append(
                Hit(at, start, end, entry.weight, "", face, "word", rules=("config",), own=True)
            )


def _categorise(reading: Reading, prepared: Overrides, places: Sequence[int]) -> None:
    """The configuration's categories: of the words that weigh there, else a word of no weight."""
    tokens = reading.tokens
    for at in places:
        found = prepared.category(tokens.words, at)
        if found is None:
            continue
        size, category = found
        weighing = [hit for hit in reading.hits[at : at + size] if hit]
        for hit in weighing:
            hit.category = category
        if not weighing:
            reading.extra.append(_hit(tokens, at, size, 0.0, category, own=True))


def _find_phrases(reading: Reading, places: Sequence[int]) -> None:
    tokens = reading.tokens
    words, covered = tokens.words, reading.covered
    last = len(words) - 1
    for at in places:
        if at == last:
            break
        meaning = reading.meanings[at]
        for phrase in meaning.phrases.get(words[at + 1], meaning.loose):
            if at in covered or not phrase.fits(words, at):
                continue
            size = len(phrase.parts)
            if covered.isdisjoint(range(at, at + size)):
                covered.update(range(at, at + size))
                reading.hits[at] = _hit(tokens, at, size, *phrase.entry)
            break


def _find_words(reading: Reading, places: Sequence[int]) -> None:
    tokens = reading.tokens
    last = len(tokens) - 1
    for at in places:
        meaning = reading.meanings[at]
        if meaning.negator or meaning.maybe_negator:
            reading.negators.append(at)
        if meaning.contrast and 0 < at < last:
            reading.contrasts.append(at)
        if at in reading.covered:
            continue
        if meaning.entry and not (tokens.words[at] in grammar.PLACES and _is_place(tokens, at)):
            hit = _hit(tokens, at, 1, meaning.entry.weight, meaning.entry.category)
            if meaning.stretch != 1.0:
                hit.scale(meaning.stretch, "elongated")
            reading.hits[at] = hit
        if meaning.functional:
            reading.functional.add(at)


def _is_place(tokens: Tokens, at: int) -> bool:
    """Whether a word that may be a place is one: "to Nice", "Nice-Paris", "Nice Airport", not "Nice crew"."""
    if not _capital(tokens, at) or tokens.shouted:
        return False
    before = tokens.words[at - 1] if at else ""
    after = tokens.words[at + 1] if at + 1 < len(tokens) else ""
    if after in grammar.AFTER_PLACES:
        return True
    followed = _capital(tokens, at + 1)
    if tokens.text.startswith("-", tokens.end(at)):
        return followed
    if at and tokens.end(at - 1) + 1 == tokens.starts[at] and tokens.text[tokens.end(at - 1)] == "-":
        return _capital(tokens, at - 1)
    return before in grammar.BEFORE_PLACES and not followed  # "A Guide to Nice People" is a title


def _capital(tokens: Tokens, at: int) -> bool:
    return at < len(tokens) and tokens.as_written(at)[:1].isupper()


def _silence_intensifiers(reading: Reading) -> None:
    """Before another word of the lexicon, "super" only intensifies it."""
    words, hits = reading.tokens.words, reading.hits
    if grammar.DOUBLE_AGENTS.isdisjoint(reading.tokens.distinct):
        return
    for at in range(len(words) - 1):
        hit = hits[at]
        if hit and hit.kind == "word" and not hit.own and words[at] in grammar.DOUBLE_AGENTS and hits[at + 1]:
            hits[at] = None


def _hit(tokens: Tokens, at: int, size: int, weight: float, category: str, *, own: bool = False) -> Hit:
    return Hit(
        at,
        tokens.starts[at],
        tokens.end(at + size - 1),
        weight,
        category,
        tokens.words[at] if size == 1 else " ".join(tokens.words[at : at + size]),
        "word" if size == 1 else "phrase",
        size,
        ("config",) if own else (),
        own=own,
    )


def _normalised(reading: Reading, total: float) -> float:
    """The sum of weights as a score in -1..1, after exclamation marks and questions."""
    tokens = reading.tokens
    exclamations = min(_MOST_EXCLAMATIONS, tokens.original.count("!"))
    if total:
        total += math.copysign(_EXCLAMATION * exclamations, total)
    score = total / math.sqrt(total * total + _ALPHA)
    if reading.vocabulary is not None and "?" in tokens.text[-40:]:
        asked = tokens.text.strip()
        if _REPROACHING.search(asked):
            return min(score, 0.0) - _REPROACH
        if _ASKING.search(asked):
            score *= _INFORMATION
            return score if score < _ASIDE[0] or score > _ASIDE[1] else 0.0
    return score


def _score(reading: Reading) -> float:
    """Of the whole text."""
    return _normalised(
        reading,
        sum(hit.weight * (_WORLD if hit.category == EVENT else 1.0) for hit in reading.all_hits()),
    )


def _whole(reading: Reading) -> Sentiment:
    words = [_word(reading.tokens, hit, hit.weight, hit.rules) for hit in reading.all_hits()]
    return _sentiment(words, _score(reading), None)


def _judged(score: float, bounds: Bounds) -> tuple[float, Label]:
    score = max(-1.0, min(1.0, score))
    label: Label = "negative" if score < bounds[0] else "positive" if score > bounds[1] else "neutral"
    return round(score, 4), label


def _sentiment(
    words: list[Word], score: float, clause: Span | None, *, bounds: Bounds = _BOUNDS
) -> Sentiment:
    score, label = _judged(score, bounds)
    words.sort(key=attrgetter("start", "end"))
    return Sentiment(label=label, score=score, words=tuple(words), clause=clause, categories=risks(words))


def _word(tokens: Tokens, hit: Hit, weight: float, rules: Sequence[str]) -> Word:
    start, end = tokens.folded.start(hit.start), tokens.folded.end(hit.end)
    return Word(
        text=tokens.original[start:end],
        start=start,
        end=end,
        weight=round(weight, 2),
        rule=", ".join(rules),
        category=hit.category,
    )
