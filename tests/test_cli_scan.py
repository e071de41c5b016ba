"""``scan`` from the outside: what it says, what it stores, what it does when the world is unkind."""

import gzip
import signal
import sqlite3
import time
from datetime import UTC, datetime, timedelta

import pytest

from desk import HOUR, NOW, item, rss
from ereputation.store import Store, scan_lock
from loopback import Answer

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><rss version='2.0'><channel><item><title>&j;</title></item></channel></rss>"
)
LONG = rss(*(item(f"Air France {n}", "x" * 400) for n in range(50)))


def test_a_first_scan_reads_everything_and_a_second_finds_nothing_new(desk):
    url = desk.feed("Press", item("Air France one"), item("Air France two"), item("Something else"))
    desk.configure({"name": "Press", "url": url})
    first = desk.scan()
    assert first == {
        "schema": "ereputation/scan/1",
        "started": "2026-03-10T13:00:00+01:00",
        "finished": first["finished"],
        "outcomes": [
            {"source": "Press", "kind": "feed", "status": "read", "documents": 3, "new": 3, "error": None}
        ],
        "mentions": {"new": 2},
        "alerts": [],
        "coverage": {"due": 1, "read": 1, "unchanged": 0, "failed": 0},
        "looked_back": {"Air France": 0},
        "code": 0,
    }
    desk.feed(
        "Press", item("Air France one"), item("Air France two"), item("Something else"), "<!-- edited -->"
    )
    second = desk.scan(NOW + HOUR)
    assert [(o["status"], o["documents"], o["new"]) for o in second["outcomes"]] == [("read", 3, 0)]
    third = desk.scan(NOW + 2 * HOUR)
    assert [(o["status"], o["documents"], o["new"]) for o in third["outcomes"]] == [("unchanged", 0, 0)]
    assert second["mentions"] == third["mentions"] == {"new": 0}
    assert third["coverage"] == {"due": 1, "read": 0, "unchanged": 1, "failed": 0}


@pytest.mark.parametrize(
    "again",
    [
        item("Air France : grève levée", "Le texte", guid="g", url="https://paper.example/a"),
        item("Air France : grève", "Le texte", guid="other", url="https://paper.example/a"),
        item("Air France : grève", "Le texte", guid="g", url="https://paper.example/b"),
        item("Air France : grève", "Le texte", guid="other", url="http://paper.example/a/?utm_source=rss"),
        item("Air France : grève", "Le texte, corrigé", guid="g", url="https://paper.example/a"),
        item("Air France : grève", "Le texte", guid="g", url="https://paper.example/a", at=NOW - 2 * HOUR),
    ],
    ids=["title", "guid", "url", "tracking", "text", "date"],
)
def test_a_document_whose_parts_change_stays_one_document(desk, again):
    url = desk.feed("Press", item("Air France : grève", "Le texte", guid="g", url="https://paper.example/a"))
    desk.configure(url)
    desk.scan()
    desk.feed("Press", again)
    scanned = desk.scan(NOW + HOUR)
    assert (scanned["outcomes"][0]["new"], scanned["mentions"]["new"]) == (0, 0)
    assert len(desk.found()) == 1


def test_an_edit_is_what_search_finds_afterwards(desk):
    url = desk.feed("Press", item("Air France : grève", guid="g"))
    desk.configure(url)
    desk.scan()
    desk.feed("Press", item("Air France : accord", guid="g"))
    desk.scan(NOW + HOUR)
    assert desk.titles("accord") == ["Air France : accord"]
    assert desk.titles("grève") == []


