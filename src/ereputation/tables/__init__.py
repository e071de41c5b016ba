"""What people see: panels and tables on a terminal, complete plain lines elsewhere.

Each view has a pure half that finds the words (``facts``, ``*_lines``) and a half that dresses them with Rich, so that
what is said never depends on the terminal. Rich is imported only when something is dressed.
"""

from ereputation.tables.account import Account, account_lines, print_account
from ereputation.tables.alerts import alert_lines, print_alerts
from ereputation.tables.charts import Point, chart_lines, print_chart, sparkline
from ereputation.tables.clock import clock_lines, outlook_lines, print_clock, print_outlook
from ereputation.tables.consoles import put_lines, stderr_console, stdout_console
from ereputation.tables.deliveries import delivery_lines
from ereputation.tables.documents import document_lines, print_documents, print_mentions
from ereputation.tables.explain import explain_lines, print_explain
from ereputation.tables.handling import handling_line, marking_line
from ereputation.tables.intake import import_lines, print_import
from ereputation.tables.listing import print_alert_list
from ereputation.tables.past import budget_lines, past_lines, print_budgets, print_past
from ereputation.tables.play import Play
from ereputation.tables.scan import print_scan, scan_lines
from ereputation.tables.single import mention_lines, print_mention
from ereputation.tables.sources import print_sources, source_lines
from ereputation.tables.stats import print_stats, stats_lines
from ereputation.tables.status import Progress, counting, progress, working
from ereputation.tables.telling import Facts, facts

__all__ = [
    "Account",
    "Facts",
    "Play",
    "Point",
    "Progress",
    "account_lines",
    "alert_lines",
    "budget_lines",
    "chart_lines",
    "clock_lines",
    "counting",
    "delivery_lines",
    "document_lines",
    "explain_lines",
    "facts",
    "handling_line",
    "import_lines",
    "marking_line",
    "mention_lines",
    "outlook_lines",
    "past_lines",
    "print_account",
    "print_alert_list",
    "print_alerts",
    "print_budgets",
    "print_chart",
    "print_clock",
    "print_documents",
    "print_explain",
    "print_import",
    "print_mention",
    "print_mentions",
    "print_outlook",
    "print_past",
    "print_scan",
    "print_sources",
    "print_stats",
    "progress",
    "put_lines",
    "scan_lines",
    "source_lines",
    "sparkline",
    "stats_lines",
    "stderr_console",
    "stdout_console",
    "working",
]
