"""The JSON Schema of the configuration, so that editors complete and explain it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ereputation.config.models import Config
from ereputation.config.validation import kinds_of, models_of
from ereputation.speech import _

if TYPE_CHECKING:
    from pydantic import BaseModel

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FROM_FILE = {"^[a-z_]+_file$": {"type": "string", "description": "Path of a file that holds the value."}}


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of ``ereputation.yaml``, with the short forms it accepts."""
    schema = {"$schema": _DIALECT, **Config.model_json_schema(), "title": "ereputation.yaml"}
    for model in _with_parts(Config):
        part = schema if model is Config else schema["$defs"][model.__name__]
        texts = _docstrings(model)
        for name, field in model.model_fields.items():
            _explain(part["properties"][field.alias or name], field.description or texts.get(name, ""))
        if kinds := kinds_of(model):
            _allow_files(part, kinds)
    said: dict[str, Any] = _said(schema)
    return said


def _said(node: Any) -> Any:
    """The schema with its descriptions in the language in use."""
    if isinstance(node, list):
        return [_said(part) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _(part) if key == "description" and isinstance(part, str) and part else _said(part)
        for key, part in node.items()
    }


def _with_parts(model: type[BaseModel]) -> list[type[BaseModel]]:
    """The model and every model inside it."""
    parts = [inner for field in model.model_fields.values() for inner in models_of(field.annotation)]
    return list(dict.fromkeys([model, *(deeper for part in parts for deeper in _with_parts(part))]))


def _explain(field: dict[str, Any], text: str) -> None:
    if text:
        field["description"] = text.replace("``", "")
    if field.get("type") == "string" and not isinstance(field.get("default", ""), str):
        del field["default"]  # seconds or bytes: not what is typed in YAML


def _allow_files(entry: dict[str, Any], kinds: tuple[str, ...]) -> None:
    """Any value of a source or a channel may come from a file: ``token_file:`` instead of ``token:``."""
    secrets = [name for name, field in entry["properties"].items() if field.get("format") == "password"]
    entry["patternProperties"] = _FROM_FILE
    required = {*entry.get("required", []), *([] if "feed" in kinds else ["kind"])}
    entry["required"] = sorted(required.difference(secrets))
    entry["properties"]["kind"].setdefault("description", "What kind of source or channel this is.")


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Field -> the text under it in the source code, for the model and what it inherits."""
    texts: dict[str, str] = {}
    for part in reversed(model.__mro__):
        if not part.__module__.startswith("ereputation."):
            continue
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(part))).body
        assert isinstance(definition, ast.ClassDef)
        for field, after in pairwise(definition.body):
            if isinstance(field, ast.AnnAssign) and isinstance(after, ast.Expr):
                assert isinstance(field.target, ast.Name)
                texts[field.target.id] = inspect.cleandoc(ast.literal_eval(after.value))
    return texts
