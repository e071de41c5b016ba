"""What people decide about mentions: which ones an argument names, and what a correction teaches."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ereputation import figures
from ereputation.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ereputation.config import Config
    from ereputation.model import Label, Mention
    from ereputation.store import Store

_ID = re.compile(r"([sS]?)(\d{1,18})")
_CANDIDATES = 5


def mentions_of(store: Store, names: Iterable[str]) -> list[int]:
    """The mentions named by numbers (``412``) and stories (``s17``: all its copies); UsageError when one is not there."""
    found: list[int] = []
    for name in names:
        parsed = _ID.fullmatch(name.strip())
        if parsed is None:
            raise UsageError(f"expected the id of a mention (412) or of a story (s17), not {name!r}")
        number = int(parsed[2])
        known = store.story_mentions(number) if parsed[1] else [number] if store.mention(number) else []
        if not known:
            what = "story" if parsed[1] else "mention"
            raise UsageError(f"there is no {what} {name.strip()}; `ereputation export` lists their ids")
        found += known
    return list(dict.fromkeys(found))


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

    def yaml(self) -> str:
        """What to paste into the configuration; empty when there is nothing to say."""
        wrong = ", ".join(map(_quoted, self.words))
        chosen = ", ".join(map(_quoted, self.candidates))
        lines = [f"    neutral: [{wrong}]"] if wrong else []
        if chosen:
            lines.append(f"    {self.label}: [{chosen}]   # keep those that mean it")
        if not lines:
            return ""
        return "\n".join(["brands:", f"  - name: {_quoted(self.brand)}", *lines])


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


def _against(weight: float, label: Label) -> bool:
    return weight != 0 if label == "neutral" else _pulls(-weight, label)


def _pulls(weight: float, label: Label) -> bool:
    return weight > 0 if label == "positive" else weight < 0
