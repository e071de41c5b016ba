"""What a configuration says, where it is found, and what never leaves it."""

from __future__ import annotations

import json
import re
import traceback
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ereputation import config
from ereputation.config.faults import redact
from ereputation.errors import ConfigError
from ereputation.sources import AnySource
from ereputation.staffed import Staffed
from test_config_faults import BRAND, OK, faults

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "config.example.yaml"
SECRET = "s3same-0uvre-t0i"


def load(tmp_path, text, environ=None):
    path = tmp_path / "c.yaml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return config.load(path, environ=environ or {})


def test_the_example_works_as_it_is():
    example = config.load(EXAMPLE, environ={})
    assert [re.sub(".*yaml: ", "", warning) for warning in example.warnings] == [
        "contact is missing: sources that demand one refuse without; add `contact: you@example.org`"
    ]
    assert [brand.name for brand in example.brands] == ["Air France", "Orange"]
    assert len(example.sources) == len({source.name for source in example.sources}) == 7


def test_the_example_works_with_everything_in_it_switched_on(tmp_path):
    text = re.sub(
        r"^( *)# (?=(?:language|contact|timezone|country|notify|fetch|  - \{kind).*[:}])",
        r"\1",
        EXAMPLE.read_text("utf-8"),
        flags=re.MULTILINE,
    )
    (tmp_path / "secret").write_text("https://hooks.example/1\n")
    text = re.sub(r"/run/secrets/\w+", str(tmp_path / "secret"), text)
    full = load(tmp_path, text, {"SLACK_URL": "slack://a/b/c"})
    assert full.warnings == ()
    assert [channel.kind for channel in full.notify] == ["email", "apprise", "webhook"]
    assert (full.language, full.country, full.fetch.deadline) == ("fr", "FR", 30.0)


def test_the_smallest_configuration_has_sound_defaults(tmp_path):
    small = load(tmp_path, "brands: [{name: Air France}]")
    assert small.timezone == ZoneInfo("UTC")
    assert small.database_path == tmp_path / "ereputation.db"
    assert (small.response_time, small.retention, small.staffed, small.country) == (
        7200,
        365 * 86400,
        None,
        "",
    )
    assert (small.alerts.false_alarms, small.alerts.min_mentions) == (1.0, 5)
    assert str(small.brands[0].compiled()) == '"Air France"'
    assert [re.sub(".*yaml: ", "", warning).split(":")[0] for warning in small.warnings] == [
        "contact is missing",
        "sources is empty, so nothing will be read",
        "timezone is missing, so hours are in UTC",
    ]


@pytest.mark.parametrize(
    ("entry", "value", "expected"),
    [
        ("staffed: lun-ven 9h-18h", lambda c: c.staffed, Staffed.parse("Mon-Fri 09:00-18:00")),
        ("staffed: 24/7", lambda c: c.staffed.hours, ((0, 604800),)),
        ("response_time: 90m", lambda c: c.response_time, 5400.0),
        ("retention: 7d", lambda c: c.retention, 604800.0),
        ("database: /var/lib/e.db", lambda c: c.database_path, Path("/var/lib/e.db")),
        ("database: sub/e.db", lambda c: c.database_path.parts[-2:], ("sub", "e.db")),
        ("database: ~/e.db", lambda c: c.database_path, Path.home() / "e.db"),
        ("alerts: {false_alarms: 2/week}", lambda c: round(c.alerts.false_alarms, 3), 8.696),
        ("alerts: {false_alarms: 1/quarter}", lambda c: round(c.alerts.false_alarms, 3), 0.333),
        ("alerts: {false_alarms: 0.5/month}", lambda c: c.alerts.false_alarms, 0.5),
        ("alerts: {false_alarms: 1 par mois}", lambda c: c.alerts.false_alarms, 1.0),
        ("alerts: {country: be}", lambda c: c.country, "BE"),
        ("alerts: {country: none}", lambda c: c.country, ""),
        ("alerts:", lambda c: c.country, "FR"),
        ("fetch: {max_size: 500kB}", lambda c: c.limits().size, 500_000),
        ("fetch: {concurrency: 2, timeout: 5s, deadline: 1m}", lambda c: (c.limits().total, c.limits().read, c.limits().deadline), (2, 5.0, 60.0)),
        ("notify:", lambda c: c.notify, ()),
        ("playbook:\n#  - x", lambda c: c.playbook, ()),
        ("language: ~", lambda c: c.language, None),
        ("sentiment: {positive: [ponctuel, {impeccable: 3}], negative: {scandale: -4}, neutral: [crise]}",
         lambda c: (c.words().positive, c.words().negative, list(c.words().neutral)),
         ({"ponctuel": 2.0, "impeccable": 3.0}, {"scandale": -4.0}, ["crise"])),
        ("sentiment: {categories: {delays: [retard]}}", lambda c: c.words().categories, {"delays": ("retard",)}),
        ("sentiment: {positive: [{bien: '2,5'}]}", lambda c: c.words().positive, {"bien": 2.5}),
    ],
)  # fmt: skip
def test_a_value_means_what_was_typed(tmp_path, entry, value, expected):
    assert value(load(tmp_path, BRAND + entry)) == expected


