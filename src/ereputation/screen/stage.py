"""The bare stage: what stands where, how one moves about, and the line at the foot; what it shows comes from above."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import App
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from ereputation import words
from ereputation.screen import asked as asking
from ereputation.screen import keys, themes
from ereputation.screen.asked import FILTERS, Asked
from ereputation.screen.bars import Bar
from ereputation.screen.details import Details
from ereputation.screen.dialogs import Help
from ereputation.screen.results import Results
from ereputation.screen.rows import Inks, Look
from ereputation.speech import _
from ereputation.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.screen import Screen
    from textual.timer import Timer

    from ereputation.config import Config
    from ereputation.database import Database

WIDE, TALL = 110, 30
"""Columns from which a hit stands beside the list, and lines from which the query has a frame."""
_INTERRUPTED = 130


class Query(Input):
    """The line to type in; the arrows move in the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"app.{action}", show=False) for key, action in keys.TYPING.items()
    ]


class Stage(App[None]):
    """Query, mistakes, counts, filters, list and hit, keys."""

    CSS = themes.SHEET
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, action, show=False) for key, action in keys.ANYWHERE.items()),
        Binding("ctrl+c", f"leave({_INTERRUPTED})", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False, priority=True),
    ]

    def __init__(
        self, config: Config, database: Database, given: Asked, *, clock: Callable[[], datetime]
    ) -> None:
        """``clock`` says what time it is."""
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (TALL, "-tall")]
        self.register_theme(themes.NIGHT)
        self.register_theme(themes.DAY)
        self.theme = themes.NIGHT.name
        self.config, self.asked, self.clock = config, given, clock
        self._database = database
        self._zone = config.timezone
        self._reading = partial(Store.open, database, read_only=True)
        self._delays: dict[str, Timer] = {}
        self._results = Results(self._look())
        self._details = Details()
        self._line = Query(given.text, id="query", select_on_focus=False)
        self._word = Static(id="word", markup=False)
        self._counts = Static(id="tally", markup=False)
        self._chips, self._foot = Bar("chips"), Bar("keys")

    def compose(self) -> ComposeResult:
        """From the top to the foot."""
        self._line.placeholder = _('Words, or a query: "Air France" NEAR/5 (grève OR strike) -title:jobs')
        self._line.border_title = "ereputation"
        self._line.border_subtitle = Content(words.shown(self._place, 40))
        yield self._line
        yield self._word
        yield self._counts
        yield self._chips
        with Horizontal(id="body"):
            yield self._results
            yield self._details
        yield self._foot

    def on_mount(self) -> None:
        """Show the filters one began with."""
        self._line.cursor_position = len(self.asked.text)
        self._show_chips()
        self._show_keys()

    @property
    def _ground(self) -> Screen[Any]:
        """The screen itself, whatever stands in front of it."""
        return self.screen_stack[0]

    @property
    def _inks(self) -> Inks:
        return themes.inks(self.theme)

    @property
    def _place(self) -> str:
        """Where the data lives, in short."""
        return self._database.name if isinstance(self._database, Path) else str(self._database)

    def _look(self) -> Look:
        return Look(
            inks=self._inks,
            zone=self._zone,
            brands=self.asked.brands,
            named=len(self.config.brands) > 1 and len(self.asked.brands) != 1,
        )

    def _show_chips(self) -> None:
        inks = self._inks
        buttons = []
        for number, name in enumerate(FILTERS):
            given = bool(self.asked.given(name)) or (name == "since" and bool(self.asked.until))
            text = Text(f"{number + 1} ", style=inks.soft)
            if given:
                text.append(f" {asking.chip(self.asked, name)} ", style="reverse")
            else:
                text.append(asking.title(name), style=inks.soft)
            buttons.append((text, f"turn({number})"))
        if self.asked.filtered:
            buttons.append((Text("c " + _("no filters"), style=inks.soft), "clear"))
        self._chips.put(buttons)

    def _where(self) -> keys.Where:
        if self.focused is self._details:
            return "full"
        return "list" if self.focused is self._results else "query"

    def _show_keys(self) -> None:
        buttons = [
            (Text.assemble((key.key, "bold"), (f" {key.said}", self._inks.soft)), key.action)
            for key in keys.foot(self._where())
        ]
        self._foot.put(buttons, tail=2)

    def on_descendant_focus(self) -> None:
        """Other keys count."""
        if self.is_running and len(self.screen_stack) == 1:
            self._show_keys()

    def _later(self, name: str, seconds: float, act: Callable[[], object]) -> None:
        """Do something after a while, unless the same is put off once more."""
        if (timer := self._delays.pop(name, None)) is not None:
            timer.stop()
        self._delays[name] = self.set_timer(seconds, act)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        """A few words in the corner, for a few seconds."""
        self.clear_notifications()
        self.notify(
            words.shown(text, 500),
            severity="warning" if wrong else "information",
            timeout=8 if wrong else 3,
            markup=False,
        )

    @property
    def _beside(self) -> bool:
        """Whether the chosen hit is seen: beside the list, or in front of it."""
        if not self.screen_stack:  # it is over
            return False
        return self._ground.has_class("-wide") or self._ground.has_class("reading")

    def _show_full(self) -> None:
        """Show the chosen hit in full."""

    def action_move(self, step: int) -> None:
        """Choose the next hit, or the one before."""
        self._results.choose(self._results.chosen + step)

    def action_page(self, step: int) -> None:
        """Choose a screenful further."""
        self._results.page(step)

    def action_end(self, side: int) -> None:
        """Choose the first or the last hit."""
        self._results.choose(0 if side < 0 else len(self._results.hits) - 1)

    @on(Results.Pressed)
    @on(Input.Submitted, "#query")
    def action_full(self) -> None:
        """Read the chosen hit in full."""
        if self._results.hit is not None:
            self._ground.add_class("reading")
            self._show_full()
            self._details.focus()

    def action_out(self) -> None:
        """From the hit to the list, from the list to the query."""
        if self._ground.has_class("reading"):
            self._ground.remove_class("reading")
            self._results.focus()
        else:
            self.action_typing()

    def action_typing(self) -> None:
        """To the query."""
        self._ground.remove_class("reading")
        self._line.focus()

    def action_onward(self) -> None:
        """From the query to the list, to the hit beside it, to the query."""
        where = self._where()
        if where == "query":
            self._results.focus()
        elif where == "list" and self._ground.has_class("-wide"):
            self.action_full()
        else:
            self.action_typing()

    def action_backward(self) -> None:
        """The other way round."""
        if self._where() == "full":
            self.action_out()
        else:
            self.action_typing()

    def action_dark(self) -> None:
        """Dark or light."""
        self.theme = themes.DAY.name if self.theme == themes.NIGHT.name else themes.NIGHT.name
        self._results.redress(self._look())
        self._show_chips()
        self._show_keys()
        self._show_full()

    def action_help(self) -> None:
        """Every key."""
        self.push_screen(Help())
