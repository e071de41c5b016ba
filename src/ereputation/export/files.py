"""Writes text to a file that is either whole or not there, or to a stream."""

from __future__ import annotations

import codecs
import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from ereputation import speech
from ereputation.errors import EreputationError
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BLOCK = 1 << 16
"""Characters gathered before they are written."""


def write(chunks: Iterable[str], target: Path | IO[Any], *, encoding: str = "utf-8") -> None:
    """Write ``chunks`` to ``target``, a path or a stream; memory does not grow with them.

    A stream gets bytes where it has them below, so that the encoding is ours and line ends stay as written. Raises
    EreputationError when a file cannot be written; what stood there before is then untouched.
    """
    if isinstance(target, Path):
        try:
            with replacing(target) as file:
                file.writelines(codecs.iterencode(_blocks(chunks), encoding, "replace"))
        except OSError as error:
            reason = speech.reason(error)
            raise EreputationError(
                _("cannot write {target}: {reason}").format(target=target, reason=reason)
            ) from error
        return
    target.flush()
    if (binary := getattr(target, "buffer", None)) is not None:
        binary.writelines(codecs.iterencode(_blocks(chunks), encoding, "replace"))
        binary.flush()
    else:
        for block in _blocks(chunks):
            target.write(block)


def _blocks(chunks: Iterable[str]) -> Iterator[str]:
    held: list[str] = []
    size = 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= _BLOCK:
            yield "".join(held)
            held, size = [], 0
    if held:
        yield "".join(held)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file beside ``path`` that takes its name when all went well; a pipe or device is written as it is."""
    final = path.resolve()
    if final.exists() and not final.is_file():
        with final.open("wb") as file:
            yield file
        return
    draft = final.with_name(f".{final.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with draft.open("xb") as file:
            if final.exists():
                draft.chmod(final.stat().st_mode & 0o777)
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(final)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
