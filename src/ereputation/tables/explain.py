"""Why a text counts: where each brand was found, in what tone, and which words decided by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import N_, _, p_
from ereputation.tables import marking
from ereputation.tables.consoles import put_lines
from ereputation.tables.styles import MATCH, TONE, signs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.text import Text

    from ereputation.model import Document, Match, Sentiment, Span, Word
    from ereputation.tables.styles import Signs

_LONGEST = 2000
"""Characters of the text that a terminal is shown; the words below it are never cut."""
_NOBODY = N_("no brand was found in it")


def _name(match: Match) -> str:
    return words.shown(match.brand, 80) or _("the query")


def _where(content: str, spans: Sequence[Span]) -> str:
    return ", ".join(f"{words.shown(content[s:e], 80)} ({s}-{e})" for s, e in spans)


def _tone(sentiment: Sentiment) -> str:
    return f"{words.LABELS[sentiment.label]} {words.score(sentiment.score)}"


def _word(word: Word) -> tuple[str, str, str]:
    """The expression, its weight, and what changed or names it."""
    return words.shown(word.text, 80), words.weight(word.weight), words.because(word.rule, word.category)


def explain_lines(document: Document, lang: str, whole: Sentiment, matches: Sequence[Match]) -> Iterator[str]:
    """The explanation in plain lines: the whole text first, then each brand."""
    content = document.content
    yield words.labelled(_("text"), marking.plain(list(marking.pieces(content, (), 0, len(content)))))
    yield words.labelled(_("language"), words.shown(lang, 20) or p_("language", "unknown"))
    yield words.labelled(_("whole text"), _tone(whole))
    yield from _word_lines(whole)
    if not matches:
        yield _(_NOBODY)
    for match in matches:
        yield words.labelled(
            _name(match),
            _("{tone}; found: {where}").format(
                tone=_tone(match.sentiment), where=_where(content, match.spans)
            )
            + _owned(match),
        )
        if clause := _clause(content, match.sentiment):
            yield f"  {words.labelled(_('said about it'), clause)}"
        yield from _word_lines(match.sentiment)


def _clause(content: str, sentiment: Sentiment) -> str:
    """What was taken as said about the brand; empty when that is the whole text."""
    if sentiment.clause is None or content[slice(*sentiment.clause)].strip() == content.strip():
        return ""
    return marking.plain(list(marking.pieces(content, (), *sentiment.clause)))


def _owned(match: Match) -> str:
    return _("; the brand itself speaks") if match.media == "owned" else ""


def _word_lines(sentiment: Sentiment) -> Iterator[str]:
    for word in sentiment.words:
        text, weight, why = _word(word)
        yield f"  {weight}  {text}{f'  ({why})' if why else ''}"


def print_explain(
    console: Console,
    document: Document,
    lang: str,
    whole: Sentiment,
    matches: Sequence[Match],
    *,
    plain: bool = False,
) -> None:
    """Print the text with matches underlined and the words that decided coloured, then the arithmetic."""
    if plain:
        put_lines(console, [*explain_lines(document, lang, whole, matches), ""])
        return
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    marks = signs(console)
    decided = {(w.start, w.end): w for s in (whole, *(m.sentiment for m in matches)) for w in s.words}
    console.print(Padding(_painted(document.content, matches, list(decided.values())), (1, 2), expand=False))
    table = Table.grid(padding=(0, 2), pad_edge=True)
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(
        Text(f"{_('whole text')} ({words.shown(lang, 20) or _('language unknown')})"),
        _label(whole, marks),
        _reasons(whole),
    )
    for match in matches:
        table.add_row(
            Text(_name(match) + _owned(match), style="bold"),
            _label(match.sentiment, marks),
            _reasons(match.sentiment),
        )
        table.add_row(
            "", Text(_("found"), style="dim"), Text(_where(document.content, match.spans), overflow="fold")
        )
        if clause := _clause(document.content, match.sentiment):
            table.add_row("", Text(_("about it"), style="dim"), Text(clause, style="dim", overflow="fold"))
    console.print(table)
    if not matches:
        console.print(Text(f"  {_(_NOBODY)}"))
    console.print()


def _label(sentiment: Sentiment, marks: Signs) -> Text:
    from rich.text import Text

    return Text(f"{marks.tone[sentiment.label]} {_tone(sentiment)}", style=TONE[sentiment.label])


def _reasons(sentiment: Sentiment) -> Text:
    from rich.text import Text

    text = Text(overflow="fold")
    for at, word in enumerate(sentiment.words):
        said, weight, why = _word(word)
        text.append(f"{', ' if at else ''}{said} ")
        text.append(weight, style=TONE["negative" if word.weight < 0 else "positive"])
        if why:
            text.append(f" ({why})", style="dim")
    return text if sentiment.words else Text(_("no word weighed"), style="dim")


def _painted(content: str, matches: Sequence[Match], decided: Sequence[Word]) -> Text:
    """The text, cut for the screen; matches underlined, words in the colour of their weight."""
    from rich.text import Text

    end = min(len(content), _LONGEST)
    styles = {(s, e): MATCH for match in matches for s, e in match.spans}
    for word in decided:
        styles.setdefault((word.start, word.end), TONE["negative" if word.weight < 0 else "positive"])
    text, at = Text(overflow="fold"), 0
    for (start, stop), style in sorted(styles.items()):
        if start < at or stop > end:
            continue
        for part, found in marking.pieces(content, ((start, stop),), at, stop):
            text.append(part, style=style if found else "")
        at = stop
    for part, _found in marking.pieces(content, (), at, end):
        text.append(part)
    return text.append("…" if end < len(content) else "")
