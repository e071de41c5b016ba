"""What the tests of social sources share: a visit with its state kept as the database keeps it, and small networks."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from ereputation.fetch import Fetcher
from loopback import Answer, Loopback, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ereputation.model import Reading

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DATA = Path(__file__).parent / "data" / "social"
SECRET = "s3cr3t-t0ken-0123456789"
"""What must never be seen."""


def payload(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def read(*sources, state: Mapping[str, Any] | None = None, now: datetime = NOW, contact="team@example.org"):
    """One run over the sources with one fetcher, one after the other; the state goes through JSON."""

    async def run() -> list[Reading]:
        async with Fetcher(now=now, contact=contact) as fetcher:
            return [
                await one.read(fetcher, json.loads(json.dumps(dict(state or {}))), now=now) for one in sources
            ]

    readings = asyncio.run(run())
    return readings[0] if len(readings) == 1 else readings


def guids(*readings: Reading) -> list[str]:
    return [one.guid for reading in readings for one in reading.documents]


def answer(data: Any, status: int = 200, **headers: str) -> Answer:
    stated = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(
        body=json.dumps(data).encode(), status=status, headers={"Content-Type": "application/json", **stated}
    )


def asked(request: Request) -> dict[str, str]:
    """The parameters of a request; of those that come twice the last."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(request.path).query).items()}


def minutes(number: int) -> datetime:
    """The date of the post with this number: one a minute, the day before NOW."""
    return NOW - timedelta(days=1) + timedelta(minutes=number)


class Instance:
    """A Mastodon server with one timeline, which follows the published schema: ``min_id`` walks forward, Link leads on."""

    def __init__(self, web: Loopback, path: str = "/api/v1/timelines/tag/acme") -> None:
        self.web, self.path, self.statuses = web, path, []
        self.broken: dict[str, Answer] = {}
        """By ``min_id``: what is said instead of a page; used once."""
        web.serve(path, self._page)

    def post(self, *numbers: int, **fields: Any) -> None:
        for number in numbers:
            status = self.status(number, **fields)
            self.statuses = sorted([*self.statuses, status], key=lambda one: -int(one["id"]))

    def status(self, number: int, **fields: Any) -> dict[str, Any]:
        return {
            "id": str(1000 + number),
            "uri": f"https://social.example/users/ada/statuses/{number}",
            "url": f"https://social.example/@ada/{number}",
            "created_at": minutes(number).isoformat(),
            "in_reply_to_id": None,
            "visibility": "public",
            "content": f"<p>Post {number} on #acme</p>",
            "account": {
                "id": "7",
                "acct": "ada",
                "display_name": "Ada",
                "url": "https://social.example/@ada",
            },
            **fields,
        }

    def _page(self, request: Request) -> Answer:
        wanted = asked(request)
        if (failure := self.broken.pop(wanted.get("min_id", ""), None)) is not None:
            return failure
        found, limit = self.statuses, int(wanted.get("limit", 20))
        if "min_id" in wanted:
            found = [one for one in found if int(one["id"]) > int(wanted["min_id"])][-limit:]
        page = found[:limit]
        link = re.sub(r"\?.*", "", self.web.url(self.path))
        return answer(
            page,
            **({"Link": f'<{link}?min_id={page[0]["id"]}>; rel="prev"'} if page else {}),
        )
