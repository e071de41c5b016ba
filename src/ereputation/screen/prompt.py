"""The plain prompt, where the screen cannot run: a query a line, and what begins with ``:`` is a command."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, cast

from ereputation import searching, tables, words
from ereputation.errors import EreputationError, UsageError
from ereputation.finder import Finder
from ereputation.screen import asked as asking
from ereputation.screen import deeds, finding, opening, saved, taking
from ereputation.screen.asked import FILTERS, LABELS, STATUSES, Asked
from ereputation.screen.rows import in_hand
from ereputation.speech import _, n_
from ereputation.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from rich.console import Console

    from ereputation.config import Config
    from ereputation.database import Database
    from ereputation.model import Label, Triage
    from ereputation.searching import Hit


class Prompt:
    """Reads lines, prints answers."""

    def __init__(
        self,
        config: Config,
        database: Database,
        given: Asked,
        *,
        clock: Callable[[], datetime],
        console: Console,
        plain: bool = True,
        limit: int = 20,
        browse: Callable[[str], bool] = opening.in_browser,
    ) -> None:
        """``limit``: hits printed at once, 0 for all; ``browse`` opens an address, and says whether it could."""
        self._config, self._asked, self._clock = config, given, clock
        self._console, self._plain, self._limit, self._browse = console, plain, limit, browse
        self._reading = partial(Store.open, database, read_only=True)
        self._writing = partial(Store.open, database)
        self._finder = Finder.of(config)
        self._hits: list[Hit] = []
        self._undo: list[deeds.Done] = []
        self._commands: dict[str, Callable[[str], None]] = {
            "brand": partial(self._filter, "brands"),
            "since": partial(self._filter, "since"),
            "until": self._until,
            "tone": partial(self._filter, "labels"),
            "status": partial(self._filter, "statuses"),
            "source": partial(self._filter, "sources"),
            "clear": lambda _rest: self._ask(Asked(text=self._asked.text)),
            "more": lambda _rest: self._print(len(self._hits)),
            "show": self._show,
            "open": self._open,
            "mark": self._mark,
            "correct": self._correct,
            "note": self._note,
            "undo": self._take_back,
            "save": self._save,
            "saved": self._list_saved,
            "load": self._load,
            "export": self._export,
            "help": lambda _rest: self._help(),
        }

    @property
    def line(self) -> str:
        """What stands before what is typed."""
        filters = ", ".join(
            asking.chip(self._asked, n)
            for n in FILTERS
            if self._asked.given(n) or (n == "since" and self._asked.until)
        )
        return f"search [{filters}]> " if filters else "search> "

    def run(self, read: Callable[[str], str]) -> int:
        """Answer until ``:quit`` or the end of what ``read`` gives (EOFError); the exit code."""
        self._put(_("A query a line; :help names the commands, :quit leaves."))
        if self._asked.text or self._asked.filtered:
            self._obey(self._asked.text)
        while True:
            try:
                line = read(self.line).strip()
            except EOFError:
                self._put("")
                return 0
            if line in {":quit", ":q", ":exit"}:
                return 0
            if line:
                self._obey(line)

    def _obey(self, line: str) -> None:
        """One line; what is wrong with it is said, and nothing else happens."""
        try:
            if not line.startswith(":"):
                self._ask(replace(self._asked, text=line))
                return
            name, _blank, rest = line[1:].partition(" ")
            if (command := self._commands.get(name)) is None:
                raise UsageError(
                    _("there is no command :{name}; :help lists them").format(name=words.shown(name, 40))
                )
            command(rest.strip())
        except EreputationError as error:
            self._put(str(error))

    def _put(self, text: str) -> None:
        from ereputation.text import neutralise

        tables.put_lines(self._console, neutralise(text).split("\n"))

    # Searching

    def _ask(self, given: Asked) -> None:
        now = self._clock()
        given.wanted(self._config, now)
        if query := given.parsed(self._config, now):
            for caution in query.warnings:
                self._put(str(caution))
        self._asked = given
        self._hits = []
        self._print(0)

    def _found(self, store: Store) -> Iterator[Hit]:
        now = self._clock()
        walked = searching.walk(
            store,
            self._config,
            self._asked.parsed(self._config, now),
            self._asked.wanted(self._config, now),
            finder=self._finder,
        )
        return (hit for _document, hit in walked if hit)

    def _print(self, already: int) -> None:
        with self._reading() as store:
            found = self._found(store)
            known = {hit[0].id for hit in self._hits[:already]}
            fresh = list(islice((h for h in found if h[0].id not in known), self._limit or None))
            more = next(found, None) is not None
        self._hits += fresh
        tables.print_documents(
            self._console, fresh, zone=self._config.timezone, plain=self._plain, numbered=already + 1
        )
        if more:
            self._put(_("There are more: :more"))
        elif not self._hits:
            self._put(_("Nothing stored matches."))

    def _filter(self, name: asking.Filter, rest: str) -> None:
        known = {
            "brands": [asking.ANY, *(brand.name for brand in self._config.brands)],
            "labels": [*LABELS],
            "statuses": [*STATUSES],
        }.get(name)
        values = [rest] if name in {"since", "sources"} else [part.strip() for part in rest.split(",")]
        chosen = [_one_of(value, known) if known else value for value in values if value]
        self._ask(self._asked.having(name, chosen))

    def _until(self, rest: str) -> None:
        self._ask(replace(self._asked, until=rest))

    # One hit

    def _hit(self, rest: str) -> tuple[Hit, str]:
        number, _blank, more = rest.partition(" ")
        if not number.isdecimal() or not 0 < int(number) <= len(self._hits):
            raise UsageError(_("say which one by its number, such as :show 1"))
        return self._hits[int(number) - 1], more.strip()

    def _show(self, rest: str) -> None:
        hit, _more = self._hit(rest)
        now, zone = self._clock(), self._config.timezone
        with self._reading() as store:
            full = finding.read(store, self._config, self._finder, finding.Look(hit=hit), now=now)
        if full.mention is None:
            tables.print_documents(self._console, [full.hit], zone=zone, plain=self._plain)
            return
        for mention in full.hit[1]:
            copies, wait = (full.copies, full.wait) if mention.id == full.mention.id else ((), None)
            tables.print_mention(self._console, mention, copies, wait, now=now, zone=zone, plain=self._plain)

    def _open(self, rest: str) -> None:
        hit, _more = self._hit(rest)
        link = opening.safe(hit[0].url)
        if not link:
            raise UsageError(_("This document has no address of the web."))
        if not self._browse(link):
            self._put(link)

    def _mark(self, rest: str) -> None:
        hit, status = self._hit(rest)
        self._do(hit, status=cast("Triage", _one_of(status, STATUSES)))

    def _correct(self, rest: str) -> None:
        hit, label = self._hit(rest)
        self._do(hit, label=cast("Label", _one_of(label, LABELS)))

    def _note(self, rest: str) -> None:
        hit, note = self._hit(rest)
        self._do(hit, note=note)

    def _do(
        self, hit: Hit, *, status: Triage | None = None, label: Label | None = None, note: str | None = None
    ) -> None:
        mention = in_hand(hit[1], self._asked.brands)
        if mention is None:
            raise UsageError(_("No brand was found in this document: there is nothing to decide about it."))
        with self._writing() as store:
            deed = deeds.Deed(mention=mention.id, at=self._clock(), status=status, label=label, note=note)
            self._undo.append(deeds.do(store, deed))
        number = len(self._undo[-1].after)
        self._put(
            n_("{count} mention marked", "{count} mentions marked", number).format(count=words.count(number))
        )

    def _take_back(self, _rest: str) -> None:
        if not self._undo:
            raise UsageError(_("Nothing to undo."))
        with self._writing() as store:
            done = deeds.undo(store, self._undo.pop())
        self._put(done.error or _("Undone."))

    # Keeping and taking away

    def _save(self, rest: str) -> None:
        if not rest:
            raise UsageError(_("give it a name, such as :save strikes"))
        saved.keep(saved.place(self._config), saved.Saved(name=rest, asked=self._asked))
        self._put(_("Saved: {name}").format(name=words.shown(rest, 60)))

    def _list_saved(self, _rest: str) -> None:
        searches = saved.load(saved.place(self._config))
        for search in searches:
            filters = ", ".join(asking.chip(search.asked, n) for n in FILTERS if search.asked.given(n))
            said = [words.shown(search.name, 60), words.shown(search.asked.text, 500), filters]
            self._put("  ".join(part for part in said if part))
        if not searches:
            self._put(_("No search is saved yet."))

    def _load(self, rest: str) -> None:
        searches = {search.name: search.asked for search in saved.load(saved.place(self._config))}
        self._ask(searches[_one_of(rest, list(searches))])

    def _export(self, rest: str) -> None:
        path = taking.path_of(rest)
        if path.exists():
            raise UsageError(_("{path} is there already; choose another name").format(path=path))
        with self._reading() as store:
            number = taking.write(
                self._found(store),
                path,
                text=self._asked.text,
                now=self._clock(),
                zone=self._config.timezone,
            )
        said = n_("{count} document written to {path}", "{count} documents written to {path}", number)
        self._put(said.format(count=words.count(number), path=path))

    def _help(self) -> None:
        for command, said in (
            (":brand NAME, :source NAME", _("only these; without a name: all")),
            (":since 7d, :until 2011-03-14", _("the period")),
            (":tone negative, :status new", _("only these")),
            (":clear", _("no filters")),
            (":more", _("the next ones")),
            (":show N, :open N", _("one in full; in the browser")),
            (":mark N handled", _("or ignored, seen, new")),
            (":correct N negative", _("the tone; or neutral, positive")),
            (":note N TEXT", _("a note; without a text: removes it")),
            (":undo", _("takes the last of these back")),
            (":save NAME, :saved, :load NAME", _("searches worth keeping")),
            (":export FILE.csv", _("everything found")),
            (":quit", _("leaves; so does the end of input")),
        ):
            self._put(f"{command:<32}{said}")


def _one_of(value: str, known: list[str] | tuple[str, ...]) -> str:
    """The known name that is meant, in whatever case."""
    for name in known:
        if name.casefold() == value.casefold():
            return name
    names = ", ".join(words.shown(name, 60) for name in known[:20])
    raise UsageError(
        _("expected one of {names}, not {value}").format(names=names, value=words.shown(value, 60) or "-")
    )
