"""A Sunday in March 2011, as values: what every view of the tests shows."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ereputation.clock import Account as Watched
from ereputation.clock import Clock, Tally, Voice, Wait
from ereputation.figures import Author, Period, Share, Source, Stats, Step, Tones, Totals, heat
from ereputation.model import (
    Alert,
    Bucket,
    Document,
    Episode,
    Example,
    Match,
    Mention,
    Outcome,
    Sentiment,
    SourceState,
    Waiting,
    Word,
)
from ereputation.reporting import BrandReport, Report, SourceSeen, Story, Told
from ereputation.tables import Point

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2011, 3, 13, 16, 30, tzinfo=UTC)


def at(day, hour, minute=0):
    return datetime(2011, 3, day, hour, minute, tzinfo=UTC)


EXAMPLES = (
    Example(
        title="Air France : des billets à 4 000 euros au départ de Tokyo, les expatriés en colère",
        url="https://www.example.fr/economie/2011/03/13/air-france-des-billets-a-4-000-euros-au-depart-de-tokyo_1492.html",
        source="Le Quotidien",
        published=at(13, 13, 5),
    ),
    Example(
        title="@airfrance 3 jours que nous attendons une réponse, avec deux enfants. Personne ne répond au téléphone.",
        url="https://social.example/@marie/1492",
        source="Twitter",
        published=at(13, 12, 41),
    ),
    Example(
        title="東京から帰国できない乗客 Air France 🇫🇷", url="", source="朝の新聞", published=at(13, 11, 2)
    ),
)
SPIKE = Alert(
    id="air-france-volume-2011031309",
    brand="Air France",
    kind="volume_spike",
    severity="critical",
    reason="opened",
    started=at(13, 9),
    peaked=at(13, 14),
    ended=None,
    observed=203,
    expected=13.6,
    low=6,
    high=25,
    window=10800,
    p_value=3.1e-14,
    stories=187,
    copies=203,
    negative_share=0.62,
    usual_share=0.18,
    coverage=1.0,
    off_hours=True,
    last_owned=at(11, 16, 42),
    waiting=Waiting(count=37, oldest=at(13, 8, 12)),
    rising_terms=("tarifs", "Narita", "rapatriement", "4 000 euros"),
    categories=(("price", 0.45), ("no answer", 0.31)),
    examples=EXAMPLES,
    advice="Read the first posts, name one person who answers, and say publicly that you have seen them.",
    at=at(13, 15),
)
NEGATIVE = Alert(
    id="air-france-negative-2011031310",
    brand="Air France",
    kind="negative_spike",
    severity="warning",
    reason="escalated",
    started=at(13, 10),
    peaked=at(13, 10),
    ended=None,
    observed=24,
    expected=0.8,
    low=0,
    high=3,
    window=3600,
    p_value=0.00004,
    stories=1,
    copies=46,
    negative_share=0.85,
    usual_share=0.1,
    coverage=0.78,
    off_hours=False,
    last_owned=None,
    waiting=None,
    advice="",
    at=at(13, 15),
)
SILENCE = Alert(
    id="air-france-silence-2011031311",
    brand="Air France",
    kind="brand_silence",
    severity="critical",
    reason="opened",
    started=at(13, 11),
    peaked=at(13, 11),
    ended=None,
    observed=0,
    expected=0,
    low=0,
    high=0,
    window=3600,
    p_value=1.0,
    stories=0,
    copies=0,
    negative_share=0,
    usual_share=0,
    coverage=1,
    off_hours=True,
    last_owned=at(11, 16, 42),
    waiting=Waiting(count=37, oldest=at(13, 8, 12)),
    advice="Post a holding message now (“we are doing everything we can”), then call the duty manager.",
    at=at(13, 15),
)
FAILURE = Alert(
    id="le-quotidien-failure",
    brand="",
    kind="source_failure",
    severity="info",
    reason="closed",
    started=at(12, 20),
    peaked=at(12, 20),
    ended=at(13, 6, 30),
    observed=3,
    expected=0,
    low=0,
    high=0,
    window=3600,
    p_value=1.0,
    stories=0,
    copies=0,
    negative_share=0,
    usual_share=0,
    coverage=0.5,
    off_hours=True,
    last_owned=None,
    waiting=None,
    examples=(Example(title="503 Service Unavailable", url="", source="Le Quotidien", published=at(12, 20)),),
    at=at(13, 15),
)
ALERTS = (SPIKE, NEGATIVE, SILENCE, FAILURE)
CURVES = {SPIKE.id: [4, 3, 2, 2, 1, 1, 0, 1, 2, 3, 5, 6, 5, 4, 8, 12, 25, 31, 44, 60, 92, 140, 203, 170]}

ARTICLE = Document(
    id=1,
    source="Le Quotidien",
    guid="1",
    url=EXAMPLES[0].url,
    title="Air France : des billets à 4 000 euros au départ de Tokyo",
    text=(
        "Deux jours après le séisme, les expatriés français cherchent à quitter le Japon. Beaucoup dénoncent une honte :"
        " un aller simple avec Air France coûte plus de 4 000 euros, et personne ne répond au téléphone. La compagnie"
        " n’a rien dit depuis vendredi. KLM, elle, affrète un avion supplémentaire."
    ),
    published=at(13, 13, 5),
    first_seen=at(13, 13, 20),
    author_name="Jeanne Dupont",
    author_handle="@jdupont",
    lang="fr",
    site="example.fr",
    engagement={"likes": 12, "shares": 30},
    label="negative",
    score=-0.5,
)
_TWO = ARTICLE.content.index("Air France", 20)
_HONTE = ARTICLE.content.index("honte")
_KLM = ARTICLE.content.index("KLM")
TONE = Sentiment(
    label="negative",
    score=-0.62,
    words=(Word(text="honte", start=_HONTE, end=_HONTE + 5, weight=-3.0, category="anger"),),
    clause=(_HONTE - 23, _TWO + 40),
)
AIR_FRANCE = Match(brand="Air France", spans=((0, 10), (_TWO, _TWO + 10)), sentiment=TONE)
KLM = Match(brand="KLM", spans=((_KLM, _KLM + 3),), sentiment=Sentiment(label="positive", score=0.4))
POST = Document(
    id=2,
    source="Twitter",
    guid="2",
    url="https://social.example/@marie/1492",
    text="@airfrance 3 jours sans réponse. [/red]\x1b[31m Merci quand même \u202e😀",
    published=at(12, 22, 41),
    first_seen=at(12, 22, 45),
    author_handle="marie",
    kind="mastodon",
    type="post",
)
MENTIONS = (
    Mention(id=7, document=ARTICLE, match=AIR_FRANCE, story=3, copies=46),
    Mention(id=8, document=ARTICLE, match=KLM, story=3, copies=46),
    Mention(
        id=9,
        document=POST,
        match=Match(brand="Air France", spans=((0, 10),)),
        story=4,
        status="handled",
        note="=called her",
    ),
)
HITS = (
    (ARTICLE, MENTIONS[:2], ()),
    (POST, MENTIONS[2:], ()),
    (
        Document(id=3, source="Blog", guid="3", title="Nothing", published=at(12, 9), first_seen=at(12, 9)),
        (),
        (),
    ),
)

OUTCOMES = (
    Outcome(source="Le Quotidien", kind="feed", status="read", documents=18, new=3),
    Outcome(source="Twitter", kind="feed", status="unchanged"),
    Outcome(
        source="La Gazette",
        kind="feed",
        status="failed",
        error="https://gazette.example/rss answered 503 Service Unavailable",
        retry_at=at(13, 17),
    ),
    Outcome(
        source="Le Blog",
        kind="feed",
        status="read",
        documents=2,
        warning="the feed is cut off after 2 entries",
    ),
    Outcome(source="Forum", kind="feed", status="not_due"),
)
HEALTH = (
    SourceState(
        name="La Gazette",
        kind="feed",
        health="failing",
        failing_since=at(13, 15),
        last_error="503 Service Unavailable",
        failures=3,
    ),
    SourceState(name="Le Quotidien", kind="feed", health="recovered"),
)


def week():
    """Four days by the hour: calm, the earthquake, the blind night, the Sunday."""
    start = at(10, 0)
    for n in range(96):
        moment = start + timedelta(hours=n)
        usual = 3 if 8 <= moment.hour < 20 else 1
        observed = usual + n % 3 - 1
        if n >= 78:
            observed = min(203, 12 * (n - 77) ** 2 // 3)
        yield Point(start=moment, observed=observed, expected=usual, high=2 * usual + 3, blind=56 <= n < 62)


@dataclass(frozen=True, kw_only=True)
class Account:
    alert: Alert
    episode: Episode | None
    points: tuple[Point, ...]
    agrees: bool


ACCOUNT = Account(
    alert=SPIKE,
    episode=Episode(
        brand="Air France",
        kind="volume_spike",
        started=SPIKE.started,
        opened=SPIKE.at,
        peaked=SPIKE.peaked,
        observed=203,
        expected=13.6,
        p_value=3.1e-14,
    ),
    points=tuple(week())[60:],
    agrees=True,
)


def _steps():
    for point in week():
        stories = 0 if point.blind else int(point.observed)
        yield Step(
            start=point.start,
            end=point.start + timedelta(hours=1),
            copies=stories + stories // 5,
            stories=stories,
            positive=stories // 10,
            negative=stories // 2,
            exposure=0.0 if point.blind else 1.0,
            expected=None if point.blind else point.expected,
            low=None if point.blind else 0.0,
            high=None if point.blind else point.high,
        )


STEPS = tuple(_steps())
_SUM = sum(step.stories for step in STEPS)
STATS = Stats(
    brand="Air France",
    period=Period(since=at(10, 0), until=at(14, 0)),
    width="hour",
    now=Totals(
        copies=sum(step.copies for step in STEPS),
        stories=_SUM,
        owned=2,
        tones=Tones(positive=_SUM // 10, neutral=_SUM - _SUM // 10 - _SUM // 2, negative=_SUM // 2),
        hours=96,
        exposure=90 / 96,
        blind=6,
    ),
    before=Totals(
        copies=260, stories=230, tones=Tones(positive=40, neutral=160, negative=30), hours=96, exposure=1.0
    ),
    steps=STEPS,
    voice=(
        Share(
            brand="Air France",
            stories=_SUM,
            copies=_SUM,
            of_stories=0.82,
            of_copies=0.85,
            before=0.55,
            curve=tuple(step.observed if not step.blind else float("nan") for step in STEPS),
        ),
        Share(
            brand="KLM",
            stories=90,
            copies=90,
            of_stories=0.18,
            of_copies=0.15,
            before=0.45,
            curve=(1, 2, 0, 3) * 24,
        ),
    ),
    sources=(
        Source(name="Twitter", kind="feed", copies=1400, stories=1200, negative=700),
        Source(
            name="Le Quotidien du Soir et de la Nuit, édition régionale", kind="feed", copies=46, stories=1
        ),
    ),
    sites=(Source(name="social.example", copies=1400, stories=1200, negative=700),),
    authors=(
        Author(name="Marie Martin", handle="marie", site="social.example", mentions=31, negative=30),
        Author(name="Jeanne Dupont", handle="", site="example.fr", mentions=4, negative=1),
    ),
    terms=("tarifs", "Narita", "rapatriement", "4 000 euros"),
    undated=3,
)

OWNED = Document(
    source="@airfrance", guid="o", text="Bonjour", published=at(11, 16, 42), first_seen=at(11, 16, 50)
)


def wait(mention, state="waiting", **more):
    return Wait(mention=mention, direct=True, state=state, seconds=97_000.0, late=True, **more)


def report_of(stats=STATS, *, mentions=MENTIONS, alerts=ALERTS[:3], terms=STATS.terms, **more):
    """A report of one brand, made of what is given."""
    waits = (
        wait(mentions[0]),
        wait(mentions[-1]),
        Wait(
            mention=mentions[0],
            direct=True,
            state="answered",
            seconds=1500.0,
            late=False,
            answer=OWNED,
            exact=True,
        ),
    )
    tally = Tally(PARIS)
    for one in waits:
        tally.add(one)
    hours = [
        Bucket(brand="Air France", start=s.start, copies=s.copies, stories=s.stories, exposure=s.exposure)
        for s in STEPS
    ]
    clock = Clock(
        brand=stats.brand,
        since=stats.period.since,
        now=NOW,
        response_time=7200.0,
        voice=Voice(posts=(OWNED,), accounts=(Watched(source="@airfrance", kind="feed", last_read=NOW),)),
        total=tally.total(""),
        waits=waits,
        dealt_with=tally.dealt_with,
    )
    part = BrandReport(
        stats=stats,
        trend=stats.steps[::6],
        heat=heat(hours, zone=PARIS, staffed=lambda when: when.weekday() < 5),
        off_hours=0.86,
        stories=tuple(Story(mention=mention, copies=46, sites=12) for mention in mentions),
        told=tuple(
            Told(number=n, alert=alert, ended=alert.ended, times=2) for n, alert in enumerate(alerts, 1)
        ),
        clock=clock,
    )
    seen = SourceSeen(
        name="Twitter", kind="feed", share=0.94, gaps=((at(12, 8), at(12, 14)),), answered=90, failed=6
    )
    values = {"title": "", "made": NOW, "period": stats.period, "brands": (part,), "sources": (seen,)}
    return Report(**values | {"blind": ((at(12, 8), at(12, 14)),)} | more)


REPORT = report_of()