def test_a_brand_is_found_by_keywords_or_query_and_never_by_what_is_excluded(tmp_path):
    text = (
        OK
        + "exclude: horoscope\nbrands: [{name: A, keywords: [Air France, AF447], query: avion, exclude: jouet}]"
    )
    assert (
        str(load(tmp_path, text).brands[0].compiled())
        == '("Air France" OR AF447 OR avion) -(jouet OR horoscope)'
    )
    alone = load(tmp_path, OK + "brands: [{name: A, query: avion}]").brands[0]
    assert str(alone.compiled()) == "avion"


def test_a_compiled_query_is_made_once(tmp_path):
    brand = load(tmp_path, BRAND).brands[0]
    assert brand.compiled() is brand.compiled()


def test_competitors_are_queries_and_words_belong_to_their_brand(tmp_path):
    first, second = load(
        tmp_path, OK + "brands: [{name: A, competitors: [KLM, Air Corsica], negative: [grève]}, {name: B}]"
    ).brands
    assert [str(rival) for rival in first.rivals()] == ["KLM", '"Air Corsica"']
    assert first.words().negative == {"grève": -2.0}
    assert second.words() is None


def test_sources_have_names_of_their_own(tmp_path):
    text = """\
brands: [{name: A}]
sources:
  - https://www.lemonde.fr/rss/une.xml
  - {url: "https://www.lemonde.fr/rss/une.xml", every: 2h}
  - {kind: feed, name: Mine, url: "https://a.example/rss"}
"""
    sources = load(tmp_path, text).sources
    assert [source.name for source in sources] == [
        "lemonde.fr/rss/une.xml",
        "lemonde.fr/rss/une.xml (2)",
        "Mine",
    ]
    assert [source.id for source in sources] == [source.name for source in sources]
    assert sources[1].every == 7200


