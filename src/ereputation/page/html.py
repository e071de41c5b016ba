"""A report as one HTML file: no script, nothing fetched, one style sheet known by its hash."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from ereputation import speech, tables, words
from ereputation.errors import UsageError
from ereputation.page import charts, sentences
from ereputation.speech import _
from ereputation.tables import phrases
from ereputation.text import link

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    import jinja2

    from ereputation.figures import Heat, Tones
    from ereputation.model import Mention
    from ereputation.reporting import Report

WAITING = 15
"""Open complaints listed, the oldest."""
EXCERPT = 220
_MINUS = re.compile(r"(?<![\w-])-(?=\d)")
_LARGEST_LOGO = 1_000_000
_IMAGES = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"), (b"RIFF", "webp"))


def page(report: Report, *, zone: tzinfo, logo: str = "") -> str:
    """The whole document; ``logo``: a data URI, empty for none."""
    from markupsafe import Markup

    title = sentences.title(report)
    style = _style() + _running_head(title)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    # The hash lets in this style sheet and no other; nothing else may be loaded, run or sent.
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            title=title,
            policy=policy,
            style=Markup(style),  # noqa: S704 - our own file
            logo=logo,
            language=speech.language(),
            several=len(report.brands) > 1,
            **_sayings(report, zone),
        )
    )


def _sayings(report: Report, zone: tzinfo) -> dict[str, Any]:
    """What templates may call; every text from outside passes through ``shown`` or is said by a function that does so."""
    from markupsafe import Markup

    until = report.period.until

    def drawn(found: list[str]) -> Markup:
        return Markup("").join(map(Markup, found))

    return {
        "_": speech._,
        "n_": speech.n_,
        "words": words,
        "phrases": phrases,
        "sentences": sentences,
        "zone": zone,
        "shown": words.shown,
        "link": link,
        "when": lambda moment: words.clock(moment, zone, until),
        "volume": lambda part: drawn(charts.volume(part.stats.steps, part.told, report.period, zone)),
        "trend": lambda part: drawn(charts.trend(part.trend, zone)),
        "step": lambda step, width: step_name(step, width, zone),
        "facts": lambda alert: tables.facts(alert, until if alert.ended is None else report.made, zone),
        "headline": lambda part: tables.clock.headline(part.clock),
        "clock_rows": lambda part: list(tables.clock.rows(part.clock, report.made, zone)),
        "heat": lambda part: [graded(part.heat)[24 * day : 24 * day + 24] for day in range(7)],
        "split": split,
        "waits": lambda part: part.open[:WAITING],
        "said": said,
        "who": who,
        "most": lambda values: max([*values, 1]),
        "minus": lambda text: _MINUS.sub("\N{MINUS SIGN}", text),
        "span": tables.clock.span,
        "days": words.DAYS,
        "long_days": words.LONG_DAYS,
    }


def step_name(step: Any, width: str, zone: tzinfo) -> str:
    """An hour, a day or a week, as a row of a table names it."""
    return words.stamp(step.start, zone) if width == "hour" else words.day(step.day, zone)


def graded(heat: Sequence[Heat]) -> list[tuple[Heat, str]]:
    """Each cell with its class: ``q0`` (nothing) to ``q5`` (the most), ``blind`` where nobody looked."""
    most = max((cell.rate or 0.0 for cell in heat), default=0.0)

    def grade(cell: Heat) -> str:
        if cell.rate is None:
            return "blind"
        # By the square root: one mad Sunday must not make the rest of the week look empty.
        return f"q{math.ceil(5 * math.sqrt(cell.rate / most)) if most and cell.rate else 0}"

    return [(cell, grade(cell)) for cell in heat]


def split(tones: Tones) -> list[tuple[str, float, float]]:
    """The tones as stretches of a line of 100: name, start, width."""
    found: list[tuple[str, float, float]] = []
    start = 0.0
    for label in phrases.TONES:
        width = 100 * (tones.share(label) or 0.0)
        found.append((label, start, width))
        start += width
    return found


def said(mention: Mention) -> str:
    """A mention in a line: its title, else the beginning of its text."""
    document = mention.document
    return words.shown(document.title or document.text, EXCERPT) or _("(no title)")


def who(mention: Mention) -> str:
    """Who said it and where."""
    document = mention.document
    handle = words.shown(document.author_handle, 60).lstrip("@")
    author = f"@{handle}" if handle else words.shown(document.author_name, 60)
    source = words.shown(document.source, 60) or words.shown(document.site, 60)
    return ", ".join(part for part in (author, source) if part)


def logo_uri(payload: bytes) -> str:
    """A picture as an address that needs no request; UsageError for what is none, or too large."""
    if len(payload) > _LARGEST_LOGO:
        raise UsageError(
            _("--logo: at most {largest_logo} bytes, found {count}").format(
                largest_logo=words.count(_LARGEST_LOGO), count=words.count(len(payload))
            )
        )
    kind = next((name for head, name in _IMAGES if payload.startswith(head)), "")
    if not kind:
        raise UsageError(_("--logo: expected a PNG, JPEG, GIF or WebP picture"))
    return f"data:image/{kind};base64,{base64.b64encode(payload).decode()}"


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("ereputation.page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


@cache
def _style() -> str:
    from importlib.resources import files

    text = files("ereputation.page").joinpath("templates", "style.css").read_text(encoding="utf-8")
    return re.sub(r"\n\s*", "\n", text)


def _running_head(title: str) -> str:
    """What stands on top of each printed page, as CSS; every character that could end the string is escaped."""
    escaped = "".join(
        char if char.isascii() and char.isalnum() else f"\\{ord(char):x} " for char in title[:120]
    )
    font = 'font: 8pt system-ui, "DejaVu Sans", sans-serif; color: #55606c;'
    return (
        f'@page {{ size: A4; margin: 18mm 15mm 17mm; @top-left {{ content: "{escaped}"; {font} }}'
        f' @bottom-right {{ content: counter(page) " / " counter(pages); {font} }} }}\n'
        "@page :first { @top-left { content: none; } }\n"
    )
