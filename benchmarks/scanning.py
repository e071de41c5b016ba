"""How fast thousands of feeds are read, against other programs: python benchmarks/scanning.py --help.

Starts a farm of feeds on loopback (``farm.py``) and runs every program that is installed over the same feeds, in turn,
several times: a first reading, then nothing new (304), then unchanged answers in full, then two new entries in every
feed. Prints medians of feeds a second, their ratio to ours, CPU seconds and the most memory of all processes together.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from farm import BRANDS, url
from peers import Newsboat, Ours, Peer, Reader, Rss2email, Sfeed, Spent

SCENARIOS = ("first read", "nothing new, 304", "unchanged in full", "two new a feed")
_DONE = {0, 3}  # exit codes; 3: done, but a source failed
_PAUSE = 0.1  # seconds between two looks at the memory


@contextmanager
def farm(feeds: int, entries: int, latency: float):
    """A farm in a process of its own; its port."""
    here = Path(__file__).parent / "farm.py"
    command = [
        sys.executable,
        str(here),
        "--feeds",
        str(feeds),
        "--entries",
        str(entries),
        "--latency",
        str(latency),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def ask(port: int, path: str) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        answer.read()


def _family(root: int) -> list[int]:
    """A process and all that descend from it."""
    parents = {}
    for process in Path("/proc").glob("[0-9]*"):
        if process.name.isdigit():
            try:
                parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
    found = [root]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def _memory(root: int) -> float:
    """Proportional set size of a family, in MB: what two of them share counts once."""
    total = 0
    for one in _family(root):
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return total / 1024


def run(peer: Peer, folder: Path) -> Spent:
    """One run, with what it and its children took."""
    start = time.perf_counter()
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            peer.command(folder),
            env=peer.environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        peak = 0.0
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, _memory(process.pid))
            time.sleep(_PAUSE)
    process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - start
    return Spent(seconds=took, cpu=usage.ru_utime + usage.ru_stime, memory=peak, code=process.returncode)


def scenarios(peer: Peer, given: argparse.Namespace) -> dict[str, Spent]:
    """All scenarios with one program, on a farm and in a folder of its own."""
    with (
        tempfile.TemporaryDirectory() as name,
        farm(given.feeds, given.entries, given.latency) as port,
    ):
        folder = Path(name)
        peer.prepare(folder, [url(port, feed) for feed in range(given.feeds)])
        spent = {SCENARIOS[0]: run(peer, folder), SCENARIOS[1]: run(peer, folder)}
        ask(port, "/validators?on=0")
        spent[SCENARIOS[2]] = run(peer, folder)
        ask(port, "/validators?on=1")
        ask(port, "/tick")
        spent[SCENARIOS[3]] = run(peer, folder)
        if any(one.code not in _DONE for one in spent.values()):
            print((folder / "log").read_text(errors="replace")[-2_000:], file=sys.stderr)
    return spent


def show(results: dict[str, dict[str, list[Spent]]], feeds: int) -> None:
    """The table, in Markdown."""
    ours = results["ereputation"]
    print("| program | " + " | ".join(SCENARIOS) + " | CPU s | peak MB |")
    print("|---|" + "---|" * (len(SCENARIOS) + 2))
    for name, by_scenario in results.items():
        cells = []
        for scenario in SCENARIOS:
            runs = by_scenario[scenario]
            rate = feeds / statistics.median(one.seconds for one in runs)
            # Runs of the same round stood side by side, so their ratio says more than their medians'.
            ratio = statistics.median(
                theirs.seconds / own.seconds for theirs, own in zip(runs, ours[scenario], strict=True)
            )
            if any(one.code not in _DONE for one in runs):
                cells.append("failed")
            else:
                cells.append(f"{rate:,.0f}" if by_scenario is ours else f"{rate:,.0f} (we: {ratio:.1f}x)")
        cpu = " / ".join(f"{statistics.median(o.cpu for o in by_scenario[s]):.1f}" for s in SCENARIOS)
        peak = max(one.memory for runs in by_scenario.values() for one in runs)
        print(f"| {name} | " + " | ".join(cells) + f" | {cpu} | {peak:.0f} |")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--feeds", type=int, nargs="+", default=[200, 1_000])
    options.add_argument("--entries", type=int, default=30)
    options.add_argument(
        "--latency", type=float, nargs="+", default=[0.0], help="milliseconds, such as 0 100"
    )
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--brands", type=int, default=10)
    options.add_argument("--reader", default="", help="a Python that has the package reader")
    options.add_argument("--only", nargs="+", default=[], help="of these programs alone")
    options.add_argument("--options", default="", help="of ereputation scan, such as '--workers 1'")
    given = options.parse_args()
    everybody: list[Peer] = [
        Ours(brands=tuple(BRANDS[: given.brands]), options=tuple(given.options.split())),
        Newsboat(), Sfeed(), Rss2email(), Reader(python=shutil.which(given.reader) or given.reader),
    ]  # fmt: skip
    peers = [peer for peer in everybody if not given.only or peer.name in {"ereputation", *given.only}]
    for peer in peers:
        if peer.missing():
            print(f"{peer.name} is left out; it is installed by: {peer.how}", file=sys.stderr)
    peers = [peer for peer in peers if not peer.missing()]
    for feeds in given.feeds:
        for latency in given.latency:
            each = argparse.Namespace(feeds=feeds, entries=given.entries, latency=latency)
            results: dict[str, dict[str, list[Spent]]] = {peer.name: defaultdict(list) for peer in peers}
            for _ in range(given.repeats):
                for peer in peers:
                    for scenario, spent in scenarios(peer, each).items():
                        results[peer.name][scenario].append(spent)
            print(
                f"\n{feeds:,} feeds of {given.entries} entries, {latency:g} ms latency, {given.brands} brands;"
            )
            print(
                f"feeds a second, medians of {given.repeats} runs in turn; CPU in the order of the columns\n"
            )
            show(results, feeds)


if __name__ == "__main__":
    main()
