"""Secrets and other values from outside the file: ``${NAME}`` from the environment, ``*_file:`` from a file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ereputation import speech
from ereputation.config.faults import Fault, quoted
from ereputation.config.values import expanded
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path as File

    from ereputation.config.faults import Path
    from ereputation.config.nodes import Tree

_REFERENCE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{[^}]{0,100}\}?")
_FROM_FILE = "_file"
_MAX_SECRET = 65_536
_SHORT = 4  # a shorter secret is hidden only where it stands, not wherever its letters occur


@dataclass(slots=True)
class Substitution:
    """Fills in what comes from outside, and remembers it so that no message repeats it."""

    tree: Tree
    environ: Mapping[str, str]
    folder: File
    faults: list[Fault] = field(default_factory=list)
    outside: dict[Path, list[str]] = field(default_factory=dict)
    """Where values came from outside, and the values."""

    def fill(self, value: Any, path: Path = ()) -> Any:
        """``value`` with every reference replaced."""
        if isinstance(value, str):
            return self._text(value, path) if "${" in value else value
        if isinstance(value, list):
            return [self.fill(item, (*path, index)) for index, item in enumerate(value)]
        if isinstance(value, dict):
            in_entry = len(path) > 1 and path[0] in {"sources", "notify"}
            filled: dict[str, Any] = {}
            for key, item in value.items():
                if in_entry and key.endswith(_FROM_FILE) and isinstance(item, str):
                    self._from_file(filled, key, item, path, taken=value)
                else:
                    filled[key] = self.fill(item, (*path, key))
            return filled
        return value

    def hide(self, text: str, path: Path) -> str:
        """A message without any value that came from outside."""
        for place, values in self.outside.items():
            near = place[: len(path)] == path or path[: len(place)] == place
            for value in values:
                if len(value) >= _SHORT or (near and value):
                    text = text.replace(value, "***")
        return text

    def _remember(self, path: Path, value: str) -> None:
        self.outside.setdefault(path, []).extend({value, " ".join(value.split()), value[:59]})

    def _text(self, value: str, path: Path) -> str:
        def replaced(found: re.Match[str]) -> str:
            if found[0] == "$${":
                return "${"
            if not found[1]:
                self._refuse(
                    path,
                    _("expected ${{NAME}}, a variable of the environment, not {value}").format(
                        value=quoted(found[0])
                    ),
                )
            elif not self.environ.get(found[1]):
                said = (
                    _("the environment variable {name} is empty: set it where ereputation runs")
                    if found[1] in self.environ
                    else _("the environment variable {name} is not set: set it where ereputation runs")
                )
                self._refuse(
                    path,
                    said.format(name=found[1]),
                )
            else:
                self._remember(path, self.environ[found[1]])
                return self.environ[found[1]]
            return "-"

        return _REFERENCE.sub(replaced, value)

    def _from_file(
        self, filled: dict[str, Any], key: str, name: str, path: Path, *, taken: dict[str, Any]
    ) -> None:
        target = key.removesuffix(_FROM_FILE)
        at = (*path, key)
        self.tree.values[*path, target] = self.tree.values[at]
        self.tree.keys[*path, target] = self.tree.keys[at]
        if target in taken:
            self._refuse(at, _("{target} is given as well: keep one of them").format(target=target))
            return
        file = self.folder / expanded(self.fill(name, at))
        filled[target] = "-"
        try:
            if not file.is_file():
                self._refuse(at, _("no file at {file}").format(file=file))
                return
            with file.open("rb") as stream:
                content = stream.read(_MAX_SECRET + 1)
            secret = content.decode().strip()
        except (OSError, ValueError) as error:
            self._refuse(
                at,
                _("{file} cannot be read: {error}").format(
                    file=file,
                    error=speech.reason(error) if isinstance(error, OSError) else _("not UTF-8 text"),
                ),
            )
            return
        if not secret or len(content) > _MAX_SECRET:
            said = _("{file} is too large for a secret") if secret else _("{file} is empty")
            self._refuse(at, said.format(file=file))
            return
        self._remember((*path, target), secret)
        filled[target] = secret

    def _refuse(self, path: Path, message: str) -> None:
        self.faults.append(self.tree.fault(path, message))
