"""The door to the network, against a real server on loopback."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import brotli
import pytest

from ereputation.errors import FetchError, NotYet
from ereputation.fetch import Fetcher, Limits, Response, Validators, redacted, trust
from ereputation.fetch.decode import Body
from ereputation.fetch.politeness import address_of, is_private
from ereputation.model import HostState
from loopback import Answer, Loopback

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GENERAL = Limits()
PAGE = b"<rss>" + b"hello " * 10_000


@pytest.fixture
def web():
    with Loopback() as server:
        yield server


def get(*urls: str, hosts=None, limits=GENERAL, contact="", **options):
    """One fetcher, these addresses in turn: what came back, errors included, and the hosts to remember."""

    async def run():
        async with Fetcher(now=NOW, contact=contact, hosts=hosts, limits=limits) as fetcher:
            answers: list[Response | FetchError] = []
            for url in urls:
                try:
                    answers.append(await fetcher.get(url, **options))
                except FetchError as error:
                    answers.append(error)
            return answers, fetcher.hosts

    return asyncio.run(run())


def one(url: str, **options):
    [answer], _ = get(url, **options)
    return answer


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(PAGE, mtime=0)),
        ("gzip", gzip.compress(PAGE[:100], mtime=0) + gzip.compress(PAGE[100:], mtime=0)),
        ("GZIP", gzip.compress(PAGE, mtime=0) + b"\0\0\0"),
        ("gzip", PAGE),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE)[2:-4]),
        ("br", brotli.compress(PAGE)),
        ("gzip, br", brotli.compress(gzip.compress(PAGE, mtime=0))),
        ("identity", PAGE),
        ("utf-8", PAGE),
    ],
)
def test_every_compression_is_undone(web, encoding, body):
    answer = one(web.serve("/", body, headers={"Content-Encoding": encoding, "ETag": '"1"'}))
    assert answer.body == PAGE
    assert answer.complete
    assert answer.validators == Validators(etag='"1"')


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress)]
)
@pytest.mark.parametrize("step", [1_000, 1_000_000])
def test_a_large_body_is_undone_to_its_last_byte_in_whatever_pieces_it_comes(encoding, pack, step):
    said = b"".join(b"%d squared is %d\n" % (n, n * n) for n in range(10_000))
    packed, body = pack(said), Body(encoding, 10_000_000)
    for start in range(0, len(packed), step):
        body.feed(packed[start : start + step])
    assert body.data == said
    assert body.complete


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(PAGE, mtime=0)[:60]),
        ("gzip", gzip.compress(PAGE, mtime=0)[:-9]),
        ("deflate", zlib.compress(PAGE)[:50]),
        ("br", brotli.compress(PAGE)[:9]),
    ],
)
def test_a_cut_compressed_body_is_incomplete_and_leaves_no_validators(web, encoding, body):
    headers = {"Content-Encoding": encoding, "ETag": '"1"', "Last-Modified": "Sun, 01 Mar 2026 00:00:00 GMT"}
    answer = one(web.serve("/", body, headers=headers))
    assert not answer.complete
    assert answer.validators == Validators()
    assert PAGE.startswith(answer.body)


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nETag: 1\r\nContent-Length: 100\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nETag: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ],
)
def test_a_connection_cut_in_the_middle_gives_what_came(web, raw):
    web.serve("/", raw=raw)
    answer = one(web.url())
    assert (answer.body, answer.complete, answer.validators) == (b"hello", False, Validators())


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b"x" * 2_000),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"0" * 50_000_000, mtime=0)),
        ({"Content-Encoding": "gzip, gzip"}, gzip.compress(gzip.compress(b"0" * 50_000_000, mtime=0))),
        ({"Content-Encoding": "br"}, brotli.compress(b"0" * 50_000_000, quality=1)),
    ],
)
def test_a_body_beyond_the_limit_is_refused_whatever_it_is_packed_in(web, headers, body):
    error = one(web.serve("/", body, headers=headers), limits=Limits(size=1_000))
    assert "larger than 0.001 MB" in str(error)


def test_a_bomb_of_bombs_is_refused(web):
    error = one(web.serve("/", PAGE, headers={"Content-Encoding": "gzip, gzip, gzip"}))
    assert "compressed 3 times over" in str(error)


ERRORS = [
    (Answer(status=403), "refuses automated readers (403)"),
    (Answer(status=404), "the address has changed"),
    (Answer(status=410), "remove this source"),
    (Answer(status=500), "the server is in trouble (500)"),
    (Answer(raw=b""), "not valid HTTP"),
    (Answer(raw=b"SSH-2.0-OpenSSH\r\n"), "not valid HTTP"),
    (Answer(raw=b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000 + b"\r\n\r\n"), "not valid HTTP"),
    (Answer(body=b"x", headers={"Content-Encoding": "zstd"}), 'compressed as "zstd"'),
    (Answer(body=b"\x1f\x8bxxxx" * 9, headers={"Content-Encoding": "gzip"}), "compressed body is damaged"),
    (Answer(status=302, headers={"Location": "file:///etc/passwd"}), "which is no web address"),
    (Answer(status=302, headers={"Location": "http://[x"}), "a redirect to none"),
    (Answer(status=302, headers={"Location": "/"}), "in a circle"),
]


@pytest.mark.parametrize(("answer", "sentence"), ERRORS)
def test_every_failure_is_a_sentence(web, answer, sentence):
    error = one(web.serve("/", answer))
    assert isinstance(error, FetchError)
    assert sentence in str(error)
    assert str(error).startswith(web.url())


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://nowhere.invalid/", "host not found"),
        ("http://127.0.0.1:1/", "connection refused"),
        ("http://localhost:1/", "connection refused"),
        ("http://[::1/", "not an address"),
        ("http://example.org:99999999/", "not an address"),
    ],
)
def test_no_connection_is_a_sentence_too(url, sentence):
    assert sentence in str(one(url))


@pytest.mark.parametrize("value", ["hush\n", "hush\u20ac"])
def test_a_header_that_cannot_be_sent_is_not_quoted(web, value):
    error = one(web.serve("/"), headers={"Authorization": value})
    assert "cannot be sent" in str(error)
    assert "hush" not in str(error)


def test_what_a_server_says_before_its_answer_is_passed_over(web):
    web.serve(
        "/",
        raw=b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    )
    assert one(web.url()).body == b"hello"


def test_an_answer_without_a_length_ends_with_the_connection(web):
    web.serve("/", raw=b"HTTP/1.0 200 OK\r\n\r\nhello")
    answer = one(web.url())
    assert (answer.body, answer.complete, answer.peer) == (b"hello", True, "127.0.0.1")


def test_plain_http_where_tls_is_due_is_told(web):
    assert "is it https at all?" in str(one(web.url().replace("http:", "https:")))


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [(Limits(read=0.1), "silent for 0.1 s"), (Limits(deadline=0.1), "no complete answer within 0.1 s")],
)
def test_a_server_that_never_answers_costs_a_bounded_time(web, limits, sentence):
    def never(_):
        web.wait(5)
        return Answer()

    assert sentence in str(one(web.serve("/", never), limits=limits))


def test_redirects_are_followed_and_permanent_ones_reported(web):
    web.serve("/a", b"here")
    web.serve("/for-good", status=301, headers={"Location": "/a"})
    web.serve("/for-now", status=302, headers={"Location": "/for-good"})
    [good, now], _ = get(web.url("/for-good"), web.url("/for-now"))
    assert (good.body, good.url, good.moved_to) == (b"here", web.url("/a"), web.url("/a"))
    assert (now.body, now.moved_to) == (b"here", "")


def test_redirects_are_counted(web):
    for step in range(9):
        web.serve(f"/{step}", status=302, headers={"Location": f"/{step + 1}"})
    assert "more than 5 redirects" in str(one(web.url("/0")))
    assert len(web.requests) == 6


def outside(host):
    """127.0.0.2 and feeds.example play the outside."""
    return host not in {"127.0.0.2", "feeds.example"} and is_private(host)


def asked(url):
    """What comes of one request, where some of this machine is the outside."""

    async def run():
        async with Fetcher(now=NOW, inside=outside) as fetcher:
            return await fetcher.get(url)

    return asyncio.run(run())


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/admin",
        "http://localhost:{port}/admin",
        "http://2130706433:{port}/admin",
        "http://0x7f.1:{port}/admin",
        "http://0.0.0.0:{port}/admin",
        "http://[::ffff:127.0.0.1]:{port}/admin",
        "http://me:pw@127.0.0.1:{port}/admin",
        "http://169.254.169.254/latest/meta-data",
        "http://[64:ff9b::a9fe:a9fe]/latest/meta-data",
        "http://printer.local/",
    ],
)
def test_no_redirect_leads_from_the_outside_to_the_inside(web, target):
    web.serve("/admin", b"the crown jewels")
    with Loopback("127.0.0.2") as stranger:
        stranger.serve("/", status=302, headers={"Location": target.format(port=web.port)})
        with pytest.raises(FetchError, match=r"private address|not valid HTTP"):
            asked(stranger.url())
    assert web.requests == []


def test_a_name_that_changes_its_address_between_two_looks_gets_no_request_inside(web, monkeypatch):
    """As the servers of an attacker do: a public address for who checks, a private one for who connects."""
    web.serve("/admin", b"the crown jewels")
    looks, real = [], socket.getaddrinfo

    def lying(host, port, *more, **options):
        if host in {"feeds.example", b"feeds.example"}:
            looks.append(host)
            host = "127.0.0.2" if len(looks) < 3 else "127.0.0.1"
        return real(host, port, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lying)
    with Loopback("127.0.0.2") as stranger:
        other = f"http://feeds.example:{web.port}/admin"
        stranger.serve("/", status=302, headers={"Location": other})
        stranger.serve("/same", b"of the outside")
        assert asked(f"http://feeds.example:{stranger.port}/same").body == b"of the outside"
        with pytest.raises(FetchError, match=r"private address feeds\.example"):
            asked(stranger.url())
    assert len(looks) == 3
    assert web.requests == []


def test_the_inside_may_redirect_to_the_inside(web):
    web.serve("/", status=302, headers={"Location": "/there"})
    web.serve("/there", b"here")
    assert asked(web.url()).body == b"here"


def test_another_origin_gets_no_headers_of_ours(web):
    with Loopback() as other:
        other.serve("/", b"hi")
        web.serve("/", status=302, headers={"Location": other.url()})
        one(web.url(), headers={"Authorization": "Bearer secret", "Cookie": "a=b"}, accept="text/xml")
        assert web.requests[0].headers["authorization"] == "Bearer secret"
        assert not {"authorization", "cookie"} & set(other.requests[0].headers)
        assert other.requests[0].headers["accept"] == "text/xml"


def test_validators_go_back_exactly_as_they_came_and_304_keeps_them(web):
    sent = Validators(etag='W/"a b"', modified="sunday")
    web.serve("/", status=304, headers={"ETag": '"new"'})
    answer = one(web.url(), validators=sent)
    assert (web.requests[0].headers["if-none-match"], web.requests[0].headers["if-modified-since"]) == (
        'W/"a b"',
        "sunday",
    )
    assert answer.not_modified
    assert answer.validators == Validators(etag='"new"')


def test_the_agent_is_honest_and_cookies_are_forgotten(web):
    web.serve("/", b"hi", headers={"Set-Cookie": "id=1"})
    get(web.url(), web.url(), contact="veille@example.fr")
    agent = web.requests[1].headers["user-agent"]
    assert agent.startswith("ereputation/")
    assert "contact: veille@example.fr" in agent
    assert "cookie" not in web.requests[1].headers
    assert web.requests[1].headers["accept-encoding"] == "gzip, deflate, br"


def test_a_server_that_asks_for_a_pause_gets_it(web):
    web.serve("/a", status=429, headers={"Retry-After": "120"})
    [first, second], hosts = get(web.url("/a"), web.url("/a"))
    assert isinstance(first, NotYet)
    assert isinstance(second, NotYet)
    assert first.retry_at == second.retry_at == NOW + timedelta(minutes=2)
    assert (first.status, second.status, web.count("/a")) == (429, 0, 1)
    assert hosts[address_of(web.url("/a"))].not_before == NOW + timedelta(minutes=2)


def test_on_this_machine_one_port_may_stand_for_many_sites(web):
    web.serve("/a", status=429, headers={"Retry-After": "120"})
    web.serve("/b", b"hi")
    [first, second], _ = get(web.url("/a"), web.url("/b"))
    assert isinstance(first, NotYet)
    assert second.body == b"hi"


def test_a_page_in_trouble_is_not_its_whole_site(web):
    web.serve("/a", status=503)
    web.serve("/b", b"hi")
    [first, second], _ = get(web.url("/a"), web.url("/b"))
    assert isinstance(first, NotYet)
    assert second.body == b"hi"


def test_a_refusal_that_names_a_time_is_a_pause(web):
    url = web.serve("/", status=403, headers={"Retry-After": "60"})
    assert one(url).retry_at == NOW + timedelta(minutes=1)


def test_a_pause_of_no_length_ends_with_the_run(web):
    web.serve("/a", status=503, headers={"Retry-After": "0"})
    [first, second], hosts = get(web.url("/a"), web.url("/a"))
    assert first.retry_at == NOW
    assert isinstance(second, NotYet)
    web.serve("/a", b"hi")
    assert one(web.url("/a"), hosts=hosts).body == b"hi"


def test_a_pause_is_kept_by_later_runs_until_it_is_over(web):
    domain = f"127.0.0.1:{web.port}"
    web.serve("/", b"hi")
    paused = HostState(domain=domain, not_before=NOW + timedelta(seconds=1), failures=3, last_status=429)
    assert isinstance(one(web.url(), hosts={domain: paused}), NotYet)
    [answer], hosts = get(web.url(), hosts={domain: replace(paused, not_before=NOW)})
    assert answer.body == b"hi"
    assert hosts[domain] == HostState(domain=domain, last_status=200)


def test_a_broken_address_is_left_alone_after_three_failures_but_its_neighbours_are_read(web):
    web.serve("/bad", status=500)
    web.serve("/good", b"hi")
    answers, hosts = get(*[web.url("/bad")] * 4, web.url("/good"))
    assert [type(answer) for answer in answers] == [FetchError, FetchError, FetchError, NotYet, Response]
    assert web.count("/bad") == 3
    rest = next(state for state in hosts.values() if state.failures)
    assert timedelta(minutes=6) < rest.not_before - NOW <= timedelta(minutes=8)


def test_a_dead_host_is_left_alone_after_three_failures():
    answers, hosts = get(*[f"http://127.0.0.1:1/{page}" for page in range(4)])
    assert isinstance(answers[3], NotYet)
    assert hosts["127.0.0.1:1"].failures == 3


def test_parameters_and_json_bodies_are_sent(web):
    web.serve("/", b"{}")

    async def run():
        async with Fetcher(now=NOW) as fetcher:
            await fetcher.get(web.url("/?a=1"), params={"q": "Air France", "n": 2})
            await fetcher.post_json(web.url(), {"user": "é"}, headers={"Authorization": "t"})

    asyncio.run(run())
    asked, posted = web.requests
    assert asked.path == "/?a=1&q=Air+France&n=2"
    assert (posted.method, posted.body, posted.headers["content-type"]) == (
        "POST",
        b'{"user": "\\u00e9"}',
        "application/json",
    )


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:pw@e.org/a?key=1&q=2&access_token=3#x", "https://e.org/a?key=***&q=2&access_token=***"),
        ("https://e.org/?apikey=1;sig=2", "https://e.org/?apikey=***;sig=***"),
        ("http://[::1", "http://[::1"),
        ("https://e.org/\x1b[31m\n", "https://e.org/[31m"),
        ("https://e.org/" + "a" * 500, "https://e.org/" + "a" * 185 + "…"),
    ],
)
def test_shown_addresses_hold_no_secret(url, shown):
    assert redacted(url) == shown


def test_errors_hold_no_secret(web):
    url = web.url("/x?token=hush").replace("://", "://me:hush@")
    assert "hush" not in str(one(url))


def test_what_verifies_nothing_believes_nobody():
    context = trust.nobody()
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.get_ca_certs() == []
