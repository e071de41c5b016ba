"""The documentation is true: its commands run, its configurations hold, its queries find, its tables are the code's."""

import importlib.util
import re
import shlex
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from desk import HOUR, NOW, Desk, item
from ereputation import query
from ereputation.model import Document

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs").glob("*.md"))
SECRETS = sorted({name for page in PAGES for name in re.findall(r"\$\{([A-Z_]+)\}", page.read_text("utf-8"))})


def blocks(page, language):
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def each(language):
    return [
        pytest.param(block, id=f"{page.stem}-{number}")
        for page in PAGES
        for number, block in enumerate(blocks(page, language), 1)
    ]


def commands():
    lines = dict.fromkeys(
        line
        for page in PAGES
        for block in blocks(page, "sh")
        for line in block.splitlines()
        if not line.startswith("#")
    )
    return list(lines)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Somebody who has been watching Air France for a while."""
    desk = Desk(tmp_path_factory.mktemp("office"))
    (desk.folder / "docs").symlink_to(ROOT / "docs")
    now = datetime.now(UTC)  # its commands say "since 7d"
    feed = desk.feed(
        "Le Quotidien",
        item("Grève chez Air France", "Les vols Air France sont annulés, aucune réponse.", at=now - HOUR),
        item("Air France recrute", "Bonne nouvelle.", at=now - 2 * HOUR, author="@marie"),
    )
    desk.configure({"url": feed, "name": "Le Quotidien"})
    assert desk.scan(now)["code"] == 0
    return desk


@pytest.mark.parametrize("line", commands())
def test_every_command_works(office, line):
    name, *arguments = shlex.split(line)
    assert name == "ereputation"
    ran = office.run(*arguments)
    assert ran.code == 0, ran.err


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # apprise shims it where it is gone
@pytest.mark.parametrize("block", each("yaml"))
def test_every_configuration_is_sound(tmp_path, monkeypatch, block):
    for name in SECRETS:
        monkeypatch.setenv(name, "https://hooks.example.org/secret" if name.endswith("URL") else "secret")
    monkeypatch.setenv("SLACK_URL", "slack://TokenA/TokenB/TokenC")
    monkeypatch.setenv("GOOGLE_ALERT", "https://www.google.com/alerts/feeds/1/2")
    base = {
        "contact": "you@example.org",
        "brands": [{"name": "Air France"}],
        "sources": ["https://www.lemonde.fr/rss/une.xml"],
    }
    desk = Desk(tmp_path)
    content = base | yaml.safe_load(block)
    (tmp_path / "ereputation.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    ran = desk.run("check", "--offline")
    assert ran.code == 0, ran.out + ran.err


@pytest.mark.sqlite
@pytest.mark.parametrize("statement", each("sql"))
def test_every_statement_answers(office, statement):
    with sqlite3.connect(f"file:{office.folder / 'ereputation.db'}?mode=ro", uri=True) as database:
        database.execute(statement).fetchall()
    database.close()


@pytest.mark.parametrize("code", each("python"))
def test_every_piece_of_code_runs(code, monkeypatch):
    module = ModuleType("example_of_the_documentation")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(code, "docs", "exec"), module.__dict__)


def finds(written):
    """The rows of the table of examples: a query, what it finds, what it does not."""
    section = (
        (ROOT / "docs/queries.md").read_text("utf-8").partition("## What is found")[2].partition("\n## ")[0]
    )
    for line in section.splitlines():
        cells = [re.findall(r"`([^`]+)`", cell) for cell in line.strip("|").split(" | ")]
        if len(cells) == 3 and cells[0]:
            yield from ((cells[0][0], text, written == 1) for text in cells[written])


@pytest.mark.parametrize(("asked", "said", "found"), [*finds(1), *finds(2)])
def test_every_query_finds_what_the_table_says(asked, said, found):
    document = Document(source="x", kind="feed", guid="1", published=NOW, first_seen=NOW, text=said)
    assert (query.parse(asked).find(document) is not None) is found


def test_every_query_at_a_glance_is_one():
    text = (ROOT / "docs/queries.md").read_text("utf-8")
    tables = [text.partition(f"## {name}\n")[2].partition("\n## ")[0] for name in ("At a glance", "Fields")]
    rows = [row for table in tables for row in table.splitlines() if row.startswith("|")]
    written = [one for row in rows for one in re.findall(r"`([^`]+)`", row.partition(" | ")[0])]
    assert len(written) > 25
    for one in written:
        query.parse(one, now=NOW)


@pytest.mark.sqlite
def test_the_tables_are_those_of_the_code():
    spec = importlib.util.spec_from_file_location("fill", ROOT / "docs/fill.py")
    fill = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fill)
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert fill.filled(text) == text, f"{page.name}: run python docs/fill.py"


def test_every_kind_of_source_has_its_section():
    from ereputation.sources import KINDS

    text = (ROOT / "docs/sources.md").read_text(encoding="utf-8")
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")][1:] == list(KINDS)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.stem)
def test_every_link_between_pages_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            names = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
            assert anchor in names, target
