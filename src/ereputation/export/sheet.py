"""CSV by RFC 4180 that no spreadsheet runs: text cells are never formulas, numbers stay numbers.

Rules of OWASP "CSV Injection" and ASVS 1.2.10, with the full-width forms that Excel takes for ASCII. Dialects are for
what reads the file: ``excel-fr`` is what a French Excel opens with a double click.
"""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ereputation.errors import UsageError
from ereputation.export.files import write
from ereputation.export.records import when
from ereputation.speech import _
from ereputation.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import tzinfo
    from pathlib import Path
    from typing import IO

LONGEST_CELL = 32_000
"""Characters; Excel cuts at 32,767 and lets the rest run into the next rows."""
FORMULA = re.compile(r"[\s\"'“”«»‘’`]*[=+\-@＝＋－＠]")
"""How text begins that a spreadsheet would take for a formula."""
_HARMLESS = re.compile(r"(?:[0-9A-Za-z](?:[ -:<-~]{0,998}[!-:<-~])?)?")
"""What most cells are: plain ASCII that begins with a letter or digit; nothing has to be done to it."""
_BROKEN_OUT = re.compile(r";(?=[\s\"']*(?:[=+@＝＋＠]|[-－][^\s)]))")
"""A French Excel opening a comma file cuts at ``;``: what follows one would begin a cell. Not the smiley ``;-)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a program wants its CSV."""

    name: str = "rfc4180"
    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    local_times: bool = False
    """Adds ``date`` and ``time`` columns in the configuration's zone."""


PLAIN = Dialect()
_DIALECTS = {
    d.name: d
    for d in (
        PLAIN,
        Dialect(name="excel-fr", delimiter=";", encoding="utf-8-sig", decimal=",", local_times=True),
        Dialect(name="brandwatch"),
        Dialect(name="talkwalker"),
        Dialect(name="meltwater", delimiter="\t", encoding="utf-16"),
    )
}


def dialect(name: str) -> Dialect:
    """The dialect called ``name``; an empty name is RFC 4180. Raises UsageError for any other."""
    if (found := _DIALECTS.get(name or PLAIN.name)) is None:
        raise UsageError(
            _("--dialect: expected one of {dialects}, not {name!r}").format(
                dialects=", ".join(_DIALECTS), name=name
            )
        )
    return found


def text_cell(text: str) -> str:
    """Text that a spreadsheet shows as it is: an apostrophe stands before what would begin a formula."""
    if _HARMLESS.fullmatch(text):
        return text
    clean = neutralise(text[: 2 * LONGEST_CELL])[:LONGEST_CELL].strip()
    clean = _BROKEN_OUT.sub(";'", clean)
    return f"'{clean}" if FORMULA.match(clean) else clean


def _cell(value: Any, form: Dialect, zone: tzinfo) -> str:
    if isinstance(value, str):
        return text_cell(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value).replace(".", form.decimal) if math.isfinite(value) else ""
    if isinstance(value, datetime):
        return when(value, zone) or ""
    if isinstance(value, list | tuple):
        return text_cell("; ".join(map(str, value)))
    return text_cell(str(value))


class _Line:
    """A file for csv.writer that hands each line back."""

    @staticmethod
    def write(line: str) -> str:
        return line


def csv_lines(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], form: Dialect = PLAIN, zone: tzinfo = UTC
) -> Iterator[str]:
    """A header and one line per row, CRLF at the end of each; a missing key is an empty cell.

    Strings and lists are text and made harmless; numbers, booleans and times are written as such.
    """
    put: Callable[[Iterable[str]], Any] = csv.writer(
        _Line, delimiter=form.delimiter, lineterminator="\r\n"
    ).writerow
    yield put(columns)
    for row in rows:
        yield put([_cell(row.get(column), form, zone) for column in columns])


def write_csv(
    target: Path | IO[Any],
    rows: Iterable[Mapping[str, Any]],
    columns: Sequence[str],
    form: Dialect = PLAIN,
    zone: tzinfo = UTC,
) -> None:
    """Write ``csv_lines`` to a path or a stream, in the dialect's encoding."""
    write(csv_lines(rows, columns, form, zone), target, encoding=form.encoding)
