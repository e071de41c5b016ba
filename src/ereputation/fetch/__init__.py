"""The one door to the network: polite, bounded, and honest about what came back.

``Fetcher`` reads; ``HostState`` is what must be remembered of a domain between runs; ``Response`` is one answer.
"""

from __future__ import annotations

from ereputation.fetch.answer import Limits, Response, Validators
from ereputation.fetch.client import Fetcher
from ereputation.fetch.decode import inflate_file
from ereputation.fetch.politeness import HostState, domain_of
from ereputation.fetch.ratelimit import retry_at
from ereputation.fetch.wording import redacted

__all__ = [
    "Fetcher",
    "HostState",
    "Limits",
    "Response",
    "Validators",
    "domain_of",
    "inflate_file",
    "redacted",
    "retry_at",
]
