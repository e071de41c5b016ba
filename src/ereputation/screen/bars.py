"""Lines of things to click: the chips of the filters, and the keys at the foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    Button = tuple[Text, str]

_GAP = 2


class Bar(Widget):
    """Texts in a row, each with the action that a click on it runs; what does not fit is left out."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._buttons: Sequence[Button] = ()
        self._tail = 0
        self._ends: list[tuple[int, int, str]] = []

    def put(self, buttons: Sequence[Button], *, tail: int = 0) -> None:
        """Show these; ``tail``: how many of the last ones stand at the right end, whatever is left out."""
        if list(buttons) != list(self._buttons):
            self._buttons, self._tail = buttons, tail
            self.refresh()

    def render(self) -> Text:
        """The line."""
        width = self.size.width
        text = Text(no_wrap=True, end="")
        self._ends = []
        place = len(self._buttons) - self._tail
        tail = self._buttons[place:]
        kept = width - sum(said.cell_len + _GAP for said, _action in tail)
        for button in self._buttons[:place]:
            if text.cell_len + button[0].cell_len > kept:
                break
            self._add(text, *button)
        text.append(" " * max(0, kept + _GAP - text.cell_len))
        for button in tail:
            self._add(text, *button)
        text.truncate(width)
        return text

    def _add(self, text: Text, said: Text, action: str) -> None:
        start = text.cell_len
        text.append_text(said)
        self._ends.append((start, text.cell_len, action))
        text.append(" " * _GAP)

    async def on_click(self, event: events.Click) -> None:
        """Do what stands there."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for start, end, action in self._ends:
            if start <= offset.x < end:
                await self.run_action(f"app.{action}")
                return
