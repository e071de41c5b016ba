"""Public channels of Telegram, as the web shows them to everybody (t.me/s/...)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field

from ereputation import words
from ereputation.errors import ContentError
from ereputation.markup import html_to_text, unescape_fully
from ereputation.sources.api import Place, Post, counts, moment, posts
from ereputation.sources.base import Duration, ReplyLinks, Server, Source, State
from ereputation.sources.pages import Page, follow
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ereputation.fetch import Fetcher
    from ereputation.model import Document, Reading

_GAP = 5.0
_MOST_BYTES = 3_000_000
_MOST_TAGS = 20_000
_POST = re.compile(r'data-post="([A-Za-z]\w{2,40})/(\d{1,12})"')
_TAG = re.compile(r"<(/?)([a-z]{1,10})\b")
_TIME = re.compile(r'<time[^<>]{0,300}\bdatetime="([^"<>]{10,40})"')
_HREF = re.compile(r'\bhref="([^"<>]{1,500})"')
_REPLY = re.compile(r"https?://t\.me/(\w{3,40})/(\d{1,12})")
_VIEWS = re.compile(r"([\d.]{1,8})\s?([KM]?)")
_PHOTO = re.compile(r"background-image:\s?url\((?:&quot;|['\"])(https?://[^'\"()&]{1,600})")
_STICKER = re.compile(r'\bsrcset="(https?://[^"<>\s]{1,600})"')


class Telegram(Source):
    """A public channel of Telegram, 20 posts a page. Needs no key, but the channel must allow the web preview.

    Groups, private channels, and comments below posts cannot be read.
    """

    stores: ClassVar[str] = N_("text, address, channel's name, date, views")
    reply_links: ClassVar[ReplyLinks] = "exact"

    kind: Literal["telegram"] = "telegram"
    channel: str = Field(
        pattern=r"^@?[A-Za-z][A-Za-z0-9_]{2,40}$", description="Name of the channel, as in t.me/name."
    )
    every: Duration | None = Field(900.0, ge=1, description="How often to read it, at most.")
    server: Server = Field("https://t.me", description="Where the preview lives.")

    def derived_name(self) -> str:
        """``t.me/airfrance``."""
        return f"t.me/{self.channel.removeprefix('@')}"

    def address(self) -> str:
        """The preview of the channel."""
        return f"{self.server}/s/{self.channel.removeprefix('@')}"

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """Pages down to what is known."""
        place = Place(source=self.id, kind=self.kind, now=now, base=_SITE, lang=self.lang)

        async def page(before: str) -> Page:
            response = await fetcher.get(
                self.address(),
                params={"before": before} if before else None,
                headers=self.headers,
                accept="text/html",
                max_bytes=_MOST_BYTES,
                gap=_GAP,
            )
            if "/s/" not in urlsplit(response.url).path:
                raise ContentError(words.labelled(self.derived_name(), _(_CLOSED)))
            found = parse(response.body, place)[::-1]
            oldest = found[-1].guid.rpartition("/")[2] if found else ""
            return Page(documents=found, next=oldest if oldest.isdigit() and int(oldest) > 1 else "")

        return await follow(page, state, of=self.address())


_SITE = "https://t.me"
_CLOSED = N_(
    "the preview is disabled, or there is no such channel: it cannot be read without a Telegram account"
)


def parse(payload: bytes, place: Place) -> list[Document]:
    """The posts of a page, the oldest first, as it shows them. Raises ContentError for a page that shows no channel."""
    page = payload.decode("utf-8", "replace")
    if "tgme_widget_message" not in page and "tgme_channel_history" not in page:
        raise ContentError(
            _(_CLOSED) if "tgme_page" in page else _("not a page of Telegram: it will be tried again")
        )
    return posts(_posts(page), place)


def _posts(page: str) -> Iterator[Post]:
    starts = list(_POST.finditer(page))
    ends = [following.start() for following in starts[1:]] + [len(page)][: len(starts)]
    for start, end in zip(starts, ends, strict=True):
        yield _post(start[1], start[2], page[start.end() : end])


def _post(channel: str, number: str, markup: str) -> Post:
    here = f"{_SITE}/{channel}/{number}"
    body = _element(markup, "js-message_text") or _poll(markup) or _element(markup, "link_preview_title")
    date = _element(markup, "tgme_widget_message_date", outer=True) or markup
    time = _TIME.search(date) or _TIME.search(markup)
    replied = _REPLY.search(unescape_fully(_opening(markup, "tgme_widget_message_reply")))
    parent = f"{_SITE}/{replied[1]}/{replied[2]}" if replied else ""
    return Post(
        id=here,
        url=here,
        body=body,
        body_is_html=True,
        published=moment({"at": time[1]}, "at") if time else None,
        name=html_to_text(_element(markup, "tgme_widget_message_owner_name")),
        handle=channel,
        media=[*_PHOTO.findall(markup)[:10], *_STICKER.findall(markup)[:1]],
        reply_to=parent,
        thread=parent or here,
        engagement=counts(views=_views(html_to_text(_element(markup, "tgme_widget_message_views")))),
    )


def _poll(markup: str) -> str:
    """The question and the answers of a poll."""
    question = _element(markup, "tgme_widget_message_poll_question")
    options = re.findall(r'tgme_widget_message_poll_option_text"[^<>]{0,200}>([^<]{0,500})', markup)
    return "<br>".join([question, *options]) if question else ""


def _opening(markup: str, name: str) -> str:
    """The opening tag of the first element of a class; empty when there is none."""
    found = re.search(
        rf'<\w{{1,10}}[^<>]{{0,2000}}\bclass="[^"<>]{{0,300}}\b{name}(?![\w-])[^<>]{{0,2000}}>', markup
    )
    return found[0] if found else ""


def _element(markup: str, name: str, *, outer: bool = False) -> str:
    """What the first element of a class holds; its end is found by counting tags of its own name."""
    opening = _opening(markup, name)
    if not opening:
        return ""
    tag = opening[1:].split(maxsplit=1)[0]
    start = markup.index(opening) + len(opening)
    depth = 1
    for count, found in enumerate(_TAG.finditer(markup, start)):
        if found[2] == tag:
            depth += -1 if found[1] else 1
        if depth == 0 or count >= _MOST_TAGS:
            return (opening if outer else "") + markup[start : found.start()]
    return (opening if outer else "") + markup[start:]


def _views(shown: str) -> int | None:
    """1234 from ``1234``, about 1200 from ``1.2K``; None for what is no number."""
    found = _VIEWS.fullmatch(shown.strip())
    try:
        return round(float(found[1]) * {"": 1, "K": 1_000, "M": 1_000_000}[found[2]]) if found else None
    except ValueError:
        return None
