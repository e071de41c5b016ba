"""Where the data lives: a file of this machine, or a PostgreSQL database that several people and machines share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qs, unquote

_SCHEMES = ("postgresql://", "postgres://")
_USER = re.compile(r"[^:/?#&=@]*")
_HOST = re.compile(r"(?:\[[0-9a-fA-F:.]*\]|[^:/?#&=\[\]]*)(?::\d{1,5}(?![^/?#,]))?")
_NAME = re.compile(r"/[^:/?#&=]*")


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL database by its address, as libpq reads it. Its text leaves out the password and the parameters."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        _, _, rest = self.url.partition("://")
        # A password may hold anything, even what it should have escaped: whatever stands before the last @ is not told.
        before, at, after = rest.rpartition("@")
        user = _USER.match(before)
        if "=" in before.partition("?")[2]:  # the @ of a parameter, perhaps: what follows is no host to tell
            return f"postgresql://{user[0] if user else ''}@..."
        host = _HOST.match(after)
        assert user  # both match nothing, too
        assert host
        name = _NAME.match(after, host.end())
        shown = f"{user[0]}@" if at and user[0] else ""
        return f"postgresql://{shown}{host[0]}{name[0] if name else ''}"

    def secrets(self) -> list[str]:
        """What must never be repeated: passwords in the address, as they are written and as they are meant."""
        before, at, after = self.url.partition("://")[2].rpartition("@")
        written = [before.partition(":")[2]] if at else []
        query = parse_qs(after.partition("?")[2], keep_blank_values=True)
        written += [value for name, values in query.items() if "password" in name for value in values]
        return sorted(
            {text for one in written for text in (one, unquote(one)) if text}, key=len, reverse=True
        )


Database: TypeAlias = Path | Server


def is_server(text: str) -> bool:
    """True for the address of a PostgreSQL database."""
    return text.lower().startswith(_SCHEMES)


def database(text: str) -> Database:
    """What a text names: an address of PostgreSQL, else the path of a file."""
    return Server(text) if is_server(text) else Path(text)
