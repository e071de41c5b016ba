"""How surprising a count is: upper tails of the negative-binomial and beta-binomial laws, in -log10."""

from __future__ import annotations

import math

_TINY = 1e-300
_ROUNDS = 4000
_LARGE = 1000
_NORMAL_95 = 1.959964


def negative_binomial_tail(count: float, mean: float, variance: float) -> float:
    """-log10 P(X >= count) for a negative-binomial X with this mean and variance; 0 when count is not above the mean.

    The tail is the regularised incomplete beta function I_x(a, b), by Lentz's continued fraction (Numerical
    Recipes, 6.4), which converges fast because count > mean puts x below a / (a + b).
    """
    if count <= mean or count < 1 or mean <= 0:
        return 0.0
    variance = max(variance, mean * 1.001)
    a, b, x = float(count), mean * mean / (variance - mean), 1 - mean / variance
    log = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    log += a * math.log(x) + b * math.log(mean / variance) - math.log(a)
    return max(0.0, -(log + math.log(max(_fraction(a, b, x), _TINY))) / math.log(10))


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function."""
    c = 1.0
    d = 1 - (a + b) * x / (a + 1)
    h = d = 1 / (d if abs(d) > _TINY else _TINY)
    for i in range(1, _ROUNDS):
        even = a + 2 * i
        for t in (i * (b - i) * x / ((even - 1) * even), -(a + i) * (a + b + i) * x / (even * (even + 1))):
            d, c = 1 + t * d, 1 + t / c
            d, c = 1 / (d if abs(d) > _TINY else _TINY), (c if abs(c) > _TINY else _TINY)
            h *= d * c
        if abs(d * c - 1) < 1e-10:
            break
    return h


def beta_binomial_tail(total: float, count: float, share: float, correlation: float) -> float:
    """-log10 P(X >= count) of ``total`` draws with this mean share and intra-class correlation.

    Above a thousand draws the share itself is what varies (the law tends to a beta law), so that totals are
    scaled down to a thousand and the cost stays bounded.
    """
    if count <= total * share:
        return 0.0
    if total > _LARGE:
        total, count = _LARGE, count * _LARGE / total
    n, k = round(total), math.floor(count)
    strength = 1 / correlation - 1
    a, b, lg = share * strength, (1 - share) * strength, math.lgamma
    log = lg(n + 1) - lg(k + 1) - lg(n - k + 1) + lg(k + a) + lg(n - k + b) - lg(n + a + b)
    log += lg(a + b) - lg(a) - lg(b)
    term = total_terms = 1.0
    for j in range(k, n):
        term *= (n - j) * (j + a) / ((j + 1) * (n - j - 1 + b))
        total_terms += term
        if term < 1e-12 * total_terms:
            break
    return max(0.0, -(log + math.log(total_terms)) / math.log(10))


def interval(mean: float, variance: float) -> tuple[float, float]:
    """The 95 % interval of a count with this mean and variance (gamma law, Wilson and Hilferty 1931), in whole counts."""
    if mean < 1e-9 or variance <= 0:
        return 0.0, 0.0
    shape = mean * mean / variance
    centre, spread = 1 - 1 / (9 * shape), _NORMAL_95 / (3 * math.sqrt(shape))
    low, high = (mean * max(0.0, centre + sign * spread) ** 3 for sign in (-1, 1))
    return float(math.floor(low)), float(math.ceil(max(high, mean)))


def correlated_share(window: float, rho: float) -> float:
    """Variance of the mean over ``window`` steps of an AR(1) process, relative to that of one step."""
    if window <= 1:
        return 1.0
    t = -1 / math.log(rho)
    return 2 * t / window * (1 - t / window * (1 - math.exp(-window / t)))
