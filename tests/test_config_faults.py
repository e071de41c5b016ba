"""Every fault of a configuration, with its place and what to write instead."""

from __future__ import annotations

import pytest

from ereputation import config
from ereputation.errors import ConfigError

OK = "timezone: Europe/Paris\ncontact: veille@example.fr\nsources: [https://a.example/rss]\n"  # lines 1 to 3
BRAND = OK + "brands: [{name: Air France}]\n"  # lines 1 to 4


def faults(tmp_path, text, environ=None):
    """The faults of a file with this text, as lines without the name of its folder."""
    path = tmp_path / "c.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        config.load(path, environ=environ or {})
    return [fault.replace(str(path), "c.yaml") for fault in caught.value.faults]


# A line of the table: what stands after BRAND (so it begins at line 5), and the one fault it has.
ENTRIES = [
    ("languge: fr", '5:1: languge: unknown key "languge": did you mean language?'),
    ("min_mentions: 3", '5:1: min_mentions: unknown key "min_mentions": it belongs under alerts'),
    ("language: de", '5:11: language: expected fr or en, not "de"'),
    ("database: postgresql+psycopg://u:pw@h/d", "5:11: database: expected the path of a file, such as ereputation.db, or postgresql://user@host/name"),
    ("database: mysql://u:pw@h/d", "5:11: database: expected the path of a file, such as ereputation.db, or postgresql://user@host/name"),
    ("database:", "5:10: database: expected text, found nothing"),
    ("staffed: lun-ven", '5:10: staffed: expected hours such as "Mon-Fri 09:00-18:00, Sat 10:00-12:30" or 24/7, not "lun-ven"'),
    ("staffed: [a]", "5:10: staffed: expected hours such as Mon-Fri 09:00-18:00 or 24/7"),
    ("response_time: often", '5:16: response_time: expected a duration such as 15m, 6h or 7d, not "often"'),
    ("retention: 2h", "5:12: retention: expected at least 1d"),
    ("fetch: {timeout: 6m}", "5:18: fetch.timeout: expected at most 5m"),
    ("fetch: {max_size: big}", '5:19: fetch.max_size: expected a size such as 500kB or 10MB, at most 1GB, not "big"'),
    ("fetch: {concurrency: 0}", '5:22: fetch.concurrency: expected at least 1, not "0"'),
    ("fetch: {concurrency: 2.5}", '5:22: fetch.concurrency: expected a whole number, not "2.5"'),
    ("fetch: fast", '5:8: fetch: expected keys with values, one a line, not "fast"'),
    ("alerts: {false_alarms: beaucoup}", '5:24: alerts.false_alarms: expected a budget such as 1/month, 2/week or 0.5/month, not "beaucoup"'),
    ("alerts: {false_alarms: 0/month}", '5:24: alerts.false_alarms: expected a budget such as 1/month, 2/week or 0.5/month, not "0/month"'),
    ("alerts: {country: France}", '5:19: alerts.country: expected a country such as FR or GB, or none, not "France"'),
    ("alerts: {min_mentions: x}", '5:24: alerts.min_mentions: expected a whole number, not "x"'),
    ("sentiment: {positive: ponctuel}", "5:23: sentiment.positive: expected a list of words, such as [ponctuel, {impeccable: 3}]"),
    ("sentiment: {negative: [{bad: 3}]}", "5:30: sentiment.negative.0.bad: the sign contradicts its list: under negative write -3, or move it to positive"),
    ("sentiment: {positive: {good: -2}}", "5:30: sentiment.positive.good: the sign contradicts its list: under positive write 2, or move it to negative"),
    ("sentiment: {positive: [{good: 0}]}", '5:31: sentiment.positive.0.good: expected a weight between 0.1 and 5, not "0"'),
    ("sentiment: {negative: [{bad: -6}]}", '5:30: sentiment.negative.0.bad: expected a weight between -0.1 and -5, not "-6"'),
    ("sentiment: {negative: [{bad: nan}]}", '5:30: sentiment.negative.0.bad: expected a weight between -0.1 and -5, not "nan"'),
    ("sentiment: {neutral: [{crise: 1}]}", '5:31: sentiment.neutral.0.crise: a neutral word has no weight: write "crise" alone'),
    ("sentiment: {negative: [grève, Greve]}", '5:31: sentiment.negative.1: "Greve" is already under negative: keep one of them'),
    ("sentiment: {positive: [grève], negative: [{GREVE: -1}]}", '5:51: sentiment.negative.0.GREVE: "GREVE" is already under positive: keep one of them'),
    ("sentiment: {categories: {delays: retard}}", '5:34: sentiment.categories.delays: expected a list: write ["retard"]'),
    ("notify: [{kind: email}]", "5:10: notify.0: to is missing: add `to: ...`"),
    ("notify: [{kind: email, to: [moi]}]", '5:29: notify.0.to.0: expected an e-mail address, not "moi"'),
    ("notify: [{kind: e-mail, to: [a@b.fr]}]", '5:17: notify.0.kind: unknown kind "e-mail": did you mean email?; known: apprise, email, webhook'),
    ("notify: [{to: [a@b.fr]}]", "5:10: notify.0: expected `kind: email, apprise or webhook`"),
    ("notify: [{kind: webhook, url: https://h.example, too: 1}]", '5:50: notify.0.too: unknown key "too": known: kind, name, min_severity, brands, kinds, digest, quiet_hours, cooldown, escalate, url, secret, headers'),
    ("playbook: [{do: ''}]", "5:17: playbook.0.do: expected text, found nothing"),
    ("playbook: [{when: {kind: silence}, do: x}]", '5:26: playbook.0.when.kind: expected volume_spike, negative_spike, brand_silence or source_failure, not "silence": did you mean brand_silence?'),
    ("playbook: [{when: {brand: Air Frnace}, do: x}]", '5:27: playbook.0.when.brand: no brand is called "Air Frnace": did you mean Air France?'),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "fault"), ENTRIES, ids=[entry for entry, _ in ENTRIES])
