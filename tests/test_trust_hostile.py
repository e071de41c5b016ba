"""What vandals write goes through a scan, the database and every command in every format, and drives nothing."""

import csv
import io
import json
import re
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from desk import HOUR, NOW, Desk
from ereputation.store import Store
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


def check_csv(said, delimiter):
    for row in csv.reader(io.StringIO(said, newline=""), delimiter=delimiter):
        for cell in row:
            assert not cell.startswith(FORMULA) or NUMBER.fullmatch(cell), cell
            assert "\0" not in cell


@settings(
    max_examples=5,
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
        said = desk.run("explain", told.replace("\0", "") or "x", "--format", "plain", "--color", "never")
        check_text(said.out + said.err, "explain")
