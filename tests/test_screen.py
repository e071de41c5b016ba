"""The interactive search, typed into by its pilot."""

import asyncio
import json
import re
import shutil
import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual._context import active_app
from textual.widgets import Input

from desk import HOUR, NOW, Desk, item
from ereputation import config as configuration
from ereputation import searching
from ereputation.errors import StoreError, UsageError
from ereputation.model import Document
from ereputation.screen import asked as asking
from ereputation.screen import full, opening, rows, saved
from ereputation.screen.app import Search
from ereputation.screen.asked import Asked
from ereputation.screen.finding import Full, Tally
from ereputation.screen.latest import Latest
from ereputation.store import Store
from office import FLIGHTS, OLD, REPLY, STRIKE, WEATHER, open_office
from shared import copied
from test_tables import compare
from vandals import UNSAFE, hits

CLOCK = lambda: NOW  # noqa: E731


@pytest.fixture(autouse=True, scope="module")
def _brisk():
    """The pilot waits after each key until the machine is idle, which a busy one never is; we wait for what we expect."""

    async def briefly(*_given):
        for _turn in range(5):
            await asyncio.sleep(0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("textual.app.wait_for_idle", briefly)
        patch.setattr("textual.pilot.wait_for_idle", briefly)
        yield


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Two brands and five documents, whose tone nobody has to work out; tests that write take a copy."""
    return open_office(tmp_path_factory.mktemp("office"))


@pytest.fixture
def copy(office, tmp_path):
    """The office for a test that changes something."""
    desk = Desk(tmp_path / "copy")
    copied(office.folder, desk.folder)
    written = desk.folder / "ereputation.yaml"
    written.write_text(written.read_text().replace(str(office.folder), str(desk.folder)))
    return desk


def show(desk, act=None, *, asked=Asked(), size=(80, 24), **more):  # noqa: B008 - frozen
    """The screen of a desk, after ``act`` (a coroutine function of the pilot) has played with it."""
    config = configuration.load(desk.folder / "ereputation.yaml", environ={})
    app = Search(config, config.database_path, asked, clock=CLOCK, **more)

    async def play():
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(lambda: app._found.whole)
            await pilot.pause()
            if act:
                await act(pilot)
            app.seen = seen(app)

    asyncio.run(play())
    return app


async def until(come, seconds=20.0):
    """Wait for something; it is only slow where it fails."""
    limit = time.monotonic() + seconds
    while not come():
        assert time.monotonic() < limit, f"it never came:\n{seen(active_app.get())}"
        await asyncio.sleep(0.01)


async def type_in(pilot, text):
    """As one pastes it, in the place of what was there."""
    turn = pilot.app._turn
    line = pilot.app.query_one("#query")
    line.value = ""
    line.insert_text_at_cursor(text)
    await asked_for(pilot, text, turn)


async def fill(pilot, text):
    """Put a text into the line in front, and take it."""
    pilot.app.screen.query_one(Input).value = str(text)
    await pilot.press("enter")


async def asked_for(pilot, text, turn):
    app = pilot.app
    await until(lambda: app.asked.text == text and app._turn > turn and app._found.turn == app._turn)
    await until(lambda: app._found.whole)
    await pilot.pause()


def seen(app):
    """What stands on the screen, as text."""
    strips = app.screen._compositor.render_strips()
    text = "\n".join("".join(segment.text for segment in strip) for strip in strips)
    # Whether the data lives in a file or on a server.
    return re.sub(
        r"─*── postgresql://\S+ ─╯", lambda found: "─ ereputation.db ─╯".rjust(len(found[0]), "─"), text
    )


def widths(app):
    return [cell_len(line) for line in seen(app).splitlines()]


def told(app):
    """What stands in the corner."""
    return " ".join(notice.message for notice in app._notifications)


def titles(app):
    return [document.title or document.text for document, _mentions, _spans in app._results.hits]


def mention(desk, number):
    with Store.open(desk.folder / "ereputation.db", read_only=True) as store:
        return store.mention(number)


@pytest.mark.parametrize("size", [(80, 24), (140, 40), (60, 16)])
def test_the_screen_looks_as_it_did(office, size):
    async def act(pilot):
        await type_in(pilot, "grève OU vols OU merci")
        await until(lambda: pilot.app._full_turn or size[0] < 110)
        await pilot.pause(0.1)

    app = show(office, act, size=size)
    compare(f"search-{size[0]}x{size[1]}", app.seen)
    assert all(cell_len(line) == size[0] for line in app.seen.splitlines())


def test_a_hit_in_full_takes_the_place_of_the_list_on_a_small_screen(office):
    async def act(pilot):
        await pilot.press("down", "up", "enter")
        await until(lambda: pilot.app._full_turn)
        await pilot.pause(0.1)

    app = show(office, act)
    compare("search-full-80x24", app.seen)


def test_the_help_names_every_key_and_the_filters_need_no_colour(office):
    async def act(pilot):
        await pilot.press("tab", "question_mark")
        await pilot.pause()
        pilot.app.helped = seen(pilot.app)
        await pilot.press("escape", "f")
        await pilot.pause()

    app = show(office, act, asked=Asked(labels=("negative",), since="7d"), size=(80, 40))
    compare("search-help-80x40", app.helped)
    compare("search-filters-80x40", app.seen)


def test_what_is_typed_finds_what_search_finds(office):
    queries = (
        "greve",
        "grève ET lundi",
        "vols OU météo",
        "KLM SAUF vols",
        '"air france" NEAR/2 grève',
        "source:forum",
    )
    found = {}

    async def act(pilot):
        for query in queries:
            await type_in(pilot, query)
            found[query] = titles(pilot.app)

    show(office, act)
    assert found == {query: [d["title"] or d["text"] for d in office.found(query)] for query in queries}
    assert all(found.values())


def test_a_mistake_is_told_under_the_query_and_what_was_found_stays(office):
    async def act(pilot):
        await type_in(pilot, "grève OU vols")
        await pilot.press("left", "left", "left", "left", "(")
        assert "1:10" not in seen(pilot.app)  # not while one types
        await until(lambda: "1:10" in seen(pilot.app))
        pilot.app.wrong = seen(pilot.app)
        turn = pilot.app._turn
        await pilot.press("end", ")")
        await asked_for(pilot, "grève OU (vols)", turn)
        await until(lambda: "1:10" not in seen(pilot.app))

    app = show(office, act)
    assert STRIKE in app.wrong
    assert titles(app) == [STRIKE, FLIGHTS]


def test_one_moves_about_while_the_query_keeps_the_focus(office):
    async def act(pilot):
        app = pilot.app
        await until(lambda: app._where() == "query")
        await pilot.press("down", "down", "up", "pagedown", "pageup", "down")
        await until(lambda: (app._results.chosen, app._where()) == (1, "query"))
        await pilot.press("enter")
        await until(lambda: app._where() == "full")
        await until(lambda: app.screen.has_class("reading"))
        await pilot.press("right")
        await until(lambda: app._results.chosen == 2)
        await pilot.press("escape")
        await until(lambda: (app._where(), app.screen.has_class("reading")) == ("list", False))
        await pilot.press("G")
        await until(lambda: app._results.chosen == 4)
        await pilot.press("home", "k", "j", "slash")
        await until(lambda: (app._results.chosen, app._where()) == (1, "query"))
        await pilot.press("tab", "shift+tab", "x")
        await until(lambda: app.asked.text == "x")  # letters are typed again

    show(office, act)


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("1", [STRIKE, FLIGHTS, REPLY, OLD]),
        ("11", [STRIKE, REPLY, OLD]),
        ("111", [FLIGHTS, OLD]),
        ("1111", [STRIKE, FLIGHTS, REPLY, WEATHER, OLD]),
        ("2", [STRIKE, FLIGHTS, REPLY]),
        ("22", [STRIKE, FLIGHTS, REPLY, WEATHER]),
        ("3", [STRIKE]),
        ("11333", [REPLY]),
        ("4", [STRIKE, FLIGHTS, REPLY, OLD]),
        ("44", []),
        ("5", [STRIKE, FLIGHTS, WEATHER, OLD]),
        ("55", [REPLY]),
        ("113", [STRIKE]),
    ],
)
def test_each_filter_has_its_key(office, keys, found):
    config = configuration.load(office.folder / "ereputation.yaml", environ={})
    choices = Search(config, config.database_path, Asked(), clock=CLOCK)._choices()
    asked = Asked()
    for key in keys:
        name = asking.FILTERS[int(key) - 1]
        asked = asked.turned(name, choices[name])
    with Store.open(config.database_path, read_only=True) as store:
        hit = searching.search(store, config, "", asked.wanted(config, NOW), now=NOW)
        assert [document.title or document.text for document, _mentions, _spans in hit] == found


def test_filters_are_turned_clicked_and_typed(office):
    async def act(pilot):
        app = pilot.app
        await pilot.press("tab", "1", "1")
        await until(lambda: titles(app) == [STRIKE, REPLY, OLD])
        await pilot.click("#chips", offset=(seen(app).splitlines()[3].index("Tone") - 1, 0))
        await until(lambda: titles(app) == [STRIKE])
        await pilot.press("c")
        await until(lambda: len(titles(app)) == 5)
        await pilot.press("f", "down", "down", "space", "escape")  # KLM
        await until(lambda: titles(app) == [FLIGHTS, OLD])
        await pilot.press("f", "tab")
        await fill(pilot, "2026-03-10")
        await until(lambda: titles(app) == [FLIGHTS])
        await fill(pilot, "2026-03-1x")
        await pilot.pause()
        await until(lambda: "write a date such as" in seen(app))
        await pilot.press("escape")

    app = show(office, act)
    assert app.asked == Asked(brands=("KLM",), since="2026-03-10")
    assert " KLM " in app.seen
    assert "1 document" in app.seen


def test_what_the_command_line_asked_for_is_set_already(office):
    app = show(office, asked=Asked(brands=("Air France",), since="2026-03-10", labels=("negative",)))
    assert titles(app) == [STRIKE]
    assert "Air France" in app.seen.splitlines()[3]


DEEDS = [
    ("h", {"status": "handled"}),
    ("i", {"status": "ignored"}),
    ("s", {"status": "seen"}),
    ("n", {"label": "negative", "corrected": True}),
    ("0", {"label": "neutral", "corrected": True}),
    ("p", {"label": "positive", "corrected": True}),
]


def test_keys_decide_and_undo(copy):
    def state():
        found = mention(copy, 1)
        tone = found.match.sentiment
        return {"status": found.status, "label": tone.label, "corrected": found.corrected, "note": found.note}

    before = state()

    async def act(pilot):
        await pilot.press("tab")
        for key, change in DEEDS:
            await pilot.press(key)
            await until(lambda change=change: state() == before | change)
            await until(lambda: pilot.app._undo)
            await pilot.press("u")
            await until(lambda: state() == before)
        await pilot.press("h", "r")
        await until(lambda: len(pilot.app._undo) == 2)
        await until(lambda: state() == before)
        await pilot.press("u")
        await until(lambda: state()["status"] == "handled")
        await pilot.press("p")
        await until(lambda: state()["corrected"])
        await pilot.pause()
        await pilot.press("p")  # once more takes the correction back
        await until(lambda: not state()["corrected"])
        await pilot.press("a")
        await fill(pilot, "call [b]now")
        await until(lambda: state()["note"] == "call [b]now")
        await until(lambda: "Note kept" in told(pilot.app))
        await until(lambda: "handled" in seen(pilot.app))

    show(copy, act, size=(110, 12))


@pytest.mark.sqlite
def test_a_decision_waits_for_who_is_writing_and_is_written_before_one_leaves(copy):
    path = copy.folder / "ereputation.db"

    async def act(pilot):
        busy = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        busy.execute("BEGIN IMMEDIATE")
        await pilot.press("tab", "h")
        await pilot.pause()
        await until(lambda: "✓ handled" in seen(pilot.app))  # at once, though nothing is written yet
        threading.Timer(0.3, lambda: (busy.execute("ROLLBACK"), busy.close())).start()
        await pilot.press("q")
        await until(lambda: not pilot.app.is_running)

    app = show(copy, act)
    assert app.return_code == 0
    assert mention(copy, 1).status == "handled"


def test_documents_without_a_brand_have_nothing_to_decide(office):
    async def act(pilot):
        await type_in(pilot, "météo")
        await pilot.press("enter", "h", "a")
        await until(lambda: "nothing to decide" in told(pilot.app))
        await until(lambda: "no brand was found in it" in seen(pilot.app))

    show(office, act)


def test_ctrl_c_leaves_with_130(office):
    async def act(pilot):
        await pilot.press("ctrl+c")
        await until(lambda: pilot.app.return_code is not None)

    assert show(office, act).return_code == 130


@pytest.mark.parametrize(
    ("url", "opens"),
    [
        ("https://paper.example/1", True),
        ("http://paper.example/é?a=1&b=2#c", True),
        ("ftp://old.example/1", False),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("https://user:pass@paper.example/", False),
        ("https://paper.example/\x1b]52;c;x\x07", False),
        ("https://paper.example/\u202egnp", False),
        ("https:// paper.example", False),
        ('https://paper.example/";x', False),
        ("https://", False),
        ("https://[::1", False),
        ("https://paper.example:x/", False),
        ("-https://paper.example", False),
        ("https://paper.example/" + "x" * 5_000, False),
        ("", False),
    ],
)
def test_only_addresses_of_the_web_are_opened(url, opens):
    assert bool(opening.safe(url)) == opens


def test_o_opens_and_y_copies(office):
    opened = []

    async def act(pilot):
        await pilot.press("tab", "o", "G", "o", "home", "y")
        await until(lambda: "Link copied" in told(pilot.app))

    app = show(office, act, browse=lambda url: opened.append(url) or True)
    assert opened == [app._results.hits[0][0].url]
    assert app.clipboard == opened[0]


@pytest.mark.parametrize(
    ("environ", "platform", "there"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"BROWSER": "firefox"}, "linux", True),
        ({}, "darwin", True),
        ({"SSH_CONNECTION": "1"}, "darwin", False),
    ],
)
def test_a_browser_in_this_terminal_is_none(environ, platform, there):
    assert opening.has_browser(environ, platform) == there


def test_a_search_is_saved_and_found_again(copy):
    path = copy.folder / "ereputation.searches.yaml"

    async def act(pilot):
        app = pilot.app
        await pilot.press("f4")
        await until(lambda: "F3 saves this one" in told(app))
        await type_in(pilot, "grève")
        await pilot.press("tab", "3", "w")
        await fill(pilot, "grève lundi")
        await until(path.exists)
        await pilot.press("c", "slash", "ctrl+u")
        await until(lambda: len(titles(app)) == 5)
        await pilot.press("f4")
        await pilot.pause()
        await until(lambda: "grève lundi" in seen(app))
        await pilot.press("enter")
        await until(lambda: titles(app) == [STRIKE])
        await pilot.press("f4", "delete")
        await until(lambda: saved.load(path) == [])

    app = show(copy, act)
    assert app.asked == Asked(text="grève", labels=("negative",))


def test_a_file_of_searches_that_is_damaged_is_left_alone(tmp_path):
    path = tmp_path / "x.searches.yaml"
    for damage in (
        "a: b",
        "- 1",
        "- {name: x, nope: 1}",
        "- {name: x, query: 3}",
        "{",
        "- name: x\n  since: [1]",
        "\x00",
    ):
        path.write_text(damage)
        with pytest.raises(UsageError, match="mend it or move it away"):
            saved.keep(path, saved.Saved(name="y", asked=Asked()))
        assert path.read_text() == damage


texts = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=8)


@given(
    name=texts,
    asked=st.builds(
        Asked,
        text=texts,
        brands=st.lists(texts).map(tuple),
        since=texts,
        labels=st.lists(st.sampled_from(asking.LABELS)).map(tuple),
    ),
)
@settings(max_examples=10, deadline=None)
def test_what_is_saved_comes_back(tmp_path_factory, name, asked):
    path = tmp_path_factory.mktemp("saved") / "x.yaml"
    search = saved.Saved(name=f"n{name}", asked=asked)
    assert not saved.keep(path, search)
    assert saved.load(path) == [search]
    assert saved.keep(path, search)
    saved.drop(path, search.name)
    assert saved.load(path) == []


def test_the_list_is_exported_as_search_would_print_it(office, tmp_path):
    async def act(pilot):
        app = pilot.app
        await type_in(pilot, "grève OU vols")
        for name in ("out.csv", "out.json", "out.xlsx"):
            await pilot.press("f6")
            await fill(pilot, tmp_path / name)
            await until(lambda name=name: f"2 documents written to {tmp_path / name}" in told(app))
        await pilot.press("f6")
        await fill(pilot, tmp_path / "out.txt")
        await until(lambda: "The name says the form" in seen(app))
        await fill(pilot, tmp_path / "out.csv")
        await until(lambda: "Enter replaces it" in seen(app))
        await pilot.press("escape")

    show(office, act)
    printed = office.run("search", "grève OU vols", "--format", "csv", "--now", NOW.isoformat())
    assert (tmp_path / "out.csv").read_bytes().decode() == printed.out
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert [cell.value for cell in book["documents"]["H"]] == ["title", STRIKE, FLIGHTS]
    assert json.loads((tmp_path / "out.json").read_text())["documents"] == office.found("grève OU vols")


def test_nothing_stored_says_what_to_do(desk):
    desk.configure(desk.feed("empty"))
    desk.scan()
    assert "ereputation scan" in show(desk).seen


@pytest.mark.sqlite
def test_a_database_that_goes_away_is_said_calmly_and_looked_for_again(copy):
    path = copy.folder / "ereputation.db"

    async def act(pilot):
        path.rename(copy.folder / "away")
        await pilot.press("f5")
        await until(lambda: "no database yet" in seen(pilot.app))
        (copy.folder / "away").rename(path)
        await pilot.press("f5")
        await until(lambda: len(titles(pilot.app)) == 5)

    show(copy, act, size=(140, 24))


@pytest.mark.sqlite
def test_something_new_is_announced_not_forced_upon(copy):
    path = copy.folder / "ereputation.db"
    before = shutil.copy(path, copy.folder / "before.db")
    copy.feed("forum", item("Air France répond", guid="new", at=NOW + HOUR))
    copy.scan(NOW + 2 * HOUR, "--force")
    after = path.rename(copy.folder / "after.db")
    shutil.copy(before, path)

    async def act(pilot):
        app = pilot.app
        app._look_for_news()
        await until(lambda: app._last_new)
        after.replace(path)
        app._look_for_news()
        await until(lambda: "something new" in seen(app))
        await until(lambda: len(titles(app)) == 5)
        await pilot.press("f5")
        await until(lambda: len(titles(app)) == 6)
        await until(lambda: "something new" not in seen(app))

    show(copy, act, size=(100, 24))


def test_dark_or_light_and_any_size(office):
    async def act(pilot):
        await pilot.press("f8")
        await until(lambda: pilot.app.theme == "day")
        for size in ((200, 40), (20, 5), (110, 30)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await until(lambda size=size: widths(pilot.app) == [size[0]] * size[1])

    show(office, act)


def test_vandals_reach_neither_the_list_nor_the_text(desk):
    evil = "[/red][link=x] [@click=app.leave(0)]x[/] \u202egnp.exe\u2066 \u200bAir\u00a0France مرحبا 東京 👨\u200d👩\u200d👧"
    desk.configure(
        {
            "name": "Evil [b]",
            "url": desk.feed("evil", item(evil, evil * 3, author=evil, url=f"https://x.example/{evil}")),
        },
        brands=["Air France", "[red]"],
    )
    desk.scan()

    async def act(pilot):
        pilot.app.listed = seen(pilot.app)
        await pilot.press("enter")
        await until(lambda: pilot.app._full_turn)
        await pilot.pause(0.1)
        pilot.app.read = seen(pilot.app)
        await pilot.press("tab", "tab", "f")
        await pilot.pause()

    app = show(desk, act)
    for screen in (app.listed, app.read, app.seen):
        assert not UNSAFE.search(screen.replace("\n", ""))
    assert "[/red][link=x]" in app.listed
    assert "[/red][link=x]" in app.read
    assert "[red]" in app.seen


@given(hit=hits(), width=st.integers(20, 200))
@settings(max_examples=25, deadline=None)
def test_a_row_is_harmless_and_fits(hit, width):
    look = rows.Look(zone=UTC, width=width, named=True)
    for line in (*rows.row(hit, look), rows.heading(hit, look)):
        assert not UNSAFE.search(line.plain)
        assert line.cell_len <= max(width, rows.MARGIN + 22)


@given(hit=hits())
@settings(max_examples=15, deadline=None)
def test_a_hit_in_full_is_harmless_and_marks_what_was_found(press_config, hit):
    found = Full(hit=hit, mention=hit[1][0])
    parts = list(full.full(found, press_config, rows.DARK, now=NOW, zone=UTC))
    text = full._words_of(found, hit[1][0].match.sentiment, rows.DARK)
    assert not UNSAFE.search(text.plain.replace("\n", ""))
    assert parts


@pytest.fixture(scope="module")
def press_config(office):
    return configuration.load(office.folder / "ereputation.yaml", environ={})


def test_the_last_question_is_the_one_that_is_answered(tmp_path):
    """Whatever the order in which slow and quick questions come."""
    told, started = [], threading.Event()

    def work(job, turn):
        started.set()
        while job == "slow" and not turn.over:
            time.sleep(0.001)
        if not turn.over:
            told.append(job)

    latest = Latest(work, lambda: None, lambda _turn, _error: None, told.append)
    for job in ("slow", "slow", "quick", "slow", "last"):
        started.clear()
        latest.ask(job)
        started.wait(5)
    limit = time.monotonic() + 10
    while "last" not in told and time.monotonic() < limit:
        time.sleep(0.005)
    latest.close(5)
    assert told[-1] == "last"
    assert "slow" not in told


def test_a_bug_in_the_thread_is_told_and_the_thread_goes_on():
    told = []

    def work(job, turn):
        if job == 1:
            raise StoreError("locked")
        if job == 2:
            raise ValueError("bug")
        told.append(job)

    latest = Latest(
        work, lambda: None, lambda _turn, error: told.append(error), lambda e: told.append(repr(e))
    )
    for number in (1, 2, 3):
        before = len(told)
        latest.ask(number)
        limit = time.monotonic() + 10
        while len(told) == before and time.monotonic() < limit:
            time.sleep(0.001)
    latest.close(5)
    assert told == ["locked", "ValueError('bug')", 3]


@given(
    st.lists(st.integers(0, 10**6), max_size=50), st.integers(2, 60), st.lists(st.integers(0, 49), max_size=3)
)
@settings(max_examples=60, deadline=None)
def test_every_hit_is_counted_once_over_time(moments, columns, cuts):
    found = [
        (Document(source="s", guid=str(n), published=NOW - timedelta(seconds=s), first_seen=NOW), (), ())
        for n, s in enumerate(moments)
    ]
    tally = Tally()
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(found)], strict=True):
        tally.add(found[start:end])
    assert tally.number == len(found)
    counted = tally.over_time(columns)
    assert sum(counted) == (len(found) if len(set(moments)) > 1 else 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("24h", "last 24 hours"),
        ("1h", "last hour"),
        ("6h", "last 6 hours"),
        ("7d", "last 7 days"),
        ("2w", "last 14 days"),
        ("2011-03-11", "since 2011-03-11"),
    ],
)
def test_a_period_is_said_in_words(text, said):
    assert asking.span(text) == said


def test_dates_that_are_none_are_told(press_config):
    assert Asked(since="7d").wanted(press_config, NOW).since == NOW - timedelta(days=7)
    until = Asked(until="2011-03-14").wanted(press_config, NOW).until
    assert until == datetime(2011, 3, 13, 23, tzinfo=UTC)
    with pytest.raises(UsageError, match="write a date such as"):
        Asked(since="soon").wanted(press_config, NOW)


def test_saved_searches_stand_beside_the_configuration(press_config):
    assert saved.place(press_config) == Path(press_config.path.parent / "ereputation.searches.yaml")


def test_the_mouse_chooses_opens_scrolls_and_presses_keys(office):
    async def act(pilot):
        app = pilot.app
        await pilot.click("#results", offset=(20, 3))
        await until(lambda: (app._results.chosen, app._where()) == (1, "list"))
        await pilot.click("#results", offset=(20, 4))
        await until(lambda: app._where() == "full")
        await pilot.click("#keys", offset=(seen(app).splitlines()[-1].index("back") - 1, 0))
        await until(lambda: app._where() == "list")
        await pilot.click("#results", offset=(20, 0))  # a day is nothing to choose
        await pilot.click("#query")
        await until(lambda: (app._results.chosen, app._where()) == (1, "query"))

    show(office, act)


def test_what_changes_behind_a_dialog_is_shown_at_once(office):
    async def act(pilot):
        await until(lambda: "pilotes" in seen(pilot.app).rpartition("│")[0])
        await pilot.press("f2", "down", "down", "space")  # KLM
        await until(lambda: titles(pilot.app) == [FLIGHTS, OLD])
        await pilot.press("escape")
        await until(lambda: "│ KLM ouvre Lyon" in seen(pilot.app))

    show(office, act, size=(140, 40))
