"""What YAML would make of queries and keywords, and what it is not allowed to make of a file."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ereputation import config
from ereputation.config import nodes
from ereputation.errors import ConfigError
from ereputation.text import one_line
from test_config_faults import BRAND, OK, faults

EXAMPLE = Path(__file__).parent.parent / "config.example.yaml"

# What is typed under the one brand, from line 6 on, and what is told.
HAZARDS = [
    ('query: "Air France" NEAR/5 (b)', "6:25: text follows the closing quotation mark: put the whole text under `query: >-`, indented"),
    ('query: "a" OR\n      "b"', "6:16: text follows the closing quotation mark: put the whole text under `query: >-`, indented"),
    ("query: 'l'avion'", "6:15: an apostrophe inside single quotes: use double quotes around the text"),
    ("query: #AirFrance", '6:11: brands.0.query: YAML read "#AirFrance" as a comment: write query: "#AirFrance"'),
    ("query: # later", '6:11: brands.0.query: YAML read "# later" as a comment: write query: "# later"'),
    ("query:", "6:11: brands.0.query: expected text, found nothing"),
    ("query: &Other", '6:12: brands.0.query: YAML read "&Other" as an anchor: write query: "&Other"'),
    ("query: & Other", '6:12: & is YAML\'s own sign at the start of a text: put quotes around "& Other"'),
    ("query: *promo", '6:12: * starts a YAML alias: put quotes around "*promo"'),
    ("query: * promo", '6:12: * is YAML\'s own sign at the start of a text: put quotes around "* promo"'),
    ("query: !x y", '6:12: brands.0.query: "!x" is a YAML tag: put quotes around the text'),
    ("query: !!python/object:os.system {}", '6:12: brands.0.query: "!!python/object:os.system" is a YAML tag: put quotes around the text'),
    ("query: air france: silence", '6:12: a colon followed by a space starts a new key: put quotes around "air france: silence"'),
    ("query: %a", '6:12: % is YAML\'s own sign at the start of a text: put quotes around "%a"'),
    ("query: `a`", '6:12: ` is YAML\'s own sign at the start of a text: put quotes around "`a`"'),
    ("query: [a, b", "6:12: [ is not closed, or a comma is missing: [a, b]"),
    ("query: {a: b", "6:12: { is not closed, or a comma is missing: {...}"),
    ("query: [a] b", "6:16: text follows the closing bracket: put quotes around the whole text"),
    ("query: a]]\n    keywords: [b]]", "7:18: ] without its opening bracket: put quotes around the text"),
    ("query: {{AF}}", '6:13: brands.0.query: a key must be text: braces need quotes around them, "{AF}"'),
    ("query: {AF}", '6:12: brands.0.query: expected text: put quotes around "{AF}"'),
    ('query: "abc', "6:12: this quotation mark is never closed: close it, or put the whole text under `key: >-`"),
    (r'query: "\q"', "6:14: in double quotes a backslash starts an escape: use single quotes, or write it twice"),
    ("query: >-\nabc", "7:1: the text under > or | must be indented more than its key"),
    ("query: >abc", "6:13: the text after > or | starts on the next line, indented"),
    ("query: - a", "6:12: a list starts on the next line (- one item a line), or is written [a, b] on this one"),
    ("query:a", "6:5: expected a space after the colon"),
    ("keywords: [@airfrance, b]", '6:16: @ is YAML\'s own sign at the start of a text: put quotes around "@airfrance"'),
    ("keywords: [*promo]", '6:16: * starts a YAML alias: put quotes around "*promo"'),
    ("keywords: [a, #b, c]", '6:19: YAML read this as a comment: put quotes around "#b"'),
    ("keywords: [a #b, c]", '6:18: YAML read this as a comment: put quotes around "#b"'),
    ("keywords:\n    - #b\n    - c", '7:6: brands.0.keywords.0: YAML read "#b" as a comment: write - "#b"'),
    ("keywords:\n    - @b", '7:7: @ is YAML\'s own sign at the start of a text: put quotes around "@b"'),
    ('keywords:\n    - "Air France" OR x', "7:20: text follows the closing quotation mark: put single quotes around the whole"),
    ("\tquery: a", "6:5: a tab: YAML is indented with spaces only"),
    (" query: a", "6:6: this key is not aligned with the line above: start it in the same column, or close the text above"),
    ("query: \x07", "6:12: the character U+0007 is not allowed in YAML: delete it"),
    ("query: a\n---\nx: y", "7:1: a second document starts here (---): keep one document in the file"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "fault"), HAZARDS, ids=[typed for typed, _ in HAZARDS])
def test_yaml_traps_say_what_to_write(tmp_path, typed, fault):
    told = faults(tmp_path, f"{OK}brands:\n  - name: Air France\n    {typed}\n")
    assert told[0] == f"c.yaml:{fault}"


def test_a_text_cut_at_a_hash_is_a_warning(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(
        f"{OK}brands:\n  - name: x\n    query: air #hash\n    keywords:\n    - a #b\n    - c # d\n"
    )
    assert config.load(path, environ={}).warnings == (
        f'{path}:6:12: brands.0.query: YAML read "#hash" as a comment: put quotes around the whole text if it belongs to it',
        f'{path}:8:7: brands.0.keywords.0: YAML read "#b" as a comment: put quotes around the whole text if it belongs to it',
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"", "c.yaml:1:1: the file is empty: `ereputation init --force` writes one to start from"),
        (b"# nothing but this\n", "c.yaml:1:1: the file is empty: `ereputation init --force` writes one to start from"),
        (b"- a\n", 'c.yaml:1:1: expected keys such as "brands:" at the left margin, found a list'),
        (b"name:x", 'c.yaml:1:1: expected keys such as "brands:" at the left margin, found text, "name:x" (is a space missing after a colon?)'),
        ("a: é".encode("latin-1"), "c.yaml:1:4: this is not UTF-8 (it may be Latin-1 or Windows-1252): save the file as UTF-8"),
        ("a: é".encode("utf-16"), "c.yaml:1:1: this is not UTF-8 (it may be UTF-16): save the file as UTF-8"),
        (b"x" * 1_000_001, "c.yaml: larger than 1000000 bytes: this is no configuration file"),
        (b"a: " + b"[" * 100_000, "c.yaml:1:43: nested more than 40 levels deep"),
        (b"- " * 100_000, "c.yaml:1:81: nested more than 40 levels deep"),
        (b"sources: &a [*a]\nbrands: [{name: x}]", "c.yaml:1:10: sources.0: an alias (*name) that stands for what it is inside of"),
    ],
    ids=["empty", "comment", "list", "text", "latin-1", "utf-16", "huge", "deep", "deep blocks", "in itself"],
)  # fmt: skip
def test_what_is_no_configuration_is_told(tmp_path, text, fault):
    assert faults(tmp_path, text)[0] == fault


@pytest.mark.parametrize(
    "again",
    [
        "[*{0}, *{0}, *{0}, *{0}, *{0}, *{0}, *{0}, *{0}]",
        "{{<<: [*{0}, *{0}, *{0}, *{0}, *{0}, *{0}, *{0}, *{0}]}}",
    ],
)
def test_a_billion_laughs_are_not_laughed(tmp_path, again):
    levels = [f"k{n}: &k{n} {again.format(f'k{n - 1}')}" for n in range(1, 12)]
    told = faults(tmp_path, "k0: &k0 {a: b}\n" + "\n".join(levels))
    assert any("more than 100000 values" in fault for fault in told)


def test_yaml_types_are_what_was_typed(tmp_path):
    path = tmp_path / "c.yaml"
    names = ["no", "on", "22:30", "012", "1e3", "2011-03-12", "true", "0x1F", "Null", ".5", "1_000"]
    path.write_text(OK + "brands:\n" + "".join(f"- name: {name}\n" for name in names))
    assert [brand.name for brand in config.load(path, environ={}).brands] == names


@pytest.mark.parametrize(
    "dressed", [lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n"), lambda t: t.replace("\n", "\r"), lambda t: t + "...\n"]
)  # fmt: skip
def test_windows_and_old_line_ends_and_marks_are_fine(tmp_path, dressed):
    path = tmp_path / "c.yaml"
    path.write_bytes(dressed(BRAND).encode())
    assert config.load(path, environ={}).warnings == ()


def test_anchors_and_merge_keys_save_typing(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(
        f"{OK}brands:\n- &first {{name: A, negative: [grève], owned: [a.fr]}}\n- {{<<: *first, name: B, owned: [b.fr]}}\n"
    )
    brand = config.load(path, environ={}).brands[1]
    assert (brand.name, brand.owned, list(brand.negative)) == ("B", ("b.fr",), ["grève"])


def _load(tmp_path, text):
    """Load any text; nothing but ConfigError may be raised, and what it tells is safe to show."""
    path = tmp_path / "c.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        told = config.load(path, environ={"HOME": "/"}).warnings
    except ConfigError as error:
        told = error.faults or ("",)
    assert all(fault and fault == one_line(fault) for fault in told)


@settings(max_examples=75, deadline=None)
@given(text=st.text(max_size=300) | st.text("ab:-[]{}#&*!|>'\"%@`,? \n\t~<", max_size=60))
@example("? ")
@example("brands: [{name: ${X}}]")
@example("\ud800")
@example("a: |9\n b")
def test_no_text_breaks_the_reader(tmp_path_factory, text):
    _load(tmp_path_factory.getbasetemp(), text)


def _slipped(data):
    text = EXAMPLE.read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.sampled_from([0, 1, 1, 5, 40]))
        put = data.draw(
            st.sampled_from(
                ["", "", "#", "'", '"', ":", ": ", "- ", "[", "}", "\n", "  ", "\t", "*", "x", "${A}", "~"]
            )
        )
        text = text[:at] + put + text[at + gone :]
    return text


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_slip_of_the_hand_breaks_the_reader(tmp_path_factory, data):
    _load(tmp_path_factory.getbasetemp(), _slipped(data))


def _seen(text):
    """All that is made of a text: data, faults, and where everything stands."""
    tree = nodes.read(text)
    values = {
        path: (n.start_mark.index, *((n.style, n.end_mark.index) if isinstance(n, yaml.ScalarNode) else ()))
        for path, n in tree.values.items()
    }
    keys = {path: n.start_mark.index for path, n in tree.keys.items()}
    return tree.data, tree.faults, values, keys, tree.lost


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML without libyaml reads in one way only")
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_the_quick_parser_sees_what_the_other_sees(data):
    odd = st.text("ab:-[]{}#&*!|>'\"%@`,? \n\t~<\ufeffé😀", max_size=60)
    text = data.draw(odd) if data.draw(st.booleans()) else _slipped(data)
    quick = _seen(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nodes, "_composed", lambda text: nodes._Loader(text).get_single_node())
        assert quick == _seen(text)


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML without libyaml reads in one way only")
@pytest.mark.parametrize(
    "text", ["a: 1", "a: {b: x, c: [d, 'e']}\nf: >-\n  g?\n  h\n", EXAMPLE.read_text(encoding="utf-8")]
)
def test_a_usual_file_is_read_by_the_quick_parser(text, monkeypatch):
    monkeypatch.delattr(nodes, "_Loader")
    assert nodes.read(text).data


@pytest.mark.parametrize(
    "text",
    ["a: {b: }", "a: [b?c]", "a:\tb", "a: |# b", "a: '\ufeff'", "a: [b", "a: *b", "a: \x07", "a: \udc80"],
)
def test_where_the_parsers_differ_the_strict_one_decides(text, monkeypatch):
    told = _seen(text)
    monkeypatch.setattr(nodes, "_composed", lambda text: nodes._Loader(text).get_single_node())
    assert told == _seen(text)
