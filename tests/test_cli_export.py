"""``export`` from the outside: what another program reads again."""

import csv
import io
import json

import pytest

from desk import HOUR, NOW, Desk, item
from ereputation import export

PROMISED = [
    "mention_id",
    "story_id",
    "copies",
    "brand",
    "published",
    "first_seen",
    "source",
    "kind",
    "domain",
    "url",
    "title",
    "snippet",
    "author_name",
    "author_handle",
    "lang",
    "sentiment",
    "score",
    "words",
    "matched",
    "engagement",
    "reply_to",
    "status",
    "note",
    "media",
]


@pytest.fixture(scope="module")
def awkward(tmp_path_factory):
    """Mentions whose texts break naive CSV, a spreadsheet, or both."""
    desk = Desk(tmp_path_factory.mktemp("awkward"))
    texts = [
        '=cmd|" /C calc"!A0 Air France',
        "+33 1 Air France",
        "-2 Air France",
        '@airfrance; Air France, «quoted» "twice"',
        "\tAir France",
        "Air France\nsecond line; third, 'x'",
        "Air France 🛫 œuvre 東京",
        "Air France 3,14",
        "  =1+1 Air France",
    ]  # fmt: skip
    items = [
        item(text, text * 2, guid=str(n), at=NOW - n * HOUR, author=f"=a{n}") for n, text in enumerate(texts)
    ]
    desk.configure({"name": "=Press", "url": desk.feed("press", *items)}, brands=["Air France", "KLM"])
    desk.scan()
    return desk


def rows_of(text, **form):
    return list(csv.DictReader(io.StringIO(text, newline=""), **form))


def test_columns_are_those_promised_in_their_order(awkward):
    header = awkward.run("export").out.splitlines()[0].split(",")
    assert header[: len(PROMISED)] == PROMISED
    assert list(export.COLUMNS[: len(PROMISED)]) == PROMISED


def test_every_mention_is_one_row_when_read_again(awkward):
    rows = rows_of(awkward.run("export").out)
    assert len(rows) == len(awkward.found("", "-n", "0")) == 9
    assert all(None not in row and None not in row.values() for row in rows)
    assert [row["published"] for row in rows] == sorted((row["published"] for row in rows), reverse=True)
    assert {row["brand"] for row in rows} == {"Air France"}


@pytest.mark.parametrize("dialect", ["rfc4180", "excel-fr", "brandwatch", "talkwalker", "meltwater"])
def test_no_cell_is_a_formula_in_any_dialect(awkward, tmp_path, dialect):
    path, form = tmp_path / "out.csv", export.dialect(dialect)
    assert awkward.run("export", "--dialect", dialect, "-o", path).code == 0
    with path.open(encoding=form.encoding, newline="") as file:
        rows = list(csv.reader(file, delimiter=form.delimiter))
    assert len(rows) == 10
    assert len({len(row) for row in rows}) == 1
    cells = [cell for row in rows[1:] for cell in row]
    assert [cell for cell in cells if cell.lstrip()[:1] in set("=+-@") and not _number(cell)] == []


def _number(cell):
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def test_excel_in_french_opens_it_by_a_double_click(awkward, tmp_path):
    path = tmp_path / "été.csv"
    ran = awkward.run("export", "--dialect", "excel-fr", "-o", path)
    assert (ran.code, ran.out) == (0, "")
    assert f"9 mentions written to {path}" in ran.err
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfmention_id;story_id;")
    assert b"sep=" not in content
    assert content.count(b"\r\n") == content.count(b"\n")
    rows = rows_of(content.decode("utf-8-sig"), delimiter=";")
    assert len(rows) == 9
    assert {(row["date"], row["time"]) for row in rows} >= {("2026-03-10", "13:00")}
    assert all("." not in row["score"] for row in rows)
    assert any("🛫 œuvre 東京" in row["title"] for row in rows)


