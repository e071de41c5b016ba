"""A report as Markdown: the same sentences and tables, for a wiki, an issue or a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ereputation import tables, words
from ereputation.page import sentences
from ereputation.page.html import WAITING, said, step_name, who
from ereputation.speech import _
from ereputation.tables import phrases
from ereputation.text import link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import tzinfo

    from ereputation.figures import Source
    from ereputation.reporting import BrandReport, Report

_ROWS = 31
"""Steps of the volume shown; by hour there are too many to read, so the busiest are."""
_MARKS = re.compile(r"([\\`*_{}\[\]<>|#~!])")
_LINE_MARKS = re.compile(r"^(\s*)([-+>]|\d+[.)]|=+)(?=\s|$)")


def markdown(report: Report, *, zone: tzinfo) -> str:
    """The whole document."""
    return "\n".join(_lines(report, zone)) + "\n"


def plain(text: str) -> str:
    """Text that means nothing to Markdown or to HTML inside it."""
    return _LINE_MARKS.sub(r"\1\\\2", _MARKS.sub(r"\\\1", text)).replace("://", ":\u200b//")


def _lines(report: Report, zone: tzinfo) -> Iterator[str]:
    yield f"# {plain(sentences.title(report))}"
    yield ""
    yield f"{sentences.stretch(report.period, zone)}. {plain(sentences.made(report, zone))}"
    for part in report.brands:
        yield ""
        yield f"## {plain(words.shown(part.name, 80))}"
        yield from _brand(part, report, zone)
    yield ""
    yield f"## {_('What we could not see')}"
    yield ""
    for sentence in sentences.unseen(report, zone):
        yield f"- {plain(sentence)}"
    if report.sources:
        yield from _table(
            (_("Source"), _("Seen"), _("Read"), _("Failed"), _("Now")),
            [
                (
                    words.shown(source.name, 80),
                    words.percent(source.share),
                    words.count(source.answered),
                    words.count(source.failed),
                    sentences.state(source, report, zone),
                )
                for source in report.sources
            ],
        )


def _brand(part: BrandReport, report: Report, zone: tzinfo) -> Iterator[str]:
    stats = part.stats
    yield ""
    for sentence in sentences.summary(part, zone):
        yield f"- {plain(sentence)}"
    yield from _volume(part, zone)
    if stats.rivals:
        yield from _headed(_("Share of voice"))
        yield from _table(
            (_("Brand"), _("Stories"), _("Share"), _("Of mentions")),
            [
                (
                    words.shown(share.brand, 80),
                    words.count(share.stories),
                    words.percent(share.of_stories),
                    words.percent(share.of_copies),
                )
                for share in stats.voice
            ],
        )
    for title, sources in ((_("Sources"), stats.sources), (_("Sites"), stats.sites)):
        if sources:
            yield from _headed(title)
            yield from _ranked(sources)
    if stats.authors:
        yield from _headed(_("Authors"))
        yield from _table(
            (_("Name"), _("Mentions"), _("Negative ones")),
            [(phrases.author(a), words.count(a.mentions), words.count(a.negative)) for a in stats.authors],
        )
    yield from _stories(part, zone)
    if stats.terms:
        yield from _headed(_("Rising words"))
        yield plain(", ".join(words.shown(term, 60) for term in stats.terms))
    yield from _answers(part, report, zone)
    yield from _alerts(part, report, zone)


def _volume(part: BrandReport, zone: tzinfo) -> Iterator[str]:
    steps, width = part.stats.steps, part.stats.width
    if not part.stats.now.stories:
        return
    shown = list(steps)
    title = _("Volume")
    if len(steps) > _ROWS:
        title = _("Volume: the busiest times")
        shown = sorted(sorted(steps, key=lambda step: -step.stories)[:12], key=lambda step: step.start)
    yield from _headed(title)
    yield from _table(
        (_("From"), _("Stories"), _("Mentions"), _("Expected")),
        [
            (
                step_name(step, width, zone),
                _("not seen") if step.blind else words.count(step.stories),
                "" if step.blind else words.count(step.copies),
                "" if step.expected is None else words.count(step.expected),
            )
            for step in shown
        ],
    )


def _stories(part: BrandReport, zone: tzinfo) -> Iterator[str]:
    if not part.stories:
        return
    yield from _headed(_("Stories"))
    for story in part.stories:
        document = story.mention.document
        when = words.clock(document.published, zone, part.stats.period.until)
        yield (
            words.labelled(
                f"- **{plain(phrases.mentions(story.copies))}**", _titled(said(story.mention), document.url)
            )
            + f" ({plain(who(story.mention))}, {when})"
        )


def _answers(part: BrandReport, report: Report, zone: tzinfo) -> Iterator[str]:
    yield from _headed(_("Answers"))
    headline = tables.clock.headline(part.clock)
    yield f"{plain(headline[0].upper() + headline[1:])}."
    yield ""
    for label, text in tables.clock.rows(part.clock, report.made, zone):
        yield words.labelled(f"- {plain(label)}", plain(text))
    if part.open:
        yield ""
        yield words.labelled(_("Waiting, the oldest first"), "").rstrip()
        yield ""
    for wait in part.open[:WAITING]:
        url = wait.mention.document.url
        late = f", {_('late')}" if wait.late else ""
        yield (
            words.labelled(f"- {words.duration(wait.seconds)}{late}", _titled(said(wait.mention), url))
            + f" ({plain(who(wait.mention))})"
        )
    if (more := part.waiting - WAITING) > 0:
        yield f"- {_('and {count} more').format(count=words.count(more))}"


def _alerts(part: BrandReport, report: Report, zone: tzinfo) -> Iterator[str]:
    yield from _headed(_("Alerts"))
    if not part.told:
        yield _("Nothing out of the ordinary was told.")
    for one in part.told:
        told = tables.facts(one.alert, report.period.until if one.ended is None else report.made, zone)
        yield words.labelled(
            f"{one.number}. **{plain(told.severity)} {plain(told.kind)}**", plain(told.headline)
        )
        for label, text in told.rows:
            yield words.labelled(f"   - {plain(label)}", plain(text))
        for (text, where, _url), example in zip(told.examples, one.alert.examples, strict=True):
            yield f"   - {_titled(text, example.url)} ({plain(where)})"
        if told.advice:
            yield words.labelled(f"   - {_('What to do')}", plain(told.advice))


def _ranked(sources: Sequence[Source]) -> Iterator[str]:
    yield from _table(
        (_("Name"), _("Mentions"), _("Negative")),
        [
            (
                words.shown(source.name, 80),
                words.count(source.copies),
                words.percent(source.negative / source.stories) if source.stories else "",
            )
            for source in sources
        ],
    )


def _headed(title: str) -> Iterator[str]:
    yield ""
    yield f"### {title}"
    yield ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield ""
    yield f"| {' | '.join(map(plain, head))} |"
    yield f"|---|{'---:|' * (len(head) - 1)}"
    for row in rows:
        yield f"| {' | '.join(map(plain, row))} |"


def _titled(text: str, url: str) -> str:
    address = link(url)
    return f"[{plain(text)}](<{address.translate(_IN_LINK)}>)" if address else plain(text)


_IN_LINK = str.maketrans(
    {char: f"%{ord(char):02X}" for char in "<>\\`|()"}
)  # a backtick would open code, and eat the end
