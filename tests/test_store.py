from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ereputation.errors import LockedError, StoreError
from ereputation.model import HostState
from ereputation.schema import MIGRATIONS, sqlite
from ereputation.store import Store, scan_lock

pytestmark = pytest.mark.sqlite

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def database(path, *, application=sqlite.APPLICATION_ID, version=1):
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE things (name TEXT)")
        raw.execute(f"PRAGMA application_id = {application}")
        raw.execute(f"PRAGMA user_version = {version}")
    raw.close()


def sentence(path, **how):
    with pytest.raises(StoreError) as caught:
        Store.open(path, **how)
    return str(caught.value)


def test_a_missing_file_is_created_for_its_owner_only(tmp_path):
    path = tmp_path / "new.db"
    with Store.open(path) as store:
        store.save_hosts([HostState(domain="x")])
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    assert modes == {"new.db": 0o600, "new.db-wal": 0o600, "new.db-shm": 0o600}


def test_what_was_stored_is_there_the_next_time(tmp_path):
    with Store.open(tmp_path / "a.db") as store:
        store.save_hosts([HostState(domain="x")])
    with Store.open(str(tmp_path / "a.db"), read_only=True) as store:
        assert "x" in store.hosts()
        with pytest.raises(StoreError, match="read-only"):
            store.save_hosts([HostState(domain="y")])


def test_names_that_mean_something_in_an_address_are_ordinary_names(tmp_path):
    path = tmp_path / "50% a?b#c é.db"
    Store.open(path).close()
    assert path.exists()


def test_a_missing_folder_is_named(tmp_path):
    assert f"the folder {tmp_path / 'none'} does not exist" in sentence(tmp_path / "none" / "a.db")
    assert not (tmp_path / "none").exists()


def test_a_folder_is_no_database(tmp_path):
    assert "is a folder" in sentence(tmp_path)


def test_reading_creates_nothing(tmp_path):
    assert "there is no database yet" in sentence(tmp_path / "a.db", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    path = tmp_path / "a.db"
    path.write_bytes(b"Dear diary, " * 400)
    assert "is not a database" in sentence(path)
    assert path.read_bytes() == b"Dear diary, " * 400


def test_another_program_s_database_is_left_alone(tmp_path):
    for number, (application, version) in enumerate([(0, 0), (0, 7), (252006674, 1)]):
        path = tmp_path / f"{number}.db"
        database(path, application=application, version=version)
        before = path.read_bytes()
        assert "belongs to another program" in sentence(path)
        assert path.read_bytes() == before


def test_a_newer_database_asks_for_an_upgrade(tmp_path):
    database(tmp_path / "a.db", version=len(MIGRATIONS) + 1)
    assert "newer version of ereputation" in sentence(tmp_path / "a.db")
    assert sentence(tmp_path / "a.db", read_only=True).endswith("upgrade")


def test_an_empty_file_becomes_a_database_but_not_by_reading(tmp_path):
    path = tmp_path / "a.db"
    path.touch()
    assert "ereputation scan" in sentence(path, read_only=True)
    with Store.open(path) as store:
        assert store.faults() == []


def test_a_damaged_file_says_so(tmp_path):
    path = tmp_path / "a.db"
    with Store.open(path) as store:
        store.save_hosts(HostState(domain=f"{n}.fr") for n in range(2000))
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with pytest.raises(StoreError, match=r"damaged|not a database"), Store.open(path) as store:
        store.hosts()


def test_a_read_only_folder_says_so(nobody):
    folder = nobody / "here"
    folder.mkdir()
    Store.open(folder / "a.db").close()
    folder.chmod(0o555)
    assert "cannot be created" in sentence(folder / "b.db")
    with Store.open(folder / "a.db", read_only=True) as store:
        assert store.hosts() == {}
    with pytest.raises(StoreError, match="folder"), Store.open(folder / "a.db") as store:
        store.save_hosts([HostState(domain="x")])
    with pytest.raises(StoreError, match="the lock cannot be created"), scan_lock(folder / "a.db"):
        pass
    folder.chmod(0o755)


def test_a_read_only_file_says_so(nobody):
    path = nobody / "a.db"
    Store.open(path).close()
    path.chmod(0o400)
    with pytest.raises(StoreError, match="read-only"), Store.open(path) as store:
        store.save_hosts([HostState(domain="x")])
    path.chmod(0o000)
    assert "permissions" in sentence(path)


def test_a_full_disk_says_so_and_loses_nothing(tmp_path):
    with Store.open(tmp_path / "a.db") as store:
        store.save_hosts([HostState(domain="kept")])
        pages = store.db.value("PRAGMA page_count")
        store.db.run(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match="the disk is full"):
            store.save_hosts(HostState(domain=f"{n}.fr") for n in range(5000))
        assert set(store.hosts()) == {"kept"}
        store.save_hosts([HostState(domain="kept", failures=1)])


def test_a_writer_that_waited_in_vain_says_so_and_readers_never_wait(tmp_path):
    with Store.open(tmp_path / "a.db") as one, Store.open(tmp_path / "a.db") as two:
        two.db.run("PRAGMA busy_timeout = 20")
        with one.db.write():
            assert two.hosts() == {}
            with pytest.raises(StoreError, match="in use by another program"):
                two.save_hosts([HostState(domain="x")])
        two.save_hosts([HostState(domain="x")])


def test_a_file_that_vanished_is_not_written_to(tmp_path):
    with Store.open(tmp_path / "a.db") as store:
        (tmp_path / "a.db").rename(tmp_path / "b.db")
        with pytest.raises(StoreError, match="moved or deleted"):
            store.save_hosts([HostState(domain="x")])


def test_migrating_twice_changes_nothing():
    raw = sqlite.connect(":memory:")
    before = raw.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
    sqlite.migrate(raw)
    assert raw.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall() == before
    assert raw.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
    raw.close()


def test_many_processes_may_open_a_new_database_at_once(tmp_path):
    code = "import sys; from ereputation.store import Store; Store.open(sys.argv[1]).close()"
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "a.db")]) for _ in range(4)]
    assert [process.wait(60) for process in running] == [0] * 4


HOLD = """
import sys, time
from ereputation.store import scan_lock
with scan_lock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(path):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_scan_is_told_who_holds_the_lock_and_a_killed_one_holds_none(tmp_path):
    path = tmp_path / "a.db"
    with holder(path) as process:
        with (
            pytest.raises(LockedError, match=rf"another scan \(pid {process.pid}, since 20.*Z\) holds"),
            scan_lock(path),
        ):
            pass
        with pytest.raises(LockedError), scan_lock(path, wait=0.2):
            pass
        process.kill()
        process.wait(10)
    with scan_lock(path):
        assert stat.S_IMODE((tmp_path / "a.db.lock").stat().st_mode) == 0o600
    with scan_lock(path):
        pass


FULL = """
import resource, sys
from ereputation.store import scan_lock
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # no file may grow, as on a full disk
with scan_lock(sys.argv[1]):
    print("held")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limits there")
def test_a_full_disk_keeps_nobody_from_the_lock(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "a.db")],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "held\n", "")


def test_a_database_in_memory_needs_no_lock():
    with scan_lock(":memory:"), scan_lock(":memory:"):
        pass
    assert not Path(":memory:.lock").exists()
