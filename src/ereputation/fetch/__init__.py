"""The one door to the network: polite, bounded, and honest about what came back.

``Fetcher`` reads; ``model.HostState`` is what must be remembered of a domain between runs; ``Response`` is one answer.
httpx is loaded with the first mention of ``Fetcher``, so that the rest costs nothing.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ereputation.fetch.answer import Limits, Response, Validators
from ereputation.fetch.decode import inflate_file
from ereputation.fetch.politeness import domain_of, is_local
from ereputation.fetch.ratelimit import retry_at
from ereputation.fetch.wording import holds_secret, redacted

if TYPE_CHECKING:
    from ereputation.fetch.client import Fetcher

__all__ = [
    "Fetcher",
    "Limits",
    "Response",
    "Validators",
    "domain_of",
    "holds_secret",
    "inflate_file",
    "is_local",
    "redacted",
    "retry_at",
]


# The command line of httpx draws in click, pygments and half of rich: it does without where it is missing.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]


def __getattr__(name: str) -> Any:
    if name == "Fetcher":
        from ereputation.fetch.client import Fetcher

        return Fetcher
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
