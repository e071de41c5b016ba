"""``check`` from the outside: the doctor."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from desk import HOUR, NOW, item, rss
from ereputation import checking
from ereputation.config import json_schema, load
from ereputation.store import scan_lock
from loopback import Answer


def findings(ran):
    return {(finding["what"], finding["state"]) for finding in ran.json["findings"]}


def test_all_is_well(desk, web):
    desk.configure(
        {"name": "Press", "url": web.serve("/feed", rss(item("Air France"), title="Le Quotidien"))}
    )
    desk.scan()
    ran = desk.run("check", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["schema"] == "ereputation/check/1"
    assert {state for _, state in findings(ran)} == {"ok"}
    assert {what for what, _ in findings(ran)} == {
        "version", "configuration", "clock", "database", "lock", "source Press",
    }  # fmt: skip
    says = {finding["what"]: finding["says"] for finding in ran.json["findings"]}
    assert '1 document of "Le Quotidien"' in says["source Press"]
    assert desk.run("check", "-q") == (0, "", "")


def test_offline_reaches_nothing_and_needs_no_database(desk, web):
    desk.configure(web.serve("/feed", rss()))
    ran = desk.run("check", "--offline")
    assert ran.code == 0
    assert "the first scan creates it" in ran.out
    assert web.requests == []
    assert not (desk.folder / "ereputation.db").exists()


def test_a_source_that_fails_is_named_with_its_reason(desk, web):
    desk.configure({"name": "Bad", "url": web.serve("/feed", status=404)}, desk.feed("good", item("x")))
    ran = desk.run("check")
    assert ran.code == 3
    (line,) = [line for line in ran.out.splitlines() if line.startswith("FAILED")]
    assert "source Bad" in line
    assert "404" in line
    quiet = desk.run("check", "-q")
    assert [line.split()[0] for line in quiet.out.splitlines()] == ["FAILED"]


@pytest.mark.sqlite
def test_a_database_that_cannot_be_opened_fails_the_check(desk):
    desk.configure()
    (desk.folder / "ereputation.db").write_text("not a database" * 500)
    ran = desk.run("check", "--offline", "--format", "json")
    assert ran.code == 1
    assert ("database", "failed") in findings(ran)


def looked_at(config, path):
    (found,) = [f for f in checking.findings(config, path, now=NOW, offline=True) if f.what == "database"]
    return found


@pytest.fixture
def scanned(desk):
    """A configuration and the bytes of its database, while root may still read everything."""
    desk.configure(desk.feed("a", item("x")))
    desk.scan()
    config = load(desk.folder / "ereputation.yaml", environ={})
    assert looked_at(config, desk.folder / "ereputation.db").state == "ok"
    return config, (desk.folder / "ereputation.db").read_bytes()


@pytest.mark.sqlite
def test_a_database_that_cannot_be_written_fails_the_check(scanned, nobody):
    config, stored = scanned
    path = nobody / "ereputation.db"
    path.write_bytes(stored)
    assert looked_at(config, path).state == "ok"
    path.chmod(0o400)
    found = looked_at(config, path)
    assert (found.state, "it is read-only: nothing can be scanned" in found.says) == ("failed", True)


def test_when_a_server_may_be_asked_again_is_told_once_in_the_time_of_here(desk, web):
    desk.configure({"name": "Full", "url": web.serve("/feed", status=429, headers={"Retry-After": "600"})})
    for command in ("check", "scan"):
        ran = desk.run(command, "--now", "2026-03-01T12:00:00+00:00")
        assert ran.out.count("again from Sun 1 Mar 13:10") == 1
        assert "UTC;" not in ran.out.replace("12:00 UTC;", "")


def test_a_running_scan_is_a_warning(desk):
    desk.configure(desk.feed("a", item("x")))
    desk.scan()
    with scan_lock(desk.folder / "ereputation.db"):
        ran = desk.run("check", "--offline", "--format", "json")
    assert ran.code == 0
    assert ("lock", "warning") in findings(ran)


def test_what_is_odd_in_the_configuration_is_said_once(desk):
    (desk.folder / "ereputation.yaml").write_text("brands:\n  - name: Air France\n")
    ran = desk.run("check", "--offline")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("contact is missing") == 1
    assert "sources is empty" in ran.out


def test_a_keyword_that_brings_nearly_everything_or_nothing_deserves_a_look(desk):
    notes = [item(f"Air France note {n}", at=NOW - n * HOUR) for n in range(30)]
    desk.configure(desk.feed("a", *notes), brands=[{"name": "AF", "keywords": ["Air France", "@airfrance"]}])
    desk.scan()
    ran = desk.run("check", "--offline", "--now", NOW.isoformat())
    assert "'Air France' brings 100%" in ran.out
    assert "'@airfrance' was not seen once" in ran.out


def test_the_schema_is_that_of_the_configuration_and_needs_none(desk):
    ran = desk.run("check", "--schema")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json == json_schema()
    assert ran.json["$schema"].startswith("https://json-schema.org/")
    assert {"brands", "sources", "timezone", "alerts"} <= set(ran.json["properties"])
    references = list(_values(ran.json, "$ref"))
    assert references
    assert all(reference.removeprefix("#/$defs/") in ran.json["$defs"] for reference in references)


def _values(node, key):
    if isinstance(node, dict):
        if isinstance(node.get(key), str):
            yield node[key]
        for value in node.values():
            yield from _values(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from _values(value, key)


@pytest.mark.parametrize("form", ["table", "plain", "json", "ndjson"])
def test_every_fault_of_a_configuration_is_told_with_its_place(desk, form):
    path = desk.folder / "ereputation.yaml"
    path.write_text(
        "brands:\n  - name: Air France\n    keyword: [x]\nsource: []\ntimezone: Paris\n", encoding="utf-8"
    )
    ran = desk.run("check", "--offline", "--format", form)
    assert (ran.code, ran.out) == (2, "")
    assert f"{path}:3:5: brands.0.keyword: " in ran.err
    assert "did you mean keywords?" in ran.err
    assert f"{path}:4:1: source: " in ran.err
    assert f"{path}:5:11: timezone: " in ran.err


def test_it_says_what_is_installed_and_how_long_each_source_took(desk, web):
    desk.configure({"name": "Press", "url": web.serve("/feed", rss(item("Air France")))})
    ran = desk.run("check", "--format", "json")
    assert {"httpx", "pydantic", "typer", "xlsxwriter"} <= set(ran.json["versions"])
    took = {finding["what"]: finding["seconds"] for finding in ran.json["findings"]}
    assert took["source Press"] > 0
    assert took["clock"] is None
    assert "httpx" in desk.run("check", "--offline").out


def clock_of(hours, age=0):
    """A feed whose server lives so many hours from now."""

    def answer(_request):
        date = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
        body = rss(item("Air France"))
        head = f"HTTP/1.1 200 OK\r\nDate: {date}\r\nAge: {age}\r\nContent-Length: {len(body)}\r\n\r\n"
        return Answer(raw=head.encode() + body)

    return answer


@pytest.mark.parametrize(
    ("hours", "age", "says"),
    [
        (-2, 0, "clock is 2 hours ahead"),
        (3, 0, "clock is 3 hours behind"),
        (0, 0, None),
        (-1, 3600, None),  # an answer a cache has kept for an hour
    ],
)
def test_a_clock_that_is_not_that_of_the_servers_is_a_warning(desk, web, hours, age, says):
    desk.configure({"name": "Press", "url": web.serve("/feed", clock_of(hours, age))})
    ran = desk.run("check")
    assert ran.code == 0
    warnings = [line for line in ran.out.splitlines() if line.startswith("warning")]
    assert bool(warnings) == bool(says)
    assert (says or "") in "".join(warnings)


def test_the_zone_of_the_machine_is_said_where_it_is_another(desk):
    desk.configure(timezone="Pacific/Chatham")
    assert "this machine lives in" in desk.run("check", "--offline").out