def test_the_playbook_answers_for_the_alerts_it_names(tmp_path):
    plays = """
playbook:
  - {when: {kind: brand_silence}, do: Speak.}
  - {when: {brand: Air France, severity: warning}, do: Call.}
  - {do: Breathe.}
"""
    read = load(tmp_path, BRAND + plays)
    assert read.advice("brand_silence", "Air France", "critical") == "Speak.\nCall.\nBreathe."
    assert read.advice("volume_spike", "Air France", "info") == "Breathe."
    assert read.advice("volume_spike", "Orange", "critical") == "Breathe."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{name: A}", "{name: A, keywords: [b]}"),
        ("{name: A, keywords: [b]}", "{name: A, keywords: [b, c]}"),
        ("{name: A}", "{name: A, query: b}"),
        ("{name: A}", "{name: A, exclude: b}"),
        ("{name: A}", "{name: A, owned: [b.fr]}"),
        ("{name: A}", "{name: A, competitors: [b]}"),
        ("{name: A, negative: [b]}", "{name: A, negative: [{b: -3}]}"),
        ("{name: A}]\nexclude: b #", "{name: A}]\nexclude: c #"),
        ("{name: A}]\nsentiment: {neutral: [b]} #", "{name: A}]\n#"),
    ],
)
def test_a_fingerprint_changes_with_what_decides_mentions_and_sentiment(tmp_path, before, after):
    first, second = (load(tmp_path, f"{OK}brands: [{brand}]") for brand in (before, after))
    assert first.fingerprint(first.brands[0]) != second.fingerprint(second.brands[0])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{name: A, keywords: [b, c]}", "{keywords: [c, b], name: 'A'}"),
        ("{name: A}, {name: B}", "{name: A}"),
        ("{name: A}]\nresponse_time: 2h #", "{name: A}]\nresponse_time: 3h #"),
    ],
)
def test_a_fingerprint_does_not_change_with_anything_else(tmp_path, before, after):
    first, second = (load(tmp_path, f"{OK}brands: [{brand}]") for brand in (before, after))
    assert first.fingerprint(first.brands[0]) == second.fingerprint(second.brands[0])


def test_a_configuration_does_not_change(tmp_path):
    read = load(tmp_path, BRAND)
    with pytest.raises(ValidationError):
        read.language = "fr"


def test_query_cautions_are_warnings_at_their_place(tmp_path):
    read = load(tmp_path, f"{OK}brands:\n  - name: A\n    query: >-\n      avion OR\n      grève vol\n")
    assert len(read.warnings) == 1
    assert ":7:13: brands.0.query: " in read.warnings[0]


# --- secrets ---------------------------------------------------------------------------------------------------


def test_a_secret_comes_from_the_environment(tmp_path):
    read = load(
        tmp_path, BRAND + 'notify: [{kind: apprise, url: "${URL}/${PLACE}"}]\n', {"URL": SECRET, "PLACE": "x"}
    )
    assert read.notify[0].url.get_secret_value() == f"{SECRET}/x"
    assert SECRET not in repr(read)
    assert read.warnings == ()


def test_a_secret_comes_from_a_file_beside_the_configuration(tmp_path):
    (tmp_path / "hook").write_text(f"{SECRET}\n")
    read = load(tmp_path, BRAND + "notify: [{kind: apprise, url_file: hook}]\n")
    assert read.notify[0].url.get_secret_value() == SECRET


def test_a_dollar_is_written_twice_to_be_meant(tmp_path):
    read = load(tmp_path, BRAND + 'playbook: [{do: "Pay $${NAME} $5"}]\n')
    assert read.playbook[0].do == "Pay ${NAME} $5"


def test_what_the_environment_holds_is_not_yaml(tmp_path):
    read = load(tmp_path, BRAND + 'playbook: [{do: "${X}"}]\n', {"X": "a: [b] # ${HOME}"})
    assert read.playbook[0].do == "a: [b] # ${HOME}"


