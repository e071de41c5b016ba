"""The report as a page, as Markdown and as JSON: whole, accessible, asking nothing of anybody, and proof against vandals."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import zlib
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ereputation import export, page
from ereputation.errors import UsageError
from ereputation.figures import Author, Period, Share, Source, Stats, Totals
from ereputation.page import charts
from ereputation.text import link
from showcase import ARTICLE, FAILURE, MENTIONS, PARIS, REPORT, STATS, STEPS, at, report_of
from vandals import HOSTILE, UNSAFE, hostile_alert

VOID = {"meta", "link", "img", "br", "hr", "input", "rect", "path"}
STYLES = Path(page.__file__).parent / "templates" / "style.css"


class Parsed(HTMLParser):
    """A page as a list of elements, with the text below each heading and link."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.texts = [], [], {}
        self.unclosed = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.unclosed.append(tag)

    def handle_data(self, data):
        for tag in set(self.open):
            self.texts[tag] = self.texts.get(tag, "") + data

    def all(self, *tags):
        return [attributes for tag, attributes in self.elements if tag in tags]


def html(report=REPORT, **more):
    return page.page(report, zone=PARIS, **more)


@pytest.fixture(scope="module")
def parsed():
    return Parsed(html())


def check_harmless(text):
    """No script, no handler, no style but the one the policy lets in, nothing fetched, no address but of the web."""
    found = Parsed(text)
    assert found.unclosed == []
    assert found.open == []
    tags = {tag for tag, _ in found.elements}
    assert tags.isdisjoint(
        {"script", "iframe", "object", "embed", "link", "base", "form", "use", "image", "foreignobject"}
    )
    for tag, attributes in found.elements:
        assert not [
            name for name in attributes if name.startswith("on") or name in {"style", "srcset", "xlink:href"}
        ]
        if "href" in attributes:
            assert tag == "a"
            target = attributes["href"]
            assert target.startswith("#") or link(target) == target
            assert target.startswith("#") or "noopener" in attributes["rel"]
        if "src" in attributes:
            assert attributes["src"].startswith("data:image/")
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert "@import" not in style
    assert set(re.findall(r"url\((.*?)\)", style)) == {"#hatch"}
    (policy,) = [m["content"] for m in found.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not UNSAFE.search(text.replace("\n", ""))
    return found


def test_the_page_asks_for_nothing_and_runs_nothing():
    check_harmless(html())


def test_the_page_has_landmarks_a_language_and_headings_in_order(parsed):
    (root,) = parsed.all("html")
    assert root["lang"] == "en"
    for tag in ("header", "nav", "main", "footer", "h1"):
        assert len(parsed.all(tag)) == 1, tag
    levels = [int(tag[1]) for tag, _ in parsed.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [a["href"][1:] for a in parsed.all("a") if a["href"].startswith("#")]
    assert [name for name in named if name not in ids] == []
    labels = [a["aria-labelledby"] for _, a in parsed.elements if "aria-labelledby" in a]
    assert [name for name in labels if name not in ids] == []


def test_several_brands_have_headings_in_order_too():
    (part,) = REPORT.brands
    found = check_harmless(
        html(replace(REPORT, brands=(part, replace(part, stats=replace(STATS, brand="KLM")))))
    )
    levels = [int(tag[1]) for tag, _ in found.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(2) == 3
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_each_chart_has_a_table_behind_it_and_every_table_names_its_columns():
    text = html()
    figures = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    assert len(figures) == 2
    for figure in figures:
        assert figure.count('class="chart') == 2, "one for wide screens, one for phones"
        assert "<details" in figure
        assert "<table>" in figure
    for table in re.findall(r"<table.*?</table>", text, re.DOTALL):
        assert 'scope="col"' in table
        assert 'scope="row"' in table
    assert text.count('aria-hidden="true"') >= text.count("<svg")


def test_the_page_tells_what_the_report_holds():
    text = html()
    for said in (
        "12.7 times as many", "82% were about Air France", "86% of the mentions came outside staffed hours",
        "The busiest hour was Sun 13 Mar 14:00", "203 mentions in 3 hours", "Rising words", "Narita",
        "carried by 12 sites", "What we could not see", "In 6 hours of the period no source at all was read",
        "What was said then is unknown, not zero", "nobody looked",
    ):  # fmt: skip
        assert said in text, said
    assert html(report_of(title="Veille <du> lundi")).count("Veille &lt;du&gt; lundi") == 2


def test_a_source_that_failed_is_named():
    report = report_of(failures=(FAILURE,))
    said = "Le Quotidien: is read again after 10 hours: what was said there meanwhile may be missing."
    assert said in html(report)
    assert said in page.markdown(report, zone=PARIS)


def test_a_hyphen_is_no_minus():
    voice = (replace(STATS.voice[0], brand="Mercedes-Benz"), STATS.voice[1])
    text = html(report_of(replace(STATS, brand="Mercedes-Benz", voice=voice)))
    assert "were about Mercedes-Benz" in text
    assert "net sentiment \N{MINUS SIGN}40 on a scale of \N{MINUS SIGN}100 to +100" in text


def test_a_person_who_dealt_with_a_complaint_takes_it_off_the_list():
    (part,) = REPORT.brands
    assert [w.mention.id for w in part.open] == [7]
    assert (part.waiting, part.clock.dealt_with) == (1, 1)
    assert "1 without a known answer is marked as dealt with" in html()


EMPTY = Stats(
    brand="Air France",
    period=Period(since=at(10, 0), until=at(11, 0)),
    width="hour",
    now=Totals(hours=24, exposure=1.0),
    before=Totals(hours=24, exposure=1.0),
    voice=(Share(brand="Air France", stories=0, copies=0, of_stories=0, of_copies=0),),
)
UNSEEN = replace(EMPTY, now=Totals(hours=24, blind=24), before=Totals(hours=24, blind=24))
ONE = replace(
    EMPTY, now=Totals(hours=24, stories=1, copies=1, exposure=1.0), steps=(replace(STEPS[0], stories=1),)
)


@pytest.mark.parametrize(
    ("stats", "says"),
    [
        (EMPTY, "0 stories: none in the 24 hours before"),
        (UNSEEN, "Nobody looked at any of this time: nothing is known of it."),
        (ONE, "1 story: none in the 24 hours before"),
    ],
)
def test_nothing_is_invented_where_there_is_nothing(stats, says):
    report = report_of(stats, alerts=(), terms=())
    (part,) = report.brands
    bare = replace(report, brands=(replace(part, stories=(), trend=stats.steps, off_hours=None),), sources=())
    text = html(bare)
    check_harmless(text)
    assert says in text
    assert "Nothing out of the ordinary was told." in text
    assert says.partition(":")[0] in page.markdown(bare, zone=PARIS)
    assert "nan" not in text.lower().replace("finance", "")


def vandalised(text):
    document = replace(
        ARTICLE, title=text, text=text, url=text, source=text, site=text, author_name=text, author_handle=text
    )
    mentions = tuple(replace(mention, document=document) for mention in MENTIONS)
    stats = replace(
        STATS,
        brand=text,
        voice=(
            Share(brand=text, stories=1, copies=1, of_stories=0.5, of_copies=0.5),
            Share(brand=f"{text}2", stories=1, copies=1, of_stories=0.5, of_copies=0.5),
        ),
        sources=(Source(name=text, kind="feed", copies=1, stories=1, negative=1),),
        sites=(Source(name=text, copies=1, stories=1),),
        authors=(Author(name=text, handle=text, site=text, mentions=1, negative=0),),
        terms=(text,),
    )
    return report_of(stats, mentions=mentions, alerts=(hostile_alert(text),), title=text)


CLASSICS = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "'; } </style><script>", "{{ 7*7 }}{% x %}",
    "</title></head><body onload=x>", "\u202egpj.exe", "\ud800 lone", "<!--", "]]>", "data:text/html,x", 'https://a.example/"onclick=x',
    "](javascript:alert(1)) `x` | y", "https://a.example/`|](javascript:x)`", "\\", '"; content: url(https://evil.example)', "&lt;b&gt;", "= 1 + 1", "# x\n- y", "x" * 5000,
]  # fmt: skip


def check_markdown(text):
    assert not UNSAFE.search(text.replace("\n", ""))
    assert not re.search(r"(?<!\\)<(?!https?://)", text)
    for target in re.findall(r"(?<!\\)\]\(<?(.*?)>?\)", text):
        assert target.startswith(("http://", "https://"))


@pytest.mark.parametrize("text", CLASSICS)
def test_vandals_drive_nothing(text):
    report = vandalised(text)
    check_harmless(html(report))
    check_markdown(page.markdown(report, zone=PARIS))
    assert json.loads(export.dump(page.report_record(report)))["schema"] == "ereputation/report/1"


@settings(max_examples=6, deadline=None)
@given(HOSTILE | st.text(max_size=40))
def test_nobody_drives_anything(text):
    report = vandalised(text)
    check_harmless(html(report))
    check_markdown(page.markdown(report, zone=PARIS))
    json.loads(export.dump(page.report_record(report)))


def test_json_says_it_all():
    record = page.report_record(REPORT, PARIS)
    assert list(record) == ["schema", "title", "made", "period", "brands", "coverage"]
    (brand,) = record["brands"]
    assert list(brand) == [
        "brand", "stats", "trend", "heat", "off_hours_share", "stories", "alerts", "response", "dealt_with",
    ]  # fmt: skip
    assert [alert["number"] for alert in brand["alerts"]] == [1, 2, 3]
    assert len(brand["heat"]) == 168
    assert record["coverage"]["sources"][0]["seen"] == 0.94
    assert record["coverage"]["blind"] == [
        {"since": "2011-03-12T09:00:00+01:00", "until": "2011-03-12T15:00:00+01:00"}
    ]


def test_markdown_says_the_same():
    text = page.markdown(REPORT, zone=PARIS)
    assert text.startswith("# Air France\n")
    for said in (
        "12.7 times as many",
        "82% were about",
        "| Twitter | 1,400 | 58% |",
        "What we could not see",
        "p = 3e-14",
    ):
        assert said in text
    assert f"(<{ARTICLE.url}>)" in text


STEP = st.builds(
    lambda base, n, high, blind: replace(
        base, stories=n, negative=n // 2, positive=n // 3, high=high, low=0.0 if high else None,
        expected=high / 2 if high else None, exposure=0.0 if blind else 1.0,
    ),
    st.sampled_from(STEPS), st.integers(0, 10**6), st.none() | st.floats(0.1, 10**6), st.booleans(),
)  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=40), st.integers(0, 3))
def test_any_counts_can_be_drawn(steps, episodes):
    (part,) = REPORT.brands
    drawn = [*charts.volume(steps, part.told[:episodes], REPORT.period, PARIS), *charts.trend(steps, PARIS)]
    for svg in drawn:
        found = Parsed(svg)
        assert (found.open, found.unclosed) == ([], [])
        numbers = [float(n) for a in found.all("path") for n in re.findall(r"-?[\d.]+", a["d"])]
        assert all(-60 <= n <= 1100 for n in numbers)
    bars = [a for s in drawn[:1] for a in re.findall(r"<title>", s)]
    assert len(bars) == sum(bool(step.stories) and not step.blind for step in steps)


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark", "print"])
def test_texts_can_be_read_by_weak_eyes(theme):
    block = re.findall(r":root \{(.*?)\}", STYLES.read_text(encoding="utf-8"), re.DOTALL)[theme]
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", block))
    for ink, paper in [
        ("ink", "paper"), ("soft", "paper"), ("accent", "paper"), ("bad", "paper"), ("bad", "bad-pale"), ("ink", "accent-pale"),
        ("ink", "tint"), ("soft", "h0"), *[("h-dark", f"h{n}") for n in range(4)], ("h-light", "h4"), ("h-light", "h5"),
    ]:  # fmt: skip
        assert contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)
    for shape in ("accent-mid", "bad", "grey"):
        assert contrast(colours[shape], colours["paper"]) >= 3, shape


