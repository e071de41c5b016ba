"""Consoles that obey the user: ``--color``, then NO_COLOR, then TERM=dumb, then what the stream is.

Measured on Rich: NO_COLOR with FORCE_COLOR still writes bold and italic, a latin-1 stream raises, and a pipe is
taken for 80 columns. So every choice is made here and handed over.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

PIPE_WIDTH = 100
"""Columns of a table that goes to no terminal and was asked for."""


def _coloured(color: str, stream: IO[Any]) -> bool:
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def _console(stream: IO[Any], color: str, width: int | None) -> Console:
    from rich.console import Console

    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")  # a latin-1 terminal must not stop an alert
    coloured = _coloured(color, stream)
    if width is None and not (stream.isatty() and os.environ.get("COLUMNS", "1").strip("0")):
        # COLUMNS=0, as some editors and containers set it, would make Rich write nothing at all.
        width = shutil.get_terminal_size((PIPE_WIDTH, 24)).columns
    return Console(
        file=stream,
        width=width,
        force_terminal=coloured,
        no_color=not coloured,
        color_system="auto" if coloured and stream.isatty() else "256" if coloured else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )


def stdout_console(color: str = "auto", width: int | None = None) -> Console:
    """A console on standard output. ``color`` is auto, always or never; ``width`` in columns, None: the terminal's."""
    return _console(sys.stdout, color, width)


def stderr_console(color: str = "auto", width: int | None = None) -> Console:
    """A console on standard error, for progress and warnings."""
    return _console(sys.stderr, color, width)


def unicode_can(console: Console) -> bool:
    """Whether blocks, arrows and boxes can be written: the stream speaks a UTF encoding."""
    return not console.options.ascii_only


def put_lines(console: Console, lines: Iterable[str]) -> None:
    """Write finished lines as they are: no wrapping, no markup, no styles."""
    for line in lines:
        console.file.write(f"{line}\n")
