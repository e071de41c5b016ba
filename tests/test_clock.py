"""The response clock: who was answered, after how long, and what nobody can know."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereputation import asking, clock
from ereputation.model import Document, Match, Mention, Sentiment
from ereputation.staffed import Staffed

PARIS = ZoneInfo("Europe/Paris")
TEN = datetime(2026, 3, 10, 9, tzinfo=UTC)
"""Tuesday, ten o'clock in Paris."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def said(text="Où est mon vol ?", *, at=TEN, guid="q", source="forum", **more):
    return Document(source=source, guid=guid, text=text, published=at, first_seen=at, type="post", **more)


def reply(*, at=TEN + 40 * MINUTE, guid="r", source="account", text="Nous répondons", **more):
    return said(text, at=at, guid=guid, source=source, **more)


def asked(*documents, direct=True):
    return [
        (Mention(id=n, document=d, match=Match(brand="Air France", spans=()), story=n), direct)
        for n, d in enumerate(documents, 1)
    ]


def account(links="exact", *, since=TEN - DAY, until=TEN + 6 * HOUR, **more):
    return clock.Account(
        source="account", kind="feed", links=links, watched=((since, until),), last_read=until, **more
    )


def tallied(waits, most=None):
    tally = clock.Tally(PARIS, most)
    for wait in waits:
        tally.add(wait)
    return tally


def fate(question, *posts, now=TEN + 6 * HOUR, accounts=None, response_time=7200.0, staffed=None):
    accounts = (account(),) if accounts is None else accounts
    voice = clock.Voice(posts=tuple(sorted(posts, key=lambda p: p.published)), accounts=accounts)
    (wait,) = clock.waits(asked(question), voice, now=now, response_time=response_time, staffed=staffed)
    return wait


@pytest.mark.parametrize(
    ("question", "answer", "exact"),
    [
        (said(guid="q1"), reply(reply_to="q1"), True),
        (said(url="https://x.example/a/1"), reply(reply_to="http://www.x.example/a/1/?utm_source=z"), True),
        (said(via="https://here.example/statuses/7"), reply(reply_to="https://here.example/statuses/7"), True),
        (said(guid="at://did:plc:a/post/1"), reply(reply_to="at://did:plc:a/post/1"), True),
        (said(thread="https://f.example/t/1"), reply(thread="https://f.example/t/1"), False),
        (said(thread="t1"), reply(thread="t1", reply_to="t1"), False),
        (said(url="https://f.example/t/1"), reply(thread="https://f.example/t/1"), False),
        (said(thread="t1", author_handle="lea@a.example"), reply(thread="t1", reply_to="other", text="@lea on s'en occupe"), False),
    ],
    ids=["guid", "address", "another server's name", "at uri", "thread", "root of the thread", "topic", "by name"],
)  # fmt: skip
def test_a_reply_is_found_by_its_parent_or_its_thread(question, answer, exact):
    wait = fate(question, answer)
    assert (wait.state, wait.exact, wait.seconds, wait.late) == ("answered", exact, 40 * 60, False)


@pytest.mark.parametrize(
    "post",
    [
        reply(),
        reply(reply_to="another question"),
        reply(at=TEN - MINUTE, reply_to="q"),
        reply(at=TEN + 31 * DAY, reply_to="q"),
        reply(reply_to="12", kind="hackernews"),
        reply(thread="t1", reply_to="somebody else's comment"),
        reply(thread="t1", text="@max merci de votre patience"),
    ],
    ids=[
        "a general post",
        "to somebody else",
        "before the question",
        "a month late",
        "another network",
        "another comment",
        "names somebody else",
    ],
)
def test_what_speaks_to_others_answers_nobody(post):
    now = max(post.published, TEN) + HOUR
    question = said(guid="q", thread="t1", author_handle="lea")
    wait = fate(question, post, now=now, accounts=(account(until=now),))
    assert (wait.state, wait.answer) == ("waiting", None)


def test_a_brand_that_goes_on_in_its_own_thread_answers_nobody():
    own = reply(at=TEN - HOUR, guid="own", url="https://s.example/own")
    more = reply(thread="https://s.example/own", reply_to="https://s.example/own")
    question = said(guid="q", thread="https://s.example/own", reply_to="https://s.example/own")
    assert fate(question, own, more).state == "waiting"


