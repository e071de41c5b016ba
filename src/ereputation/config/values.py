"""What people type for a value, and what it stands for. Every refusal says what was expected."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, PlainValidator, SecretStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from ereputation import query
from ereputation.config.faults import did_you_mean, quoted
from ereputation.config.hazards import lone_key
from ereputation.database import Database, Server, is_server
from ereputation.durations import duration
from ereputation.errors import QueryError
from ereputation.sentiment import DEFAULT_WEIGHT
from ereputation.speech import _
from ereputation.staffed import Staffed
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import ValidationInfo

_BUDGET = re.compile(r"(\d{1,4}(?:[.,]\d{1,4})?)\s*(?:/|per|par)\s*([a-zé]+)", re.IGNORECASE)
_PER_MONTH = {
    ("day", "jour"): 365.25 / 12,
    ("week", "semaine"): 365.25 / 12 / 7,
    ("month", "mois"): 1.0,
    ("quarter", "trimestre"): 1 / 3,
    ("year", "an"): 1 / 12,
}
_SIZE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*(k|m|g)?[bo]", re.IGNORECASE)
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]+")
_HEAVIEST = 5.0
WORD_FORMS = {
    "anyOf": [
        {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "number"}}]}},
        {"type": "object", "additionalProperties": {"type": "number"}},
    ]
}  # fmt: skip


def refuse(faults: Sequence[tuple[tuple[str | int, ...], str]]) -> NoReturn:
    """Refuse a value for several reasons at once, each with the path from the value to what is wrong."""
    raise PydanticCustomError("several", "several faults", {"faults": tuple(faults)})


def budget(value: object) -> float:
    """False alarms a month of ``1/month``, ``2/week``, ``0.5/month``, ``1/quarter``."""
    found = _BUDGET.fullmatch(value.strip()) if isinstance(value, str) else None
    rate = next((rate for names, rate in _PER_MONTH.items() if found and found[2].lower() in names), 0.0)
    if found and rate and (often := float(found[1].replace(",", ".")) * rate) > 0:
        return often
    raise ValueError(
        _("expected a budget such as 1/month, 2/week or 0.5/month, not {value}").format(value=quoted(value))
    )


def size(value: object) -> int:
    """Bytes of ``500kB``, ``10MB``."""
    found = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found and 0 < (count := int(float(found[1]) * _UNITS[(found[2] or "").lower()])) <= _UNITS["g"]:
        return count
    raise ValueError(
        _("expected a size such as 500kB or 10MB, at most 1GB, not {value}").format(value=quoted(value))
    )


def at_most(longest: str) -> AfterValidator:
    """A duration is not longer than ``longest``."""
    return AfterValidator(
        lambda seconds: _bounded(
            seconds, 0, duration(longest), _("expected at most {longest}").format(longest=longest)
        )
    )


def at_least(shortest: str) -> AfterValidator:
    """A duration is not shorter than ``shortest``."""
    return AfterValidator(
        lambda seconds: _bounded(
            seconds, duration(shortest), math.inf, _("expected at least {shortest}").format(shortest=shortest)
        )
    )


def _bounded(seconds: float, least: float, most: float, expected: str) -> float:
    if not least <= seconds <= most:
        raise ValueError(expected)
    return seconds


def zone(value: object) -> ZoneInfo:
    """The time zone of an IANA name."""
    try:
        return ZoneInfo(str(value))
    except (KeyError, ValueError, OSError):
        names = available_timezones()
        city = f"/{value}".lower().replace(" ", "_")
        near = did_you_mean(next((n for n in sorted(names) if n.lower().endswith(city)), str(value)), names)
        raise ValueError(
            _("expected a time zone such as Europe/Paris, not {value}{hint}").format(
                value=quoted(value), hint=near
            )
        ) from None


def staffed(value: object) -> Staffed:
    """``Mon-Fri 09:00-18:00``."""
    if not isinstance(value, str):
        refuse([((), _("expected hours such as Mon-Fri 09:00-18:00 or 24/7"))])
    return Staffed.parse(value)


def database(text: object, info: ValidationInfo) -> Database:
    """The address of a PostgreSQL database, or a path, from the folder of the configuration when relative."""
    if not isinstance(text, str):
        raise PydanticCustomError("string_type", _("expected text"))
    if is_server(text):
        return Server(text)
    if (
        "://" in text
        or text.startswith(("postgres:", "postgresql:", ":memory:"))
        or not text.strip()
        or "\0" in text
    ):
        raise ValueError(
            _("expected the path of a file, such as ereputation.db, or postgresql://user@host/name")
        )
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / expanded(text)


def file(text: object, info: ValidationInfo) -> Path:
    """The path of a file that may be written, from the folder of the configuration when relative."""
    if not isinstance(text, str):
        raise PydanticCustomError("string_type", _("expected text"))
    if "://" in text or not text.strip() or "\0" in text:
        raise ValueError(_("expected the path of a file, such as /var/lib/node_exporter/ereputation.prom"))
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / expanded(text)


def ping_address(value: SecretStr) -> SecretStr:
    """A web address; it is a secret, so it is never repeated."""
    text = value.get_secret_value()
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not text.isprintable() or " " in text:
        raise ValueError(_("expected a web address, such as https://hc-ping.com/your-uuid"))
    return value


def expanded(text: str) -> Path:
    """A path with ``~`` written out; ``~somebody`` stays as it is when nobody has that name."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def contact(value: str) -> str:
    """An e-mail address or a web page where the owner of a server can reach the people who run this."""
    if EMAIL.fullmatch(value) or re.match(r"https?://[^\s/]+\.\S+", value):
        return value
    raise ValueError(
        _("expected an e-mail address or the URL of a page, not {value}").format(value=quoted(value))
    )


