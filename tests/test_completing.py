"""What the shell offers after Tab, the manual page, and both in the wheel."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import typer

from desk import NOW, Desk, item
from ereputation.cli import app, manual

ROOT = Path(__file__).parent.parent
HOSTILE = "x$(touch pwned)`touch pwned`\\"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("shop"))
    url = desk.feed("press", item("Air France", at=NOW))
    desk.configure(
        {"name": "Le Monde", "url": url}, desk.feed("other", item("KLM")),
        brands=["Air France", "L'Oréal", "KLM", HOSTILE],
    )  # fmt: skip
    desk.scan()
    return desk


def offered(desk, monkeypatch, *words, shell="bash"):
    """What a shell is told when Tab is pressed after these words."""
    with monkeypatch.context() as patch:
        patch.setenv("_EREPUTATION_COMPLETE", f"complete_{shell}")
        patch.setenv("COMP_WORDS", "\n".join(("ereputation", *words)))
        patch.setenv("COMP_CWORD", str(len(words)))
        patch.setenv("_TYPER_COMPLETE_ARGS", " ".join(("ereputation", *words)))
        patch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
        ran = desk.run()
    assert (ran.code, ran.err) == (0, "")
    return [line for line in ran.out.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "offers"),
    [
        (("alerts", "--brand", ""), ["Air\\ France", "L\\'Oréal", "KLM"]),
        (("alerts", "--brand", "AIR"), ["Air\\ France"]),
        (("alerts", "--brand", "Air\\ Fr"), ["Air\\ France"]),
        (("search", "--brand", '"air f'), ["Air France"]),
        (("export", "--brand", "l’"), ["L\\'Oréal"]),
        (("scan", "--source", "le"), ["Le\\ Monde"]),
        (("search", "--source", "le"), ["Le\\ Monde"]),
        (("search", "--status", "ha"), ["handled"]),
        (("sources", "reset", "L"), ["Le\\ Monde"]),
        (("sch",), ["schedule"]),
        (("schedule", "s"), ["systemd"]),
        (("-c", "nowhere.yaml", "alerts", "--brand", ""), []),
    ],
)
def test_bash_is_offered_what_can_be_typed(shop, monkeypatch, words, offers):
    assert offered(shop, monkeypatch, *words) == offers


@pytest.mark.sqlite  # a server is not asked while somebody types
def test_sources_without_a_name_are_known_once_they_were_read(shop, monkeypatch):
    assert len(offered(shop, monkeypatch, "scan", "--source", "")) == 2


def test_each_shell_gets_its_own_spelling(shop, monkeypatch):
    assert offered(shop, monkeypatch, "alerts", "--brand", "l", shell="fish") == ["L'Oréal"]
    (line,) = offered(shop, monkeypatch, "alerts", "--brand", "l", shell="zsh")
    assert line == """_arguments '*: :(("L’Oréal"))'"""
    assert shop.run("search", "--brand", "l’oréal").code == 0


def test_a_name_that_a_shell_would_run_is_not_offered(shop, monkeypatch):
    for shell in ("bash", "zsh", "fish"):
        assert "touch" not in "".join(offered(shop, monkeypatch, "alerts", "--brand", "", shell=shell))


def test_alerts_are_offered_with_what_they_are(shop, monkeypatch):
    (shop.folder / "not.yaml").write_text("brands: [")
    assert offered(shop, monkeypatch, "alerts", "ack", "a") == []  # none yet
    assert offered(shop, monkeypatch, "-c", "not.yaml", "show", "a") == []  # no sound configuration


def test_offering_names_loads_nothing_heavy(shop):
    script = (
        "import sys\nfrom ereputation.cli import main\ncode = main([])\n"
        "print(code, sorted({'ereputation.config', 'httpx', 'rich', 'feedparser', 'sqlite3'} & set(sys.modules)))"
    )
    env = {
        "_EREPUTATION_COMPLETE": "complete_bash",
        "COMP_WORDS": "ereputation\nalerts\n--brand\nK",
        "COMP_CWORD": "3",
    }
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=shop.folder, env={**os.environ, **env}, capture_output=True, text=True, check=True
    )  # fmt: skip
    assert ran.stdout.splitlines() == ["KLM", "0 []"]


# --- the manual page and the wheel -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shell")
    places = manual.write(folder)
    return {place: (folder / name).read_text(encoding="utf-8") for name, place in places.items()}


def test_the_page_holds_every_command_and_every_option(files):
    page = files["share/man/man1/ereputation.1"].replace("\\-", "-")

    def check(command, name):
        if name:
            assert f'.SS "{name}' in page
        for parameter in command.params:
            if parameter.param_type_name == "option" and not parameter.hidden:
                assert all(option in page for option in parameter.opts), parameter.opts
        for inner, one in getattr(command, "commands", {}).items():
            check(one, f"{name} {inner}".strip())

    check(typer.main.get_command(app), "")
    assert "--now" not in page
    assert "--passes" not in page


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
def test_groff_has_nothing_to_say_against_the_page(files):
    page = files["share/man/man1/ereputation.1"]
    ran = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-K", "utf8"],
        input=page,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stderr == ""
    shown = re.sub(r"\x1b\[[0-9;]*m|.\x08", "", ran.stdout)
    assert "-q, --quiet" in shown
    assert "another scan holds the lock" in shown


def test_the_page_is_made_with_typer_alone():
    """As in the build, where nothing else is installed."""
    script = """
