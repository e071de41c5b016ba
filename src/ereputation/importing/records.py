"""A file as records, one at a time: encodings, separators, quotes that never close, NDJSON; memory does not grow with it."""

from __future__ import annotations

import codecs
import csv
import json
from collections import Counter, deque
from contextlib import contextmanager
from io import BufferedReader, RawIOBase, TextIOWrapper
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from ereputation.errors import UsageError
from ereputation.sources.encodings import windows_1252
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEAD = 1 << 16
"""Bytes looked at before reading."""
_LONGEST_FIELD = 1 << 22
_MOST_LINES = 200
"""Lines one record may span; a quote open for longer was never meant to open."""
_HEAD_LINES = 50
_SEPARATORS = ("\t", ";", ",", "|")
_DEEP = 4
"""Levels of JSON that become dotted names."""


class RowError(ValueError):
    """A row that cannot become a document; the message says why."""


class Line(NamedTuple):
    """A record of the file, or what is wrong with it."""

    number: int
    """Of its first line, from 1."""
    cells: Sequence[str]
    fault: str = ""
    """Empty when it could be read."""


class Lines:
    """The lines of a file, of which the last can be given back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._back: deque[str] = deque()
        self._record: list[str] = []
        self._size = 0
        self.number = 0
        """Of the line read last."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._record) >= _MOST_LINES or self._size > _LONGEST_FIELD:
            raise csv.Error(_("a quote is opened and never closed"))
        line = self._back.popleft() if self._back else next(self._lines)
        self.number += 1
        self._record.append(line)
        self._size += len(line)
        return line.replace("\0", "")

    def begin(self) -> None:
        """From here on, lines belong to another record."""
        self._record, self._size = [], 0

    @property
    def record(self) -> Sequence[str]:
        """The lines this record has taken so far."""
        return self._record

    def give_back(self) -> None:
        """Read every line of this record but the first once more."""
        again = self._record[1:]
        self._back.extendleft(reversed(again))
        self.number -= len(again)
        self.begin()


def text_of(file: IO[bytes]) -> Iterator[str]:
    """The lines of a binary file with their ends: UTF-16 by its mark or its zeros, else UTF-8, a stray line Windows-1252."""
    file = file if isinstance(file, BufferedReader) else BufferedReader(cast(RawIOBase, file))
    head = file.peek(_HEAD)[:_HEAD]
    _refuse(head)
    if wide := _wide(head):
        wrapped = TextIOWrapper(file, encoding=wide, errors="replace", newline="")
        try:
            yield from iter(lambda: wrapped.readline(_LONGEST_FIELD), "")
        finally:
            wrapped.detach()  # who opened the file closes it
        return
    for number, line in enumerate(_pieces(file)):
        raw = line.removeprefix(codecs.BOM_UTF8) if number == 0 else line
        try:
            yield raw.decode("utf-8")
        except UnicodeDecodeError:
            yield windows_1252(raw)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Lines, those without an end cut so that none fills the memory."""
    while line := file.readline(_LONGEST_FIELD):
        # A carriage return alone ends a line too, as old Macs wrote them.
        if b"\r" in line and b"\r\n" not in line:
            yield from line.replace(b"\r\n", b"\n").replace(b"\r", b"\n").splitlines(keepends=True)
        else:
            yield line


def _wide(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[:400:2].count(0), head[1:400:2].count(0)
    half = len(head[:400]) // 2
    if half >= 8 and odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if half >= 8 and even > half * 0.6 and odd < half * 0.1 else ""


def _refuse(head: bytes) -> None:
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UsageError(
            _(
                "this is an Excel workbook; save it as CSV (UTF-8) first, or,"
                " if it is our own export, write it again: ereputation export mentions -o history.csv"
            )
        )
    if head.startswith(b"\x1f\x8b"):
        raise UsageError(
            _("this is compressed; unpack it first, such as: gunzip -c FILE | ereputation import -")
        )


def separator(sample: Sequence[str]) -> str:
    """The separator that cuts these lines into the most columns, the same number on most of them."""

    def weight(candidate: str) -> tuple[int, int]:
        counts = Counter(width for width in _widths(sample, candidate) if width > 1)
        if not counts:
            return (0, 0)
        columns, lines = max(counts.items(), key=lambda item: (item[1] * min(item[0], 5), item[0]))
        return lines * min(columns, 5), columns

    return max(_SEPARATORS, key=weight)


def _widths(sample: Sequence[str], delimiter: str) -> Iterator[int]:
    """How many cells each record has, without those that are none."""
    reader = csv.reader(sample, delimiter=delimiter)
    while True:
        try:
            yield len(next(reader))
        except csv.Error:
            continue
        except StopIteration:
            return


@contextmanager
def _long_fields() -> Iterator[None]:
    """Room for the full text of an article in a cell; the limit belongs to the whole process."""
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)


class Table:
    """The records of a CSV file, preamble and header included; what cannot be read is told and skipped.

    ``width``: how many cells a row has, once somebody knows; a record over several lines that has another number of
    them came from a stray quote, and its lines are read once more, one by one.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        self._head = list(islice(lines, _HEAD_LINES))
        self._rest = lines
        self._delimiter = separator([line for line in self._head if line.strip()])
        self.width = 0

    def head(self) -> list[Line]:
        """The first records, for a look; they come again."""
        with _long_fields():
            return list(self._records(Lines(iter(self._head))))

    def __iter__(self) -> Iterator[Line]:
        with _long_fields():
            yield from self._records(Lines(chain(self._head, self._rest)))

    def _records(self, source: Lines) -> Iterator[Line]:
        reader = csv.reader(source, delimiter=self._delimiter)
        while True:
            source.begin()
            start = source.number + 1
            cells: Sequence[str] = ()
            fault = ""
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                fault = str(error)
            if not fault and len(source.record) > 1 and not self._meant(source.record, cells):
                fault = _("a quote is opened and not closed where the row ends")
            if fault:
                source.give_back()
                reader = csv.reader(source, delimiter=self._delimiter)
                yield Line(start, (), fault)
            elif any(cell.strip() for cell in cells):
                yield Line(start, cells)

    def _meant(self, lines: Sequence[str], cells: Sequence[str]) -> bool:
        """Whether a record over several lines is one: as many cells as all, every quote closed before a separator."""
        if self.width and len(cells) != self.width:
            return False
        try:
            next(csv.reader(lines, delimiter=self._delimiter, strict=True))
        except csv.Error:
            return False
        return True


def flat(value: Any, name: str = "", depth: int = 0) -> dict[str, str]:
    """A JSON object as dotted names and texts; lists are joined, nothing becomes empty."""
    if isinstance(value, dict) and depth < _DEEP:
        found: dict[str, str] = {}
        for key, inner in value.items():
            found |= flat(inner, f"{name}.{key}" if name else str(key), depth + 1)
        return found
    if value is None or isinstance(value, dict):
        return {name: ""}
    if isinstance(value, list):
        return {name: ", ".join(str(part) for part in value if isinstance(part, str | int | float))}
    return {name: value if isinstance(value, str) else json.dumps(value)}


def objects(lines: Iterator[str]) -> Iterator[tuple[int, dict[str, str], str]]:
    """The objects of an NDJSON file: line, names and texts, and what is wrong (empty when nothing is)."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield number, {}, _("not a JSON object on one line")
            continue
        if isinstance(value, dict):
            yield number, flat(value), ""
        else:
            yield number, {}, _("not a JSON object")
