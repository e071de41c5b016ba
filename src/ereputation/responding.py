"""The brand's voice and who waits for it: the store and the configuration into what ``clock`` and alerts say.

One place decides which sources are the brand's accounts, what they can tell and who expects an answer, so that
alerts and the response clock agree.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ereputation import asking, clock
from ereputation.model import Waiting
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ereputation.clock import Account, Clock, Links, Outlook, Voice, Wait
    from ereputation.config import Config
    from ereputation.config.models import Brand
    from ereputation.model import Document, Mention
    from ereputation.sources import AnySource
    from ereputation.store import Store

VOICE = timedelta(days=28)
"""How far back we look for the brand's own posts."""
_ACCOUNTS = timedelta(days=365)
"""A source that brought nothing of the brand for longer is none of its accounts."""
_HOUR = timedelta(hours=1)
_AHEAD = _HOUR
"""Servers' clocks differ: a post may be dated a little later than now."""
_WAITING = timedelta(days=7)
"""Older questions are no longer counted as waiting in an alert."""
_MOST = 10_000
"""Mentions read to count who waits in an alert."""
_WEEKENDS = 8
_LOOKED_FOR = ("search", "hashtag", "tag", "notifications", "mentions_of")
_WHOLE = ("account", "user", "own", "authors", "channel", "page", "topic", "thread")
"""Fields of sources that select by what is said, and by who says it or where."""


def voice(config: Config, store: Store, brand: str, *, now: datetime, since: datetime | None = None) -> Voice:
    """What the brand published since then (by default, lately), and the accounts it was read from."""
    until = now + _AHEAD
    owned = list(store.mentions(brands=[brand], since=since or now - VOICE, until=until, media="owned"))
    carried = store.voices(brand, since=now - _ACCOUNTS)
    if not owned:  # whoever has not spoken for long has spoken all the same
        owned = _last_words(store, brand, until)
    posts = sorted((mention.document for mention in owned), key=lambda post: post.published)
    return clock.Voice(
        posts=tuple(posts), accounts=tuple(_accounts(config, store, posts, frozenset(carried), now))
    )


def _last_words(store: Store, brand: str, until: datetime) -> list[Mention]:
    """The last post of its own, however old; found by the hours that count one, not by reading what others said since."""
    for hour in store.owned_hours(brand):
        end = min(until, hour + _HOUR)
        if found := list(store.mentions(brands=[brand], since=hour, until=end, media="owned", limit=1)):
            return found
    return []


def _accounts(
    config: Config, store: Store, posts: Sequence[Document], carried: frozenset[str], now: datetime
) -> Iterator[Account]:
    """The configured sources that carry all the brand posts, with what they can tell and when they were read."""
    sources = [source for source in config.sources if source.id in carried and not _partial(source)]
    if not sources:
        return
    states = store.read_times(source.id for source in sources)
    beginning = datetime.fromtimestamp(0, UTC)
    covered = store.covered([source.id for source in sources], since=beginning, until=now)
    for source in sources:
        own = [post for post in posts if post.source == source.id]
        _, last = states.get(source.id, (None, None))
        yield clock.Account(
            source=source.id,
            kind=source.kind,
            links=_links(source.reply_links, own),
            sites=frozenset(post.site for post in own if post.site),
            watched=tuple(
                (datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))
                for start, end in covered.get(source.id, ())
            ),
            last_read=last,
        )


def _partial(source: AnySource) -> bool:
    """Whether it looks for words or tags: what the brand says without them is not in it, so it is none of its accounts."""
    looked_for = any(getattr(source, field, None) for field in _LOOKED_FOR)
    return looked_for and not any(getattr(source, field, None) for field in _WHOLE)


def _links(declared: Links, posts: Sequence[Document]) -> Links:
    """What the kind of source tells of replies; its posts may be seen to tell more."""
    return "exact" if any(post.reply_to for post in posts) else declared


def asked(
    store: Store,
    brand: Brand,
    voice: Voice,
    *,
    since: datetime,
    until: datetime | None = None,
    limit: int | None = None,
) -> Iterator[tuple[Mention, bool]]:
    """Mentions that expect an answer of the brand, newest first, each with whether it speaks to the brand directly."""
    handles = _handles(brand)
    own = {name for post in voice.posts for name in clock.names(post)}
    for mention in store.mentions(
        brands=[brand.name], since=since, until=until, media="earned", limit=limit, asking=True
    ):
        document, match = mention.document, mention.match
        direct = asking.is_direct(document, match, handles=handles, to_brand=clock.parent(document) in own)
        if asking.expects_answer(document, match, direct=direct):
            yield mention, direct


def waiting(
    store: Store, brand: Brand, voice: Voice, *, now: datetime, until: datetime | None = None
) -> Waiting | None:
    """Questions and complaints since the brand last spoke (at most the last week's); None when nothing waits."""
    since = max(now - _WAITING, voice.last or now - _WAITING)
    found = asked(store, brand, voice, since=since, until=until, limit=_MOST)
    return _counted(mention.document.published for mention, _ in found)


