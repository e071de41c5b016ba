"""Where the data lives: what an address may be called in messages, and how statements are written for a server."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ereputation.database import Server, database
from ereputation.query import All, AnyOf, Phrase, Term
from ereputation.store import fulltext


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://ana@db.example/veille", "postgresql://ana@db.example/veille"),
        ("postgres://ana:s3cret@db.example:5433/veille", "postgresql://ana@db.example:5433/veille"),
        ("postgresql://ana:s3c/r?e#t@db.example/veille", "postgresql://ana@db.example/veille"),
        ("postgresql://ana:s3@cret@db.example/veille", "postgresql://ana@db.example/veille"),
        ("postgresql:///veille?user=ana&password=s3cret", "postgresql:///veille"),
        ("postgresql://db.example/veille?sslpassword=s3cret&x=a@b", "postgresql://db.example@..."),
        ("postgresql://ana:s3cret", "postgresql://ana"),
        ("postgresql://[::1]:5432/veille", "postgresql://[::1]:5432/veille"),
        ("postgresql://a,b/veille", "postgresql://a,b/veille"),
        ("postgresql://:s3cret@/", "postgresql:///"),
        ("POSTGRESQL://db/v", "postgresql://db/v"),
    ],
)
def test_an_address_is_told_without_its_password(address, shown):
    named = database(address)
    assert str(named) == shown
    assert "s3c" not in repr(named)


@example("@00000")
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=20).filter(
        lambda text: not text.isalnum() or len(set(text)) > 4
    )
)
def test_no_password_however_badly_written_is_ever_told(password):
    shown = str(Server(f"postgresql://u:{password}@h/n?password={password}"))
    assert password not in shown
    assert password.partition("@")[0] not in shown or len(password.partition("@")[0]) < 3


@pytest.mark.parametrize(
    ("address", "secrets"),
    [
        ("postgresql://ana:p%40ss@h/n", {"p%40ss", "p@ss"}),
        ("postgresql://h/n?password=one&sslpassword=two", {"one", "two"}),
        ("postgresql://ana@h/n", set()),
        ("postgresql://h/n", set()),
    ],
)
def test_what_must_not_be_repeated_is_known(address, secrets):
    assert set(Server(address).secrets()) == secrets


def test_a_path_is_a_path():
    assert database("ereputation.db") == Path("ereputation.db")
    assert database("postgresql.db") == Path("postgresql.db")


@pytest.mark.parametrize(
    ("pre", "asked"),
    [
        (Term("grève"), "'grève' | '*'"),
        (Term("gr", prefix=True), "'gr':* | '*'"),
        (Phrase(("air", "france")), "('air' & 'france') | '*'"),
        (
            All((Term("a"), AnyOf((Term("b"), Phrase(("c", "d")))))),
            "('a' & ('b' | ('c' & 'd'))) | '*'",
        ),
        (Term("it's\\"), "'it''s\\\\' | '*'"),
        (Term("x" * 300), f"'{'x' * 255}' | '*'"),
    ],
)
def test_a_pre_selection_is_written_as_postgresql_asks(pre, asked):
    assert fulltext.TSVECTOR.render(pre) == asked


def test_the_terms_of_a_huge_document_stand_for_any():
    assert fulltext.TSVECTOR.terms("b a b") == "a b"
    assert fulltext.TSVECTOR.terms("x" * 3000) == "x" * 255
    assert fulltext.TSVECTOR.terms(" ".join(f"mot{n}" for n in range(150_000))) == "*"


@pytest.mark.parametrize(
    ("statement", "text", "lists", "missing"),
    [
        ("WHERE id = :id", "WHERE id = %(id)s", set(), set()),
        ("WHERE a = 'b:c %' AND d % :e = 0", "WHERE a = 'b:c %%' AND d %% %(e)s = 0", set(), set()),
        ("x IN (SELECT value FROM json_each(:ids))", "x = ANY(%(ids)s)", {"ids"}, set()),
        (
            "(:a IS NULL OR b IN (SELECT value FROM json_each(:a)))",
            "(%(a is null)s OR b = ANY(%(a)s))",
            {"a"},
            {"a"},
        ),
        (
            "SELECT fold(value) FROM json_each(:names)",
            "SELECT fold(value) FROM unnest(CAST(%(names)s AS TEXT[])) AS json_each (value)",
            {"names"},
            set(),
        ),
        ("instr(fold(d.site), value) > 0", "strpos(fold(d.site), value) > 0", set(), set()),
        ("CROSS JOIN documents AS d ON x", "JOIN documents AS d ON x", set(), set()),
        ("CROSS JOIN documents", "CROSS JOIN documents", set(), set()),
    ],
)
def test_a_statement_is_written_for_the_server(statement, text, lists, missing):
    pytest.importorskip("psycopg")
    from ereputation.store.postgresql import translated

    assert translated(statement) == (text, lists, missing)


def test_lists_are_sent_as_arrays_and_what_is_missing_as_a_truth():
    pytest.importorskip("psycopg")
    from ereputation.store.postgresql import translated

    asked = translated("(:a IS NULL OR b IN (SELECT value FROM json_each(:a))) AND c = :c")
    assert asked.bound({"a": None, "c": 1}) == {"a": None, "a is null": True, "c": 1}
    assert asked.bound({"a": '["x",1]', "c": 1}) == {"a": ["x", 1], "a is null": False, "c": 1}
