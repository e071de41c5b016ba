"""Figures for people: shares, tone, medians, rising words, and what a stretch of time comes to.

Pure: counts and texts come in. What is computed from hourly counts costs the same however many mentions there were.
"""

from ereputation.figures.periods import Heat, Period, Step, Width, heat, steps
from ereputation.figures.ratios import median, net_sentiment, percentile, share_of_voice
from ereputation.figures.stats import Author, Share, Source, Stats, Tones, Totals, totals, voice
from ereputation.figures.terms import rising_terms, terms

__all__ = [
    "Author",
    "Heat",
    "Period",
    "Share",
    "Source",
    "Stats",
    "Step",
    "Tones",
    "Totals",
    "Width",
    "heat",
    "median",
    "net_sentiment",
    "percentile",
    "rising_terms",
    "share_of_voice",
    "steps",
    "terms",
    "totals",
    "voice",
]
