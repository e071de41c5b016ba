"""Searches worth keeping, in a small YAML file beside the configuration: whoever shares that shares them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from ereputation import export
from ereputation.errors import UsageError
from ereputation.screen.asked import Asked
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ereputation.config import Config

_LARGEST = 1_000_000
"""Bytes of a file that is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A search with its name."""

    name: str
    asked: Asked


def place(config: Config) -> Path:
    """Where the searches of a configuration are kept: ``ereputation.searches.yaml`` for ``ereputation.yaml``."""
    return config.path.with_name(f"{config.path.stem}.searches.yaml")


def load(path: Path) -> list[Saved]:
    """What was saved, in its order; none where there is no file. UsageError when it cannot be understood."""
    try:
        with path.open("rb") as file:
            payload = file.read(_LARGEST + 1)
        content = yaml.safe_load(payload[:_LARGEST].decode()) or []
        return [_saved(entry) for entry in content]
    except FileNotFoundError:
        return []
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(_("{path} cannot be read: {reason}").format(path=path, reason=reason)) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, yaml.YAMLError) as error:
        raise UsageError(
            _("{path} is no list of saved searches any more: mend it or move it away").format(path=path)
        ) from error


def _saved(entry: dict[str, Any]) -> Saved:
    name = entry["name"]
    if not isinstance(name, str) or not name:
        raise ValueError(name)
    return Saved(name=name, asked=Asked.of({key: entry[key] for key in entry if key != "name"}))


def store(path: Path, searches: Sequence[Saved]) -> None:
    """Write the whole list; a crash leaves the old one. Raises EreputationError when it cannot be written."""
    content = [{"name": one.name, **one.asked.record()} for one in searches]
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110) if content else ""
    head = "# " + _("Searches saved in the interactive search; one entry each.") + "\n"
    export.write([head, text], path)


def keep(path: Path, search: Saved) -> bool:
    """Add a search, in the place of one of the same name; whether there was one."""
    searches = load(path)
    names = [one.name for one in searches]
    known = search.name in names
    if known:
        searches[names.index(search.name)] = search
    else:
        searches.append(search)
    store(path, searches)
    return known


def drop(path: Path, name: str) -> None:
    """Forget a search."""
    store(path, [one for one in load(path) if one.name != name])
