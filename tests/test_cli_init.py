"""``init`` from the outside: a first configuration that loads, whatever it was made of."""

import os
import pty
import re
import select
import stat
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from desk import NOW, item, rss
from ereputation import config, speech
from ereputation.starting import machine, opml
from ereputation.starting.entries import Entry, scalar
from ereputation.starting.wording import Beginning, text


def written(desk, name="ereputation.yaml"):
    return (desk.folder / name).read_text(encoding="utf-8")


def loaded(desk, name="ereputation.yaml"):
    return config.load(desk.folder / name, environ={})


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_brand_is_enough(desk, language):
    ran = desk.run("init", "Air France", "--language", language, "--timezone", "Europe/Paris")
    assert (ran.code, ran.err) == (0, "")
    assert "ereputation check" in ran.out
    made = loaded(desk)
    assert (made.timezone.key, made.language) == ("Europe/Paris", language)
    assert [brand.name for brand in made.brands] == ["Air France"]
    assert [source.id for source in made.sources] == [f"google-news: Air France ({language})"]
    assert ("quels noms suivre" in written(desk)) == (language == "fr")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_line_it_proposes_is_valid_without_its_mark(desk, language):
    desk.run("init", "Air France", "--language", language)
    proposed = re.sub(r"(?m)^(\s*)# (?=- \{|  |\w+:(?: |$))", r"\1", written(desk))
    path = desk.folder / "all.yaml"
    path.write_text(proposed.replace(" competitors: []", " competitors: [KLM]"), encoding="utf-8")
    made = config.load(path, environ={"SMTP_PASSWORD": "s3cret"})
    (brand,) = made.brands
    assert (brand.keywords, brand.competitors) == (("Air France", "@airfrance"), ("KLM",))
    assert brand.exclude
    assert len(made.sources) == 4
    assert made.contact
    assert len(made.notify) == len(made.playbook) == 1


def test_feeds_are_taken_as_given_from_a_list_and_from_behind_a_page(desk, web):
    feed = web.serve("/news/rss", rss(item("x"), title="La Une # du jour"))
    web.serve("/", b'<html><head><link rel="alternate" type="application/rss+xml" href="/news/rss"></head>')
    listed = '<opml><body><outline text="Loisirs"><outline text="Vols" xmlUrl="https://a.example/f"/></outline></body></opml>'
    ran = desk.run(
        "init", "Air France", "--no-presets", "--feed", "https://b.example/g", "--opml", "-", "--page", web.url(),
        stdin=listed,
    )  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    assert [(source.id, source.url) for source in loaded(desk).sources] == [
        ("b.example/g", "https://b.example/g"),
        ("Vols", "https://a.example/f"),
        (feed.removeprefix("http://"), feed),
    ]
    assert "# La Une # du jour" in written(desk)


def test_what_cannot_be_reached_is_said_and_stops_nothing(desk, web):
    ran = desk.run("init", "Air France", "--page", web.url("/none"), "--page", "http://127.0.0.1:9/")
    assert ran.code == 0
    assert "404" in ran.err
    assert "127.0.0.1:9" in ran.err
    assert [source.kind for source in loaded(desk).sources] == ["google-news"]


