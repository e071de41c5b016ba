"""What people decide about mentions and episodes: which ones an argument names, and what a correction teaches."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from ereputation import figures
from ereputation.errors import UsageError
from ereputation.model import Handling
from ereputation.sentiment import key
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from ereputation.config import Config
    from ereputation.model import Action, Alert, Label, Mention
    from ereputation.sentiment import Learnt
    from ereputation.store import Store

_ID = re.compile(r"(s?)(\d{1,18})(?:\s*(?:-|\.\.)\s*\1(\d{1,18}))?", re.IGNORECASE)
_HOUR = re.compile(r"([01]?\d|2[0-3])[:hH]([0-5]\d)")
_ALERT = re.compile(r"a\d{1,18}", re.IGNORECASE)
_CANDIDATES = 5
_MOST_IN_RANGE = 10_000
_LONGEST_SNOOZE = timedelta(days=31)
"""Longer is no snooze: a matter that is hushed for good should be resolved, by somebody, with a reason."""


def mentions_of(store: Store, names: Iterable[str]) -> list[int]:
    """The mentions named by numbers (``412``), stories (``s17``: all its copies) and ranges (``412-418``, ``s3-s5``).

    UsageError when one is not there; of a range, at least one has to be.
    """
    found: list[int] = []
    for name in names:
        known = _named(store, name.strip())
        if not known:
            story = name.strip()[:1].lower() == "s"
            raise UsageError(
                (
                    _("there is no story {id}; `ereputation export` lists their ids")
                    if story
                    else _("there is no mention {id}; `ereputation export` lists their ids")
                ).format(id=name.strip())
            )
        found += known
    return list(dict.fromkeys(found))


def _named(store: Store, name: str) -> list[int]:
    parsed = _ID.fullmatch(name)
    if parsed is None:
        if _ALERT.fullmatch(name):
            raise UsageError(
                _(
                    "{id} is an alert, not a mention: `ereputation alerts ack {id}` says who takes care of it"
                ).format(id=name)
            )
        raise UsageError(
            _("expected the id of a mention (412), of a story (s17) or a range (412-418), not {id!r}").format(
                id=name
            )
        )
    first, last = int(parsed[2]), int(parsed[3] or parsed[2])
    if not first <= last < first + _MOST_IN_RANGE:
        raise UsageError(
            _("{id}: a range goes from the lower id to the higher, over {most:,} at most").format(
                id=name, most=_MOST_IN_RANGE
            )
        )
    return store.existing(first, last, stories=bool(parsed[1]))


def alerts_of(store: Store, names: Iterable[str]) -> list[Alert]:
    """The alerts of these ids (``a3``), the latest of each episode once; UsageError when one is not there."""
    found: dict[object, Alert] = {}
    for name in names:
        alert = store.alert(name)
        if alert is None:
            raise UsageError(
                _("there is no alert {id!r}; `ereputation alerts` lists them").format(id=name.strip())
            )
        known = found.get(alert.matter)
        found[alert.matter] = alert if known is None or alert.at >= known.at else known
    return list(found.values())


def handle(
    store: Store,
    alert: Alert,
    action: Action,
    *,
    now: datetime,
    by: str = "",
    note: str = "",
    until: datetime | None = None,
) -> Alert:
    """Note who takes care of an alert's episode, at the seriousness it has now; the alert as it stands then."""
    decision = Handling(
        action=action, at=now, by=by.strip(), note=note.strip(), until=until, severity=store.gravest(alert)
    )
    store.handle(alert, decision)
    return replace(alert, handling=decision)


