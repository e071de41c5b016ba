"""Entries of ``sources:`` as text: what somebody would have typed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import yaml

from ereputation.fetch import redacted
from ereputation.text import one_line, snippet

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLAIN = re.compile(r"[^\W\d_][\w’.+-]*(?: [\w’.+-]+)*")
_PLAIN_URL = re.compile(r"[a-z]{4,5}://[\w./?=&%+~;@()$:-]*[\w/=]")
_OTHER_TYPES = frozenset({"null", "yes", "no", "on", "off", "true", "false", "y", "n"})
"""What other readers of YAML would not take for text."""


def scalar(text: str) -> str:
    """``text`` on one line of YAML, in quotes where it needs them, inside brackets too."""
    plain = _PLAIN.fullmatch(text) and text.isprintable() and text.casefold() not in _OTHER_TYPES
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    return str(yaml.safe_dump(text, default_style='"', allow_unicode=True, width=math.inf)).rstrip("\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A feed to read."""

    url: str
    name: str = ""
    """What it is called in the configuration; empty: by its address."""
    note: str = ""
    """What the feed calls itself: a comment."""
    typed: bool = False
    """Typed by the user, whose ``${NAME}`` is taken from the environment. Others name no secret of ours."""

    @property
    def secret(self) -> bool:
        """Whether its address holds a password or a token."""
        return redacted(self.url) != self.url

    def line(self) -> str:
        """The entry without its dash."""
        url = self.url if self.typed else self.url.replace("${", "$${")
        if self.name:
            return f"{{name: {scalar(one_line(self.name).replace('${', '$${'))}, url: {_quoted(url)}}}"
        written = url if _PLAIN_URL.fullmatch(url) and url.isprintable() else _quoted(url)
        note = snippet(self.note, 60)
        return f"{written}  # {note}" if note and note.isprintable() else written

    def shown(self) -> str:
        """For eyes: without secrets."""
        return one_line(
            " ".join([redacted(self.url), *([f"({title})"] if (title := self.name or self.note) else [])])
        )


def once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each address once, in order; a name that is taken goes."""
    kept: dict[str, Entry] = {}
    taken: set[str] = set()
    for entry in entries:
        name = entry.name.casefold()
        kept.setdefault(entry.url, replace(entry, name="") if name in taken else entry)
        taken.add(name)
    return tuple(kept.values())
