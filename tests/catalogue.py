"""The French catalogue: what there is to translate, and its files. ``python tests/catalogue.py`` brings them up to date.

Texts are found where they are marked, in Python and in templates, and where nobody needs to mark them: in the help of
commands and in the descriptions of the configuration.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parent.parent / "src" / "ereputation"
PO = PACKAGE / "locale" / "fr" / "LC_MESSAGES" / "ereputation.po"
MO = PO.with_suffix(".mo")
TEMPLATE_KEYWORDS: Any = {"_": None, "n_": (1, 2), "p_": ((1, "c"), 2)}
PLURALS = "nplurals=2; plural=(n > 1);"
_WRITTEN = datetime(2026, 11, 29, tzinfo=UTC)
"""The catalogue does not change with the hour it is written at."""


def extracted() -> Catalog:
    """Every text there is to translate."""
    found = Catalog(locale="fr", domain="ereputation")
    for path in sorted(PACKAGE.rglob("*.py")):
        for text, context in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            found.add(text, locations=[(path.relative_to(PACKAGE).as_posix(), 0)], context=context)
    templates = extract_from_dir(
        str(PACKAGE), [("**.j2", "jinja2")], {"**": {"trimmed": "true"}}, keywords=TEMPLATE_KEYWORDS
    )
    for file, _line, text, _comments, context in templates:
        found.add(text, locations=[(file, 0)], context=context)
    for place, text in (*_helps(), *_descriptions()):
        found.add(text, locations=[(place, 0)])
    return found


def _marked(tree: ast.AST) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """Texts and contexts in the calls that mark them, also inside f-strings."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            continue
        texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
        match (node.func.id if isinstance(node.func, ast.Name) else node.func.attr), texts:
            case (("_" | "N_"), [str(text)]):
                yield text, None
            case "n_", [str(one), str(many), _]:
                yield (one, many), None
            case "amount", [_, str(one), str(many)]:
                yield (one, many), None
            case (("p_" | "NP_"), [str(context), str(text)]):
                yield text, context


def _helps() -> Iterator[tuple[str, str]]:
    from typer.main import get_command

    from ereputation.cli import app

    waiting: list[tuple[str, Any]] = [("ereputation", get_command(app))]
    while waiting:
        name, command = waiting.pop()
        if command._help:
            yield name, command._help
        for parameter in command.params:
            if getattr(parameter, "help", None) and not parameter.hidden:
                yield name, parameter.help
        waiting += [(f"{name} {child}", inner) for child, inner in getattr(command, "commands", {}).items()]


def _descriptions() -> Iterator[tuple[str, str]]:
    from ereputation import speech
    from ereputation.config import json_schema

    speech.use("en")
    waiting: list[Any] = [json_schema()]
    speech.use(None)
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if isinstance(said := node.get("description"), str):
                yield "configuration", said
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def written() -> Catalog:
    """The catalogue as it is in the file."""
    with PO.open("rb") as stream:
        return read_po(stream, locale="fr", domain="ereputation")


def compiled(catalogue: Catalog) -> bytes:
    """What gettext reads."""
    target = io.BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def spaced(text: str) -> str:
    """French typography: a space before a high sign or a unit does not break; thin before ; ! ?, and inside quotes."""
    text = re.sub(r" (?=[;!?](?:\s|$|[)\]»]))", "\u202f", text)
    text = re.sub(r" (?=:(?:\s|$))", "\u00a0", text)
    text = re.sub(r"(?<=[\d}]) (?=(?:s|min|h|j|Mo|Go|ko|octets?)\b)", "\u00a0", text)
    return text.replace("« ", "«\u00a0").replace(" »", "\u00a0»").replace(" %", "\u00a0%")


def update() -> int:
    """Take over what is new, drop what is gone, compile; how many texts have no translation."""
    new, old = extracted(), written() if PO.exists() else Catalog(locale="fr")
    kept = Catalog(
        locale="fr",
        domain="ereputation",
        project="ereputation",
        version="",
        copyright_holder="The ereputation authors",
        header_comment=GLOSSARY,
        creation_date=_WRITTEN,
        revision_date=_WRITTEN,
        last_translator="The ereputation authors",
        language_team="fr",
        charset="utf-8",
        fuzzy=False,
    )
    kept.mime_headers = [("Plural-Forms", PLURALS)]
    missing = 0
    for message in new:
        if not message.id:
            continue
        before = old.get(message.id, message.context)
        said = before.string if before else ""
        if message.pluralizable and (not isinstance(said, tuple) or len(said) != 2):
            said = ("", "")
        said = tuple(map(spaced, said)) if isinstance(said, tuple) else spaced(said)
        missing += not all(said) if isinstance(said, tuple) else not said
        files = sorted({(file, None) for file, _line in message.locations}, key=str)
        kept.add(message.id, said, locations=files, context=message.context, flags=message.flags - {"fuzzy"})
    with PO.open("wb") as stream:
        write_po(stream, kept, width=110, sort_output=True, include_lineno=False)
    MO.write_bytes(compiled(written()))
    return missing


GLOSSARY = """\
# French for ereputation, as community managers and press officers speak it; people are addressed with "vous".
#
# mention        mention                    baseline         référence (ce qui est habituel)
# query          requête                    bucket           tranche (d'une heure)
# document       document                   episode          épisode
# story, copies  sujet, reprises            spike            pic
# share of voice part de voix               negative spike   pic négatif
# sentiment      tonalité                   brand silence    silence de la marque
# net sentiment  sentiment net              coverage         couverture
# owned media    média de la marque         staffed hours    heures de présence
# playbook       consignes                  response time    délai de réponse
# waiting        en attente                 severity         gravité
# feed           flux                       false alarm      fausse alerte
# channel        canal                      week-end         week-end
"""


if __name__ == "__main__":
    number = update()
    sys.stdout.write(f"{number} to translate in {PO}\n")
