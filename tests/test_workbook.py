"""Workbooks: what Excel and LibreOffice read in them is what is stored, and nothing in them runs."""

import csv
import io
import os
import shutil
import subprocess
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, time
from itertools import islice, repeat
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings

from desk import HOUR, NOW, Desk, item
from ereputation import export
from ereputation.errors import EreputationError
from showcase import ALERTS, MENTIONS, PARIS
from vandals import HOSTILE, UNSAFE

CREATED = datetime(2026, 3, 10, 12, tzinfo=UTC)


def book_of(*sheets, zone=PARIS, **more):
    file = io.BytesIO()
    export.write_workbook(file, sheets, zone=zone, created=CREATED, **more)
    return openpyxl.load_workbook(io.BytesIO(file.getvalue()))


def cells_of(*values, zone=PARIS):
    """The cells of one row, as openpyxl reads them."""
    columns = [f"c{n}" for n in range(len(values))]
    sheet = export.Sheet("x", columns, [dict(zip(columns, values, strict=True))])
    return book_of(sheet, zone=zone)["x"][2]


def mentions(values):
    shape = export.table("mentions")
    return export.Sheet("mentions", shape.columns, shape.rows(values))


# --- cells -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (412, 412),
        (-0.5454, -0.5454),
        (3e-300, 3e-300),
        (True, True),
        (float("nan"), None),
        (None, None),
        ("", None),
        ("0123", "0123"),
        ("3,14", "3,14"),
        ("2026-03-10", "2026-03-10"),
        ("https://a.fr/?x=1&y=<2>", "https://a.fr/?x=1&y=<2>"),
        (["a", "b"], "a; b"),
        ("=1+1", "=1+1"),
        ("\ud800x\x00\x1b[31m\ufffe", "x[31m\ufffd"),
        ("two\nlines", "two\nlines"),
        (datetime(2026, 3, 10, 12, 5, 9, 999, tzinfo=UTC), datetime(2026, 3, 10, 13, 5, 9)),  # noqa: DTZ001
        (datetime(2026, 7, 1, 22, tzinfo=UTC), datetime(2026, 7, 2, 0)),  # noqa: DTZ001 - summer time
        (datetime(1871, 3, 18, 12, tzinfo=UTC), "1871-03-18 12:09:21"),  # before Excel's calendar
    ],
)
def test_a_value_is_read_as_what_it_was(value, read):
    (cell,) = cells_of(value)
    assert cell.value == read
    assert (cell.data_type == "d") == isinstance(read, datetime)


@pytest.mark.parametrize("text", ["=1+1", "+33 1", "-2", "@airfrance", "\t=cmd|'/c calc'!A0", "＝1", "  @x"])
def test_what_looks_like_a_formula_is_text_and_marked_as_such(text):
    (cell,) = cells_of(text)
    assert (cell.data_type, cell.quotePrefix, cell.hyperlink) == ("s", True, None)


def test_markup_of_the_librarys_own_is_text():
    text = '<r><t>x</t></r></is></c><c r="B9"><f>1+1</f></c><r></r>'
    (cell,) = cells_of(text)
    assert cell.value.strip() == text


@pytest.mark.parametrize("text", ["é" * 40_000, "🛫" * 40_000, "a" + "🛫" * 20_000])
def test_a_long_text_is_cut_to_what_a_cell_holds(text):
    (cell,) = cells_of(text)
    assert 32_700 < len(cell.value.encode("utf-16-le")) // 2 <= 32_767
    assert cell.value.endswith("…")
    assert text.startswith(cell.value[:-1])


@settings(max_examples=25, deadline=None)
@given(text=HOSTILE)
def test_no_vandal_breaks_a_workbook(text):
    hostile = replace(MENTIONS[0], note=text, document=replace(MENTIONS[0].document, title=text, url=text))
    sheet = book_of(mentions([hostile] * 2))["mentions"]
    texts = [cell.value for row in sheet for cell in row if isinstance(cell.value, str)]
    assert sheet.max_row == 3
    assert {cell.data_type for row in sheet for cell in row} <= {"s", "n", "d", "b"}
    assert UNSAFE.findall("".join(texts)) == []


# --- sheets ----------------------------------------------------------------------------------------------------


def test_a_sheet_has_a_fixed_header_a_filter_and_room():
    sheet = book_of(mentions(MENTIONS))["mentions"]
    assert [cell.value for cell in sheet[1]] == list(export.COLUMNS)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:X4")
    assert sheet.column_dimensions["K"].width > 2 * sheet.column_dimensions["A"].width
    assert sheet["F2"].number_format == "yyyy-mm-dd hh:mm:ss"


