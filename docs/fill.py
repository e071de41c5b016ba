"""Fill the tables of the documentation from the code: keys of the configuration, sources, the database's tables.

    python docs/fill.py          rewrite what stands between `<!-- keys: ... -->` and `<!-- end -->`

A test fails when a table is not what this would write.
"""

from __future__ import annotations

import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ereputation.config.models import Config
from ereputation.config.schema import json_schema
from ereputation.config.validation import kinds_of, models_of
from ereputation.notify import AnyChannel
from ereputation.sources import KINDS, AnySource
from ereputation.store import Store

HERE = Path(__file__).parent
_SLOT = re.compile(r"(<!-- (\w+)(?:: ([^>]*?))? -->\n)(.*?)(<!-- end -->)", re.DOTALL)
_SOURCE_KEYS = ("name", "every", "timezone", "lang", "headers")
_CHANNEL_KEYS = ("name", "min_severity", "brands", "kinds", "digest", "quiet_hours", "cooldown", "escalate")
_UNITS = ((604800, "w"), (86400, "d"), (3600, "h"), (60, "m"), (1, "s"))
_LINKS = {"exact": "which post", "thread": "which thread only", "none": "no"}


def filled(text: str) -> str:
    """The page with every table written anew."""
    return _SLOT.sub(lambda slot: f"{slot[1]}\n{FILLERS[slot[2]](slot[3] or '')}\n\n{slot[5]}", text)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in lines)


def keys(name: str) -> str:
    """The keys of a block: ``Config``, ``Brand``, ``mastodon``, ``email``; of sources and channels only their own."""
    model, shared = _model(name)
    return _keys(
        model, [key for key in _properties(model) if key not in {*shared, *(["kind"] if shared else [])}]
    )


def common(which: str) -> str:
    """The keys every source, or every channel, takes."""
    model, shared = _model("feed" if which == "source" else "email")
    return _keys(model, shared)


def _keys(model: type[BaseModel], wanted: Iterable[str]) -> str:
    properties = _properties(model)
    rows = (
        (f"`{key}`", _sentence(field), _type(field), _default(model, key, field))
        for key, field in ((key, properties[key]) for key in wanted)
    )
    return table(("key", "what it is", "type", "when absent"), rows)


_schema = cache(json_schema)


def _properties(model: type[BaseModel]) -> dict[str, Any]:
    schema = _schema()
    found: dict[str, Any] = (schema if model is Config else schema["$defs"][model.__name__])["properties"]
    return found


def _model(name: str) -> tuple[type[BaseModel], tuple[str, ...]]:
    """The model of a block, and the keys it shares with all of its sort."""
    for union, shared in ((AnySource, _SOURCE_KEYS), (AnyChannel, _CHANNEL_KEYS)):
        for model in models_of(union):
            if name in kinds_of(model):
                return model, shared
    found = [model for model in _all(Config) if model.__name__ == name]
    return found[0], ()


def _all(model: type[BaseModel]) -> list[type[BaseModel]]:
    inner = [part for field in model.model_fields.values() for part in models_of(field.annotation)]
    return [model, *(deeper for part in inner for deeper in _all(part))]


def _sentence(field: dict[str, Any]) -> str:
    return " ".join(field.get("description", "").split())


def _type(field: dict[str, Any]) -> str:
    """A word for what is typed."""
    options = [option for option in field.get("anyOf", [field]) if option.get("type") != "null"]
    first = options[0]
    if "password" in {option.get("format") for option in options}:
        return "secret"
    if "enum" in first:
        return ", ".join(f"`{value}`" for value in first["enum"])
    if "const" in first:
        return f"`{first['const']}`"
    if "$ref" in first:
        return "block" if len(options) == 1 else "block or list"
    names = {
        "string": "text",
        "integer": "number",
        "number": "number",
        "boolean": "true, false",
        "array": "list",
        "object": "block",
    }
    return names.get(first.get("type", ""), "text")


def _default(model: type[BaseModel], key: str, field: dict[str, Any]) -> str:
    fields = model.model_fields
    found = fields[key] if key in fields else next(field for field in fields.values() if field.alias == key)
    if found.is_required() or (_type(field) == "secret" and found.default is not None):
        return "**required**"
    value = found.default
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and _type(field) == "text":
        return "once a month" if key == "false_alarms" else _duration(value)
    if key == "max_size":
        return f"{value // 1_000_000} MB"
    if key == "timezone" and value is not None:
        return "UTC"
    if isinstance(value, int | float | str) and value != "":
        return f"{value}"
    return f"{value:%H:%M}" if isinstance(value, time) else ""


def _duration(seconds: float) -> str:
    return next(
        (f"{seconds / size:g}{unit}" for size, unit in _UNITS if seconds >= size and not seconds % size), ""
    )


def kinds(_: str) -> str:
    """Every kind of source at a glance."""
    models = {kind: model for model in models_of(AnySource) for kind in kinds_of(model)}
    return table(
        ("kind", "what it brings", "says whom an answer answers", "what is kept"),
        (
            (
                f"[`{kind}`](#{kind})",
                (models[kind].__doc__ or "").strip().partition("\n\n")[0].replace("\n    ", " "),
                _LINKS[models[kind].reply_links],  # type: ignore[attr-defined]
                models[kind].stores,  # type: ignore[attr-defined]
            )
            for kind in KINDS
        ),
    )


def tables(_: str) -> str:
    """The statements that made the database, comments and all, without what only its full-text index uses."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.db"
        Store.open(path).close()
        with sqlite3.connect(path) as database:
            rows = database.execute(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'fulltext_%' "
                "AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, rowid"
            ).fetchall()
        database.close()
    return "```text\n" + "\n\n".join(f"{row[0]};" for row in rows) + "\n```"


FILLERS: dict[str, Callable[[str], str]] = {"keys": keys, "common": common, "kinds": kinds, "tables": tables}


def main() -> int:
    """Rewrite the pages; the number of those that changed."""
    changed = 0
    for page in sorted(HERE.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        if (new := filled(text)) != text:
            page.write_text(new, encoding="utf-8")
            changed += 1
    return changed


if __name__ == "__main__":
    sys.stdout.write(f"{main()} pages changed\n")
