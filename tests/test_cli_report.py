"""``report``: which period, of whom, written where and as what."""

import json

import pytest

from desk import HOUR, NOW, Desk
from test_page import check_harmless

SEEN = ("--now", (NOW + HOUR / 2).isoformat())


@pytest.mark.parametrize(
    ("name", "opening"),
    [
        ("week.html", "<!DOCTYPE html>"),
        ("week.HTM", "<!DOCTYPE html>"),
        ("week.md", "# Air France, KLM"),
        ("week.json", "{"),
    ],
)
def test_the_files_name_says_what_it_is(press, tmp_path, name, opening):
    file = tmp_path / name
    ran = press.run("report", "--period", "week", "--out", file, *SEEN)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"ereputation: report written to {file}\n"
    assert file.read_text(encoding="utf-8").startswith(opening)


def test_the_page_of_a_day_holds_what_was_said(press):
    ran = press.run("report", "--period", "day", "--brand", "Air France", "--title", "Grève", *SEEN)
    assert ran.code == 0
    found = check_harmless(ran.out)
    assert found.texts["h1"] == "Grève"
    assert "1 story" in ran.out
    assert "Air France : grève lundi" in ran.out
    assert 'href="https://paper.example/' in ran.out
    assert "none of its own accounts is read" in ran.out


def test_json_goes_to_standard_output_too(press):
    ran = press.run("report", "--format", "json", "--since", "2026-03-01", "--until", "2026-03-10", *SEEN)
    assert ran.json["schema"] == "ereputation/report/1"
    assert ran.json["period"]["hours"] == 9 * 24
    assert [brand["brand"] for brand in ran.json["brands"]] == ["Air France", "KLM"]
    assert (
        ran.json
        == press.run(
            "--format", "json", "report", "--since", "2026-03-01", "--until", "2026-03-10", *SEEN
        ).json
    )


def test_a_time_nobody_looked_at_is_unknown(press):
    ran = press.run("report", "--since", "2020-01-01", "--until", "2020-01-08", "--format", "html", *SEEN)
    assert ran.code == 0
    check_harmless(ran.out)
    assert ran.out.count("Nobody looked at any of this time: nothing is known of it.") == 2
    assert "In 168 hours of the period no source at all was read" in ran.out
    assert "Texts from before" in ran.out


def test_quiet_says_nothing(press, tmp_path):
    ran = press.run("report", "-q", "-o", tmp_path / "a.html", *SEEN)
    assert (ran.code, ran.out, ran.err) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--out", "report.pdf"), "ends in .html, .md or .json"),
        (("--period", "fortnight"), "expected day, week, month or a number of days"),
        (("--period", "0d"), "expected day"),
        (("--period", "week", "--since", "2d"), "give one of them"),
        (("--since", "2026-03-10", "--until", "2026-03-01"), "--since"),
        (("--logo", "missing.png"), "--logo: cannot read missing.png"),
        (("--brand", "KML"), "did you mean 'KLM'"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(press, arguments, message):
    ran = press.run("report", *arguments, *SEEN)
    assert ran.code == 2
    assert message in ran.err
    assert ran.out == ""


def test_a_file_that_cannot_be_written_is_a_failure(press):
    ran = press.run("report", "--out", "/proc/none/report.html", *SEEN)
    assert ran.code == 1
    assert "cannot write" in ran.err


def test_a_configuration_without_sources_makes_a_report(tmp_path):
    desk = Desk(tmp_path)
    desk.configure(brands=[{"name": "<b>&\"'", "keywords": ["x"]}])
    assert desk.run("scan", *SEEN).code == 0
    ran = desk.run("report", *SEEN)
    assert ran.code == 0, ran.err
    check_harmless(ran.out)
    assert "No source is configured." in ran.out
    assert json.loads(desk.run("report", "--format", "json", *SEEN).out)["coverage"]["sources"] == []
