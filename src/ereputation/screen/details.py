"""The pane of one hit in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.console import Group
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from ereputation.screen import keys
from ereputation.screen.full import full

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from ereputation.config import Config
    from ereputation.screen.finding import Full
    from ereputation.screen.rows import Inks

_SCROLLS = {"up,k": "scroll_up", "down,j": "scroll_down", "pageup": "page_up", "pagedown,space": "page_down",
            "home,g": "scroll_home", "end,G": "scroll_end"}  # fmt: skip
_NEXT = {"right": "app.move(1)", "left": "app.out", "comma": "app.move(-1)", "full_stop": "app.move(1)"}


class Details(VerticalScroll, can_focus=True):
    """One hit in full; its keys scroll, the arrows aside go on to the next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, action, show=False) for key, action in (_SCROLLS | _NEXT).items()),
        *(
            Binding(key, f"app.{action}", show=False)
            for key, action in keys.LOOKING.items()
            if key not in _SCROLLS and not action.startswith("full")
        ),
    ]

    def __init__(self) -> None:
        super().__init__(id="details")
        self._document = 0
        self._text = Static(id="text", markup=False)

    def compose(self) -> ComposeResult:
        """One text."""
        yield self._text

    def show(self, found: Full | None, config: Config, inks: Inks, *, now: datetime, zone: tzinfo) -> None:
        """Show this hit; None: nothing. Another document begins at its top, the same one stays where it is."""
        if found is None:
            self._text.update("")
            return
        self._text.update(Group(*full(found, config, inks, now=now, zone=zone)))
        if found.hit[0].id != self._document:
            self._document = found.hit[0].id
            self.scroll_to(y=0, animate=False)
