"""What weighs without being a word of a lexicon: emoji, emoticons, long waits, hashtags that accuse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ereputation.sentiment.reading import Hit

if TYPE_CHECKING:
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
_EMOJI = re.compile(f"[{''.join(EMOJI)}]")
_EMOTICONS = (
    (re.compile(r"(?<!\w)(?:[:;=]-?[)\]d]|\^\^|<3|:-?\*|xd+)(?!\w)"), 2.0),
    (re.compile(r"(?<!\w)(?::-?[(\[]|:'\(|:-?/(?!/)|>:\(|-_-|:-?\|)(?!\w)"), -2.0),
)
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
_QUICK = re.compile(
    r"(?:(?:in|of) .*(?:minutes?|mins?)|.*\b\d ?(?:minutes?|mins?)|in (?:an?|one|two|three|\d) ?(?:hours?|h|hrs?|days?))$"
)
"""Nobody complains of what took ten minutes."""
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


def faces(tokens: Tokens) -> list[Hit]:
    """Emoji and emoticons. The same one counts twice at most, the second time less."""
    found = (
        []
        if tokens.text.isascii()
        else [(m.start(), m.group(), EMOJI[m.group()]) for m in _EMOJI.finditer(tokens.text)]
    )
    for pattern, weight in _EMOTICONS:
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
_SPEEDY = 1.2


def speed(tokens: Tokens) -> list[Hit]:
    """What was done quickly: "remplacée en 48 heures", "within the hour"."""
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


def waits(tokens: Tokens) -> list[Hit]:
    """What people count: the time they lose ("depuis 3 semaines"), and how often ("third time this month")."""
    found = [
        (match, _WAITING, "delay") for match in _WAIT.finditer(tokens.text) if not _QUICK.match(match.group())
    ]
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
                tokens.ends[at],
                _ACCUSING,
                category,
                word,
                "hashtag",
                rules=("hashtag",),
            )
        )
    return hits
