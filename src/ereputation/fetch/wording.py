"""What went wrong on the network, in sentences: what, where, what to do next. Secrets never show."""

from __future__ import annotations

import re
import socket
import ssl
from urllib.parse import urlsplit, urlunsplit

from ereputation.speech import N_, _

_SECRET = re.compile(
    r"(?i)(?<=[?&;])([^=&;#]*(?:key|token|secret|sig|signature|password|passwd|pwd|auth|session|hash)[^=&;#]*)=[^&;#]*"
)
_LONGEST = 200

_ADVICE = {
    400: N_("the server does not understand the request (400): check the address"),
    401: N_("a login is required (401): give a token in `headers:`, or another address"),
    402: N_("the site asks for payment (402)"),
    403: N_(
        "the site refuses automated readers (403): set `contact:`, ask the site, or look for another feed of it"
    ),
    404: N_("nothing is there (404): the address has changed; look for the new one on the site"),
    406: N_("the site refuses what we ask for (406): check the address"),
    407: N_("the proxy asks for a login (407): check HTTP_PROXY"),
    410: N_("gone for good (410): remove this source"),
    451: N_("withheld for legal reasons (451)"),
}


def redacted(url: str) -> str:
    """The address without user, password, and values of parameters that hold secrets; at most 200 characters."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        shown = urlunsplit((parts.scheme, host, parts.path, parts.query, ""))
    except ValueError:
        shown = url.rpartition("@")[2].partition("?")[0]
    if not shown.isprintable():
        shown = "".join(c for c in shown if c.isprintable())
    shown = _SECRET.sub(r"\1=***", shown)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def holds_secret(url: str) -> bool:
    """Whether ``redacted`` would take something out of the address."""
    try:
        user = "@" in url and "@" in urlsplit(url).netloc
    except ValueError:
        user = False
    return user or _SECRET.search(url) is not None


def status_sentence(status: int) -> str:
    """What an HTTP status that is no success means for a reader of feeds."""
    if status in _ADVICE:
        return _(_ADVICE[status])
    if status >= 500:
        return _("the server is in trouble ({status}): it will be tried again").format(status=status)
    return _("an answer that is of no use here (HTTP {status})").format(status=status)


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what lies behind it, groups opened."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting and len(found) < 30:
        current = waiting.pop(0)
        if current is None or current in found:
            continue
        found.append(current)
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        waiting += [current.__cause__, current.__context__]
    return found


def connection_sentence(error: BaseException) -> str:
    """Why no connection came about."""
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return _("host not found (check the address and the network)")
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _("its certificate is not valid ({reason}; the site has to renew it)").format(
                reason=cause.verify_message
            )
        if isinstance(cause, ssl.SSLError):
            return _("no secure connection ({reason}; is it https at all?)").format(
                reason=cause.reason or "TLS error"
            )
        if isinstance(cause, ConnectionRefusedError):
            return _("connection refused (nothing answers on this port; check the address)")
        if isinstance(cause, ConnectionResetError):
            return _("the connection was reset")
    if "Proxy" in type(error).__name__:
        return _("the proxy refuses (check HTTPS_PROXY and HTTP_PROXY)")
    return _("no connection (check the network)")
