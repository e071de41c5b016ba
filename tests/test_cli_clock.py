"""``clock`` from the outside: a conversation, a silence, an account that cannot be read; and what silence alerts see."""

from datetime import UTC, datetime, timedelta

import pytest

from desk import HOUR, NOW, item

MINUTE = timedelta(minutes=1)
TEN = datetime(2026, 3, 10, 9, tzinfo=UTC)
"""Ten o'clock in Paris."""
THREAD = "http://purl.org/syndication/thread/1.0"


def post(text, *, at, guid, author, reply_to=""):
    """A post without a title, on one network."""
    whole = item(text=text, at=at, guid=guid, url=f"https://social.example/{guid}", author=author)
    link = f'<thr:in-reply-to xmlns:thr="{THREAD}" ref="https://social.example/{reply_to}"/>'
    return whole.replace("</item>", f"{link}</item>") if reply_to else whole


def complaint(at=TEN, guid="c1", text="@airfrance toujours aucune réponse, où est ma valise ?"):
    return post(text, at=at, guid=guid, author="@lea")


def voice(*more):
    """The brand's account: an old post, then more."""
    return [post("Bonjour à tous", at=TEN - 24 * HOUR, guid="old", author="@airfrance"), *more]


@pytest.fixture
def talk(desk):
    """What both sides said, scanned as it comes."""

    def scanned(public, brand, *, now=NOW, **more):
        settings = {"staffed": "Mon-Fri 09:00-18:00", "response_time": "2h", **more}
        sources = [{"name": "Public", "url": desk.feed("public", *public)}]
        sources += [{"name": "Account", "url": desk.feed("account", *brand)}] if brand else []
        desk.configure(
            *sources,
            brands=[
                {"name": "Air France", "keywords": ["Air France", "@airfrance"], "owned": ["@airfrance"]}
            ],
            **settings,
        )
        return desk.scan(now)

    scanned.desk = desk
    return scanned


def clock(desk, now=NOW, *more):
    (brand,) = desk.run("clock", "--format", "json", "--now", now.isoformat(), *more).json["brands"]
    return brand


def test_a_complaint_at_ten_answered_at_ten_forty_waited_forty_minutes(talk):
    answer = post("Bonjour Léa", at=TEN + 40 * MINUTE, guid="r1", author="@airfrance", reply_to="c1")
    talk([complaint()], voice(answer))
    told = clock(talk.desk)
    assert (told["asked"], told["answered"], told["median"], told["in_time"]) == (1, 1, 2400, 1)
    (answered,) = told["answers"]
    assert answered["answer"]["match"] == "exact"
    assert (answered["waited"], answered["waited_staffed"], answered["late"]) == (2400, 2400, False)


def test_an_answer_at_night_waits_in_wall_clock_and_not_in_staffed_time(talk):
    evening = datetime(2026, 3, 10, 17, 30, tzinfo=UTC)  # 18:30 in Paris
    later = NOW + 24 * HOUR
    answer = post("Bonjour", at=evening + 15 * HOUR, guid="r1", author="@airfrance", reply_to="c1")
    talk([complaint(evening)], voice(answer), now=later)
    (answered,) = clock(talk.desk, later)["answers"]
    assert (answered["waited"], answered["waited_staffed"], answered["late"]) == (15 * 3600, 1800, True)


def test_without_an_answer_the_oldest_comes_first_and_late_is_said(talk):
    talk([complaint(guid="young", at=NOW - 30 * MINUTE), complaint(guid="old2")], voice())
    told = clock(talk.desk)
    assert [(w["url"][-4:], w["late"]) for w in told["open"]] == [("old2", True), ("oung", False)]
    assert (told["waiting"], told["late"], told["in_time"]) == (2, 1, 0)
    plain = talk.desk.run("clock", "--now", NOW.isoformat()).out
    assert "2 questions or complaints, 0 answered, 2 waiting (1 late)" in plain
    assert plain.index("LATE") < plain.index("in time")


def test_a_holding_message_answers_nobody(talk):
    exact = post("Bonjour Max", at=TEN, guid="r0", author="@airfrance", reply_to="other")
    general = post("Nous faisons tout notre possible", at=TEN + HOUR, guid="g", author="@airfrance")
    talk([complaint()], voice(exact, general))
    told = clock(talk.desk)
    assert (told["answered"], told["waiting"]) == (0, 1)


def test_an_account_that_does_not_tell_whom_it_answers_leaves_it_unknown(talk):
    talk([complaint()], voice(post("Bonjour Léa", at=TEN + HOUR, guid="r", author="@airfrance")))
    told = clock(talk.desk)
    assert (told["waiting"], [w["why"] for w in told["unknown_waits"]]) == (0, ["unlinked"])
    assert "does not say whom it answers" in talk.desk.run("clock", "--now", NOW.isoformat()).out


def test_a_brand_whose_accounts_are_not_read_is_not_called_silent(talk):
    talk([complaint()], [])
    told = clock(talk.desk)
    assert (told["waiting"], [w["why"] for w in told["unknown_waits"]]) == (0, ["blind"])


