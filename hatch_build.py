"""Puts the manual page and the shells' completions into the wheel, made from the commands as they are."""

from __future__ import annotations

import compileall
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Shell(BuildHookInterface[Any]):
    """Where the files belong is said by ``ereputation.cli.manual``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write them to a folder that lasts until the wheel is made."""
        if (
            version == "editable"
        ):  # a wheel is compiled by its installer; this is not, and some machines write no bytecode
            compileall.compile_dir(Path(self.root) / "src", quiet=2)
        self.folder = tempfile.TemporaryDirectory(prefix="ereputation-")
        sys.path.insert(0, str(Path(self.root) / "src"))
        try:
            from ereputation.cli import manual

            files = manual.write(Path(self.folder.name))
        except Exception as error:  # noqa: BLE001 - a page less is better than no installation
            self.app.display_warning(f"no manual page and no completions: {error!r}")
            files = {}
        finally:
            sys.path.pop(0)
        for name, place in files.items():
            build_data["shared_data"][str(Path(self.folder.name) / name)] = place

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """The wheel is made."""
        self.folder.cleanup()