import sys, tempfile, pathlib
class Nothing:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in {"ereputation", "typer", "shellingham", "rich", "annotated_doc", *sys.stdlib_module_names}:
            raise ImportError(name)
sys.meta_path.insert(0, Nothing())
from ereputation.cli import manual
with tempfile.TemporaryDirectory() as folder:
    print(len(manual.write(pathlib.Path(folder))))
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("4\n", "")


def test_the_build_puts_them_where_they_are_found(files):
    hook = (ROOT / "hatch_build.py").read_text(encoding="utf-8")
    assert "manual.write" in hook
    assert set(files) == {
        "share/man/man1/ereputation.1",
        "share/bash-completion/completions/ereputation",
        "share/zsh/site-functions/_ereputation",
        "share/fish/vendor_completions.d/ereputation.fish",
    }
    assert files["share/zsh/site-functions/_ereputation"].startswith("#compdef ereputation\n")


@pytest.mark.skipif(
    not os.environ.get("EREPUTATION_WHEEL"), reason="EREPUTATION_WHEEL=1 builds a wheel (network)"
)
def test_the_wheel_holds_them(tmp_path, files):
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", tmp_path, ROOT], check=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    version = importlib.metadata.version("ereputation")
    assert {f"ereputation-{version}.data/data/{place}" for place in files} <= set(names)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("words", [("--brand", "A")])
def test_real_shells_complete_brands(shop, files, shell, words):
    if not shutil.which(shell) or shell == "zsh":
        pytest.skip("is not installed, or completes in a terminal only")
    path = f"{shop.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    (shop.folder / "bin").mkdir(exist_ok=True)
    command = shop.folder / "bin" / "ereputation"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ereputation "$@"\n')
    command.chmod(0o755)
    script = next(text for place, text in files.items() if shell in place)
    (shop.folder / shell).write_text(script)
    ask = {
        "bash": f"source ./{shell}; COMP_WORDS=(ereputation alerts {' '.join(words)}); COMP_CWORD=3;"
        " _ereputation_completion ereputation; printf '%s\\n' \"${COMPREPLY[@]}\"",
        "fish": f"source ./{shell}; complete -C 'ereputation alerts {' '.join(words)}'",
    }[shell]
    ran = subprocess.run(
        [shell, "-c", ask], cwd=shop.folder, env={**os.environ, "PATH": path, "HOME": str(shop.folder)},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ran.stdout.splitlines()[0] == {"bash": "Air\\ France", "fish": "Air France"}[shell], ran.stderr
