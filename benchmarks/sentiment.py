"""Our engine beside other lexicon scorers, on the labelled sentences of tests/data.

    python benchmarks/sentiment.py [--phenomena] [FILE ...]

Peers are measured when they are installed, in whatever environment runs this:

    pip install vaderSentiment vaderSentiment-fr afinn textblob textblob-fr

FILE: further labelled texts, one "label<TAB>language<TAB>text" a line (labels: negative, neutral, positive), for
benchmarks that may be measured but not redistributed. The shipped sentences were written by the people who wrote the
lexicons: they show which phenomena work, not how good the engine is on the texts of strangers. Thirteen sets of mentions
(1,000 cases in as many voices) were each scored once before anybody read their errors: 60-84 % were right, 74 % of the last;
lexicon peers get 32-45 % of them.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ereputation.sentiment import Engine, detect_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DATA = Path(__file__).parent.parent / "tests" / "data"
LABELS = {"-": "negative", "0": "neutral", "+": "positive"}
NEUTRAL_BAND = 0.05  # the threshold VADER's authors give; the peers' own default is 0


class Case(NamedTuple):
    label: str
    lang: str
    phenomenon: str
    text: str
    brand: str = ""
    """Whom the label is about; empty: the label is of the whole text."""


def shipped() -> list[Case]:
    cases = []
    for lang in ("fr", "en"):
        for line in (DATA / f"sentiment_{lang}.txt").read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                label, phenomenon, text = (field.strip() for field in line.split("|", 2))
                cases.append(Case(LABELS[label], lang, phenomenon, text))
    return cases


def mentions() -> list[Case]:
    """Labels towards a brand, no rival known. The peers can only score the whole text."""
    cases = []
    for line in (DATA / "sentiment_mentions.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            label, phenomenon, brand, text = (field.strip() for field in line.split("|", 3))
            cases.append(Case(LABELS[label], detect_language(text, hint="en"), phenomenon, text, brand))
    return cases


def further(path: Path) -> list[Case]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        Case(label, lang, path.stem, text)
        for label, lang, text in (line.split("\t", 2) for line in lines if line)
    ]


def banded(score: float, band: float = NEUTRAL_BAND) -> str:
    return "negative" if score < -band else "positive" if score > band else "neutral"


def ours(case: Case) -> str:
    """Our label: towards the brand where the case names one."""
    engine = Engine()
    if not case.brand:
        return engine.score(case.text, case.lang).label
    spans = [match.span() for match in re.finditer(rf"(?<!\w){re.escape(case.brand)}(?!\w)", case.text)]
    return engine.targeted(case.text, spans, lang=case.lang).label


def scorers(lang: str) -> Iterator[tuple[str, Callable[[Case], str]]]:
    yield "ereputation", ours
    for name, label_of in peers(lang):
        yield name, lambda case, label_of=label_of: label_of(case.text)


def peers(lang: str) -> Iterator[tuple[str, Callable[[str], str]]]:
    if lang == "en":
        try:
            from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
        except ImportError:
            pass
        else:
            vader = SentimentIntensityAnalyzer()
            yield "vaderSentiment", lambda text: banded(vader.polarity_scores(text)["compound"])
        try:
            from afinn import Afinn
        except ImportError:
            pass
        else:
            afinn = Afinn(emoticons=True)
            yield "afinn", lambda text: banded(afinn.score(text), 0)
        try:
            from textblob import TextBlob
        except ImportError:
            return
        yield "textblob", lambda text: banded(TextBlob(text).sentiment.polarity)
    else:
        try:
            from vaderSentiment_fr.vaderSentiment import SentimentIntensityAnalyzer as French
        except ImportError:
            pass
        else:
            french = French()
            yield "vaderSentiment-fr", lambda text: banded(french.polarity_scores(text)["compound"])
        try:
            from textblob import Blobber
            from textblob_fr import PatternAnalyzer, PatternTagger
        except ImportError:
            return
        blob = Blobber(pos_tagger=PatternTagger(), analyzer=PatternAnalyzer())
        yield "textblob-fr", lambda text: banded(blob(text).sentiment[0])


def ratios(pairs: Sequence[tuple[str, str]], label: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of one label over (right, found) pairs."""
    found = sum(pair[1] == label for pair in pairs)
    right = sum(pair[0] == label for pair in pairs)
    both = sum(pair == (label, label) for pair in pairs)
    precision, recall = both / found if found else 0.0, both / right if right else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if both else 0.0


def seconds(label_of: Callable[[Case], str], cases: Sequence[Case]) -> float:
    """Processor time, which a busy machine blurs least."""
    start = time.process_time()
    for case in cases:
        label_of(case)
    return time.process_time() - start


def measure(name: str, label_of: Callable[[Case], str], cases: Sequence[Case], *, phenomena: bool) -> None:
    found = [label_of(case) for case in cases]  # loading and meeting words for the first time are not scoring
    rate = max(len(cases) / seconds(label_of, cases) for _ in range(3))
    pairs = [(case.label, label) for case, label in zip(cases, found, strict=True)]
    macro = sum(ratios(pairs, label)[2] for label in LABELS.values()) / len(LABELS)
    precision, recall, _ = ratios(pairs, "negative")
    print(f"{name:20} {100 * macro:8.1f} {precision:9.2f} {recall:7.2f} {rate:9,.0f}")
    if phenomena:
        by_phenomenon = defaultdict(list)
        for case, pair in zip(cases, pairs, strict=True):
            by_phenomenon[case.phenomenon].append(pair[0] == pair[1])
        for phenomenon, outcomes in by_phenomenon.items():
            print(f"    {phenomenon:16} {sum(outcomes):3}/{len(outcomes)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure sentiment scorers on labelled sentences.")
    parser.add_argument("files", nargs="*", type=Path, help="label<TAB>language<TAB>text, one a line")
    parser.add_argument("--phenomena", action="store_true", help="how many are right for each phenomenon")
    options = parser.parse_args()
    sets = {path.name: further(path) for path in options.files} or {
        "shipped sentences": shipped(),
        "shipped mentions": mentions(),
    }
    for title, cases in sets.items():
        for lang in ("fr", "en"):
            chosen = [case for case in cases if case.lang == lang]
            if not chosen:
                continue
            print(f"\n{title}, {lang}, {len(chosen)} texts")
            print(f"{'':20} {'macro-F1':>8} {'neg. prec':>9} {'recall':>7} {'texts/s':>9}")
            for name, label_of in scorers(lang):
                measure(name, label_of, chosen, phenomena=options.phenomena)


if __name__ == "__main__":
    main()