def until_when(text: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """When a snooze ends: ``18:00`` (the next one in ``zone``), a date or a date and time. UsageError for what is no time to come."""
    try:
        if hour := _HOUR.fullmatch(text.strip()):
            local = now.astimezone(zone)
            then = local.replace(hour=int(hour[1]), minute=int(hour[2]), second=0, microsecond=0)
            then = then if then > local else then + timedelta(days=1)
        else:
            then = datetime.fromisoformat(text.strip())
            then = then if then.tzinfo else then.replace(tzinfo=zone)
        until = then.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(
            _("--until: expected 18:00, 2026-03-14 or 2026-03-14T09:00, not {text!r}").format(text=text)
        ) from None
    return bounded(until, now=now, option="--until")


def bounded(until: datetime, *, now: datetime, option: str) -> datetime:
    """``until``, if it lies ahead and not too far."""
    if until <= now:
        raise UsageError(_("{option}: that is over already").format(option=option))
    if until - now > _LONGEST_SNOOZE:
        raise UsageError(
            _(
                "{option}: {days} days at most; what is over for good is resolved: `ereputation alerts resolve`"
            ).format(option=option, days=_LONGEST_SNOOZE.days)
        )
    return until


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a corrected mention says about the sentiment words."""

    brand: str
    mention: int
    words: tuple[str, ...]
    """Expressions that weighed the wrong way; empty when none did."""
    candidates: tuple[str, ...] = ()
    """When nothing weighed the right way: words of the text one may choose from."""
    label: Label


def yaml(lessons: Iterable[Lesson]) -> str:
    """What to paste into the configuration, each brand and each word once; empty when there is nothing to say."""
    lines: list[str] = []
    for brand, taught in groupby(sorted(lessons, key=lambda one: one.brand), key=lambda one: one.brand):
        same = list(taught)
        wrong = _listed(word for one in same for word in one.words)
        chosen = _listed(word for one in same for word in one.candidates)
        if wrong or chosen:
            lines.append(f"  - name: {_quoted(brand)}")
        if wrong:
            lines.append(f"    neutral: [{wrong}]")
        if chosen:
            lines.append(f"    {same[0].label}: [{chosen}]   # {_('keep those that mean it')}")
    return "\n".join(["brands:", *lines]) if lines else ""


def _listed(texts: Iterable[str]) -> str:
    """Words as the inside of a YAML list; those that differ only in case or accents once."""
    once: dict[str, str] = {}
    for text in texts:
        once.setdefault(key(text), text)
    return ", ".join(map(_quoted, once.values()))


def _quoted(text: str) -> str:
    """Text as a YAML scalar on one line."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def lesson(mention: Mention, label: Label, config: Config) -> Lesson:
    """Which words decided wrongly, as seen by who corrected a mention to ``label``."""
    sentiment = mention.match.sentiment
    wrong = [w for w in sentiment.words if _against(w.weight, label)]
    right = label == "neutral" or any(_pulls(w.weight, label) for w in sentiment.words)
    brand = next((b for b in config.brands if b.name == mention.match.brand), None)
    own = [mention.match.brand, *(brand.keywords if brand else ())]
    drop = frozenset(part.casefold() for name in own for part in [name, *name.split()])
    text = mention.document.content
    terms: Sequence[str] = [] if right else list(figures.terms(text[:2_000], drop=drop).values())
    blamed = {part.casefold() for word in wrong for part in word.text.split()}
    free = [t for t in terms if t[0] not in "@#" and blamed.isdisjoint(t.casefold().split())]
    return Lesson(
        brand=mention.match.brand,
        mention=mention.id,
        words=tuple(dict.fromkeys(w.text.strip() for w in wrong if w.text.strip())),
        candidates=tuple(sorted(free, key=lambda term: -len(term))[:_CANDIDATES]),
        label=label,
    )


class Taught(NamedTuple):
    """A word that weighs less for a brand than the lexicon says, because people overruled it."""

    brand: str
    word: str
    """As the lexicon knows it, without accents."""
    factor: float
    corrections: int
    written: str
    """As the corrected text has it."""


def taught(store: Store, learnt: Mapping[str, Learnt], numbers: Iterable[int]) -> list[Taught]:
    """What was learnt, by brand, about the words of these mentions."""
    shares = {brand: one.words for brand, one in learnt.items()}
    found: dict[tuple[str, str], Taught] = {}
    for number in numbers:
        mention = store.mention(number)
        if mention is None or not shares.get(mention.match.brand):
            continue
        brand = mention.match.brand
        written = {key(word.text): word.text for word in mention.match.sentiment.words}
        for word in written.keys() & shares[brand].keys():
            found.setdefault((brand, word), Taught(brand, word, *shares[brand][word], written[word]))
    return sorted(found.values())


def _against(weight: float, label: Label) -> bool:
    return weight != 0 if label == "neutral" else _pulls(-weight, label)


def _pulls(weight: float, label: Label) -> bool:
    return weight > 0 if label == "positive" else weight < 0
