"""Against ``mastodon-mock``, a server that keeps state: what people post there is what we read. Skipped without it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from importlib.util import find_spec
from urllib.error import URLError
from urllib.parse import urlencode

import pytest

import social
from ereputation.clock import names, parent
from ereputation.errors import ContentError, FetchError, NotYet
from ereputation.sources import Mastodon
from social import guids

pytestmark = pytest.mark.skipif(find_spec("mastodon_mock") is None, reason="mastodon-mock is not installed")

SEED = """
[[seed.accounts]]
username = "ada"
display_name = "Ada"
access_token = "ada-t0ken"
[[seed.accounts]]
username = "acme"
display_name = "Acme"
access_token = "acme-t0ken"
"""


class Server:
    """A running server and its people."""

    def __init__(self, address: str) -> None:
        self.address = address

    def call(self, path: str, token: str = "", method: str = "POST", **fields):
        data = urlencode(fields).encode() if fields else None
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(f"{self.address}{path}", data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as said:
            return json.load(said)

    def post(self, person: str, status: str, **fields):
        return self.call("/api/v1/statuses", f"{person}-t0ken", status=status, **fields)

    def fault(self, path: str, **effect) -> None:
        """Once, instead of an answer."""
        rule = {"match": {"methods": ["GET"], "path": path}, "effect": effect, "count": 1}
        request = urllib.request.Request(
            f"{self.address}/api/v1/_mock/faults",
            data=json.dumps(rule).encode(),
            headers={"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()

    def source(self, **settings) -> Mastodon:
        return Mastodon(server=self.address, **settings)


def read(source, **options):
    """A visit now: the server dates what is posted by its own clock."""
    return social.read(source, now=datetime.now(UTC), **options)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mastodon")
    (folder / "mock.toml").write_text(SEED)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mastodon_mock", "serve", "--config", "mock.toml", "--in-memory"]
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield _ready(Server(f"http://127.0.0.1:{port}"), process)
        finally:
            process.terminate()


def _ready(server: Server, process: subprocess.Popen[bytes]) -> Server:
    for _ in range(600):
        try:
            server.call("/api/v1/instance", method="GET")
        except (URLError, OSError):
            if process.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return server
    pytest.skip("mastodon-mock does not start here")


def test_two_scans_of_a_hashtag_bring_everything_once(server):
    source = server.source(hashtag="flood")
    posted = {server.post("ada", f"number {n} #flood")["uri"] for n in range(5)}
    first = read(source)
    assert set(guids(first)) == posted
    posted |= {server.post("ada", f"number {n} #flood")["uri"] for n in range(5, 60)}
    second = read(source, state=first.state)
    assert set(guids(first, second)) == posted
    assert not second.possible_gap
    assert not set(guids(read(source, state=second.state))) - posted


def test_a_complaint_and_its_answer_find_each_other(server):
    complaint = server.post("ada", "Three hours late, @acme? #acme")
    server.post("acme", "@ada We are on it.", in_reply_to_id=complaint["id"], visibility="unlisted")
    heard = next(one for one in read(server.source(hashtag="acme")).documents if one.guid == complaint["uri"])
    answered = next(
        one for one in read(server.source(account="acme")).documents if one.text.endswith("on it.")
    )
    assert parent(answered) in names(heard)
    assert (heard.author_name, answered.author_name) == ("Ada", "Acme")
    told = read(server.source(notifications=True, token="acme-t0ken"))
    assert complaint["uri"] in guids(told)


def test_an_edit_is_the_same_toot_with_another_text(server):
    toot = server.post("ada", "Acme is greta #edited")
    first = read(server.source(hashtag="edited"))
    server.call(f"/api/v1/statuses/{toot['id']}", "ada-t0ken", method="PUT", status="Acme is great #edited")
    (after,) = read(server.source(hashtag="edited"), state=first.state).documents
    assert (after.guid, after.text) == (first.documents[0].guid, "Acme is great #edited")
    assert after.updated is not None


def test_a_search_needs_a_token_and_finds_words(server):
    toot = server.post("ada", "Nothing but praise for acmeophone")
    assert toot["uri"] in guids(read(server.source(search="acmeophone", token="ada-t0ken")))


def test_faults_of_the_server_are_told(server):
    source = server.source(hashtag="faulty")
    for effect, error in (
        ({"type": "ratelimit", "status": 429}, NotYet),
        (
            {
                "type": "status",
                "status": 401,
                "body": {"error": "This method requires an authenticated user"},
            },
            FetchError,
        ),
        ({"type": "malformed", "truncate": True}, ContentError),
    ):
        server.fault("/api/v1/timelines/tag/faulty", **effect)
        with pytest.raises(error):
            read(source)
    assert guids(read(source)) == []
    with pytest.raises(FetchError, match="no @nobody"):
        read(server.source(account="nobody"))
