"""Posts as Bluesky shows them, wrapped in many ways, as documents.

Identity: the ``at://`` address; the author is the DID, because handles change. A post has no edits; ``createdAt`` is
whatever a client wrote, so the earlier of it and ``indexedAt`` counts. Authors who ask not to be shown to people who
are not logged in (``!no-unauthenticated``) are left out, and what moderation hides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ereputation.sources.api import Place, Post, at, counts, items, load, moment, number, posts, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ereputation.model import Document

POST = re.compile(
    r"at://(did:[a-z0-9]{1,20}:[A-Za-z0-9._:%-]{1,200})/app\.bsky\.feed\.post/([A-Za-z0-9._:~-]{1,512})"
)
_MOST_OF_THREAD = 2_000
_HIDDEN = frozenset({"!no-unauthenticated", "!hide", "!takedown"})
_ADDRESSED = frozenset({"mention", "reply", "quote"})


def parse(payload: bytes, place: Place) -> list[Document]:
    """The posts in an answer: a search, a feed, a thread, notifications, records. Raises ContentError when it is no JSON."""
    return posts(said(load(payload)), place)


def _views(data: Any) -> Iterator[Mapping[str, Any]]:
    """Every post in an answer, whatever it is wrapped in; a thread without recursion."""
    waiting: list[Any] = [
        *(items(data, part) for part in ("posts", "feed", "notifications", "records")),
        at(data, "thread"),
        items({"all": data}, "all"),
    ]
    for _ in range(_MOST_OF_THREAD * 2):
        if not waiting:
            return
        current = waiting.pop(0)
        if isinstance(current, list):
            waiting = [*current, *waiting]
        elif isinstance(current, Mapping):
            if isinstance(at(current, "post"), Mapping):
                yield {**current, **current["post"], "reason": at(current, "reason")}
                waiting += [at(current, "parent"), items(current, "replies")]
            elif text(current, "uri"):
                yield current


def said(data: Any, *, own_feed: bool = False) -> list[Post]:
    """Every post that may be kept. ``own_feed``: of an account, where a repost is not its own word."""
    found = []
    for view in _views(data):
        reason = at(view, "reason")
        if isinstance(reason, str) and reason not in _ADDRESSED:
            continue  # a like, a follow
        if own_feed and text(reason, "$type").endswith("#reasonRepost"):
            continue
        addressed = isinstance(reason, str)
        if made := _post(view, visible_to_all=not addressed):
            found.append(made)
    return found


def _labels(view: Mapping[str, Any]) -> set[str]:
    """What labels say of a post or its author, taken back ones left out."""
    stated = [
        *items(view, "labels"),
        *items(view, "author", "labels"),
        *items(view, "record", "labels", "values"),
    ]
    return {text(one, "val") for one in stated if at(one, "neg") is not True}


def _post(view: Mapping[str, Any], *, visible_to_all: bool) -> Post | None:
    uri, record = text(view, "uri"), at(view, "record") or at(view, "value")
    found = POST.fullmatch(uri)
    hidden = _labels(view) & (_HIDDEN if visible_to_all else _HIDDEN - {"!no-unauthenticated"})
    if not found or not isinstance(record, Mapping) or hidden:
        return None
    did = text(view, "author", "did") or found[1]
    created, indexed = moment(record, "createdAt"), moment(view, "indexedAt")
    body, tags = _rich(text(record, "text"), items(record, "facets"))
    return Post(
        id=uri,
        url=f"https://bsky.app/profile/{found[1]}/post/{found[2]}",
        body=body,
        published=min((one for one in (created, indexed) if one), default=None),
        name=text(view, "author", "displayName") or text(view, "author", "handle"),
        handle=text(view, "author", "handle"),
        author_id=did,
        lang=next(iter(texts(record, "langs")), ""),
        tags=[*tags, *texts(record, "tags")],
        media=[
            text(image, "fullsize")
            for where in (("embed",), ("embed", "media"))
            for image in items(view, *where, "images")
        ],
        reply_to=text(record, "reply", "parent", "uri"),
        thread=text(record, "reply", "root", "uri"),
        engagement=counts(
            likes=number(view, "likeCount"),
            reposts=number(view, "repostCount"),
            replies=number(view, "replyCount"),
            quotes=number(view, "quoteCount"),
        ),
    )


def _rich(plain: str, facets: list[dict[str, Any]]) -> tuple[str, list[str]]:
    """The text with its shortened links written out, and its tags. Facets point to bytes of UTF-8, not to characters."""
    data, tags = plain.encode("utf-8", "replace"), []
    links: list[tuple[int, int, str]] = []
    for facet in facets:
        start, end = number(facet, "index", "byteStart"), number(facet, "index", "byteEnd")
        for feature in items(facet, "features"):
            if tag := text(feature, "tag"):
                tags.append(tag)
            uri = text(feature, "uri")
            if uri and start is not None and end is not None and 0 <= start < end <= len(data):
                links.append((start, end, uri))
    pieces, done = [], 0
    for start, end, uri in sorted(links):
        shown = data[start:end].decode("utf-8", "replace")
        if start >= done and shown.endswith(("...", "…")) and uri.startswith(("https://", "http://")):
            pieces += [data[done:start], uri[:2_000].encode("utf-8", "replace")]
            done = end
    return b"".join([*pieces, data[done:]]).decode("utf-8", "replace"), tags
