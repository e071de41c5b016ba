"""The whole screen: threads that read and write, what they tell, and what is taken away."""

from __future__ import annotations

import asyncio
import signal
from functools import partial
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message

from ereputation import searching, words
from ereputation.errors import EreputationError, UsageError
from ereputation.finder import Finder
from ereputation.screen import finding, opening, taking
from ereputation.screen.deciding import Deciding
from ereputation.screen.deeds import Done, Writer
from ereputation.screen.dialogs import Ask
from ereputation.screen.finding import Found, Full, News
from ereputation.screen.latest import Latest
from ereputation.speech import _, n_
from ereputation.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from ereputation.config import Config
    from ereputation.database import Database
    from ereputation.screen.asked import Asked

INTERRUPTED, TERMINATED = 130, 143


class Told(Message):
    """Something another thread has to say."""

    def __init__(self, what: Found | Full | Done | News | BaseException) -> None:
        super().__init__()
        self.what = what


class Search(Deciding):
    """Search as you type."""

    TITLE = "ereputation"

    def __init__(
        self,
        config: Config,
        database: Database,
        given: Asked,
        *,
        clock: Callable[[], datetime],
        browse: Callable[[str], bool] = opening.in_browser,
    ) -> None:
        """``clock`` says what time it is; ``browse`` opens an address, and says whether it could."""
        super().__init__(config, database, given, clock=clock)
        self._browse = browse
        searcher = finding.Searcher(config, self._tell)
        reader = finding.Reader(config, self._tell, clock)
        self._searcher = Latest(searcher.work, self._reading, searcher.failed, self._tell)
        self._reader = Latest(reader.work, self._reading, reader.failed, self._tell)
        self._writer = Writer(partial(Store.open, database), self._tell)

    def _tell(self, what: Found | Full | Done | News | BaseException) -> None:
        self.post_message(Told(what))

    def on_told(self, event: Told) -> None:
        """What the threads say; after the end nobody listens."""
        if not self.screen_stack:
            return
        match event.what:
            case Found() as found:
                self._take_found(found)
            case Full() as full:
                self._take_full(full)
            case Done() as done:
                self._take_done(done)
            case News() as news:
                self._take_news(news.newest)
            case BaseException() as error:
                raise error

    def on_mount(self) -> None:
        """Leave in good order when told to."""
        loop = asyncio.get_running_loop()
        for number, code in ((signal.SIGTERM, TERMINATED), (signal.SIGINT, INTERRUPTED)):
            try:
                loop.add_signal_handler(number, self.call_later, self.action_leave, code)
            except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not in the main thread
                return

    async def action_leave(self, code: int) -> None:
        """Leave, once what was decided is written."""
        self._searcher.close(0)
        self._reader.close(0)
        await asyncio.to_thread(self._writer.close)
        self.exit(return_code=code)

    def _link(self) -> str:
        return opening.safe(self._results.hit[0].url) if self._results.hit else ""

    def action_open(self) -> None:
        """Open the document in the browser."""
        if not (link := self._link()):
            self._say(_("This document has no address of the web."))
        elif self._browse(link):
            self._say(_("Opening {link}").format(link=words.shown(link, 200)))
        else:
            self.copy_to_clipboard(link)
            self._say(_("There is no browser here; the link is copied: {link}").format(link=link))

    def action_copy(self) -> None:
        """Copy the link, by the terminal."""
        if link := self._link():
            self.copy_to_clipboard(link)
            self._say(_("Link copied: {link}").format(link=link))
        else:
            self._say(_("This document has no address of the web."))

    @work
    async def action_export(self) -> None:
        """Write everything found to a file."""
        forms = ", ".join(f".{form}" for form in taking.FORMS)
        name = await self.push_screen_wait(
            Ask(
                _("Export everything found"),
                _("To this file ({forms}):").format(forms=forms),
                taking.proposed(self.clock(), self._zone),
                taking.objection,
            )
        )
        if name is None or not name.strip():
            return
        try:
            path = taking.path_of(name)
        except UsageError as error:
            self._say(str(error), wrong=True)
        else:
            self._write(path, self.asked)

    @work(thread=True, group="export")
    def _write(self, path: Path, given: Asked) -> None:
        now = self.clock()
        try:
            with self._reading() as store:
                walked = searching.walk(
                    store,
                    self.config,
                    given.parsed(self.config, now),
                    given.wanted(self.config, now),
                    finder=Finder.of(self.config),
                )
                hits = (hit for _document, hit in walked if hit)
                number = taking.write(hits, path, text=given.text, now=now, zone=self._zone)
        except EreputationError as error:
            self.call_from_thread(self._say, str(error), wrong=True)
        else:
            said = n_("{count} document written to {path}", "{count} documents written to {path}", number)
            self.call_from_thread(self._say, said.format(count=words.count(number), path=path))
