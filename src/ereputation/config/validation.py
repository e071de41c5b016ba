"""What pydantic finds wrong, as faults of the file: at the place it was typed, saying what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from ereputation.config import hazards
from ereputation.config.faults import Fault, Path, did_you_mean, is_secret, quoted
from ereputation.notify import Channel
from ereputation.sources import Source
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from ereputation.config.nodes import Tree

_NUMBERS = {
    "int_parsing": N_("expected a whole number"),
    "int_from_float": N_("expected a whole number"),
    "float_parsing": N_("expected a number"),
}
_LIMITS = {"greater_than_equal": ("ge", N_("expected at least {limit}")), "less_than_equal": ("le", N_("expected at most {limit}")), "greater_than": ("gt", N_("expected more than {limit}")), "less_than": ("lt", N_("expected less than {limit}"))}  # fmt: skip
_LISTS = {"tuple_type", "list_type", "set_type", "frozen_set_type"}
_MAPPINGS = {"model_type", "model_attributes_type", "dict_type", "mapping_type"}


def faults(error: ValidationError, data: Any, tree: Tree, model: type[BaseModel]) -> Iterator[Fault]:
    """Every fault, in no particular order; ``data`` is what was validated, ``tree`` knows where it stands."""
    for detail in error.errors(include_url=False):
        if detail["type"] == "too_short" and detail["input"]:
            continue  # entries there are, and their own faults are told
        if detail["type"] == "literal_error" and str(detail["loc"][-1]).startswith("literal["):
            continue  # a word that may stand for a number, as "auto": what is wrong with the number is told
        path = _in_file(detail["loc"], data)
        context = detail.get("ctx", {})
        if detail["type"] == "several":
            for inner, message in context["faults"]:
                yield tree.fault((*path, *inner), message)
        elif detail["type"] == "query":
            path = (*path, *context["at"])
            yield Fault(
                *tree.place_inside(path, context["line"], context["column"]), path, context["message"]
            )
        elif detail["type"] == "extra_forbidden":
            yield tree.fault(path, _unknown_key(path, data, model), key=True)
        elif detail["type"] == "missing":
            name = detail["loc"][-1]
            yield tree.fault(path, _("{name} is missing: add `{name}: ...`").format(name=name))
        else:
            yield tree.fault(_told_at(detail, path), _message(detail, path, data, tree, model))


def _in_file(location: Sequence[str | int], data: Any) -> Path:
    """The path in the file of pydantic's location, which also names the kinds it chose and keys that are missing."""
    path: list[str | int] = []
    for part in location:
        if _holds(data, part):
            path.append(part)
            data = data[part]
    return tuple(path)


def _holds(data: Any, part: str | int) -> bool:
    if isinstance(data, list):
        return isinstance(part, int) and part < len(data)
    return isinstance(data, dict) and part in data


def _told_at(detail: ErrorDetails, path: Path) -> Path:
    """A wrong ``kind`` is told at ``kind``."""
    return (*path, "kind") if detail["type"] == "union_tag_invalid" else path


def _message(detail: ErrorDetails, path: Path, data: Any, tree: Tree, model: type[BaseModel]) -> str:
    kind, value, context = detail["type"], tree.typed(path, detail["input"]), detail.get("ctx", {})
    if value is None and path in tree.values:
        rest = tree.rest_of_line(tree.values[path].start_mark.index)
        key = f"{path[-1]}: " if isinstance(path[-1], str) else "- "
        return hazards.nothing("" if is_secret(path) else rest, key)
    shown = (
        ""
        if is_secret(path) or isinstance(value, list | dict)
        else _(", not {value}").format(value=quoted(value))
    )
    if kind == "union_tag_invalid":
        return _unknown_kind(str(context["tag"]), context["expected_tags"])
    if kind == "union_tag_not_found":
        known = [kind for entry in _models_at(model, path, data) for kind in kinds_of(entry)]
        return _("expected `kind: {kinds}`{instead}").format(
            kinds=hazards.joined(known), instead=_a_list(value)
        )
    if kind == "literal_error":
        known = [word.strip("'\"") for word in context["expected"].replace(" or ", ", ").split(", ")]
        return _("expected {choices}{instead}{hint}").format(
            choices=hazards.joined(known), instead=shown, hint=did_you_mean(str(value), known)
        )
    if kind == "string_type":
        return _("expected text{instead}").format(instead=_instead(value))
    if kind in _LISTS:
        return _("expected a list{instead}").format(instead=_as_list(value, path))
    if kind in _MAPPINGS:
        return _("expected keys with values, one a line{instead}").format(instead=shown or _a_list(value))
    if kind in _NUMBERS:
        return _(_NUMBERS[kind]) + shown
    if kind in _LIMITS:
        name, sentence = _LIMITS[kind]
        return _(sentence).format(limit=f"{context[name]:g}") + shown
    if kind.startswith("bool"):
        return _("expected true or false{instead}").format(instead=shown)
    if kind in {"too_short", "string_too_short"}:
        return (
            _("expected at least one, found none")
            if kind == "too_short"
            else _("expected text, found nothing")
        )
    if kind == "string_too_long":
        return _("expected at most {limit} characters").format(limit=context["max_length"])
    if kind == "value_error":
        return str(context["error"])
    return detail["msg"]


