"""``backtest`` from the outside: files of counts, stored history, and how both agree with what was told live."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from desk import HOUR, NOW, Desk, item

START = datetime(2026, 1, 5, tzinfo=UTC)


def counts(values, *, step=timedelta(hours=1), start=START, write="%Y-%m-%d %H:%M:%S"):
    lines = (f"{(start + n * step).strftime(write)},{value}\n" for n, value in enumerate(values))
    return "timestamp,value\n" + "".join(lines)


def calm(hours, seed=1, mean=5):
    rnd = random.Random(seed)
    return [sum(rnd.random() < mean / 20 for _ in range(20)) for _ in range(hours)]


@pytest.fixture(scope="module")
def two_years():
    """Two years of hours with two spikes."""
    values = calm(24 * 7) * 104 + calm(24 * 2)
    values[9_000:9_006] = [60] * 6
    values[15_000:15_004] = [90] * 4
    return counts(values)


def test_two_years_of_hours_tell_their_spikes_at_the_end_of_the_first_hour(tmp_path, two_years):
    (tmp_path / "acme.csv").write_text(two_years)
    ran = Desk(tmp_path).run("backtest", "--counts", "acme.csv", "--format", "ndjson")
    assert ran.code == 0, ran.err
    buckets = [line for line in ran.lines if line["type"] == "bucket"]
    alerts = [line for line in ran.lines if line["type"] == "alert"]
    assert len(buckets) == 2 * 365 * 24
    assert set(buckets[0]) == {"type", "brand", "start", "observed", "expected", "score", "blind"}
    assert (buckets[9_000]["brand"], buckets[9_000]["observed"]) == ("acme", 60)
    assert buckets[9_000]["start"] == (START + 9_000 * HOUR).isoformat()
    opened = [alert["at"] for alert in alerts if alert["reason"] == "opened"]
    assert opened == [(START + n * HOUR).isoformat() for n in (9_001, 15_001)]
    assert {"id", "kind", "severity", "p_value", "expected", "waiting"} <= alerts[0].keys()
    best = sorted(range(len(buckets)), key=lambda n: -buckets[n]["score"])[:2]
    assert {n // 10 for n in best} == {900, 1500}
    assert all(0 <= bucket["score"] < 1 for bucket in buckets)


def test_what_is_said_of_a_row_does_not_depend_on_later_ones(desk, two_years):
    lines = two_years.splitlines(keepends=True)
    whole = desk.run("backtest", "--counts", "-", "--format", "ndjson", stdin="".join(lines[7_000:9_500]))
    part = desk.run("backtest", "--counts", "-", "--format", "ndjson", stdin="".join(lines[7_000:9_004]))
    assert whole.out.startswith(part.out)


def test_five_minute_rows_keep_five_minute_scores(desk):
    values = calm(288 * 12, mean=2)
    values[3_000:3_003] = [40, 80, 60]
    text = counts(values, step=timedelta(minutes=5), start=START + timedelta(seconds=173))
    lines = desk.run("backtest", "--counts", "-", "--format", "ndjson", stdin=text).lines
    buckets = [line for line in lines if line["type"] == "bucket"]
    assert [b["observed"] for b in buckets] == values
    assert max(range(len(buckets)), key=lambda n: buckets[n]["score"]) in range(3_000, 3_003)
    assert sum(b["score"] > 0 for b in buckets) < 20


def test_people_read_when_what_and_how_often(desk):
    values = calm(24 * 60)
    values[1_000:1_004] = [60] * 4
    ran = desk.run("backtest", "--counts", "-", "--brand", "Acme", stdin=counts(values))
    assert "Acme  2026-01-05 00:00 to 2026-03-05 23:00, 60.0 days seen" in ran.out
    assert "2026-02-15 17:00" in ran.out
    assert "Volume spike" in ran.out
    assert "1 episode told, 1 in 60 days; the budget of false alarms is 1 a month" in ran.out
    record = desk.run("backtest", "--counts", "-", "--format", "json", stdin=counts(values)).json
    assert record["schema"] == "ereputation/backtest/1"
    assert record["brands"][0]["told"] == 1
    table = desk.run("backtest", "--counts", "-", "--format", "table", stdin=counts(values)).out
    assert "Volume spike" in table


def test_budgets_are_compared_and_a_larger_one_never_tells_less(desk):
    text = counts([value + 12 * (n % 199 == 0) for n, value in enumerate(calm(24 * 120))])
    asked = ("backtest", "--counts", "-", "--budget", "1/week,1/month,1/quarter", "--format", "ndjson")
    tried = desk.run(*asked, stdin=text).lines
    assert [line["type"] for line in tried] == ["budget"] * 3
    assert tried[0]["told"] >= tried[1]["told"] >= tried[2]["told"]
    assert tried[0]["told"] > tried[2]["told"]


def test_only_the_stretch_asked_for_is_shown_and_what_was_before_is_learnt(desk, two_years):
    asked = (
        "backtest",
        "--counts",
        "-",
        "--since",
        "2027-01-15",
        "--until",
        "2027-01-16",
        "--format",
        "ndjson",
    )
    lines = desk.run(*asked, stdin=two_years).lines
    assert sum(line["type"] == "bucket" for line in lines) == 24
    assert [line["reason"] for line in lines if line["type"] == "alert"][:1] == ["opened"]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", 1, "-:1: no rows"),
        ("timestamp,value\n", 1, "-:1: no rows"),
        ("2026-01-05 00:00,1\n", 0, ""),
        ("2026-01-05 00:00,1\nnever,2\n", 1, "-:2: expected a time"),
        ("2026-01-05 00:00,1\n2026-01-05 01:00,much\n", 1, "-:2: expected a number"),
        ("2026-01-05 01:00,1\n2026-01-05 00:00,2\n", 0, "-:2: earlier than the row before it"),
        ("2026-01-05 00:00,1\n2026-01-05 00:00,2\n", 0, "-:2: another row has this time"),
        ("2026-01-05 00:00,1\n2026-01-05 01:00,NaN\n", 0, "-:2: no count"),
        ("2026-01-05 00:00,1\n2026-01-05 01:00,2\n2026-01-05 04:00,2\n", 0, "2 steps of 3600 s are missing"),
        ("2026-01-05 00:00,10000000\n2026-01-05 01:00,10000000\n", 0, ""),
        ("2026-01-05 00:00,1.5\n", 0, "-:1: not a whole number"),
    ],
)
def test_odd_files_are_told_with_file_and_line(desk, text, code, said):
    ran = desk.run("backtest", "--counts", "-", "--format", "ndjson", stdin=text)
    assert ran.code == code
    assert said in ran.err
    assert bool(ran.err) == bool(said)
    if not code:
        assert len(ran.lines) == len(text.splitlines())


ROW, TURNED = "2026-01-05 00:00,7\n", "7,2026-01-05 00:00\n"


@pytest.mark.parametrize(
    "text",
    [
        f"timestamp,value\n{ROW}", f"Date,Mentions\n{ROW}", f"value,timestamp\n{TURNED}", f"date,Air France\n{ROW}",
        f"Air France,jour\n{TURNED}", f"when,count\n{ROW}", f"brand,Mentions,start\nKLM,{TURNED}",
        "Semaine;Nombre\n2026-01-05;7\n", "# from a tool\n\n\ufefftimestamp\tvalue\n2026-01-05\t7\n",
    ],
)  # fmt: skip
def test_a_header_says_which_column_is_which(desk, text):
    ran = desk.run("backtest", "--counts", "-", "--format", "ndjson", stdin=text)
    assert (ran.code, ran.err, [line["observed"] for line in ran.lines]) == (0, "", [7])


@pytest.mark.parametrize(
    "header", ["a,b", "a;b", "timestamp,a,b", "a,b,value", "timestamp,date", "note,text,x,y"]
)
def test_a_header_that_names_no_column_of_ours_is_refused(desk, header):
    (desk.folder / "odd.csv").write_text(f"{header}\n{ROW}")
    ran = desk.run("backtest", "--counts", "odd.csv", "--format", "ndjson")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("ereputation: odd.csv:1: expected the header timestamp,value, not ")
    assert "for the time: time, date," in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--counts", "missing.csv"), "cannot read missing.csv"),
        (("--counts", "-", "--timezone", "Paris"), "--timezone"),
        (("--counts", "-", "--budget", "often"), "expected a budget"),
        (("--counts", "-", "--brand", "a", "--brand", "b"), "--brand"),
        (("--counts", "-", "--format", "csv"), "--format"),
        (("--timezone", "Europe/Paris"), "--counts"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(desk, arguments, said):
    ran = desk.run("backtest", *arguments, stdin="2026-01-05 00:00,1\n")
    assert ran.code == 2
    assert said in ran.err


def test_holidays_and_the_zone_change_what_is_expected(desk):
    hours = [2 + 8 * (8 <= n % 24 < 18) * ((n // 24) % 7 < 5) for n in range(24 * 80)]
    local = counts(hours, start=datetime(2026, 3, 2, tzinfo=UTC))
    asked = ("backtest", "--counts", "-", "--timezone", "Europe/Paris", "--format", "ndjson")
    plain = desk.run(*asked, stdin=local).lines
    holiday = desk.run(*asked, "--country", "FR", stdin=local).lines
    assert plain[0]["start"] == "2026-03-02T00:00:00+01:00"
    may_day = next(n for n, line in enumerate(plain) if line["start"].startswith("2026-05-01T10"))
    assert holiday[may_day]["expected"] < plain[may_day]["expected"] / 2


STORM = NOW - 6 * HOUR


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """A calm week, a storm that breaks at ``STORM``, the brand's answer four hours later; a scan an hour. What was told."""
    desk = Desk(tmp_path_factory.mktemp("week"))
    desk.configure(
        {"name": "Press", "url": desk.feed("Press")},
        {"name": "Own", "url": desk.feed("Own")},
        brands=[{"name": "Air France", "owned": ["@airfrance"]}],
    )
    posts = [
        item(f"Air France, day {n // 24} hour {n % 24}", guid=f"c{n}", at=NOW - n * HOUR)
        for n in range(2, 170, 3)
    ]
    storm = [
        item(
            f"Air France: who answers {n} of us?",
            f"A scandal, case {n}",
            guid=f"s{n}",
            at=STORM + n * HOUR / 20,
        )
        for n in range(60)
    ]
    said = [
        (NOW - 100 * HOUR, "Air France says hello"),
        (STORM + 4.5 * HOUR, "Air France: we are doing all we can"),
    ]
    told = []
    for hour in range(-2, 8):
        now = STORM + hour * HOUR
        desk.feed("Press", *(storm[: max(0, hour * 20)]), *posts)
        desk.feed("Own", *(item(title, at=at, author="@airfrance") for at, title in said if at <= now))
        told += desk.scan(now, "--force")["alerts"]
    return desk, told


