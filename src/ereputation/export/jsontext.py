r"""JSON that always encodes and never drives a terminal, one value or a million.

Text stays readable (no ``\u00e9``); what could not be encoded (lone surrogates) becomes U+FFFD, and what a
terminal would obey (C1 controls, bidi overrides) is written as an escape, which loads back as it was.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from ereputation.export.files import write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TextIO

_SURROGATE = re.compile("[\ud800-\udfff]")
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def dump(value: Any, *, indent: bool = False) -> str:
    """``value`` as JSON, on one line or indented; NaN and infinities become null."""
    spaces = 2 if indent else None
    try:
        text = json.dumps(value, ensure_ascii=False, indent=spaces, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=False, indent=spaces)
    if text.isascii() and "\x7f" not in text:
        return text
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode(
            "utf-16", "replace"
        )  # joins the pairs that are whole
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def lines(records: Iterable[Any]) -> Iterator[str]:
    """NDJSON: one record a line."""
    for record in records:
        yield dump(record) + "\n"


def array(
    records: Iterable[Any], *, schema: str, key: str, head: Mapping[str, Any] | None = None
) -> Iterator[str]:
    """One JSON object holding every record under ``key``, written as they come: memory does not grow with them."""
    opening = {"schema": f"ereputation/{schema}/1", **(head or {})}
    yield "{" + "".join(f"\n  {dump(name)}: {dump(value)}," for name, value in opening.items())
    yield f"\n  {dump(key)}: ["
    separator = "\n    "
    for record in records:
        yield separator + dump(record)
        separator = ",\n    "
    yield "\n  ]\n}\n" if separator.startswith(",") else "]\n}\n"


def write_json(
    stream: TextIO, records: Iterable[Any], *, schema: str, key: str, lines: bool = False, **head: Any
) -> None:
    """Write records to ``stream`` as one JSON object, or with ``lines`` as NDJSON (``schema`` and ``head`` left out)."""
    chunks = (dump(r) + "\n" for r in records) if lines else array(records, schema=schema, key=key, head=head)
    write(chunks, stream)
