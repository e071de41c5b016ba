"""How numbers, times and the words of the field are said to people, in the language in use."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from ereputation.speech import N_, NP_, _, language, n_, p_
from ereputation.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, tzinfo


class Said(Mapping[str, str]):
    """Words of the field by their names in data, said in the language in use when they are asked for."""

    def __init__(self, **marked: tuple[str, str]) -> None:
        self._marked = marked

    def __getitem__(self, name: str) -> str:
        return p_(*self._marked[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._marked)

    def __len__(self) -> int:
        return len(self._marked)


class Calendar(Sequence[str]):
    """Names of days or months, said in the language in use when they are asked for."""

    def __init__(self, *, en: str, fr: str) -> None:
        self._names = {"en": en.split(), "fr": fr.split()}

    def __getitem__(self, index: Any) -> Any:
        return self._names[language()][index]

    def __len__(self) -> int:
        return len(self._names["en"])


KINDS = Said(
    volume_spike=NP_("field", "Volume spike"),
    negative_spike=NP_("field", "Negative spike"),
    brand_silence=NP_("field", "Brand silence"),
    source_failure=NP_("field", "Source failure"),
)
SEVERITIES = Said(
    info=NP_("field", "INFO"), warning=NP_("field", "WARNING"), critical=NP_("field", "CRITICAL")
)
REASONS = Said(
    opened=NP_("field", "new"),
    escalated=NP_("field", "worse than last told"),
    closed=NP_("field", "over"),
)
LABELS = Said(
    **{
        "negative": NP_("field", "negative"),
        "neutral": NP_("field", "neutral"),
        "positive": NP_("field", "positive"),
        "": NP_("field", "not scored"),
    }
)
STATUSES = Said(
    new=NP_("status", "new"),
    seen=NP_("status", "seen"),
    handled=NP_("status", "handled"),
    ignored=NP_("status", "ignored"),
)
HEALTH = Said(
    **{
        "ok": NP_("health", "ok"),
        "quiet": NP_("health", "quiet"),
        "failed": NP_("health", "failed"),
        "failing": NP_("health", "failing"),
        "dead": NP_("health", "dead"),
        "recovered": NP_("health", "recovered"),
        "never read": NP_("health", "never read"),
        "not read lately": NP_("health", "not read lately"),
    }
)
RISKS = Said(
    **{
        "service": NP_("risk", "service"),
        "delay": NP_("risk", "delay"),
        "refund": NP_("risk", "refund"),
        "price": NP_("risk", "price"),
        "quality": NP_("risk", "quality"),
        "safety": NP_("risk", "safety"),
        "fraud": NP_("risk", "fraud"),
        "data leak": NP_("risk", "data leak"),
        "outage": NP_("risk", "outage"),
        "legal": NP_("risk", "legal"),
        "strike": NP_("risk", "strike"),
        "lay-offs": NP_("risk", "lay-offs"),
        "boycott": NP_("risk", "boycott"),
        "scandal": NP_("risk", "scandal"),
        "discrimination": NP_("risk", "discrimination"),
        "ecology": NP_("risk", "ecology"),
        "conduct": NP_("risk", "conduct"),
        "competitor": NP_("risk", "competitor"),
        "results": NP_("risk", "results"),
        "thanks": NP_("risk", "thanks"),
        "recommendation": NP_("risk", "recommendation"),
        "praise": NP_("risk", "praise"),
        "award": NP_("risk", "award"),
        "ext": NP_("risk", "event of the world"),
    }
)
"""What complaints and praise are about; people may name others in their configuration."""
RULES = Said(
    **{
        "negated": NP_("rule", "negated"),
        "denied": NP_("rule", "denied"),
        "intensified": NP_("rule", "intensified"),
        "diminished": NP_("rule", "diminished"),
        "capitals": NP_("rule", "capitals"),
        "elongated": NP_("rule", "elongated"),
        "emoji": NP_("rule", "emoji"),
        "irony": NP_("rule", "irony"),
        "wish": NP_("rule", "wish"),
        "wonder": NP_("rule", "wonder"),
        "contrast": NP_("rule", "contrast"),
        "conceded": NP_("rule", "conceded"),
        "event": NP_("rule", "event"),
        "distance": NP_("rule", "distance"),
        "source": NP_("rule", "source"),
        "other brand": NP_("rule", "other brand"),
    }
)
"""What changed the weight of a word."""
DAYS = Calendar(en="Mon Tue Wed Thu Fri Sat Sun", fr="lun. mar. mer. jeu. ven. sam. dim.")
LONG_DAYS = Calendar(
    en="Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    fr="lundi mardi mercredi jeudi vendredi samedi dimanche",
)
MONTHS = Calendar(
    en="Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    fr="janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
)
LONG_MONTHS = Calendar(
    en="January February March April May June July August September October November December",
    fr="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
)
NO_BREAK, THIN = "\u00a0", "\u202f"
_RANKS = (
    (1e12, N_("less than 1 in a trillion (p = {p})")),
    (1e9, N_("less than 1 in a billion (p = {p})")),
    (1e6, N_("less than 1 in a million (p = {p})")),
)
_INVISIBLE = dict.fromkeys([0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x2800, 0x3164, 0xFFA0])
_MOST_MARKS = 3


def shown(text: str, limit: int = 1000) -> str:
    """Text from outside for one line of a screen: harmless, at most ``limit`` characters, no towers of accents."""
    flat = one_line(text[: 4 * limit])
    if not flat.isascii():
        flat = _without_towers(flat.translate(_INVISIBLE))
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def _without_towers(text: str) -> str:
    """At most three marks on a letter and seven joined signs: the longest that real writing and emoji need."""
    kept: list[str] = []
    marks = joints = 0
    for char in text:
        if char == "\u200d":
            joints += 1
            if joints > 2 * _MOST_MARKS or (kept and kept[-1] == char):
                continue
        elif unicodedata.category(char) in {"Mn", "Me", "Cf"}:
            marks += 1
            if marks > _MOST_MARKS:
                continue
        else:
            marks = 0
            joints = joints if kept and kept[-1] == "\u200d" else 0
        kept.append(char)
    return "".join(kept)


def _local_digits(number: str) -> str:
    """A number as Python writes it, with the separators of the language in use: ``1 203,5`` in French."""
    return number if language() == "en" else number.replace(",", THIN).replace(".", ",")


def decimal(value: float, digits: int) -> str:
    """``1,203.50`` with exactly so many digits behind the point."""
    return _local_digits(f"{value:,.{digits}f}") if math.isfinite(value) else "?"


def score(value: float) -> str:
    """``-0.62``, always with its sign."""
    return _local_digits(f"{value:+.2f}")


def count(value: float) -> str:
    """``1,203``, ``13.6``; small expectations keep a digit that means something."""
    if not math.isfinite(value):
        return "?"
    if float(value).is_integer() or abs(value) >= 20:
        return decimal(value, 0)
    return decimal(value, 1) if abs(value) >= 0.1 else _local_digits(f"{value:.2g}")


def amount(value: float, one: str, many: str) -> str:
    """``1 mention``, ``203 mentions``; the words are marked for translation by standing here."""
    return f"{count(value)} {n_(one, many, value)}"


def weight(value: float) -> str:
    """``-2.0``, always with its sign."""
    return _local_digits(f"{value:+.1f}")


def risk(name: str) -> str:
    """A category as it is called; one of somebody's own stays as it was written."""
    return RISKS[name] if name in RISKS else shown(name, 40)


