"""Queries of other products, in our syntax."""

from __future__ import annotations

import pytest

from ereputation.errors import QueryError, UsageError
from ereputation.query import translate


@pytest.mark.parametrize(
    ("dialect", "theirs", "ours", "dropped"),
    [
        ("brandwatch", '"Air France" OR {AF}', '"Air France" OR {AF}', ()),
        ("brandwatch", "{AF} NEAR/2f vol*", "{AF} ONEAR/2 vol*", ()),
        ("brandwatch", '"vol retard"~5', '"vol retard"~5', ()),
        ("brandwatch", "language:fr vol <<< comment >>>", "lang:fr vol", ()),
        ("brandwatch", '(vol AND "Air France")~5', 'vol NEAR/5 "Air France"', ()),
        ("brandwatch", "(vol OR avion)~5", "vol OR avion", ("(...)~5",)),
        ("brandwatch", "hashtags:airfrance OR at_mentions:@airfrance", "#airfrance OR @airfrance", ()),
        ("brandwatch", "vol AND country:fr", "vol", ("country:fr",)),
        ("brandwatch", "vol AND rating:[3 TO 5]", "vol", ("rating:[3 TO 5]",)),
        ("brandwatch", "vol NOT (site:a.fr OR pageType:x)", "vol -site:a.fr", ("pageType:x",)),
        ("brandwatch", "title:(vol OR country:fr)", "title:vol", ("country:fr",)),
        ("brandwatch", "*line OR vol", "vol", ("*line",)),
        ("brandwatch", "vol NEAR/3 *line", "vol", ("*line",)),
        ("meltwater", '"air france" near/5 (grève or retard)', '"air france" NEAR/5 (grève OR retard)', ()),
        ("meltwater", "vol and not hôtel", "vol -hôtel", ()),
        ("meltwater", 'airline*^3 AND "Air France"^9', 'airline* "Air France"', ("^3", "^9")),
        ("meltwater", "title:vol OR ingress:vol", "title:vol", ("ingress:vol",)),
        ("talkwalker", '"Air France" AND NOT lang:en', '"Air France" -lang:en', ()),
        ("talkwalker", "vol AND sourcecountry:(fr OR be)", "vol", ("sourcecountry:(fr OR be)",)),
        ("talkwalker", "vol domainurl:lemonde.fr engagement:>10", "vol site:lemonde.fr", ("engagement:>10",)),
        ("talkwalker", "roam~1 SENTENCE vol", "roam NEAR/20 vol", ("~1", "SENTENCE")),
        ("talkwalker", "sourcecountry:fr", "", ("sourcecountry:fr",)),
        ("talkwalker", "sourcecountry:fr -vol", "", ("sourcecountry:fr",)),
    ],
)
def test_a_translation_keeps_what_it_can_and_names_the_rest(dialect, theirs, ours, dropped):
    translation = translate(theirs, dialect)
    assert (translation.query, translation.dropped) == (ours, dropped)


@pytest.mark.parametrize("text", ["vol (retard", 'vol "retard', "vol AND", ""])
def test_what_cannot_be_understood_is_an_error(text):
    with pytest.raises(QueryError):
        translate(text, "talkwalker")


def test_an_unknown_dialect_names_the_known_ones():
    with pytest.raises(UsageError, match="brandwatch, meltwater, talkwalker"):
        translate("vol", "google")
