"""The plain prompt, and which of screen, prompt and list somebody gets."""

import os
import pty
import select
import signal
import subprocess
import sys
import time

import pytest

from desk import NOW, Desk
from ereputation import config as configuration
from ereputation.screen import saved
from ereputation.screen.asked import Asked
from ereputation.screen.prompt import Prompt
from ereputation.store import Store
from office import FLIGHTS, OLD, REPLY, STRIKE, WEATHER, open_office
from shared import copied
from test_tables import console, said


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return open_office(tmp_path_factory.mktemp("office"))


@pytest.fixture
def copy(office, tmp_path):
    copied(office.folder, tmp_path / "copy")
    return Desk(tmp_path / "copy")


def talk(desk, *lines, asked=Asked(), **more):  # noqa: B008 - frozen
    """What the prompt prints for these lines, and the prompts it showed."""
    config = configuration.load(desk.folder / "ereputation.yaml", environ={})
    screen, prompts, left = console(120), [], list(lines)

    def read(prompt):
        prompts.append(prompt)
        if not left:
            raise EOFError
        return left.pop(0)

    prompt = Prompt(
        config, config.database_path, asked, clock=lambda: NOW, console=screen, **{"plain": True} | more
    )
    assert prompt.run(read) == 0
    assert not left or ":quit" in lines
    return said(screen), prompts


@pytest.mark.parametrize(
    ("lines", "shown", "hidden"),
    [
        (["grève"], [STRIKE], [FLIGHTS, WEATHER]),
        (["grève OU vols"], [STRIKE, FLIGHTS], [WEATHER]),
        (["grève OU ("], ["1:11: "], [STRIKE]),
        ([":brand klm"], [FLIGHTS, OLD], [STRIKE]),
        ([":brand *"], [STRIKE, FLIGHTS], [WEATHER]),
        ([":brand KLM", ":brand"], [WEATHER], []),
        ([":brand Lufthansa"], ["expected one of *, Air France, KLM, not Lufthansa"], [STRIKE]),
        ([":since 2h"], [STRIKE, FLIGHTS], [REPLY]),
        ([":until 2026-03-01"], [OLD], [STRIKE]),
        ([":since soon"], ["soon: write a date such as"], [STRIKE]),
        ([":tone negative"], [STRIKE], [REPLY]),
        ([":tone positive, negative"], [STRIKE, REPLY], [FLIGHTS]),
        ([":status handled"], ["Nothing stored matches."], [STRIKE]),
        ([":source Forum"], [REPLY], [STRIKE]),
        (["grève", ":clear", ":quit", "vols"], [STRIKE], [FLIGHTS]),
        (["grève", ":show 1"], ["Because of: grève -2.0", "Story: s1"], []),
        (["météo", ":show 1"], [WEATHER], []),
        (["météo", ":mark 1 handled"], ["there is nothing to decide about it"], []),
        ([":show 1"], ["say which one by its number"], []),
        (["grève", ":show 0", ":show x", ":show 2"], ["say which one by its number"], []),
        (["grève", ":mark 1 done"], ["expected one of new, seen, handled, ignored, not done"], []),
        ([":nope"], ["there is no command :nope; :help lists them"], []),
        ([":help"], [":mark N handled", ":export FILE.csv"], []),
        ([":undo"], ["Nothing to undo."], []),
        ([":export x.txt"], ["The name says the form"], []),
        ([":load x"], ["expected one of"], []),
        ([":save"], ["give it a name"], []),
    ],
)
def test_a_line_is_a_query_or_a_command(office, lines, shown, hidden):
    out, _prompts = talk(office, *lines)
    for text in shown:
        assert text in out
    for text in hidden:
        assert text not in out


def test_hits_are_numbered_and_come_in_portions(office):
    first, rest = talk(office, ":clear", limit=2)[0], talk(office, ":clear", ":more", ":more", limit=2)[0]
    assert "There are more: :more" in first
    assert [line.split()[0] for line in first.splitlines() if "2026-" in line] == ["1", "2"]
    assert [line.split()[0] for line in rest.splitlines() if "2026-" in line] == ["1", "2", "3", "4", "5"]


def test_the_prompt_says_what_is_filtered(office):
    assert talk(office, ":tone negative", ":since 7d")[1] == [
        "search> ",
        "search [negative]> ",
        "search [last 7 days, negative]> ",
    ]
    out, prompts = talk(office, asked=Asked(brands=("KLM",)))
    assert FLIGHTS in out  # what the command line asked for is answered at once
    assert prompts == ["search [KLM]> "]