@pytest.mark.parametrize(
    ("payload", "kind"), [(b"\x89PNG\r\n\x1a\n0", "png"), (b"\xff\xd8\xff0", "jpeg"), (b"GIF89a", "gif")]
)
def test_a_logo_travels_inside_the_page(payload, kind):
    uri = page.logo_uri(payload)
    assert uri.startswith(f"data:image/{kind};base64,")
    check_harmless(html(logo=uri))
    assert uri in html(logo=uri)


@pytest.mark.parametrize("payload", [b"<svg onload=alert(1)>", b"", b"\x89PNG\r\n\x1a\n" + b"0" * 1_000_001])
def test_what_is_no_picture_is_no_logo(payload):
    with pytest.raises(UsageError, match="--logo"):
        page.logo_uri(payload)


BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--enable-logging=stderr", "--window-size=1280,2000",
]  # fmt: skip


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine to look at the page with")
def test_a_real_browser_shows_and_prints_the_page_without_a_complaint(tmp_path):
    file = tmp_path / "report.html"
    file.write_text(html(), encoding="utf-8")
    both = ("--screenshot=page.png", "--print-to-pdf=page.pdf")
    ran = subprocess.run(
        [BROWSER, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", *both, file.as_uri()],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "CONSOLE" not in ran.stderr, ran.stderr
    picture = (tmp_path / "page.png").read_bytes()
    chunks = re.findall(rb"(....)IDAT", picture, re.DOTALL)
    start, pixels = 0, b""
    for size in chunks:
        start = picture.index(size + b"IDAT", start) + 8
        pixels += picture[start : start + int.from_bytes(size)]
    assert len(set(zlib.decompress(pixels))) > 50, "many colours: it is not blank"
    pdf = (tmp_path / "page.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 3
