import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereputation.figures import median, net_sentiment, percentile, rising_terms, share_of_voice, terms
from ereputation.text import fold


@given(st.dictionaries(st.text(), st.integers(0, 10**9), min_size=1))
def test_share_of_voice_adds_to_one_or_nobody_is_mentioned(counts):
    shares = share_of_voice(counts)
    assert sum(shares.values()) == pytest.approx(1 if any(counts.values()) else 0)
    assert shares.keys() == counts.keys()


@pytest.mark.parametrize(
    ("positive", "negative", "total", "net"), [(3, 1, 10, 0.2), (0, 4, 4, -1), (0, 0, 0, 0)]
)
def test_net_sentiment_is_the_balance_of_all_mentions(positive, negative, total, net):
    assert net_sentiment(positive, negative, total) == pytest.approx(net)


@pytest.mark.parametrize(
    ("values", "share", "value"), [([], 0.5, None), ([7], 0.9, 7), ([3, 1, 2], 0.5, 2), ([1, 2], 0.5, 1.5)]
)
def test_percentiles_are_interpolated(values, share, value):
    assert percentile(values, share) == value


def test_a_median_is_the_middle():
    assert median([5, 1, 9]) == 5


def test_words_that_mark_the_crisis_rise_and_usual_ones_do_not():
    usual = [
        "Bon vol avec Air France vers Nice",
        "Air France ouvre une ligne vers Oslo",
        "Vol agréable, merci",
    ] * 20
    crisis = [
        "Tremblement de terre au Japon : les tarifs d'Air France explosent",
        "Tarifs scandaleux depuis Tokyo",
    ] * 8
    rising = rising_terms(crisis, usual, drop=["Air France"])
    folded = [term.lower() for term in rising]
    assert any("tarifs" in term for term in folded)
    assert any("japon" in term for term in folded)
    assert not any("france" in term or "vol" in term.split() for term in folded)


@pytest.mark.parametrize(
    ("now", "before"), [([], []), ([], ["a b"]), (["un mot"], []), (["grève"] * 3, ["grève"] * 30)]
)
def test_nothing_rises_without_evidence(now, before):
    assert rising_terms(now, before) == ()


def test_terms_are_folded_words_and_pairs_without_stop_words():
    assert terms("L'annulation des vols Paris, #Grève 2026") == {
        "annulation": "annulation",
        "vols": "vols",
        "paris": "Paris",
        "vols paris": "vols Paris",
        "#greve": "#Grève",
    }


@given(st.lists(st.text(max_size=50), max_size=20), st.lists(st.text(max_size=50), max_size=20))
def test_rising_terms_survive_any_text(now, before):
    assert len(rising_terms(now, before)) <= 8


_WRITTEN = (
    "Grève",
    "grève",
    "d'Oslo",
    "l’été",
    "#Oslo",
    "the",
    "Air",
    "France",
    "2026",
    "naïve-",
    "東京",
    "honte",
)
_SAID = st.lists(
    st.sampled_from(_WRITTEN).flatmap(lambda word: st.sampled_from((word, f"{word},"))), max_size=8
)


@given(st.lists(_SAID.map(" ".join), max_size=30), st.lists(_SAID.map("\n".join), max_size=30))
def test_rising_terms_stand_in_two_texts_and_are_written_as_in_the_first(now, before):
    drop = frozenset(["air", "france"])
    for written in rising_terms(now, before, drop=["Air France"], limit=100):
        bearing = [said for text in now if fold(written) in (said := terms(text, drop=drop))]
        assert len(bearing) >= 2
        assert bearing[0][fold(written)] == written