def test_stored_history_tells_what_was_told_live_within_the_hour(week):
    desk, live = week
    ran = desk.run("backtest", "--format", "ndjson", "--now", (STORM + 7 * HOUR).isoformat())
    again = [line for line in ran.lines if line["type"] == "alert"]
    kinds = {(alert["kind"], alert["reason"]) for alert in live}
    assert {("volume_spike", "opened"), ("brand_silence", "opened"), ("brand_silence", "closed")} <= kinds
    assert {(alert["kind"], alert["reason"]) for alert in again} == kinds
    moment = datetime.fromisoformat
    for alert in live:
        same = min(
            (line for line in again if (line["kind"], line["reason"]) == (alert["kind"], alert["reason"])),
            key=lambda line: abs(moment(line["at"]) - moment(alert["at"])),
        )
        assert abs(moment(same["at"]) - moment(alert["at"])) <= HOUR
        assert abs(moment(same["started"]) - moment(alert["started"])) <= HOUR
        assert all(example["published"] <= same["at"] for example in same["examples"])


def test_the_delay_until_the_brand_spoke_is_told(week):
    desk, _ = week
    ran = desk.run("backtest", "--now", (STORM + 7 * HOUR).isoformat())
    assert "brand spoke after 3 h 30 min" in ran.out
    assert "Brand silence" in ran.out


@pytest.mark.sqlite
def test_a_backtest_writes_nothing(desk):
    url = desk.feed("Press", item("Air France one"))
    desk.configure({"name": "Press", "url": url})
    desk.scan()
    before = (desk.folder / "ereputation.db").read_bytes()
    assert desk.run("backtest", "--now", NOW.isoformat()).code == 0
    assert (desk.folder / "ereputation.db").read_bytes() == before


def test_nothing_stored_is_said(desk):
    desk.configure()
    desk.run("scan", "--offline")
    ran = desk.run("backtest")
    assert ran.code == 0
    assert "Air France: nothing stored to replay" in ran.out
