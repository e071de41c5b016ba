"""The manual page, made from the commands themselves: ``python -m ereputation.cli.manual > ereputation.1``.

References: man-pages(7), groff_man(7). The build puts it into the wheel, with the completions of the shells.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from ereputation import __version__, speech
from ereputation.cli.spoken import typed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_EXITS = (
    ("0", "done, alerts or not"),
    ("1", "failed, nothing useful produced"),
    ("2", "usage or configuration"),
    ("3", "done, but coverage is degraded: a source has failed three scans in a row, or more than a fifth failed now"),
    ("10", "with --fail-on: a new alert at or above that level"),
    ("75", "another scan holds the lock"),
    ("130, 143", "interrupted"),
)  # fmt: skip
_ENVIRONMENT = (
    ("EREPUTATION_CONFIG", "the configuration's file, unless --config names one"),
    ("EREPUTATION_DATABASE", "the database, instead of the configuration's"),
    ("NO_COLOR", "no colours, when it is set"),
    ("LC_ALL, LC_MESSAGES, LANG", "French where the locale is, unless the configuration names a language"),
    ("NOTIFY_SOCKET", "where watch tells systemd that it lives"),
)
_FILES = (
    ("./ereputation.yaml", "the configuration"),
    ("$XDG_CONFIG_HOME/ereputation/ereputation.yaml", "the same, when there is none in the folder"),
)


def page(command: Any) -> str:
    """The manual page of a tree of commands, in English."""
    speech.use("en")
    try:
        return "\n".join(_lines(command)) + "\n"
    finally:
        speech.use(None)


def write(folder: Path) -> dict[str, str]:
    """Write the page and the completions into ``folder``; which file belongs where under the prefix of an installation."""
    import typer
    from typer import completion

    from ereputation.cli import app

    files = {"ereputation.1": "share/man/man1/ereputation.1"}
    (folder / "ereputation.1").write_text(page(typer.main.get_command(app)), encoding="utf-8")
    for shell, place in (
        ("bash", "share/bash-completion/completions/ereputation"),
        ("zsh", "share/zsh/site-functions/_ereputation"),
        ("fish", "share/fish/vendor_completions.d/ereputation.fish"),
    ):
        script = completion.get_completion_script(  # type: ignore[attr-defined]
            prog_name="ereputation", complete_var="_EREPUTATION_COMPLETE", shell=shell
        )
        if shell == "zsh":  # found by its name in $fpath, it is the function: its first line says for what
            script = f'{script.strip()}\n\n_ereputation_completion "$@"\n'
        (folder / f"ereputation.{shell}").write_text(f"{script.strip()}\n", encoding="utf-8")
        files[f"ereputation.{shell}"] = place
    return files


def _lines(command: Any) -> Iterator[str]:
    yield f'.TH EREPUTATION 1 "" "ereputation {__version__}" "User Commands"'
    yield ".SH NAME"
    yield "ereputation \\- watch what is said of your brands"
    yield ".SH SYNOPSIS"
    yield ".B ereputation"
    yield "[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGS\\fR]..."
    yield ".SH DESCRIPTION"
    yield _text(command.help)
    yield "An option may stand before the name of the command or after it; after it wins."
    yield ".SH OPTIONS"
    yield from _options(command)
    yield ".SH COMMANDS"
    for name, one in command.commands.items():
        yield from _command(one, name)
    for title, rows in (("EXIT STATUS", _EXITS), ("ENVIRONMENT", _ENVIRONMENT), ("FILES", _FILES)):
        yield f".SH {title}"
        for word, said in rows:
            yield ".TP"
            yield f"\\fB{_text(word)}\\fR"
            yield _text(said)
    yield ".SH SEE ALSO"
    yield ".BR crontab (5),"
    yield ".BR systemd.timer (5)"


def _command(command: Any, name: str) -> Iterator[str]:
    if command.hidden:
        return
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    usage = " ".join([name, *(_argument(one) for one in arguments)])
    yield f'.SS "{_quoted(usage)}"'
    yield _text(command.help)
    for one in arguments:
        if help_text := getattr(one, "help", None):
            yield ".TP"
            yield f"\\fI{_text(_shown(one))}\\fR"
            yield _text(help_text)
    yield from _options(command)
    for inner, one in getattr(command, "commands", {}).items():
        yield from _command(one, f"{name} {inner}")


def _argument(parameter: Any) -> str:
    shown = _shown(parameter)
    more = "..." if parameter.nargs == -1 and not shown.endswith("...") else ""
    return f"{shown}{more}" if parameter.required else f"[{shown}]{more}"


def _shown(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _options(command: Any) -> Iterator[str]:
    ctx = command.context_class(command)
    for parameter in command.params:
        record = parameter.get_help_record(ctx) if parameter.param_type_name == "option" else None
        if record:
            names, _space, value = typed(record[0]).partition(" <")
            yield ".TP"
            yield f"\\fB{_text(names)}\\fR" + (f" \\fI{_text(value.rstrip('>'))}\\fR" if value else "")
            yield _text(record[1])


def _text(text: str | None) -> str:
    """One line of text that groff prints as it is."""
    flat = re.sub(r"\s+", " ", text or "").strip()
    flat = flat.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("'", "\\(aq")
    return f"\\&{flat}" if flat[:1] == "." else flat


def _quoted(text: str) -> str:
    return _text(text).replace('"', "\\(dq")


if __name__ == "__main__":
    import typer

    from ereputation.cli import app

    sys.stdout.write(page(typer.main.get_command(app)))
