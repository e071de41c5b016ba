"""A scan on a Dask cluster, one of whose workers is killed in the middle, stores what one process stores."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest

from desk import Desk
from ereputation.store import Store
from loopback import Answer, Loopback

pytest.importorskip("distributed", reason="needs the extra: pip install 'ereputation[cluster]'")
pytestmark = pytest.mark.sqlite  # the scan is a process of its own, on a file
SITES, EACH = 8, 2


def feed(*names: str) -> bytes:
    items = "".join(f"<item><title>Air France: {n}</title><guid>{n}</guid></item>" for n in names)
    return f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>".encode()


class Cluster:
    """A scheduler and two workers, each a process of its own on loopback."""

    def __init__(self, folder) -> None:
        self.told = folder / "scheduler.json"
        self._log_file = folder / "cluster.log"
        self._log = self._log_file.open("wb")

        def start(*arguments):
            return subprocess.Popen(
                [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
                stdout=self._log, stderr=self._log,
            )  # fmt: skip

        where = ("--scheduler-file", str(self.told), "--no-dashboard")
        self._scheduler = start("dask_scheduler", *where, "--host", "127.0.0.1", "--port", "0")
        self.workers = [
            start(
                "dask_worker", *where, "--no-nanny", "--nthreads", "1", "--host", "127.0.0.1",
                "--local-directory", str(folder / name),
            )
            for name in ("one", "two")
        ]  # fmt: skip

    def address(self) -> str:
        """Of the scheduler, once both workers are there."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self._log_file.read_bytes().count(b"Registered to:") == len(self.workers):
                return json.loads(self.told.read_text())["address"]
            time.sleep(0.1)
        raise AssertionError(self._log_file.read_text())

    def stop(self) -> None:
        for process in (*self.workers, self._scheduler):
            process.kill()
            process.wait()
        self._log.close()


def test_a_worker_killed_in_mid_scan_loses_and_doubles_nothing(tmp_path):
    with ExitStack() as stack:
        cluster = Cluster(tmp_path)
        stack.callback(cluster.stop)
        sites = [stack.enter_context(Loopback()) for _ in range(SITES)]
        asked = []

        def route(body):
            def answer(_request):
                asked.append(body)
                if len(asked) == SITES:  # in the middle
                    cluster.workers[0].send_signal(signal.SIGKILL)
                return Answer(body=body)

            return answer

        urls = [
            site.serve(f"/{number}", route(feed(f"{place}-{number}-a", f"{place}-{number}-b")))
            for place, site in enumerate(sites)
            for number in range(EACH)
        ]
        config = tmp_path / "ereputation.yaml"
        config.write_text(
            'brands:\n  - {name: Air France, keywords: ["Air France"]}\nsources:\n'
            + "".join(f"  - {url}\n" for url in urls)
        )
        address = cluster.address()

        def scan(*options):
            command = [
                sys.executable,
                "-m",
                "ereputation",
                "scan",
                "-c",
                str(config),
                "--format",
                "json",
                *options,
            ]
            return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

        many = scan("--cluster", address, "--database", str(tmp_path / "many.db"))
        assert many.returncode == 0, many.stderr
        assert cluster.workers[0].poll() == -signal.SIGKILL
        outcomes = json.loads(many.stdout)["outcomes"]
        assert [(o["status"], o["documents"], o["new"]) for o in outcomes] == [("read", 2, 2)] * SITES * EACH
        alone = Desk(tmp_path).run("scan", "--workers", "0", "--database", "alone.db")
        assert alone.code == 0, alone.err
        assert kept(tmp_path / "many.db") == kept(tmp_path / "alone.db")


def kept(database):
    with Store.open(database) as store:
        assert store.faults() == []
        return (
            sorted((m.document.guid, m.match.spans, m.match.sentiment.label) for m in store.mentions()),
            {name: (s.last_status, s.state.get("ids")) for name, s in store.source_states().items()},
        )


def test_a_scheduler_that_is_not_there_is_a_sentence(desk, monkeypatch):
    from ereputation.executors import cluster

    monkeypatch.setattr(cluster, "_PATIENCE", 0.2)
    desk.configure({"name": "Press", "url": desk.feed("Press")})
    for address, code in (("tcp://127.0.0.1:9", 1), ("nonsense://x", 2)):
        ran = desk.run("scan", "--cluster", address)
        assert ran.code == code
        assert f"no scheduler answers at {address}" in ran.err
