"""Workbooks for Excel and its kin: real dates and numbers, and text that stays text, row by row in bounded memory.

No cell is a formula or a link: every text is written as a string, and what looks like a formula is marked as quoted, so
that it stays text when somebody edits the cell. What one sheet cannot hold goes on in further ones, "mentions (2)"...
"""

from __future__ import annotations

import math
import re
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ereputation.errors import EreputationError
from ereputation.export.files import replacing
from ereputation.export.records import Record, local
from ereputation.export.sheet import FORMULA
from ereputation.speech import _
from ereputation.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import tzinfo

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576
"""Of a sheet in Excel, the header among them."""
_LONGEST = 32_767
"""UTF-16 units of a cell in Excel."""
_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_FIRST_YEAR = 1900
_WIDTHS = {
    "brand": 18, "published": 19, "first_seen": 19, "source": 24, "domain": 22, "url": 40, "title": 60, "snippet": 70,
    "author_name": 20, "author_handle": 20, "words": 30, "matched": 24, "reply_to": 30, "note": 30, "kind": 16,
    "started": 19, "peaked": 19, "ended": 19, "last_owned": 19, "waiting_oldest": 19, "at": 19, "start": 19,
    "rising_terms": 40, "categories": 24, "example_titles": 60, "example_urls": 40, "advice": 60, "handled_at": 19,
    "snoozed_until": 19, "handling_note": 40, "Date": 19, "Title": 60, "Snippet": 70, "Full Text": 70, "Url": 40,
    "content": 70, "Headline": 60, "Opening Text": 70, "Hit Sentence": 70, "URL": 40,
}  # fmt: skip
_USUAL_WIDTH = 13
_SHARES = frozenset({"negative_share", "usual_share", "coverage", "exposure"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and rows: text, numbers, booleans, lists, aware moments, None for an empty cell."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Record]


def write_workbook(
    target: Path | IO[bytes],
    sheets: Iterable[Sheet],
    *,
    zone: tzinfo,
    created: datetime,
    notes: Callable[[dict[str, int]], Iterable[tuple[str, Any]]] | None = None,
    most_rows: int = MOST_ROWS,
) -> dict[str, int]:
    """Write the sheets, then one that explains them; the rows of each. The same values give the same bytes.

    Moments are local times of ``zone``, as Excel knows no others. ``notes`` is given the rows of each sheet and gives a
    word and a value for each line of the last sheet. Raises EreputationError when the file cannot be written; what stood
    there before is then untouched.
    """
    if not isinstance(target, Path):
        with _opened(target, created, None) as book:
            return _Writer(book, zone, most_rows).write(sheets, notes)
    try:
        with replacing(target) as file, _opened(file, created, target.resolve().parent) as book:
            return _Writer(book, zone, most_rows).write(sheets, notes)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise EreputationError(
            _("cannot write {file}: {reason}").format(file=target, reason=reason)
        ) from error


@contextmanager
def _opened(file: IO[bytes], created: datetime, beside: Path | None) -> Iterator[Workbook]:
    """A workbook whose rows go to temporary files as they come; it is put together when the block ends well.

    A million rows take 2 GB meanwhile: ``beside`` the file, where there must be room; None: where the system keeps such.
    """
    from xlsxwriter.exceptions import XlsxWriterException
    from xlsxwriter.workbook import Workbook

    with tempfile.TemporaryDirectory(prefix=".ereputation-", dir=beside) as folder:
        book = Workbook(file, {"constant_memory": True, "tmpdir": folder})
        book.use_zip64()
        # The library would note the moment of writing in the file.
        book.set_properties(
            {"author": "ereputation", "created": created.astimezone(UTC).replace(tzinfo=None)}
        )
        try:
            yield book
            book.close()
        except XlsxWriterException as error:
            raise OSError(str(error)) from error
        finally:
            book.fileclosed = True
            for page in book.worksheets():
                with suppress(OSError):  # said already, if the disk is full
                    page.row_data_fh.close()


@dataclass(slots=True)
class _Writer:
    book: Workbook
    zone: tzinfo
    most_rows: int
    formats: dict[str, Format] = field(default_factory=dict)

    def write(
        self,
        sheets: Iterable[Sheet],
        notes: Callable[[dict[str, int]], Iterable[tuple[str, Any]]] | None,
    ) -> dict[str, int]:
        add = self.book.add_format
        self.formats = {
            "head": add({"bold": True, "bg_color": "#DDE6F0", "bottom": 1}),
            "moment": add({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "share": add({"num_format": "0.0%"}),
            "quoted": add({"quote_prefix": True}),
            "word": add({"bold": True, "valign": "top"}),
            "said": add({"text_wrap": True, "valign": "top"}),
            "number": add({"align": "left", "num_format": "#,##0"}),
            "when": add({"align": "left", "num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        counts = {sheet.name: self._sheet(sheet) for sheet in sheets}
        if notes:
            self._explain(notes(counts))
        return counts

    def _sheet(self, sheet: Sheet) -> int:
        """Write one sheet, and others after it as long as rows are left; the number of rows."""
        written = 0
        rows = iter(sheet.rows)
        ahead = next(rows, None)
        number = 1
        while number == 1 or ahead is not None:
            page = self._begin(sheet.name if number == 1 else f"{sheet.name} ({number})", sheet.columns)
            place = 0
            while ahead is not None and place < self.most_rows - 1:
                place += 1
                for column, name in enumerate(sheet.columns):
                    self._cell(page, place, column, ahead.get(name), name)
                ahead = next(rows, None)
            page.autofilter(0, 0, place, len(sheet.columns) - 1)
            written += place
            number += 1
        return written

    def _begin(self, name: str, columns: Sequence[str]) -> Worksheet:
        page = self.book.add_worksheet(name)
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        _print_wide(page)
        page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        for place, column in enumerate(columns):
            page.set_column(place, place, _WIDTHS.get(column, _USUAL_WIDTH))
            page.write_string(0, place, column, self.formats["head"])
        return page

    def _explain(self, lines: Iterable[tuple[str, Any]]) -> None:
        page = self.book.add_worksheet(_("read me"))
        page.set_column(0, 0, 28)
        page.set_column(1, 1, 90)
        _print_wide(page)
        for place, (word, said) in enumerate(lines):
            if word:
                page.write_string(place, 0, _text(word), self.formats["word"])
            if isinstance(said, str) and said:
                page.write_string(place, 1, _text(said), self.formats["said"])
            elif isinstance(said, datetime):
                self._moment(page, place, 1, said, "when")
            elif isinstance(said, int | float):
                page.write_number(place, 1, said, self.formats["number"])

    def _cell(self, page: Worksheet, row: int, column: int, value: Any, name: str) -> None:
        if isinstance(value, list | tuple):
            value = "; ".join(map(str, value))
        if isinstance(value, str):
            if value:
                text = _text(value)
                page.write_string(row, column, text, self.formats["quoted"] if FORMULA.match(text) else None)
        elif isinstance(value, bool):
            page.write_boolean(row, column, value)
        elif isinstance(value, int | float):
            if math.isfinite(value):
                page.write_number(row, column, value, self.formats["share"] if name in _SHARES else None)
        elif isinstance(value, datetime):
            self._moment(page, row, column, value, "moment")
        elif value is not None:
            page.write_string(row, column, _text(str(value)))

    def _moment(self, page: Worksheet, row: int, column: int, value: datetime, form: str) -> None:
        there = local(value, self.zone).replace(tzinfo=None, microsecond=0)
        if there.year > _FIRST_YEAR:
            page.write_datetime(row, column, there, self.formats[form])
        else:  # Excel's calendar begins later
            page.write_string(row, column, there.isoformat(" "))


def _print_wide(page: Worksheet) -> None:
    """On paper: A4, landscape, every column on the page."""
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _text(text: str) -> str:
    """Text that a cell can hold, and that neither XML, nor Excel, nor the library takes for anything else."""
    clean = _NO_XML.sub("\ufffd", neutralise(text[: 2 * _LONGEST])).strip()
    if len(clean) > _LONGEST // 2 and len(clean.encode("utf-16-le")) > 2 * _LONGEST:
        clean = clean.encode("utf-16-le")[: 2 * (_LONGEST - 1)].decode("utf-16-le", "ignore") + "…"
    # The library writes what stands between these as markup of its own.
    return f"{clean} " if clean.startswith("<r>") and clean.endswith("</r>") else clean
