"""The symbols of a query: brackets, operators, fields, words, quoted and exact terms, each with its position."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ereputation.query.faults import fault
from ereputation.speech import _

OPERATORS = {"AND": "AND", "ET": "AND", "OR": "OR", "OU": "OR", "NOT": "NOT", "SAUF": "NOT"}
FIELDS = {
    "title": "title",
    "titre": "title",
    "author": "author",
    "auteur": "author",
    "site": "site",
    "url": "url",
    "source": "source",
    "type": "type",
    "lang": "lang",
    "langue": "lang",
    "sentiment": "sentiment",
    "tag": "tag",
    "status": "status",
    "brand": "brand",
    "since": "since",
    "before": "before",
    "date": "date",
    "has": "has",
}

SymbolKind: TypeAlias = Literal[
    "open", "close", "AND", "OR", "NOT", "near", "field", "value", "phrase", "exact", "word"
]


@dataclass(frozen=True, slots=True)
class Symbol:
    """One symbol. ``text`` is as written; ``value`` what it says (a field's name, the inside of quotes)."""

    kind: SymbolKind
    position: int
    text: str
    value: str = ""
    number: int = 0
    """Words in between, of NEAR and of a phrase with ``~``."""
    ordered: bool = False

    @property
    def shown(self) -> str:
        """``text`` for a message, cut when it is long."""
        return self.text if len(self.text) <= 60 else f"{self.text[:60]}…"


QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_RUN = r"(?:(?!<<<)[^\s()\"{}])+"
_SYMBOL = re.compile(
    r"(?P<blank>[\s\ufeff\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]+)"
    r"|<<<(?P<comment>(?s:.*?))>>>"
    r"|(?P<open>\()|(?P<close>\))"
    r'|"(?P<phrase>[^"]*)"(?:~(?P<slop>[0-9]{1,9})(?![0-9\w]))?'
    r"|\{(?P<exact>[^{}]*)\}"
    r"|-(?=[^\s)])(?P<minus>)"
    r"|(?P<field>[^\W\d_]+):"
    rf"|(?P<word>{_RUN})"
)
_NEAR = re.compile(r"(O?)NEAR(?:/([0-9]{1,9})([fF]?))?")
_VALUE = re.compile(rf"(?:{_RUN})?")


def symbols(text: str) -> list[Symbol]:
    """The symbols of ``text``; QueryError when a bracket or quote is not closed or a field is unknown."""
    flat = text.translate(QUOTES)
    found: list[Symbol] = []
    position = 0
    while position < len(flat):
        match = _SYMBOL.match(flat, position)
        if match is None:
            raise _unreadable(text, flat, position)
        position = match.end()
        if match["field"] is not None:
            position = _field(text, match, found)
        elif match["blank"] is None and match["comment"] is None:
            found.append(_symbol(text, match))
    return found


def _symbol(text: str, match: re.Match[str]) -> Symbol:
    start, written = match.start(), text[match.start() : match.end()]
    if match["open"] or match["close"]:
        return Symbol("open" if match["open"] else "close", start, written)
    if match["minus"] is not None:
        return Symbol("NOT", start, written)
    if (inside := match["phrase"]) is not None:
        shown = f'"{inside}"' + (f"~{match['slop']}" if match["slop"] else "")
        return Symbol(
            "phrase", start, shown, text[start + 1 : start + 1 + len(inside)], int(match["slop"] or 0)
        )
    if (inside := match["exact"]) is not None:
        return Symbol("exact", start, written, text[start + 1 : match.end() - 1])
    return _word(text, start, written)


def _word(text: str, start: int, written: str) -> Symbol:
    operator = OPERATORS.get(written)
    if operator:
        return Symbol(operator, start, written)  # type: ignore[arg-type]  # the table holds kinds only
    near = _NEAR.fullmatch(written)
    if near:
        ordered = bool(near[1] or near[3])
        return Symbol("near", start, written, number=4 if near[2] is None else int(near[2]), ordered=ordered)
    if written.startswith(("NEAR/", "ONEAR/")):
        raise fault(
            text,
            start,
            _("{written} is no distance").format(written=written[:60]),
            _("write NEAR/5, NEAR/5f or ONEAR/5"),
        )
    return Symbol("word", start, written, written)


def _field(text: str, match: re.Match[str], found: list[Symbol]) -> int:
    """Add a field, with the value that follows it directly, or the ordinary word it is; where to read on."""
    start, after = match.start(), match.end()
    name = FIELDS.get(match["field"].lower())
    if name:
        found.append(Symbol("field", start, text[start:after], name))
        if name == "title":
            return after
    value = _VALUE.match(match.string, after)
    assert value is not None
    if name:
        if value[0]:
            found.append(Symbol("value", after, value[0], value[0]))
        return value.end()
    following = text[after : after + 1]
    if not value[0].startswith("//") and (following.isalnum() or following in {'"', "(", "{", "#", "@"}):
        raise _unknown(text, start, match["field"])
    found.append(_word(text, start, text[start : value.end()].rstrip(":")))
    return value.end()


def _unknown(text: str, start: int, name: str) -> Exception:
    name = name[:60]
    known = ", ".join(sorted(FIELDS))
    close = difflib.get_close_matches(name.lower(), FIELDS, n=1)
    guess = _("did you mean {field}:? ").format(field=close[0]) if close else ""
    return fault(
        text,
        start,
        _("unknown field {name}:").format(name=name),
        _('{guess}known: {fields}; for a plain text write "{name}:..."').format(
            guess=guess, fields=known, name=name
        ),
    )


def _unreadable(text: str, flat: str, position: int) -> Exception:
    char = flat[position]
    if char == '"':
        return fault(text, position, _("this quote is never closed"), _('add a closing "'))
    if char == "{":
        return fault(text, position, _("this brace is never closed"), _("write {CaseAndAccentExact}"))
    if char == "}":
        return fault(text, position, _("this closing brace was never opened"))
    if flat.startswith("<<<", position):
        return fault(text, position, _("this comment is never closed"), _("end it with >>>"))
    return fault(
        text, position, _("nothing to exclude after this -"), _("write -word, or put the dash in quotes")
    )
