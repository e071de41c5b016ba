"""What stands in front of the screen for a moment: a line to type, a list to choose from, the filters, the help."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from ereputation import words
from ereputation.screen import asked, keys
from ereputation.screen.asked import FILTERS, Asked, Filter
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from ereputation.screen.saved import Saved

_MOST = 500
"""Choices of one filter that are listed."""


class Ask(ModalScreen[str | None]):
    """One line to type; None when it was left with Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "")]

    def __init__(
        self, title: str, said: str, value: str, check: Callable[[str], str] = lambda _text: ""
    ) -> None:
        """``said`` stands above the line; ``check`` says once what one should know before a text is taken."""
        super().__init__()
        self._title, self._said, self._value, self._check = title, said, value, check
        self._told = ""

    def compose(self) -> ComposeResult:
        """A box with a line."""
        box = Vertical(
            Static(self._said, markup=False, classes="label"),
            Input(self._value, select_on_focus=False),
            classes="box",
        )
        box.border_title = Content(self._title)
        box.border_subtitle = _("Enter: take it    Esc: leave it")
        yield box

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        """Take the text, unless there is something to say about it first."""
        said = self._check(event.value)
        if said and said != self._told:
            self._told = said
            self.query_one(".label", Static).update(said)
            return
        self.dismiss(event.value)


class Pick(ModalScreen[Asked | None]):
    """A saved search to run; Delete forgets one."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", ""), ("delete,d", "drop", "")]

    def __init__(self, searches: Sequence[Saved], drop: Callable[[str], None]) -> None:
        super().__init__()
        self._searches, self._drop = list(searches), drop

    def compose(self) -> ComposeResult:
        """A box with the list."""
        box = Vertical(OptionList(*map(self._option, self._searches)), classes="box")
        box.border_title = _("Saved searches")
        box.border_subtitle = _("Enter: search    Del: forget    Esc: back")
        yield box

    @staticmethod
    def _option(search: Saved) -> Option:
        filters = "  ".join(asked.chip(search.asked, name) for name in FILTERS if search.asked.given(name))
        said = Content.assemble(
            (words.shown(search.name, 60), "bold"),
            ("  " + words.shown(search.asked.text, 200), ""),
            ("  " + filters, "dim"),
        )
        return Option(said)

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        """Run it."""
        self.dismiss(self._searches[event.option_index].asked)

    def action_drop(self) -> None:
        """Forget the one under the cursor."""
        listed = self.query_one(OptionList)
        place = listed.highlighted
        if place is None:
            return
        self._drop(self._searches.pop(place).name)
        listed.remove_option_at_index(place)
        if not self._searches:
            self.dismiss(None)


class Filters(ModalScreen[None]):
    """All filters at once; each change shows behind it at once."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,f2,q", "dismiss(None)", ""), ("space,x", "switch", "")]

    def __init__(
        self, given: Asked, choices: Mapping[Filter, Sequence[str]], changed: Callable[[Asked], str]
    ) -> None:
        """``changed`` takes the new filters and says what is wrong with them; empty when nothing is."""
        super().__init__()
        self._asked, self._choices, self._changed = given, choices, changed

    def compose(self) -> ComposeResult:
        """A list under five titles, and a period of one's own."""
        listed = OptionList(*self._options())
        listed.highlighted = 1
        since = Input(self._own_since(), id="since", placeholder="7d, 2011-03-11")
        until = Input(self._asked.until, id="until", placeholder="2011-03-14")
        box = Vertical(
            listed,
            Horizontal(Label(_("From")), since, Label(_("to (excluded)")), until, classes="row"),
            Static("", id="wrong", markup=False),
            classes="box",
        )
        box.border_title = _("Filters")
        box.border_subtitle = _("Space: on or off    Tab: a period of your own    Esc: back")
        yield box

    def on_resize(self) -> None:
        """Leave room for the lines below the list, also on a low screen."""
        self.query_one(OptionList).styles.max_height = max(4, self.size.height - 9)

    def _own_since(self) -> str:
        return "" if self._asked.since in asked.PERIODS else self._asked.since

    def _options(self) -> list[Option]:
        self._values: list[tuple[Filter, str] | None] = []
        options = []
        for name in FILTERS:
            self._values.append(None)
            options.append(Option(Content.styled(asked.title(name), "bold"), disabled=True))
            for value in dict.fromkeys([*self._choices[name][:_MOST], *self._asked.given(name)]):
                self._values.append((name, value))
                options.append(Option(self._line(name, value)))
        return options

    def _line(self, name: Filter, value: str) -> Content:
        on = value in self._asked.given(name)
        mark = ("●" if on else "○") if name == "since" else ("■" if on else "□")
        return Content.assemble(
            (f"  {mark} ", "bold" if on else "dim"), (asked.said(name, value), "bold" if on else "")
        )

    def action_switch(self) -> None:
        """Let the value under the cursor through, or no longer."""
        self.query_one(OptionList).action_select()

    @on(OptionList.OptionSelected)
    def toggle(self, event: OptionList.OptionSelected) -> None:
        """Let a value through, or no longer; of the periods one at most."""
        if (here := self._values[event.option_index]) is None:
            return
        name, value = here
        given = self._asked.given(name)
        if name == "since":
            chosen = [] if value in given else [value]
            for line in ("#since", "#until"):
                self.query_one(line, Input).value = ""
        else:
            chosen = [v for v in given if v != value] + ([] if value in given else [value])
        self._take(self._asked.having(name, chosen))

    @on(Input.Submitted)
    @on(Input.Blurred)
    def own_period(self) -> None:
        """A period that is typed."""
        since, until = (self.query_one(line, Input).value.strip() for line in ("#since", "#until"))
        if (since, until) == (self._own_since(), self._asked.until):
            return
        period = since or ("" if until else self._asked.since)
        self._take(replace(self._asked, since=period, until=until))

    def _take(self, given: Asked) -> None:
        wrong = self._changed(given)
        self.query_one("#wrong", Static).update(wrong)
        if not wrong:
            self._asked = given
            listed = self.query_one(OptionList)
            for place, here in enumerate(self._values):
                if here is not None:
                    listed.replace_option_prompt_at_index(place, self._line(*here))


class Help(ModalScreen[None]):
    """Every key, and the query language in a few lines."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,f1,question_mark,enter", "dismiss(None)", "")]

    def compose(self) -> ComposeResult:
        """A box that scrolls."""
        parts: list[Text | Table] = []
        for title, lines in keys.guide():
            table = Table.grid(padding=(0, 2))
            table.add_column(min_width=16, no_wrap=True)
            table.add_column(overflow="fold")
            for key, said in lines:
                table.add_row(Text(key, style="bold"), Text(said))
            parts += [Text(title, style="bold underline"), table, Text()]
        box = Vertical(VerticalScroll(Static(Group(*parts)), classes="scroll"), classes="box")
        box.border_title = _("Keys and queries")
        box.border_subtitle = _("Esc: back")
        yield box

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one(VerticalScroll).focus()
