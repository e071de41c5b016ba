"""Every way a source can misbehave, beside sources that do not: what is said, what it costs, and that nobody else pays."""

# ruff: noqa: ARG005 - every entry of the table is called alike

import gc
import gzip
import json
import socket
import subprocess
import sys
import zlib
from contextlib import ExitStack
from dataclasses import dataclass

import brotli
import pytest

from desk import HOUR, NOW, Desk, item, rss
from loopback import Answer, Loopback

MEGABYTE = 1_000_000
LIMITS = {"timeout": "1s", "deadline": "2s"}
FEED = rss(item("Air France one"), item("Air France two"), item("Air France three"))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
LENGTH = b"Content-Length: %d\r\n\r\n" % len(FEED)
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><rss version='2.0'><channel><item><title>&j;</title></item></channel></rss>"
)
QUADRATIC = b'<!DOCTYPE r [<!ENTITY a "%s">]>' % (b"a" * 50_000) + rss(item("&a;" * 1000))
OUTSIDE = b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss(item("x")).replace(b"x", b"&a;")
INCLUDED = b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">' + FEED.partition(b"\n")[2]


def packed(body, *names):
    for name in names:
        body = {"gzip": gzip.compress, "br": brotli.compress, "deflate": zlib.compress}[name](body)
    return Answer(body=body, headers={"Content-Encoding": ", ".join(names)})


def slowly(web, first, rest=b"", pause=0.2):
    """``first`` at once; then ``rest`` byte by byte, or nothing more."""

    def pieces():
        yield first
        for byte in rest or b" ":
            if not web.wait(pause if rest else 30):
                yield bytes([byte])

    return Answer(pieces=pieces)


def endless(web, block, length=b""):
    def pieces():
        yield HEAD + length + b"\r\n" + FEED[:200]
        while not web.wait():
            yield block

    return Answer(pieces=pieces)


def deep(tag):
    return rss(f"<item><title>x</title>{f'<{tag}>' * 50_000}{f'</{tag}>' * 50_000}</item>")


@dataclass(frozen=True)
class Fault:
    """What a server does at ``/bad``; ``said`` must be told, and ``read`` is how many documents come of it."""

    make: object
    said: str = ""
    read: int | None = None
    slow: bool = False