def country(value: str) -> str:
    """An ISO 3166 code (``FR``), or ``none``."""
    if value.lower() == "none":
        return ""
    if re.fullmatch("[A-Za-z]{2}", value):
        return value.upper()
    raise ValueError(
        _("expected a country such as FR or GB, or none, not {value}").format(value=quoted(value))
    )


def words(value: object, *, sign: int) -> dict[str, float]:
    """``[ponctuel, {impeccable: 3}]`` -> word -> weight; ``sign`` is that of the list: 1, -1, or 0 for neutral words."""
    faults: list[tuple[tuple[str | int, ...], str]] = []
    found: dict[str, float] = {}
    for at, word, weight in _pairs(value, faults):
        number = _weight(weight, sign, faults, at, word)
        if number is not None:
            found[word] = number
    if faults:
        refuse(faults)
    return found


def _pairs(value: object, faults: list[Any]) -> list[tuple[tuple[str | int, ...], str, object]]:
    if isinstance(value, dict):
        return [((word,), word, weight) for word, weight in value.items()]
    if not isinstance(value, list | tuple):
        refuse([((), _("expected a list of words, such as [ponctuel, {impeccable: 3}]"))])
    pairs: list[tuple[tuple[str | int, ...], str, object]] = []
    for index, item in enumerate(value):
        if isinstance(item, str) and item.strip():
            pairs.append(((index,), item, ""))
        elif isinstance(item, dict):
            pairs += [((index, word), word, weight) for word, weight in item.items()]
        else:
            faults.append(((index,), _("expected a word, or a word with its weight such as {impeccable: 3}")))
    return pairs


def _weight(
    weight: object, sign: int, faults: list[Any], at: tuple[str | int, ...], word: str
) -> float | None:
    if weight == "":
        return sign * DEFAULT_WEIGHT
    if sign == 0:
        faults.append((at, _("a neutral word has no weight: write {word} alone").format(word=quoted(word))))
        return None
    try:
        number = float(str(weight).replace(",", "."))
    except ValueError:
        number = math.nan
    if not 0 < abs(number) <= _HEAVIEST:
        faults.append(
            (
                at,
                _("expected a weight between {least} and {most}, not {weight}").format(
                    least=f"{sign * 0.1:g}", most=sign * 5, weight=quoted(weight)
                ),
            )
        )
        return None
    if number * sign < 0:
        here, there = ("positive", "negative") if sign > 0 else ("negative", "positive")
        faults.append(
            (
                at,
                _("the sign contradicts its list: under {here} write {weight}, or move it to {there}").format(
                    here=here, weight=f"{-number:g}", there=there
                ),
            )
        )
        return None
    return number


