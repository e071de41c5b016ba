"""Commands that run at once: each waits for its turn, and nobody is told of a lock but a second scan."""

import threading
import time

import pytest

from desk import HOUR, NOW, item, rss
from ereputation.store import Store
from loopback import Answer

BUSY = [
    ("search", "Air"),
    ("export", "--format", "ndjson"),
    ("mark", "1", "--status", "handled"),
    ("check", "--offline"),
    ("report", "--out", "report.html"),
    ("export", "--output", "book.xlsx"),
    ("stats",),
]


def waiting_feed(web, started, release):
    def feed(_request):
        started.set()
        while not release.is_set() and not web.wait(0.02):
            pass
        return Answer(body=rss(item("Air France one")))

    return web.serve("/feed", feed)


@pytest.fixture
def held(desk, web):
    """A scan in a process of its own that holds the lock until it is released or killed."""
    started, release = threading.Event(), threading.Event()
    desk.configure(waiting_feed(web, started, release))
    process = desk.fork("scan", "--format", "json")
    assert started.wait(20)
    yield desk, process, release
    release.set()
    process.finish()


def test_a_second_scan_leaves_with_75_and_says_who_is_at_work(held):
    desk, process, _ = held
    began = time.monotonic()
    ran = desk.run("scan")
    assert (ran.code, ran.out) == (75, "")
    assert f"pid {process.pid}" in ran.err
    assert time.monotonic() - began < 20


def test_a_scan_that_may_wait_gets_its_turn(held):
    desk, _, release = held
    second = desk.fork("scan", "--wait", "30s", "--format", "json")
    time.sleep(0.1)
    release.set()
    ran = second.finish()
    assert ran.code == 0, ran.err
    assert ran.json["coverage"]["failed"] == 0


def test_a_killed_holder_frees_the_lock_at_once(held):
    desk, process, release = held
    process.kill()
    process.finish()
    release.set()
    ran = desk.run("scan", "--format", "json")
    assert (ran.code, ran.json["mentions"]["new"]) == (0, 1)


@pytest.mark.parametrize(
    "command", [("prune",), ("sources", "reset", "x"), ("mark", "1", "--status", "handled")]
)
def test_other_commands_say_so_or_do_not_care_while_a_scan_runs(held, command):
    ran = held[0].run(*command)
    assert "database is locked" not in ran.err
    assert "Traceback" not in ran.err


def test_nobody_ever_sees_a_locked_database(desk):
    """One process scans again and again while others read, mark and export as fast as they can."""
    url = desk.feed("press", *(item(f"Air France {n}", "Une grève. " * 20) for n in range(100)))
    desk.configure(url)
    desk.scan()
    loops = [
        desk.fork("scan", "--force", "--wait", "30s", "--now", (NOW + n * HOUR).isoformat()) for n in range(2)
    ] + [desk.fork(*command) for command in BUSY]
    for code, out, err in [process.finish() for process in loops]:
        assert "database is locked" not in out + err
        assert "Traceback" not in err
        assert code in {0, 3, 75}, err
    with Store.open(desk.folder / "ereputation.db") as store:
        assert store.faults() == []
        assert store.counted_hours("Air France") == store.recounted_hours("Air France")


def test_threads_that_read_and_write_in_loops_never_meet_a_lock(tmp_path):
    """The same on one machine without the start of a process between two tries."""
    path = tmp_path / "a.db"
    Store.open(path).close()
    faults: list[str] = []

    def work(number):
        for turn in range(15):
            try:
                with Store.open(path, read_only=number % 2 == 0) as store:
                    store.source_states()
                    if number % 2:
                        store.forget_state(f"s{turn}")
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told
                faults.append(repr(error))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