FAULTS = {
    "silent after the request": Fault(lambda web: slowly(web, b""), "silent for 1 s", slow=True),
    "silent after the status": Fault(lambda web: slowly(web, HEAD[:17]), "silent for 1 s", slow=True),
    "silent after the head": Fault(lambda web: slowly(web, HEAD + LENGTH), "silent for 1 s", slow=True),
    "silent in the body": Fault(lambda web: slowly(web, HEAD + LENGTH + FEED[:500]), "cut", 1, slow=True),
    "a head that drips": Fault(lambda web: slowly(web, b"", HEAD + LENGTH), "within 2 s", slow=True),
    "a body that drips": Fault(lambda web: slowly(web, HEAD + LENGTH, FEED), "within 2 s", slow=True),
    "reset before the head": Fault(lambda web: Answer(raw=b"", reset=True), "reset"),
    "reset in the body": Fault(lambda web: Answer(raw=HEAD + LENGTH + FEED[:500], reset=True), "cut", 1),
    "closed in the body": Fault(lambda web: Answer(raw=HEAD + LENGTH + FEED[:500]), "cut", 1),
    "no HTTP": Fault(lambda web: Answer(raw=b"\xff\xfe\x00 SSH-2.0\r\n\r\n"), "not valid HTTP"),
    "a broken chunk": Fault(
        lambda web: Answer(raw=HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss \r\nZZ\r\nboom"), ""
    ),
    "a megabyte of headers": Fault(
        lambda web: Answer(raw=HEAD + b"X-Pad: %b\r\n" % (b"p" * 900) * 1000 + LENGTH + FEED), "not valid HTTP"
    ),
    "a circle": Fault(
        lambda web: lambda request: Answer(status=302, headers={"Location": request.path}), "redirects in a circle"
    ),
    "a chain without end": Fault(
        lambda web: lambda request: Answer(status=302, headers={"Location": f"{request.path}?"}), "redirects"
    ),
    "a redirect to a file": Fault(
        lambda web: Answer(status=302, headers={"Location": "file:///etc/passwd"}), "no web address"
    ),
    "a redirect to nowhere": Fault(lambda web: Answer(status=302, headers={"Location": "http://[::"}), "not valid HTTP"),
    "no end": Fault(lambda web: endless(web, b"<item><title>x</title></item>\n" * 3000), "10 MB"),
    "a gigabyte": Fault(
        lambda web: endless(web, b"<item><title>x</title></item>\n" * 3000, b"Content-Length: 1073741824\r\n"), "10 MB"
    ),
    "a gzip bomb": Fault(lambda web: packed(b"\0" * 40 * MEGABYTE, "gzip"), "10 MB"),
    "a brotli bomb": Fault(lambda web: packed(b"\0" * 40 * MEGABYTE, "br"), "10 MB"),
    "a nested bomb": Fault(lambda web: packed(b"\0" * 40 * MEGABYTE, "gzip", "gzip"), "10 MB"),
    "a bomb in a file": Fault(lambda web: Answer(body=gzip.compress(b" " * 40 * MEGABYTE)), "10 MB"),
    "three layers": Fault(lambda web: packed(FEED, "gzip", "br", "gzip"), "3 times"),
    "an unknown encoding": Fault(lambda web: Answer(body=FEED, headers={"Content-Encoding": "zstd"}), "zstd"),
    "a damaged body": Fault(
        lambda web: Answer(body=gzip.compress(FEED)[:30] + b"x" * 99, headers={"Content-Encoding": "gzip"}), "damaged"
    ),
    "a billion laughs": Fault(lambda web: Answer(body=LAUGHS), "XML bomb"),
    "a quadratic bomb": Fault(lambda web: Answer(body=QUADRATIC), "XML bomb"),
    "a foreign entity": Fault(lambda web: Answer(body=OUTSIDE), "XML bomb"),
    "a foreign DTD": Fault(lambda web: Answer(body=INCLUDED), "", 3),
    "deep XML": Fault(lambda web: Answer(body=deep("a")), "", 1),
    "deep JSON": Fault(lambda web: Answer(body=b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * MEGABYTE)),
    "a million line breaks": Fault(lambda web: Answer(body=rss(item("x", "\n" * 5 * MEGABYTE))), "", 1),
    "a title of 9 MB": Fault(lambda web: Answer(body=rss(item("x" * 9 * MEGABYTE, guid="g"))), "", 1),
    "a title of 11 MB": Fault(lambda web: Answer(body=rss(item("x" * 11 * MEGABYTE, guid="g"))), "10 MB"),
    "ids of 1 MB": Fault(lambda web: Answer(body=rss(*(item(f"t{n}", guid="i" * MEGABYTE + str(n)) for n in range(3)))), "", 3),
    "100,000 entries": Fault(
        lambda web: Answer(body=rss("<item><title>x</title></item>" * 50_000 + "<item><guid>a</guid></item>" * 50_000)),
        "5000", 5000,
    ),
    "NULs": Fault(lambda web: Answer(body=FEED.replace(b"o", b"\0o\0")), "", 3),
    "nothing but NULs": Fault(lambda web: Answer(body=b"\0" * MEGABYTE), "empty"),
    "mixed line ends": Fault(lambda web: Answer(body=FEED.replace(b"><", b">\r\r\n<")), "", 3),
    "a lying charset": Fault(lambda web: Answer(body=FEED, headers={"Content-Type": "text/xml; charset=utf-16"}), "", 3),
    "an unknown charset": Fault(lambda web: Answer(body=FEED.replace(b"utf-8", b"klingon")), "", 3),
    "UTF-16 that says UTF-8": Fault(lambda web: Answer(body=FEED.decode().encode("utf-16")), "", 3),
    "a broken tag in much markup": Fault(lambda web: Answer(body=rss("<item>" + "<a>" * 90_000 + "</item>")), "malformed XML"),
    "markup without end": Fault(lambda web: Answer(body=rss("<item>" + "<a/>" * 300_000 + "</item>")), "more markup"),
    "sections without end": Fault(lambda web: Answer(body=rss(item("x").replace("x", "<![CDATA[x]]>" * 200_000))), "more markup"),
    "JSON without end": Fault(
        lambda web: Answer(body=b'{"version": "https://jsonfeed.org/version/1", "items": [%b{}]}' % (b"{}," * 3 * MEGABYTE)),
        "more values",
    ),
    "attributes without end": Fault(
        lambda web: Answer(body=rss("<item><a " + " ".join(f'x{n}="1"' for n in range(9999)) + "/></item>")), "more markup"
    ),
}  # fmt: skip


def bystanders(desk, web, other):
    """Three sources that work: two on the server of the fault, one elsewhere."""
    places = (web.serve("/one", FEED), web.serve("/two", FEED), other.serve("/three", FEED))
    return [{"name": f"good {n}", "url": url} for n, url in enumerate(places)]


def check(outcome, fault):
    expected = ("failed", 0) if fault.read is None else ("read", fault.read)
    assert (outcome["status"], outcome["documents"]) == expected, outcome
    assert outcome["error"] or fault.read
    said = f"{outcome['error'] or ''} {outcome.get('warning') or ''}"
    assert fault.said in said
    assert "\n" not in said
    assert len(said) < 500


@pytest.fixture
def other():
    with Loopback() as site:
        yield site


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://nowhere.invalid/feed", "host not found"),
        ("http://127.0.0.1:9/feed", "connection refused"),
        ("https://127.0.0.1:{port}/feed", "no secure connection"),
        ("http://127.0.0.1:{port}\udc80/feed", ""),
        ("http://" + "a" * 300 + ".example/feed", ""),
        ("http://xn--a.example:99999/feed", ""),
    ],
    ids=["no such host", "refused", "no TLS", "a stray byte", "a label too long", "no such port"],
)
def test_an_address_that_leads_nowhere_is_named_and_harms_nobody(desk, web, other, address, said):
    address = address.replace("{port}", str(web.port)).replace("\udc80", "%80")
    desk.configure({"name": "bad", "url": address}, *bystanders(desk, web, other), fetch=LIMITS)
    outcome, *good = desk.scan()["outcomes"]
    check(outcome, Fault(None, said))
    assert [o["status"] for o in good] == ["read"] * 3


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # asyncio closes half a TLS greeting late
def test_a_server_that_accepts_and_never_speaks_is_given_up(desk, web, other):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}/feed"
        desk.configure({"name": "bad", "url": url}, *bystanders(desk, web, other), fetch=LIMITS)
        outcome, *good = desk.scan()["outcomes"]
    gc.collect()
    assert outcome["status"] == "failed"
    assert [o["status"] for o in good] == ["read"] * 3


