from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereputation.backtest import CountsError, budget, compare, read_counts, run
from ereputation.detect import Settings
from ereputation.errors import UsageError

START = datetime(2026, 1, 5, tzinfo=UTC)


def rows(values, step=3600):
    return ["timestamp,value"] + [
        f"{(START + timedelta(seconds=n * step)).isoformat()},{value}" for n, value in enumerate(values)
    ]


def read(lines, **options):
    return read_counts(lines, name="counts.csv", **options)


def test_a_regular_file_is_read_whole_and_in_silence():
    series = read(rows([3, 4, 5], step=300))
    assert [b.stories for b in series.buckets] == [3, 4, 5]
    assert series.width == 300
    assert series.warnings == ()


@pytest.mark.parametrize(
    ("lines", "counts", "warning"),
    [
        (["2026-01-05T00:00Z,1", "2026-01-05T02:00Z,3", "2026-01-05T01:00Z,2"], [1, 2, 3], ":3: earlier"),
        (["2026-01-05T00:00Z,1", "2026-01-05T01:00Z,2", "2026-01-05T01:00Z,9"], [1, 2, 9], ":3: another row"),
        (["2026-01-05T00:00Z,1", "2026-01-05T01:00Z,NaN", "2026-01-05T02:00Z,"], [1, 0, 0], ":2: no count"),
        (["2026-01-05T00:00Z,1", "2026-01-05T01:00Z,-4"], [1, 0], ":2: such a count cannot be"),
        (
            ["2026-01-05T00:00Z,1", "2026-01-05T01:00Z,2", "2026-01-05T04:00Z,3"],
            [1, 2, 3],
            "2 steps of 3600 s",
        ),
        (
            ["2026-01-05T00:00Z,1", "2026-01-05T01:00Z,2", "2026-01-05T02:00Z,3", "2026-01-05T03:20Z,3"],
            [1, 2, 3, 3],
            ":4: off the step",
        ),
    ],
)
def test_odd_rows_are_told_with_their_line_and_do_not_stop(lines, counts, warning):
    series = read(lines)
    assert [b.stories for b in series.buckets] == counts
    assert any(warning in told for told in series.warnings)
    assert all(told.startswith("counts.csv:") for told in series.warnings)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "counts.csv:1: no rows"),
        (["timestamp,value"], "counts.csv:1: no rows"),
        (["2026-01-05T00:00Z,1", "yesterday,2"], "counts.csv:2: expected a time"),
        (["2026-01-05T00:00Z,1", "2026-01-05T01:00Z,many"], "counts.csv:2: expected a number"),
        (["2026-01-05T00:00Z"], "counts.csv:1: expected two columns"),
        (["2026-01-01T00:00Z,1", "2026-02-01T00:00Z,2"], "counts.csv:1: the rows are 2.6784e.06 s apart"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(lines, message):
    with pytest.raises(CountsError, match=message):
        read(lines)


@pytest.mark.parametrize(
    ("times", "utc_hours"),
    [
        (["01:00", "02:00", "02:00", "03:00"], [23, 0, 1, 2]),
        (["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"], [23.5, 0, 0.5, 1, 1.5, 2]),
        (["01:00", "02:00", "03:00"], [23, 0, 2]),
    ],
)
def test_the_hour_of_autumn_that_is_told_twice_is_two_hours(times, utc_hours):
    series = read([f"2026-10-25 {time},1" for time in times], timezone="Europe/Paris")
    midnight = datetime(2026, 10, 25, tzinfo=UTC)
    assert [(b.start - midnight) / timedelta(hours=1) % 24 for b in series.buckets] == utc_hours
    assert not [told for told in series.warnings if "another row" in told]


def test_of_rows_with_one_time_the_first_counts_and_each_keeps_its_line():
    lines = rows([5] * 400)
    lines.insert(300, lines[299].rpartition(",")[0] + ",5000")
    series = read(lines)
    found = run(series, Settings())
    assert len(series.buckets) == len(found.points) == 401
    assert [n for n, point in enumerate(found.points) if point.blind] == [299]
    assert found.events == ()


def test_columns_are_known_by_their_names_when_they_have_any():
    lines = ["brand,start,stories", "Acme,2026-01-05T00:00Z,7", "Acme,2026-01-05T01:00Z,8"]
    assert [b.stories for b in read(lines).buckets] == [7, 8]


@pytest.mark.parametrize("line", ["1767571200;1,5", "1767571200\t2", "\ufeff1767571200,2", "1767571200000,2"])
def test_other_separators_and_epoch_seconds_are_understood(line):
    assert read([line]).buckets[0].stories == 2


@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_text_is_read_or_refused_in_one_sentence(lines):
    try:
        series = read(lines)
    except CountsError as refusal:
        said = str(refusal)
    else:
        said = "counts.csv:" if run(series, Settings()).points else ""
    assert said.startswith("counts.csv:")


def test_a_spike_is_told_and_a_larger_budget_never_tells_less():
    values = [5 + n % 3 for n in range(24 * 14)]
    values[300:304] = [60] * 4
    series = read(rows(values))
    (first, *_) = run(series, Settings()).events
    assert first.reason == "opened"
    assert first.at == START + timedelta(hours=301)
    told = [o.told for o in compare(series.buckets, Settings(), [0.1, 1, 10])]
    assert told == sorted(told)
    assert told[1] == 1


@pytest.mark.parametrize(
    ("text", "monthly"), [("1/month", 1), ("3/quarter", 1), ("12/year", 1), ("7/week", 30.4375), ("2", 2)]
)
def test_a_budget_is_read_as_alarms_a_month(text, monthly):
    assert budget(text) == pytest.approx(monthly)


@pytest.mark.parametrize("text", ["", "often", "1/fortnight", "0", "-1/day", "nan", "inf"])
def test_a_budget_that_means_nothing_is_refused(text):
    with pytest.raises(UsageError):
        budget(text)