def ignored(
    store: Store, brand: Brand, voice: Voice, *, now: datetime, since: datetime, response_time: float
) -> Waiting | None:
    """Who spoke to the brand since then, and since it last spoke, and has waited longer than it promises.

    What the first reading of a source brought is history, and left out. None when nobody waits so long.
    """
    begin = max(now - _WAITING, since, voice.last or since)
    late = now - timedelta(seconds=response_time)
    spoken = [
        (mention.document.published, mention.document.source)
        for mention, direct in asked(store, brand, voice, since=begin, until=late, limit=_MOST)
        if direct
    ]
    read = store.read_times({source for _, source in spoken})
    return _counted(
        published for published, source in spoken if published >= (read.get(source, (None,))[0] or now)
    )


def _counted(moments: Iterable[datetime]) -> Waiting | None:
    times = list(moments)
    return Waiting(count=len(times), oldest=min(times)) if times else None


def response(
    config: Config,
    store: Store,
    brand: Brand,
    *,
    since: datetime,
    now: datetime,
    until: datetime | None = None,
    most: int | None = None,
) -> Clock:
    """How the brand answered what was asked since then (and before ``until``), and what waits, as known ``now``.

    Everything is counted; with ``most``, only the oldest of those that wait, and of the others, are named.
    """
    speaking = voice(config, store, brand.name, now=now, since=min(since, now - VOICE))
    tally = clock.Tally(config.timezone, most)
    for wait in clock.waits(
        asked(store, brand, speaking, since=since, until=min(until or now, now)),
        speaking,
        now=now,
        response_time=config.response_time,
        staffed=_staffed(config, since, now + _AHEAD),
    ):
        tally.add(wait)
    return clock.Clock(
        brand=brand.name,
        since=since,
        now=now,
        response_time=config.response_time,
        voice=speaking,
        total=tally.total(brand.name),
        waits=tally.waits(),
        dealt_with=tally.dealt_with,
        whys=tally.whys,
        by_source=tally.by_source(),
        by_time=tally.by_time(),
        silences=tuple(e for e in store.episodes(brand.name, since=since) if e.kind == "brand_silence"),
    )


def wait_of(config: Config, store: Store, brand: Brand, mention: Mention, *, now: datetime) -> Wait | None:
    """What became of one mention; None when it expects no answer."""
    document, match = mention.document, mention.match
    speaking = voice(config, store, brand.name, now=now, since=min(document.published, now - VOICE))
    to_brand = clock.parent(document) in {name for post in speaking.posts for name in clock.names(post)}
    direct = asking.is_direct(document, match, handles=_handles(brand), to_brand=to_brand)
    if not asking.expects_answer(document, match, direct=direct):
        return None
    (wait,) = clock.waits(
        [(mention, direct)],
        speaking,
        now=now,
        response_time=config.response_time,
        staffed=_staffed(config, document.published, now),
    )
    return wait


def _handles(brand: Brand) -> set[str]:
    """The brand's own handles, folded, without ``@`` and server."""
    return {fold(entry[1:]).partition("@")[0] for entry in brand.owned if entry.startswith("@")}


def _staffed(
    config: Config, since: datetime, until: datetime
) -> Callable[[datetime, datetime], float] | None:
    """Staffed seconds between two instants, quick to say between these two."""
    return None if config.staffed is None else config.staffed.counter(since, until, config.timezone)


def outlook(config: Config, store: Store, brand: Brand, *, now: datetime) -> Outlook:
    """What the coming week-end may bring, from the last eight that were watched, and who will be there."""
    zone = config.timezone
    start, end = clock.coming_weekend(now, zone)
    past = clock.weekends_before(start, zone, _WEEKENDS)
    speaking = voice(config, store, brand.name, now=now)
    weekends = []
    for begin, stop in past:
        mentions = _watched_mentions(config, store, brand.name, begin, stop)
        if mentions is not None:
            asking_then = asked(store, brand, speaking, since=begin, until=stop)
            weekends.append(clock.Weekend(start=begin, mentions=mentions, asking=sum(1 for _ in asking_then)))
    hours = config.staffed
    return clock.Outlook(
        brand=brand.name,
        start=start,
        end=end,
        weekends=tuple(weekends),
        staffed=None if hours is None else hours.between(start, end, zone),
    )


def _watched_mentions(
    config: Config, store: Store, brand: str, since: datetime, until: datetime
) -> int | None:
    """Earned mentions between two instants; None when half of that time or more was not looked at."""
    hours = store.buckets(brand, since=since, until=until, sources=[source.id for source in config.sources])
    if not hours or sum(hour.exposure for hour in hours) < len(hours) / 2:
        return None
    return sum(hour.copies for hour in hours)
