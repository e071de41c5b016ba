"""The fetcher: every request of a run goes through one of these."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

from ereputation import __version__, words
from ereputation.errors import FetchError, NotYet
from ereputation.fetch.answer import Limits, Response, Validators
from ereputation.fetch.decode import Body, TooLarge, Undecodable
from ereputation.fetch.inside import Guard, LeadsInside, leads_inside, peer_of
from ereputation.fetch.local import read_file
from ereputation.fetch.politeness import (
    address_of,
    answered,
    domain_of,
    failed,
    is_local,
    is_private,
    limited_with,
    sent_away,
)
from ereputation.fetch.ratelimit import retry_at
from ereputation.fetch.trust import nobody, trusted
from ereputation.fetch.wording import connection_sentence, redacted, status_sentence
from ereputation.model import HostState
from ereputation.speech import _

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping
    from types import TracebackType

_Result = TypeVar("_Result")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_KEPT = 8
"""Connections kept for another request: most hosts are asked once, and each kept one is looked at by every request."""
_COME_BACK_LATER = frozenset({429, 503})
_LONGEST_COMPLAINT = 65_536
_LONGEST_SLEEP = 15.0  # seconds; who wants a longer gap is read in the next scan
_MOST_BURDEN = 5_000_000
"""Bytes of bodies that come in or wait to be worked on, from which no further request begins: they fill the memory."""
_UNPROXIED = ("all://localhost", "all://127.0.0.1", "all://[::1]")


def _hide_secrets(record: logging.LogRecord) -> bool:
    """Every address asked for is logged by httpx; keys and tokens in it are nobody's business."""
    if isinstance(record.args, tuple):
        record.args = tuple(redacted(str(one)) if isinstance(one, httpx.URL) else one for one in record.args)
    return True


logging.getLogger("httpx").addFilter(_hide_secrets)


class _NoCookies(httpx.Cookies):
    """Nobody follows us around."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Leave them."""


_NO_COOKIES = _NoCookies()


class _Client(httpx.AsyncClient):
    cookies = property(lambda _client: _NO_COOKIES)


