"""``import`` from the outside: whose files are read, what a bad row costs, what an import speaks for."""

import csv
import io
import json
from datetime import timedelta

import pytest

from desk import HOUR, NOW, item
from ereputation.store import Store, scan_lock

BRANDWATCH = """\
Report:,Air France
Brand:,Air France
From:,2015-03-01
To:,2015-03-31
Label:,

Query Id,Query Name,Date,Title,Snippet,Url,Domain,Sentiment,Page Type,Language,Author,Full Name,Full Text,Mention Id
7,AF,2015-03-12 14:05:11.0,Air France annule,"Air France, encore",http://news.example/1,news.example,negative,news,fr,paul,Paul P,"Air France annule ""tout"".",10
7,AF,2015-03-12 15:05:11.0,,,http://twitter.com/x/2,twitter.com,neutral,twitter,en,@zoe,Zoe,Air France &amp; co,11
"""
TALKWALKER = """\
published;url;domain_url;title;content;lang;sentiment;source_type;extra_author_attributes.name
2015-03-12 14:05:11;http://t.example/1;t.example;Air France recule;"Air France recule; encore";fr;-5;ONLINENEWS;Jean
1426169111000;http://t.example/2;t.example;Air France avance;;fr;5;ONLINENEWS;Jean
"""
MELTWATER = "\r\n".join(
    "\t".join(cells)
    for cells in (
        ["Air France report"],
        [
            "Date",
            "Time",
            "Headline",
            "URL",
            "Opening Text",
            "Hit Sentence",
            "Source",
            "Influencer",
            "Language",
            "Sentiment",
        ],
        [
            "13/03/2015",
            "2:05 PM",
            "Air France ferme",
            "http://m.example/a",
            "",
            "Air France ferme",
            "Le M",
            "J. D",
            "French",
            "Negative",
        ],
        [
            "14/03/2015",
            "11:05 AM",
            "Air France rouvre",
            "http://m.example/b",
            "Oui",
            "",
            "Le M",
            "",
            "French",
            "Positive",
        ],
    )
)
NDJSON = """\
{"published": "2015-03-12T14:05:11+01:00", "text": "Air France, un retard", "url": "https://x.example/1"}
{"published": "2015-03-12T15:05:11+01:00", "text": "Air France, un vol", "url": "https://x.example/2"}
"""


@pytest.fixture
def air(desk):
    desk.configure()
    return desk


def imported(desk, payload, *arguments, name="file.csv", code=0):
    (desk.folder / name).write_bytes(payload if isinstance(payload, bytes) else payload.encode())
    ran = desk.run("import", name, "--now", NOW.isoformat(), "--format", "json", *arguments)
    assert ran.code == code, ran.err
    return ran.json


@pytest.mark.parametrize(
    ("payload", "dialect", "first"),
    [
        (BRANDWATCH, "brandwatch", "2015-03-12T14:05:11+01:00"),
        (TALKWALKER, "talkwalker", "2015-03-12T14:05:11+01:00"),
        (b"\xff\xfe" + MELTWATER.encode("utf-16-le"), "meltwater", "2015-03-13T14:05:00+01:00"),
        (NDJSON, "plain", "2015-03-12T14:05:11+01:00"),
    ],
)
def test_each_products_file_is_known_by_itself_and_a_second_time_changes_nothing(
    air, payload, dialect, first
):
    once = imported(air, payload)
    assert (once["dialect"], once["rows"], once["new"], once["mentions"], once["bad"]) == (
        dialect,
        2,
        2,
        2,
        0,
    )
    assert once["since"] == first
    again = imported(air, payload)
    assert (again["new"], again["mentions"], again["imported"]) == (0, 0, 2)
    renamed = imported(air, payload, name="other.csv")
    assert renamed["new"] == 0


def test_what_a_row_says_is_kept(air):
    imported(air, BRANDWATCH)
    post, article = air.found()
    assert article["title"] == "Air France annule"
    assert article["text"] == 'Air France annule "tout".'
    assert (article["url"], article["domain"], article["type"]) == (
        "http://news.example/1",
        "news.example",
        "article",
    )
    assert (post["type"], post["author_handle"], post["author_name"]) == ("post", "zoe", "Zoe")
    assert post["text"] == "Air France & co"
    assert post["source"] == "import: file.csv"


