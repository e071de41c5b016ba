"""Which configuration file counts, and how it is read."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import BaseModel, SecretStr, ValidationError

from ereputation import query, speech
from ereputation.config import hazards, nodes, validation
from ereputation.config.checks import disagreements
from ereputation.config.faults import Fault, in_order, quoted
from ereputation.config.models import Config
from ereputation.config.substitution import Substitution
from ereputation.config.values import expanded
from ereputation.database import Server
from ereputation.errors import ConfigError
from ereputation.fetch import holds_secret
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ereputation.config.faults import Path as At

NAME = "ereputation.yaml"
_MOST_FAULTS = 100
_LANGUAGE = re.compile(rb"^[\"']?language[\"']?\s*:\s*[\"']?(fr|en)\b", re.MULTILINE)


def find(path: Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """The file to read: ``path``, else ``$EREPUTATION_CONFIG``, else ``./ereputation.yaml``, else the user's own.

    Raises ConfigError when there is none, saying where it looked.
    """
    if path is not None:
        return path
    if named := environ.get("EREPUTATION_CONFIG"):
        return cwd / expanded(named)
    home = Path(environ.get("XDG_CONFIG_HOME", ""))
    if not home.is_absolute():  # the XDG specification: a relative path is ignored
        home = expanded(environ.get("HOME", "~")) / ".config"
    looked = [cwd / NAME, home / "ereputation" / NAME]
    for candidate in looked:
        if candidate.exists():
            return candidate
    hint = (
        _("; {file} exists: rename it to {name}").format(file=cwd / "ereputation.yml", name=NAME)
        if (cwd / "ereputation.yml").exists()
        else ""
    )
    raise ConfigError([
        _("no configuration found: looked for {here} and {home}{hint}").format(here=looked[0], home=looked[1], hint=hint),
        _("run `ereputation init` to write one, or name a file with --config or $EREPUTATION_CONFIG"),
    ])  # fmt: skip


def spoken(path: Path) -> speech.Language | None:
    """The language a file asks for, also where it has faults; None when it names none."""
    try:
        with path.open("rb") as stream:
            named = _LANGUAGE.search(stream.read(nodes.MAX_BYTES))
    except (OSError, ValueError):
        return None
    return None if named is None else "fr" if named[1] == b"fr" else "en"


def load(path: Path, *, environ: Mapping[str, str]) -> Config:
    """The configuration in ``path``; raises ConfigError with every fault of the file."""
    tree = nodes.read(_text(path))
    faults = list(tree.faults)
    if tree.data is None:
        raise _refusal(path, faults)
    outside = Substitution(tree, environ, path.parent)
    data = outside.fill(tree.data)
    faults += outside.faults
    told = tree.lost.union(*(_touched(fault.path) for fault in outside.faults))
    faults += [tree.fault(at, outside.hide(message, at)) for at, message in disagreements(data)]
    try:
        config = Config.model_validate(data, context={"folder": path.parent})
    except ValidationError as error:
        found = [fault for fault in validation.faults(error, data, tree, Config) if fault.path not in told]
        faults += [Fault(f.line, f.column, f.path, outside.hide(f.message, f.path)) for f in found]
        raise _refusal(path, faults) from None  # the cause would show the values
    if faults:
        raise _refusal(path, faults)
    warnings = [fault.show(str(path)) for fault in in_order(_oddities(config, tree, outside, path))]
    return config.noting(path, tuple(warnings))


def _touched(path: At) -> set[At]:
    """What a fault at ``path`` spoils: the value itself, and with ``url_file`` also ``url``."""
    return {path, (*path[:-1], str(path[-1]).removesuffix("_file"))} if path else {path}


def _refusal(path: Path, faults: list[Fault]) -> ConfigError:
    lines = [fault.show(str(path)) for fault in in_order(faults)]
    more = len(lines) - _MOST_FAULTS
    return ConfigError(
        [
            *lines[:_MOST_FAULTS],
            *([_("{path}: and {more} more faults").format(path=path, more=more)] if more > 0 else []),
        ]
    )


def _text(path: Path) -> str:
    """The file's text, or a ConfigError that says why there is none."""
    try:
        with path.open("rb") as stream:
            content = stream.read(nodes.MAX_BYTES + 1)
    except IsADirectoryError:
        raise ConfigError(
            [
                _("{path}: this is a folder: name the file in it, such as {example}").format(
                    path=path, example=path / NAME
                )
            ]
        ) from None
    except FileNotFoundError:
        raise ConfigError(
            [
                _("{path}: no such file: run `ereputation init` to write one, or check --config").format(
                    path=path
                )
            ]
        ) from None
    except (OSError, ValueError) as error:
        raise ConfigError(
            [
                _("{path}: cannot be read: {error}").format(
                    path=path, error=speech.reason(error) if isinstance(error, OSError) else error
                )
            ]
        ) from None
    if len(content) > nodes.MAX_BYTES:
        raise ConfigError(
            [
                _("{path}: larger than {max_bytes} bytes: this is no configuration file").format(
                    path=path, max_bytes=nodes.MAX_BYTES
                )
            ]
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, len(before[before.rfind(b"\n") + 1 :].decode()) + 1
        likely = "UTF-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else _("Latin-1 or Windows-1252")
        fault = Fault(
            line,
            column,
            (),
            _("this is not UTF-8 (it may be {likely}): save the file as UTF-8").format(likely=likely),
        )
        raise ConfigError([fault.show(str(path))]) from None


def _oddities(config: Config, tree: nodes.Tree, outside: Substitution, path: Path) -> Iterator[Fault]:
    """What is odd but stops nothing."""
    if "timezone" not in config.model_fields_set:
        yield Fault(
            0, 0, (), _("timezone is missing, so hours are in UTC: add one, such as `timezone: Europe/Paris`")
        )
    if not config.contact:
        yield Fault(
            0,
            0,
            (),
            _("contact is missing: sources that demand one refuse without; add `contact: you@example.org`"),
        )
    if not config.sources:
        yield Fault(0, 0, (), _("sources is empty, so nothing will be read: add the URL of a feed"))
    yield from _odd_queries(config, tree)
    yield from _cut_texts(tree)
    if _secrets_written(config, outside) and os.name == "posix" and path.stat().st_mode & 0o004:
        yield Fault(
            0,
            0,
            (),
            _("everybody on this machine can read the secrets in it: chmod 600 {path}").format(
                path=quoted(path)
            ),
        )


def _odd_queries(config: Config, tree: nodes.Tree) -> Iterator[Fault]:
    """What the query language warns of, at the place in the file."""
    texts: list[tuple[At, str]] = [(("exclude",), config.exclude)]
    for index, brand in enumerate(config.brands):
        at = ("brands", index)
        texts += [((*at, "query"), brand.query), ((*at, "exclude"), brand.exclude)]
        texts += [((*at, "keywords", number), keyword) for number, keyword in enumerate(brand.keywords)]
    for path, text in texts:
        read = query.keyword if "keywords" in path else query.parse
        for caution in read(text).warnings if text else ():
            place = tree.place_inside(path, caution.line, caution.column)
            yield Fault(*place, path, f"{caution.message} ({caution.code})")


def _cut_texts(tree: nodes.Tree) -> Iterator[Fault]:
    """Plain texts of a query or a keyword that YAML cut at a ``#``."""
    for path, node in tree.values.items():
        if {"query", "exclude", "keywords", "competitors", "owned"}.isdisjoint(path):
            continue
        plain = isinstance(node, yaml.ScalarNode) and node.style is None
        if plain and (message := hazards.cut(tree.rest_of_line(node.end_mark.index))):
            yield tree.fault(path, message)


def _secrets_written(config: Config, outside: Substitution) -> bool:
    """True when the file itself holds a secret, instead of a reference to one."""
    entries: list[tuple[At, BaseModel]] = [(("sources", n), entry) for n, entry in enumerate(config.sources)]
    entries += [(("notify", n), entry) for n, entry in enumerate(config.notify)]
    entries.append((("monitoring",), config.monitoring))
    if (
        isinstance(config.database, Server)
        and config.database.secrets()
        and ("database",) not in outside.outside
    ):
        return True
    return any(
        (
            isinstance(value, SecretStr)
            or (key == "headers" and value)
            or (isinstance(value, str) and "://" in value and holds_secret(value))
        )
        and not any(place[: len(path) + 1] == (*path, key) for place in outside.outside)
        for path, entry in entries
        for key in entry.model_fields_set
        for value in [getattr(entry, key)]
    )
