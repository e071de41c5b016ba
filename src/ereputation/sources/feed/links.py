"""Addresses that hide others, and addresses put together from fields."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlencode, urlsplit

from ereputation.sources.feed.entries import web_url


def unwrapped(link: str, *parameters: str) -> str:
    """The address a redirect carries in one of its parameters; empty when it carries none."""
    try:
        found = parse_qs(urlsplit(link).query, max_num_fields=100)
    except ValueError:
        return ""
    return next(
        (real for name in parameters for value in found.get(name, ()) if (real := web_url(value))), ""
    )


def with_query(address: str, **fields: str | int) -> str:
    """``address`` with those fields that hold something."""
    kept = {name: value for name, value in fields.items() if value != ""}
    return f"{address}?{urlencode(kept)}" if kept else address


def segment(text: str) -> str:
    """``text`` as one segment of a path, whatever it holds."""
    return quote(text, safe="@")


def path_of(link: str) -> list[str]:
    """The segments of an address's path; none for what is no address."""
    try:
        return [part for part in urlsplit(link).path.split("/") if part]
    except ValueError:
        return []
