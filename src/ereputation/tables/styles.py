"""Signs and colours: each meaning has a word, a sign and a colour, so that any two may be missing.

Colours are Okabe and Ito's (2008), told apart with every common colour blindness.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ereputation.tables.consoles import unicode_can

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

RED, ORANGE, BLUE, GREEN = "#d55e00", "#e69f00", "#56b4e9", "#009e73"
SEVERITY = {"critical": RED, "warning": ORANGE, "info": BLUE}
TONE = {"negative": RED, "neutral": "default", "positive": BLUE, "": "default"}
MATCH = "bold underline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is drawn beside words."""

    severity: Mapping[str, str] = field(
        default_factory=lambda: {"critical": "■", "warning": "▲", "info": "●"}
    )
    tone: Mapping[str, str] = field(
        default_factory=lambda: {"negative": "▼", "neutral": "○", "positive": "▲", "": " "}
    )
    blocks: str = "▁▂▃▄▅▆▇█"
    full: str = "█"
    shade: str = "░"
    point: str = "›"
    dot: str = " · "
    band: str = "─"


UNICODE = Signs()
ASCII = Signs(
    severity={"critical": "!!", "warning": "!", "info": "i"},
    tone={"negative": "-", "neutral": "=", "positive": "+", "": " "},
    blocks="_.-=+*%#",
    full="#",
    shade=".",
    point=">",
    dot=" - ",
    band="-",
)


def signs(console: Console) -> Signs:
    """The signs this console can write."""
    return UNICODE if unicode_can(console) else ASCII
