"""A configuration on disk: checked before it counts, written whole or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

from ereputation import config as configuration
from ereputation import speech
from ereputation.errors import ConfigError, UsageError
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ereputation.config import Config

_PRIVATE = 0o600


def write(
    path: Path,
    text: str,
    *,
    environ: Mapping[str, str],
    private: bool,
    force: bool,
    accept: Callable[[Config], None] = lambda _config: None,
) -> Config:
    """Put ``text`` at ``path`` in one step, if it is a configuration that ``accept`` does not refuse; gives it.

    ``private``: only its owner may read it. Raises ConfigError, told of ``path``, for a text with faults, and UsageError
    for a file that is there and not to be replaced (``force``), or a folder nobody may write in.
    """
    target = path.resolve()  # a link stays one
    if not force and os.path.lexists(path):
        raise already_there(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = _mode(target, private=private)
        # Beside ``path`` and not its target: relative paths in the text start from there.
        handle, name = mkstemp(prefix=".ereputation-", suffix=".yaml", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.chmod(mode)
        _give_to_owner(draft, target)
        config = _loaded(draft, path, environ)
        accept(config)
        _publish(draft, target, force=force)
    except FileExistsError:
        raise already_there(path) from None
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        draft.unlink(missing_ok=True)
    return config


def already_there(path: Path) -> UsageError:
    """What is there stays there."""
    return UsageError(
        _("{path} exists already: --force replaces it, --output writes elsewhere").format(path=path)
    )


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(_("{path} cannot be written: {reason}").format(path=path, reason=speech.reason(error)))


def _mode(target: Path, *, private: bool) -> int:
    """Of the file that is there; of a new one, what the user's mask leaves."""
    with suppress(FileNotFoundError):
        there = stat.S_IMODE(target.stat().st_mode)
        return there & _PRIVATE if private else there
    mask = os.umask(0o077)
    os.umask(mask)
    return _PRIVATE if private else 0o644 & ~mask


def _give_to_owner(draft: Path, target: Path) -> None:
    """Whoever owned the file still does, also when the superuser writes."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and target.exists():
        there = target.stat()
        os.chown(draft, there.st_uid, there.st_gid)


def _loaded(draft: Path, path: Path, environ: Mapping[str, str]) -> Config:
    try:
        return configuration.load(draft, environ=environ)
    except ConfigError as error:
        raise ConfigError([fault.replace(str(draft), str(path), 1) for fault in error.faults]) from None


def _publish(draft: Path, target: Path, *, force: bool) -> None:
    """Give the draft its name; FileExistsError when somebody else just did and it may not be replaced."""
    if not force:
        with suppress(PermissionError, NotImplementedError):  # file systems without hard links
            os.link(draft, target)
            return
        if os.path.lexists(target):
            raise FileExistsError
    draft.replace(target)