def test_what_one_sheet_cannot_hold_goes_on_in_the_next():
    book = book_of(mentions(islice(repeat(MENTIONS[0]), 25)), most_rows=11)
    assert book.sheetnames == ["mentions", "mentions (2)", "mentions (3)"]
    assert [sheet.max_row for sheet in book] == [11, 11, 6]
    assert all(sheet["A1"].value == "mention_id" for sheet in book)
    exactly = book_of(mentions(islice(repeat(MENTIONS[0]), 10)), most_rows=11)
    assert exactly.sheetnames == ["mentions"]


def test_without_rows_there_is_a_header():
    shape = export.table("alerts")
    assert book_of(export.Sheet("alerts", shape.columns, []))["alerts"].max_row == 1


def test_an_alert_is_a_row_of_dates_shares_and_numbers():
    shape = export.table("alerts")
    sheet = book_of(export.Sheet("alerts", shape.columns, shape.rows(ALERTS)))["alerts"]
    row = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert row["started"].is_date
    assert (row["negative_share"].number_format, row["negative_share"].data_type) == ("0.0%", "n")
    assert isinstance(row["observed"].value, int)
    assert row["handling"].value is None


def test_the_same_values_give_the_same_bytes(tmp_path):
    files = []
    for name in ("a.xlsx", "b.xlsx"):
        export.write_workbook(tmp_path / name, [mentions(MENTIONS)], zone=PARIS, created=CREATED)
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]