def test_our_own_export_comes_back_as_it_went(desk, tmp_path):
    url = desk.feed(
        "Press", item("Air France annule tout", "Un scandale", guid="a"), item("Air France rouvre", guid="b")
    )
    desk.configure({"name": "Press", "url": url})
    desk.scan()
    export = desk.run("export", "mentions", "--format", "csv").out
    lines = desk.run("search", "--format", "ndjson").out
    assert imported(desk, export)["new"] == 0
    for payload in (export, lines):
        fresh = ("--database", tmp_path / f"{len(payload)}.db")
        assert imported(desk, payload, *fresh)["new"] == 2
        assert sorted(desk.titles("", *fresh)) == ["Air France annule tout", "Air France rouvre"]


def test_an_author_comes_back_without_the_apostrophe_that_guarded_a_spreadsheet(desk, tmp_path):
    desk.configure({"name": "Press", "url": desk.feed("Press", item("Air France déçoit", author="@zoe"))})
    desk.scan()
    export = desk.run("export", "mentions", "--format", "csv").out
    assert "'@zoe" in export
    fresh = ("--database", tmp_path / "fresh.db")
    assert imported(desk, export, *fresh)["new"] == 1
    assert "'@zoe" in (again := desk.run(*fresh, "export", "mentions", "--format", "csv").out)
    assert "''@zoe" not in again
    assert "1 document" in desk.run(*fresh, "forget", "@zoe", "--yes").out
    assert desk.titles("", *fresh) == []


def test_any_table_is_read_with_a_map(air):
    payload = "Quand;Quoi\n31/12/2015 23:30;Air France déçoit\n05/01/2016 10:00;Rien\n".encode("cp1252")
    refused = air.run("import", "-", stdin=payload)
    assert refused.code == 2
    assert "Quand, Quoi" in refused.err
    assert "--map published=" in refused.err
    result = imported(air, payload, "--map", "published=Quand,text=Quoi", "--source", "Archive")
    assert (result["new"], result["mentions"], result["source"]) == (2, 1, "Archive")
    assert result["since"] == "2015-12-31T23:30:00+01:00"


@pytest.mark.parametrize(
    ("arguments", "moment"),
    [
        ((), "2015-04-03T10:00:00+02:00"),
        (("--dates", "us"), "2015-03-04T10:00:00+01:00"),
        (("--timezone", "UTC"), "2015-04-03T12:00:00+02:00"),
    ],
)
def test_dates_follow_the_options(air, arguments, moment):
    assert imported(air, "date,text\n03/04/2015 10:00,Air France\n", *arguments)["since"] == moment


def test_the_same_words_of_two_people_are_two_posts_and_the_same_row_in_two_files_is_one(air):
    rows = [f"{n},2015-03-0{n} 10:00,Air France where is my suitcase please\n" for n in (1, 2, 3)]
    assert imported(air, "id,date,text\n" + "".join(rows))["new"] == 3
    assert imported(air, "id,date,text\n" + "".join(rows[1:]), name="overlap.csv")["new"] == 0
    bare = [row.partition(",")[2] for row in rows]
    assert imported(air, "date,text\n" + "".join(bare), name="bare.csv")["new"] == 3
    assert imported(air, "date,text\n" + "".join(bare), name="again.csv")["new"] == 0


def test_a_bad_row_is_told_and_spoils_no_other(air):
    rows = [f"2015-03-{1 + n % 28:02},Air France {n}" for n in range(60)]
    rows[10:10] = ["never,Air France", "2015-03-02,", "2031-01-01,Air France", '2015-03-02,"open quote']
    result = imported(air, "\n".join(["date,text", *rows]), code=3)
    assert (result["rows"], result["bad"], result["new"]) == (64, 4, 60)
    assert [fault.partition(": ")[0] for fault in result["faults"]] == [
        f"file.csv:{n}" for n in (12, 13, 14, 15)
    ]
    many = imported(air, "date,text\n" + "never,x\n" * 50 + "2015-03-01,Air France Z\n", code=3)
    assert len(many["faults"]) == 10


@pytest.mark.parametrize("payload", ["", "date,text\n", "date,text\nnever,x\n"])
def test_nothing_imported_is_a_failure(air, payload):
    ran = air.run("import", "-", stdin=payload)
    assert ran.code == 1


