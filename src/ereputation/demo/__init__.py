"""``demo``: the Air France week-end of March 2011, replayed through the real pipeline, offline.

The reconstruction is written as feed files that grow while the clock of the play moves on; every scan of the play
is ``scan.run`` with its own configuration, database and ``now``. Nothing here detects anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from ereputation import alerts, detect, scan
from ereputation import config as configuration
from ereputation.demo.script import EARTHQUAKE, ENDS, timeline
from ereputation.speech import N_, _
from ereputation.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from ereputation.config import Config
    from ereputation.demo.script import Post
    from ereputation.detect import Point
    from ereputation.model import Bucket
    from ereputation.scan import Result

LABEL = "reconstruction"
BRAND = "Air France"
_KEPT = 40
"""Items a feed of the play still holds from before the last scan, as real feeds do."""
_TITLES = {
    "twitter": "Twitter, March 2011 (reconstruction)",
    "press": "Presse, mars 2011 (reconstruction)",
    "airfrance": "@airfrance, March 2011 (reconstruction)",
}
_CONFIG = """\
# {comment}
timezone: Europe/Paris
database: demo.db
contact: demo@reconstruction.invalid
staffed: Mon-Fri 09:00-18:00
response_time: 2h
retention: 3650d

brands:
  - name: Air France
    keywords: [Air France, "@airfrance", "#airfrance"]
    owned: ["@airfrance"]
    competitors: [KLM]
    negative: ["aucune information", "one way ticket"]

sources:
  - {{name: Twitter (reconstruction), url: "{twitter}"}}
  - {{name: Presse (reconstruction), url: "{press}", lang: fr}}
  - {{name: "@airfrance (reconstruction)", url: "{airfrance}"}}

playbook:
  - when: {{kind: brand_silence}}
    do: {silence}
  - when: {{kind: volume_spike}}
    do: {volume}
  - when: {{kind: negative_spike}}
    do: {negative}
"""

_ADVICE = {
    "silence": N_(
        'Post a holding message now ("we are doing everything we can"), then call the duty manager.'
    ),
    "volume": N_(
        "Read the first posts, name one person who answers, and say publicly that you have seen them."
    ),
    "negative": N_("Answer the oldest request for help first; freeze scheduled promotion posts."),
}

__all__ = ["BRAND", "LABEL", "Curve", "Scene", "acts", "curve", "play", "stage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One scan of the play."""

    now: datetime
    result: Result
    posted: int
    """Items published since the scene before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The play's last days, hour by hour, as the database holds them, with what the baseline expected."""

    buckets: tuple[Bucket, ...]
    points: tuple[Point, ...]


def _item(post: Post) -> str:
    title = f"<title>{escape(post.title)}</title>" if post.title else ""
    address = f"https://reconstruction.invalid/{post.feed}/{post.number}"
    answered = f"https://reconstruction.invalid/twitter/{post.answers}"
    above = f'<thr:in-reply-to ref="{answered}"/>' if post.answers else ""
    return (
        f"<item>{title}<link>{address}</link><guid>{address}</guid><category>{LABEL}</category>"
        f"<dc:creator>{escape(post.author)}</dc:creator><pubDate>{format_datetime(post.at)}</pubDate>"
        f"<description>{escape(escape(post.text))}</description>{above}</item>\n"
    )


def _feed(name: str, posts: Sequence[Post]) -> str:
    items = "".join(_item(post) for post in reversed(posts))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:thr="http://purl.org/syndication/thread/1.0"><channel>'
        f"<title>{escape(_TITLES[name])}</title><link>https://reconstruction.invalid/{name}</link>"
        f"<description>Invented posts around reported facts</description>\n{items}</channel></rss>\n"
    )


def _publish(folder: Path, posts: Sequence[Post], window: int) -> None:
    for name in _TITLES:
        latest = [post for post in posts if post.feed == name][-window:]
        (folder / f"{name}.xml").write_text(_feed(name, latest), encoding="utf-8")


def stage(folder: Path) -> Config:
    """Write the play's configuration into ``folder`` and load it."""
    addresses = {name: (folder / f"{name}.xml").resolve().as_uri() for name in _TITLES}
    path = folder / "ereputation.yaml"
    advice = {kind: json.dumps(_(text), ensure_ascii=False) for kind, text in _ADVICE.items()}
    comment = _("The play's own configuration: a reconstruction of the week-end of 11-14 March 2011.")
    path.write_text(_CONFIG.format(**addresses, **advice, comment=comment), encoding="utf-8")
    return configuration.load(path, environ={})


def acts() -> list[datetime]:
    """When the play's monitor scans: once for the history before the earthquake, then every hour."""
    first = EARTHQUAKE.replace(hour=6, minute=0)
    hours = int((ENDS - first) / timedelta(hours=1))
    return [first + timedelta(hours=n) for n in range(hours + 1)]


def play(folder: Path, config: Config, posts: Sequence[Post] | None = None) -> Iterator[Scene]:
    """Run the play, one scene a scan; the database stays in ``folder``."""
    posts = timeline() if posts is None else posts
    shown = 0
    for now in acts():
        public = [post for post in posts if post.at <= now]
        _publish(folder, public, len(public) - shown + _KEPT)
        result = scan.run(config, config.database_path, now=now, force=True)
        yield Scene(now=now, result=result, posted=len(public) - shown)
        shown = len(public)


def curve(config: Config) -> Curve:
    """The hours from Thursday on, replayed from what is stored."""
    now = acts()[-1]
    since = EARTHQUAKE - timedelta(days=1)
    with Store.open(config.database_path, read_only=True) as store:
        names = [source.id for source in config.sources]
        buckets = store.buckets(BRAND, since=alerts.history_from(now), until=now, sources=names)
    points = detect.replay(buckets, alerts.settings_of(config, now=now)).points
    shown = [(b, p) for b, p in zip(buckets, points, strict=True) if b.start >= since]
    return Curve(buckets=tuple(b for b, _ in shown), points=tuple(p for _, p in shown))
