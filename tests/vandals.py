"""Text as vandals write it: escapes, bidi, markup, floods of marks and joiners, wide and broken characters."""

import re

from hypothesis import strategies as st

from ereputation.model import Alert, Document, Example, Match, Mention, Sentiment, Word
from showcase import SPIKE, at

PIECES = st.sampled_from(
    [
        "\x1b[31m", "\x1b]8;;http://evil\x07", "\x9b2J", "\r", "\n", "\t", "\x00", "\x08", "\u202e", "\u2066", "\u200f",
        "[/red]", "[bold]", "[link=x]", ":smile:", "=cmd|'/c calc'!A0", "＝1+1", "@x", "-1", '"', "'", ";=1", "\\", "\ud800",
        "\udc00", "a" + "\u0301" * 50, "\u200d" * 40, "\u200b" * 40, "👨\u200d👩\u200d👧", "🇫🇷", "東京", "\u3164", "\u2028",
        "x" * 90, "word ", " ", "grève", "\ufeff", "\U000e0041", "\u0e47" * 20, "</script>", "</style>",
        "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<svg/onload=alert(1)>", "javascript:alert(1)", "<!--", "]]>",
        "' onfocus='x", "{{7*7}}{%x%}", "|`](javascript:x)", "&#27;[31m&lt;b&gt;", "\x7f", "\x85", "﷽",
    ]
)  # fmt: skip
HOSTILE = st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join)
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


@st.composite
def hits(draw):
    title, text = draw(HOSTILE), draw(HOSTILE)
    document = Document(
        source=draw(HOSTILE),
        guid="1",
        url=draw(HOSTILE),
        title=title,
        text=text,
        author_name=draw(HOSTILE),
        author_handle=draw(HOSTILE),
        lang=draw(HOSTILE),
        published=at(13, 1),
        first_seen=at(13, 1),
    )
    length = len(document.content)
    cuts = sorted(draw(st.lists(st.integers(0, length), max_size=6)))
    spans = tuple((a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if a < b)
    weighed = tuple(
        Word(text=document.content[a:b], start=a, end=b, weight=-2.0, rule=draw(HOSTILE)) for a, b in spans
    )
    tone = Sentiment(label="negative", score=-0.5, words=weighed, clause=(0, length))
    match = Match(brand=draw(HOSTILE), spans=spans, sentiment=tone)
    return document, (Mention(id=1, document=document, match=match, story=1, note=draw(HOSTILE)),), ()


def hostile_alert(text):
    example = Example(title=text, url=text, source=text, published=at(13, 1))
    fields = {name: getattr(SPIKE, name) for name in Alert.__slots__}
    return Alert(
        **fields
        | {
            "id": text,
            "brand": text,
            "advice": text,
            "rising_terms": (text,),
            "examples": (example,),
            "categories": ((text, 1.0),),
        }
    )
