"""A user's folder for end-to-end tests: a configuration, feeds, and the commands typed in it."""

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import warnings
import zlib
from collections.abc import Mapping, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import pytest
import yaml

from ereputation.cli import main
from shared import SERVER, shared

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
"""A Tuesday at noon."""
HOUR = timedelta(hours=1)


def item(title="", text="", *, at=NOW - HOUR, guid=None, url=None, author=""):
    """An item of an RSS feed; the guid is the title unless said otherwise."""
    named = title or text[:40]
    url = f"https://paper.example/{zlib.crc32((guid or named).encode())}" if url is None else url
    parts = [
        f"<title>{escape(title)}</title>" if title else "",
        f"<link>{escape(url)}</link>" if url else "",
        f'<guid isPermaLink="false">{escape(guid or named)}</guid>',
        f"<pubDate>{format_datetime(at)}</pubDate>" if at else "",
        f"<dc:creator>{escape(author)}</dc:creator>" if author else "",
        f"<description>{escape(escape(text))}</description>",
    ]
    return f"<item>{''.join(parts)}</item>"


def rss(*items, title="Le Quotidien"):
    """An RSS document as bytes."""
    head = f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>{escape(title)}</title>'
    return f'<?xml version="1.0" encoding="utf-8"?>\n{head}{"".join(items)}</channel></rss>'.encode()


class Ran(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Fork:
    """A command in a fork of this process: a process of its own to kill, to wait for and to lock out, without the
    half second of a start. ``limit``: no file it writes may grow beyond so many bytes.
    """

    def __init__(self, desk: "Desk", arguments: Sequence[Any], limit: int | None = None) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it is read
        self._ran: Ran | None = None
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # our threads are servers, and hold nothing it needs
            self.pid = os.fork()
        if self.pid == 0:
            try:
                if limit is not None:
                    import resource  # POSIX only, as forks are

                    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
                ran = desk.run(*arguments)
                os.write(self._said.fileno(), json.dumps(ran).encode())
            finally:
                os._exit(0)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def finish(self, timeout: float = 60) -> Ran:
        """What it came to; the code is -9 when it was killed, by somebody or because it took too long."""
        if self._ran is None:
            clock = threading.Timer(timeout, self.kill)
            clock.start()
            os.waitpid(self.pid, 0)
            clock.cancel()
            with self._said:
                self._said.seek(0)
                said = self._said.read()
            self._ran = Ran(*json.loads(said)) if said else Ran(-signal.SIGKILL, "", "")
        return self._ran


@dataclass
class Desk:
    """Somebody's folder, and the commands they type in it."""

    folder: Path

    def run(self, *arguments: Any, stdin: str | bytes = "") -> Ran:
        """One command in this process; what it prints is captured as the bytes it would have written."""
        given = io.BytesIO(stdin.encode() if isinstance(stdin, str) else stdin)
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="", write_through=True) for _ in range(2))
        with (
            chdir(self.folder),
            redirect_stdout(out),
            redirect_stderr(err),
            pytest.MonkeyPatch.context() as patch,
            io.TextIOWrapper(given, "utf-8") as source,
        ):
            patch.setattr(sys, "stdin", source)
            code = main([str(argument) for argument in arguments])
        return Ran(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))

    def start(
        self, *arguments: Any, env: Mapping[str, str] | None = None, **more: Any
    ) -> subprocess.Popen[str]:
        """The same in a process of its own, for signals, pipes and locks; ``env`` is added to ours."""
        return subprocess.Popen(
            [sys.executable, "-m", "ereputation", *(str(argument) for argument in arguments)],
            cwd=self.folder,
            env={**os.environ, **(env or {})},
            text=True,
            encoding="utf-8",
            errors="replace",
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more,
        )

    def fork(self, *arguments: Any, limit: int | None = None) -> Fork:
        """The same in a fork of this process, started at once and not waited for."""
        return Fork(self, arguments, limit)

    def feed(self, name: str, *items: str) -> str:
        """Write (again) a feed in a file; gives its URL."""
        path = self.folder / f"{name}.xml"
        path.write_bytes(rss(*items, title=name))
        return path.as_uri()

    def configure(self, *sources: Any, brands: Sequence[Any] = ("Air France",), **more: Any) -> Path:
        """Write ``ereputation.yaml``: brands by name or as mappings, sources by URL or as mappings."""
        content = {
            "timezone": "Europe/Paris",
            "contact": "desk@example.org",
            **({"database": shared(self.folder / "ereputation.db").url} if SERVER else {}),
            "brands": [b if isinstance(b, dict) else {"name": b} for b in brands],
            "sources": list(sources),
            **more,
        }
        path = self.folder / "ereputation.yaml"
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return path

    def scan(self, now: datetime = NOW, *arguments: Any) -> dict[str, Any]:
        """One scan as JSON; its exit code under ``code``."""
        ran = self.run("scan", "--now", now.isoformat(), "--format", "json", *arguments)
        assert ran.out, ran.err
        return {**ran.json, "code": ran.code}

    def outcome(self, now: datetime = NOW, *arguments: Any) -> dict[str, Any]:
        """The outcome of the only source in one scan, with the scan's ``code``."""
        scanned = self.scan(now, *arguments)
        (outcome,) = scanned["outcomes"]
        return {**outcome, "code": scanned["code"]}

    def found(self, query: str = "", *arguments: Any) -> list[dict[str, Any]]:
        """What ``search`` finds, as records."""
        return self.run("search", query, "--format", "ndjson", "--now", NOW.isoformat(), *arguments).lines

    def titles(self, query: str = "", *arguments: Any) -> list[str]:
        """The titles of what ``search`` finds, in its order."""
        return [document["title"] for document in self.found(query, *arguments)]
