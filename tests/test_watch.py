"""``watch``: passes again and again, what changes them, what does not end them, and what does."""

import os
import signal
import socket
import threading
import time
from datetime import timedelta

import pytest

from desk import HOUR, NOW, item
from ereputation import config as configuration
from ereputation.errors import EreputationError, StoreError
from ereputation.model import SourceState
from ereputation.store import scan_lock
from ereputation.watch import Watch, interval, next_pass

MINUTE = timedelta(minutes=1)


class Room:
    """A watch whose clock moves only while it sleeps; things happen at moments said beforehand."""

    def __init__(self, desk, **options):
        self.desk, self.now, self.scans, self.said = desk, NOW, [], []
        self.events, self.failures = [], {}
        self.path = desk.folder / "ereputation.yaml"
        self.watch = Watch(
            config=self.load(),
            every=options.pop("every", None),
            load=self.load,
            one_pass=self.scan,
            database=lambda config: config.database_path,
            complain=self.said.append,
            clock=lambda: self.now,
            sleep=self.sleep,
        )

    def load(self):
        return configuration.load(self.path, environ={})

    def scan(self, config, now):
        self.scans.append((round((now - NOW).total_seconds()), [brand.name for brand in config.brands]))
        if error := self.failures.get(len(self.scans)):
            raise error
        return len(self.scans)

    def sleep(self, seconds):
        self.now += timedelta(seconds=seconds)
        while self.events and self.events[0][0] <= self.now - NOW:
            self.events.pop(0)[1]()

    def at(self, after, act):
        self.events.append((after, act))

    def times(self):
        return [seconds for seconds, _ in self.scans]


@pytest.fixture
def room(desk):
    desk.configure("https://paper.example/rss")
    return Room(desk)


# --- when ------------------------------------------------------------------------------------------------------


def sound(desk, *sources):
    return configuration.load(desk.configure(*sources), environ={})


@pytest.mark.parametrize(
    ("everies", "asked", "seconds"),
    [((), None, 300), (("15m", "6h"), None, 900), (("15m",), 60.0, 60), ((None, "2h"), None, 7200)],
)
def test_the_longest_pause_is_asked_for_or_the_least_of_the_sources(desk, everies, asked, seconds):
    sources = [
        {"name": str(n), "url": f"https://p{n}.example/rss", **({"every": every} if every else {})}
        for n, every in enumerate(everies)
    ]
    assert interval(sound(desk, *sources or ["https://p.example/rss"]), asked) == timedelta(seconds=seconds)


def test_the_next_pass_is_when_the_next_source_is_due(desk):
    config = sound(
        desk,
        {"name": "often", "url": "https://a.example/rss", "every": "20m"},
        {"name": "seldom", "url": "https://b.example/rss", "every": "2h"},
    )
    states = {
        "often": SourceState(name="often", kind="feed", last_read=NOW - MINUTE),
        "seldom": SourceState(name="seldom", kind="feed", last_read=NOW - 113 * MINUTE),
    }
    assert next_pass(config, states, now=NOW) == NOW + 7 * MINUTE
    assert next_pass(config, states, now=NOW, every=90.0) == NOW + timedelta(seconds=90)
    assert (
        next_pass(config, {}, now=NOW) == NOW + 20 * MINUTE
    )  # what is due already is read by the pass that was


def test_passes_follow_each_other_and_the_last_ones_code_is_the_watchs(room):
    assert room.watch.run(3) == 3
    assert room.times() == [0, 300, 600]


# --- what does not end it --------------------------------------------------------------------------------------


def test_a_failed_pass_is_said_and_not_the_last(room):
    room.failures = {1: StoreError("the disk is full"), 2: ZeroDivisionError("a bug")}
    assert room.watch.run(3) == 3
    assert room.said[0] == "the disk is full"
    assert "ZeroDivisionError: a bug" in room.said[1]
    room.failures[4] = EreputationError("again")
    assert room.watch.run(1) == 1


def test_a_reader_who_has_gone_ends_it(room):
    room.failures = {1: BrokenPipeError()}
    with pytest.raises(BrokenPipeError):
        room.watch.run(3)


def test_a_changed_configuration_is_read_again_and_used_at_once(room):
    room.at(
        100 * MINUTE / 60,
        lambda: room.desk.configure("https://paper.example/rss", brands=["KLM", "Air France"]),
    )
    room.watch.run(3)
    assert [brands for _, brands in room.scans] == [
        ["Air France"],
        ["KLM", "Air France"],
        ["KLM", "Air France"],
    ]
    assert 100 <= room.times()[1] <= 103
    assert room.said == ["the configuration has changed: read again"]