PEAK = r"""
import os, re, sys
from ereputation.cli import main
code = main(sys.argv[1:])
if os.path.exists("/proc"): print(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1], file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """One scan of all faults at once, each beside sources that work: its outcomes, exit code and peak of memory."""
    desk = Desk(tmp_path_factory.mktemp("faults"))
    with ExitStack() as stack:
        servers = [stack.enter_context(Loopback()) for _ in range(4)]
        sources = []
        for place, (name, fault) in enumerate(FAULTS.items()):
            # Two at a time are asked on one server: those that take their time have others for themselves.
            web = servers[place % 3 + 1] if fault.slow else servers[0]
            sources.append({"name": name, "url": web.serve(f"/bad{place}", fault.make(web))})
        desk.configure(*sources, *bystanders(desk, servers[0], servers[1]), fetch=LIMITS)
        arguments = [sys.executable, "-c", PEAK, "scan", "--format", "json"]
        ran = subprocess.run(
            arguments, cwd=desk.folder, capture_output=True, text=True, timeout=60, check=False
        )
    outcomes = {outcome["source"]: outcome for outcome in json.loads(ran.stdout)["outcomes"]}
    return outcomes, ran.returncode, ran.stderr


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_and_yields_what_can_be_had(everything, name):
    check(everything[0][name], FAULTS[name])


def test_sources_on_the_server_of_the_faults_and_elsewhere_are_read_whole(everything):
    outcomes, code, _ = everything
    good = [outcome for name, outcome in outcomes.items() if name.startswith("good")]
    assert [(o["status"], o["documents"]) for o in good] == [("read", 3)] * 3
    assert code == 3


@pytest.mark.skipif(sys.platform != "linux", reason="where /proc tells the peak")
def test_all_faults_at_once_fit_into_bounded_memory(everything):
    assert int(everything[2].split()[-1]) < 250_000


def test_a_feed_cut_at_every_byte_gives_its_whole_entries_or_says_why_not(desk):
    whole = rss(item("one", "é"), item("two", guid="2"))
    ends = [whole.index(b"</item>"), whole.rindex(b"</item>")]
    sources = []
    for cut in range(len(whole)):
        path = desk.folder / f"{cut}.xml"
        path.write_bytes(whole[:cut])
        sources.append({"name": str(cut), "url": path.as_uri()})
    desk.configure(*sources)
    for outcome in desk.scan()["outcomes"]:
        entries = sum(int(outcome["source"]) >= end + len(b"</item>") for end in ends)
        assert outcome["documents"] == entries
        assert outcome["status"] == ("read" if entries else "failed")
        assert (
            outcome["error"]
            or outcome.get("warning")
            or "</channel" in whole[: int(outcome["source"])].decode("utf-8", "replace")
        )


def test_a_fault_that_ends_leaves_nothing_behind(desk, web):
    desk.configure({"name": "press", "url": web.serve("/feed", FEED[:500])})
    assert desk.outcome()["documents"] == 1
    web.serve("/feed", FEED)
    assert desk.outcome(NOW + HOUR)["new"] == 2
