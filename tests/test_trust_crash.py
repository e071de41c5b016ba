"""A scan that is killed, or whose disk fails it, loses nothing and counts nothing twice."""

import os
import random
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta

import pytest

from desk import HOUR, NOW, item
from ereputation.errors import StoreError
from ereputation.store import Store
from shared import copied

KILLS = int(os.environ.get("KILLS", "6"))
SOURCES = 6


def history(desk):
    """Feeds of calm weeks and a storm today, so that a scan has much to store and something to tell."""
    sources = []
    for n in range(SOURCES):
        calm = [
            item(
                f"Air France, jour {d} {n}",
                f"Une note {n * 31 + d} sur Air France.",
                at=NOW - d * 24 * HOUR - n * HOUR,
            )
            for d in range(1, 25)
        ]
        storm = [
            item(
                f"Scandale {k * 7 + n} chez Air France",
                f"Honte, grève, panique {k}.",
                at=NOW + timedelta(minutes=k),
            )
            for k in range(8)
        ]
        sources.append((f"s{n}", calm, storm))
    return sources


def serve(desk, sources, *, storm):
    desk.configure(
        *(
            {"name": name, "url": desk.feed(name, *calm, *(rest if storm else []))}
            for name, calm, rest in sources
        )
    )


def state(desk):
    """Everything that may not differ from an uninterrupted run."""
    with Store.open(desk.folder / "ereputation.db") as store:
        assert store.faults() == []
        assert store.counted_hours("Air France") == store.recounted_hours("Air France")
        documents = sorted(document.guid for document in store.documents())
        assert len(documents) == len(set(documents))
        alerts = sorted((a.brand, a.kind, a.reason, a.started) for a in store.alerts())
        opened = [alert[:2] + alert[3:] for alert in alerts if alert[2] == "opened"]
        assert len(opened) == len(set(opened))
        mentions = sum(1 for _ in store.mentions(brands=["Air France"]))
        return documents, mentions, store.counted_hours("Air France"), alerts


def copy(desk, folder):
    copied(desk.folder, folder)
    return type(desk)(folder)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks and signals are POSIX")
def test_a_scan_killed_at_any_instant_and_run_again_equals_one_that_was_not(desk, tmp_path_factory):
    sources = history(desk)
    serve(desk, sources, storm=False)
    for hours in range(100, 0, -24):  # the first reading is history; alerts need observed hours
        desk.scan(NOW - hours * HOUR, "--force")
    serve(desk, sources, storm=True)
    scan = ("scan", "--force", "--wait", "20s", "--now", (NOW + HOUR).isoformat())
    whole = copy(desk, tmp_path_factory.mktemp("whole") / "desk")
    began = time.monotonic()
    assert whole.fork(*scan).finish().code == 0
    took = time.monotonic() - began
    expected = state(whole)
    assert expected[3], "the storm rings"
    chance = random.Random(7)
    for n in range(KILLS):
        broken = copy(desk, tmp_path_factory.mktemp("killed") / "desk")
        running = broken.fork(*scan)
        time.sleep(took * (n + chance.random()) / KILLS)
        running.kill()
        running.finish()
        state(broken)
        assert broken.run(*scan).code == 0
        assert state(broken) == expected


@pytest.mark.sqlite
@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX")
@pytest.mark.parametrize("size", [4096, 40_000, 200_000])
def test_a_disk_that_fills_up_ends_the_scan_with_a_sentence_and_keeps_what_was_stored(desk, size):
    desk.configure(desk.feed("press", item("Air France one")))
    desk.scan()
    before = state(desk)
    desk.feed("press", *(item(f"Air France {n}", "mot " * 200) for n in range(100)))
    ran = desk.fork("scan", "--force", limit=size).finish()
    assert ran.code == 1
    assert re.search(r"disk|grow|written", ran.err)
    assert "Traceback" not in ran.err
    assert state(desk) == before
    assert desk.scan(NOW + HOUR)["mentions"] == {"new": 100}


@pytest.mark.sqlite
@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
@pytest.mark.parametrize("command", [("scan",), ("mark", "1", "--status", "handled")])
def test_a_folder_that_cannot_be_written_is_named(desk, command):
    desk.configure(desk.feed("press", item("Air France one")))
    desk.scan()
    command = ("unshare", "--map-current-user", "--mount", "sh", "-c", 'mount --bind . . && mount -o remount,ro,bind . && cd "$PWD" && exec "$@"', "sh",
               sys.executable, "-m", "ereputation", *command)  # fmt: skip
    ran = subprocess.run(command, cwd=desk.folder, capture_output=True, text=True, timeout=60, check=False)
    if "unshare" in ran.stderr or "mount" in ran.stderr:
        pytest.skip("no read-only mounts in this container")
    assert ran.returncode == 1
    assert re.search("writable|read-only|permissions", ran.stderr)
    assert "Traceback" not in ran.stderr


@pytest.mark.sqlite
def test_a_database_that_another_program_keeps_busy_is_given_up(desk):
    desk.configure(desk.feed("press", item("Air France one")))
    desk.scan()
    path = desk.folder / "ereputation.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with (
            pytest.raises(StoreError, match="in use by another program"),
            Store.open(path, patience=0.1) as store,
        ):
            store.forget_state("press")
        other.execute("ROLLBACK")
    assert desk.scan(NOW + HOUR)["code"] == 0


@pytest.mark.sqlite
def test_a_database_deleted_while_in_use_is_told_and_not_written_elsewhere(desk):
    url = desk.feed("press", item("Air France one"))
    desk.configure(url)
    desk.scan()
    path = desk.folder / "ereputation.db"
    with Store.open(path) as store:
        path.unlink()
        with pytest.raises(StoreError, match="moved or deleted"):
            store.forget_state("press")
    assert desk.scan(NOW + HOUR)["mentions"] == {"new": 1}


@pytest.mark.sqlite
def test_a_damaged_database_is_named_and_left_as_it_was(desk):
    desk.configure(desk.feed("press", *(item(f"Air France {n}", "mot " * 200) for n in range(200))))
    desk.scan()
    path = desk.folder / "ereputation.db"
    content = bytearray(path.read_bytes())
    content[8192:-4096] = os.urandom(len(content) - 12288)
    path.write_bytes(content)
    for command in [("scan", "--force"), ("search", "Air"), ("export",), ("check", "--offline")]:
        ran = desk.run(*command)
        assert ran.code == 1, command
        assert "damaged" in ran.err + ran.out
        assert "Traceback" not in ran.err
