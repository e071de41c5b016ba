"""What can go wrong, drawn as a tree; each class knows its exit code.

::

    EreputationError            1  said in one line, without a traceback
    ├── ConfigError             2  the configuration file, every fault of it
    ├── UsageError              2  an option or an argument
    │   └── QueryError          2  a query, with line, column and a hint
    ├── LockedError            75  another scan holds the lock
    ├── StoreError              1  the database: missing folder, read-only, newer, damaged
    ├── DeliveryError           -  a channel did not take a message; told elsewhere, and tried again
    └── SourceError             -  a source could not be read; becomes an Outcome, never ends a scan
        ├── FetchError             the network or the server
        │   └── NotYet             the server asked to come back later
        └── ContentError           what came back is not what was asked for
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class EreputationError(Exception):
    """Anything a user should read as one sentence instead of a traceback."""

    exit_code = 1


class UsageError(EreputationError):
    """An option or an argument that cannot be used."""

    exit_code = 2


class ConfigError(EreputationError):
    """Every fault of a configuration file, one line each: ``file:line:column: path: what was expected``."""

    exit_code = 2

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class QueryError(UsageError):
    """A query that cannot be read. ``line`` and ``column`` start at 1 and point into the query's own text."""

    def __init__(
        self, message: str, *, line: int = 1, column: int = 1, hint: str = "", caret: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint
        self.caret = caret

    def __str__(self) -> str:
        parts = [f"{self.line}:{self.column}: {self.message}"]
        if self.caret:
            parts.append(self.caret)
        if self.hint:
            parts.append(_("hint: {hint}").format(hint=self.hint))
        return "\n".join(parts)


class LockedError(EreputationError):
    """Another scan holds the lock of this database."""

    exit_code = 75


class StoreError(EreputationError):
    """The database cannot be opened, read or written."""


class DeliveryError(EreputationError):
    """A channel did not take a message; the text holds no secret. ``retry_at``: when the server wants the next try.

    ``refused``: it said so itself; otherwise somebody may have it all the same, and only its answer was lost.
    """

    def __init__(self, message: str, *, retry_at: datetime | None = None, refused: bool = False) -> None:
        super().__init__(message)
        self.retry_at = retry_at  # None: the server named no time
        self.refused = refused


class SourceError(EreputationError):
    """A source could not be read; the message says what, where, and what to do next."""


class FetchError(SourceError):
    """The network or the server. ``status`` is the HTTP status, 0 when no answer came.

    ``body`` is what the server said about it (at most 64 kB): for those who know its dialect, never for eyes.
    """

    def __init__(
        self, message: str, *, status: int = 0, retry_at: datetime | None = None, body: bytes = b""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_at = retry_at  # None: the server named no time to come back at
        self.body = body


class NotYet(FetchError):  # noqa: N818 - it is a state, not a fault
    """The server asked to come back later, now or in an earlier run; ``retry_at`` says when."""


class ContentError(SourceError):
    """An answer came, but it is not what was asked for: a consent page, an error in HTML, a cut document."""
