"""A file as rows whose fields can be asked for by our names, whoever wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, NamedTuple

from ereputation import words
from ereputation.errors import EreputationError, UsageError
from ereputation.importing.columns import columns, find_header
from ereputation.importing.records import Line, Table, objects, text_of
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ereputation.importing.columns import Columns

_SEEN = 1_000
"""Objects whose names are gathered before the first is used."""


class Row(NamedTuple):
    """A row of data, or what is wrong with it."""

    number: int
    """Its line in the file."""
    cells: Sequence[str]
    columns: Columns
    fault: str = ""

    def value(self, name: str) -> str:
        """What the row says of a field; empty when it says nothing."""
        return self.columns.value(self.cells, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a file holds."""

    columns: Columns
    rows: Iterator[Row]
    """Read as they are asked for."""


def contents(file: IO[bytes], name: str, dialect: str, mapped: Mapping[str, str]) -> Contents:
    """CSV or NDJSON, by how it begins. Raises UsageError when the columns cannot be told."""
    try:
        lines = text_of(file)
        head = list(islice((line for line in lines), 1))
    except UsageError as error:
        raise UsageError(words.labelled(name, str(error))) from None
    while head and not head[-1].strip() and (more := next(lines, None)) is not None:
        head.append(more)
    if not head or not head[-1].strip():
        raise EreputationError(_("{name}: the file is empty").format(name=name))
    begins = head[-1].lstrip("\ufeff \t")
    everything = chain(head, lines)
    if begins.startswith("["):
        raise UsageError(
            _("{name}: a JSON array; one object a line is read (NDJSON), such as: jq -c '.[]'").format(
                name=name
            )
        )
    if begins.strip() == "{":
        raise UsageError(
            _(
                "{name}: one JSON document; one object a line is read (NDJSON), such as our own export writes:"
                " ereputation export mentions -o history.ndjson"
            ).format(name=name)
        )
    if begins.startswith("{"):
        return _from_objects(everything, name, dialect, mapped)
    return _from_table(everything, name, dialect, mapped)


def _from_table(lines: Iterator[str], name: str, dialect: str, mapped: Mapping[str, str]) -> Contents:
    table = Table(lines)
    head = table.head()
    found = find_header([line.cells for line in head], dialect=dialect, mapped=mapped)
    if found is None:
        raise UsageError(_nothing_found(name, head, mapped))
    place, read = found
    table.width = len(read.names)

    def rows() -> Iterator[Row]:
        for line in table:
            if line.number <= head[place].number:
                continue
            yield Row(line.number, line.cells, read, line.fault or _odd(line, read))

    return Contents(columns=read, rows=rows())


def _odd(line: Line, read: Columns) -> str:
    """A row that is cut short where a field we need stands."""
    needed = min(read.places["published"])
    if len(line.cells) <= needed:
        return _("only {found} of {count} columns").format(found=len(line.cells), count=len(read.names))
    return ""


def _nothing_found(name: str, head: Sequence[Line], mapped: Mapping[str, str]) -> str:
    header = max((line.cells for line in head), key=len, default=())
    seen = ", ".join(cell.strip()[:40] for cell in header[:30] if cell.strip())
    if mapped:
        return _("{name}: no row has the columns --map names; the file has: {seen}").format(
            name=name, seen=seen
        )
    return _(
        "{name}: no column is known to hold the date, or the text; the file has: {seen}\nhint: name them, such as --map published=Date,text=Content"
    ).format(name=name, seen=seen)


def _from_objects(lines: Iterator[str], name: str, dialect: str, mapped: Mapping[str, str]) -> Contents:
    records = objects(lines)
    head = list(islice(records, _SEEN))
    names = list(dict.fromkeys(key for _cells, found, _rest in head for key in found))
    read = columns(names, dialect=dialect, mapped=mapped)
    if not read.usable or not all(field in read.places for field in mapped):
        raise UsageError(_nothing_found(name, [Line(1, names)], mapped))

    def rows() -> Iterator[Row]:
        for number, found, fault in chain(head, records):
            yield Row(number, [found.get(key, "") for key in names], read, fault)

    return Contents(columns=read, rows=rows())
