"""What is taken away: JSON that loads back, CSV that no spreadsheet runs, files that are whole or not there."""

import csv
import io
import json
import re
import tracemalloc
from dataclasses import replace
from itertools import repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ereputation import export
from ereputation.errors import EreputationError, UsageError
from ereputation.model import Bucket, Document
from showcase import AIR_FRANCE, ALERTS, HITS, KLM, MENTIONS, NOW, OUTCOMES, PARIS, SPIKE, TONE, at
from vandals import HOSTILE, UNSAFE, hits, hostile_alert

ALERT_KEYS = [
    "id",
    "brand",
    "kind",
    "severity",
    "reason",
    "started",
    "peaked",
    "ended",
    "observed",
    "expected",
    "p_value",
    "stories",
    "copies",
    "negative_share",
    "coverage",
    "off_hours",
    "last_owned",
    "waiting",
    "rising_terms",
    "examples",
    "advice",
    "low",
    "high",
    "window",
    "usual_share",
    "categories",
    "at",
    "top_story",
    "handling",
]
COLUMNS = [
    "mention_id",
    "story_id",
    "copies",
    "brand",
    "published",
    "first_seen",
    "source",
    "kind",
    "domain",
    "url",
    "title",
    "snippet",
    "author_name",
    "author_handle",
    "lang",
    "sentiment",
    "score",
    "words",
    "matched",
    "engagement",
    "reply_to",
    "status",
    "note",
    "media",
]
NUMERIC = {"mention_id", "story_id", "copies", "score", "engagement"}


def rows(lines, delimiter=","):
    return list(csv.DictReader(io.StringIO("".join(lines), newline=""), delimiter=delimiter))


def test_the_keys_of_an_alert_are_the_contract_in_its_order():
    record = export.alert_record(SPIKE, PARIS)
    assert list(record) == ALERT_KEYS
    assert record["started"] == "2011-03-13T10:00:00+01:00"
    assert record["ended"] is None
    assert record["observed"] == 203
    assert record["p_value"] == 3.1e-14
    assert record["waiting"] == {"count": 37, "oldest": "2011-03-13T09:12:00+01:00"}
    assert list(record["examples"][0]) == ["title", "url", "source", "published"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_becomes_null(value):
    record = export.alert_record(
        replace(SPIKE, observed=value, expected=value, p_value=value, coverage=value)
    )
    assert [record[key] for key in ("observed", "expected", "p_value", "coverage")] == [None] * 4
    assert export.dump({"x": [value]}) == '{"x": [null]}'


def test_explain_says_what_the_contract_says():
    record = export.explain_record("fr", TONE, [AIR_FRANCE, replace(KLM, brand="")])
    assert list(record) == ["lang", "sentiment", "matches"]
    assert record["sentiment"]["label"] == "negative"
    word = record["sentiment"]["words"][0]
    assert list(word)[:4] == ["text", "start", "end", "weight"]
    assert record["matches"][0]["spans"] == [[0, 10], [191, 201]]
    assert record["matches"][1]["brand"] is None
    assert record["matches"][1]["sentiment"] == {"label": "positive", "score": 0.4, "words": []}


def test_scan_counts_what_was_due():
    record = export.scan_record(
        started=NOW, finished=NOW, outcomes=OUTCOMES, new_mentions=2, alerts=ALERTS[:1], zone=PARIS
    )
    assert list(record) == ["schema", "started", "finished", "outcomes", "mentions", "alerts", "coverage"]
    assert record["coverage"] == {"due": 4, "read": 2, "unchanged": 1, "failed": 1}
    assert list(record["outcomes"][0]) == ["source", "kind", "status", "documents", "new", "error"]


def test_a_bucket_is_flat():
    bucket = Bucket(brand="A", start=at(13, 1), copies=3, stories=2)
    assert export.bucket_record(bucket)["start"] == "2011-03-13T01:00:00+00:00"


def test_json_records_stream_into_one_object_or_lines():
    whole = json.loads(
        "".join(export.array(iter([{"a": 1}, {"a": 2}]), schema="search", key="documents", head={"q": "x"}))
    )
    assert whole == {"schema": "ereputation/search/1", "q": "x", "documents": [{"a": 1}, {"a": 2}]}
    assert json.loads("".join(export.array([], schema="s", key="documents")))["documents"] == []
    assert [json.loads(line) for line in export.lines([{"a": 1}, {"a": "\n"}])] == [{"a": 1}, {"a": "\n"}]


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(HOSTILE, HOSTILE | st.floats() | st.lists(HOSTILE | st.none(), max_size=3), max_size=4)
)
def test_json_always_encodes_loads_back_and_drives_no_terminal(value):
    text = export.dump(value)
    json.loads(text.encode("utf-8"))
    assert UNSAFE.findall(text) == []


@given(HOSTILE.filter(lambda text: not re.search("[\ud800-\udfff]", text)))
def test_json_keeps_text_as_it_was(text):
    assert json.loads(export.dump(text)) == text


def test_mentions_have_their_columns_in_their_order():
    header, first, *_ = export.mention_lines(MENTIONS, zone=PARIS)
    assert header == ",".join(COLUMNS) + "\r\n"
    assert first.startswith("7,3,46,Air France,2011-03-13T14:05:00+01:00,")
    row = rows([header, first])[0]
    assert row["words"] == "honte -3"
    assert row["matched"] == "Air France"
    assert row["engagement"] == "42"
    assert row["score"] == "-0.62"
    assert row["author_handle"] == "jdupont"
    assert list(export.mention_record(MENTIONS[0])) == COLUMNS


