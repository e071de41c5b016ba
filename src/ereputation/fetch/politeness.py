"""Whom we ask, how often, and when a domain is left alone.

What belongs together is limited together: the registrable domain, approximated by the last two labels, or three
under a list of well-known second levels (``co.uk``, ``com.au``, ``gouv.fr``). It is not the Public Suffix List:
``a.github.io`` and ``b.github.io`` share one pace, which is only slower, never ruder.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from ereputation.model import HostState

_SECOND_LEVELS = frozenset(
    {
        "ac",
        "asso",
        "co",
        "com",
        "edu",
        "gc",
        "gob",
        "gouv",
        "gov",
        "govt",
        "gv",
        "info",
        "ltd",
        "mil",
        "ne",
        "net",
    }
    | {"nhs", "nom", "or", "org", "plc", "police", "qc", "sch", "tm"}
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PATIENCE = 3  # failures in a row before a domain is left alone
_LONGEST = timedelta(hours=6)


@lru_cache(maxsize=1_024)
def is_loopback(host: str) -> bool:
    """This very machine: localhost, 127.0.0.0/8, ::1."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_local(domain: str) -> bool:
    """Whether a domain, as ``domain_of`` names it, is of this very machine, where there is nobody to be polite to."""
    return is_loopback(domain.rpartition(":")[0])


@lru_cache(maxsize=1_024)
def is_private(host: str) -> bool:
    """An address or a name that only means something on the inside: loopback, private ranges, ``.local``."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal", ".home.arpa")):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return not address.is_global or address.is_multicast or _carried(address)


def _carried(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address of IPv6 carries a private one of IPv4: mapped, 6to4, NAT64."""
    if address.version == 4:
        return False
    nat64 = address in _NAT64 and ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return any(one and not one.is_global for one in (address.ipv4_mapped, address.sixtofour, nat64))


@lru_cache(maxsize=2_048)  # a request asks eight times
def domain_of(url: str) -> str:
    """What shares one pace and one back-off: the (approximate) registrable domain; on loopback, host and port."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme == "file":
        return "localhost:file"
    if is_loopback(host):
        return f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    labels = host.split(".")
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVELS
    return ".".join(labels[-3 if deep else -2 :])


def address_of(url: str) -> str:
    """One address: its domain and a hash. A broken page of a site must not stop the reading of the others."""
    return f"{domain_of(url)}#{hashlib.blake2b(url.encode('utf-8', 'replace'), digest_size=6).hexdigest()}"


def limited_with(url: str) -> str:
    """What a server's limit is about: the whole domain; on loopback, where one port may stand for many sites, the address."""
    return address_of(url) if is_loopback(urlsplit(url).hostname or "") else domain_of(url)


def _pause(domain: str, failures: int) -> timedelta:
    """2^n minutes up to 6 hours, less up to a fifth that depends on the domain: not all come back at once."""
    pause = min(timedelta(minutes=2 ** min(failures, 12)), _LONGEST)
    digest = hashlib.blake2b(f"{domain} {failures}".encode(), digest_size=2).digest()
    return pause * (1 - int.from_bytes(digest, "big") / 65535 / 5)


def answered(state: HostState, status: int, retry_at: datetime | None) -> HostState:
    """After an answer; ``retry_at``: the answer itself said that nothing remains until then."""
    return replace(state, not_before=retry_at, failures=0, last_status=status)


def failed(state: HostState, status: int, now: datetime) -> HostState:
    """After no answer, or a server error: from the third in a row the domain or address is left alone for a while."""
    failures = state.failures + 1
    rest = now + _pause(state.domain, failures) if failures >= _PATIENCE else None
    return replace(state, not_before=rest, failures=failures, last_status=status)


def sent_away(state: HostState, status: int, retry_at: datetime | None, now: datetime) -> HostState:
    """After 429 or 503: left alone until the server's own time, or for 2^n minutes when it names none."""
    failures = state.failures + 1
    rest = retry_at or now + _pause(state.domain, failures)
    return replace(state, not_before=rest, failures=failures, last_status=status)
