"""The JSON Schema of the configuration, so that editors complete and explain it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import TYPE_CHECKING, Any

from ereputation.config.models import Config
from ereputation.config.validation import models_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of ``ereputation.yaml``, with the short forms it accepts."""
    schema = {"$schema": _DIALECT, **Config.model_json_schema()}
    schema["title"] = "ereputation.yaml"
    for model in _entries():
        part = schema["$defs"][model.__name__]
        properties = part["properties"]
        for name, text in _docstrings(model).items():
            properties.get(name, {}).setdefault("description", text)
        # Any value of a source or channel may come from a file: `token_file:` instead of `token:`.
        part["patternProperties"] = {
            "^[a-z_]+_file$": {"type": "string", "description": "Path of a file that holds the value."}
        }
        part["required"] = [name for name in part.get("required", []) if "format" not in properties[name]]
    return schema


def _entries() -> Iterator[type[BaseModel]]:
    """The models of ``sources:`` and ``notify:``."""
    for section in ("sources", "notify"):
        yield from dict.fromkeys(models_of(Config.model_fields[section].annotation))


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Field -> the text under it in the source code, for the model and what it inherits."""
    texts: dict[str, str] = {}
    for part in reversed(model.__mro__[:-1]):
        if part.__module__.startswith("ereputation."):
            body = ast.parse(textwrap.dedent(inspect.getsource(part))).body[0]
            assert isinstance(body, ast.ClassDef)
            for field, after in zip(body.body, body.body[1:], strict=False):
                if (
                    isinstance(field, ast.AnnAssign)
                    and isinstance(field.target, ast.Name)
                    and isinstance(after, ast.Expr)
                    and isinstance(after.value, ast.Constant)
                ):
                    texts[field.target.id] = inspect.cleandoc(str(after.value.value))
    return texts
