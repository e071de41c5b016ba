"""What a message says, and that it stays a message whatever the network says."""

import json
from dataclasses import replace
from datetime import UTC
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ereputation.model import Example
from ereputation.notify import Email
from ereputation.telling import composing
from ereputation.telling.html import page
from ereputation.text import link
from showcase import NEGATIVE, SPIKE
from switchboard import NOON


def message(*alerts, **keys):
    return composing.message(alerts, route="email", now=NOON, zone=UTC, **keys)


def test_a_message_holds_the_numbers_the_posts_the_coverage_and_the_advice():
    told = message(replace(SPIKE, id="a7"))
    assert told.subject.startswith(
        "[CRITICAL] Air France: Volume spike, 203 mentions in 3 hours, 13.6 expected"
    )
    for part in ("203 mentions", "13.6 expected", "1 in a trillion", "37 questions", "everything that was due was read", "billets à 4 000 euros", "Read the first posts", "alerts explain a7"):  # fmt: skip
        assert part in told.text
        assert part in told.html
    assert 'href="https://www.example.fr/economie/' in told.html


@pytest.mark.parametrize("odd", [float("inf"), float("nan"), -1.0, 0.0, 1e300])
def test_odd_figures_spoil_no_message(odd):
    for field in ("observed", "expected", "high", "p_value"):
        told = message(replace(SPIKE, id="a1", **{field: odd}))
        assert Markup(told.html).tags
        json.dumps(told.payload, allow_nan=False)


def test_the_worst_comes_first_and_many_are_cut():
    alerts = [replace(NEGATIVE, id=f"a{n}", severity="info") for n in range(1, 300)]
    told = message(*alerts, replace(SPIKE, id="a300"))
    assert told.subject.startswith("[CRITICAL] Air France")
    assert told.subject.endswith("(+299 more)")
    assert len(told.html) < 102_000  # where Gmail cuts
    assert "and 185 more" in told.text


class Markup(HTMLParser):
    """The tags of a page, which have to be closed in order, and where it links to."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.links, self.open = set(), [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name in {"href", "src"}]
        assert not any(name.startswith("on") for name, _ in attributes)
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(), st.sampled_from("\r\n\0\x1b\u202e\u2028<>\"'&[]=\ud800\u200b"), st.sampled_from("ab :/")
    ),
    max_size=60,
) | st.sampled_from(
    ["</td><script>alert(1)</script>", "\r\nBcc: a@b.fr", "javascript:alert(1)", '"><img src=x onerror=alert(1)>', "x" * 10_000, "\n\n.\n"]
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.tuples(*[HOSTILE] * 6))
def test_whatever_the_network_says_a_message_stays_a_message(hostile):
    title, url, source, advice, brand, term = hostile
    example = Example(title=title, url=url, source=source, published=NOON)
    alert = replace(SPIKE, id="a1", brand=brand, examples=(example,), advice=advice, rising_terms=(term,))
    told = message(alert)
    assert "\r" not in told.subject
    assert "\n" not in told.subject
    assert len(told.subject) <= 150
    assert Markup(told.html).tags <= {"html", "head", "meta", "title", "body", "table", "tr", "td", "p", "span", "strong", "ul", "li", "br", "a"}  # fmt: skip
    assert all(address.lower().startswith(("http://", "https://")) for address in Markup(told.html).links)
    assert "\x1b" not in told.text + told.html + told.brief
    for text in (told.subject, told.text, told.html, told.brief):
        text.encode()  # no lone surrogates
    json.dumps(told.payload, allow_nan=False)
    raw = Email(to=("a@b.fr",)).compose(told).as_bytes()
    head = raw.partition(b"\r\n\r\n")[0].decode()
    assert "\nBcc" not in head
    assert max(map(len, raw.splitlines())) < 998


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.fr/x?y=1&z=2", True),
        ("HTTP://A.FR", True),
        ("javascript:alert(1)", False),
        (" https://a.fr", False),
        ("https://a.fr/\u202ex", False),
        ("https://a.fr/a b", False),
        ("data:text/html,x", False),
        ("//a.fr", False),
        ("https://" + "a" * 3000, False),
        ("", False),
    ],
)
def test_only_web_addresses_become_links(url, kept):
    assert (link(url) == url and bool(url)) is kept


def test_a_page_without_alerts_is_a_page():
    assert "<li" in page((), subject="s", rest=["email: <b>"], foot="f")
    assert "<b>" not in page((), subject="s", rest=["email: <b>"])
