"""What is told, once, and under which identity: reconcile, silence, thresholds, tails."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereputation.detect import Settings, public_holidays, reconcile, silence, usual_delay
from ereputation.detect.counts import beta_binomial_tail, interval, negative_binomial_tail
from ereputation.model import Episode, Waiting

NOW = datetime(2026, 3, 15, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG_AGO = NOW - 365 * 24 * HOUR


def spike(hours_ago=3, *, score=5.0, ended=None, told=True, **more):
    started = NOW - hours_ago * HOUR
    opened = started + HOUR
    return Episode(
        brand="b",
        kind="volume_spike",
        started=started,
        opened=opened,
        peaked=started,
        ended=ended,
        score=score,
        told_at=opened if told else None,
        told_score=score if told else 0.0,
        **more,
    )


def settle(stored, computed, now=NOW, alert_from=LONG_AGO):
    return reconcile(stored, computed, now=now, alert_from=alert_from)


def reasons(result):
    return [reason for _, reason in result.due]


def test_a_life_of_an_episode_is_told_once_each():
    opened = settle([], [spike()])
    assert reasons(opened) == ["opened"]
    assert reasons(settle(opened.episodes, [spike()])) == []
    later = NOW + 8 * HOUR
    grown = settle(opened.episodes, [spike(score=12)], later)
    assert reasons(grown) == ["escalated"]
    assert reasons(settle(grown.episodes, [spike(score=12)], later + 8 * HOUR)) == []
    closed = settle(grown.episodes, [spike(score=12, ended=later)], later)
    assert reasons(closed) == ["closed"]
    assert settle(closed.episodes, [spike(score=12, ended=later)], later).due == ()


@pytest.mark.parametrize("hours_ago", [0.5, 2, 4, 20])
def test_identity_survives_when_the_replay_finds_another_start(hours_ago):
    stored = settle([], [spike(3)]).episodes
    again = settle(stored, [spike(hours_ago)])
    assert again.due == ()
    assert all(e.started == stored[0].started for e in again.episodes)


def test_what_follows_within_the_cooldown_is_the_same_and_later_is_another():
    old = spike(60, ended=NOW - 40 * HOUR, reason="closed")
    near = replace(old, ended=NOW - 20 * HOUR)
    assert reasons(settle([old], [old, spike(3)])) == ["opened"]
    again = settle([near], [near, spike(3)])
    assert reasons(again) == []
    assert [e.started for e in again.episodes] == [near.started]
    assert again.episodes[0].ended is None
    assert reasons(settle([near], [near, spike(3, score=7)])) == ["escalated"]


@pytest.mark.parametrize(
    ("episode", "alert_from"),
    [
        (spike(5), NOW - HOUR),  # before the first reading of the brand
        (spike(70), LONG_AGO),  # stale
        (spike(3, told=False), LONG_AGO),  # the budget kept it quiet
    ],
)
def test_what_is_not_worth_telling_stays_untold_to_its_end(episode, alert_from):
    first = settle([], [episode], alert_from=alert_from)
    assert first.due == ()
    assert len(first.episodes) == 1
    assert settle(first.episodes, [replace(episode, ended=NOW)], alert_from=alert_from).due == ()


def test_an_episode_over_before_it_could_be_told_is_told_once():
    first = settle([], [spike(20, ended=NOW - 2 * HOUR)])
    assert reasons(first) == ["opened"]
    assert first.due[0][0].ended == NOW - 2 * HOUR
    assert settle(first.episodes, [spike(20, ended=NOW - 2 * HOUR)]).due == ()


def test_an_open_episode_that_is_no_longer_computed_ends_now():
    result = settle([spike()], [])
    assert reasons(result) == ["closed"]
    assert result.episodes[0].ended == NOW


def test_kinds_and_brands_do_not_mix():
    other = replace(spike(), kind="negative_spike")
    elsewhere = replace(spike(), brand="c")
    assert reasons(settle([spike()], [spike(), other, elsewhere])) == ["opened", "opened"]


@given(st.lists(st.tuples(st.integers(1, 200), st.integers(0, 40), st.floats(3, 30)), max_size=6))
def test_reconciling_the_same_again_tells_nothing_new(spans):
    computed = [
        spike(ago, score=score, ended=NOW - (ago - length) * HOUR if 0 < length < ago else None)
        for ago, length, score in spans
    ]
    first = settle([], computed)
    assert settle(first.episodes, computed).due == ()


def quiet(**facts):
    usual = {
        "brand": "b",
        "now": NOW,
        "episodes": [spike(8)],
        "waiting": None,
        "owned": [NOW - 30 * HOUR],
        "last_read": NOW,
        "current": None,
        "settings": Settings(response_time=7200),
    }
    return silence(**{**usual, **facts})


def test_a_brand_that_says_nothing_during_a_spike_is_silent_since_it_opened():
    found = quiet()
    assert found.kind == "brand_silence"
    assert found.started == NOW - 7 * HOUR
    assert found.window == 7 * 3600
    assert found.ended is None


@pytest.mark.parametrize(
    "facts",
    [
        {"owned": [NOW - 2 * HOUR]},  # it spoke
        {"last_read": None},  # its accounts are not read
        {"last_read": NOW - 5 * HOUR},  # nor lately
        {"episodes": []},  # nothing happens
        {"episodes": [spike(8, ended=NOW - HOUR)]},
        {"episodes": [spike(2)]},  # it still has time
        {"episodes": [], "waiting": Waiting(count=4, oldest=NOW - 9 * HOUR)},  # too few wait
        {"episodes": [replace(spike(8), brand="c")]},
    ],
)
def test_no_silence_without_cause_time_and_sight(facts):
    assert quiet(**facts) is None


def test_waiting_questions_are_cause_enough():
    found = quiet(episodes=[], waiting=Waiting(count=5, oldest=NOW - 9 * HOUR))
    assert found.started == NOW - 9 * HOUR
    assert found.observed == 5


def test_a_silence_ends_with_the_first_word_and_says_after_how_long():
    current = quiet()
    spoke = NOW + 10 * HOUR
    over = quiet(current=current, now=NOW + 12 * HOUR, owned=[spoke, spoke + HOUR], episodes=[])
    assert over.ended == spoke
    assert over.window == 17 * 3600


def test_a_blind_monitor_neither_prolongs_nor_ends_a_silence():
    current = quiet()
    assert quiet(current=current, now=NOW + 12 * HOUR, last_read=None) == current


def test_the_whole_life_of_a_silence_is_told_once():
    first = settle([], [quiet()])
    assert reasons(first) == ["opened"]
    on = quiet(current=first.episodes[0], now=NOW + HOUR, last_read=NOW + HOUR)
    still = settle(first.episodes, [on], NOW + HOUR)
    assert reasons(still) == []
    over = quiet(current=still.episodes[0], now=NOW + 3 * HOUR, owned=[NOW + 2 * HOUR])
    assert reasons(settle(still.episodes, [over], NOW + 3 * HOUR)) == ["closed"]


def test_the_usual_delay_is_the_median_and_the_ninetieth_percentile():
    pairs = [(NOW, NOW + n * HOUR) for n in range(1, 11)]
    delay = usual_delay(pairs)
    assert (delay.count, delay.median, delay.ninetieth) == (10, 5.5 * 3600, 10 * 3600)
    assert usual_delay([]) is None


@pytest.mark.parametrize("count", [6, 20, 300, 10**4, 10**7])
@pytest.mark.parametrize("ratio", [1.01, 2, 50])
def test_tails_are_finite_and_grow_with_the_count(count, ratio):
    mean = count / ratio
    here = negative_binomial_tail(count, mean, 1.5 * mean + 0.1 * mean * mean)
    more = negative_binomial_tail(count * 1.1, mean, 1.5 * mean + 0.1 * mean * mean)
    assert 0 <= here < more < 10**8


@pytest.mark.parametrize(
    ("total", "count", "share", "correlation"), [(20, 15, 0.3, 0.05), (8, 8, 0.2, 0.03), (900, 500, 0.4, 0.1)]
)
def test_the_beta_binomial_tail_is_the_sum_of_its_terms(total, count, share, correlation):
    from math import comb, exp, lgamma, log10

    a, b = share * (1 / correlation - 1), (1 - share) * (1 / correlation - 1)

    def beta(x, y):
        return lgamma(x) + lgamma(y) - lgamma(x + y)

    exact = sum(
        comb(total, k) * exp(beta(k + a, total - k + b) - beta(a, b))
        for k in range(count, total + 1)
        if total < 100
    )
    found = beta_binomial_tail(total, count, share, correlation)
    assert found == pytest.approx(-log10(exact)) if exact else 0 < found < 3
    assert beta_binomial_tail(total * 10**5, count * 10**5, share, correlation) > 0


def test_a_negative_binomial_tail_is_the_sum_of_its_terms():
    from math import exp, lgamma, log, log10

    mean, variance, count = 4.0, 9.0, 12
    size, p = mean * mean / (variance - mean), mean / variance
    below = sum(
        exp(lgamma(k + size) - lgamma(k + 1) - lgamma(size) + size * log(p) + k * log(1 - p))
        for k in range(count)
    )
    assert negative_binomial_tail(count, mean, variance) == pytest.approx(-log10(1 - below))


@given(st.floats(0, 1e12), st.floats(0, 1e20))
def test_an_interval_holds_its_mean(mean, variance):
    low, high = interval(mean, variance)
    assert 0 <= low <= high
    assert mean < 1e-9 or variance <= 0 or low <= mean <= high


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_a_larger_budget_never_raises_a_threshold(one, two):
    small, large = (Settings(false_alarms=value) for value in sorted((one, two)))
    assert large.volume_opening <= small.volume_opening
    assert large.negative_opening <= small.negative_opening
    assert large.openings_allowed >= small.openings_allowed


def test_public_holidays_are_dates_and_unknown_countries_have_none():
    assert date(2026, 7, 14) in public_holidays("FR", (2026,))
    assert public_holidays("ZZ", (2026,)) == frozenset()