def test_one_decides_undoes_saves_and_exports(copy):
    def mention():
        with Store.open(copy.folder / "ereputation.db", read_only=True) as store:
            return store.mention(1)

    talk(copy, "grève", ":mark 1 HANDLED", ":note 1 call [them]", ":correct 1 positive", ":open 1")
    assert (mention().status, mention().note, mention().corrected) == ("handled", "call [them]", True)
    talk(copy, "grève", ":mark 1 seen", ":note 1", ":undo", ":undo")
    assert (mention().status, mention().note) == ("handled", "call [them]")
    talk(copy, ":brand KLM", "vols", ":save k l m")
    path = saved.place(configuration.load(copy.folder / "ereputation.yaml", environ={}))
    assert saved.load(path) == [saved.Saved(name="k l m", asked=Asked(text="vols", brands=("KLM",)))]
    out, prompts = talk(
        copy, ":saved", ":load K L M", f":export {copy.folder}/out.csv", f":export {copy.folder}/out.csv"
    )
    assert "k l m  vols  KLM" in out
    assert prompts[2] == "search [KLM]> "
    assert "1 document written to" in out
    assert "is there already; choose another name" in out
    assert (copy.folder / "out.csv").read_text().count("\n") == 2


def test_only_addresses_of_the_web_are_opened(office):
    opened = []
    out, _ = talk(office, "", ":clear", ":open 1", ":open 5", browse=lambda url: opened.append(url) or True)
    assert len(opened) == 1
    assert "This document has no address of the web." in out


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, desk, *arguments, **env):
        self._ours, theirs = pty.openpty()
        subprocess.run(["stty", "rows", "24", "cols", "80"], stdin=theirs, check=True)
        self.process = desk.start(
            *arguments, "--now", NOW.isoformat(), stdin=theirs, stdout=theirs, stderr=theirs, env=env
        )
        os.close(theirs)
        self.heard = b""

    def hear(self, text, times=1):
        end = time.monotonic() + 60
        while self.heard.count(text) < times:
            assert time.monotonic() < end, self.heard
            if select.select([self._ours], [], [], 1)[0]:
                self.heard += os.read(self._ours, 65536)

    def type(self, text):
        os.write(self._ours, text)

    def end(self):
        """Its exit code; what it still says is heard, as it would wait else."""
        end = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < end:
            if select.select([self._ours], [], [], 0.05)[0]:
                try:
                    self.heard += os.read(self._ours, 65536)
                except OSError:
                    break
        code = self.process.wait(20)
        os.close(self._ours)
        return code


def test_a_terminal_gets_the_screen_and_gets_it_back_when_it_ends(office):
    terminal = Terminal(
        office, "search", "--brand", "klm", TERM="xterm-256color", COLORTERM="", LANG="C.UTF-8"
    )
    terminal.hear(b"2 documents")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.end() == 143
    assert terminal.heard.rindex(b"\x1b[?1049l") > terminal.heard.rindex(b"\x1b[?1049h")
    assert STRIKE.encode() not in terminal.heard


@pytest.mark.parametrize(
    ("arguments", "env"),
    [(("search",), {"TERM": "dumb"}), (("search", "--format", "plain"), {"TERM": "xterm"})],
)
def test_where_the_screen_cannot_run_there_is_a_prompt(office, arguments, env):
    terminal = Terminal(office, *arguments, **env)
    terminal.hear(b"search> ")
    terminal.type("grève\n".encode())
    terminal.hear(b"Un scandale")
    terminal.hear(b"search> ", times=2)  # it listens again
    terminal.type(b":quit\n")
    assert terminal.end() == 0
    assert b"\x1b[?1049h" not in terminal.heard


def test_elsewhere_everything_is_listed_as_ever(office):
    ran = office.run("search", "--now", NOW.isoformat())
    assert ran.code == 0
    assert [title in ran.out for title in (STRIKE, FLIGHTS, REPLY, WEATHER, OLD)] == [True] * 5


def test_no_other_command_imports_the_screen(office):
    script = (
        "import sys\nfrom ereputation.cli import main\n"
        "main(['search', 'x']), main(['scan', '-q'])\n"
        "print({'textual', 'ereputation.screen'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=office.folder
    )
    assert ran.stdout.splitlines()[-1] == "set()"
