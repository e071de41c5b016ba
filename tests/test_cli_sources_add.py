"""``sources add``, ``discover`` and ``opml``: lines put where somebody would have typed them."""

import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import NOW, item, rss
from ereputation import config
from ereputation.starting import adding, opml
from ereputation.starting.entries import Entry

A, B, C = (f"https://{name}.example/feed" for name in "abc")
BRANDS = "staffed: 24/7\nbrands:\n  - name: X # ours\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{BRANDS}sources:\n  - {A}\n", f"{BRANDS}sources:\n  - {A}\n  - {B}\n"),
        (f"{BRANDS}sources:\n  - {A}", f"{BRANDS}sources:\n  - {A}\n  - {B}\n"),
        (f"{BRANDS}sources:\n- {A} # press\n\n# end\n", f"{BRANDS}sources:\n- {A} # press\n- {B}\n\n# end\n"),
        (
            f"sources:\n    - {A}\n    # - {C}\n{BRANDS}",
            f"sources:\n    - {A}\n    - {B}\n    # - {C}\n{BRANDS}",
        ),
        (
            f"sources:\n  - name: N\n    url: {A} # one key a line\n\n\n{BRANDS}",
            f"sources:\n  - name: N\n    url: {A} # one key a line\n  - {B}\n\n\n{BRANDS}",
        ),
        (
            f"sources:\n  - {{url: {A},\n     every: 15m}} # two lines\n{BRANDS}",
            f"sources:\n  - {{url: {A},\n     every: 15m}} # two lines\n  - {B}\n{BRANDS}",
        ),
        (
            f"sources:\n  - name: >-\n      Le\n      Monde\n    url: {A}\n{BRANDS}",
            f"sources:\n  - name: >-\n      Le\n      Monde\n    url: {A}\n  - {B}\n{BRANDS}",
        ),
        (
            f"sources:\n  - url: {A}\n    name: >\n      Le\n\n      Monde\n\n\n# end\n{BRANDS}",
            f"sources:\n  - url: {A}\n    name: >\n      Le\n\n      Monde\n  - {B}\n\n\n# end\n{BRANDS}",
        ),
        (f"sources: # none\n  # yet\n{BRANDS}", f"sources: # none\n  - {B}\n  # yet\n{BRANDS}"),
        (f"sources: [] # none\n{BRANDS}", f"sources:  # none\n  - {B}\n{BRANDS}"),
        (f"sources: [\n]\n{BRANDS}", f"sources: \n  - {B}\n{BRANDS}"),
        (f"sources: ~\n{BRANDS}", f"sources: \n  - {B}\n{BRANDS}"),
        (f"{BRANDS}sources:", f"{BRANDS}sources:\n  - {B}\n"),
        (BRANDS, f"{BRANDS}sources:\n  - {B}\n"),
        (BRANDS.rstrip(), f"{BRANDS}sources:\n  - {B}\n"),
        (f"\ufeffsources:\r\n  - {A}\r\n" + BRANDS.replace("\n", "\r\n"),
         f"\ufeffsources:\r\n  - {A}\r\n  - {B}\r\n" + BRANDS.replace("\n", "\r\n")),
    ],
)  # fmt: skip
def test_a_line_goes_where_somebody_would_have_typed_it(desk, before, after):
    path = desk.folder / "ereputation.yaml"
    path.write_bytes(before.encode())
    ran = desk.run("sources", "add", "--unread", B)
    assert (ran.code, ran.out) == (0, f"added: {B}\n"), ran.err
    assert path.read_bytes().decode() == after
    assert desk.run("sources", "add", "--unread", B).out == f"read already: {B}\n"
    assert path.read_bytes().decode() == after


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (f"sources: [{A}]\n{BRANDS}", "between brackets"),
        (f"{{brands: [{{name: X}}], sources: [{A}]}}", "left margin"),
        (f"  brands: [{{name: X}}]\n  sources:\n  - {A}\n", "left margin"),
        (f"{BRANDS}\n...\n", "not be part of it"),
        (f"{BRANDS}---\n", ""),
        (f"exclude: &a x\n{BRANDS}sources:\n  - &s {A}\nnotify: *s\n", ""),
        (f"sources:\n  - {A}\r\n{BRANDS}", "end in different ways"),
    ],
)
def test_a_file_of_an_unusual_shape_stays_as_it_is(desk, before, why):
    path = desk.folder / "ereputation.yaml"
    path.write_bytes(before.encode())
    ran = desk.run("sources", "add", "--unread", B)
    assert ran.code == 2
    assert why in ran.err
    assert not why or f"  - {B}" in ran.err.splitlines()
    assert path.read_bytes().decode() == before
    assert [file.name for file in desk.folder.iterdir()] == ["ereputation.yaml"]


def test_what_is_no_feeds_address_changes_nothing(desk):
    path = desk.configure(A)
    before = path.read_text()
    ran = desk.run("sources", "add", "--unread", "nonsense")
    assert ran.code == 2
    assert str(path.name) in ran.err
    assert path.read_text() == before


