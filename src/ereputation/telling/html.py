"""The HTML part of a message: tables and inline styles, since mail programs know little else.

No colour of text or page is set but on the severity's badge, so that a program's dark mode stays readable; whatever
came from outside is escaped, and only web addresses become links.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import _, language
from ereputation.text import link, neutralise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ereputation.model import Alert, Severity
    from ereputation.tables import Facts

_COLOURS: dict[Severity, str] = {"critical": "#b23a00", "warning": "#946200", "info": "#1f6fa8"}
_GREY = "#7a7a7a"  # reads on white and on black
_BLUE = "#3b82c4"
_FONT = (
    "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.45"
)
_BAR = 220
"""Pixels of the longest bar."""


def page(
    told: Sequence[tuple[Alert, Facts]],
    *,
    subject: str,
    lead: str = "",
    rest: Sequence[str] = (),
    foot: str = "",
) -> str:
    """A whole HTML document."""
    body = "".join(
        [
            f'<p style="margin:0 0 16px">{_text(lead)}</p>' if lead else "",
            *(_card(alert, facts) for alert, facts in told),
            _list(rest),
            f'<p style="margin:16px 0 0;color:{_GREY};font-size:13px">{_text(foot)}</p>' if foot else "",
        ]
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{language()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{_text(subject)}</title></head>\n"
        f'<body style="margin:0;padding:16px;{_FONT}">'
        '<table role="presentation" align="center" width="100%" cellpadding="0" cellspacing="0" border="0" '
        f'style="max-width:640px;margin:0 auto"><tr><td style="{_FONT}">{body}</td></tr></table></body></html>\n'
    )


def _text(said: str) -> str:
    return escape(neutralise(said), quote=True).replace("\n", "<br>")


def _card(alert: Alert, told: Facts) -> str:
    colour = _COLOURS[alert.severity]
    headline = f"{told.headline[:1].upper()}{told.headline[1:]}"
    rows = "".join(_row(label, _text(said)) for label, said in told.rows)
    return (
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
        f'style="margin:0 0 20px;border-left:5px solid {colour}"><tr><td style="padding:2px 0 2px 14px;{_FONT}">'
        f'<p style="margin:0 0 6px"><span style="background-color:{colour};color:#ffffff;padding:2px 8px;'
        f'border-radius:3px;font-size:12px;font-weight:bold">{_text(told.severity)}</span> '
        f"<strong>{_text(told.brand)}</strong> &middot; {_text(told.kind)} "
        f'<span style="color:{_GREY}">({_text(told.state)})</span></p>'
        f'<p style="margin:0 0 10px;font-size:18px;font-weight:bold">{_text(headline)}</p>'
        f"{_bars(alert, colour)}"
        f'<table role="presentation" cellpadding="0" cellspacing="0" border="0">{rows}</table>'
        f"{_examples(alert, told)}{_advice(told, colour)}</td></tr></table>\n"
    )


def _row(label: str, said: str) -> str:
    return (
        f'<tr><td valign="top" style="vertical-align:top;white-space:nowrap;padding:2px 14px 2px 0;color:{_GREY};{_FONT}">{_text(label)}</td>'
        f'<td valign="top" style="vertical-align:top;padding:2px 0;{_FONT}">{said}</td></tr>'
    )


def _bars(alert: Alert, colour: str) -> str:
    """Observed over expected, to the same scale."""
    most = max(alert.observed, alert.expected)
    drawn = alert.kind in {"volume_spike", "negative_spike"} and alert.observed > 0
    if not drawn or not math.isfinite(most + alert.expected):
        return ""
    bars = "".join(
        f'<tr><td width="80" style="color:{_GREY};font-size:13px">{_text(label)}</td>'
        f'<td><table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td width="{width}" height="12" '
        f'bgcolor="{shade}" style="width:{width}px;background-color:{shade};font-size:1px;line-height:12px">&nbsp;</td>'
        f'<td style="padding:0 0 0 8px;font-size:13px">{words.count(value)}</td></tr></table></td></tr>'
        for label, value, shade in (
            (_("observed"), alert.observed, colour),
            (_("expected"), alert.expected, "#8f8f8f"),
        )
        for width in [max(2, round(_BAR * max(0.0, value / most)))]
    )
    return (
        '<table role="presentation" aria-hidden="true" cellpadding="2" cellspacing="0" border="0" '
        f'style="margin:0 0 10px">{bars}</table>'
    )


def _examples(alert: Alert, told: Facts) -> str:
    items = []
    examples = alert.examples if told.examples else ()  # those of a source that failed are its reason
    for (title, where, _url), example in zip(told.examples, examples, strict=True):
        address = link(example.url)
        shown = (
            f'<a href="{escape(address, quote=True)}" style="color:{_BLUE}" rel="noopener noreferrer">{_text(title)}</a>'
            if address
            else _text(title)
        )
        items.append(
            f'<li style="margin:0 0 6px">{shown}<br><span style="color:{_GREY};font-size:13px">{_text(where)}</span></li>'
        )
    return f'<ul style="margin:12px 0 0;padding:0 0 0 18px">{"".join(items)}</ul>' if items else ""


def _advice(told: Facts, colour: str) -> str:
    if not told.advice:
        return ""
    return (
        f'<p style="margin:12px 0 0;padding:8px 12px;border:1px solid {colour}"><strong>'
        f"{_text(words.labelled(_('What to do'), ''))}</strong>"
        f"{_text(told.advice)}</p>"
    )


def _list(lines: Sequence[str]) -> str:
    items = "".join(f'<li style="margin:0 0 4px">{_text(line)}</li>' for line in lines)
    return f'<ul style="margin:0;padding:0 0 0 18px">{items}</ul>' if items else ""