ODD = [
    ("404", Answer(status=404), "404"),
    ("410", Answer(status=410), "410"),
    ("500", Answer(status=500, body=b"<html>oops</html>"), "500"),
    ("empty body", Answer(body=b""), "empty"),
    ("a page instead of a feed", Answer(body=b"<!doctype html><html><title>Consent</title></html>"), "page"),
    ("an XML bomb", Answer(body=BOMB), ""),
    ("cut gzip", Answer(body=gzip.compress(LONG)[:200], headers={"Content-Encoding": "gzip"}), "cut"),
    ("not gzip", Answer(body=b"plain", headers={"Content-Encoding": "gzip"}), "not a feed"),
    ("a gzip bomb", Answer(body=gzip.compress(b"\0" * 30_000_000), headers={"Content-Encoding": "gzip"}), "10 MB"),
    ("a lying length", Answer(body=b"<rss>", headers={"Content-Length": "5000"}), "cut"),
    ("not HTTP", Answer(raw=b"\xff\xfe\x00 nonsense\r\n\r\n"), ""),
    ("a closed connection", Answer(raw=b""), ""),
    ("JSON error", Answer(body=b'{"error": "quota"}', headers={"Content-Type": "application/json"}), ""),
    ("a redirect to itself", Answer(status=302, headers={"Location": "/feed"}), "redirect"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "says"), [case[1:] for case in ODD], ids=[case[0] for case in ODD])
def test_what_is_no_feed_fails_with_its_reason_and_the_rest_goes_on(desk, web, answer, says):
    bad = web.serve("/feed", answer)
    desk.configure(
        {"name": "Bad", "url": bad}, {"name": "Good", "url": desk.feed("good", item("Air France"))}
    )
    scanned = desk.scan()
    outcome, good = scanned["outcomes"]
    assert outcome["status"] == "failed"
    assert says in outcome["error"]
    assert "\n" not in outcome["error"]
    assert (outcome["documents"], outcome["new"]) == (0, 0)
    assert (good["status"], good["new"]) == ("read", 1)
    assert scanned["coverage"] == {"due": 2, "read": 1, "unchanged": 0, "failed": 1}
    assert scanned["code"] == 3  # half of the sources failed


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://127.0.0.1:9/feed", "127.0.0.1"),
        ("http://nowhere.invalid/feed", "nowhere.invalid"),
        ("file:///nowhere/feed.xml", "/nowhere/feed.xml"),
    ],
)
def test_a_place_that_is_not_there_is_named(desk, address, says):
    desk.configure(address)
    outcome = desk.outcome()
    assert outcome["status"] == "failed"
    assert says in outcome["error"]
    assert outcome["code"] == 1


def test_a_cut_document_gives_what_can_be_read_and_says_so(desk, web):
    whole = rss(item("Air France one"), item("Air France two"), item("Air France three"))
    desk.configure(web.serve("/feed", whole[: whole.index(b"Air France three")]))
    outcome = desk.outcome()
    assert (outcome["status"], outcome["documents"]) == ("read", 2)
    assert outcome["warning"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (rss(item("Grève à Orly")).decode().replace("utf-8", "iso-8859-1").encode("latin-1"), "text/xml"),
        (rss(item("Grève à Orly")).decode().encode("cp1252"), "text/xml; charset=utf-8"),
        (rss(item("Grève à Orly")), "text/xml; charset=iso-8859-1"),
    ],
    ids=["declared", "wrongly utf-8", "wrongly latin-1"],
)
def test_a_wrong_charset_does_not_spoil_accents(desk, web, body, content_type):
    desk.configure(web.serve("/feed", body, headers={"Content-Type": content_type}))
    desk.scan()
    assert desk.titles() == ["Grève à Orly"]


def test_a_server_that_asks_to_come_back_later_is_left_alone_until_then(desk, web):
    url = web.serve("/feed", b"", status=429, headers={"Retry-After": "7200"})
    desk.configure(url)
    outcome = desk.outcome()
    assert (outcome["status"], outcome["code"]) == ("failed", 1)
    assert "429" in outcome["error"]
    assert outcome["retry_at"] == "2026-03-10T15:00:00+01:00"
    web.serve("/feed", rss(item("Air France")))
    for hours, forced in [(0.5, ()), (1, ("--force",)), (1.9, ())]:
        waiting = desk.scan(NOW + hours * HOUR, *forced)
        assert [o["status"] for o in waiting["outcomes"]] == ["not_due"]
        assert waiting["coverage"]["due"] == 0
        assert waiting["code"] == 0
    assert web.count("/feed") == 1
    assert desk.outcome(NOW + 2.1 * HOUR)["status"] == "read"
    assert web.count("/feed") == 2


