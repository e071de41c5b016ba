"""Everything found, written to a file by the exports; the form follows the file's name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ereputation import export
from ereputation.errors import UsageError
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, tzinfo

    from ereputation.searching import Hit

FORMS = ("xlsx", "csv", "json", "ndjson")


def proposed(now: datetime, zone: tzinfo) -> str:
    """A file name for what is found now."""
    return f"search-{now.astimezone(zone):%Y-%m-%d-%H%M}.xlsx"


def path_of(text: str) -> Path:
    """The file that is meant. UsageError when its form is not known."""
    path = Path(text.strip()).expanduser()
    if path.suffix.lower().removeprefix(".") not in FORMS:
        known = ", ".join(f".{form}" for form in FORMS)
        raise UsageError(_("The name says the form: {known}").format(known=known))
    return path


def objection(text: str) -> str:
    """What one should know before this file is written; empty when all is well."""
    try:
        path = path_of(text)
    except UsageError as error:
        return str(error)
    return _("{path} is there already; Enter replaces it.").format(path=path) if path.exists() else ""


def write(hits: Iterable[Hit], path: Path, *, text: str, now: datetime, zone: tzinfo) -> int:
    """Write hits as they come, as ``search --format`` does, or as a workbook; how many there were."""
    counted = _Counted(hits)
    form = path.suffix.lower().removeprefix(".")
    if form == "xlsx":
        export.write_workbook(path, [export.document_sheet(counted, zone)], zone=zone, created=now)
    elif form == "csv":
        export.write(export.document_lines(counted, zone=zone), path)
    else:
        records = (export.document_record(d, m, spans=s, zone=zone) for d, m, s in counted)
        chunks = (
            export.lines(records)
            if form == "ndjson"
            else export.array(records, schema="search", key="documents", head={"query": text})
        )
        export.write(chunks, path)
    return counted.number


class _Counted:
    def __init__(self, hits: Iterable[Hit]) -> None:
        self._hits, self.number = hits, 0

    def __iter__(self) -> Iterator[Hit]:
        for hit in self._hits:
            self.number += 1
            yield hit
