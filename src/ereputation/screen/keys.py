"""What each key does, and how it is said: one table for the bindings, the line at the foot and the help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterator

Where: TypeAlias = Literal["query", "list", "full"]

ANYWHERE = {
    "f1": "help",
    "f2": "filters",
    "f3": "save",
    "f4": "saved",
    "f5": "again",
    "f6": "export",
    "f8": "dark",
    "f10": "leave(0)",
    "ctrl+q": "leave(0)",
}
"""Keys that work wherever one is, with the actions of the screen."""

TYPING = {
    "up": "move(-1)",
    "down": "move(1)",
    "pageup": "page(-1)",
    "pagedown": "page(1)",
    "escape": "out",
    "tab": "onward",
    "shift+tab": "onward",
}
"""Further keys while a query is typed."""

LOOKING = {
    "up,k": "move(-1)",
    "down,j": "move(1)",
    "pageup": "page(-1)",
    "pagedown,space": "page(1)",
    "home,g": "end(-1)",
    "end,G": "end(1)",
    "enter,right": "full",
    "left": "out",
    "escape": "out",
    "tab": "onward",
    "shift+tab": "backward",
    "slash": "typing",
    "o": "open",
    "y": "copy",
    "h": "status('handled')",
    "i": "status('ignored')",
    "s": "status('seen')",
    "r": "status('new')",
    "H": "story('handled')",
    "I": "story('ignored')",
    "a": "note",
    "n,minus": "tone('negative')",
    "0": "tone('neutral')",
    "p,plus": "tone('positive')",
    "u": "undo",
    "m": "hand",
    "1": "turn(0)",
    "2": "turn(1)",
    "3": "turn(2)",
    "4": "turn(3)",
    "5": "turn(4)",
    "c": "clear",
    "f": "filters",
    "w": "save",
    "l": "saved",
    "e": "export",
    "t": "dark",
    "question_mark": "help",
    "q": "leave(0)",
}
"""Further keys on the list and on a hit in full."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key at the foot of the screen, and what a click there does."""

    key: str
    said: str
    action: str


def foot(where: Where) -> list[Key]:
    """The keys worth naming where one is, the most useful first."""
    if where == "query":
        return [
            Key("↑↓", _("choose"), "move(1)"),
            Key(_("Enter"), _("read"), "full"),
            Key("Tab", _("to the list"), "onward"),
            Key("F2", _("filters"), "filters"),
            Key("F3", _("save"), "save"),
            Key("F4", _("saved"), "saved"),
            Key("F6", _("export"), "export"),
            Key("F1", _("help"), "help"),
            Key("^Q", _("quit"), "leave(0)"),
        ]
    read = Key(_("Enter"), _("read"), "full") if where == "list" else Key(_("Esc"), _("back"), "out")
    return [
        read,
        Key("o", _("open"), "open"),
        Key("h", _("handled"), "status('handled')"),
        Key("i", _("ignored"), "status('ignored')"),
        Key("a", _("note"), "note"),
        Key("n 0 p", _("tone"), "help"),
        Key("u", _("undo"), "undo"),
        Key("/", _("query"), "typing"),
        Key("f", _("filters"), "filters"),
        Key("e", _("export"), "export"),
        Key("?", _("help"), "help"),
        Key("q", _("quit"), "leave(0)"),
    ]


def guide() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Every key, by what one wants to do; then the query language in a few lines."""
    yield (
        _("Find"),
        [
            ("↑ ↓", _("choose, also while you type")),
            (_("Enter"), _("read the chosen one in full; Esc goes back")),
            ("Tab", _("from the query to the list, to the text")),
            ("/", _("back to the query")),
            ("1 2 3 4 5", _("brand, period, tone, status, source: the next choice")),
            ("f, F2", _("all filters at once")),
            ("c", _("no filters")),
            ("F5", _("search again, for what a scan has brought meanwhile")),
        ],
    )
    yield (
        _("Decide"),
        [
            ("h  i", _("handled, ignored")),
            ("H  I", _("the same for every copy of the story")),
            ("s  r", _("seen; new again")),
            ("a", _("a note")),
            ("n  0  p", _("the tone is negative, neutral, positive; once more takes it back")),
            ("m", _("the next brand, where a document speaks of several")),
            ("u", _("undo the last of these")),
        ],
    )
    yield (
        _("Take away"),
        [
            ("o", _("open in the browser")),
            ("y", _("copy the link")),
            ("e, F6", _("export everything found")),
            ("w, F3", _("save this search")),
            ("l, F4", _("saved searches")),
        ],
    )
    yield (
        _("The screen"),
        [
            ("t, F8", _("dark or light")),
            ("q, F10, Ctrl-Q", _("quit")),
        ],
    )
    yield (
        _("Queries"),
        [
            ('"Air France"', _("these words in this order, also #AirFrance")),
            ("grève OR retard", _("either; a space is AND, NOT or - leaves out; ET, OU, SAUF as well")),
            ("vol NEAR/5 annulé", _("at most five words apart")),
            ("annul*", _("words that begin so")),
            ("{AF}", _("exactly as written")),
            ("title: author: site: lang:", _("look there only; also source: type: url:")),
            ("since:7d before:2011-03-14", _("the period; also sentiment: status: brand:")),
        ],
    )
