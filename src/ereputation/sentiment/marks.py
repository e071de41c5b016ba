"""What weighs without being a word of a lexicon: emoji, emoticons, long waits, hashtags that accuse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ereputation.sentiment.reading import Hit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ereputation.sentiment.reading import Reading
    from ereputation.sentiment.tokens import Tokens

EMOJI: dict[str, float] = {
    char: weight
    for weight, chars in (
        (3.0, "😍🥰😘❤🧡💛💚💙💜🖤💖💗💕💞💝💘🤩🥳🎉🎊🏆🥇💯"),
        (2.2, "😀😃😄😁😊☺🙂😇😻👍👏🙌🙏💪🔥✨🌟⭐😎🤗😋👌✅🫶🤞🎂🍾🥂💐🌹😌🤤💃🕺"),
        (1.2, "😂🤣😉😆😅😜😝🤪😺✌👋🌈☀🌞🌻🌸🎁🚀"),
        (-3.0, "😡😠🤬💩🤮🖕👿😤"),
        (-2.4, "😢😭😞😔😟😣😖😫😩😱😨😰😥💔👎🤢😒🙄😾😿☹🙁😕😬😓🥺🥲😪"),
        (-1.6, "🤦🤷😑😐🤨😶🥴🤡⚠🚨❌⛔🚫😳😵🥱🤔"),
    )
    for char in chars
}
APPLAUSE = frozenset("👏👍🎉")
_PICTURES = re.compile(f"[^\0-{chr(ord(min(EMOJI)) - 1)}]")
"""Most are emoji; a range is found ten times faster than their list."""
_EMOTICONS = (
    (re.compile(r"(?<!\w)(?:[:;=]-?[)\]d]|\^\^|<3|:-?\*|xd+)(?!\w)"), 2.0),
    (re.compile(r"(?<!\w)(?::-?[(\[]|:'\(|:-?/(?!/)|>:\(|-_-|:-?\|)(?!\w)"), -2.0),
)
_FACE = re.compile(r"[:;=^<x_][-)\]d(\[/|*'^3]")
"""Every emoticon has such a pair; most texts have none."""
_SECOND = 0.4
"""The second of the same emoji; further ones add nothing."""

_WAIT = re.compile(
    r"\b(?:for|after|over|of|in|been|past|last|depuis|pendant|bout de|plus d[e']|encore|another|still)\s{0,3}"
    r"(?:plus d[e'] ?|les |the |last |over |more than |at least )?"
    r"(?:\d{1,6}|deux|trois|quatre|cinq|six|dix|quinze|two|three|four|five|six|ten|several|plusieurs|une?|an?)\s{0,3}"
    r"(?:\+|plus)?\s{0,3}(?:hours?|hrs?|h\b|heures?|minutes?|mins?|days?|jours?|weeks?|semaines?|months?|mois)"
    r"|\b(?:\d{1,6}|une|deux|trois|quatre|cinq|six|dix|quinze) (?:heures?|h|jours?|semaines?|mois) (?:que|qu'|d'attente|de retard|pour (?!profiter)\w{2,12}(?:er|ir|re|oir)\b)"
    r"|\b(?:\d{1,2}|un|deux|trois|quatre|cinq|six|huit|neuf|dix|several|two|three|four|five|six|eight|nine|ten)\s{0,2}(?:semaines?|mois|ans|weeks?|months?|years?) "
    r"(?:pour (?:une?|des|le|la|les|l'|mon|ma|mes|que|avoir)|for (?:an?|my|the|one)|to (?:get|send|reply|answer|fix|process|refund|deliver))"
    r"|\b(?:1h|2h|3h|4h|5h|[2-9]\d ?min\w{0,5}|\d ?h ?[0-5]\d|[1-9]\d? ?h(?:eures?|ours?|rs?)?|une heure|an hour|deux heures|two hours|trois heures|three hours) "
    r"(?:pour (?:une?|des|le|la|les|l'|mon|ma|mes)|for (?:an?|my|the|one|some|cold) (?!only|just))"
    r"|\b(?:attend|patient|poireaut|wait|queu)\w{1,5} (?:plus de |encore |about |over |nearly |almost |another )?(?:\d{1,6}|une|deux|trois|quatre|cinq|six|dix|quinze|vingt|trente|"
    r"an|two|three|four|five|six|ten|twenty|thirty|forty)\s{0,2}(?:h\b|heures?|jours?|semaines?|mois|hours?|hrs?|days?|weeks?|months?|minutes?|mins?)"
    r"|\bonly took (?:them|him|her|you|it )?\s?(?:\w{1,9} ){0,2}(?:days|weeks|months|hours)"
    r"|\b(?:\d{1,3}|une?|deux|trois|two|three|four|five|six|an|one)\s{0,2}(?:hours?|hrs?|days?|weeks?|minutes?|mins?) (?:late|behind)\b"
)
_COUNTING = re.compile(
    r"\b(?:\d|for|after|over|of|in|been|past|last|depuis|pendant|bout|plus|encore|another|still|une?|deux|trois|quatre|"
    r"cinq|six|huit|neuf|dix|quinze|an|one|two|three|four|five|eight|nine|ten|several|attend|patient|poireaut|wait|queu|only)"
)
"""What a wait begins with; cheaper to look for in a word than the whole in a text."""
_QUICK = re.compile(
    r"(?:(?:in|of) .*(?:minutes?|mins?)|.*\b\d ?(?:minutes?|mins?)|in (?:an?|one|two|three|\d) ?(?:hours?|h|hrs?|days?))$"
)
"""Nobody complains of what took ten minutes."""
_STAY = re.compile(
    r"\b(?:connecting (?:in|at|through|via)|layovers?|stop-?overs?|stopping over|staying (?:in|at|with)|visiting|"
    r"on (?:holidays?|vacation)|escales?|(?:une|mon|notre|en) correspondance|en vacances|en sejour|en visite)\b[^.,;!?\n]{0,40}$"
)
"""Before a stretch of time: it is meant to last, and nobody waits."""
_WAITING = -1.1
_TIMES = re.compile(
    r"\b(?:\d{1,2}(?:e|eme|ieme|nd|rd|th|st)|deuxieme|troisieme|quatrieme|cinquieme|second|third|fourth|fifth) (?:fois|time) "
    r"(?:qu|en |cette |ce |de la |d'affilee|de suite|aujourd'hui|this |in |today|running|on the trot)"
)
_REPEATED = -1.4
_ACCUSATION = re.compile(
    r"(?:fail|sucks?|scam|boycott|worst|shame|nul|honte|arnaque|scandale|pourri|mdrr*$|disappointed|fraud|"
    r"never(?:again)?|unacceptable|ripoff|rage|colere|degage|stop(?=[a-z]))$|^(?:boycott|stop|fail|shame|honte|scandale|fuck)"
)
_ACCUSING = -2.6


def holds(text: str, pieces: Iterable[str]) -> bool:
    """Whether any of these pieces stands in a text: what a rule needs, looked for much faster than the rule."""
    return any(map(text.__contains__, pieces))


def faces(tokens: Tokens) -> list[Hit]:
    """Emoji and emoticons. The same one counts twice at most, the second time less."""
    pictures = () if tokens.text.isascii() else _PICTURES.finditer(tokens.text)
    found = [(m.start(), m.group(), EMOJI[m.group()]) for m in pictures if m.group() in EMOJI]
    for pattern, weight in _EMOTICONS if _FACE.search(tokens.text) else ():
        found += [(m.start(), m.group(), weight) for m in pattern.finditer(tokens.text)]
    seen: dict[str, int] = {}
    hits = []
    for start, face, weight in found:
        seen[face] = seen.get(face, 0) + 1
        if seen[face] <= 2:
            share = 1.0 if seen[face] == 1 else _SECOND
            hits.append(
                Hit(tokens.nearest(start), start, start + len(face), weight * share, "", face, "emoji")
            )
    return hits


_SPEED = re.compile(
    r"\ben (?:moins d[e'] ?)?(?:\d{1,2}|une?|deux|trois|quatre|cinq|dix|quinze|vingt) ?(?:h|heures?|minutes?|min|mn|jours?|clics?)\b(?! plus tard)"
    r"|\bin (?:one call|under (?:an?|one|two|three|five|ten|\d{1,2}) (?:minutes?|hours?|days?)|(?:\w{1,8}) minutes flat|minutes)\b"
    r"|\bwithin (?:minutes|seconds|hours|the hour|an hour|a day)\b|\b(?:the )?(?:very )?same (?:day|afternoon|morning|evening)\b|\bon the spot\b"
)
_SPEEDS = (
    "in one call", "in under ", " minutes flat", "in minutes", "within ", "same day", "same afternoon", "same morning",
    "same evening", "on the spot",
)  # fmt: skip
_IN_A_TIME = re.compile(r"en (?:moins d|\d|une?|deux|trois|quatre|cinq|dix|quinze|vingt)")
"""Without it, and without any of those above, nothing was quick."""
_SPEEDY = 1.2


def speed(tokens: Tokens) -> list[Hit]:
    """What was done quickly: "remplacée en 48 heures", "within the hour"."""
    if not holds(tokens.text, _SPEEDS) and not _IN_A_TIME.search(tokens.text):
        return []
    return [
        Hit(
            tokens.nearest(match.start()),
            match.start(),
            match.end(),
            _SPEEDY,
            "",
            match.group(),
            "duration",
            rules=("speed",),
        )
        for match in _SPEED.finditer(tokens.text)
    ]


def may_count(word: str) -> bool:
    """Whether a wait may begin inside this token."""
    return _COUNTING.search(word) is not None


def waits(tokens: Tokens, places: Sequence[int]) -> list[Hit]:
    """What people count: the time they lose ("depuis 3 semaines"), and how often ("third time this month").

    ``places``: the tokens that may count.
    """
    found = [
        (match, _WAITING, "delay")
        for match in _waits(tokens, places)
        if not _QUICK.match(match.group()) and not _meant(tokens.text, match)
    ]
    if holds(tokens.text, (" fois ", " time ")):
        found += [(match, _REPEATED, "service") for match in _TIMES.finditer(tokens.text)]
    return [
        Hit(
            tokens.nearest(match.start()),
            match.start(),
            match.end(),
            weight,
            category,
            match.group(),
            "duration",
            rules=("duration",),
        )
        for match, weight, category in found
    ]


def _meant(text: str, match: re.Match[str]) -> bool:
    """Whether the time is that of a stay: "connecting in Brest for 2 hours"."""
    start = match.start()
    return match.group().startswith(("for ", "pendant ")) and bool(
        _STAY.search(text, max(0, start - 80), start)
    )


def _waits(tokens: Tokens, places: Sequence[int]) -> Iterator[re.Match[str]]:
    """As ``_WAIT.finditer`` finds them, tried only where one may begin."""
    end = 0
    for at in places:
        start, word = tokens.starts[at], tokens.words[at]
        for inside in (0,) if word.isalnum() else [begin.start() for begin in _COUNTING.finditer(word)]:
            if start + inside >= end and (match := _WAIT.match(tokens.text, start + inside)):
                end = match.end()
                yield match


def accusations(reading: Reading) -> list[Hit]:
    """Hashtags that end or begin with an accusation: ``#airfrancefail``, ``#BoycottX``."""
    tokens = reading.tokens
    taken = {hit.token for hit in reading.extra} | {at for at, hit in enumerate(reading.hits) if hit}
    hits = []
    for at in range(1, len(tokens)):
        word = tokens.words[at]
        if tokens.words[at - 1] != "#" or at in taken or len(word) > 100 or not _ACCUSATION.search(word):
            continue
        category = "boycott" if "boycott" in word else ""
        hits.append(
            Hit(
                at,
                tokens.starts[at],
                tokens.end(at),
                _ACCUSING,
                category,
                word,
                "hashtag",
                rules=("hashtag",),
            )
        )
    return hits