def test_a_wrong_entry_is_told_with_its_place(tmp_path, entry, fault):
    assert faults(tmp_path, BRAND + entry) == [f"c.yaml:{fault}"]


# What stands for the sources (line 3, from column 11), and the one fault it has.
SOURCES = [
    ("[{kind: mastodn, server: x}]", '3:18: sources.0.kind: unknown kind "mastodn"'),
    ("[{kind: feeed, url: https://a.fr}]", '3:18: sources.0.kind: unknown kind "feeed": did you mean feed?'),
    ("[{name: x}]", "3:11: sources.0: expected `kind: feed"),
    ("[{kind: feed}]", "3:11: sources.0: url is missing: add `url: ...`"),
    ("[{url: https://a.fr/b, evry: 3m}]", '3:33: sources.0.evry: unknown key "evry": did you mean every?'),
    ("[{url: https://a.fr/b, every: often}]", '3:40: sources.0.every: expected a duration such as 15m, 6h or 7d, not "often"'),
    ("[[a]]", "3:11: sources.0: expected keys with values, one a line, found a list"),
    ("https://a.fr/rss", '3:10: sources: expected a list: write ["https://a.fr/rss"]'),
    ("[{name: A, url: https://a.fr}, {name: a, url: https://b.fr}]", '3:48: sources.1.name: "a" is already the name of sources.0'),
]  # fmt: skip


@pytest.mark.parametrize(("sources", "fault"), SOURCES, ids=[entry for entry, _ in SOURCES])
def test_a_wrong_source_is_told_with_its_place(tmp_path, sources, fault):
    text = f"timezone: Europe/Paris\ncontact: a@b.fr\nsources: {sources}\nbrands: [{{name: Air France}}]\n"
    (told,) = faults(tmp_path, text)
    assert told.startswith(f"c.yaml:{fault}")


