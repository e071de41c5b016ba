"""The command line: ``main()`` turns arguments into an exit code; each group of commands has its file.

Nothing heavy is imported before a command runs: ``--help`` and completion load neither httpx, feedparser nor
pydantic.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from typer.exceptions import TyperException

from ereputation import __version__, speech
from ereputation.cli import options, spoken
from ereputation.errors import EreputationError
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

INTERRUPTED, TERMINATED = 130, 143
_FILES = (
    "init",
    "scan",
    "watch",
    "search",
    "exporting",
    "alerts",
    "clock",
    "stats",
    "report",
    "sources",
    "mark",
    "upkeep",
    "backtest",
    "importing",
    "explain",
    "check",
    "schedule",
    "demo",
)
"""Of commands, in the order of the help."""
_ALONE = frozenset({"scan", "watch", "search", "check"})
"""Commands that are the whole of their file: where one of them is asked for, no other is loaded."""


class _Group(spoken.Group):
    """Says what went wrong in one sentence, also while options are read (``--help`` prints there)."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        with _sentences():
            return super().make_context(*args, **more)

    def invoke(self, ctx: Any) -> Any:
        with _sentences():
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()  # here, where a closed pipe or a full disk can still be told


@contextmanager
def _sentences() -> Iterator[None]:
    """Turns expected errors into one sentence on stderr and the exit code of their class."""
    try:
        yield
    except EreputationError as error:
        options.complain(str(error))
        raise typer.Exit(error.exit_code) from None
    except TyperException as error:
        spoken.complain(error)
        raise typer.Exit(error.exit_code) from None
    except BrokenPipeError:  # the reader has gone (`| head`)
        _drop_output()
        raise typer.Exit(0) from None
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _drop_output()
        options.complain(_("the output could not be written: no space left on device"))
        raise typer.Exit(EreputationError.exit_code) from None
    except KeyboardInterrupt:
        options.complain(_("interrupted; what was stored before is safe"))
        raise typer.Exit(INTERRUPTED) from None


def _drop_output() -> None:
    """What is still held for standard output goes nowhere, also when the interpreter flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"ereputation {__version__}")
        raise typer.Exit


def _common(
    ctx: typer.Context,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    _asked: options.typed_version(_version) = False,  # type: ignore[valid-type]
) -> None:
    """Watch what is said of your brands: mentions, sentiment, spikes, and the silence of the brand itself."""
    ctx.obj = options.Common(
        config=config, database=database, output=output, color=color, quiet=quiet, verbose=verbose
    )


@cache
def _app(alone: str = "") -> typer.Typer:
    """All commands, or one."""
    app = spoken.Typer(
        cls=_Group,
        name="ereputation",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_common)
    for name in (alone,) if alone else _FILES:
        import_module(f"{__name__}.{name}").add_to(app)
    return app


def __getattr__(name: str) -> typer.Typer:
    if name == "app":
        return _app()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(TERMINATED)


@cache
def _command(alone: str) -> Any:
    """The tree of commands; built once, for whoever calls ``main`` more than once in a process."""
    return typer.main.get_command(_app(alone))


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code is what PRODUCT's table says."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller, as some daemons do
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for as long as we run
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=spoken.CLOSEST)  # a latin-1 terminal must not stop an alert
    speech.use(speech.wanted(os.environ))
    previous = signal.signal(signal.SIGTERM, _terminate)
    try:
        alone = arguments[0] if arguments and arguments[0] in _ALONE else ""
        _command(alone)(args=list(arguments), prog_name="ereputation")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        signal.signal(signal.SIGTERM, previous)
        speech.use(None)
    return 0