def test_of_two_replies_the_first_counts():
    wait = fate(said(guid="q"), reply(at=TEN + HOUR, reply_to="q"), reply(at=TEN + 5 * MINUTE, reply_to="q"))
    assert wait.seconds == 300


@pytest.mark.parametrize(
    ("accounts", "posts", "why"),
    [
        ((), (), "blind"),
        ((account(until=TEN + HOUR),), (), "blind"),  # not read for five hours, and two are promised
        ((account(since=TEN + HOUR),), (), "blind"),  # first read after the question
        ((account(until=TEN - HOUR),), (), "blind"),
        (
            (
                clock.Account(
                    source="account",
                    kind="feed",
                    watched=((TEN - DAY, TEN + HOUR), (TEN + 2 * HOUR, TEN + 6 * HOUR)),
                    last_read=TEN + 6 * HOUR,
                ),
            ),
            (),
            "blind",
        ),
        ((clock.Account(source="account", kind="mastodon"),), (), "elsewhere"),
        ((account("none"),), (reply(),), "unlinked"),
        ((account("none"),), (), ""),  # it said nothing at all, so it answered nobody
        ((account("thread"),), (reply(),), ""),
        ((account(),), (reply(),), ""),
        ((account(), clock.Account(source="other", kind="mastodon")), (), ""),
    ],
    ids=[
        "no account",
        "not read lately",
        "read too late",
        "not read since",
        "a hole",
        "elsewhere",
        "no links",
        "silent",
        "thread links",
        "exact links",
        "two networks",
    ],
)
def test_no_reply_is_only_said_of_what_was_watched(accounts, posts, why):
    wait = fate(said(), *posts, accounts=accounts)
    assert (wait.state, wait.why) == (("unknown", why) if why else ("waiting", ""))
    assert wait.late is (None if why else True)


def test_an_answer_is_known_although_its_account_was_not_read_since():
    assert fate(said(guid="q"), reply(reply_to="q"), accounts=()).state == "answered"


def test_off_hours_do_not_count_as_staffed_time():
    staffed = Staffed.parse("Mon-Fri 09:00-18:00")

    def count(start, end):
        return staffed.seconds_between(start, end, PARIS)

    evening = datetime(2026, 3, 13, 17, 30, tzinfo=PARIS).astimezone(UTC)  # Friday
    monday = datetime(2026, 3, 16, 9, 30, tzinfo=PARIS).astimezone(UTC)
    wait = fate(said(guid="q", at=evening), reply(at=monday, reply_to="q"), staffed=count)
    assert (wait.seconds, wait.staffed, wait.late) == (64 * 3600, 3600, True)


def test_figures_say_how_fast_and_how_many_in_time():
    minutes = (10, 20, 30, 240)
    questions = [said(guid=f"q{n}", at=TEN) for n in range(6)]
    posts = [reply(guid=f"r{n}", at=TEN + m * MINUTE, reply_to=f"q{n}") for n, m in enumerate(minutes)]
    voice = clock.Voice(posts=tuple(posts), accounts=(account(),))
    waits = clock.waits(asked(*questions), voice, now=TEN + 6 * HOUR, response_time=3600)
    tally = tallied(waits)
    total = tally.total("")
    assert (total.asked, total.answered, total.waiting, total.late, total.unknown) == (6, 4, 2, 2, 0)
    assert (total.median, total.in_time) == (25 * 60, 0.5)
    (cell,) = tally.by_time()
    assert (cell.weekday, cell.hour, cell.figures.asked) == (1, 6, 6)
    assert [found.name for found in tally.by_source()] == ["forum"]


@pytest.mark.parametrize(
    ("now", "start"),
    [
        (datetime(2026, 3, 9, 8, tzinfo=PARIS), datetime(2026, 3, 14, tzinfo=PARIS)),
        (datetime(2026, 3, 13, 23, tzinfo=PARIS), datetime(2026, 3, 14, tzinfo=PARIS)),
        (datetime(2026, 3, 15, 12, tzinfo=PARIS), datetime(2026, 3, 14, tzinfo=PARIS)),
        (datetime(2026, 3, 27, 9, tzinfo=PARIS), datetime(2026, 3, 28, tzinfo=PARIS)),  # 47 hours long
    ],
)
def test_the_coming_weekend_is_local(now, start):
    begins, ends = clock.coming_weekend(now.astimezone(UTC), PARIS)
    assert begins == start
    assert ends.astimezone(PARIS).replace(tzinfo=None) == start.replace(tzinfo=None) + 2 * DAY
    before = clock.weekends_before(begins, PARIS, 3)
    assert [s.astimezone(PARIS).weekday() for s, _ in before] == [5, 5, 5]
    assert [s.astimezone(PARIS).hour for s, _ in before] == [0, 0, 0]
    assert before[-1][1] < begins


