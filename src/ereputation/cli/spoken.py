"""Typer in the language in use: its help, its usage lines and what it says of options it cannot take.

Help texts stay plain in the code, ``help="..."`` and docstrings: they are said here, when they are shown.
"""

from __future__ import annotations

import codecs
import re
from copy import copy
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from ereputation import words
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer.exceptions import TyperException

CLOSEST = "ereputation.closest"
"""How a stream writes what its encoding lacks: as the closest that it has, else as a question mark."""
_PLAIN = str.maketrans({"\u202f": "\u00a0", "’": "'", "“": '"', "”": '"', "…": "...", "œ": "oe", "–": "-"})


def _closest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    kept = []
    for char in error.object[error.start : error.end]:
        plain = char.translate(_PLAIN)
        try:
            plain.encode(error.encoding)
        except UnicodeEncodeError:
            plain = " " if char.isspace() else "?"
        kept.append(plain)
    return "".join(kept), error.end


codecs.register_error(CLOSEST, _closest)

_SENTENCES = (
    N_("Invalid value for {where}: {what}"),
    N_("Invalid value: {what}"),
    N_("Value error, {value} is not one of {choices}."),
    N_("Input should be a valid integer, unable to parse string as an integer"),
    N_("Input should be a valid number, unable to parse string as a number"),
    N_("Input should be greater than or equal to {least}"),
    N_("Input should be less than or equal to {most}"),
    N_("Missing argument {name}. Choose from:\n{choices}"),
    N_("Missing argument {name}."),
    N_("Missing option {name}."),
    N_("Missing command."),
    N_("No such option: {option} (Possible options: {options})"),
    N_("No such option: {option}"),
    N_("No such command {name}. Did you mean {names}?"),
    N_("No such command {name}."),
    N_("Got unexpected extra argument(s) ({arguments})"),
    N_("Option {name} requires an argument."),
    N_("Option {name} does not take a value."),
    N_("env var: {name}"),
    N_("default: {value}"),
    N_("required"),
)
"""What Typer says; a sentence that is not here stays as it is."""
_TYPES = {
    "str": N_("text"),
    "path": N_("file"),
    "int": N_("number"),
    "int range": N_("number"),
    "float": N_("number"),
}
_TO_TRANSLATE = (N_("[OPTIONS]"), N_("COMMAND [ARGS]..."), N_("Show this message and exit."))


@cache
def _shapes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((text, re.compile(_pattern(text), re.DOTALL)) for text in _SENTENCES)


def _pattern(text: str) -> str:
    return re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(text))


def sentence(text: str) -> str:
    """What Typer says, in the language in use."""
    for known, shape in _shapes():
        if said := shape.fullmatch(text):
            return _(known).format(**{name: sentence(value) for name, value in said.groupdict().items()})
    return text


def complain(error: TyperException) -> None:
    """Say on standard error what Typer could not take, after the usage line of the command."""
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.format_message(), err=True)
        return
    ctx = getattr(error, "ctx", None)
    if ctx is not None:
        typer.echo(ctx.get_usage(), err=True)
        asked = f"{ctx.command_path} {ctx.help_option_names[0]}"
        typer.echo(_("Try '{command}' for help.").format(command=asked) + "\n", err=True)
    typer.echo(_("Error: {what}").format(what=sentence(error.format_message())), err=True)


class _Given:
    """Reads the value of one option. Typer's own reader takes half a millisecond to make, also where nothing was given."""

    def __init__(self, made: Callable[[], Any]) -> None:
        self._made = made

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value as its type; of several that were not given none."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        return self._made().coerce(value, param=param, ctx=ctx)


class _Speaking:
    """What commands and groups share: texts are translated when they are asked for."""

    _help: str | None = None

    def get_params(self, ctx: Any) -> Any:
        """Its options, each of which makes what reads it when it was given."""
        parameters = super().get_params(ctx)  # type: ignore[misc]
        for parameter in parameters:
            made = getattr(parameter, "get_runtime_param", None)
            if made and "get_runtime_param" not in vars(parameter):
                parameter.get_runtime_param = partial(_Given, made)
        return parameters

    @property
    def help(self) -> str | None:
        """The docstring of the command, said in the language in use."""
        return _(self._help) if self._help else self._help

    @help.setter  # noqa: A003 - as Typer calls it
    def help(self, text: str | None) -> None:
        self._help = text

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The line that says how it is called."""
        pieces = " ".join(self.collect_usage_pieces(ctx))  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, pieces, prefix=_("Usage: "))

    def _definitions(self, ctx: typer.Context, formatter: Any) -> None:
        kinds: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
        for parameter in self.get_params(ctx):
            shown = copy(parameter)
            shown.help = _(parameter.help) if parameter.help else parameter.help
            if record := shown.get_help_record(ctx):
                kinds[parameter.param_type_name].append((typed(record[0]), _extras(record[1])))
        for rows, title in ((kinds["argument"], _("Arguments")), (kinds["option"], _("Options"))):
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def typed(names: str) -> str:
    """``--brand <list[str]>`` as people say it: ``--brand <text>``; a choice stays a choice."""
    return re.sub(r"<(?:list\[(.+?)\]|(.+?))>$", lambda named: f"<{_called(named[1] or named[2])}>", names)


def _called(kind: str) -> str:
    return _(_TYPES[kind]) if kind in _TYPES else kind


def _extras(text: str) -> str:
    """A help text with what Typer adds to it between brackets: ``[default: 15m]``."""
    before, bracket, more = text.rpartition("[")
    if not bracket or not more.endswith("]"):
        return text
    return f"{before}[{words.joined(map(sentence, more[:-1].split('; ')))}]"


def _pieces(pieces: list[str]) -> list[str]:
    return [_(piece) if piece in _TO_TRANSLATE else piece for piece in pieces]


class Command(_Speaking, TyperCommand):
    """A command."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What follows the command's name on that line."""
        return _pieces(super().collect_usage_pieces(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """What it takes."""
        self._definitions(ctx, formatter)


class Group(_Speaking, TyperGroup):
    """A group of commands."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What follows the command's name on that line."""
        return _pieces(super().collect_usage_pieces(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """What it takes."""
        self._definitions(ctx, formatter)
        limit = formatter.width - 6 - max(map(len, self.commands), default=0)
        rows = [
            (name, command.get_short_help_str(limit))
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) and not command.hidden
        ]
        if rows:
            with formatter.section(_("Commands")):
                formatter.write_dl(rows)


class Typer(typer.Typer):
    """An application or a group of commands whose commands are of this file."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("cls", Group)
        super().__init__(**more)

    def command(self, name: str | None = None, **more: Any) -> Callable[[Any], Any]:
        """Register a command."""
        more.setdefault("cls", Command)
        return super().command(name, **more)
