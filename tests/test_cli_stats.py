"""``stats``: the figures of a period, in every form."""

import csv
import io

import pytest

from desk import HOUR, NOW, Desk, item

SEEN = ("--now", (NOW + 2 * HOUR).isoformat())


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """Two brands that compete, read every hour for a day; the first reading is history."""
    desk = Desk(tmp_path_factory.mktemp("watched"))
    brands = [{"name": "Air France", "competitors": ["KLM"]}, "KLM", "Orange"]
    told = []
    for hour in range(-30, 3, 3):
        at = NOW + hour * HOUR
        told += [
            item(f"Air France : scandale n° {hour}", f"Un scandale chez Air France, vol {hour}.", at=at, author="Ann"),
            item(f"KLM {hour}", f"Merci à KLM, un service excellent au vol {hour}.", at=at),
        ]  # fmt: skip
        desk.configure({"name": "Press", "url": desk.feed("press", *told)}, brands=brands)
        desk.scan(at + HOUR / 2)
    return desk


def test_json_has_documented_keys_and_figures_that_agree(watched):
    ran = watched.run("stats", "--since", "24h", "--format", "json", *SEEN)
    assert ran.code == 0, ran.err
    assert ran.json["schema"] == "ereputation/stats/1"
    first, second, third = ran.json["brands"]
    assert [one["brand"] for one in ran.json["brands"]] == ["Air France", "KLM", "Orange"]
    now = first["now"]
    assert now["stories"] == now["mentions"] == sum(step["stories"] for step in first["series"]) == 8
    assert now["sentiment"] == {"positive": 0, "neutral": 0, "negative": 8, "net": -1.0}
    assert first["width"] == "hour"
    assert len(first["series"]) == first["period"]["hours"] == 24
    assert [(v["brand"], v["of_stories"]) for v in first["share_of_voice"]] == [
        ("Air France", 0.5),
        ("KLM", 0.5),
    ]
    assert [v["brand"] for v in second["share_of_voice"]] == ["KLM"]
    assert first["sources"] == [{"name": "Press", "kind": "feed", "mentions": 8, "stories": 8, "negative": 8}]
    assert first["sites"][0]["name"] == "paper.example"
    assert first["authors"][0]["name"] == "Ann"
    assert third["now"]["stories"] == 0
    assert third["now"]["sentiment"]["net"] is None


def test_what_was_not_looked_at_is_not_compared(watched):
    record = watched.run("stats", "--since", "24h", "--format", "json", *SEEN).json["brands"][0]
    assert record["before"]["exposure"] < 0.5
    assert record["change"] is None
    ran = watched.run("stats", "--since", "24h", "--brand", "air france", "--format", "plain", *SEEN)
    assert "too little of the 24 hours before was looked at" in ran.out


def test_the_period_can_be_compared_once_both_were_seen(watched):
    record = watched.run("stats", "--since", "12h", "--format", "ndjson", *SEEN).lines[0]
    assert record["change"] == 0.0
    assert (
        "as many as in the 12 hours before (4)"
        in watched.run("stats", "--since", "12h", "--format", "plain", *SEEN).out
    )


def test_an_hour_that_has_only_begun_is_not_a_blind_one(watched):
    early = ("--now", (NOW + 1.1 * HOUR).isoformat())
    record = watched.run("stats", "--since", "6h", "--format", "ndjson", *early).lines[0]
    assert record["now"]["blind_hours"] == 0
    late = ("--now", (NOW + 2.1 * HOUR).isoformat())
    record = watched.run("stats", "--since", "6h", "--format", "ndjson", *late).lines[0]
    assert record["now"]["blind_hours"] == 1


def test_csv_has_one_line_an_hour_and_brand(watched):
    ran = watched.run("stats", "--since", "6h", "--format", "csv", *SEEN)
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert len(rows) == 3 * 6
    assert list(rows[0])[:5] == ["brand", "start", "end", "stories", "mentions"]


def test_a_long_period_is_told_by_day(watched):
    record = watched.run("stats", "--since", "2026-02-01", "--format", "ndjson", *SEEN).lines[0]
    assert record["width"] == "day"
    assert record["series"][0]["start"] == "2026-02-01T00:00:00+01:00"
    assert record["series"][0]["exposure"] == 0.0


def test_nothing_is_invented_where_nobody_looked(watched):
    ran = watched.run("stats", "--since", "2025-01-01", "--until", "2025-01-08", "--format", "plain", *SEEN)
    assert ran.code == 0
    assert "nobody looked at any of it: nothing is known" in ran.out
    assert "not seen" in ran.out
    table = watched.run("stats", "--since", "2025-01-01", "--until", "2025-01-08", "--format", "table", *SEEN)
    assert "nobody looked" in table.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--since", "2026-03-11", "--until", "2026-03-10"), "--since"),
        (("--since", "soon"), "expected 2d"),
        (("--brand", "Air Frnace"), "did you mean 'Air France'"),
    ],
)
def test_a_period_or_brand_that_is_none_is_refused(watched, arguments, message):
    ran = watched.run("stats", *arguments, *SEEN)
    assert ran.code == 2
    assert message in ran.err