moments = st.integers(-60 * 24, 60 * 24 * 40).map(lambda n: TEN + n * MINUTE)
links = st.sampled_from(["", "q0", "q1", "q2", "t0", "t1"])
questions = st.lists(st.tuples(moments, links), max_size=4).map(
    lambda rows: [said(guid=f"q{n}", at=at, thread=thread) for n, (at, thread) in enumerate(rows)]
)
replies = st.lists(st.tuples(moments, links, links), max_size=8).map(
    lambda rows: tuple(
        sorted(
            (reply(guid=f"r{n}", at=at, reply_to=up, thread=t) for n, (at, up, t) in enumerate(rows)),
            key=lambda post: post.published,
        )
    )
)


def outcome(questions, posts, *, shift=timedelta(), now=TEN + 41 * DAY):
    voice = clock.Voice(posts=posts, accounts=(account(since=TEN - 9 * DAY + shift, until=now),))
    return tallied(clock.waits(asked(*questions), voice, now=now, response_time=7200.0)).waits()


@given(questions, replies)
def test_every_question_has_one_fate_and_no_answer_comes_before_it(questions, posts):
    waits = outcome(questions, posts)
    assert len(waits) == len(questions)
    for wait in waits:
        assert wait.seconds >= 0
        assert (wait.answer is not None) == (wait.state == "answered")
        if wait.answer:
            assert timedelta(0) <= wait.answer.published - wait.mention.document.published <= clock.LONGEST
    tally = tallied(waits)
    total = tally.total("")
    assert total.answered + total.waiting + total.unknown == total.asked
    assert sum(found.asked for found in tally.by_source()) == total.asked
    assert sum(cell.figures.asked for cell in tally.by_time()) == total.asked


def test_who_asks_for_the_oldest_gets_them_and_counts_of_all():
    voice = clock.Voice(posts=(reply(reply_to="q7"),), accounts=(account(),))
    pairs = asked(*(said(guid=f"q{n}", at=TEN - n * MINUTE) for n in range(300)))
    pairs[295:] = [(replace(mention, status="handled"), direct) for mention, direct in pairs[295:]]
    waits = list(clock.waits(pairs, voice, now=TEN + 6 * HOUR, response_time=7200.0))
    few, everything = tallied(waits, 3), tallied(waits)
    assert (few.total(""), few.by_source(), few.by_time()) == (
        everything.total(""),
        everything.by_source(),
        everything.by_time(),
    )
    assert len(everything.waits()) == 300
    assert [w.mention.id for w in few.waits()] == [300, 299, 298, 295, 294, 293, 8]
    assert few.dealt_with == 5


@given(questions, replies)
def test_one_more_post_of_the_brand_never_slows_an_answer(questions, posts):
    for fewer, more in zip(outcome(questions, posts[1:]), outcome(questions, posts), strict=True):
        if fewer.state == "answered":
            assert (more.state, more.seconds <= fewer.seconds) == ("answered", True)


@given(questions, replies, st.integers(-5000, 5000))
def test_shifting_time_shifts_nothing_but_time(questions, posts, minutes):
    shift = minutes * MINUTE

    def moved(document):
        return replace(document, published=document.published + shift)

    later = outcome(
        [moved(q) for q in questions],
        tuple(moved(p) for p in posts),
        shift=shift,
        now=TEN + 41 * DAY + shift,
    )
    assert [(w.state, w.seconds, w.exact) for w in later] == [
        (w.state, w.seconds, w.exact) for w in outcome(questions, posts)
    ]


def match(*spans, label="neutral", categories=(), media="earned"):
    sentiment = Sentiment(label=label, categories=categories)
    return Match(brand="Air France", spans=spans, sentiment=sentiment, media=media)