def because(rules: str, category: str) -> str:
    """What changed a word's weight, and what it is about; empty when it is simply a word."""
    changed = [RULES[rule] if rule in RULES else shown(rule, 60) for rule in rules.split(", ") if rule]
    return ", ".join([*changed, *([risk(category)] if category else [])])


def labelled(label: str, text: str) -> str:
    """``Peak: Sunday``, with the space French puts before a colon."""
    return _("{label}: {text}").format(label=label, text=text)


def also(said: str, more: str) -> str:
    """``it failed; again from noon``, with the space French puts before a semicolon."""
    return _("{said}; {more}").format(said=said, more=more)


def joined(parts: Iterable[str]) -> str:
    """What there is of several, one after the other, as ``also`` puts two; empty when there is nothing."""
    said = [part for part in parts if part]
    return reduce(also, said) if said else ""


def percent(share: float) -> str:
    """``85%``."""
    if not math.isfinite(share):
        return "?"
    return f"{100 * share:.0f}{'' if language() == 'en' else NO_BREAK}%"


def times(observed: float, expected: float) -> str:
    """How many times as much, in words; empty where a ratio would say nothing."""
    if not (math.isfinite(observed) and math.isfinite(expected)) or expected <= 0 or observed <= 0:
        return ""
    if (ratio := observed / expected) >= 1.05:
        return _("{ratio} times as many").format(ratio=decimal(ratio, 0 if ratio >= 10 else 1))
    return _("as many as expected") if ratio > 0.95 else _("{share} fewer").format(share=percent(1 - ratio))