def test_people_read_what_came_of_it(air):
    ran = air.run("import", "-", stdin=BRANDWATCH)
    assert "import: standard input (brandwatch): 2 rows, 2 new documents, 2 new mentions" in ran.out
    assert "2015-03-12 14:05 to 2015-03-12 15:05" in ran.out
    assert air.run("-q", "import", "-", stdin=BRANDWATCH).out == ""


def history(hours=24 * 20, spike=range(24 * 15, 24 * 15 + 3), *, end=NOW):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["date", "text", "url"])
    for n in range(hours):
        for k in range(40 if n in spike else 2):
            at = end - timedelta(hours=hours - n) + timedelta(minutes=k)
            writer.writerow([at.isoformat(), f"Air France, case {n * 100 + k}", f"https://x.example/{n}/{k}"])
    return out.getvalue()


def test_an_import_speaks_for_its_own_stretch_and_no_other(air):
    long_ago = NOW - timedelta(days=3_000)
    imported(air, history(48, (), end=long_ago))
    with Store.open(air.folder / "ereputation.db", read_only=True) as store:
        around = store.buckets(
            "Air France", since=long_ago - 50 * HOUR, until=long_ago + 3 * HOUR, sources=["Press"]
        )
        now = store.buckets("Air France", since=NOW - 3 * HOUR, until=NOW, sources=["Press"])
    assert [b.exposure for b in around] == [0.0] * 2 + [1.0] * 48 + [0.0] * 3
    assert all(not b.exposure for b in now)
    assert {b.stories for b in around if b.exposure} == {2}


def test_history_never_alerts_and_backtest_tells_it(desk):
    desk.configure({"name": "Press", "url": desk.feed("Press", item("Air France one", at=NOW - HOUR))})
    desk.scan(NOW - HOUR / 2)
    imported(desk, history(spike=range(24 * 20 - 6, 24 * 20 - 2)))
    assert desk.scan(NOW + HOUR)["alerts"] == []
    lines = desk.run("backtest", "--format", "ndjson", "--now", (NOW + HOUR).isoformat()).lines
    told = [line["at"] for line in lines if line["type"] == "alert" and line["reason"] == "opened"]
    assert told
    assert told[0].startswith("2026-03-10T08:00")


def test_the_files_sentiment_is_kept_when_asked_and_a_persons_word_stays(air):
    payload = "date,text,sentiment,url\n2015-03-01,Air France,negative,https://x.example/1\n"
    assert imported(air, payload)["corrected"] == 0
    assert air.found()[0]["mentions"][0]["sentiment"]["label"] == "neutral"
    assert imported(air, payload, "--keep-sentiment")["corrected"] == 1
    assert air.found()[0]["mentions"][0]["sentiment"]["label"] == "negative"
    assert imported(air, payload.replace("negative", "positive"), "--keep-sentiment")["corrected"] == 0


def test_a_scan_that_runs_is_not_disturbed(air):
    air.run("scan", "--offline")
    with scan_lock(air.folder / "ereputation.db"):
        assert air.run("import", "-", stdin=NDJSON).code == 75


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.csv",), "cannot read missing.csv"),
        (("-", "--map", "when=Date"), "--map"),
        (("-", "--timezone", "Paris"), "--timezone"),
        (("-", "--dialect", "excel"), "--dialect"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(air, arguments, said):
    ran = air.run("import", *arguments, stdin=NDJSON)
    assert ran.code == 2
    assert said in ran.err


def test_memory_does_not_grow_with_the_file(air):
    lines = (json.dumps({"date": "2015-03-01", "text": f"nothing {n}", "id": n}) for n in range(3_000))
    result = imported(air, "\n".join(lines), name="many.ndjson")
    assert (result["new"], result["mentions"]) == (3_000, 0)


@pytest.mark.parametrize("form", ["xlsx", "json"])
def test_our_own_export_is_refused_with_the_command_that_writes_what_is_read(desk, form):
    desk.configure(desk.feed("p", item("Air France")))
    desk.scan()
    assert desk.run("export", "mentions", "-o", f"history.{form}").code == 0
    refused = desk.run("import", f"history.{form}")
    assert refused.code == 2
    command = refused.err.rpartition(": ereputation ")[2].split()
    assert desk.run(*command).code == 0
    assert desk.run("import", command[-1], "--format", "json").json["imported"] == 1