# What stands for the brands (line 4, from column 9).
BRANDS = [
    ("", "4:8: brands: expected at least one, found none"),
    ("[]", "4:9: brands: expected at least one, found none"),
    ("Air France", '4:9: brands: expected a list: write ["Air France"]'),
    ("{name: Air France}", "4:9: brands: expected a list: each line starts with a dash"),
    ("[Air France]", '4:10: brands.0: expected keys with values, one a line, not "Air France"'),
    ("[{keywords: [a]}]", "4:10: brands.0: name is missing: add `name: ...`"),
    ("[{name: Orange}, {name: orange}]", '4:33: brands.1.name: "orange" is already the name of brands.0'),
    ("[{name: Orange, keyword: [a]}]", '4:25: brands.0.keyword: unknown key "keyword": did you mean keywords?'),
    ("[{name: Orange, keywords: AF}]", '4:35: brands.0.keywords: expected a list: write ["AF"]'),
    ("[{name: Orange, keywords: [{AF}]}]", '4:36: brands.0.keywords.0: expected text: put quotes around "{AF}"'),
    ("[{name: Orange, keywords: [air france: grève]}]", '4:36: brands.0.keywords.0: expected text: put quotes around "air france: grève"'),
    ("[{name: Orange, keywords: [[a]]}]", "4:36: brands.0.keywords.0: expected text, found a list"),
    ("[{name: Orange, keywords: [~]}]", "4:36: brands.0.keywords.0: expected text, found nothing"),
    ("[{name: Orange, keywords: [Orange, ORANGE]}]", '4:44: brands.0.keywords.1: "ORANGE" is already in this list, as number 1: keep one'),
    ("[{name: Orange, owned: ['']}]", "4:33: brands.0.owned.0: expected text, found nothing"),
    ("[{name: ~}]", "4:17: brands.0.name: expected text, found nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("brands", "fault"), BRANDS, ids=[entry for entry, _ in BRANDS])
def test_a_wrong_brand_is_told_with_its_place(tmp_path, brands, fault):
    assert faults(tmp_path, f"{OK}brands: {brands}\n") == [f"c.yaml:{fault}"]


# How a query with an unclosed parenthesis may be typed after `query:` (line 6), and where that parenthesis is.
QUERIES = [
    ("a (b", "6:14"),
    ('"a (b"', "6:15"),
    ("'it''s (b'", "6:19"),
    (r'"\"x\" \u00e9t\xe9 (b"', "6:31"),
    ("air\n      france (b", "7:14"),
    ('"a\n      c (b"', "7:9"),
    ('"a\\\n      c (b"', "7:9"),
    (">-\n      aaa\n      bbb (b\n", "8:11"),
    (">-  # a comment\n      aaa\n        more (b\n", "8:14"),
    (">2-\n        aaa (b\n", "7:13"),
    ("|\n      aaa\n\n      bbb (b\n", "9:11"),
    ("&anchor >-\n      aaa (b\n", "7:11"),
    ("aé𝄞 (b", "6:16"),
]


@pytest.mark.parametrize(("query", "place"), QUERIES)
def test_a_bad_query_is_told_where_it_was_typed(tmp_path, query, place):
    (told,) = faults(tmp_path, f"{OK}brands:\n  - name: x\n    query: {query}")
    assert told.startswith(f"c.yaml:{place}: brands.0.query: ")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (OK + "brands: [{name: x, keywords: [ok, 'x \"y']}]", "4:38: brands.0.keywords.1: "),
        (OK + "brands: [{name: x, exclude: 'x (y'}]", "4:32: brands.0.exclude: "),
        (OK + "brands: [{name: x, competitors: ['x \"y']}]", "4:37: brands.0.competitors.0: "),
        (OK + "brands: [{name: 'x \"y'}]", "4:20: brands.0.name: "),
        (BRAND + "exclude: 'x (y'", "5:13: exclude: "),
        (BRAND + 'exclude: ""', "5:11: exclude: "),
    ],
)
def test_every_text_of_the_query_language_is_read(tmp_path, text, place):
    (told,) = faults(tmp_path, text)
    assert told.startswith(f"c.yaml:{place}")


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path):
    text = """\
timezone: Europe/Pariss
contact: moi
brands:
  - name: Orange
    query: #Orange
    positive: [{bien: 9}]
    positive: [bon]
sources: [{kind: feed, evry: 3m}]
"""
    assert faults(tmp_path, text) == [
        'c.yaml:1:11: timezone: expected a time zone such as Europe/Paris, not "Europe/Pariss": did you mean Europe/Paris?',
        'c.yaml:2:10: contact: expected an e-mail address or the URL of a page, not "moi"',
        'c.yaml:5:11: brands.0.query: YAML read "#Orange" as a comment: write query: "#Orange"',
        'c.yaml:6:23: brands.0.positive.0.bien: expected a weight between 0.1 and 5, not "9"',
        "c.yaml:7:5: brands.0.positive: this key is already given at line 6: keep one of them",
        "c.yaml:8:11: sources.0: url is missing: add `url: ...`",
        'c.yaml:8:24: sources.0.evry: unknown key "evry": did you mean every?',
    ]


def test_a_flood_of_faults_is_cut(tmp_path):
    told = faults(tmp_path, BRAND + "".join(f"k{n}: v\n" for n in range(150)))
    assert len(told) == 101
    assert told[-1] == "c.yaml: and 50 more faults"


def test_control_characters_of_the_file_do_not_reach_the_screen(tmp_path):
    (told,) = faults(tmp_path, BRAND + '"\\e[2Jpwned\\u202e": x\n')
    assert told.isprintable()


@pytest.mark.parametrize("city", ["Paris", "paris", "New York"])
def test_a_city_is_told_its_time_zone(tmp_path, city):
    (told,) = faults(tmp_path, f"contact: a@b.fr\nbrands: [{{name: A}}]\nsources: []\ntimezone: {city}\n")[:1]
    zone = {"paris": "Europe/Paris", "new york": "America/New_York"}[city.lower()]
    assert told.endswith(f'not "{city}": did you mean {zone}?')
