"""``prune``, ``forget`` and ``sources`` from the outside."""

from datetime import timedelta

import pytest

from desk import HOUR, NOW, Desk, item
from ereputation.model import Reading
from ereputation.store import Collected, Store, scan_lock

DAY = timedelta(days=1)


@pytest.fixture
def archive(tmp_path):
    """Four documents by two authors, one of them two years old."""
    desk = Desk(tmp_path)
    items = [
        item(f"Air France {n}", guid=f"g{n}", at=NOW - age, author=author)
        for n, (age, author) in enumerate(
            [(HOUR, "@lea"), (2 * DAY, "@max"), (40 * DAY, "@lea"), (730 * DAY, "@max")]
        )
    ]
    desk.configure({"name": "Press", "url": desk.feed("press", *items)})
    desk.scan()
    return desk


def stored(desk):
    return len(desk.run("export", "--format", "ndjson", "--now", NOW.isoformat()).lines)


def prune(desk, *more):
    return desk.run("prune", "--now", NOW.isoformat(), *more)


@pytest.mark.parametrize(
    ("more", "left"), [((), 3), (("--older-than", "30d"), 2), (("--older-than", "1d"), 1)]
)
def test_prune_drops_what_is_older_and_nothing_comes_back(archive, more, left):
    would = prune(archive, "--dry-run", *more)
    assert would.out.startswith(f"{4 - left} document")
    assert stored(archive) == 4
    done = prune(archive, *more)
    assert (done.code, stored(archive)) == (0, left)
    scanned = archive.scan(NOW + HOUR)
    assert scanned["mentions"]["new"] == 0
    assert stored(archive) == left


def test_what_was_dropped_or_erased_is_data_for_scripts(archive):
    would = prune(archive, "--dry-run", "--format", "json").json
    assert would == {
        "schema": "ereputation/prune/1",
        "before": would["before"],
        "documents": 1,
        "dry_run": True,
    }
    assert would["before"][:10] == (NOW - 365 * DAY).isoformat()[:10]
    (line,) = prune(archive, "--format", "ndjson").lines
    assert (line["documents"], line["dry_run"], stored(archive)) == (1, False, 3)
    erased = [archive.run("forget", "@lea", "--yes", "--format", "json").json for _ in range(2)]
    assert [(one["schema"], one["author"], one["documents"]) for one in erased] == [
        ("ereputation/forget/1", "@lea", 2),
        ("ereputation/forget/1", "@lea", 0),
    ]


def test_forget_asks_first_and_erases_an_author_for_good(archive):
    refused = archive.run("forget", "@lea")
    assert (refused.code, stored(archive)) == (2, 4)
    assert "--yes" in refused.err
    assert archive.run("forget", "@lea", "--dry-run").out == "2 documents of @lea would be erased\n"
    assert archive.run("forget", "LEA", "--yes").out == "2 documents of @LEA erased\n"
    assert archive.run("forget", "@lea", "--yes").out == "nothing of @lea is stored\n"
    assert archive.scan(NOW + HOUR)["mentions"]["new"] == 0
    assert stored(archive) == 2


@pytest.mark.parametrize("command", [("prune",), ("forget", "@lea", "--yes"), ("sources", "reset", "Press")])
def test_upkeep_waits_its_turn_behind_a_scan(archive, command):
    with scan_lock(archive.folder / "ereputation.db"):
        assert archive.run(*command).code == 75


@pytest.mark.parametrize(
    "command",
    [("prune", "--older-than", "soon"), ("forget", "@"), ("forget", ""), ("sources", "reset", "Prss")],
)
def test_what_makes_no_sense_is_a_usage_error(archive, command):
    ran = archive.run(*command)
    assert ran.code == 2
    assert ran.err


def listed(desk, now, *more):
    return desk.run("sources", *more, "--format", "json", "--now", now.isoformat()).json["sources"]


def test_sources_say_when_they_were_read_and_what_is_kept(archive):
    (press,) = listed(archive, NOW)
    assert (press["name"], press["kind"], press["health"], press["failures"]) == ("Press", "feed", "ok", 0)
    assert press["last_success"] == "2026-03-10T13:00:00+01:00"
    assert "author" in press["stores"]
    plain = archive.run("sources", "--now", (NOW + 2 * HOUR).isoformat()).out
    assert "Last success: 2 hours ago" in plain
    assert plain.endswith("1 source: 1 ok\n")


def test_health_counts_failures_and_says_the_error_in_words(archive):
    (archive.folder / "press.xml").unlink()
    for hours in range(1, 4):
        archive.scan(NOW + hours * HOUR)
    now = NOW + 3 * HOUR
    (press,) = listed(archive, now, "health")
    assert (press["health"], press["failures"]) == ("failing", 3)
    ran = archive.run("sources", "health", "--now", now.isoformat())
    assert ran.code == 3
    assert "3 failures in a row, for 2 hours: " in ran.out


def test_health_is_silent_when_all_is_well(archive):
    ran = archive.run("sources", "health", "--now", NOW.isoformat())
    assert (ran.code, ran.out) == (0, "")


def test_a_source_that_brings_far_less_than_usual_is_quiet_and_a_monitor_that_rests_is_not(archive):
    feed = [item(f"Air France {n}", guid=f"n{n}", at=NOW + n * 4 * HOUR) for n in range(1, 13)]
    for n in range(1, 13):
        archive.feed("press", *feed[:n])
        archive.scan(NOW + n * 4 * HOUR + HOUR)
    last = NOW + 50 * HOUR
    (press,) = listed(archive, last)
    assert press["health"] == "ok"
    assert press["usual_gap"] == pytest.approx(4.8 * 3600, rel=0.3)
    (press,) = listed(archive, last + 90 * HOUR)
    assert press["health"] == "not read lately"
    archive.scan(last + 90 * HOUR)
    (press,) = listed(archive, last + 90 * HOUR)
    assert press["health"] == "quiet"


def test_reset_makes_the_next_reading_whole_and_repeats_nothing(archive):
    assert "read whole" in archive.run("sources", "reset", "press").err
    assert archive.scan(NOW + HOUR)["mentions"]["new"] == 0
    assert archive.run("sources", "reset", "Press", "-q").err == ""


def test_reset_forgets_no_money_that_was_spent(archive):
    spent = {"spent": {"day": 3}, "newest": "17"}
    with Store.open(archive.folder / "ereputation.db") as store:
        at = NOW + HOUR
        store.save([Collected(source="X", kind="x", at=at, reading=Reading(state=spent))], now=at)
        store.forget_state("X")
        assert store.source_states()["X"].state == {"spent": {"day": 3}}


def test_sources_fit_80_columns(archive, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    shown = archive.run("sources", "--format", "table", "--now", NOW.isoformat()).out
    assert max(map(len, shown.splitlines())) <= 80
    assert "Press" in shown