def test_a_file_that_is_there_stays_unless_forced(desk):
    (desk.folder / "ereputation.yaml").write_text("mine")
    ran = desk.run("init", "Air France")
    assert ran.code == 2
    assert "--force" in ran.err
    assert written(desk) == "mine"
    assert desk.run("init", "Air France", "--force").code == 0
    assert loaded(desk).brands[0].name == "Air France"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name at least one brand"),
        (["AND"], 'write "AND"'),
        (["X", "--contact", "a b"], "expected an e-mail address"),
        (["X", "--timezone", "Mars/Base"], "--timezone"),
        (["X", "--feed", "lemonde"], "expected an address"),
        (["X", "--page", "no page"], "expected an address"),
        (["X", "--opml", "none.opml"], "cannot read none.opml"),
    ],
)
def test_what_makes_no_configuration_writes_nothing(desk, arguments, said):
    ran = desk.run("init", *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert list(desk.folder.iterdir()) == []


def test_a_secret_in_an_address_is_for_its_owner_only(desk):
    desk.run("init", "X", "--feed", "https://me:pw@a.example/f", "-o", "secret.yaml")
    desk.run("init", "X", "--feed", "https://a.example/f", "-o", "new/open.yaml")
    modes = [stat.S_IMODE((desk.folder / name).stat().st_mode) for name in ("secret.yaml", "new/open.yaml")]
    assert modes[0] == 0o600
    assert modes[1] & 0o400


def test_a_terminal_is_asked_only_for_what_is_missing(desk):
    ours, theirs = pty.openpty()
    process = desk.start(
        "init",
        "--language",
        "en",
        "--no-presets",
        stdin=theirs,
        stderr=theirs,
        env={"TERM": "dumb"},
    )
    os.close(theirs)
    heard = b""
    for question, answer in [
        (b"Which brand", b"\n"),
        (b"at least one name", b"Air France, KLM\n"),
        (b"Your e-mail", b"\n"),
        (b"A site or a feed", b"not a page\n"),
        (b"expected an address", b"\n"),
    ]:
        end = time.monotonic() + 60
        while question not in heard and time.monotonic() < end and select.select([ours], [], [], 60)[0]:
            heard += os.read(ours, 4096)
        assert question in heard
        os.write(ours, answer)
    out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 0
    assert b"Google News" not in heard
    assert "ereputation scan" in out
    made = loaded(desk)
    assert ([brand.name for brand in made.brands], made.sources) == (["Air France", "KLM"], ())


def test_a_baseline_reads_every_source_once_and_alerts_nobody(desk, web):
    url = web.serve("/feed", rss(*(item(f"Air France {n}", at=NOW) for n in range(40))))
    bare = ("init", "Air France", "--feed", url, "--no-presets", "--now", NOW.isoformat())
    assert desk.run(*bare).code == 0
    assert (web.count("/feed"), (desk.folder / "ereputation.db").exists()) == (
        0,
        False,
    )  # no terminal, no reading
    ran = desk.run(*bare, "--force", "--baseline")
    assert ran.code == 0
    assert "40 new mentions" in ran.out
    assert desk.run("alerts", "--format", "ndjson").out == ""
    assert len(desk.found()) == 40


def test_a_baseline_that_cannot_read_a_source_says_so_and_the_configuration_stays(desk, web):
    url = web.serve("/feed", status=404)
    ran = desk.run("init", "Air France", "--feed", url, "--no-presets", "--baseline", "-o", "a.yaml")
    assert ran.code == 0
    assert "404" in ran.out + ran.err
    assert (desk.folder / "a.yaml").exists()


def test_an_interrupted_question_writes_nothing(desk):
    ours, theirs = pty.openpty()
    process = desk.start("init", stdin=theirs, stderr=theirs)
    os.close(theirs)
    assert os.read(ours, 4096)
    os.write(ours, b"\x04")
    process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 130
    assert list(desk.folder.iterdir()) == []


@given(st.text(min_size=1, max_size=40))
def test_whatever_is_written_as_a_scalar_is_read_as_it_was(value):
    if value.isprintable():
        assert yaml.load(f"[{scalar(value)}, {{k: {scalar(value)}}}]", yaml.BaseLoader) == [
            value,
            {"k": value},
        ]


@given(
    st.text(max_size=60), st.text(max_size=60), st.text(alphabet="/?#[]{}:,&*!|>'\"%@`$ab= \\", max_size=30)
)
def test_no_list_of_feeds_breaks_out_of_its_entry(name, note, path):
    url = f"https://a.example/{path}"
    for entry in (Entry(url=url, name=name), Entry(url=url, note=note)):
        beginning = Beginning(
            brands=("X",), entries=(entry,), presets=False, timezone="UTC", language="en", contact=""
        )
        read = yaml.load(text(beginning), yaml.BaseLoader)
        (source,) = read["sources"]
        assert set(read) == {
            "timezone", "language", "database", "staffed", "response_time", "retention", "brands", "sources", "alerts",
        }  # fmt: skip
        assert (source["url"] if isinstance(source, dict) else source).replace("$${", "${") == url


def test_somebody_elses_list_reads_no_variable_of_ours(desk, monkeypatch):
    monkeypatch.setenv("TOKEN", "s3cret")
    listed = '<opml><body><outline text="${TOKEN}" xmlUrl="https://a.example/${TOKEN}"/></body></opml>'
    desk.run("init", "X", "--no-presets", "--opml", "-", stdin=listed)
    (source,) = config.load(desk.folder / "ereputation.yaml", environ=os.environ).sources
    assert (source.name, source.url) == ("${TOKEN}", "https://a.example/${TOKEN}")


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"", "not an OPML file"),
        (b"<rss/>", "it begins with <rss>"),
        (b"<opml><body>", "not an OPML file"),
        (
            b'<!DOCTYPE o [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><opml><outline text="&b;"/></opml>',
            "XML bomb",
        ),
        (b'<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml>&a;</opml>', "XML bomb"),
        (
            b"<opml>"
            + b"".join(b'<outline xmlUrl="http://a.example/%d"/>' % n for n in range(2001))
            + b"</opml>",
            "more than 2000 feeds",
        ),
        (b" " * (opml.MOST_BYTES + 1), "larger than 10 MB"),
    ],
)
def test_what_is_no_list_of_feeds_is_refused(desk, payload, said):
    (desk.folder / "list.opml").write_bytes(payload)
    ran = desk.run("init", "X", "--opml", "list.opml")
    assert ran.code == 2
    assert "list.opml: " in ran.err
    assert said in ran.err


def test_a_list_may_nest_deep_and_be_careless():
    deep = (
        b"<outline text='d'>" * 20_000 + b"<outline XMLURL='http://a.example/?a=1&b=2' text=' A &amp; B\t'/>"
    )
    held = opml.read(
        b"\xef\xbb\xbf<?xml version='1.0' encoding='latin-1'?><opml>"
        + deep
        + b"</outline>" * 20_000
        + b"</opml>",
        name="x",
    )
    assert held.entries == (Entry(url="http://a.example/?a=1&b=2", name="A & B"),)


@pytest.mark.parametrize(
    ("environ", "linked", "file", "zone"),
    [
        ({"TZ": ":Europe/Paris"}, "Asia/Tokyo", None, "Europe/Paris"),
        ({"TZ": "nonsense"}, "Asia/Tokyo", None, "Asia/Tokyo"),
        ({}, "Asia/Tokyo", "Europe/Rome", "Asia/Tokyo"),
        ({}, None, "Europe/Rome\n", "Europe/Rome"),
        ({}, None, None, "UTC"),
    ],
)
def test_the_zone_is_this_users_else_this_machines(tmp_path, environ, linked, file, zone):
    (tmp_path / "etc").mkdir()
    if linked:
        (tmp_path / "etc/localtime").symlink_to(f"/usr/share/zoneinfo/{linked}")
    if file:
        (tmp_path / "etc/timezone").write_text(file)
    assert machine.zone(environ, tmp_path) == zone


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "fr_CA", "LANG": "en_CA"}, "fr"),
        ({}, "en"),
    ],
)
def test_the_language_is_the_locales(environ, language):
    assert speech.of_locale(environ) == language
