"""The figures of a period: how much, in what tone, against whom, from where, by whom, about what."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import _, n_
from ereputation.tables import phrases
from ereputation.tables.charts import Point, chart_lines, print_chart, sparkline
from ereputation.tables.consoles import put_lines
from ereputation.tables.styles import ASCII, BLUE, TONE, signs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

    from ereputation.figures import Author, Share, Source, Stats, Step
    from ereputation.tables.styles import Signs

_SIDE_BY_SIDE = 130
"""Columns from which lists stand beside each other."""
_BAR = 20
"""Characters of the longest bar, where there is room."""


def stats_lines(stats: Stats, zone: tzinfo) -> Iterator[str]:
    """Everything there is to say, one fact a line."""
    brand = words.shown(stats.brand, 80)
    yield f"{brand}  {phrases.stretch(stats.period, zone)}"
    for label, said in rows(stats):
        yield f"  {words.labelled(label, said)}"
    for share in stats.voice if stats.rivals else ():
        yield f"  {words.labelled(_('Share of voice'), f'{words.shown(share.brand, 80)}, {_voice(share)}')}"
    for label, sources in ((_("Source"), stats.sources), (_("Site"), stats.sites)):
        for source in sources:
            yield f"  {words.labelled(label, f'{words.shown(source.name, 80)}, {_counts(source)}')}"
    for author in stats.authors:
        said = f"{phrases.author(author)}{_of(author)}, {phrases.mentions(author.mentions)}"
        yield f"  {words.labelled(_('Author'), said)}"
    for line in chart_lines(_points(stats.steps), zone):
        yield f"  {line}"


def rows(stats: Stats) -> Iterator[tuple[str, str]]:
    """A word and a sentence: volume, tone, net sentiment, rising words, the brand's own posts, coverage."""
    yield _("Volume"), words.labelled(phrases.volume(stats), phrases.change(stats))
    if stats.now.tones.total:
        yield _("Tone"), words.also(phrases.tone(stats.now.tones), phrases.net(stats.now.tones, stats.before))
    if not stats.rivals:
        yield _("Share of voice"), _("no competitor of it is watched as a brand")
    if stats.terms:
        yield _("Rising"), ", ".join(words.shown(term, 60) for term in stats.terms)
    elif stats.now.stories and not stats.terms_known:
        yield _("Rising"), _("unknown: nothing of the weeks before is stored to compare with")
    if stats.now.owned:
        yield (
            _("Brand"),
            n_(
                "published {count} post of its own", "published {count} posts of its own", stats.now.owned
            ).format(count=words.count(stats.now.owned)),
        )
    if stats.undated:
        said = _("{mentions} without a date, counted when they were first seen")
        yield _("Undated"), said.format(mentions=phrases.mentions(stats.undated))
    yield _("Coverage"), phrases.seen(stats.now)


def _points(steps: Sequence[Step]) -> list[Point]:
    return [
        Point(
            start=step.start,
            observed=step.observed,
            expected=step.expected or 0.0,
            high=step.high or 0.0,
            blind=step.blind,
        )
        for step in steps
    ]


def _voice(share: Share) -> str:
    said = _("{stories} of the stories, {mentions} of the mentions").format(
        stories=words.percent(share.of_stories), mentions=words.percent(share.of_copies)
    )
    if share.before is None:
        return said
    return _("{share} (stories: {before} in the period before)").format(
        share=said, before=words.percent(share.before)
    )


def _counts(source: Source) -> str:
    said = phrases.mentions(source.copies)
    if not source.negative or not source.stories:
        return said
    return _("{mentions}, {share} of its stories negative").format(
        mentions=said, share=words.percent(source.negative / source.stories)
    )


def print_stats(console: Console, stats: Stats, *, zone: tzinfo, plain: bool = False) -> None:
    """Print the figures of one brand."""
    if plain:
        put_lines(console, stats_lines(stats, zone))
        return
    from rich.text import Text

    marks = signs(console)
    head = Text.assemble(
        (words.shown(stats.brand, 80), "bold"), "  ", (phrases.stretch(stats.period, zone), "dim")
    )
    console.print(head)
    console.print()
    if any(step.stories for step in stats.steps):
        print_chart(console, _points(stats.steps), zone=zone, title=_("Stories"))
        console.print()
    console.print(_facts(stats, marks))
    for block in _lists(stats, console.width, marks):
        console.print()
        console.print(block)
    console.print()


