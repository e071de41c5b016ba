"""What vandals write goes through a scan, the database and every command in every format, and drives nothing."""

import csv
import io
import json
import re
import tempfile
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from xml.dom import minidom

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from desk import HOUR, NOW, Desk
from ereputation.store import Store
from test_page import check_harmless
from vandals import HOSTILE, UNSAFE, hostile_alert

NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SEEN = ("--now", (NOW + HOUR).isoformat())
SCREENS = [
    ("scan", "--force", *SEEN), ("search", "", *SEEN), ("search", "x OR grève", *SEEN), ("alerts", *SEEN),
    ("sources", *SEEN), ("clock", *SEEN), ("stats", *SEEN), ("show", "1"), ("check", "--offline"),
]  # fmt: skip
RECORDS = [*SCREENS, ("export",), ("export", "alerts"), ("export", "stories")]
WRITABLE = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(str.strip)


def entry(number, texts):
    return {
        "id": f"{number}{texts[0]}",
        "url": f"https://paper.example/{number}?{texts[1]}",
        "title": f"Brandx {texts[2]}",
        "content_text": f"{texts[3]} Brandx {texts[4]}",
        "date_published": (NOW - timedelta(minutes=number)).isoformat(),
        "authors": [{"name": texts[5]}],
        "tags": [texts[6]],
        "language": texts[7],
    }


def check_text(said, what):
    found = UNSAFE.search(said.replace("\n", ""))
    assert found is None, (what, found, said[max(0, found.start() - 40) : found.end() + 40])


class Drives(HTMLParser):
    """What a page would run, load or lead to that is not the web."""

    def __init__(self, said):
        super().__init__()
        self.found = []
        self.feed(said)

    def handle_starttag(self, tag, attrs):
        runs = tag in {"script", "iframe", "object", "embed", "form", "base"}
        self.found += [tag] if runs else []
        for name, value in attrs:
            leads = name in {"href", "src", "action", "xlink:href"}
            if name.startswith("on") or (leads and not re.match("https?://|#|data:image/", value or "")):
                self.found.append(f"{name}={value}")

    handle_startendtag = handle_starttag


def check_views(desk, brand):
    """The views that are files: a page, a workbook, a list of feeds, figures."""
    report = ("report", "--title", brand, "--period", "day", *SEEN)
    page = desk.run(*report, "--out", "-")
    assert page.code == 0, page.err
    assert Drives(page.out).found == []
    check_text(page.out, "report")
    told = desk.run(*report, "--format", "md")
    check_text(told.out, "report as Markdown")
    assert not re.search(r"(?<!\\)(<(?!https?://)|\]\((?!<https?://))", told.out)
    assert isinstance(desk.run(*report, "--format", "json").json, dict)
    assert desk.run("export", "-o", "book.xlsx", *SEEN).code == 0
    book = load_workbook(desk.folder / "book.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert cells
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)
    minidom.parseString(desk.run("sources", "opml", "--export").out.encode())
    for line in (desk.folder / "e.prom").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r'(#.*|ereputation_\w+(\{(\w+="(\\.|[^"\\])*",?)+\})? [-+.\dNaInf]+)', line), line


def check_csv(said, delimiter):
    for row in csv.reader(io.StringIO(said, newline=""), delimiter=delimiter):
        for cell in row:
            assert not cell.startswith(FORMULA) or NUMBER.fullmatch(cell), cell
            assert "\0" not in cell


@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],  # an example takes a second: no time to make it smaller
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    texts=st.lists(st.lists(HOSTILE, min_size=8, max_size=8), min_size=1, max_size=3),
    brand=WRITABLE | st.sampled_from(["=cmd|' /C calc'!A0", "[bold]x[/bold]", "</script>", "\u202ebrand"]),
    named=WRITABLE,
    told=HOSTILE,
)
def test_no_hostile_text_drives_a_terminal_a_sheet_or_a_parser(texts, brand, named, told):
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        path = desk.folder / "feed.json"
        items = [entry(number, some) for number, some in enumerate(texts)]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": told, "items": items}
        path.write_text(json.dumps(feed), encoding="utf-8")
        desk.configure(
            {"name": named, "url": path.as_uri()},
            {"name": f"{named} 2", "url": "file:///nowhere"},
            brands=[{"name": brand, "keywords": ["Brandx"]}],
            monitoring={"textfile": "e.prom"},
        )
        first = desk.run("scan", "--now", NOW.isoformat(), "--format", "json")
        if first.code == 2:  # a name that no configuration takes
            check_text(first.err, "refusal")
            return
        assert first.json["outcomes"][0]["documents"] == len(texts)
        with Store.open(desk.folder / "ereputation.db") as store:
            store.save_alert(hostile_alert(told.encode("utf-8", "replace").decode()))
        for command in SCREENS:
            for shape in ("plain", "table"):
                ran = desk.run(*command, "--format", shape, "--color", "never")
                check_text(ran.out, (command, shape))
                check_text(ran.err, (command, shape))
        ran = desk.run("report", "--title", told.replace("\0", ""), *SEEN)
        assert ran.code == 0, ran.err
        check_harmless(ran.out)
        check_text(desk.run("report", "--format", "md", *SEEN).out, "report")
        for command in RECORDS:
            ran = desk.run(*command, "--format", "json")
            assert isinstance(ran.json, dict), command
            ran = desk.run(*command, "--format", "ndjson")
            assert all(isinstance(json.loads(line), dict) for line in ran.out.splitlines())
        for dialect, delimiter in (("rfc4180", ","), ("excel-fr", ";"), ("brandwatch", ",")):
            for what in ((), ("alerts",), ("stories",)) if dialect != "brandwatch" else ((),):
                ran = desk.run("export", *what, "--format", "csv", "--dialect", dialect)
                assert ran.code == 0, ran.err
                check_csv(ran.out.lstrip("\ufeff"), delimiter)
        check_views(desk, brand)
        said = desk.run("explain", told.replace("\0", "") or "x", "--format", "plain", "--color", "never")
        check_text(said.out + said.err, "explain")
