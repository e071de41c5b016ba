"""A report for people and programs: one HTML file, Markdown, JSON; all from the same value, none computes anything."""

from ereputation.page.html import WAITING, logo_uri, page
from ereputation.page.markdown import markdown
from ereputation.page.record import report_record

__all__ = ["WAITING", "logo_uri", "markdown", "page", "report_record"]