def _facts(stats: Stats, marks: Signs) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for label, said in rows(stats):
        text = Text(said, overflow="fold")
        if label == _("Tone"):
            text = Text.assemble(_split(stats, marks), "\n", text)
        grid.add_row(label, text)
    return grid


def _split(stats: Stats, marks: Signs) -> Text:
    """The tones as one bar of 40 characters; each begins with its sign, so that colours may be missing."""
    from rich.text import Text

    bar = Text()
    for label in phrases.TONES:
        wide = round(40 * (stats.now.tones.share(label) or 0))
        body = {"negative": marks.full, "neutral": marks.shade, "positive": marks.full}[label]
        bar.append((marks.tone[label] + body * (wide - 1)) if wide else "", style=TONE[label])
    return bar


def _lists(stats: Stats, width: int, marks: Signs) -> Iterator[RenderableType]:
    if stats.rivals:
        yield _shares(stats.voice, min(width, _SIDE_BY_SIDE), marks)
    tables = [
        *([_ranked(_("Source"), stats.sources, marks)] if stats.sources else []),
        *([_ranked(_("Site"), stats.sites, marks)] if stats.sites else []),
        *([_authors(stats.authors)] if stats.authors else []),
    ]
    if width >= _SIDE_BY_SIDE and len(tables) > 1:
        from rich.table import Table

        side = Table.grid(padding=(0, 4))
        side.add_row(*tables)
        yield side
    else:
        yield from tables


def _table(*titles: str) -> Table:
    from rich.table import Table

    first, *rest = titles
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column(first, overflow="fold", max_width=40)
    for title in rest:
        table.add_column(title, justify="right", no_wrap=True)
    return table


def _shares(shares: Sequence[Share], width: int, marks: Signs) -> RenderableType:
    from rich.text import Text

    table = _table(_("Share of voice"), _("stories"), _("mentions"), _("before"))
    table.add_column("", no_wrap=True)
    for share in shares:
        curve = sparkline(_shortened(share.curve, max(7, min(56, width - 60))), ascii_only=marks is ASCII)
        table.add_row(
            Text(words.shown(share.brand, 40)),
            words.percent(share.of_stories),
            words.percent(share.of_copies),
            "" if share.before is None else words.percent(share.before),
            Text(curve, style=BLUE),
        )
    return table


def _shortened(values: Sequence[float], columns: int) -> list[float]:
    """Neighbours added up until they fit; missing only where all of them are."""
    each = max(1, math.ceil(len(values) / columns))
    groups = [values[i : i + each] for i in range(0, len(values), each)]
    return [
        sum(v for v in group if math.isfinite(v)) if any(map(math.isfinite, group)) else math.nan
        for group in groups
    ]


def _ranked(title: str, sources: Sequence[Source], marks: Signs) -> RenderableType:
    from rich.text import Text

    table = _table(title, _("mentions"), _("negative"))
    table.add_column("", no_wrap=True)
    most = max(source.copies for source in sources)
    for source in sources:
        negative = words.percent(source.negative / source.stories) if source.stories else ""
        bar = marks.full * max(1, round(_BAR / 2 * source.copies / most))
        table.add_row(
            Text(words.shown(source.name, 60)), words.count(source.copies), negative, Text(bar, style=BLUE)
        )
    return table


def _authors(authors: Sequence[Author]) -> RenderableType:
    from rich.text import Text

    table = _table(_("Author"), _("mentions"))
    for author in authors:
        named = Text.assemble(phrases.author(author), (_of(author), "dim"))
        table.add_row(named, words.count(author.mentions))
    return table


def _of(author: Author) -> str:
    """Where an author writes: two who are called the same are not one."""
    return f" ({words.shown(author.site, 60)})" if author.site else ""