def test_a_french_excel_gets_what_it_expects(tmp_path):
    form = export.dialect("excel-fr")
    file = tmp_path / "mentions.csv"
    export.write(export.mention_lines(MENTIONS, form, PARIS), file, encoding=form.encoding)
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfmention_id;story_id;")
    assert data.count(b"\xef\xbb\xbf") == 1
    row = rows([data.decode("utf-8-sig")], ";")[0]
    assert list(row) == [*COLUMNS, "date", "time"]
    assert (row["score"], row["date"], row["time"]) == ("-0,62", "2011-03-13", "14:05")


@pytest.mark.parametrize(
    ("name", "header", "delimiter", "encoding"),
    [
        ("brandwatch", "Query Name", ",", "utf-8"),
        ("talkwalker", "published", ",", "utf-8"),
        ("meltwater", "Date", "\t", "utf-16"),
    ],
)
def test_other_tools_find_the_columns_they_know(tmp_path, name, header, delimiter, encoding):
    form = export.dialect(name)
    file = tmp_path / "mentions.csv"
    export.write(export.mention_lines(MENTIONS, form, PARIS), file, encoding=form.encoding)
    read = rows([file.read_bytes().decode(encoding)], delimiter)
    assert len(read) == len(MENTIONS)
    assert list(read[0]) == list(export.DIALECTS[name])
    assert next(iter(read[0])) == header


def test_an_unknown_dialect_names_those_there_are():
    with pytest.raises(UsageError, match="excel-fr"):
        export.dialect("lotus")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("  +33 1", "'+33 1"),
        ('"=1"', '\'"=1"'),
        ("\u00a0@x", "'@x"),
        ("＝1", "'＝1"),
        ("\t=1", "'=1"),
        ("\r\n-1", "'-1"),
        ("\x00=1", "'=1"),
        ("\x1b[31mred", "[31mred"),
        ("a=b", "a=b"),
        ("l'été -3", "l'été -3"),
        ("hello;=cmd|x", "hello;'=cmd|x"),
        ("merci ;-)", "merci ;-)"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_text_is_never_a_formula(text, cell):
    _, line = export.csv_lines([{"x": text}], ["x"])
    assert next(csv.reader(io.StringIO(line, newline=""))) == [cell]


@pytest.mark.parametrize(
    ("value", "cell"), [(-3, "-3"), (-0.5, "-0.5"), (True, "true"), (None, ""), (float("nan"), "")]
)
def test_numbers_stay_numbers(value, cell):
    _, line = export.csv_lines([{"x": value, "y": "z"}], ["x", "y"])
    assert line == f"{cell},z\r\n"


@settings(max_examples=80, deadline=None)
@given(
    hit=hits(), text=HOSTILE, form=st.sampled_from(["", "excel-fr", "brandwatch", "talkwalker", "meltwater"])
)
def test_no_vandal_breaks_the_csv(hit, text, form):
    document, mentions, spans = hit
    dialect = export.dialect(form)
    mention = replace(mentions[0], note=text)
    read = rows(export.mention_lines([mention, mention], dialect, PARIS), dialect.delimiter)
    read += rows(export.document_lines([(document, (mention,), spans)], zone=PARIS))
    read += rows(export.alert_lines([hostile_alert(text)], zone=PARIS))
    assert len(read) == 4
    texts = [
        v
        for row in read
        for k, v in row.items()
        if k not in NUMERIC | {"numeric_sentiment", "Sentiment", "sentiment"}
    ]
    assert [v for v in texts if re.match(r"\s*[\"']*[=+\-@＝＋－＠\x00]", v) and not v.startswith("'")] == []
    assert UNSAFE.findall("".join(texts)) == []


def test_a_file_is_whole_or_as_it_was(tmp_path):
    file = tmp_path / "out.csv"
    file.write_text("before")

    def broken():
        yield "x" * 100_000
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export.write(broken(), file)
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_replaced_file_keeps_its_rights_and_its_link(tmp_path):
    file, link = tmp_path / "real.csv", tmp_path / "link.csv"
    file.write_text("before")
    file.chmod(0o600)
    link.symlink_to(file)
    export.write(["after"], link)
    assert link.is_symlink()
    assert file.read_text() == "after"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_missing_folder_is_said_in_one_line(tmp_path):
    with pytest.raises(EreputationError, match=r"cannot write .*nowhere.*no such file"):
        export.write(["x"], tmp_path / "nowhere" / "out.csv")


def test_a_stream_gets_our_bytes_whatever_its_encoding():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="latin-1", newline="\n")
    export.write_csv(stream, [{"x": "œuvre"}], ["x"])
    assert stream.buffer.getvalue().decode("utf-8") == "x\r\nœuvre\r\n"


def test_a_stream_without_bytes_below_gets_text():
    stream = io.StringIO()
    export.write_json(stream, [{"x": 1}], schema="search", key="documents", lines=True)
    assert stream.getvalue() == '{"x": 1}\n'


def test_memory_does_not_grow_with_the_rows(tmp_path):
    tracemalloc.start()
    export.write(export.mention_lines(repeat(MENTIONS[0], 3_000), zone=PARIS), tmp_path / "out.csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_500_000
    assert (tmp_path / "out.csv").stat().st_size > 1_500_000


def test_search_results_are_exported_one_row_a_document():
    read = rows(export.document_lines(HITS, zone=PARIS))
    assert [row["brands"] for row in read] == ["Air France; KLM", "Air France", ""]
    record = export.document_record(*HITS[0], zone=PARIS)
    assert [m["brand"] for m in record["mentions"]] == ["Air France", "KLM"]


def test_a_date_at_the_edge_of_the_calendar_does_not_overflow():
    edge = at(1, 0).replace(year=1, month=1)
    assert export.when(edge, PARIS)
    document = Document(source="s", guid="1", published=edge, first_seen=edge)
    assert list(export.document_lines([(document, (), ())], zone=PARIS))
