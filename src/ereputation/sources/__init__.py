"""Where mentions come from: one network per file, and the union of all kinds.

To add a network: one file with a frozen model and ``read``, one name in ``AnySource``, one folder of payloads.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from ereputation.sources.app_store import AppStore
from ereputation.sources.base import Duration, Source, State, Zone
from ereputation.sources.bing_news import BingNews
from ereputation.sources.bluesky import Bluesky
from ereputation.sources.discourse import Discourse
from ereputation.sources.discourse_feed import DiscourseFeed
from ereputation.sources.facebook import Facebook
from ereputation.sources.feed import Feed
from ereputation.sources.gdelt import Gdelt
from ereputation.sources.google_alerts import GoogleAlerts
from ereputation.sources.google_news import GoogleNews
from ereputation.sources.hackernews import Hackernews
from ereputation.sources.lemmy import Lemmy
from ereputation.sources.lemmy_feed import LemmyFeed
from ereputation.sources.mastodon import Mastodon
from ereputation.sources.mastodon_feed import MastodonFeed
from ereputation.sources.phpbb import Phpbb
from ereputation.sources.podcast import Podcast
from ereputation.sources.reddit import Reddit
from ereputation.sources.reddit_api import RedditApi
from ereputation.sources.stackexchange import Stackexchange
from ereputation.sources.stackexchange_feed import StackexchangeFeed
from ereputation.sources.telegram import Telegram
from ereputation.sources.threads import Threads
from ereputation.sources.wikipedia import Wikipedia
from ereputation.sources.wordpress import Wordpress
from ereputation.sources.x import X
from ereputation.sources.youtube import Youtube
from ereputation.sources.youtube_channel import YoutubeChannel

AnySource: TypeAlias = Annotated[
    Feed
    | GoogleNews
    | BingNews
    | GoogleAlerts
    | Gdelt
    | Mastodon
    | MastodonFeed
    | Bluesky
    | Youtube
    | YoutubeChannel
    | Reddit
    | Discourse
    | DiscourseFeed
    | Phpbb
    | Hackernews
    | Lemmy
    | LemmyFeed
    | Stackexchange
    | StackexchangeFeed
    | Wordpress
    | Podcast
    | AppStore
    | Telegram
    | Wikipedia
    | X
    | Facebook
    | Threads
    | RedditApi,
    Field(discriminator="kind"),
]
"""Any entry of ``sources:``, told apart by its ``kind``."""

KINDS: tuple[str, ...] = (
    "feed",
    "google-news",
    "bing-news",
    "google-alerts",
    "gdelt",
    "mastodon",
    "mastodon-feed",
    "bluesky",
    "youtube",
    "youtube-channel",
    "reddit",
    "discourse",
    "discourse-feed",
    "phpbb",
    "hackernews",
    "lemmy",
    "lemmy-feed",
    "stackexchange",
    "stackexchange-feed",
    "wordpress",
    "podcast",
    "app-store",
    "telegram",
    "wikipedia",
    "x",
    "facebook",
    "threads",
    "reddit-api",
)
"""Every kind, in the order people should meet them."""

__all__ = [
    "KINDS",
    "AnySource",
    "AppStore",
    "BingNews",
    "Bluesky",
    "Discourse",
    "DiscourseFeed",
    "Duration",
    "Facebook",
    "Feed",
    "Gdelt",
    "GoogleAlerts",
    "GoogleNews",
    "Hackernews",
    "Lemmy",
    "LemmyFeed",
    "Mastodon",
    "MastodonFeed",
    "Phpbb",
    "Podcast",
    "Reddit",
    "RedditApi",
    "Source",
    "Stackexchange",
    "StackexchangeFeed",
    "State",
    "Telegram",
    "Threads",
    "Wikipedia",
    "Wordpress",
    "X",
    "Youtube",
    "YoutubeChannel",
    "Zone",
]
