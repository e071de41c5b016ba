"""phpBB forums by their public feeds."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, model_validator

from ereputation.sources.base import ReplyLinks, Server  # noqa: TC001 - pydantic reads the annotations
from ereputation.sources.feed import Preset
from ereputation.sources.feed.entries import host_of
from ereputation.sources.feed.links import with_query
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from ereputation.model import Document

_TRAILER = re.compile(r"\s*(?:Statistics|Statistiques|Statistik)\s?:[^\n]{0,300}$")
_POST = re.compile(r"(?:^|#)p(\d{1,12})$")
_BEFORE_TITLE = re.compile(r"^(?:[^•]{1,150}\s•\s)?(?:Re\s?:\s*)?")


class Phpbb(Preset):
    """The newest posts of a phpBB forum, of one of its boards, or of one topic. Needs no key.

    The administrator may have switched feeds off: then the forum answers 403 or 404.
    """

    stores: ClassVar[str] = N_("title, text, address, author's name, dates")
    reply_links: ClassVar[ReplyLinks] = "thread"

    kind: Literal["phpbb"] = "phpbb"
    server: Server = Field(description="The forum with its folder, such as https://www.example.org/forum.")
    board: int | None = Field(None, ge=1, description="One board only: the number behind `f=`.")
    topic: int | None = Field(None, ge=1, description="One topic only: the number behind `t=`.")

    @model_validator(mode="after")
    def _one_listing(self) -> Self:
        if self.board and self.topic:
            raise ValueError(_("give at most one of `board` and `topic`"))
        return self

    def derived_name(self) -> str:
        """``example.org/forum: board 4``."""
        what = f"board {self.board}" if self.board else f"topic {self.topic}" if self.topic else "posts"
        return f"{self.server.partition('://')[2].removeprefix('www.')}: {what}"

    def address(self) -> str:
        """The feed the forum makes of it."""
        return with_query(f"{self.server}/feed.php", f=self.board or "", t=self.topic or "")

    def refine(self, document: Document, entry: Mapping[str, Any]) -> Document | None:  # noqa: ARG002 - nothing more in it
        """A post, known by its number; without the statistics below it."""
        number, topic = _numbers(document.url)
        guid = f"{self.server}/viewtopic.php?p={number}" if number else document.guid
        title = _BEFORE_TITLE.sub("", document.title)
        answer = " Re: " in f" {document.title}"
        return replace(
            document,
            guid=guid,
            type="comment" if answer else "post",
            title=title,
            text=_TRAILER.sub("", document.text),
            thread=f"{self.server}/viewtopic.php?t={topic or self.topic}" if topic or self.topic else "",
            site=document.site or host_of(self.server),
        )


def _numbers(link: str) -> tuple[str, str]:
    """Post and topic in ``viewtopic.php?t=2&p=9#p9``; empty when not there."""
    parts = urlsplit(link)
    fields = parse_qs(parts.query, max_num_fields=50)
    post = _POST.search(parts.fragment)
    found = post[1] if post else fields.get("p", [""])[0]
    return found if found.isdigit() else "", fields.get("t", [""])[0]
