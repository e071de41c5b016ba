"""Posts as X tells them, under their old names (tweets) and their new ones, as documents.

Identity: the first id of the edit history, because every edit is a new post; ``url`` leads there, ``via`` to the latest
version. ``reply_to`` and ``thread`` are addresses of the same form. Without a date the id tells it.
"""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ereputation.sources.api import Place, Post, at, counts, items, load, moment, number, posts, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ereputation.model import Document
    from ereputation.sources.dates import Dated

_EPOCH = 1_288_834_974_657  # milliseconds; the first moment that ids can tell (4 November 2010)
_FIRST_ID = 29_700_859_247
_POSTS = frozenset({"tweet", "post"})


def address(post_id: str) -> str:
    """Where people read a post, whoever wrote it."""
    return f"https://x.com/i/web/status/{post_id}" if post_id else ""


def written_at(post_id: str) -> datetime | None:
    """When a post was written, by its id; None for what is no such id."""
    if not (post_id.isascii() and post_id.isdigit() and len(post_id) < 20) or int(post_id) < _FIRST_ID:
        return None
    return datetime.fromtimestamp(((int(post_id) >> 22) + _EPOCH) / 1000, UTC)


def parse(payload: bytes, place: Place) -> list[Document]:
    """The posts in an answer. Raises ContentError when it is no JSON."""
    return posts(said(load(payload)), place)


def said(data: Any) -> Iterator[Post]:
    """Every post of an answer; what only passes on another one is none."""
    users = {text(user, "id"): user for user in items(data, "includes", "users")}
    for tweet in items(data, "data"):
        if text(tweet, "id") and isinstance(at(tweet, "text") or at(tweet, "note_post", "text"), str):
            made = _post(tweet, users.get(text(tweet, "author_id"), {}))
            if made:
                yield made


def gone(data: Any) -> tuple[str, ...]:
    """Ids of posts that an answer calls deleted."""
    return tuple(
        text(error, "resource_id") or text(error, "value")
        for error in items(data, "errors")
        if text(error, "resource_type") in _POSTS and text(error, "type").endswith("/resource-not-found")
    )


def _date(tweet: Mapping[str, Any]) -> Dated | None:
    stated = moment(tweet, "created_at")
    by_id = written_at(text(tweet, "id"))
    return stated or ((by_id, "stated") if by_id else None)


def _written_out(tweet: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The whole text with its short links opened, and its tags."""
    long = at(tweet, "note_tweet") or at(tweet, "note_post")
    whole = text(long, "text") or text(tweet, "text")
    entities = at(long, "entities") or at(tweet, "entities")
    for link in items(entities, "urls")[:50]:
        short, expanded = text(link, "url"), text(link, "expanded_url")
        if short.startswith("https://t.co/") and expanded.startswith(("https://", "http://")):
            whole = whole.replace(short, expanded[:2_000], 1)
    return html.unescape(whole), [text(tag, "tag") for tag in items(entities, "hashtags")]


def _post(tweet: Mapping[str, Any], author: Mapping[str, Any]) -> Post | None:
    references = items(tweet, "referenced_tweets") or items(tweet, "referenced_posts")
    related = {text(one, "type"): text(one, "id") for one in references}
    if related.keys() & {"retweeted", "reposted"}:
        return None
    own = text(tweet, "id")
    history = texts(tweet, "edit_history_tweet_ids") or texts(tweet, "edit_history_post_ids")
    first = min((one for one in history if one.isdigit()), key=int, default=own)
    body, tags = _written_out(tweet)
    metrics, thread = at(tweet, "public_metrics"), text(tweet, "conversation_id")
    published = _date(tweet)
    by_first = written_at(first)
    edited = first != own and by_first is not None
    return Post(
        id=first,
        url=address(first),
        via=address(own) if own != first else "",
        body=body,
        published=(by_first, "stated") if edited and by_first else published,
        updated=published if edited else None,
        name=text(author, "name") or text(author, "username"),
        handle=text(author, "username"),
        author_id=text(tweet, "author_id"),
        lang=""
        if text(tweet, "lang") in {"und", "zxx", "qme", "qam", "qct", "qht", "qst"}
        else text(tweet, "lang"),
        tags=tags,
        reply_to=address(related.get("replied_to", "")),
        thread=address(thread) if thread != first else "",
        site="x.com",
        engagement=counts(
            likes=number(metrics, "like_count"),
            reposts=_one_of(metrics, "retweet_count", "repost_count"),
            replies=number(metrics, "reply_count"),
            quotes=number(metrics, "quote_count"),
            views=number(metrics, "impression_count"),
        ),
    )


def _one_of(data: Any, *keys: str) -> int | None:
    return next((value for key in keys if (value := number(data, key)) is not None), None)
