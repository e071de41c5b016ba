"""Reading files: encodings, separators, stray quotes, columns, dates."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ereputation.errors import EreputationError, UsageError
from ereputation.importing.columns import columns, parse_map
from ereputation.importing.files import contents
from ereputation.importing.moments import Moments, order_of
from ereputation.importing.records import RowError, Table, objects, separator, text_of

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def rows_of(payload, dialect="", mapped=None):
    read = contents(io.BytesIO(payload), "file.csv", dialect, mapped or {})
    return [row for row in read.rows if not row.fault], read


def texts(payload, **options):
    return [row.value("text") for row in rows_of(payload, **options)[0]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encoding_and_separator_are_found_out(encoding, delimiter, end):
    lines = [("date", "text"), ("2026-01-05", "Où est l’œuf ?"), ("2026-01-06", "grève")]
    payload = end.join(delimiter.join(line) for line in lines).encode(encoding)
    assert texts(payload) == ["Où est l’œuf ?", "grève"]


def test_a_line_in_another_encoding_spoils_no_other():
    payload = b"date,text\n2026-01-05,gr\xe8ve\n" + "2026-01-06,été\n".encode()
    assert texts(payload) == ["grève", "été"]


@pytest.mark.parametrize(
    ("sample", "found"),
    [
        (["a;b;c", "1,5;2,5;3"], ";"),
        (["a,b", "x;y,z"], ","),
        (["a\tb,c\td", "1\t2,3\t4"], "\t"),
        (["a,b", '"x;y;z",2', '"p;q",3'], ","),
        (["alone"], "\t"),
    ],
)
def test_the_separator_is_the_one_that_makes_columns(sample, found):
    assert separator(sample) == found


@pytest.mark.parametrize(
    "bad",
    ['2026-01-06,"never closed', '2026-01-06,"never closed\n2026-01-07,"nor this', "2026-01-06,\x00\x01"],
)
def test_a_stray_quote_costs_its_own_row(bad):
    lines = ["date,text", "2026-01-05,before", bad, *(f"2026-02-01,after {n}" for n in range(300))]
    found = texts("\n".join(lines).encode())
    assert found[0] == "before"
    assert [text for text in found if text.startswith("after")] == [f"after {n}" for n in range(300)]


def test_quoted_fields_may_hold_separators_quotes_and_lines():
    payload = b'date,text\n2026-01-05,"one, ""two""\nthree"\n2026-01-06,next\n'
    found, _ = rows_of(payload)
    assert [row.value("text") for row in found] == ['one, "two"\nthree', "next"]
    assert [row.number for row in found] == [2, 4]


@pytest.mark.parametrize(
    ("payload", "error", "said"),
    [
        (b"", EreputationError, "empty"),
        (b"\n\n", EreputationError, "empty"),
        (b"PK\x03\x04rest", UsageError, "Excel workbook"),
        (b"\x1f\x8brest", UsageError, "compressed"),
        (b'[{"date": 1}]', UsageError, "JSON array"),
        (b"a,b,c\n1,2,3\n", UsageError, "--map"),
        (b'{"a": 1}\n', UsageError, "--map"),
    ],
)
def test_what_cannot_be_read_at_all_says_what_to_do(payload, error, said):
    with pytest.raises(error, match=said):
        rows_of(payload)


@pytest.mark.parametrize(
    ("header", "dialect"),
    [
        ("Query Id,Query Name,Date,Title,Snippet,Url,Full Text,Mention Id", "brandwatch"),
        ("published,url,domain_url,title,content,lang,sentiment,source_type", "talkwalker"),
        ("Date,Time,Headline,URL,Opening Text,Hit Sentence,Source,Influencer", "meltwater"),
        ("mention_id,story_id,copies,brand,published,first_seen,source,url,title,snippet", "ereputation"),
        ("Date,Message,Lien", "plain"),
    ],
)
def test_products_are_told_by_their_columns(header, dialect):
    assert columns(header.split(",")).dialect == dialect


def test_the_fullest_column_that_says_something_fills_a_field():
    read = columns(["Date", "Full Text", "Snippet", "Mention Id", "Query Name"])
    assert read.value(["2026-01-05", " ", "short", "1", "q"], "text") == "short"
    assert read.value(["2026-01-05", "long"], "text") == "long"
    assert read.value(["2026-01-05"], "text") == ""


def test_headers_are_compared_without_case_accents_and_underscores():
    header = ["tweet_id", "Author_ID", "created_at", "TEXT", "in_response_to_tweet_id", "Été"]
    read = columns(header, mapped={"title": "ete"})
    row = ["1", "brand", "2015-03-12", "hello", "7", "x"]
    names = ("id", "author_handle", "published", "text", "reply_to", "title")
    assert [read.value(row, name) for name in names] == row


@pytest.mark.parametrize("text", ["Date", "published=", "when=Date", "=Date", ""])
def test_a_map_that_means_nothing_is_refused(text):
    with pytest.raises(UsageError, match="--map"):
        parse_map(text)


@pytest.mark.parametrize(
    ("written", "order", "moment"),
    [
        ("2015-03-12T14:05:11+02:00", "eu", "2015-03-12 12:05:11"),
        ("2015-03-12 14:05:11.0", "eu", "2015-03-12 13:05:11"),
        ("2015-03-12", "eu", "2015-03-11 23:00:00"),
        ("12/03/2015 14:05", "eu", "2015-03-12 13:05:00"),
        ("03/12/2015 14:05", "us", "2015-03-12 13:05:00"),
        ("3/12/2015 2:05 PM", "us", "2015-03-12 13:05:00"),
        ("12-Mar-2015 02:05PM", "eu", "2015-03-12 13:05:00"),
        ("1426165511", "eu", "2015-03-12 13:05:11"),
        ("1426165511000", "eu", "2015-03-12 13:05:11"),
        ("2015-03-12 06:05:11 -0700", "eu", "2015-03-12 13:05:11"),
        ("Thu Mar 12 13:05:11 +0000 2015", "eu", "2015-03-12 13:05:11"),
        ("12 mars 2015 à 14:05", "eu", "2015-03-12 13:05:00"),
    ],
)
def test_dates_are_read_as_they_are_written(written, order, moment):
    read, _ = Moments(zone=PARIS, order=order, now=NOW).read(written)
    assert f"{read:%Y-%m-%d %H:%M:%S}" == moment


@pytest.mark.parametrize(
    ("written", "order", "said"),
    [
        ("", "eu", "no date"),
        ("soon", "eu", "no date we can read"),
        ("03/25/2015", "eu", "--dates us"),
        ("25/03/2015", "us", "--dates eu"),
        ("2027-01-01", "eu", "future"),
        ("1415-01-01", "eu", "before 1990"),
        ("2015-02-30", "eu", "no date we can read"),
        ("0001-01-01T00:00+14:00", "eu", "no date we can read"),
    ],
)
def test_a_date_that_cannot_be_is_refused_with_the_reason(written, order, said):
    with pytest.raises(RowError, match=said):
        Moments(zone=PARIS, order=order, now=NOW).read(written)


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["03/04/2015", "03/25/2015"], "us"),
        (["03/04/2015", "25/03/2015"], "eu"),
        (["03/04/2015"], "eu"),
        (["2015-03-04", ""], "eu"),
    ],
)
def test_the_order_of_day_and_month_is_told_by_the_file(dates, order):
    assert order_of(dates) == order


def test_nested_objects_become_dotted_names():
    line = '{"published": 1426165511, "content": null, "extra": {"name": "Jo", "tags": ["a", 1, {}]}}\n'
    (found,) = objects(iter([line]))
    assert found == (
        1,
        {"published": "1426165511", "content": "", "extra.name": "Jo", "extra.tags": "a, 1"},
        "",
    )


@example(b'a;b\r\rc"\r\r\nd;"e\n\xff"\n')
@example(b'publ026;x;http://\r\r\r"\r\r\n\r\r\rx/;"a20\n\xff"\n')
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_one_sentence(payload):
    for start in (b"", b"date,text\n", b'{"date": "2026-01-05", "text": "a"}\n', b"\xff\xfe"):
        try:
            found = list(contents(io.BytesIO(start + payload), "f", "", {}).rows)
        except EreputationError as error:
            said = str(error)
        else:
            said = "f:" if all(isinstance(row.value("text"), str) for row in found) else ""
        assert said.startswith("f:")


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20), max_size=8))
def test_every_line_is_read_once_whatever_the_quotes(lines):
    source = [f"{line.replace(chr(10), ' ').replace(chr(13), ' ')}\n" for line in lines]
    table = Table(iter(source))
    table.width = 2
    numbers = [line.number for line in table]
    assert numbers == sorted(set(numbers))
    assert all(1 <= number <= len(source) for number in numbers)


def test_an_endless_line_is_cut():
    pieces = list(text_of(io.BytesIO(b"x" * 9_000_000)))
    assert max(map(len, pieces)) < 5_000_000