@pytest.mark.parametrize(
    ("entry", "environ", "fault"),
    [
        ('url: "${URL}"', {}, "5:31: notify.0.url: the environment variable URL is not set: set it where ereputation runs"),
        ('url: "${URL}"', {"URL": ""}, "5:31: notify.0.url: the environment variable URL is empty: set it where ereputation runs"),
        ('url: "${a b}"', {}, '5:31: notify.0.url: expected ${NAME}, a variable of the environment, not "${a b}"'),
        ('url: "${URL:-x}"', {}, '5:31: notify.0.url: expected ${NAME}, a variable of the environment, not "${URL:-x}"'),
        ("url_file: none", {}, "5:36: notify.0.url_file: no file at {folder}/none"),
        ("url_file: empty", {}, "5:36: notify.0.url_file: {folder}/empty is empty"),
        ("url_file: binary", {}, "5:36: notify.0.url_file: {folder}/binary cannot be read: not UTF-8 text"),
        ("url_file: .", {}, "5:36: notify.0.url_file: no file at {folder}"),
        ("url: https://h.example, tok_file: hook", {}, '5:50: notify.0.tok: unknown key "tok": known: kind, name, min_severity, brands, kinds, digest, quiet_hours, cooldown, escalate, url, secret, headers'),
        ("url: a, url_file: hook", {}, "5:44: notify.0.url_file: url is given as well: keep one of them"),
    ],
)  # fmt: skip
def test_a_missing_secret_is_named(tmp_path, entry, environ, fault):
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "hook").write_text(SECRET)
    told = faults(tmp_path, BRAND + f"notify: [{{kind: webhook, {entry}}}]\n", environ)
    assert told == [f"c.yaml:{fault.replace('{folder}', str(tmp_path))}"]


@pytest.mark.parametrize(
    "entry",
    [
        "contact: ${X}",
        "timezone2: ${X}",
        "language: ${X}",
        "response_time: ${X}",
        "database: postgresql://${X}",
        "exclude: '*${X}'",
        "exclude: 'foo:${X} (${X}'",
        "fetch: {timeout: '${X}', max_size: '${X}', concurrency: '${X}'}",
        "alerts: {false_alarms: '${X}', country: '${X}', min_mentions: '${X}'}",
        "notify: [{kind: '${X}'}, {kind: email, to: ['${X}']}, {kind: webhook, url: ['${X}']}, {kind: webhook, url: '${X}', x: '${X}'}]",
        "playbook: [{when: {kind: '${X}', brand: '${X}', severity: '${X}'}, do: '${X}'}]",
        "sentiment: {positive: [{a: '${X}'}], negative: '${X}', neutral: {a: '${X}'}}",
        "sources: [{kind: '${X}'}, {url: '${X}', every: '${X}', timezone: '${X}'}, '${X}']",
        "brands: [{name: '${X}', staffed: '${X}'}, {name: '${X}'}]",
    ],
)
@pytest.mark.parametrize(
    "secret", [SECRET, "q7Z", "https://user:pa55word@host.example/x", "two\nlines of it"]
)
def test_no_fault_repeats_what_came_from_the_environment(tmp_path, entry, secret):
    text = (
        "brands: [{name: A}]\n" * ("brands" not in entry)
        + "contact: a@b.fr\n" * ("contact" not in entry)
        + entry
    )
    path = tmp_path / "c.yaml"
    path.write_text(text)
    told = ""
    try:
        config.load(path, environ={"X": secret})
    except ConfigError as error:
        told = "".join(traceback.format_exception(error))
    assert not any(part in told for part in {secret, secret.split("\n")[-1], " ".join(secret.split())})


@pytest.mark.parametrize(
    "text",
    [
        f"notify: [{{kind: apprise, token: {SECRET}}}]",
        f"sources: [{{url: https://a.fr, headers: [{SECRET}]}}]",
        f"sources: [{{url: https://a.fr, headers: {SECRET}}}]",
        f"token: @{SECRET}",
        f"password: a: {SECRET}",
        f"contact: https://me:{SECRET}@",
        "contact: xoxb12345678901234567890abcdef",
    ],
)
def test_no_fault_repeats_what_looks_like_a_secret(tmp_path, text):
    told = "\n".join(
        faults(tmp_path, BRAND.replace("contact: veille@example.fr", "#").replace("sources", "#") + text)
    )
    assert SECRET not in told
    assert "xoxb1234" not in told


@given(st.from_regex(r"https://[a-z]{1,8}:[a-zA-Z0-9]{6,20}@[a-z]{1,8}\.fr/", fullmatch=True))
def test_credentials_of_urls_are_never_shown(url):
    assert url.split("@")[0].removeprefix("https://") not in redact(f"see {url} please")