def test_a_workbook_that_breaks_off_leaves_what_was_there(tmp_path):
    file = tmp_path / "x.xlsx"
    file.write_text("before")

    def broken():
        yield MENTIONS[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export.write_workbook(file, [mentions(broken())], zone=PARIS, created=CREATED)
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(EreputationError, match=r"cannot write .*missing"):
        export.write_workbook(tmp_path / "missing" / "x.xlsx", [], zone=PARIS, created=CREATED)


def test_memory_does_not_grow_with_the_rows_of_a_workbook(tmp_path):
    def peak(rows):
        tracemalloc.start()
        export.write_workbook(
            tmp_path / "x.xlsx", [mentions(repeat(MENTIONS[0], rows))], zone=PARIS, created=CREATED
        )
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return held

    peak(10)  # what is imported the first time
    assert peak(350) - peak(100) < 400_000  # the rows are 2 MB of values


# --- the command -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Mentions in winter and summer, with what breaks naive tables, and a spike."""
    desk = Desk(tmp_path_factory.mktemp("office"))
    texts = [
        "=1+1 Air France",
        "Air France 3,14",
        "Air France œuvre 東京 🛫",
        'Air France; «quoted» "twice"\nline',
    ]
    items = [item(text, f"{text}, retard", guid=str(n), at=NOW - n * HOUR) for n, text in enumerate(texts)]
    items += [item("Air France en juillet", at=datetime(2025, 7, 1, 22, 30, tzinfo=UTC))]
    desk.configure({"name": "Press", "url": desk.feed("press", *items)}, brands=["Air France", "KLM"])
    desk.scan()
    return desk


def test_a_workbook_holds_a_sheet_for_each_kind_and_one_that_explains(office, tmp_path):
    file = tmp_path / "air.xlsx"
    ran = office.run("export", "-o", file, "--now", NOW.isoformat(), "--since", "2026-03-01")
    assert (ran.code, ran.out) == (0, "")
    assert f"4 mentions, 4 stories, 0 alerts, 229 buckets written to {file}" in ran.err
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["mentions", "stories", "alerts", "buckets", "read me"]
    assert book["mentions"]["E2"].value == datetime(2026, 3, 10, 13)  # noqa: DTZ001
    assert book["buckets"]["B2"].value == datetime(2026, 3, 1)  # noqa: DTZ001
    said = {row[0].value: row[1].value for row in book["read me"] if row[0].value}
    assert said["Brands"] == "Air France, KLM"
    assert said["Rows of mentions"] == 4
    assert said["From"] == datetime(2026, 3, 1)  # noqa: DTZ001
    assert "Europe/Paris" in said["Time zone"]
    assert said["Source"] == "Press: ok, last read 2026-03-10 13:00"
    assert "read" in said["Coverage"]


def test_a_workbook_of_one_kind_and_on_standard_output(office, tmp_path):
    file = tmp_path / "alerts.xlsx"
    assert office.run("export", "alerts", "-o", file, "-q") == (0, "", "")
    assert openpyxl.load_workbook(file).sheetnames == ["alerts", "read me"]
    office.run("export", "mentions", "--format", "xlsx", "--dialect", "brandwatch", "-o", tmp_path / "b.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx")["mentions"]
    row = {head.value: cell.value for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert row["Date"] == datetime(2026, 3, 10, 13)  # noqa: DTZ001
    assert row["Query Name"] == "Air France"
    with (
        (tmp_path / "out.xlsx").open("wb") as out,
        office.start("export", "--format", "xlsx", stdout=out) as process,
    ):
        assert (process.wait(60), process.stderr.read()) == (0, "")
    assert len(openpyxl.load_workbook(tmp_path / "out.xlsx").sheetnames) == 5


def test_the_query_selects_in_a_workbook(office, tmp_path):
    office.run("export", "-o", tmp_path / "q.xlsx", "--query", "東京", "-q")
    book = openpyxl.load_workbook(tmp_path / "q.xlsx")
    assert (book["mentions"].max_row, book["stories"].max_row) == (2, 2)
    assert ("Query", "東京") in [(row[0].value, row[1].value) for row in book["read me"]]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("-o", "x.ods"), ".xlsx"),
        (("-o", "x.xls"), ".xlsx"),
        (("--format", "csv", "-o", "x.xlsx"), "contradict"),
        (("--format", "xlsx", "-o", "x.csv"), "contradict"),
        (("--format", "json", "--dialect", "excel-fr"), "--dialect"),
        (("alerts", "--dialect", "brandwatch"), "mentions only"),
        (("buckets", "-o", "x.xlsx", "--query", "x"), "--query"),
        (("-o", "x.xlsx", "--query", "("), "1:2"),
    ],
)
def test_what_cannot_be_written_is_a_usage_error_and_leaves_no_file(office, arguments, says):
    ran = office.run("export", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert not [path for path in office.folder.iterdir() if path.name.startswith((".x", "x."))]


@pytest.mark.parametrize(
    ("what", "moment"), [("mentions", "published"), ("stories", "published"), ("buckets", "start")]
)
def test_a_french_excel_gets_local_dates_and_times_of_every_kind(office, what, moment):
    ran = office.run(
        "export", what, "--dialect", "excel-fr", "--now", NOW.isoformat(), "--brand", "Air France"
    )
    rows = list(csv.DictReader(io.StringIO(ran.out.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert rows
    for row in rows:
        there = datetime.fromisoformat(row[moment]).astimezone(ZoneInfo("Europe/Paris"))
        assert (row["date"], row["time"]) == (f"{there:%Y-%m-%d}", f"{there:%H:%M}")


# --- LibreOffice -----------------------------------------------------------------------------------------------

needs_office = pytest.mark.skipif(
    not os.environ.get("EREPUTATION_OFFICE") or not shutil.which("soffice"),
    reason="EREPUTATION_OFFICE=1 opens the files with LibreOffice, where it is installed",
)


def opened(folder, file, *more):
    """The file as LibreOffice saves it again."""
    subprocess.run(
        ["soffice", "--headless", *more, "--convert-to", "xlsx", "--outdir", folder / "again", file],
        check=True, timeout=240, capture_output=True, env={**os.environ, "HOME": str(folder)},
    )  # fmt: skip
    return openpyxl.load_workbook(folder / "again" / f"{file.stem}.xlsx")


@needs_office
def test_libreoffice_reads_dates_numbers_and_texts_of_a_workbook(office, tmp_path):
    file = tmp_path / "air.xlsx"
    office.run("export", "-o", file, "--now", NOW.isoformat(), "-q")
    ours, theirs = openpyxl.load_workbook(file), opened(tmp_path, file)
    assert theirs.sheetnames == ours.sheetnames
    for sheet in ours:
        again = theirs[sheet.title]
        assert [[c.value for c in row] for row in again] == [[c.value for c in row] for row in sheet]
    kinds = {cell.data_type for sheet in theirs for row in sheet for cell in row}
    assert "f" not in kinds
    assert all(cell.hyperlink is None for sheet in theirs for row in sheet for cell in row)


@needs_office
def test_a_french_libreoffice_reads_dates_and_decimals_of_the_csv(office, tmp_path):
    file = tmp_path / "air.csv"
    office.run("export", "--dialect", "excel-fr", "-o", file, "--now", NOW.isoformat(), "-q")
    # semicolon, quotes, UTF-8, from line 1, French, nothing quoted as text, detect dates
    sheet = opened(tmp_path, file, "--infilter=CSV:59,34,76,1,,1036,false,true").active
    rows = [dict(zip([c.value for c in sheet[1]], row, strict=True)) for row in islice(sheet, 1, None)]
    assert len(rows) == 5
    assert all(isinstance(row["score"].value, int | float) for row in rows)
    assert [(row["date"].value, row["time"].value) for row in rows[-1:]] == [
        (datetime(2025, 7, 2), time(0, 30))  # noqa: DTZ001 - summer time, the next day
    ]
    assert {row["title"].value.lstrip("'") for row in rows} >= {"=1+1 Air France", "Air France 3,14"}
