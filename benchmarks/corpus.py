"""Two thousand feed documents, sound and broken, through one real scan on loopback; never part of the test suite.

usage: python benchmarks/corpus.py [--count 2000] [--seed 1] [--verbose] [FOLDER ...]

Every file of FOLDER (default: ../shared/samples/feeds) is a document; where the folder has a ``MANIFEST.jsonl``, what it
states of a document is checked. Up to ``--count``, they are served again as the web breaks them: cut, compressed,
in another encoding, with a charset that lies, behind junk. Told in the end: what crashed, what had no sentence, what
says otherwise than stated, the slowest documents, the time, and the peak of the scan's memory. Exit code 1 when a
promise is broken: a crash, a wrong fact, 250 MB, or a document without documents and without a sentence.
"""

from __future__ import annotations

import argparse
import codecs
import gzip
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli

from ereputation.errors import ContentError
from ereputation.sources.encodings import decode
from ereputation.sources.feed.parse import parse

NOW = datetime(2026, 11, 29, tzinfo=UTC)
MOST_MEMORY = 250.0  # MB
SLOW = 5.0  # seconds of one document
_LAUGHS = b"<!DOCTYPE r [" + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
_SCAN = """
import re, sys
from pathlib import Path
from ereputation.cli import main
code = main(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1], file=sys.stderr)
sys.exit(code)
"""  # the peak of this very program: what wait4 tells counts the fork of whoever started it
ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "cp037")
NARROW = (
    "iso-8859-1",
    "windows-1252",
    "iso-8859-15",
    "koi8-r",
    "shift_jis",
    "gb18030",
    "big5",
    "euc-kr",
    "cp1251",
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A document as it is served, and what must come of it."""

    name: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    """``entries`` and ``first_title``, where something is stated and nothing took it away."""


def renamed(text: str, encoding: str) -> bytes | None:
    """``text`` in ``encoding``, and saying so; None where it cannot be written in it."""
    declared, _, rest = (
        text.partition("?>") if text.lstrip("\ufeff \n").startswith("<?xml") else ("", "", text)
    )
    quote = f'<?xml version="1.0" encoding="{encoding}"?>'
    try:
        return (quote + (rest if declared else text)).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return None


def sound(case: Case) -> list[Case]:
    """The same document in other clothes: whatever is stated of it still holds."""
    body, name = case.body, case.name
    if body[:2] in {b"\x1f\x8b", b"\x78\x9c", b"\x78\xda"}:
        return []
    found = [
        ("gzip", gzip.compress(body), {"Content-Encoding": "gzip"}),
        ("br", brotli.compress(body, quality=4), {"Content-Encoding": "br"}),
        ("deflate", zlib.compress(body), {"Content-Encoding": "deflate"}),
        ("raw deflate", zlib.compress(body)[2:-4], {"Content-Encoding": "deflate"}),
        ("gz file", gzip.compress(body), {"Content-Type": "application/gzip"}),
        ("HTTP says Latin-1", body, {"Content-Type": "text/xml; charset=iso-8859-1"}),
        ("HTTP says UTF-16", body, {"Content-Type": "text/xml; charset=utf-16"}),
        ("HTTP says klingon", body, {"Content-Type": "text/xml; charset=x-klingon"}),
        ("HTTP says HTML", body, {"Content-Type": "text/html"}),
        ("HTTP says nothing", body, {}),
        ("blank head", body if b"\0" in body[:99] else b"\r\n\n \t" + body, {}),
        ("NUL tail", body + b"\0" * 500, {}),
        ("junk tail", body + b"\n<!-- cached 0.02 s -->\n<script>/**/</script>", {}),
    ]
    text, encoding = decode(body)
    if encoding in {"utf-8", "ascii"}:
        found.append(("double BOM", codecs.BOM_UTF8 * 2 + text.encode(), {}))
    if text.lstrip().startswith("<"):
        found.append(("PHP warning", b"<br />\n<b>Warning</b>: header() in x.php on line 3\n" + body, {}))
    if encoding in {"utf-8", "ascii"} and "<" in text[:300]:
        written = {one: renamed(text, one) for one in (*ENCODINGS, *NARROW)}
        found += [(one, made, {}) for one, made in written.items() if made]
    return [
        Case(name=f"{name} + {how}", body=made, headers=headers, facts=case.facts)
        for how, made, headers in found
    ]


def stirred(body: bytes, chance: random.Random) -> bytes:
    """The same bytes in another order."""
    for _ in range(10):
        a, b, c = sorted(chance.randrange(len(body) + 1) for _ in range(3))
        body = body[:a] + body[b:c] + body[a:b] + body[c:]
    return body


def broken(case: Case, chance: random.Random) -> list[Case]:
    """The same document damaged: it may say less, but never crash, hang or stay silent."""
    body, size = case.body, len(case.body)
    at = chance.randrange(size or 1)
    noisy = bytes(chance.randrange(256) if chance.random() < 0.003 else byte for byte in body[:200_000])
    made = [
        ("cut", body[:at]),
        ("head gone", body[at:]),
        ("middle gone", body[: at // 2] + body[at:]),
        ("noise", noisy),
        ("stirred", stirred(body, chance)),
        ("NULs", body.replace(b" ", b"\0 ", 5000)),
        ("controls", body.replace(b"e", b"\x08e\x1b[31m", 300)),
        ("CR only", body.replace(b"\r\n", b"\n").replace(b"\n", b"\r")),
        ("mixed line ends", body.replace(b"\n", b"\r\r\n\x0b")),
        ("stray bytes", body.replace(b"a", b"\xe9", 200)),
        ("UTF-7", decode(body)[0][:300_000].encode("utf-7", "replace")),
        ("gzip cut", gzip.compress(body)[: 9 + at % 90]),
        ("twice", body + body),
        ("bomb", _LAUGHS + b"]>" + body.partition(b"?>")[2].replace(b"</title>", b"&j;</title>")),
        ("no closing tags", body.replace(b"</", b"<")),
        ("ampersands", body.replace(b" ", b" & ", 3000)),
        ("deep", body.replace(b"<title>", b"<title>" + b"<b>" * 3000, 20)),
        ("giant title", body.replace(b"<title>", b"<title>" + b"x " * 500_000, 2)),
    ]
    return [Case(name=f"{case.name} ! {how}", body=one) for how, one in made]


def documents(folder: Path) -> list[Case]:
    """Every file of a folder."""
    manifest = folder / "MANIFEST.jsonl"
    stated = {}
    if manifest.exists():
        rows = (json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines())
        stated = {row["file"]: row["facts"] or {} for row in rows}
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != manifest)
    return [
        Case(name=str(path.relative_to(folder)), body=path.read_bytes(), facts=stated.get(path.name, {}))
        for path in files
    ]


def chosen(folders: list[Path], count: int, seed: int) -> list[Case]:
    """The documents as they are, then in other clothes and broken, each kind in its turn."""
    chance = random.Random(seed)
    plain = [case for folder in folders for case in documents(folder)]
    more = [
        one for case in plain if len(case.body) < 1_000_000 for one in (*sound(case), *broken(case, chance))
    ]
    chance.shuffle(more)
    return [*plain, *more[: max(0, count - len(plain))]]


class Web(ThreadingHTTPServer):
    """The cases by number, on loopback."""

    daemon_threads = True
    cases: list[Case]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        assert isinstance(self.server, Web)
        case = self.server.cases[int(self.path.rpartition("/")[2])]
        self.send_response(200)
        for name, value in case.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(case.body)))
        self.end_headers()
        try:
            self.wfile.write(case.body)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """The report is what is read."""


def scanned(cases: list[Case]) -> tuple[list[dict[str, Any]], str, float, float, int]:
    """One scan of all: its outcomes, what it said on standard error, seconds, peak MB, exit code."""
    web = Web(("127.0.0.1", 0), Handler)
    web.cases = cases
    threading.Thread(target=web.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        lines = [
            json.dumps({"name": str(number), "url": f"http://127.0.0.1:{web.server_port}/{number}"})
            for number in range(len(cases))
        ]
        listed = "".join(f"  - {line}\n" for line in lines)
        config = Path(name, "e.yaml")
        config.write_text(
            f"contact: a@b.fr\nbrands: [{{name: Orange}}]\nsources:\n{listed}", encoding="utf-8"
        )
        began = time.monotonic()
        with Path(name, "out").open("w+b") as out, Path(name, "err").open("w+b") as err:
            code = subprocess.run(
                [sys.executable, "-c", _SCAN, "scan", "-c", str(config), "--format", "json"],
                stdout=out,
                stderr=err,
                check=False,
            ).returncode
            out.seek(0)
            said = out.read()
            err.seek(0)
            *said_of, peak = err.read().decode("utf-8", "replace").splitlines() or ["0"]
    web.shutdown()
    outcomes = json.loads(said)["outcomes"] if said else []
    return outcomes, "\n".join(said_of), time.monotonic() - began, int(peak) / 1000, code


def misread(case: Case) -> str:
    """What the parser says otherwise than stated; empty when nothing."""
    facts = case.facts
    try:
        parsed = parse(
            case.body,
            url="http://127.0.0.1/feed",
            now=NOW,
            source="s",
            content_type=case.headers.get("Content-Type", ""),
        )
    except ContentError as error:
        return str(error)
    if len(parsed.documents) != facts["entries"]:
        return f"{facts['entries']} entries are stated, {len(parsed.documents)} were read"
    return ""


def slowest(cases: list[Case], most: int = 5) -> list[tuple[float, str]]:
    """CPU seconds of the documents that need most, alone; and whatever is no sentence."""
    taken = []
    for case in cases:
        began = time.process_time()
        try:
            parse(
                case.body,
                url="http://127.0.0.1/feed",
                now=NOW,
                source="s",
                content_type=case.headers.get("Content-Type", ""),
            )
        except ContentError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            print(f"CRASH {case.name}: {error!r}")
            taken.append((1e9, case.name))
        taken.append((time.process_time() - began, case.name))
    return sorted(taken, reverse=True)[:most]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folders", nargs="*", type=Path)
    asked.add_argument("--count", type=int, default=2000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--verbose", action="store_true")
    options = asked.parse_args()
    shared = Path(__file__).resolve().parents[2] / "shared" / "samples" / "feeds"
    cases = chosen(options.folders or [shared], options.count, options.seed)
    outcomes, complaints, seconds, memory, code = scanned(cases)
    by_status: dict[str, int] = {}
    bad = (
        [f"the scan says: {complaints[-2000:]}"]
        if "Traceback" in complaints or len(outcomes) != len(cases)
        else []
    )
    for outcome in outcomes:
        case = cases[int(outcome["source"])]
        by_status[outcome["status"]] = by_status.get(outcome["status"], 0) + 1
        told = outcome["error"] or outcome.get("warning") or ""
        if options.verbose and told:
            print(f"{case.name}: {told}")
        if outcome["status"] == "failed" and not outcome["error"]:
            bad.append(f"{case.name}: failed without a sentence")
        if "entries" in case.facts and outcome["documents"] != case.facts["entries"]:
            plain = "" if "Content-Encoding" in case.headers else misread(case)
            bad.append(f"{case.name}: {plain or 'not as stated'}: {outcome['documents']} documents; {told}")
    checked = sum("entries" in case.facts for case in cases)
    slow = slowest([case for case in cases if "Content-Encoding" not in case.headers])
    bad += [f"{name}: {spent:.1f} s of CPU" for spent, name in slow if spent > SLOW]
    if memory > MOST_MEMORY:
        bad.append(f"{memory:.0f} MB at the peak")
    print(*bad, sep="\n")
    print(f"documents {len(cases)}, facts checked {checked}, exit code {code}, {by_status}")
    print(
        f"seconds {seconds:.1f}, peak memory {memory:.0f} MB, slowest {[(round(s, 2), n) for s, n in slow]}"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