@pytest.mark.parametrize(
    ("document", "found", "expected"),
    [
        (said("@airfrance où est mon vol ?"), match((0, 10)), True),
        (said("@airfrance répondez"), match((0, 10)), True),
        (said("Air France, quel retard !"), match((0, 10), label="negative", categories=("delay",)), True),
        (said("Air France perd son procès"), match((0, 10), label="negative", categories=("legal",)), False),
        (said("@airfrance c'est nul"), match((0, 10), label="negative"), True),
        (said("@airfrance bon vol, bravo"), match((0, 10), label="positive"), False),
        (said("Merci Air France, please come back"), match((6, 16), label="positive"), False),
        (said("Air France https://a.example/?utm=1"), match((0, 10)), False),
        (said("RT @lea: @airfrance où est mon vol ?"), match((9, 19)), False),
        (said("@airfrance ?", title="Qui ?"), match((0, 4), media="owned"), False),
        (
            Document(source="s", guid="a", title="Air France en retard ?", published=TEN, first_seen=TEN),
            match((0, 10)),
            False,
        ),
    ],
    ids=[
        "question",
        "call",
        "service complaint",
        "news",
        "direct complaint",
        "praise",
        "polite praise",
        "? in an address",
        "repost",
        "own media",
        "article",
    ],
)
def test_who_expects_an_answer(document, found, expected):
    assert asking.expects_answer(document, found) is expected
    assert may_expect(document, found) or not expected


def may_expect(document, found):
    return asking.may_expect_answer(
        document.title,
        document.text,
        kind=document.type,
        reply_to=document.reply_to,
        label=found.sentiment.label,
        categories=bool(found.sentiment.categories),
    )


pieces = st.sampled_from(
    [
        "@airfrance",
        "?",
        "https://a.example/?q",
        "help",
        "Aidez",
        "nul",
        "RT @lea",
        "urgenthttp://x",
        " ",
        "\n",
    ]
)


@given(
    text=st.lists(pieces, max_size=6).map("".join),
    title=st.sampled_from(["", "Titre", "Qui ?"]),
    kind=st.sampled_from(["article", "post"]),
    reply_to=st.sampled_from(["", "r1"]),
    label=st.sampled_from(["negative", "neutral", "positive"]),
    categories=st.sampled_from([(), ("service",), ("strike",)]),
    to_brand=st.booleans(),
)
def test_who_is_passed_over_unread_expects_no_answer(
    *, text, title, kind, reply_to, label, categories, to_brand
):
    document = replace(said(text, title=title, reply_to=reply_to), type=kind)
    start = document.content.find("@")
    spans = ((start, start + 1),) if start >= 0 else ()
    found = Match(brand="Air France", spans=spans, sentiment=Sentiment(label=label, categories=categories))
    direct = asking.is_direct(document, found, handles={"lea"}, to_brand=to_brand and bool(reply_to))
    assert may_expect(document, found) or not asking.expects_answer(document, found, direct=direct)


def test_a_handle_of_the_brand_that_its_query_does_not_find_is_direct_too():
    document = said("@AF_Aide personne au comptoir")
    assert not asking.is_direct(document, match())
    assert asking.is_direct(document, match(), handles={"af_aide"})


def test_staffed_stretches_of_a_weekend():
    weekend = clock.coming_weekend(TEN, PARIS)
    saturday = Staffed.parse("Mon-Fri 09:00-18:00, Sat 10:00-12:00").between(*weekend, PARIS)
    assert [(s.astimezone(PARIS).hour, e.astimezone(PARIS).hour) for s, e in saturday] == [(10, 12)]
    assert Staffed.parse("Mon-Fri 09:00-18:00").between(*weekend, PARIS) == ()
    assert Staffed.parse("24/7").between(*weekend, PARIS) == (weekend,)


@given(st.integers(0, 400 * 24), st.integers(0, 200))
def test_staffed_stretches_add_up_to_the_staffed_seconds(start, length):
    staffed = Staffed.parse("Mon-Fri 09:00-18:00, Sat 22:00-02:00")
    begin = TEN + start * HOUR
    end = begin + length * HOUR
    total = sum((e - s).total_seconds() for s, e in staffed.between(begin, end, PARIS))
    assert total == pytest.approx(staffed.seconds_between(begin, end, PARIS))
