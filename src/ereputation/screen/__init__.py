"""The interactive search: results as you type, one of them in full beside them, and keys for what you decide.

::

    asked      what is asked: query and filters         latest     a thread that works on the last question
    finding    hits as they are found, one in full      deeds      marks, and what undoes them
    saved      searches kept in a file                  opening    links: in the browser, and which are safe
    taking     everything found, to a file              rows, full a hit in two lines, and in full
    keys       what each key does, and says             prompt     the plain prompt, where the screen cannot run
    stage -> questions -> deciding -> app               the screen itself: where things stand, asking, deciding, the whole
    results, details, bars, dialogs, themes             its parts (Textual, imported nowhere else)

Importing this package loads no Textual: ``run`` does.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ereputation.screen.asked import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from rich.console import Console

    from ereputation.config import Config
    from ereputation.database import Database

__all__ = ["Asked", "can_show", "prompt", "run"]


def can_show(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal takes the screen: not a dumb one, colours wanted, and an encoding that has its signs."""
    if environ.get("TERM", "") in {"", "dumb", "unknown"} or environ.get("NO_COLOR"):
        return False
    return (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")


def run(config: Config, database: Database, asked: Asked, *, clock: Callable[[], datetime]) -> int:
    """Show the screen until it is left; the exit code: 0, 130 after Ctrl-C, 143 when told to end."""
    from ereputation.screen.app import Search

    app = Search(config, database, asked, clock=clock)
    app.run()
    return app.return_code or 0


def prompt(
    config: Config,
    database: Database,
    asked: Asked,
    *,
    clock: Callable[[], datetime],
    console: Console,
    plain: bool,
    limit: int,
) -> int:
    """Ask for a query a line instead; the exit code."""
    from contextlib import suppress

    from ereputation.screen.prompt import Prompt

    with suppress(ImportError):  # arrows and history, where the system has them
        import readline  # noqa: F401
    return Prompt(config, database, asked, clock=clock, console=console, plain=plain, limit=limit).run(input)
