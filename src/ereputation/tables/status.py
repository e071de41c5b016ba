"""How far a scan is, on a terminal's standard error only, and gone when it ends."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import _, n_
from ereputation.tables.consoles import stderr_console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.status import Status

    from ereputation.model import Outcome


@dataclass(slots=True)
class Progress:
    """Call it with each outcome as it comes, ``looked`` with how many stored documents were looked at."""

    status: Status | None
    """None: nothing is drawn."""
    total: int = 0
    read: int = 0
    failed: int = 0

    def __call__(self, outcome: Outcome) -> None:
        """One more source was asked."""
        if self.status is None:
            return
        self.read += 1
        self.failed += outcome.status == "failed"
        said = (
            _("{read} of {total} read").format(read=words.count(self.read), total=words.count(self.total))
            if self.total
            else _("{read} read").format(read=words.count(self.read))
        )
        if self.failed:
            said = _("{said}, {failed} failed").format(said=said, failed=words.count(self.failed))
        self._say(f"{said}  {words.shown(outcome.source, 40)}")

    def looked(self, number: int) -> None:
        """A brand is new or edited: what is stored is looked through."""
        if self.status is not None and number % 200 == 0:
            said = n_("{count} stored document looked at", "{count} stored documents looked at", number)
            self._say(said.format(count=words.count(number)))

    def _say(self, text: str) -> None:
        from rich.text import Text

        if self.status is not None:
            self.status.update(Text(text))


@contextmanager
def progress(*, shown: bool, total: int = 0) -> Iterator[Progress]:
    """What tells how far a scan is; it draws one line while ``shown``, else nothing."""
    if not shown:
        yield Progress(None)
        return
    from rich.text import Text

    with stderr_console().status(Text(_("reading..."))) as status:
        yield Progress(status, total)


@contextmanager
def counting(*, shown: bool) -> Iterator[Callable[[int], None]]:
    """A function to call with how many rows are written; it draws one line while ``shown``, else nothing."""
    if not shown:
        yield lambda _number: None
        return
    from rich.text import Text

    with stderr_console().status(Text(_("writing..."))) as status:

        def tell(number: int) -> None:
            if number % 500 == 0:
                said = n_("{count} row written", "{count} rows written", number)
                status.update(Text(said.format(count=words.count(number))))

        yield tell


@contextmanager
def working(*, shown: bool) -> Iterator[Callable[[str], None]]:
    """A function to call with what is being worked on; it draws one line on standard error while ``shown``, else nothing."""
    if not shown:
        yield lambda _what: None
        return
    from rich.text import Text

    with stderr_console().status(Text("...")) as status:
        yield lambda what: status.update(Text(words.shown(what, 60)))
