"""What every command promises: exit codes, streams, look-up, locales, closed pipes, odd places."""

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.core import TyperOption

from desk import NOW, Desk, item
from ereputation import __version__
from ereputation.cli import main, spoken

READING = [("search",), ("export",), ("alerts",), ("check", "--offline")]


@pytest.mark.parametrize(
    "arguments", [("--help",), ("-h",), *((c, "--help") for c in ("scan", "search", "demo"))]
)
def test_help_is_data(desk, arguments):
    ran = desk.run(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Usage: ereputation")


def test_version(desk):
    assert desk.run("--version") == (0, f"ereputation {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("scna",), "'scan'"),
        (("nope",), "nope"),
        (("--nope",), "--nope"),
        (("scan", "--sorce", "x"), "--source"),
        (("scan", "--format", "csv"), "ereputation export"),
        (("scan", "--now", "tomorrow"), "--now"),
        (("scan", "--now", "0001-01-01T00:00:00+14:00"), "--now"),
        (("scan", "--now", "9999-12-31T23:59:59"), "--now"),
        (("scan", "--wait", "forever"), "--wait"),
        (("scan", "--wait", "-1"), "--wait"),
        (("scan", "extra"), "extra"),
        (("search", "--brand"), "--brand"),
        (("alerts", "nope"), "nope"),
        (("-c", "nope.yaml", "scan"), "nope.yaml"),
        (("-c", ".", "scan"), "folder"),
        (("demo", "--format", "csv"), "ndjson"),
        (("demo", "--keep", "."), "empty"),
    ],
)
def test_a_usage_error_is_two_and_writes_no_data(press, arguments, says):
    ran = press.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize("before", [True, False])
def test_shared_options_stand_before_or_after_the_command(press, tmp_path, command, before):
    shared = ("-c", press.folder / "ereputation.yaml", "--format", "json")
    elsewhere = Desk(tmp_path)
    ran = elsewhere.run(*shared, *command) if before else elsewhere.run(*command, *shared)
    assert ran.code == 0, ran.err
    assert ran.json["schema"].startswith("ereputation/")


def test_an_option_after_the_command_wins(press):
    assert press.run("--format", "ndjson", "search", "--format", "json").out.startswith("{\n")


def test_where_the_configuration_is_looked_for(desk, monkeypatch):
    places = {name: Desk(desk.folder / name) for name in ("flag", "variable", "here", "home")}
    for name, place in places.items():
        place.folder.mkdir()
        place.configure(brands=[name.title()])
    home = desk.folder / "config" / "ereputation"
    home.mkdir(parents=True)
    places["home"].folder.joinpath("ereputation.yaml").rename(home / "ereputation.yaml")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(desk.folder / "config"))
    variable, flag = (places[name].folder / "ereputation.yaml" for name in ("variable", "flag"))

    def used(place, *arguments):
        ran = place.run(*arguments, "explain", "Flag Variable Here Home", "--format", "ndjson")
        return [match["brand"] for match in ran.lines[0]["matches"]]

    assert used(desk) == ["Home"]
    assert used(places["here"]) == ["Here"]
    monkeypatch.setenv("EREPUTATION_CONFIG", str(variable))
    assert used(places["here"]) == ["Variable"]
    assert used(places["here"], "-c", flag) == ["Flag"]
    ran = places["here"].run("explain", "Flag Here", "-c", flag, "--format", "ndjson")
    assert ran.lines[0]["matches"][0]["brand"] == "Flag"


def test_without_any_configuration_every_place_is_named(desk):
    ran = desk.run("scan")
    assert (ran.code, ran.out) == (2, "")
    assert "ereputation.yaml" in ran.err
    assert "--config" in ran.err


@pytest.mark.sqlite
def test_the_database_is_beside_the_configuration_and_the_flag_wins_over_the_variable(
    desk, tmp_path, monkeypatch
):
    inner = Desk(tmp_path / "Été à l’île & co #1%20?")
    inner.folder.mkdir()
    path = inner.configure(inner.feed("presse à l’œil", item("Air France")))
    assert desk.run("scan", "-c", path).code == 0
    assert (inner.folder / "ereputation.db").exists()
    monkeypatch.setenv("EREPUTATION_DATABASE", str(tmp_path / "variable.db"))
    assert desk.run("scan", "-c", path).code == 0
    assert desk.run("--database", tmp_path / "f l ag?#.db", "scan", "-c", path).code == 0
    assert {"variable.db", "f l ag?#.db"} <= {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize(
    "content",
    [
        "brands:\r\n  - name: Air France\r\nsources:\r\n  - {url}\r\n",
        "\ufeffbrands:\n  - name: Air France\nsources:\n  - {url}\n",
        "---\nbrands: [{{name: Air France}}]\nsources: [{url}]\n...\n",
    ],
    ids=["windows line ends", "byte order mark", "flow style"],
)
def test_a_configuration_from_any_editor_is_read(desk, content):
    url = desk.feed("press", item("Air France"))
    (desk.folder / "ereputation.yaml").write_text(content.format(url=url), encoding="utf-8", newline="")
    assert desk.scan()["mentions"] == {"new": 1}


@pytest.mark.parametrize(
    "content",
    ["", "# nothing\n", "[]", "brands:\n", "brands: []\n", "- a\n", "brands:\n\t- x\n", "\0", "a: &a [*a]\n"],
)
def test_a_configuration_that_says_nothing_is_refused_with_its_place(desk, content):
    (desk.folder / "ereputation.yaml").write_text(content, encoding="utf-8")
    ran = desk.run("scan")
    assert (ran.code, ran.out) == (2, "")
    assert "ereputation.yaml:1" in ran.err or "ereputation.yaml:2" in ran.err
    assert not (desk.folder / "ereputation.db").exists()


@pytest.mark.parametrize(
    "world",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        {"TERM": "dumb", "COLUMNS": "40"},
    ],
    ids=" ".join,
)
def test_no_locale_or_terminal_stops_the_output(press, world):
    process = press.start("search", "--format", "table", env={**world, "PYTHONUTF8": "0"})
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "Air France" in out
    assert "\x1b" not in out