def test_an_account_that_fails_since_is_blind(talk):
    talk([complaint()], voice())
    (talk.desk.folder / "account.xml").write_text("gone")
    later = NOW + 5 * HOUR
    talk.desk.scan(later)
    told = clock(talk.desk, later)
    assert [w["why"] for w in told["unknown_waits"]] == ["blind"]


def test_the_weekend_outlook_comes_with_friday_and_says_who_is_there(talk):
    saturday = datetime(2026, 3, 7, 9, tzinfo=UTC)
    first = voice(post("Bonsoir", at=saturday - 48 * HOUR, guid="o2", author="@airfrance"))
    talk([complaint(saturday - 48 * HOUR, "start")], first, now=saturday - 24 * HOUR)
    later = saturday + 72 * HOUR
    talk([complaint(saturday, f"w{n}", f"@airfrance vol {n} ?") for n in range(3)], first, now=later)
    assert clock(talk.desk, later)["weekend"] is None  # a Tuesday
    friday = later + 72 * HOUR
    told = clock(talk.desk, friday)["weekend"]
    assert (told["mentions"]["mean"], told["asking"]["mean"], told["staffed"]) == (3, 3, [])
    said = talk.desk.run("clock", "--weekend", "--now", later.isoformat()).out
    assert "Staffed: NOBODY" in said
    assert "over 1 week-end" in said


def test_every_format_is_complete_at_80_columns(talk, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    answer = post("Bonjour", at=TEN + 40 * MINUTE, guid="r1", author="@airfrance", reply_to="c1")
    talk([complaint(), complaint(guid="c2", at=TEN + 30 * MINUTE)], voice(answer))
    shown = talk.desk.run("clock", "--format", "table", "--weekend", "--now", NOW.isoformat())
    assert shown.code == 0
    assert max(map(len, shown.out.splitlines())) <= 80
    for word in ("Air France", "40 min", "LATE", "Public", "Tue", "Answers in"):
        assert word in shown.out
    assert talk.desk.run("clock", "--format", "csv").code == 2
    assert talk.desk.run("clock", "--brand", "Air Farnce").code == 2


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (60 * 24 * HOUR, "Last spoke: Mon 9 Mar 10:00 (61 days ago)\n  Account: Account: read 60 days ago"),
        (
            500 * 24 * HOUR,
            "Last spoke: Mon 9 Mar 2026 10:00 (501 days ago)\n  Account: no source has brought",
        ),
    ],
)
def test_however_old_the_last_post_is_told(talk, later, said):
    talk([complaint()], voice())
    shown = talk.desk.run("clock", "--now", (NOW + later).isoformat()).out
    assert said in shown
    assert clock(talk.desk, NOW + later)["last_owned"] == "2026-03-09T10:00:00+01:00"


def test_a_brand_without_a_post_of_its_own_is_told_so(talk):
    talk([complaint()], [])
    assert "no post of its own is on record" in talk.desk.run("clock", "--now", NOW.isoformat()).out


def opened(scan):
    return [(a["kind"], a["reason"]) for a in scan["alerts"] if a["kind"] == "brand_silence"]


def test_direct_questions_that_wait_too_long_open_one_silence_until_the_brand_speaks(talk):
    """Five questions, none of them a spike; the brand says nothing."""
    start = NOW - 100 * HOUR
    desk, before = talk.desk, voice(post("Bonjour", at=start - HOUR, guid="o2", author="@airfrance"))
    talk([complaint(start - MINUTE, "old1")], before, now=start)
    public = [
        complaint(start + n * HOUR, f"q{n}", f"@airfrance le vol {n} part quand ?") for n in range(1, 6)
    ]
    told = []
    for hour in range(1, 11):
        now = start + hour * HOUR + 30 * MINUTE
        told += [(hour, alert) for alert in opened(talk(public[:hour], before, now=now))]
    assert told == [(7, ("brand_silence", "opened"))]
    spoke = post("Nous arrivons", at=start + 11 * HOUR, guid="s", author="@airfrance")
    now = start + 12 * HOUR
    assert opened(talk(public, [*before, spoke], now=now)) == [("brand_silence", "closed")]
    assert opened(talk(public, [*before, spoke], now=now + HOUR)) == []
    (silence,) = clock(desk, now)["silences"]
    assert silence["ended"] is not None


def test_questions_about_the_brand_open_no_silence(talk):
    start = NOW - 100 * HOUR
    before = voice(post("Bonjour", at=start - HOUR, guid="o2", author="@airfrance"))
    talk([complaint(start - MINUTE, "old1")], before, now=start)
    public = [complaint(start + n * HOUR, f"q{n}", f"Air France, vol {n} : utile ?") for n in range(1, 7)]
    told = [opened(talk(public[:n], before, now=start + n * HOUR + MINUTE)) for n in range(1, 12)]
    assert not any(told)
