"""What must agree between entries: names given once, names that exist. Works on plain data, however wrong the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ereputation.config.faults import Path, did_you_mean, quoted
from ereputation.notify import is_address
from ereputation.speech import _
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator


def disagreements(data: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Each with the path of what is wrong."""
    yield from _names_given_twice(data, "brands")
    yield from _names_given_twice(data, "sources")
    yield from _names_given_twice(data, "notify")
    yield from _unknown_brands(data)
    yield from _nobody_to_escalate_to(data)
    yield from _words_given_twice(_mapping(data.get("sentiment")), ("sentiment",))
    for index, brand in enumerate(_list(data.get("brands"))):
        yield from _words_given_twice(_mapping(brand), ("brands", index))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _names(data: dict[str, Any], section: str) -> Iterator[tuple[int, str]]:
    for index, entry in enumerate(_list(data.get(section))):
        name = _mapping(entry).get("name")
        if isinstance(name, str) and name:
            yield index, name


def _names_given_twice(data: dict[str, Any], section: str) -> Iterator[tuple[Path, str]]:
    seen: dict[str, int] = {}
    for index, name in _names(data, section):
        if (first := seen.setdefault(name.casefold(), index)) != index:
            yield (
                (section, index, "name"),
                _("{name} is already the name of {section}.{first}").format(
                    name=quoted(name), section=section, first=first
                ),
            )


def _unknown_brands(data: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    names = [name for _rest, name in _names(data, "brands")]
    for index, play in enumerate(_list(data.get("playbook"))):
        wanted = _mapping(_mapping(play).get("when")).get("brand")
        if isinstance(wanted, str) and names and wanted not in names:
            path: Path = ("playbook", index, "when", "brand")
            yield (
                path,
                _("no brand is called {name}{hint}").format(
                    name=quoted(wanted), hint=did_you_mean(wanted, names)
                ),
            )
    for index, channel in enumerate(_list(data.get("notify"))):
        for number, wanted in enumerate(_list(_mapping(channel).get("brands"))):
            if isinstance(wanted, str) and names and wanted not in names:
                path = ("notify", index, "brands", number)
                yield (
                    path,
                    _("no brand is called {name}{hint}").format(
                        name=quoted(wanted), hint=did_you_mean(wanted, names)
                    ),
                )


def _nobody_to_escalate_to(data: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """A step of a ladder leads to the name of another channel or, from an e-mail channel, to an address."""
    names = dict(_names(data, "notify"))
    steps = list(_steps(data))
    for index, path, to in steps:
        others = [name for number, name in names.items() if number != index]
        if names.get(index) in {target for other, _rest, target in steps if other != index}:
            yield path, _("others escalate to this channel: write the step on theirs, as a further one")
        elif to not in others and not (data["notify"][index].get("kind") == "email" and is_address(to)):
            hint = did_you_mean(to, others) or _(": give the `name` of another channel")
            yield path, _("no other channel is called {name}{hint}").format(name=quoted(to), hint=hint)


def _steps(data: dict[str, Any]) -> Iterator[tuple[int, Path, str]]:
    """Every step of a ladder: the number of its channel, its place, and where it leads."""
    for index, channel in enumerate(_list(data.get("notify"))):
        ladder, at = _mapping(channel).get("escalate"), ("notify", index, "escalate")
        single: list[tuple[Path, Any]] = [(at, ladder)]
        steps = single if isinstance(ladder, dict) else [((*at, n), s) for n, s in enumerate(_list(ladder))]
        for path, step in steps:
            if isinstance(to := _mapping(step).get("to"), str) and to:
                yield index, (*path, "to"), to


def _words_given_twice(entry: dict[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    seen: dict[str, str] = {}
    for section in ("positive", "negative", "neutral"):
        for at, word in _words(entry.get(section), (*path, section)):
            if (folded := fold(word).strip()) in seen:
                yield (
                    at,
                    _("{word} is already under {section}: keep one of them").format(
                        word=quoted(word), section=seen[folded]
                    ),
                )
            seen.setdefault(folded, section)


def _words(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    for word in _mapping(value):
        yield (*path, word), word
    for index, item in enumerate(_list(value)):
        if isinstance(item, str):
            yield (*path, index), item
        for word in _mapping(item):
            yield (*path, index, word), word
