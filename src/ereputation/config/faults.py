"""What is wrong in a configuration file, and how to say it without giving a secret away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

from ereputation.speech import _
from ereputation.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in the data: ``("sources", 1, "every")``."""

_SECRET_KEY = re.compile(
    r"token|secret|passw|api_?key|credential|cookie|headers|authori[sz]ation|smtp|^ping$", re.IGNORECASE
)
_CREDENTIALS = re.compile(r"(?<=://)[^\s/@]{1,200}@")
_LONG_TOKEN = re.compile(r"(?=[\w+=-]{0,200}\d)(?=[\w+=-]{0,200}[A-Za-z])[\w+=-]{24,}", re.ASCII)
_SHOWN = 60  # characters of a value in a message


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong. Lines and columns start at 1; 0 is the file as a whole."""

    line: int
    column: int
    path: Path
    message: str

    def show(self, file: str) -> str:
        """``file:line:column: path: message``, on one line, with nothing in it that drives a terminal."""
        place = f"{file}:{self.line}:{self.column}" if self.line else file
        return one_line(": ".join(filter(None, (place, dotted(self.path), self.message))))


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Sorted by position, each once."""
    return sorted(set(faults), key=lambda fault: (fault.line, fault.column, str(fault.path), fault.message))


def dotted(path: Path) -> str:
    """``sources.1.every``."""
    return redact(".".join(str(part) for part in path))


def is_secret(path: Path) -> bool:
    """True when the name of a key says that its value is nobody's business."""
    return any(isinstance(part, str) and _SECRET_KEY.search(part) for part in path)


def redact(text: str) -> str:
    """``text`` without what looks like a token or like the credentials of a URL."""
    return _LONG_TOKEN.sub("***", _CREDENTIALS.sub("***@", text))


def quoted(value: object) -> str:
    """A value as a message may show it: short, on one line, harmless, in quotes."""
    text = redact(one_line(str(value)[:1000]))
    return f'"{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"}"'


def did_you_mean(word: str, known: Iterable[str], *, cutoff: float = 0.7) -> str:
    """``: did you mean mastodon?``, or nothing when no known word is near."""
    by_folded = {name.casefold(): name for name in known}
    near = get_close_matches(word[:100].casefold(), by_folded, n=1, cutoff=cutoff)
    return _(": did you mean {name}?").format(name=by_folded[near[0]]) if near else ""