def query_text(value: str) -> str:
    """A query that can be read."""
    try:
        query.parse(value)
    except QueryError as error:
        raise _query_fault(error) from None
    return value


def keyword(value: object, *, at: tuple[str, ...] = ()) -> str:
    """Words, or a query of a few words, that can be read; ``at`` is the path from what is validated to them."""
    if isinstance(value, dict):
        refuse([((), _("expected text: put quotes around {text}").format(text=lone_key(value) or _("it")))])
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", _("expected text"))
    try:
        query.keyword(value)
    except QueryError as error:
        raise _query_fault(error, at) from None
    return value


def _query_fault(error: QueryError, at: tuple[str, ...] = ()) -> PydanticCustomError:
    hint = f" ({error.hint})" if error.hint else ""
    place = {"line": error.line, "column": error.column}
    return PydanticCustomError("query", "bad query", {"message": error.message + hint, "at": at, **place})


def _or_nothing(instead: type[list[Any] | dict[str, Any]]) -> BeforeValidator:
    """A section whose lines are all commented out is an empty section."""
    return BeforeValidator(lambda value: instead() if value is None else value)


def distinct(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a text that is given twice, whatever its case and accents."""
    seen: dict[str, int] = {}
    for index, text in enumerate(texts):
        if (first := seen.setdefault(fold(text), index)) != index:
            refuse(
                [
                    (
                        (index,),
                        _("{text} is already in this list, as number {first}: keep one").format(
                            text=quoted(text), first=first + 1
                        ),
                    )
                ]
            )
    return texts


EmptyList = _or_nothing(list)
EmptyMapping = _or_nothing(dict)
Text: TypeAlias = Annotated[str, AfterValidator(lambda text: text if text.strip() else refuse([((), _("expected text, found nothing"))]))]  # fmt: skip
Keyword: TypeAlias = Annotated[str, BeforeValidator(keyword, json_schema_input_type=str)]
QueryText: TypeAlias = Annotated[str, AfterValidator(query_text)]
Keywords: TypeAlias = Annotated[tuple[Keyword, ...], AfterValidator(distinct), EmptyList]
Texts: TypeAlias = Annotated[tuple[Text, ...], AfterValidator(distinct), EmptyList]
Budget: TypeAlias = Annotated[float, BeforeValidator(budget, json_schema_input_type=str)]
Size: TypeAlias = Annotated[int, BeforeValidator(size, json_schema_input_type=str)]
Zone: TypeAlias = Annotated[ZoneInfo, PlainValidator(zone), WithJsonSchema({"type": "string"})]
Hours: TypeAlias = Annotated[Staffed, PlainValidator(staffed), WithJsonSchema({"type": "string"})]
DatabaseText: TypeAlias = Annotated[
    Path | Server, PlainValidator(database), WithJsonSchema({"type": "string"})
]
File: TypeAlias = Annotated[Path, PlainValidator(file), WithJsonSchema({"type": "string"})]
PingAddress: TypeAlias = Annotated[SecretStr, AfterValidator(ping_address)]
Contact: TypeAlias = Annotated[str, AfterValidator(contact)]
Country: TypeAlias = Annotated[str, AfterValidator(country)]


def _weighted(sign: int) -> tuple[BeforeValidator, WithJsonSchema]:
    def read(value: object) -> Mapping[str, float]:
        return words({} if value is None else value, sign=sign)

    return BeforeValidator(read), WithJsonSchema(WORD_FORMS)


Positive: TypeAlias = Annotated[dict[str, float], *_weighted(1)]
Negative: TypeAlias = Annotated[dict[str, float], *_weighted(-1)]
Neutral: TypeAlias = Annotated[dict[str, float], *_weighted(0)]