def duration(seconds: float) -> str:
    """``45 minutes``, ``3 hours``, ``2 h 30 min``, ``31 hours``, ``4 days``: no finer than one cares."""
    minutes = max(0, round(seconds / 60))
    if minutes < 60:
        return amount(minutes, "minute", "minutes")
    if minutes < 6 * 60 and minutes % 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    if (hours := round(minutes / 60)) < 72:
        return amount(hours, "hour", "hours")
    return amount(round(hours / 24), "day", "days")


def since(moment: datetime, now: datetime) -> str:
    """``6 hours ago``; ``in 20 minutes`` when it lies ahead."""
    seconds = (now - moment).total_seconds()
    if abs(seconds) < 60:
        return _("just now") if seconds >= 0 else _("in a moment")
    said = _("{duration} ago") if seconds > 0 else _("in {duration}")
    return said.format(duration=duration(abs(seconds)))


def _local(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except (OverflowError, ValueError):  # the first and last day of the calendar have no other zone
        return moment


def _day_of_month(number: int) -> str:
    return "1er" if number == 1 and language() == "fr" else str(number)


def clock(moment: datetime, zone: tzinfo, now: datetime) -> str:
    """``Sun 13 Mar 15:00``, with the year when it is not this one."""
    local = _local(moment, zone)
    year = "" if local.year == _local(now, zone).year else f" {local.year}"
    date = f"{DAYS[local.weekday()]} {_day_of_month(local.day)} {MONTHS[local.month - 1]}{year}"
    return f"{date} {local:%H:%M}"


def again(why: str, moment: datetime | None, zone: tzinfo, now: datetime) -> str:
    """``it failed; again from Sun 13 Mar 15:00``: why, and when somebody may be asked once more, where that is known."""
    if moment is None:
        return why
    return also(why, _("again from {moment}").format(moment=clock(moment, zone, now)))


def day(moment: datetime, zone: tzinfo) -> str:
    """``Sunday 13 March 2011``."""
    local = _local(moment, zone)
    name, month = LONG_DAYS[local.weekday()], LONG_MONTHS[local.month - 1]
    return f"{name} {_day_of_month(local.day)} {month} {local.year}"


def short_day(moment: datetime, zone: tzinfo, *, month: bool = False) -> str:
    """``Sun 13``, or with its month ``13 Mar``: short enough for an axis."""
    local = _local(moment, zone)
    return f"{local.day} {MONTHS[local.month - 1]}" if month else f"{DAYS[local.weekday()]} {local.day}"


def month(moment: datetime, zone: tzinfo) -> str:
    """``Mar 2011``."""
    local = _local(moment, zone)
    return f"{MONTHS[local.month - 1]} {local.year}"


def stamp(moment: datetime, zone: tzinfo) -> str:
    """``2011-03-13 15:00``: sorts, and cuts well."""
    return f"{_local(moment, zone):%Y-%m-%d %H:%M}"


def hour(moment: datetime, zone: tzinfo) -> str:
    """``15:00``."""
    return f"{_local(moment, zone):%H:%M}"


def chance(p_value: float) -> str:
    """A p-value in words and as a number; empty when nothing was tested."""
    if not math.isfinite(p_value) or p_value >= 1:
        return ""
    if p_value <= 0:
        return _("less than 1 in a trillion (p < 1e-300)")
    odds = 1 / p_value
    for size, sentence in _RANKS:
        if odds >= size:
            return _(sentence).format(p=_local_digits(f"{p_value:.1g}"))
    rounded = round(odds, 1 - len(str(int(odds))) + 1) if odds >= 100 else round(odds)
    return _("about 1 in {odds} (p = {p})").format(
        odds=decimal(rounded, 0), p=_local_digits(f"{p_value:.2g}")
    )
