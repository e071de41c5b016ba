"""The programs a scan is measured against: how each is installed, set up, and run once over a list of feeds."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

_READER = """
import sys
from reader import make_reader
reader = make_reader(sys.argv[1])
for line in open(sys.argv[2]):
    reader.add_feed(line.strip(), exist_ok=True)
reader.update_feeds(scheduled=False, workers=16)
"""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A program under measure; ``command`` runs it once, in a folder that ``prepare`` made ready."""

    name: str
    how: str
    """How it is installed."""

    def missing(self) -> bool:
        return False

    def prepare(self, folder: Path, urls: list[str]) -> None:
        raise NotImplementedError

    def command(self, folder: Path) -> list[str]:
        raise NotImplementedError

    def environment(self, folder: Path) -> dict[str, str]:
        return {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""}


@dataclass(frozen=True, kw_only=True)
class Ours(Peer):
    name: str = "ereputation"
    how: str = "pip install ."
    brands: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    def prepare(self, folder: Path, urls: list[str]) -> None:
        lines = ["timezone: Europe/Paris", "brands:"]
        lines += [f'  - {{name: "{brand}", keywords: ["{brand}"]}}' for brand in self.brands]
        lines += ["sources:", *(f"  - {url}" for url in urls)]
        (folder / "ereputation.yaml").write_text("\n".join(lines), encoding="utf-8")

    def command(self, folder: Path) -> list[str]:
        config = str(folder / "ereputation.yaml")
        return [sys.executable, "-m", "ereputation", "scan", "-q", "-c", config, *self.options]

    def environment(self, folder: Path) -> dict[str, str]:  # noqa: ARG002 - as the others
        return {**os.environ}


@dataclass(frozen=True, kw_only=True)
class Newsboat(Peer):
    name: str = "newsboat"
    how: str = "apt-get install newsboat"

    def missing(self) -> bool:
        return shutil.which("newsboat") is None

    def prepare(self, folder: Path, urls: list[str]) -> None:
        (folder / "urls").write_text("\n".join(urls))
        (folder / "config").write_text("reload-threads 64\n")

    def command(self, folder: Path) -> list[str]:
        return [
            "newsboat", "-u", f"{folder}/urls", "-c", f"{folder}/cache.db", "-C", f"{folder}/config", "-x", "reload",
        ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Sfeed(Peer):
    name: str = "sfeed"
    how: str = "apt-get install sfeed curl"

    def missing(self) -> bool:
        return shutil.which("sfeed_update") is None or shutil.which("curl") is None

    def prepare(self, folder: Path, urls: list[str]) -> None:
        feeds = "\n".join(f"feed 'feed{n}' '{url}'" for n, url in enumerate(urls))
        (folder / "sfeedrc").write_text(f"sfeedpath='{folder}/feeds'\nmaxjobs=16\nfeeds() {{\n{feeds}\n}}\n")

    def command(self, folder: Path) -> list[str]:
        return ["sfeed_update", f"{folder}/sfeedrc"]


@dataclass(frozen=True, kw_only=True)
class Rss2email(Peer):
    name: str = "rss2email"
    how: str = "apt-get install rss2email"

    def missing(self) -> bool:
        return shutil.which("r2e") is None

    def prepare(self, folder: Path, urls: list[str]) -> None:
        lines = ["[DEFAULT]", "from = a@localhost", "to = b@localhost", "verbose = error", "user-agent = r2e"]
        for number, url in enumerate(urls):
            lines += [f"[feed.f{number}]", f"url = {url}"]
        (folder / "r2e.cfg").write_text("\n".join(lines))
        (folder / "r2e.json").unlink(missing_ok=True)

    def command(self, folder: Path) -> list[str]:
        return ["r2e", "-c", f"{folder}/r2e.cfg", "-d", f"{folder}/r2e.json", "run", "--no-send"]


@dataclass(frozen=True, kw_only=True)
class Reader(Peer):
    name: str = "reader"
    how: str = "python3 -m venv V && V/bin/pip install reader sgmllib3k, then --reader V/bin/python"
    python: str = ""

    def missing(self) -> bool:
        return not self.python or not Path(self.python).exists()

    def prepare(self, folder: Path, urls: list[str]) -> None:
        (folder / "urls").write_text("\n".join(urls))
        (folder / "update.py").write_text(_READER)

    def command(self, folder: Path) -> list[str]:
        return [self.python, f"{folder}/update.py", f"{folder}/reader.db", f"{folder}/urls"]


@dataclass(kw_only=True)
class Spent:
    """What one run took; memory is the proportional share of all its processes together, in MB."""

    seconds: float
    cpu: float
    memory: float
    code: int = field(default=0)