@pytest.mark.parametrize("width", ["0", "1", "40", "abc", "99999", ""])
def test_no_width_loses_a_document(press, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    ran = press.run("search", "--format", "table")
    assert ran.code == 0
    assert "Air France" in ran.out.replace("\n", " ") or width == "1"


def test_colours_obey_the_user(press, monkeypatch):
    assert "\x1b[" in press.run("search", "--format", "table", "--color", "always").out
    assert "\x1b" not in press.run("search", "--format", "table").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in press.run("search", "--format", "table").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in press.run("search", "--format", "table").out


def test_without_a_home_everything_works(press):
    process = subprocess.run(
        [sys.executable, "-m", "ereputation", "search", "-n", "1"],
        cwd=press.folder, env={}, capture_output=True, check=True,
    )  # fmt: skip
    assert b"Air France" in process.stdout


SHELL = [
    ("export | head -1 > first", "0"),
    ("--help | true", "0"),
    ("scan --force --now 2026-03-10T12:00:00Z | true", "0"),
    ("search >&- 2>&- <&-", "0"),
    ("search > /dev/full", "1"),
]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_closed_pipe_is_silent_and_a_full_disk_is_one_sentence(desk):
    desk.configure(desk.feed("press", *(item(f"Air France {n}", "x" * 300) for n in range(300))))
    desk.scan()
    command = f"{sys.executable} -m ereputation"
    script = "\n".join(f"{command} {line}; echo ${{PIPESTATUS[0]}}" for line, _ in SHELL)
    process = subprocess.run(
        ["bash", "-c", script], cwd=desk.folder, capture_output=True, text=True, check=True
    )
    assert process.stdout.split() == [code for _, code in SHELL]
    assert process.stderr == "ereputation: the output could not be written: no space left on device\n"


@pytest.fixture
def read_only(press):
    """A desk in a folder anybody may enter."""
    with tempfile.TemporaryDirectory() as name:
        desk = Desk(Path(name))
        desk.configure(desk.feed("press", item("Air France")), timezone="UTC")
        yield desk
        desk.folder.chmod(0o700)


@contextmanager
def without_rights(folder):
    """Nobody may write there, and root, who may write anywhere, becomes somebody else for a moment."""
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)
    was, here = os.geteuid(), os.getcwd()  # noqa: PTH109 - somebody else may not enter it, so we wait at the door
    os.chdir("/")
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)
        os.chdir(here)


@pytest.mark.sqlite
def test_a_first_scan_in_a_folder_that_cannot_be_written_is_one_sentence(read_only):
    with without_rights(read_only.folder):
        ran = read_only.run("scan", "--now", NOW.isoformat())
    assert (ran.code, ran.out) == (1, "")
    assert str(read_only.folder) in ran.err
    assert "writ" in ran.err


@pytest.mark.sqlite
def test_a_database_that_cannot_be_written_is_still_read(read_only):
    read_only.scan()
    with without_rights(read_only.folder):
        scanned, searched = read_only.run("scan", "--now", NOW.isoformat()), read_only.run("search", "Air")
    assert (scanned.code, scanned.out) == (1, "")
    assert str(read_only.folder) in scanned.err
    assert searched.code == 0, searched.err
    assert "Air France" in searched.out


def test_main_may_be_called_again_and_again(press, capsys):
    arguments = ["-c", str(press.folder / "ereputation.yaml"), "search", "grève", "--format", "plain"]
    assert [main(arguments) for _ in range(3)] == [0, 0, 0]
    assert len(set(capsys.readouterr().out.splitlines())) == 1


@pytest.mark.parametrize("address", ["mysql://u:s3cret@h/n", "postgresq://u:s3cret@h/n", "sqlite:///x.db"])
def test_a_mistyped_address_of_a_database_is_refused_and_not_repeated(desk, address):
    desk.configure()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EREPUTATION_DATABASE", address)
        ran = desk.run("search", "x")
    assert (ran.code, ran.out) == (2, "")
    assert "postgresql://user@host/name" in ran.err
    assert "s3cret" not in ran.err


def test_what_reads_an_option_is_made_where_one_was_given(monkeypatch):
    asked, said = [], []
    made = TyperOption.get_runtime_param
    monkeypatch.setattr(
        TyperOption, "get_runtime_param", lambda option: asked.append(option.name) or made(option)
    )
    app = spoken.Typer()

    @app.command()
    def told(name: NameOption = None, other: NumberOption = None, more: NamesOption = None):
        said.append((name, other, more))

    typer.main.get_command(app)(["--name", "Air"], standalone_mode=False)
    assert said == [("Air", None, None)]
    assert asked == ["name"]


NameOption = Annotated[str | None, typer.Option()]
NumberOption = Annotated[int | None, typer.Option()]
NamesOption = Annotated[list[str] | None, typer.Option()]
