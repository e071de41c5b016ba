"""The list of hits: two lines each under their days; only what is visible is ever drawn, so a million cost nothing."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ereputation import words
from ereputation.screen import keys, rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.style import Style
    from textual import events
    from textual.binding import BindingType

    from ereputation.model import Mention
    from ereputation.screen.rows import Look
    from ereputation.searching import Hit

_HEADING = -1
_COLUMN = 60
"""Characters of a line of what is said in an empty list."""
_NEAR = 100
"""Hits before the end of the list at which more are wanted."""


class Results(ScrollView, can_focus=True):
    """Hits newest first; one of them is chosen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"results--chosen", "results--bar", "results--empty"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"app.{action}", show=False) for key, action in keys.LOOKING.items()
    ]

    class Chosen(Message):
        """Another hit is chosen, or the chosen one was brought up to date; None: there is none."""

        def __init__(self, hit: Hit | None) -> None:
            super().__init__()
            self.hit = hit

    class Pressed(Message):
        """The chosen hit was clicked once more."""

    class Near(Message):
        """The end of what was found so far comes near."""

    def __init__(self, look: Look) -> None:
        super().__init__(id="results")
        self.look = look
        self.hits: list[Hit] = []
        self.chosen = 0
        self.empty: Sequence[str] = ()
        """What is said where there are no hits."""
        self._lines: list[tuple[int, int]] = []
        self._tops: list[int] = []
        self._day = ""
        self._drawn: LRUCache[int, tuple[Text, Text]] = LRUCache(300)

    @property
    def hit(self) -> Hit | None:
        """The chosen one; None where nothing was found."""
        return self.hits[self.chosen] if self.hits else None

    def show(self, hits: Sequence[Hit], *, keep: int = 0) -> None:
        """These instead of what was shown; ``keep``: the document to stay at, if it is among them."""
        self.hits, self._lines, self._tops, self._day = [], [], [], ""
        self._drawn.clear()
        self._append(hits)
        place = next((n for n, hit in enumerate(hits) if keep and hit[0].id == keep), 0)
        self.chosen = place
        self._resize()
        self._reveal()
        self.refresh()
        self.post_message(self.Chosen(self.hit))

    def add(self, hits: Sequence[Hit]) -> None:
        """Further hits below; nothing that is shown moves."""
        first = not self.hits
        self._append(hits)
        self._resize()
        self.refresh()
        if first:
            self.post_message(self.Chosen(self.hit))

    def update_mentions(self, mentions: Mapping[int, Mention]) -> None:
        """Show mentions as they are now, by id."""
        for number, (document, known, spans) in enumerate(self.hits):
            if any(mention.id in mentions for mention in known):
                fresh = tuple(mentions.get(mention.id, mention) for mention in known)
                self.hits[number] = (document, fresh, spans)
                self._drawn.discard(number)
                if number == self.chosen:
                    self.post_message(self.Chosen(self.hit))
        self.refresh()

    def say(self, *lines: str) -> None:
        """What stands in the middle of an empty list."""
        self.empty = lines
        self.refresh()

    def redress(self, look: Look) -> None:
        """The same hits in other colours, or for other brands."""
        self.look = replace(look, width=self.look.width)
        self._drawn.clear()
        self.refresh()

    def _append(self, hits: Sequence[Hit]) -> None:
        for hit in hits:
            number = len(self.hits)
            day = words.day(hit[0].published, self.look.zone)
            if day != self._day:
                self._lines.append((number, _HEADING))
                self._day = day
            self._tops.append(len(self._lines))
            self._lines += [(number, 0), (number, 1)]
            self.hits.append(hit)

    def _resize(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._lines))

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new width, and keep the chosen hit in sight."""
        if event.size.width != self.look.width:
            self.look = replace(self.look, width=event.size.width)
            self._drawn.clear()
        self._resize()
        self._reveal()

    def choose(self, number: int) -> None:
        """Choose a hit; the nearest where there is none of this number."""
        number = max(0, min(len(self.hits) - 1, number))
        if not self.hits or number == self.chosen:
            return
        self.chosen = number
        self._reveal()
        self.refresh()
        self.post_message(self.Chosen(self.hit))
        self._ask_near()

    def page(self, pages: int) -> None:
        """Choose a screenful further."""
        self.choose(self.chosen + pages * max(1, (self.size.height - 1) // 2))

    def _reveal(self) -> None:
        if not self.hits or not self.size.height:
            return
        top = self._tops[self.chosen]
        first = top - 1 if self._lines[top - 1][1] == _HEADING else top
        at = self.scroll_offset.y
        if first < at:
            at = first
        elif top + 2 > at + self.size.height:
            at = top + 2 - self.size.height
        self.scroll_to(y=at, animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for more when one scrolls that far."""
        super().watch_scroll_y(old_value, new_value)
        self._ask_near()

    def _ask_near(self) -> None:
        seen = bisect_left(self._tops, self.scroll_offset.y + self.size.height)
        if max(seen, self.chosen) > len(self.hits) - _NEAR:
            self.post_message(self.Near())

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked; a click on the chosen one opens it."""
        line = int(event.y + self.scroll_offset.y)
        if line >= len(self._lines) or self._lines[line][1] == _HEADING:
            return
        number = self._lines[line][0]
        if number == self.chosen:
            self.post_message(self.Pressed())
        self.choose(number)

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.size.width
        style = self.rich_style
        line = y + self.scroll_offset.y
        if not self.hits:
            return self._nothing(y, width, style)
        if line >= len(self._lines):
            return Strip.blank(width, style)
        number, part = self._lines[line]
        if part == _HEADING:
            return self._strip(rows.heading(self.hits[number], self.look), style, width)
        if number not in self._drawn:
            self._drawn[number] = rows.row(self.hits[number], self.look)
        text = self._drawn[number][part]
        if number == self.chosen:
            style = self.get_component_rich_style("results--chosen")
            bar = self.get_component_rich_style("results--bar")
            text = Text.assemble(("▌", bar.color.name if bar.color else ""), text[1:])
        return self._strip(text, style, width)

    def _strip(self, text: Text, style: Style, width: int) -> Strip:
        strip = Strip(text.render(self.app.console), text.cell_len).apply_style(style)
        return strip.adjust_cell_length(width, style)

    def _nothing(self, y: int, width: int, style: Style) -> Strip:
        room = max(1, min(_COLUMN, width - 4))
        lines = [part for line in self.empty for part in (wrap(line, room) or [""])]
        first = max(0, (self.size.height - len(lines)) // 2 - 1)
        if not first <= y < first + len(lines):
            return Strip.blank(width, style)
        text = Text(lines[y - first], no_wrap=True)
        text.truncate(max(1, width), overflow="ellipsis")
        text.pad_left(max(0, (width - text.cell_len) // 2))
        return self._strip(text, self.get_component_rich_style("results--empty"), width)
