"""Nothing that is a secret leaves the configuration: no output, no file, no request but the one it is for."""

import os
import stat

import pytest

from desk import HOUR, NOW, item, rss
from loopback import Answer

TOKENS = [
    "s3cr3t-user",
    "s3cr3t-pass",
    "s3cr3t-query",
    "s3cr3t-header",
    "s3cr3t-env",
    "s3cr3t-ping",
    "s3cr3t-hook",
]
COMMANDS = [
    ("scan", "--force"),
    ("scan", "--force", "--format", "json"),
    ("-v", "scan", "--force", "--format", "plain"),
    ("check",),
    ("check", "--format", "json"),
    ("check", "--offline"),
    ("search", "", "--format", "ndjson"),
    ("search", "Air", "--format", "table"),
    ("export",),
    ("export", "--format", "ndjson"),
    ("alerts",),
    ("alerts", "--format", "json"),
    ("sources",),
    ("sources", "--format", "json"),
    ("sources", "health"),
    ("clock",),
    ("show", "1"),
    ("scan", "--source", "nope"),
    ("backtest", "--since", "2d"),
]  # fmt: skip


@pytest.fixture
def secretive(desk, web, monkeypatch):
    """A configuration with a secret in every place that takes one, and servers that answer, refuse and repeat them."""
    monkeypatch.setenv("FEED_TOKEN", "s3cr3t-env")
    host = f"127.0.0.1:{web.port}"

    def echo(request):
        headers = ", ".join(f"{name}: {value}" for name, value in request.headers.items())
        return Answer(status=500, body=f"{request.path} {headers}".encode())

    relative = rss(
        item("Air France one", url="/relative"),
        item("Air France two", url="?p=1"),
        item("", "no link", url="#x"),
    )
    web.serve("/good", relative)
    web.serve(
        "/moved",
        status=301,
        headers={"Location": f"http://s3cr3t-user:s3cr3t-pass@{host}/good?token=s3cr3t-query"},
    )
    web.serve(
        "/far",
        status=302,
        headers={"Location": "ftp://s3cr3t-user:s3cr3t-pass@nowhere.invalid/?key=s3cr3t-query"},
    )
    web.serve("/bad", echo)
    web.serve("/page", b"<!doctype html><html><title>Log in</title></html>")
    desk.configure(
        {"name": "good", "url": f"http://s3cr3t-user:s3cr3t-pass@{host}/good?token=s3cr3t-query"},
        f"http://s3cr3t-user:s3cr3t-pass@{host}/bad?api_key=s3cr3t-query",
        f"http://s3cr3t-user:s3cr3t-pass@{host}/moved?access_token=s3cr3t-query",
        f"http://{host}/far?password=s3cr3t-query",
        f"http://{host}/page?auth=s3cr3t-query",
        {"url": f"http://{host}/none", "headers": {"Authorization": "Bearer s3cr3t-header", "X": "${FEED_TOKEN}"}},
        {"url": "http://s3cr3t-user:s3cr3t-pass@nowhere.invalid/feed?key=s3cr3t-query"},
        {"url": f"http://{host}/odd", "name": "odd", "headers": {"X-Token": "s3cr3t-header\r\nInjected: 1"}},
        notify=[{"kind": "webhook", "url": f"http://{host}/s3cr3t-hook", "secret": "s3cr3t-hook-key"}],
        monitoring={"ping": f"http://{host}/s3cr3t-ping", "textfile": "e.prom"},
    )  # fmt: skip
    return desk


def leaks(text):
    return [token for token in TOKENS if token in text]


def test_no_command_shows_a_secret(secretive):
    for step, command in enumerate(COMMANDS):
        at = (NOW + step * HOUR).isoformat()
        dated = () if command[0] == "show" or "health" in command else ("--now", at)
        ran = secretive.run(*command, *dated)
        assert not leaks(ran.out + ran.err), command
        assert "Traceback" not in ran.err


@pytest.mark.sqlite
def test_no_file_but_the_configuration_holds_a_secret(secretive):
    for step in range(4):
        secretive.scan(NOW + step * HOUR)
    secretive.run("export", "-o", "out.csv")
    files = [
        path for path in secretive.folder.rglob("*") if path.is_file() and path.name != "ereputation.yaml"
    ]
    assert {"ereputation.db", "ereputation.db.lock", "e.prom", "out.csv"} <= {path.name for path in files}
    for path in files:
        assert not leaks(path.read_bytes().decode("latin-1")), path.name


def test_the_secrets_reach_the_server_they_are_for_and_no_other(secretive, web):
    secretive.scan()
    by_path = {}
    for request in web.requests:
        by_path.setdefault(request.path.partition("?")[0], []).append(str(request.headers) + request.path)
    assert "s3cr3t-header" in by_path["/none"][0]
    assert "s3cr3t-env" in by_path["/none"][0]
    assert "s3cr3t-query" in by_path["/good"][0]
    assert not leaks(by_path["/s3cr3t-ping/start"][0].replace("s3cr3t-ping", ""))


@pytest.mark.parametrize("fault", ["every: often", "kind: feeed", "urk: x", "headers: 7"])
def test_a_configuration_that_is_refused_repeats_no_secret(desk, fault):
    (desk.folder / "ereputation.yaml").write_text(
        "brands: [{name: X}]\nsources:\n"
        "  - url: http://s3cr3t-user:s3cr3t-pass@x.example/feed?token=s3cr3t-query\n"
        f"    {fault}\n    headers: {{Authorization: s3cr3t-header}}\n"
        "notify: [{kind: webhook, url: s3cr3t-hook}]\nmonitoring: {ping: s3cr3t-ping}\n"
    )
    ran = desk.run("scan")
    assert ran.code == 2
    assert not leaks(ran.out + ran.err)


@pytest.mark.sqlite
@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_what_is_kept_is_for_its_owner_only(secretive):
    before = os.umask(0)
    try:
        secretive.scan()
        kept = {path.name: path for path in secretive.folder.glob("ereputation.db*")}
        assert {"ereputation.db", "ereputation.db.lock"} <= set(kept)
        assert {stat.S_IMODE(path.stat().st_mode) for path in kept.values()} == {0o600}
    finally:
        os.umask(before)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
@pytest.mark.parametrize(
    ("source", "mode", "warned"),
    [
        ({"url": "http://me:pass@x.example/feed"}, 0o644, True),
        ({"url": "http://x.example/feed?token=abc"}, 0o644, True),
        ({"url": "http://x.example/feed", "headers": {"Cookie": "abc"}}, 0o644, True),
        ({"url": "http://x.example/feed?token=${FEED_TOKEN}"}, 0o644, False),
        ({"url": "http://x.example/feed?page=2"}, 0o644, False),
        ({"url": "http://me:pass@x.example/feed"}, 0o600, False),
    ],
)
def test_check_warns_of_secrets_that_everybody_can_read(desk, monkeypatch, source, mode, warned):
    monkeypatch.setenv("FEED_TOKEN", "s3cr3t-env")
    desk.configure(source).chmod(mode)
    assert ("chmod 600" in desk.run("check", "--offline").out) == warned