def test_a_source_is_not_read_more_often_than_it_allows(desk, web):
    desk.configure({"name": "Slow", "url": web.serve("/feed", rss(item("Air France"))), "every": "6h"})
    statuses = [desk.outcome(NOW + hours * HOUR)["status"] for hours in (0, 1, 5, 6)]
    assert statuses == ["read", "not_due", "not_due", "unchanged"]
    assert desk.outcome(NOW + 6.5 * HOUR, "--force")["status"] == "unchanged"
    assert web.count("/feed") == 3


def test_validators_are_sent_back_and_304_is_unchanged(desk, web):
    def feed(request):
        if request.headers.get("if-none-match") == 'W/"a b"':
            return Answer(status=304)
        return Answer(body=rss(item("Air France")), headers={"ETag": 'W/"a b"'})

    desk.configure(web.serve("/feed", feed))
    assert desk.outcome()["status"] == "read"
    assert desk.outcome(NOW + HOUR)["status"] == "unchanged"
    assert "ereputation/" in web.requests[0].headers["user-agent"]
    assert "desk@example.org" in web.requests[0].headers["user-agent"]


def test_a_source_that_failed_three_times_degrades_coverage_even_when_it_is_left_alone(desk, web):
    desk.configure(
        {"name": "Bad", "url": web.serve("/bad", status=500)},
        *({"name": f"Good {n}", "url": desk.feed(f"g{n}", item(f"Air France {n}"))} for n in range(5)),
    )
    codes = [desk.scan(NOW + n * HOUR)["code"] for n in range(2)]
    web.serve("/bad", b"", status=503, headers={"Retry-After": "86400"})
    codes += [desk.scan(NOW + n * HOUR)["code"] for n in (2, 3)]
    assert codes == [0, 0, 3, 3]
    assert web.count("/bad") == 3
    web.serve("/bad", rss(item("Back")))
    assert desk.scan(NOW + 27 * HOUR)["code"] == 0


def test_one_failure_in_five_is_tolerated_and_more_is_not(desk):
    good = [desk.feed(f"g{n}", item(f"Air France {n}")) for n in range(4)]
    desk.configure(*good, "file:///nowhere/1.xml")
    assert desk.scan()["code"] == 0
    desk.configure(*good[:3], "file:///nowhere/1.xml")
    assert desk.scan(NOW + HOUR)["code"] == 3
    desk.configure("file:///nowhere/2.xml")
    assert desk.scan(NOW + HOUR)["code"] == 1


def test_health_is_told_when_it_changes_not_at_every_scan(desk, web):
    url = web.serve("/feed", status=500)
    desk.configure({"name": "Press", "url": url}, desk.feed("calm", item("Nothing")))
    told = []
    for n in range(6):
        if n == 5:
            web.serve("/feed", rss(item("Back")))
        ran = desk.run("scan", "-q", "--now", (NOW + n * HOUR).isoformat())
        told.append("Press" in ran.out)
        assert ran.err == ""
    assert told.count(True) == 2  # it began to fail, and it is read again
    assert told[5]


def test_a_calm_quiet_scan_says_nothing_at_all(desk):
    desk.configure(desk.feed("Press", item("Air France")))
    assert desk.run("scan", "-q") == (0, "", "")
    assert desk.run("-q", "scan", "--force") == (0, "", "")
    assert desk.run("scan").out != ""


def test_only_the_named_sources_are_read(desk):
    urls = {name: desk.feed(name, item(f"Air France {name}")) for name in ("one", "two")}
    desk.configure(*({"name": name, "url": url} for name, url in urls.items()))
    assert [o["source"] for o in desk.scan(NOW, "--source", "two")["outcomes"]] == ["two"]
    ran = desk.run("scan", "--source", "tow")
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean 'two'?" in ran.err


def test_offline_reads_nothing_and_reviews_what_is_stored(desk):
    desk.configure(desk.feed("Press", item("Air France")))
    scanned = desk.scan(NOW, "--offline")
    assert (scanned["outcomes"], scanned["mentions"], scanned["code"]) == ([], {"new": 0}, 0)


