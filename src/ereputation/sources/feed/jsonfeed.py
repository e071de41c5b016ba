"""JSON Feed 1 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ereputation.errors import ContentError
from ereputation.sources.feed.entries import Raw, dates, first
from ereputation.sources.feed.refused import json_error
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ITEMS = re.compile(r'"items"\s*:\s*\[\s*')
_MOST_VALUES = 1_000_000  # 10 MB of "{}" would take 210 MB
_STRAY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # JSON has no place for them, inside strings or between
_BETWEEN = re.compile(r"\s*,?\s*")


def load(text: str) -> tuple[dict[str, Any], bool]:
    """The feed as it stands in ``text``, and whether it was whole; of a cut one, every item that is whole.

    Raises ContentError when it is not a JSON Feed.
    """
    text = _STRAY.sub("", text)
    if text.count("{") + text.count("[") + text.count(",") > _MOST_VALUES:
        raise ContentError(_("more values than any feed needs: refused; check the address"))
    try:
        payload, whole = json.loads(text, strict=False), True
    except (ValueError, RecursionError):
        payload, whole = {"items": list(_whole_items(text))}, False
        if not payload["items"]:
            raise ContentError(_("JSON that cannot be read: it will be tried again")) from None
    if not isinstance(payload, dict) or not isinstance(payload.get("items"), list):
        raise ContentError(json_error(payload))
    return payload, whole


def _whole_items(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(strict=False)
    found = _ITEMS.search(text)
    position = found.end() if found else len(text)
    while position < len(text):
        try:
            item, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return
        yield item
        if between := _BETWEEN.match(text, position):
            position = between.end()


def _author(item: Mapping[str, Any]) -> str:
    people = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [first(person, "name") for person in people or () if isinstance(person, dict)]
    return ", ".join(name for name in names if name)


def _texts(values: object) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _media(item: Mapping[str, Any]) -> list[str]:
    attached = item.get("attachments")
    files = (
        [first(one, "url") for one in attached if isinstance(one, dict)] if isinstance(attached, list) else []
    )
    return [first(item, "image"), first(item, "banner_image"), *files]


def raw(item: Mapping[str, Any], timezone: str | None) -> Raw:
    """One item."""
    identity = item.get("id")
    page = identity if isinstance(identity, str) and identity.startswith(("http://", "https://")) else ""
    markup = first(item, "content_html")
    modified = dates([(first(item, "date_modified"), None)], timezone)
    return Raw(
        id=str(identity) if isinstance(identity, str | int | float) else "",
        link=first(item, "url", "external_url") or page,
        title=first(item, "title"),
        body=markup or first(item, "content_text", "summary"),
        body_is_html=bool(markup),
        published=dates([(first(item, "date_published"), None)], timezone),
        updated=modified[0] if modified else None,
        author=_author(item),
        lang=first(item, "language"),
        tags=_texts(item.get("tags")),
        media=_media(item),
    )


def feed_author(payload: Mapping[str, Any]) -> str:
    """Who writes where an item names nobody."""
    return _author(payload)
