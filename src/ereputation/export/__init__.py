"""What people and programs take away: JSON, NDJSON, CSV and workbooks, with keys and columns that only ever grow.

``records`` turns values into dictionaries, ``tabular`` into rows; ``jsontext`` makes JSON that always encodes, ``sheet``
CSV and ``workbook`` XLSX whose text cells no spreadsheet runs as a formula; ``files`` writes them so that a crash leaves
no half file.
"""

from ereputation.export.about import About, Reach
from ereputation.export.choice import chunks, mention_lines
from ereputation.export.files import write
from ereputation.export.jsontext import array, dump, lines, write_json
from ereputation.export.mentions import COLUMNS, DIALECTS, mention_record
from ereputation.export.records import (
    alert_record,
    bucket_record,
    delivery_record,
    document_record,
    explain_record,
    handling_record,
    marking_record,
    match_record,
    scan_record,
    sentiment_record,
    when,
)
from ereputation.export.replay import budget_record, past_record, point_record
from ereputation.export.response import clock_record, outlook_record, wait_record
from ereputation.export.rows import (
    ALERT_COLUMNS,
    alert_lines,
    document_lines,
    document_sheet,
    write_alerts_csv,
    write_documents_csv,
)
from ereputation.export.sheet import Dialect, csv_lines, dialect, write_csv
from ereputation.export.stats import STEP_COLUMNS, period_record, stats_record, step_rows
from ereputation.export.tabular import table
from ereputation.export.workbook import Sheet, write_workbook

__all__ = [
    "ALERT_COLUMNS",
    "COLUMNS",
    "DIALECTS",
    "STEP_COLUMNS",
    "About",
    "Dialect",
    "Reach",
    "Sheet",
    "alert_lines",
    "alert_record",
    "array",
    "bucket_record",
    "budget_record",
    "chunks",
    "clock_record",
    "csv_lines",
    "delivery_record",
    "dialect",
    "document_lines",
    "document_record",
    "document_sheet",
    "dump",
    "explain_record",
    "handling_record",
    "lines",
    "marking_record",
    "match_record",
    "mention_lines",
    "mention_record",
    "outlook_record",
    "past_record",
    "period_record",
    "point_record",
    "scan_record",
    "sentiment_record",
    "stats_record",
    "step_rows",
    "table",
    "wait_record",
    "when",
    "write",
    "write_alerts_csv",
    "write_csv",
    "write_documents_csv",
    "write_json",
    "write_workbook",
]