class Fetcher:
    """Polite HTTP for one run: ``async with Fetcher(contact=..., hosts=..., now=...) as fetcher``.

    ``hosts``: what earlier runs remembered of each domain; afterwards ``fetcher.hosts`` holds what the next run must
    know. ``contact``: an address the User-Agent gives to webmasters. It never sleeps because a server said so: it
    raises NotYet, for every other source of that domain too.
    """

    def __init__(
        self,
        *,
        now: datetime,
        contact: str = "",
        hosts: Mapping[str, HostState] | None = None,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        inside: Callable[[str], bool] = is_private,
    ) -> None:
        self.hosts: dict[str, HostState] = dict(hosts or {})
        self._now = now
        self._limits = limits
        self._inside = inside
        self._closed: set[str] = set()  # sent us away in this run
        self._clients: dict[bool, httpx.AsyncClient] = {}
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(limits.per_host)
        )
        self._starts: defaultdict[str, float] = defaultdict(float)
        self._everyone = asyncio.Semaphore(limits.total)
        self._burden = 0
        self._unburdened = asyncio.Event()
        self._unburdened.set()
        self._worker = ThreadPoolExecutor(max_workers=1)  # one: each would keep a heap of its own
        contact = contact.encode("ascii", "ignore").decode().strip()
        self.contact = contact
        self.user_agent = f"ereputation/{__version__}" + (f" (contact: {contact})" if contact else "")

    def _client(self, url: str) -> httpx.AsyncClient:
        """Made at the first request of its scheme."""
        plain = url[:5].lower() == "http:"
        if plain not in self._clients:
            self._clients[plain] = self._made(nobody() if plain else trusted())
        return self._clients[plain]

    def _made(self, verify: ssl.SSLContext) -> httpx.AsyncClient:
        return _Client(
            verify=verify,
            http2=False,
            follow_redirects=False,
            timeout=httpx.Timeout(self._limits.read, connect=self._limits.connect, pool=None),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=_KEPT),
            headers={"User-Agent": self.user_agent, "Accept-Encoding": "gzip, deflate, br"},
            mounts=dict.fromkeys(_UNPROXIED),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.shutdown(wait=False, cancel_futures=True)
        for client in self._clients.values():
            await client.aclose()

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        validators: Validators = Validators(),  # noqa: B008 - frozen
        max_bytes: int = 0,
        accept: str = "*/*",
        gap: float = 0.0,
    ) -> Response:
        """GET. ``max_bytes``: instead of the general limit. Raises FetchError, NotYet among them, for all but 2xx and 304.

        ``gap``: seconds this domain wants between two requests, when more than the general gap. Beyond 15 s nobody waits:
        the domain is left alone for the rest of the run.

        ``file:///...`` reads a file of this machine: only what the configuration names, never what a server redirects to.
        """
        if url.startswith("file:"):
            async with self._everyone:
                await self._unburdened.wait()
                return read_file(url, validators, max_bytes or self._limits.size)
        sent = {"Accept": accept, **(headers or {}), **validators.headers()}
        if params:
            url += ("&" if "?" in url else "?") + urlencode(params)
        return await self._polite("GET", url, sent, None, max_bytes=max_bytes, gap=gap)

    async def post_json(
        self, url: str, payload: Any, *, headers: Mapping[str, str] | None = None, max_bytes: int = 0
    ) -> Response:
        """POST ``payload`` as JSON; redirects are refused. Raises as ``get``."""
        sent = {"Accept": "application/json", "Content-Type": "application/json", **(headers or {})}
        return await self._polite("POST", url, sent, json.dumps(payload).encode(), max_bytes=max_bytes)

    async def post_form(
        self, url: str, fields: Mapping[str, str], *, headers: Mapping[str, str] | None = None
    ) -> Response:
        """POST ``fields`` as a web form does, nothing at all when there are none; redirects are refused. Raises as ``get``."""
        sent = {"Accept": "application/json", **(headers or {})}
        if fields:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        return await self._polite("POST", url, sent, urlencode(fields).encode())

    async def post_text(self, url: str, text: str) -> Response:
        """POST plain text; redirects are refused. Raises as ``get``."""
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        return await self._polite("POST", url, headers, text.encode("utf-8", "replace"))

    async def _polite(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        *,
        max_bytes: int = 0,
        gap: float = 0.0,
    ) -> Response:
        """One exchange when its domain may be asked, and what it teaches about the domain."""
        domain = _domain(url, url)
        self._may_ask(url)
        seldom = gap > _LONGEST_SLEEP and not is_local(domain)
        if seldom:
            self._rest(domain, gap)  # at once: nobody of this run waits behind us
        async with self._slots[domain]:
            await self._pause(domain, 0.0 if seldom else gap)
            async with self._everyone:
                await self._unburdened.wait()
                if not seldom:
                    self._may_ask(url)  # somebody before us may have been sent away
                try:
                    async with asyncio.timeout(self._limits.deadline):
                        return await self._follow(
                            method, url, headers, content, max_bytes or self._limits.size
                        )
                except TimeoutError as error:
                    self._note_failure(address_of(url), 0)
                    raise FetchError(
                        _("{url}: no complete answer within {deadline:g} s: it will be tried again").format(
                            url=redacted(url), deadline=self._limits.deadline
                        )
                    ) from error
                finally:
                    if seldom:
                        self._rest(domain, gap)  # the answer wrote its own accounts

    def _may_ask(self, url: str) -> None:
        """Raises NotYet (status 0: nothing was asked) while its domain, or this very address, has to be left alone."""
        for key in (domain_of(url), address_of(url)):
            state = self.hosts.get(key)
            if state is None:
                continue
            again = state.not_before or self._now
            if key in self._closed or again > self._now:
                paced = not state.failures or state.last_status in _COME_BACK_LATER
                why = (
                    _("{url}: {domain} asked for a pause") if paced else _("{url}: {domain} failed too often")
                )
                raise NotYet(
                    why.format(url=redacted(url), domain=domain_of(url)),
                    retry_at=again,
                )

    def _rest(self, domain: str, gap: float) -> None:
        """Leave a domain alone but for this request, also in the runs to come."""
        state = self.hosts.get(domain) or HostState(domain=domain)
        rested = self._now + timedelta(seconds=gap)
        self.hosts[domain] = replace(state, not_before=max(state.not_before or rested, rested))

    async def _pause(self, domain: str, gap: float) -> None:
        """Wait for the gap since the last request to this domain."""
        if not is_local(domain):
            loop = asyncio.get_running_loop()
            start = max(loop.time(), self._starts[domain])
            self._starts[domain] = start + max(self._limits.gap, gap)
            await asyncio.sleep(start - loop.time())

    def burden(self, change: int) -> None:
        """So many more (or fewer) bytes that were read wait to be worked on."""
        self._burden += change
        (self._unburdened.set if self._burden < _MOST_BURDEN else self._unburdened.clear)()

    async def compute(self, work: Callable[[], _Result], size: int) -> _Result:
        """What ``work`` makes of ``size`` bytes, in a thread, one after the other: meanwhile nobody's answer is missed."""
        self.burden(size)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, work)
        finally:
            self.burden(-size)

    async def _follow(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, limit: int
    ) -> Response:
        """The exchange with its redirects, counted and checked."""
        start, seen, moved_to, permanent = url, {url}, "", True
        stranger = not self._inside(urlsplit(start).hostname or "")
        while True:
            guard = Guard(url, self._inside) if stranger and url != start else None
            response = await self._exchange(method, url, headers, content, limit, guard=guard)
            if url == start:
                stranger = stranger and not self._inside(response.peer)
            if response.status not in _REDIRECTS or "location" not in response.headers:
                judged = self._judge(response, start)
                return replace(judged, moved_to=moved_to) if moved_to else judged
            target = _target(url, response.headers["location"])
            await self._check_redirect(method, start, url, target, stranger=stranger)
            if target in seen:
                raise FetchError(
                    _("{start}: redirects in a circle: check the address").format(start=redacted(start)),
                    status=response.status,
                )
            if len(seen) > self._limits.redirects:
                raise FetchError(
                    _("{start}: more than {redirects} redirects: check the address").format(
                        start=redacted(start), redirects=self._limits.redirects
                    )
                )
            seen.add(target)
            permanent = permanent and response.status in _PERMANENT
            moved_to = target if permanent else ""
            if _origin(target) != _origin(url):
                headers = {name: value for name, value in headers.items() if name == "Accept"}
                if domain_of(target) != domain_of(start):
                    self._may_ask(target)
            url = target

    async def _check_redirect(
        self, method: str, start: str, url: str, target: str, *, stranger: bool
    ) -> None:
        """Refuse what no feed needs: other schemes, a repeated POST, a way from the outside to the inside."""
        parts = urlsplit(target)
        host = parts.hostname or ""
        if method != "GET":
            raise FetchError(
                _("{start}: redirects a POST to {target}: check the address").format(
                    start=redacted(start), target=redacted(target)
                )
            )
        if parts.scheme not in {"http", "https"} or not host:
            raise FetchError(
                _("{start}: redirects to {target}, which is no web address").format(
                    start=redacted(start), target=redacted(target)
                )
            )
        if stranger and host != urlsplit(url).hostname and await leads_inside(host, self._inside):
            raise _refused(start, host)

    async def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        limit: int,
        *,
        guard: Guard | None,
    ) -> Response:
        """One request and its body, as far as it came. Raises FetchError when there is nothing to judge."""
        seen_to = {"trace": guard} if guard else None
        try:
            async with self._client(url).stream(
                method, url, headers=dict(headers), content=content, extensions=seen_to
            ) as answer:
                return await _read(answer, limit, self.burden)
        except LeadsInside:
            raise _refused(url, urlsplit(url).hostname or "") from None
        except (TooLarge, Undecodable) as verdict:
            why = str(verdict) or _("larger than {limit:.3g} MB: refused").format(limit=limit / 1000000.0)
            raise FetchError(words.labelled(redacted(url), why), status=200) from verdict
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError) as error:
            raise FetchError(  # the error itself may quote a secret header
                _("{url}: this address or its `headers:` cannot be sent: check their characters").format(
                    url=redacted(url)
                )
            ) from error
        except (httpx.TransportError, OSError) as error:
            unreachable = isinstance(error, httpx.ConnectTimeout | httpx.ConnectError | httpx.ProxyError)
            self._note_failure(domain_of(url) if unreachable else address_of(url), 0)
            raise FetchError(
                _("{url}: {error}: it will be tried again").format(url=redacted(url), error=self._why(error))
            ) from error

    def _why(self, error: Exception) -> str:
        """Why no answer came."""
        if isinstance(error, httpx.ConnectTimeout):
            return _("no connection within {connect:g} s").format(connect=self._limits.connect)
        if isinstance(error, httpx.TimeoutException):
            return _("connected, but silent for {read:g} s").format(read=self._limits.read)
        if isinstance(error, httpx.RemoteProtocolError):
            return _("the answer is not valid HTTP")
        return connection_sentence(error)

    def _judge(self, response: Response, start: str) -> Response:
        """Keep the accounts; a status that helps nobody becomes a FetchError."""
        limited, address, status = limited_with(response.url), address_of(response.url), response.status
        again = retry_at(response.headers, status, self._now)
        if status in _COME_BACK_LATER or (status == 403 and again):  # some say 403 when they mean 429
            if status == 503 and not again:
                limited = address  # one page in trouble, for all we know
            state = self.hosts.get(limited) or HostState(domain=limited)
            state = self.hosts[limited] = sent_away(state, status, again, self._now)
            self._closed.add(limited)
            what = _("the server is not available now") if status == 503 else _("too many requests")
            raise NotYet(
                _("{start}: {what} ({status})").format(start=redacted(start), what=what, status=status),
                status=status,
                retry_at=state.not_before,
                body=response.body,
            )
        served = {domain_of(response.url)}  # the host works, whatever this address does
        if status < 500:
            served |= {limited, address} & self.hosts.keys() | ({limited} if again else set())
        for key in served:
            state = self.hosts.get(key) or HostState(domain=key)
            self.hosts[key] = answered(state, status, again if key == limited else None)
        if status >= 500:
            self._note_failure(address, status)
        if 200 <= status < 300 or status == 304:
            return response
        raise FetchError(
            words.labelled(redacted(start), status_sentence(status)),
            status=status,
            retry_at=again,
            body=response.body,
        )

    def _note_failure(self, key: str, status: int) -> None:
        state = self.hosts.get(key) or HostState(domain=key)
        self.hosts[key] = failed(state, status, self._now)