def test_json_and_ndjson_hold_the_same_mentions(awkward):
    whole = awkward.run("export", "--format", "json").json
    assert whole["schema"] == "ereputation/export-mentions/1"
    assert awkward.run("export", "--format", "ndjson").lines == whole["mentions"]
    assert [list(mention)[: len(PROMISED)] for mention in whole["mentions"]] == [PROMISED] * 9


@pytest.mark.parametrize("what", ["mentions", "stories", "alerts", "buckets"])
@pytest.mark.parametrize("form", ["csv", "json", "ndjson"])
def test_everything_can_be_exported_in_every_form(awkward, what, form):
    ran = awkward.run("export", what, "--format", form, "--now", (NOW + HOUR).isoformat())
    assert (ran.code, ran.err) == (0, "")
    if form == "csv":
        assert len(ran.out.splitlines()[0].split(",")) >= 7
    elif form == "json":
        assert list(ran.json) == ["schema", what]
    else:
        assert all(isinstance(line, dict) for line in ran.lines)


def test_buckets_begin_where_something_is_known(awkward):
    ran = awkward.run("export", "buckets", "--brand", "Air France", "--since", "1980-01-01", "--format", "ndjson",
                      "--now", (NOW + HOUR).isoformat())  # fmt: skip
    assert ran.lines[0]["start"] == "2026-03-10T05:00:00+01:00"
    assert sum(bucket["copies"] for bucket in ran.lines) == 9
    assert [bucket["exposure"] for bucket in ran.lines] == [1] * 8 + [0]  # nobody has read the last hour yet


def test_the_name_of_the_file_chooses_the_form(awkward, tmp_path):
    for name in ("a.json", "a.ndjson", "a.csv", "a.txt"):
        assert awkward.run("export", "-o", tmp_path / name, "-q") == (0, "", "")
    assert len(json.loads((tmp_path / "a.json").read_text())["mentions"]) == 9
    assert len((tmp_path / "a.ndjson").read_text().splitlines()) == 9
    assert (tmp_path / "a.csv").read_text() == (tmp_path / "a.txt").read_text()


def test_a_file_that_cannot_be_written_is_named_and_the_old_one_stays(awkward, tmp_path):
    ran = awkward.run("export", "-o", tmp_path / "missing" / "x.csv")
    assert (ran.code, ran.out) == (1, "")
    assert "missing/x.csv" in ran.err
    old = tmp_path / "old.csv"
    old.write_text("precious")
    assert awkward.run("export", "--query", '"', "-o", old).code == 2
    assert old.read_text() == "precious"


@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        (("--query", "東京"), 1),
        (("--query", "title:second"), 1),
        (("--brand", "KLM"), 0),
        (("--since", "2026-03-10T11:30"), 2),
        (("--until", "2026-03-10T05:30"), 1),
        (("--sentiment", "positive"), 0),
    ],
)
def test_options_select_rows(awkward, arguments, rows):
    assert len(rows_of(awkward.run("export", *arguments).out)) == rows


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--format", "table"), "'csv', 'json', 'ndjson', 'xlsx'"),
        (("--dialect", "lotus"), "excel-fr"),
        (("feelings",), "feelings"),
        (("alerts", "--query", "x"), "--query"),
        (("--query", "("), "1:2"),
    ],
)
def test_what_cannot_be_exported_is_a_usage_error(awkward, arguments, says):
    ran = awkward.run("export", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_copies_of_a_wire_are_one_story(desk):
    text = "Air France annule des vols au départ de Paris lundi en raison d'un mouvement social des contrôleurs aériens."
    urls = [desk.feed(f"p{n}", item("Air France annule des vols lundi à Paris", text, guid=f"{n}",
                                    url=f"https://p{n}.example/a")) for n in range(3)]  # fmt: skip
    desk.configure(*urls)
    desk.scan()
    mentions = desk.run("export", "--format", "ndjson").lines
    assert {(m["story_id"], m["copies"]) for m in mentions} == {(mentions[0]["story_id"], 3)}
    assert len(desk.run("export", "stories", "--format", "ndjson").lines) == 1