def test_a_faulty_configuration_is_told_once_and_the_old_one_stays(room):
    room.at(MINUTE, lambda: room.path.write_text("brands: [{nam: x}]\n"))
    room.at(11 * MINUTE, room.path.unlink)
    room.at(21 * MINUTE, lambda: room.desk.configure("https://paper.example/rss", brands=["KLM"]))
    room.watch.run(6)
    assert [brands for _, brands in room.scans] == [["Air France"]] * 5 + [["KLM"]]
    faulty, gone, sound_again = room.said
    assert "nam" in faulty
    assert "stays in force" in faulty
    assert "ereputation.yaml" in gone
    assert sound_again == "the configuration has changed: read again"


def test_a_file_that_is_being_written_is_left_alone_until_it_is(room):
    whole = room.path.read_text()
    room.at(MINUTE, lambda: room.path.write_text(whole[:-20]))
    room.at(MINUTE + timedelta(seconds=0.05), lambda: room.path.write_text(f"{whole}# written\n"))
    room.watch.run(2)
    assert room.said == ["the configuration has changed: read again"]


# --- the command -----------------------------------------------------------------------------------------------


def test_it_prints_what_scan_prints_and_each_pass_as_it_ends(desk):
    url = desk.feed("press", item("Air France annonce", at=NOW - HOUR))
    desk.configure({"name": "Press", "url": url})
    ran = desk.run("watch", "--passes", "2", "--every", "1s", "--format", "ndjson", "--now", NOW.isoformat())
    assert ran.code == 0
    first, second = ran.lines
    assert (first["schema"], first["mentions"]["new"], second["mentions"]["new"]) == (
        "ereputation/scan/1",
        1,
        0,
    )
    assert first["started"] < second["started"]
    assert desk.run("watch", "--passes", "1", "-q", "--now", (NOW + HOUR).isoformat()) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("--every", "often"), "--every"), (("--format", "csv"), "--format"), (("--passes", "0"), "--passes")],
)
def test_what_cannot_be_watched_is_a_usage_error(desk, arguments, says):
    desk.configure("https://paper.example/rss")
    ran = desk.run("watch", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_it_needs_a_sound_configuration_to_begin(desk):
    desk.configure(brands=[])
    assert desk.run("watch", "--passes", "1").code == 2


def test_a_part_of_the_sources_is_watched_beside_the_others(desk):
    urls = [desk.feed(f"p{n}", item(f"Air France {n}")) for n in range(6)]
    desk.configure(*urls)
    seen = []
    for part in ("1/2", "2/2"):
        ran = desk.run("watch", "--passes", "1", "--shard", part, "--workers", "0", "--format", "json")
        assert ran.code == 0, ran.err
        seen.append({one["source"] for one in ran.json["outcomes"] if one["status"] == "read"})
    assert seen[0].isdisjoint(seen[1])
    assert len(seen[0] | seen[1]) == 6


def test_it_waits_for_another_scan_and_says_so_once(desk):
    desk.configure({"name": "Press", "url": desk.feed("press", item("Air France"))})
    with scan_lock(desk.folder / "ereputation.db"):
        process = desk.start("watch", "--passes", "1")
        said = process.stderr.readline()
        time.sleep(0.2)
        assert process.poll() is None
    out, err = process.communicate(timeout=60)
    assert "another scan is running" in said
    assert (process.returncode, err) == (0, "")
    assert "1 new mention" in out


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_it_at_once_and_systemd_knows(desk, tmp_path, sent, code):
    desk.configure({"name": "Press", "url": desk.feed("press", item("Air France"))})
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(address))
        heard.settimeout(60)
        process = desk.start("watch", env={"NOTIFY_SOCKET": str(address)})
        states = [heard.recv(100)]
        assert "1 new mention" in process.stdout.readline()
        threading.Timer(0.2, process.send_signal, [sent]).start()
        stopped = time.monotonic()
        _, err = process.communicate(timeout=60)
        heard.settimeout(0)
        while True:
            try:
                states.append(heard.recv(100))
            except BlockingIOError:
                break
    assert process.returncode == code
    assert time.monotonic() - stopped < 20  # and not after five minutes
    assert (states[0], states[-1]) == (b"READY=1", b"STOPPING=1")
    assert b"WATCHDOG=1" in states
    assert "Traceback" not in err


def test_each_pass_is_pinged(desk, web):
    web.serve("/ping/start", b"")
    web.serve("/ping/0", b"")
    desk.configure(
        {"name": "Press", "url": desk.feed("press", item("Air France"))},
        monitoring={"ping": web.url("/ping")},
    )
    assert desk.run("watch", "--passes", "2", "--every", "1s", "-q").code == 0
    assert (web.count("/ping/start"), web.count("/ping/0")) == (2, 2)
