"""What the shell offers after Tab: names of brands and sources, ids of alerts. Whatever goes wrong, it offers nothing.

The configuration is skimmed, not validated: nothing heavy is loaded while somebody types.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer  # noqa: TC002 - typer reads the annotations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ereputation.store import Store

_MOST_BYTES = 2_000_000
_MOST = 50
"""Alerts offered: the latest."""
_UNSPEAKABLE = re.compile('[\\\\$`"\x00-\x1f\x7f-\x9f]')
"""What the scripts of some shell would run, or lose."""
_WORD = re.compile(r"[^\w@%+=:,./-]")


def brands(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of brands in the configuration."""
    return _offered(_names(_skimmed(ctx).get("brands")), incomplete)


def sources(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of sources: those in the configuration, and those that were read."""
    content = _skimmed(ctx)
    listed = content.get("sources")
    names = list(_names(listed))
    if isinstance(listed, list) and len(names) < len(listed):  # some are named by what they read
        with suppress(Exception), _store(ctx, content) as store:
            names += store.source_states()
    return _offered(names, incomplete)


def alerts(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Ids of the latest alerts, with what they are about."""
    found: list[tuple[str, str]] = []
    with suppress(Exception), _store(ctx, _skimmed(ctx)) as store:
        for alert in store.alerts(limit=_MOST):
            about = f"{alert.brand or 'source'} {alert.kind} {alert.started:%Y-%m-%d %H:%M}"
            found.append((alert.id, _UNSPEAKABLE.sub("", about.replace("'", "’"))))
    return [(name, about) for name, about in found if name.startswith(incomplete.lower())]


def _given(ctx: typer.Context, name: str) -> Any:
    """An option as given after the command's name or before it."""
    return ctx.params.get(name) or ctx.find_root().params.get(name)


def _path(ctx: typer.Context) -> Path | None:
    """The configuration's file: as ``config.find`` looks for it."""
    if given := _given(ctx, "config") or os.environ.get("EREPUTATION_CONFIG"):
        return Path(given).expanduser()
    home = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    for candidate in (Path("ereputation.yaml"), home / "ereputation" / "ereputation.yaml"):
        if candidate.is_file():
            return candidate
    return None


def _skimmed(ctx: typer.Context) -> dict[str, Any]:
    """What the configuration says, every scalar as text; empty when it cannot be read."""
    with suppress(Exception):
        import yaml

        path = _path(ctx)
        if path is not None and path.stat().st_size <= _MOST_BYTES:
            loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
            content = yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506 - knows no type but text
            if isinstance(content, dict):
                return {**content, "folder": path.parent}
    return {}


def _names(entries: object) -> Iterator[str]:
    for entry in entries if isinstance(entries, list) else ():
        name = entry.get("name") if isinstance(entry, dict) else None
        if isinstance(name, str) and name.strip():
            yield name.strip()


def _store(ctx: typer.Context, content: dict[str, Any]) -> Store:
    """The database, if it is a file that is there: a server is not asked while somebody types."""
    named = str(_given(ctx, "database") or os.environ.get("EREPUTATION_DATABASE") or "")
    path = Path(named) if named else Path(content["folder"]) / content.get("database", "ereputation.db")
    if "://" in str(content.get("database", "")) or not path.is_file():
        raise FileNotFoundError(path)
    from ereputation.store import Store

    return Store.open(path, read_only=True, patience=0.2)


class _Offer(str):
    """What is offered as it is: Typer would drop what does not begin exactly as typed, case and escapes included."""

    __slots__ = ()

    def startswith(self, *_typed: Any) -> bool:
        """It was chosen by how it begins."""
        return True


def _offered(names: Iterable[str], incomplete: str) -> list[str]:
    """The names that begin so, whatever the case, as the shell can take them."""
    begun = plain(incomplete)
    fit = (name for name in dict.fromkeys(names) if plain(name).startswith(begun))
    return [_Offer(_spelt(name)) for name in fit if not _UNSPEAKABLE.search(name)]


def plain(name: str) -> str:
    """A name as it is compared with what somebody typed."""
    return name.casefold().replace("’", "'")


def _spelt(name: str) -> str:
    """Bash takes what it is offered as typed: blanks and the like are escaped, unless a quote is open. Zsh loses straight
    apostrophes; the curly one means the same to us.
    """  # noqa: D205 - the second sentence belongs to the first
    shell = os.environ.get("_EREPUTATION_COMPLETE")
    if shell == "complete_zsh":
        return name.replace("'", "’")
    if shell != "complete_bash":
        return name
    with suppress(KeyError, ValueError, IndexError):
        typed = os.environ["COMP_WORDS"].split("\n")[int(os.environ["COMP_CWORD"])]
        if typed[:1] in {'"', "'"}:
            return name
    return _WORD.sub(lambda found: f"\\{found[0]}", name)