async def _read(answer: httpx.Response, limit: int, burden: Callable[[int], None]) -> Response:
    """The body of an answer, inflated; a connection cut after its first bytes gives what came, marked incomplete."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    status, whole = answer.status_code, True
    peer = peer_of(answer.extensions.get("network_stream"))
    if status >= 400:
        body = await _complaint(answer, headers)
        return Response(status=status, url=str(answer.url), headers=headers, body=body, peer=peer)
    inflated, taken = Body(headers.get("content-encoding", ""), limit), 0
    if 200 <= status < 300:  # the body of a redirect is of no use
        try:
            async for piece in answer.aiter_raw():
                inflated.feed(piece)
                burden(len(inflated.data) - taken)
                taken = len(inflated.data)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.ReadTimeout):
            if not inflated.data:
                raise
            whole = False
        finally:
            burden(-taken)
    complete = whole and inflated.complete
    stored = Validators(etag=headers.get("etag", ""), modified=headers.get("last-modified", ""))
    return Response(
        status=status,
        url=str(answer.url),
        headers=headers,
        body=bytes(inflated.data),
        complete=complete,
        not_modified=status == 304,
        validators=stored if complete else Validators(),
        peer=peer,
    )


async def _complaint(answer: httpx.Response, headers: Mapping[str, str]) -> bytes:
    """What a server says with an error, as far as it can be read; it never makes matters worse."""
    try:
        body = Body(headers.get("content-encoding", ""), _LONGEST_COMPLAINT)
        async for piece in answer.aiter_raw():
            body.feed(piece)
    except (httpx.TransportError, OSError, TooLarge, Undecodable):
        return b""
    return bytes(body.data)


def _refused(url: str, host: str) -> FetchError:
    return FetchError(
        _("{start}: redirects to the private address {host}: refused").format(start=redacted(url), host=host)
    )


def _domain(url: str, start: str) -> str:
    """``domain_of``, for an address that may be none."""
    try:
        _port = urlsplit(url).port  # fails on what is no port
        return domain_of(url)
    except ValueError as error:
        raise FetchError(
            _("{start}: not an address, or a redirect to none: check it").format(start=redacted(start))
        ) from error


def _target(url: str, location: str) -> str:
    """Where a redirect leads; FetchError when it leads to what is no address at all."""
    try:
        target = urljoin(url, location).partition("#")[0]
    except ValueError:
        target = location
    _domain(target, url)
    return target


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
