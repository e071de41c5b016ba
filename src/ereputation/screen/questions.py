"""Questions and answers: what is typed or filtered is asked of the store, what it finds is counted and listed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual import on, work
from textual.widgets import Input

from ereputation import tables, words
from ereputation.errors import EreputationError, QueryError, UsageError
from ereputation.screen import asked as asking
from ereputation.screen import finding, saved
from ereputation.screen.asked import FILTERS, Asked
from ereputation.screen.dialogs import Ask, Filters, Pick
from ereputation.screen.finding import Found
from ereputation.screen.results import Results
from ereputation.screen.stage import Stage
from ereputation.speech import _, n_

if TYPE_CHECKING:
    from datetime import datetime

    from ereputation.screen.latest import Latest

_PAUSE = 0.12
"""Seconds without a key after which the search begins."""
_CALM = 0.6
"""Seconds without a key after which a mistake is told."""
_SLOW = 0.5
"""Seconds after which one says that the search goes on."""
_NEWS = 30.0
"""Seconds between two looks whether a scan has brought something."""
_SPARK = 40


class Questions(Stage):
    """The half of the screen that asks."""

    _searcher: Latest[finding.Question]

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._tally = finding.Tally()
        self._found = Found(turn=0)
        self._turn = 0
        self._keep = 0
        self._wrong = ""
        self._news = False
        self._last_new: datetime | None = None

    def on_mount(self) -> None:
        """Ask at once."""
        self._ask()
        self.set_interval(_NEWS, self._look_for_news)

    @on(Input.Changed, "#query")
    def _typed(self, event: Input.Changed) -> None:
        if event.value != self.asked.text:
            self.asked = replace(self.asked, text=event.value)
            self._later("ask", _PAUSE, self._ask)

    def _ask(self, *, keep: bool = False) -> None:
        """Ask the store what is asked of the screen; a mistake leaves what is shown."""
        now = self.clock()
        try:
            query = self.asked.parsed(self.config, now)
            wanted = self.asked.wanted(self.config, now)
        except QueryError as error:
            hint = f" · {error.hint}" if error.hint else ""
            self._complain(f"{error.line}:{error.column}: {error.message}{hint}")
            return
        except UsageError as error:
            self._complain(str(error))
            return
        self._complain(" · ".join(map(str, query.warnings)) if query else "")
        hit = self._results.hit
        self._keep = hit[0].id if keep and hit else 0
        self._news = False
        self._turn = self._searcher.ask(finding.Question(query=query, wanted=wanted))
        self._later("slow", _SLOW, partial(self._slow, self._turn))

    def _complain(self, text: str) -> None:
        """Say what is wrong once the typing pauses; what is right again says nothing at once."""
        self._wrong = words.shown(text, 500)
        self._later("word", _CALM if text else 0.001, self._show_word)

    def _show_word(self) -> None:
        self._word.set_class(bool(self._wrong), "wrong")
        self._word.update(self._wrong)

    def _slow(self, turn: int) -> None:
        """Nothing came for a while: what an earlier question found goes, and one says that the search goes on."""
        if turn == self._turn and self._found.turn != turn:
            self._take_found(Found(turn=turn, first=True))

    def _take_found(self, found: Found) -> None:
        if found.turn != self._turn:
            return  # the answer to an older question
        begins = self._found.turn != found.turn
        self._found = found
        if begins:
            self._tally = finding.Tally()
            self._results.redress(self._look())
            self._results.show(found.hits, keep=self._keep)
        else:
            self._results.add(found.hits)
        self._tally.add(found.hits)
        self._results.say(*self._nothing(found))
        self._show_tally()

    def _nothing(self, found: Found) -> list[str]:
        if found.error:
            return [found.error]
        if not found.whole:
            return [_("Looking…")]
        if found.empty:
            return [
                _("Nothing is stored yet."),
                "",
                _("“ereputation scan” reads your sources, “ereputation check” says whether they answer."),
            ]
        if self.asked.filtered:
            return [_("Nothing stored matches."), "", _("c takes the filters away, / changes the query.")]
        return [_("Nothing stored matches.")]

    def _show_tally(self) -> None:
        """How many, and when."""
        found, tally = self._found, self._tally
        text = Text(no_wrap=True, overflow="ellipsis")
        if not found.error and found.turn:
            number = words.count(tally.number) + ("" if found.whole else "+" if found.waiting else "…")
            said = n_("{count} document", "{count} documents", tally.number).format(count=number)
            text.append(said, style="bold")
            self._draw_curve(text)
            if not found.whole and not found.waiting and found.reached:
                day = words.stamp(found.reached, self._zone)[:10]
                text.append("   " + _("looking, back to {date}").format(date=day))
            elif self._news:
                text.append("   " + _("F5: something new has come in"), style="bold")
        self._counts.update(text)

    def _draw_curve(self, text: Text) -> None:
        tally = self._tally
        if tally.newest is None or tally.oldest is None or tally.newest == tally.oldest:
            return
        columns = max(8, min(_SPARK, self.size.width - 50))
        first, last = (words.stamp(moment, self._zone)[:10] for moment in (tally.oldest, tally.newest))
        if first == last:
            first, last = (words.hour(moment, self._zone) for moment in (tally.oldest, tally.newest))
        text.append(f"   {first} ")
        text.append(tables.sparkline(tally.over_time(columns)), style=self._inks.positive)
        text.append(f" {last}")

    @on(Results.Near)
    def _more(self) -> None:
        if self._found.turn == self._turn and self._found.waiting:
            self._found = replace(self._found, waiting=False)
            self._searcher.go_on()

    @work(thread=True, exclusive=True, group="news")
    def _look_for_news(self) -> None:
        try:
            with self._reading() as store:
                news = finding.news(store)
        except EreputationError:
            return  # the search itself says what is wrong
        self._tell(news)

    def _tell(self, what: Any) -> None:
        """Hand over what another thread has to say."""

    def _take_news(self, newest: datetime | None) -> None:
        if self._last_new and newest and newest > self._last_new:
            self._news = True
            self._show_tally()
        self._last_new = newest or self._last_new

    def on_resize(self) -> None:
        """Draw the curve for the new width."""
        self.call_after_refresh(self._show_tally)

    def action_dark(self) -> None:
        """Dark or light, the curve too."""
        super().action_dark()
        self._show_tally()

    def action_again(self) -> None:
        """The same question, for what has come in meanwhile."""
        self._ask(keep=True)

    def _set(self, given: Asked) -> str:
        """Ask this instead; what is wrong with it, else an empty text."""
        try:
            given.wanted(self.config, self.clock())
        except UsageError as error:
            return words.shown(str(error), 300)
        self.asked = given
        self._show_chips()
        if self._line.value != given.text:
            self._line.value = given.text
            self._line.cursor_position = len(given.text)
        self._ask(keep=True)
        return ""

    def _choices(self) -> dict[asking.Filter, list[str]]:
        return {
            "brands": [asking.ANY, *(brand.name for brand in self.config.brands)],
            "since": [*asking.PERIODS],
            "labels": [*asking.LABELS],
            "statuses": [*asking.STATUSES],
            "sources": [source.id for source in self.config.sources],
        }

    def action_turn(self, number: int) -> None:
        """The next choice of a filter."""
        name = FILTERS[number]
        self._set(self.asked.turned(name, self._choices()[name]))

    def action_clear(self) -> None:
        """No filters."""
        self._set(Asked(text=self.asked.text))

    def action_filters(self) -> None:
        """All filters at once."""
        self.push_screen(Filters(self.asked, self._choices(), self._set))

    @work
    async def action_save(self) -> None:
        """Keep this search under a name."""
        proposed = words.shown(self.asked.text, 60)
        name = await self.push_screen_wait(
            Ask(_("Save this search"), _("Its name:"), proposed, self._known_name)
        )
        if name is None or not name.strip():
            return
        try:
            saved.keep(saved.place(self.config), saved.Saved(name=name.strip(), asked=self.asked))
        except EreputationError as error:
            self._say(str(error), wrong=True)
        else:
            self._say(_("Saved: {name}").format(name=words.shown(name, 60)))

    def _known_name(self, name: str) -> str:
        try:
            known = {one.name for one in saved.load(saved.place(self.config))}
        except UsageError as error:
            return str(error)
        if name.strip() in known:
            return _("There is one of this name; Enter puts this one in its place.")
        return ""

    @work
    async def action_saved(self) -> None:
        """Run a saved search."""
        path = saved.place(self.config)
        try:
            searches = saved.load(path)
        except UsageError as error:
            self._say(str(error), wrong=True)
            return
        if not searches:
            self._say(_("No search is saved yet: F3 saves this one."))
            return
        chosen = await self.push_screen_wait(Pick(searches, partial(saved.drop, path)))
        if chosen is not None and (wrong := self._set(chosen)):
            self._say(wrong, wrong=True)
