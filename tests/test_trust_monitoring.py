"""The monitor of the monitor: pings and figures tell what scans do, and never harm one."""

import re
import stat

import pytest

from desk import HOUR, NOW, item
from ereputation.store import scan_lock
from loopback import Answer

FIGURES = """\
# HELP ereputation_last_success_timestamp_seconds When a scan last did its work.
# TYPE ereputation_last_success_timestamp_seconds gauge
ereputation_last_success_timestamp_seconds 1773144000
# HELP ereputation_mentions_total Mentions found so far, by brand.
# TYPE ereputation_mentions_total counter
ereputation_mentions_total{brand="Air France"} 2
ereputation_mentions_total{brand="K\\"L\\\\M"} 0
# HELP ereputation_open_alerts Episodes that are open now, by severity.
# TYPE ereputation_open_alerts gauge
ereputation_open_alerts{severity="info"} 0
ereputation_open_alerts{severity="warning"} 0
ereputation_open_alerts{severity="critical"} 0
# HELP ereputation_source_up 1 when the last visit succeeded, 0 when it failed.
# TYPE ereputation_source_up gauge
ereputation_source_up{source="press"} 1
ereputation_source_up{source="gone"} 0
# HELP ereputation_scan_seconds How long the last scan took.
# TYPE ereputation_scan_seconds gauge
ereputation_scan_seconds 0.1
"""


def pinged(web, path="/ping/uuid"):
    return [r.path.removeprefix(path) for r in web.requests if r.path.startswith(path)]


@pytest.fixture
def monitor(web):
    for event in ("start", *range(130)):
        web.serve(f"/ping/uuid/{event}", b"OK")
    return web.url("/ping/uuid")


def two_sources(desk):
    press = desk.feed("press", item("Air France one"), item("Air France two"))
    return {"name": "press", "url": press}, {"name": "gone", "url": "file:///nowhere.xml"}


def test_a_scan_tells_that_it_begins_and_how_it_ended(desk, web, monitor):
    desk.configure(*two_sources(desk), monitoring={"ping": monitor})
    assert desk.scan()["code"] == 3
    assert pinged(web) == ["/start", "/3"]
    body = web.requests[-1].body.decode()
    assert body.splitlines() == [
        "2 sources asked: 1 read, 0 unchanged, 1 failed; 2 new mentions; 0 alerts",
        "failed: gone",
    ]


def test_a_ping_address_keeps_its_query(desk, web, monitor):
    desk.configure(desk.feed("press", item("x")), monitoring={"ping": f"{monitor}/?create=1"})
    assert desk.run("scan", "-q") == (0, "", "")
    assert pinged(web) == ["/start?create=1", "/0?create=1"]


@pytest.mark.sqlite
def test_a_scan_that_cannot_be_tells_why(desk, web, monitor):
    desk.configure(*two_sources(desk), monitoring={"ping": monitor}, database="missing/x.db")
    assert desk.run("scan").code == 1
    assert pinged(web) == ["/start", "/1"]
    assert b"does not exist" in web.requests[-1].body


def test_a_scan_that_meets_another_is_no_failure(desk, web, monitor):
    desk.configure(*two_sources(desk), monitoring={"ping": monitor})
    with scan_lock(desk.folder / "ereputation.db"):
        assert desk.run("scan").code == 75
    assert pinged(web) == ["/start"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=404), "answers 404"),
        (Answer(status=500), "answers 500"),
        (Answer(status=302, headers={"Location": "/elsewhere"}), "cannot be asked"),
        (Answer(raw=b""), "does not answer"),
    ],
    ids=["404", "500", "a redirect", "nothing"],
)
def test_a_ping_that_fails_harms_nothing_and_keeps_its_secret(desk, web, answer, said):
    for event in ("start", "3"):
        web.serve(f"/ping/uuid/{event}", answer)
    desk.configure(*two_sources(desk), monitoring={"ping": web.url("/ping/uuid")})
    ran = desk.run("scan", "--now", NOW.isoformat(), "--format", "json")
    assert (ran.code, ran.json["mentions"]) == (3, {"new": 2})
    assert ran.err.count("warning: monitoring.ping: 127.0.0.1 ") == 2
    assert said in ran.err
    assert "uuid" not in ran.err


def test_figures_are_written_whole_for_prometheus(desk):
    desk.configure(
        *two_sources(desk),
        brands=["Air France", {"name": 'K"L\\M', "keywords": ["KLM"]}],
        monitoring={"textfile": "e.prom"},
    )
    desk.scan()
    path = desk.folder / "e.prom"
    shown = re.sub(r"(?<=scan_seconds )[\d.]+", "0.1", path.read_text(encoding="utf-8"))
    assert re.sub(r"17731440\d\d", "1773144000", shown) == FIGURES
    assert stat.S_IMODE(path.stat().st_mode) & 0o444 == 0o444
    assert sorted(p.name for p in desk.folder.iterdir() if "prom" in p.name) == ["e.prom"]


def test_a_scan_without_success_keeps_the_time_of_the_last_one(desk):
    press, gone = two_sources(desk)
    desk.configure(press, gone, monitoring={"textfile": "e.prom"})
    desk.scan()
    before = (desk.folder / "e.prom").read_text().splitlines()
    desk.configure(gone, monitoring={"textfile": "e.prom"})
    assert desk.scan(NOW + HOUR)["code"] == 1
    after = (desk.folder / "e.prom").read_text().splitlines()
    assert after[2] == before[2]
    assert 'ereputation_source_up{source="press"} 1' not in after


def test_figures_that_cannot_be_written_are_a_warning(desk):
    desk.configure(*two_sources(desk), monitoring={"textfile": "missing/e.prom"})
    ran = desk.run("scan")
    assert ran.code == 3
    assert "warning: monitoring.textfile: cannot write" in ran.err


@pytest.mark.parametrize(
    ("monitoring", "said"),
    [
        ({"ping": "hc-ping.com/secret-uuid-1"}, "expected a web address"),
        ({"ping": "ftp://hc-ping.com/secret-uuid-1"}, "expected a web address"),
        ({"textfile": "http://x"}, "expected the path of a file"),
        ({"pong": "x"}, "ping"),
    ],
)
def test_what_cannot_be_meant_is_refused(desk, monitoring, said):
    desk.configure(*two_sources(desk), monitoring=monitoring)
    ran = desk.run("scan")
    assert ran.code == 2
    assert said in ran.err
    assert "secret-uuid" not in ran.err
