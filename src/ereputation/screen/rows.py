"""A hit in two lines: tone, time and what was said; who said it where, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells
from rich.text import Text

from ereputation import words
from ereputation.tables import marking
from ereputation.tables.styles import UNICODE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from ereputation.model import Mention, Span
    from ereputation.searching import Hit

MARGIN = 10
"""Columns before the words: a bar, the sign of the tone, the time."""
_SENSE = 15
"""Columns below which a few words say nothing."""
_STATUS = {"seen": "·", "handled": "✓", "ignored": "×"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inks:
    """Colours of one theme, after Okabe and Ito; each has a sign or a word beside it."""

    negative: str
    positive: str
    match: str
    soft: str
    """What is there to be looked up, not read."""
    faint: str

    def tone(self, label: str) -> str:
        """The colour of a tone."""
        return {"negative": self.negative, "positive": self.positive}.get(label, self.soft)


DARK = Inks(
    negative="#f0824a", positive="#62b8ec", match="bold underline #f2c763", soft="#9aa3ae", faint="#5b636e"
)
LIGHT = Inks(
    negative="#b34700", positive="#00659e", match="bold underline #7d4f00", soft="#5c636b", faint="#a9a498"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the dress of a row depends on, besides the hit."""

    inks: Inks = DARK
    zone: tzinfo
    width: int = 80
    brands: tuple[str, ...] = ()
    """The brands that were asked for."""
    named: bool = False
    """Whether rows name their brands: where there is more than one."""


def in_hand(mentions: Sequence[Mention], brands: Sequence[str], turn: int = 0) -> Mention | None:
    """The mention that keys act on: of the brands asked for, else the first; ``turn`` goes on to the next ones."""
    if not mentions:
        return None
    wanted = {brand.casefold() for brand in brands}
    first = [m for m in mentions if m.match.brand.casefold() in wanted]
    order = [*first, *(m for m in mentions if m not in first)]
    return order[turn % len(order)]


def spans_of(hit: Hit) -> Sequence[Span]:
    """The query's own matches, else the brands'."""
    _document, mentions, spans = hit
    if spans or not mentions:
        return spans
    merged: list[Span] = []
    for start, end in sorted(span for mention in mentions for span in mention.match.spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def heading(hit: Hit, look: Look) -> Text:
    """The day above its hits."""
    day = words.day(hit[0].published, look.zone)
    text = Text(f" {day} ", style="bold", no_wrap=True)
    text.append("─" * max(0, look.width - cell_len(day) - 3), style=look.inks.faint)
    return text


def row(hit: Hit, look: Look) -> tuple[Text, Text]:
    """The two lines of a hit, each at most ``look.width`` columns."""
    document, mentions, _spans = hit
    mention = in_hand(mentions, look.brands)
    label = mention.match.sentiment.label if mention else document.label
    first = Text(no_wrap=True)
    first.append(f" {UNICODE.tone[label]} ", style=look.inks.tone(label))
    first.append(f"{words.hour(document.published, look.zone)}  ", style=look.inks.soft)
    room = max(20, look.width - MARGIN - 1)
    state, who = badges(mention), _who(hit, look, max(16, room * 9 // 20))
    below = room - cell_len(who) - 2
    said, more = _said(hit, look, room - (cell_len(state) + 2 if state else 0), below)
    first.append_text(said)
    _flush_right(first, state, look)
    second = Text(" " * MARGIN, no_wrap=True)
    if below > _SENSE:
        more.truncate(below, overflow="ellipsis")
        second.append_text(more)
    _flush_right(second, who, look)
    return first, second


def _flush_right(text: Text, said: str, look: Look) -> None:
    text.append(" " * max(0, look.width - 1 - text.cell_len - cell_len(said)))
    text.append(said, style=look.inks.soft)
    text.truncate(look.width - 1, overflow="ellipsis")


def badges(mention: Mention | None) -> str:
    """How a mention stands, at the end of its line: what a person noted, copies."""
    if mention is None:
        return ""
    signs = []
    if mention.copies > 1:
        signs.append(f"{words.count(mention.copies)}×")
    if mention.note:
        signs.append("✎")
    if mention.status != "new":
        signs.append(f"{_STATUS[mention.status]} {words.STATUSES[mention.status]}")
    return " ".join(signs)


def _who(hit: Hit, look: Look, room: int) -> str:
    """Who said it where, in so many columns; the source gives way to the author."""
    document, mentions, _spans = hit
    parts = []
    if look.named and mentions:
        parts.append(", ".join(words.shown(m.match.brand, 40) for m in mentions))
    author = words.shown(document.author_name, 40)
    if not author and (handle := words.shown(document.author_handle, 40).lstrip("@")):
        author = f"@{handle}"
    source = words.shown(document.source, 40) or words.shown(document.site, 40)
    if author == source:
        author = ""
    left = room - sum(cell_len(part) + 3 for part in (*parts, author) if part)
    parts += [part for part in (_cut(source, max(6, left)), author) if part]
    return _cut(" · ".join(parts), room)


def _cut(said: str, room: int) -> str:
    text = Text(said)
    text.truncate(room, overflow="ellipsis")
    return text.plain


def _said(hit: Hit, look: Look, room: int, below: int) -> tuple[Text, Text]:
    """What fits the first line, and what goes on in the second."""
    document, mentions, _spans = hit
    spans = spans_of(hit)
    fresh = not mentions or any(mention.status == "new" for mention in mentions)
    if title := marking.title(document, spans):
        text = inked(title, look.inks, "bold" if fresh else "")
        text.truncate(room, overflow="ellipsis")
        return text, inked(marking.excerpt(document, spans, max(_SENSE, below)), look.inks, "")
    text = inked(marking.excerpt(document, spans, room + max(0, below)), look.inks, "")
    return _broken(text, room)


def _broken(text: Text, room: int) -> tuple[Text, Text]:
    """A text in two at the last blank that leaves at most ``room`` columns before it."""
    if text.cell_len <= room:
        return text, Text()
    fitting = len(chop_cells(text.plain, room)[0])
    cut = text.plain.rfind(" ", fitting // 2, fitting + 1)
    cut = cut if cut > 0 else fitting
    first, rest = text.divide([cut])
    rest = rest[len(rest.plain) - len(rest.plain.lstrip()) :] if rest.plain.strip() else Text()
    return first, rest


def inked(pieces: Sequence[marking.Piece], inks: Inks, style: str) -> Text:
    """Pieces with their matches in colour."""
    text = Text(no_wrap=True)
    for part, match in pieces:
        text.append(part, style=inks.match if match else style)
    return text
