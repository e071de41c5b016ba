"""The facts a newcomer relies on: the README, the example configuration, a light ``--help``."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from desk import Desk, item, rss
from ereputation import __version__

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands():
    """Every command line the README shows."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("ereputation ")]


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory):
    """Somebody with the README's configuration, and a database without documents."""
    desk = Desk(tmp_path_factory.mktemp("newcomer"))
    (desk.folder / "ereputation.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    assert desk.run("scan", "--offline").code == 0
    return desk


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_every_command_line_of_the_readme_works(newcomer, arguments):
    ran = newcomer.run(*arguments)
    assert ran.code == 0, ran.err
    assert "warning" not in ran.err


def test_the_readme_shows_commands_and_configuration():
    assert len(commands()) >= 3
    assert blocks("yaml")


def test_every_command_is_in_the_readme_and_every_one_in_it_exists():
    table = README.partition("## Commands")[2].partition("##")[0]
    cells = re.findall(r"^\| (.*?) \| ", table, re.MULTILINE)
    listed = {name for cell in cells for name in re.findall(r"`(\w+)", cell)}
    shown = Desk(ROOT).run("--help").out.partition("Commands:")[2]
    offered = set(re.findall(r"^  (\w+)  ", shown, re.MULTILINE))
    assert listed == offered


def test_the_readmes_two_commands_are_what_the_gate_runs():
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "<!-- the test command -->" in README
    assert "the test command" in gate
    set_up, tests = blocks("sh")[:2]
    assert "scan --config config.example.yaml" in set_up
    assert "pytest" in tests


def test_the_example_configuration_is_sound_and_watches_what_the_readme_says():
    ran = Desk(ROOT).run(
        "check", "--offline", "--format", "json", "-c", "config.example.yaml", "--database", "none.db"
    )
    assert ran.code == 0, ran.err
    assert "2 brands, 7 sources" in ran.out
    text = (ROOT / "config.example.yaml").read_text(encoding="utf-8")
    assert "name: Air France" in text
    assert "name: Orange" in text
    assert not (ROOT / "none.db").exists()


@pytest.mark.parametrize(
    ("text", "brands"),
    [
        ("Orange ouvre la fibre à Nantes", ["Orange"]),
        ("Vigilance orange dans le Vaucluse, panne de réseau mobile", []),
        ("Les oranges et le jus d'orange", []),
        ("Un vol Air France annulé", ["Air France"]),
        ("Radio France en grève", []),
    ],
)
def test_the_example_configuration_finds_its_brands_and_nothing_else(text, brands):
    (record,) = Desk(ROOT).run("explain", text, "-c", "config.example.yaml", "--format", "ndjson").lines
    assert [match["brand"] for match in record["matches"]] == brands


HEAVY = (
    "httpx",
    "feedparser",
    "pydantic",
    "rich",
    "yaml",
    "ahocorasick_rs",
    "holidays",
    "sqlite3",
    "jinja2",
    "pygal",
)


def test_help_imports_nothing_heavy():
    script = (
        "import sys\nfrom ereputation.cli import main\n"
        "codes = [main(['--help']), main(['--version'])]\n"
        f"print(codes, sorted(set(sys.modules) & set({HEAVY})))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[0, 0] []"


COPIED = """
import sys
from ereputation.cli import main
from ereputation.executors.pool import Pool
from ereputation.fetch import trust

def copy(_pool, _method):
    print(sorted(set(sys.modules) & set({modules})), trust.trusted.cache_info().currsize)
    raise SystemExit(0)

Pool._start = copy
main(["scan", "--quiet", "--force"])
"""
"""A scan up to the moment when its process is copied: which of these modules it has loaded by then, and certificates."""
AFTERWARDS = (
    "ereputation.alerts",
    "ereputation.clock",
    "ereputation.detect",
    "ereputation.export",
    "ereputation.figures",
    "ereputation.notify.apprise",
    "ereputation.notify.email",
    "ereputation.notify.webhook",
    "ereputation.sources.mastodon",
    "ereputation.tables",
    "ereputation.telling",
    "holidays",
    "rich",
    "smtplib",
)
"""What no worker needs."""
FOR_NEWS = ("ereputation.sentiment.engine", "ereputation.sources.feed.parse", "feedparser")


def test_a_scan_loads_before_it_is_copied_what_its_copies_need(tmp_path, web):
    desk = Desk(tmp_path)
    web.serve("/rss", rss(item("Air France en grève")))
    script = COPIED.format(modules=(*AFTERWARDS, *FOR_NEWS))

    def loaded(url):
        desk.configure(url, fetch={"workers": 1})
        ran = subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return ran.stdout.splitlines()

    assert loaded(web.url("/rss")) == [f"{sorted(FOR_NEWS)} 0"]  # all is new: loaded once, and shared
    assert desk.run("scan").code == 0
    assert loaded(web.url("/rss")) == ["[] 0"]  # little is
    assert loaded(web.url("/rss").replace("http:", "https:")) == ["[] 1"]


def test_the_changelog_and_the_licence_are_there():
    assert "# Changelog" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