def test_secrets_that_everybody_can_read_are_a_warning(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(BRAND + "notify: [{kind: webhook, url: https://hooks.example/1}]\n")
    path.chmod(0o644)
    (warning,) = config.load(path, environ={}).warnings
    assert warning.startswith(f"{path}: everybody on this machine can read the secrets in it: chmod 600 ")
    path.chmod(0o600)
    assert config.load(path, environ={}).warnings == ()


# --- where it is found -----------------------------------------------------------------------------------------


def test_the_file_is_looked_up_in_order(tmp_path):
    here, home = tmp_path / "here", tmp_path / "home"
    own = home / ".config" / "ereputation" / "ereputation.yaml"
    own.parent.mkdir(parents=True)
    here.mkdir()
    environ = {"HOME": str(home)}
    own.touch()
    assert config.find(None, environ, here) == own
    (here / "ereputation.yaml").touch()
    assert config.find(None, environ, here) == here / "ereputation.yaml"
    assert config.find(None, environ | {"EREPUTATION_CONFIG": "e.yaml"}, here) == here / "e.yaml"
    assert config.find(Path("x.yaml"), environ | {"EREPUTATION_CONFIG": "e.yaml"}, here) == Path("x.yaml")


def test_the_desktop_standard_is_followed(tmp_path):
    own = tmp_path / "xdg" / "ereputation" / "ereputation.yaml"
    own.parent.mkdir(parents=True)
    own.touch()
    assert config.find(None, {"XDG_CONFIG_HOME": str(tmp_path / "xdg"), "HOME": "/none"}, tmp_path) == own


def test_where_it_looked_is_said(tmp_path):
    (tmp_path / "ereputation.yml").touch()
    with pytest.raises(ConfigError) as caught:
        config.find(None, {"HOME": "/none", "XDG_CONFIG_HOME": "relative"}, tmp_path)
    assert caught.value.faults[0] == (
        f"no configuration found: looked for {tmp_path}/ereputation.yaml and /none/.config/ereputation/ereputation.yaml; "
        f"{tmp_path}/ereputation.yml exists: rename it to ereputation.yaml"
    )
    assert caught.value.faults[1] == (
        "run `ereputation init` to write one, or name a file with --config or $EREPUTATION_CONFIG"
    )


def test_a_file_that_cannot_be_read_says_why(tmp_path):
    with pytest.raises(ConfigError, match="no such file"):
        config.load(tmp_path / "none.yaml", environ={})
    with pytest.raises(ConfigError, match="this is a folder"):
        config.load(tmp_path, environ={})
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(ConfigError, match="cannot be read: too many levels"):
        config.load(tmp_path / "loop", environ={})
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(Path("a\0b"), environ={})


# --- for editors -----------------------------------------------------------------------------------------------


def test_the_schema_names_every_key_and_the_short_forms():
    schema = json.loads(json.dumps(config.json_schema()))
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["required"] == ["brands"]
    assert set(config.Config.model_fields) == set(schema["properties"])
    assert {"type": "string"} in schema["properties"]["sources"]["items"]["anyOf"]
    assert schema["$defs"]["Webhook"]["required"] == ["kind"]
    assert "_file" in next(iter(schema["$defs"]["Webhook"]["patternProperties"]))
    for name, key in schema["properties"].items():
        assert key["description"], name
    used = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    assert set(used) <= set(schema["properties"])
    assert all(set(brand) <= set(schema["$defs"]["Brand"]["properties"]) for brand in used["brands"])


def test_no_pattern_of_a_source_counts_a_class_of_all_unicode():
    patterns = {
        (kind.__name__, name): limit.pattern
        for kind in get_args(get_args(AnySource)[0])
        for name, field in kind.model_fields.items()
        for limit in field.metadata
        if getattr(limit, "pattern", None)
    }
    assert patterns
    assert [at for at, pattern in patterns.items() if re.search(r"\\[wd][^]{]*\]?\{", pattern)] == []
