"""A small web server on loopback, for tests: routes to bytes, statuses, headers or functions; every request recorded.

with Loopback() as web:
    web.serve("/rss.xml", PAYLOAD, headers={"ETag": '"1"'})
    ... web.url("/rss.xml") ...
    assert web.count("/rss.xml") == 1
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a client asked."""

    method: str
    path: str
    """With its query."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the server says. ``raw``: these bytes as they are instead, then the connection is closed.

    ``pieces``: the same, one after the other, at the pace of the generator. ``reset``: closed as a crash closes it.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    pieces: Callable[[], Iterable[bytes]] | None = None
    reset: bool = False


Route = Answer | Callable[[Request], Answer]


class Loopback:
    """Starts on enter, stops on exit; each on a port of its own."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._host = host
        self.requests: list[Request] = []
        self._routes: dict[str, Route] = {}
        self._stopping = threading.Event()
        self._server = ThreadingHTTPServer((host, 0), self._handler())
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # a client that was killed is none of our business
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "/") -> str:
        return f"http://{self._host}:{self.port}{path}"

    def wait(self, seconds: float = 0.0) -> bool:
        """For slow routes: sleeps, but not beyond the end of the test; whether that has come."""
        return self._stopping.wait(seconds)

    def serve(
        self,
        path: str,
        answer: bytes | Route = b"",
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> str:
        """Answer ``path`` (without query) from now on; gives its URL."""
        if isinstance(answer, bytes):
            answer = Answer(body=answer, status=status, headers=headers or {}, raw=raw)
        self._routes[path] = answer
        return self.url(path)

    def count(self, path: str) -> int:
        """How often ``path`` was asked for."""
        return sum(request.path.partition("?")[0] == path for request in self.requests)

    def _answer(self, request: Request) -> Answer:
        self.requests.append(request)
        route = self._routes.get(request.path.partition("?")[0], Answer(body=b"not here", status=404))
        return route if isinstance(route, Answer) else route(request)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else every answer waits 40 ms for an acknowledgement

            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(length)
                if len(body) < length:  # the client died before it had sent all: nobody has taken that
                    self.close_connection = True
                    return
                request = Request(method=self.command, path=self.path, headers=headers, body=body)
                try:
                    self.say(web._answer(request))
                except OSError:
                    self.close_connection = True  # the client went away, which some tests want

            do_GET = do_POST = do_HEAD = handle_any  # noqa: N815 - the library looks them up by these names

            def say(self, answer: Answer) -> None:
                if answer.raw is not None or answer.pieces is not None:
                    for piece in answer.pieces() if answer.pieces else [answer.raw]:
                        self.wfile.write(piece)
                    if answer.reset:
                        self.connection.setsockopt(
                            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                        )
                        self.rfile.close()
                        self.connection.close()
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if any(name.lower() == "content-length" for name in answer.headers):
                    self.close_connection = True  # it may be a lie, and nobody should wait for the rest
                else:
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if answer.status not in {204, 304}:
                    self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                """Tests are quiet."""

        return Handler