def test_a_new_brand_and_an_edited_keyword_look_back_and_ring_nothing(desk):
    crowd = [item(f"Lufthansa {n}", "scandale", at=NOW - timedelta(minutes=n)) for n in range(50)]
    url = desk.feed("Press", item("Air France"), *crowd)
    desk.configure(url, brands=["Air France"])
    desk.scan()
    desk.configure(url, brands=["Air France", "Lufthansa"])
    scanned = desk.scan(NOW + HOUR)
    assert (scanned["looked_back"], scanned["alerts"]) == ({"Lufthansa": 50}, [])
    assert len(desk.found("", "--brand", "Lufthansa", "--limit", "0")) == 50
    desk.configure(url, brands=["Air France", {"name": "Lufthansa", "keywords": ["Lufthansa 7"]}])
    scanned = desk.scan(NOW + 2 * HOUR)
    assert (scanned["looked_back"], scanned["alerts"]) == ({"Lufthansa": 1}, [])
    assert desk.titles("", "--brand", "Lufthansa") == ["Lufthansa 7"]
    assert "looked_back" not in desk.scan(NOW + 3 * HOUR)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: folder / "missing" / "x.db", "does not exist"),
        (lambda folder: folder, "is a folder"),
        (
            lambda folder: _file(
                folder / "text.db", b"not a database, but long enough to look like one" * 50
            ),
            "not",
        ),
        (lambda folder: _newer(folder / "newer.db"), "newer"),
        (lambda folder: _foreign(folder / "foreign.db"), ""),
    ],
    ids=["missing folder", "a folder", "no database", "newer version", "another program's"],
)
def test_a_database_that_cannot_serve_is_refused_and_left_as_it_was(desk, make, says):
    path = make(desk.folder)
    before = path.read_bytes() if path.is_file() else None
    desk.configure(desk.feed("Press", item("Air France")))
    ran = desk.run("scan", "--database", path)
    assert (ran.code, ran.out) == (1, "")
    assert says in ran.err
    assert str(path) in ran.err
    assert "Traceback" not in ran.err
    assert (path.read_bytes() if path.is_file() else None) == before


def _file(path, content):
    path.write_bytes(content)
    return path


def _newer(path):
    Store.open(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 9999")
    db.close()
    return path


def _foreign(path):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs (x)")
    db.close()
    return path


def test_while_another_scan_holds_the_lock_the_second_leaves_with_75(desk):
    desk.configure(desk.feed("Press", item("Air France")))
    with scan_lock(desk.folder / "ereputation.db"):
        ran = desk.run("scan")
        waited = desk.run("scan", "--wait", "1s")
    assert (ran.code, ran.out) == (75, "")
    assert "another scan (pid" in ran.err
    assert waited.code == 75
    assert desk.run("scan").code == 0
    with scan_lock(desk.folder / "ereputation.db"):
        assert desk.run("search", "Air").code == 0  # reading needs no lock


def test_usage_wins_over_the_lock_and_the_lock_over_failures(desk):
    desk.configure("file:///nowhere.xml")
    with scan_lock(desk.folder / "ereputation.db"):
        assert desk.run("scan", "--source", "zzz").code in {2, 75}
        assert desk.run("scan", "--fail-on", "huge").code == 2
        assert desk.run("scan").code == 75
    assert desk.run("scan").code == 1


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_scan_keeps_what_it_stored_and_says_so_by_its_code(desk, web, sent, code):
    started = []

    def slow(request):
        started.append(request)
        web.wait(20)
        return Answer(body=rss(item("Late")))

    desk.configure(web.serve("/slow", slow))
    process = desk.start("scan")
    while not started and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(sent)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, "")
    assert "Traceback" not in err
    web.serve("/slow", rss(item("Air France")))
    assert desk.outcome(datetime.now(UTC) + HOUR)["status"] == "read"


def test_two_scans_at_once_leave_one_of_each_document(desk, web):
    def slow(_request):
        web.wait(0.4)
        return Answer(body=rss(item("Air France one"), item("Air France two")))

    desk.configure(web.serve("/feed", slow))
    processes = [desk.fork("scan", "--wait", "30s", "--force", "--format", "json") for _ in range(2)]
    ran = [process.finish() for process in processes]
    assert [one.code for one in ran] == [0, 0], ran
    assert sorted(one.json["mentions"]["new"] for one in ran) == [0, 2]
    assert len(desk.found()) == 2