def _instead(value: object) -> str:
    """What was found where text was expected, and what to write."""
    if isinstance(value, dict):
        return (
            _(": put quotes around {text}").format(text=hazards.lone_key(value))
            if hazards.lone_key(value)
            else _(", found keys with values")
        )
    return _(", found a list") if isinstance(value, list) else ""


def _as_list(value: object, path: Path) -> str:
    if isinstance(value, str) and not is_secret(path):
        return _(": write [{value}]").format(value=quoted(value))
    return _(": each line starts with a dash") if isinstance(value, dict) else ""


def _a_list(value: object) -> str:
    return _(", found a list") if isinstance(value, list) else ""


def _unknown_kind(found: str, expected: str) -> str:
    known = sorted(word.strip("' ") for word in expected.split(","))
    near = did_you_mean(found, known)
    said = (
        _("unknown kind {kind}{hint}; known: {kinds}") if near else _("unknown kind {kind}: known: {kinds}")
    )
    return said.format(kind=quoted(found), hint=near, kinds=", ".join(known))


def _unknown_key(path: Path, data: Any, model: type[BaseModel]) -> str:
    key = str(path[-1])
    known = _keys_at(model, path[:-1], data)
    near = did_you_mean(key, known)
    nested = (
        _(": it belongs under {keys}").format(keys=hazards.joined(homes))
        if not near and (homes := _homes(model, key))
        else ""
    )
    hint = near or nested or _(": known: {keys}").format(keys=", ".join(known))
    return _("unknown key {key}{hint}").format(key=quoted(key), hint=hint)


def _keys_at(model: type[BaseModel], path: Path, data: Any) -> list[str]:
    """The keys that may stand at ``path``."""
    fields = [item for m in _models_at(model, path, data) for item in m.model_fields.items()]
    return list(dict.fromkeys(field.alias or name for name, field in fields))


def _models_at(model: type[BaseModel], path: Path, data: Any) -> list[type[BaseModel]]:
    """What may stand at ``path``; where the data says its ``kind``, that kind only."""
    models = [model]
    for part in path:
        data = data[part]
        if isinstance(part, str):
            fields = [outer.model_fields[part] for outer in models if part in outer.model_fields]
            models = [inner for field in fields for inner in models_of(field.annotation)]
        kind = data.get("kind", "feed") if isinstance(data, dict) else None
        models = [m for m in models if kind in kinds_of(m)] or models
    return models


def kinds_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The ``kind`` an entry may have; none when it has no such key."""
    return get_args(model.model_fields["kind"].annotation) if "kind" in model.model_fields else ()


def models_of(annotation: Any) -> list[type[BaseModel]]:
    """Every model an annotation can stand for."""
    if annotation is Source:
        from ereputation.sources import AnySource

        annotation = AnySource
    elif annotation is Channel:
        from ereputation.notify import AnyChannel

        annotation = AnyChannel
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_of(part)]


def _homes(model: type[BaseModel], key: str) -> list[str]:
    """The sections that do know ``key``."""
    sections = model.model_fields.items()
    return [
        name
        for name, field in sections
        if any(key in inner.model_fields for inner in models_of(field.annotation))
    ]