def test_a_page_brings_its_feed_and_what_is_unreachable_is_left_out(desk, web):
    path = desk.configure(A)
    feed = web.serve("/news.xml", rss(item("x"), title="La Une"))
    web.serve("/comments.xml", rss(item("y"), title="Comments on La Une"))
    web.serve(
        "/",
        b"<html><link rel=alternate type=application/rss+xml href='/comments.xml'>"
        b"<link href='news.xml' type='application/rss+xml' rel='alternate'></html>",
    )
    ran = desk.run("sources", "add", web.url("/"), web.url("/gone"))
    assert ran.code == 3
    assert "404" in ran.err
    assert ran.out == f"added: {feed} (La Une)\n"
    assert [source.url for source in config.load(path, environ={}).sources] == [A, feed]
    assert desk.run("sources", "add", web.url("/gone")).code == 1
    assert desk.run("sources", "add", feed).out.startswith("read already")


def test_feeds_behind_a_page_are_listed(desk, web):
    web.serve("/feed/", rss(item("x", at=NOW), item("y"), title="Blog\x1b[31m"))
    ran = desk.run("sources", "discover", web.url("/about/us"), "--format", "json")
    assert ran.code == 1
    assert web.count("/feed/") == 0
    web.serve("/about/us", b"<html><title>Us</title><a href='file:///etc/passwd'>feed</a></html>")
    ran = desk.run("sources", "discover", web.url("/about/us"), "--format", "json")
    assert (ran.code, ran.json["schema"]) == (0, "ereputation/discover/1")
    (feed,) = ran.json["feeds"]
    assert (feed["url"], feed["documents"]) == (web.url("/feed/"), 2)
    assert feed["newest"] == "2026-03-10T12:00:00+00:00"
    plain = desk.run("sources", "discover", web.url("/about/us"))
    assert plain.out.startswith(f"{web.url('/feed/')} Blog")
    assert "\x1b" not in plain.out


def test_a_page_that_has_none_says_so(desk, web):
    web.serve(
        "/",
        b"<html><title>Shop</title><link rel=alternate type=application/rss+xml href='file:///etc/hosts'>",
    )
    ran = desk.run("sources", "discover", web.url("/"))
    assert ran.code == 1
    assert 'a web page ("Shop")' in ran.err
    assert "usual places" in ran.err
    assert len(web.requests) <= 8


def test_a_list_is_taken_over_once_and_given_back(desk):
    path = desk.configure({"name": "Vols", "url": A}, {"kind": "gdelt", "search": "X"},
                          {"kind": "google-news", "search": "Air France", "lang": "fr"},
                          "https://me:pw@s.example/f")  # fmt: skip
    given = '<opml><body><outline text="P"><outline text="vols" xmlUrl="%s"/><outline xmlUrl="%s"/></outline></body></opml>'
    (desk.folder / "in.opml").write_text(given % (B, A))
    ran = desk.run("sources", "opml", "in.opml")
    assert ran.out == f"added: {B}\nread already: {A}\n"
    assert [source.id for source in config.load(path, environ={}).sources][-1] == "b.example/feed"
    ran = desk.run("sources", "opml", "--export", "out.opml")
    assert (ran.code, ran.out) == (0, "")
    assert "gdelt" in ran.err
    assert "pw" not in ran.err
    held = opml.read((desk.folder / "out.opml").read_bytes(), name="out")
    assert [(entry.name, entry.url[:25]) for entry in held.entries] == [
        ("Vols", A), ("google-news: Air France (fr)", "https://news.google.com/r"), ("b.example/feed", B),
    ]  # fmt: skip
    again = desk.run("sources", "opml", "--export", "out.opml")
    assert again.code == 2
    assert desk.run("sources", "opml", "--export").out == (desk.folder / "out.opml").read_text()


def test_a_linked_file_stays_a_link_and_its_mode_stays(desk):
    (desk.folder / "dot").mkdir()
    real = desk.configure(A, database="../data.db").rename(desk.folder / "dot" / "real.yaml")
    real.chmod(0o640)
    (desk.folder / "ereputation.yaml").symlink_to(real)
    assert desk.run("sources", "add", "--unread", B).code == 0
    assert (desk.folder / "ereputation.yaml").is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    desk.run("sources", "add", "--unread", "https://me:pw@s.example/f")
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert len(config.load(real, environ={}).sources) == 3


def test_a_secret_of_the_environment_stays_a_reference(desk, monkeypatch):
    monkeypatch.setenv("TOKEN", "s3cret")
    path = desk.configure(A)
    ran = desk.run("sources", "add", "https://b.example/${TOKEN}")
    assert ran.code == 0
    assert "s3cret" not in ran.out + ran.err + path.read_text()
    assert config.load(path, environ=os.environ).sources[-1].url == "https://b.example/s3cret"


@given(
    st.lists(
        st.sampled_from(["# note", "", f"  - {A}", "  # note", "  - {kind: gdelt, search: x}"]), max_size=6
    ),
    st.sampled_from(["", "\n", "\n# end", "\nretention: 30d\n"]),
    st.text(max_size=20),
)
def test_whatever_stands_around_it_only_the_sources_change(tmp_path_factory, lines, tail, name):
    path = tmp_path_factory.getbasetemp() / "law.yaml"
    path.write_text(BRANDS + "sources:\n" + "\n".join(lines) + tail, encoding="utf-8")
    before = config.load(path, environ={})
    came = adding.add(before, [Entry(url=B, name=name), Entry(url=B)], environ={})
    after = config.load(path, environ={})
    assert len(came.added) == 1
    assert after.sources[:-1] == before.sources
    assert after.sources[-1].url == B
    assert (after.brands, after.retention, after.staffed) == (before.brands, before.retention, before.staffed)
