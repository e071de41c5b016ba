"""Synthetic small brands with injected spikes: recall at a given rate of false alarms, beside simple rules.

    python benchmarks/detection.py [--brands 6] [--days 182] [--seed 1] [--openings] [--prototype DIR]

Brands of 0.1 to 50 mentions an hour: negative binomial, hour x week day, trend, public holidays, syndication
(several stories at once), spikes of x2 to x20 over 1 to 24 hours. A spike is found when the score
crosses the threshold from its start until its end (at least 6 hours); the threshold of each detector is the one that
causes the rate of false alarms asked for over all brands, an alarm being a crossing with none in the 24 hours before.
``--openings`` prints false alarms a month of the whole pipeline per opening score: the tables in detect/settings.py.
``--prototype`` adds a module ``detector`` from that folder with ``Detector(tz).feed(time, count)["score"]``.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ereputation.detect import Settings, public_holidays
from ereputation.detect.replay import _Run
from ereputation.model import Bucket

START = datetime(2026, 1, 5, tzinfo=UTC)
RATES = (0.1, 0.5, 2.0, 10.0, 50.0)
SIZES = (2, 3, 5, 10, 20)
DAY = [
    0.25,
    0.15,
    0.1,
    0.1,
    0.1,
    0.2,
    0.5,
    0.9,
    1.2,
    1.4,
    1.5,
    1.5,
    1.4,
    1.5,
    1.5,
    1.4,
    1.4,
    1.5,
    1.6,
    1.6,
    1.5,
    1.3,
    0.9,
    0.5,
]
HOLIDAYS = public_holidays("FR", (2026, 2027))
SETTINGS = Settings(timezone="Europe/Paris", holidays=HOLIDAYS)
WARM = 21 * 24  # hours without injection, not scored


@dataclass
class Brand:
    rate: float
    counts: list[int]
    negative: list[int]
    spikes: list[tuple[int, int, int]]  # first hour, hours, size


def poisson(rnd, mean):
    if mean > 50:
        return max(0, round(rnd.gauss(mean, math.sqrt(mean))))
    limit, k, p = math.exp(-mean), 0, 1.0
    while True:
        p *= rnd.random()
        if p < limit:
            return k
        k += 1


def brand(rnd, rate, days, *, spikes=True):
    shape, depth, trend = rnd.uniform(6, 15), rnd.uniform(0.5, 1), rnd.uniform(-0.3, 0.5)
    injected = []
    if spikes:
        at = WARM + rnd.randrange(96)
        while at < days * 24 - 72:
            injected.append((at, rnd.choice((1, 3, 6, 12, 24)), rnd.choice(SIZES)))
            at += 24 * 6 + rnd.randrange(24 * 6)
    boost = {h: size for at, hours, size in injected for h in range(at, at + hours)}
    counts, negative, mood = [], [], 0.0
    for h in range(days * 24):
        t = START + timedelta(hours=h + 1)
        mood = 0.7 * mood + rnd.gauss(0, math.sqrt((1 - 0.49) * math.log(1 + 1 / shape)))
        mean = rate * (1 + depth * (DAY[t.hour] - 1)) * (1 + trend * h / (days * 24)) * math.exp(mood)
        mean *= 0.6 if t.weekday() > 4 or t.date() in HOLIDAYS else 1.0
        bursts = poisson(rnd, mean * boost.get(h, 1) / 1.3)
        n = sum(1 if rnd.random() < 0.85 else 1 + poisson(rnd, 2) for _ in range(bursts))
        counts.append(n)
        negative.append(sum(rnd.random() < 0.2 for _ in range(n)))
    return Brand(rate, counts, negative, injected)


def ours(b):
    run = _Run(
        [Bucket(brand="b", start=START + timedelta(hours=h), stories=n) for h, n in enumerate(b.counts)],
        SETTINGS,
        1.0,
    )
    return [p.significance for p in run.run().points]


def week(x):
    """Mean and deviation of the 7 days before each hour; a deviation of 0 before the second day."""
    sums, squares = [0], [0]
    for n in x:
        sums.append(sums[-1] + n)
        squares.append(squares[-1] + n * n)
    for h in range(len(x)):
        low = max(0, h - 168)
        mean = (sums[h] - sums[low]) / max(h - low, 1)
        yield (
            mean,
            math.sqrt(max(0, (squares[h] - squares[low]) / max(h - low, 1) - mean**2)) if h > 24 else 0.0,
        )


def mean_sigma(b):
    """SocialMetrix: the mean of the last 24 hours against mean and deviation of the 7 days before."""
    x = b.counts
    return [
        (sum(x[max(0, h - 23) : h + 1]) / 24 - mean) / deviation if deviation else 0.0
        for h, (mean, deviation) in enumerate(week(x))
    ]


def z_hour(b):
    return [
        (n - mean) / max(deviation, 0.5) if n >= 5 and deviation else 0.0
        for n, (mean, deviation) in zip(b.counts, week(b.counts), strict=True)
    ]


def ewma(b):
    out, mean, var = [], 0.0, 1.0
    for h, n in enumerate(b.counts):
        out.append((n - mean) / math.sqrt(var + 0.25) if h > 24 and n >= 5 else 0.0)
        gap = n - mean
        mean += 0.05 * gap
        var = 0.95 * (var + 0.05 * gap * gap)
    return out


def ears_c2(b):
    """CDC EARS C2 over sums of a day: 7 days with a lag of two."""
    x, out = b.counts, []
    sums = [0]
    for n in x:
        sums.append(sums[-1] + n)
    day = [sums[h + 1] - sums[max(0, h - 23)] for h in range(len(x))]
    for h in range(len(x)):
        past = [day[h - 24 * k] for k in range(3, 10) if h >= 24 * k]
        sd = statistics.stdev(past) if len(past) > 2 else 0
        out.append((day[h] - statistics.fmean(past)) / max(sd, 0.5) if sd and day[h] >= 5 else 0.0)
    return out


def prototype(folder):
    sys.path.insert(0, folder)
    import detector

    def score(b):
        d = detector.Detector("Europe/Paris", holidays=HOLIDAYS)
        return [d.feed(START + timedelta(hours=h), n)["score"] for h, n in enumerate(b.counts)]

    return score


def alarms(b, scores, threshold):
    """False alarms, and for each spike the delay in hours (None: missed)."""
    covered = set()
    for at, hours, _ in b.spikes:
        covered.update(range(at, at + hours + 30))
    false, last = 0, -99
    for h in range(WARM, len(scores)):
        if scores[h] >= threshold:
            if h not in covered and h - last > 24:
                false += 1
            last = h
    delays = [
        next((h - at for h in range(at, at + max(hours, 6)) if scores[h] >= threshold), None)
        for at, hours, _ in b.spikes
    ]
    return false, delays


def evaluate(brands, all_scores, far):
    months = sum(len(b.counts) - WARM for b in brands) / 24 / 30.44
    levels = sorted({round(s, 2) for scores in all_scores for s in scores if s > 0})
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high) // 2
        false = sum(alarms(b, s, levels[middle])[0] for b, s in zip(brands, all_scores, strict=True))
        low, high = (low, middle) if false / months <= far else (middle + 1, high)
    threshold = levels[low]
    found = [
        (b.rate, size, delay)
        for b, s in zip(brands, all_scores, strict=True)
        for (_, _, size), delay in zip(b.spikes, alarms(b, s, threshold)[1], strict=True)
    ]
    return threshold, found


def recall(found):
    return sum(d is not None for *_, d in found) / len(found) if found else float("nan")


def compare(detectors, brands):
    print(
        "recall of spikes at one false alarm a brand-month (and at 1/3); by size; by mentions an hour; delay; time"
    )
    header = [
        "@1",
        "@1/3",
        *(f"x{s}" for s in SIZES),
        *(f"{r:g}/h" for r in RATES),
        "delay h",
        "ms/yr",
        "threshold",
    ]
    print(f"{'':24}" + "".join(f"{h:>9}" for h in header))
    for name, score in detectors.items():
        began = time.process_time()
        scores = [score(b) for b in brands]
        ms = (time.process_time() - began) * 1000 / sum(len(b.counts) for b in brands) * 8760
        threshold, found = evaluate(brands, scores, 1.0)
        row = [recall(found), recall(evaluate(brands, scores, 1 / 3)[1])]
        row += [recall([f for f in found if f[1] == size]) for size in SIZES]
        row += [recall([f for f in found if f[0] == rate]) for rate in RATES]
        delay = statistics.median([f[2] for f in found if f[2] is not None] or [float("nan")])
        print(
            f"{name:24}" + "".join(f"{v:9.2f}" for v in row) + f"{delay:9.1f}{ms:9.0f}{threshold:9.2f}",
            flush=True,
        )


def openings(brands):
    print(
        "false alarms a month of the whole pipeline without any spike, by opening score and mentions an hour"
    )
    months = {r: sum(len(b.counts) for b in brands if b.rate == r) / 24 / 30.44 for r in RATES}
    for kind in ("volume_spike", "negative_spike"):
        for opening in (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0):
            told = dict.fromkeys(RATES, 0)
            for b in brands:
                buckets = [
                    Bucket(brand="b", start=START + timedelta(hours=h), stories=n, negative=x)
                    for h, (n, x) in enumerate(zip(b.counts, b.negative, strict=True))
                ]
                run = _Run(buckets, SETTINGS, 1.0)
                for name, machine in run.machines.items():
                    machine.opening, machine.allowed = (opening, 999) if name == kind else (99.0, 1)
                told[b.rate] += sum(e.reason == "opened" for e in run.run().events)
            rates = [told[r] / months[r] for r in RATES]
            print(
                f"{kind:16}{opening:6.1f}{statistics.fmean(rates):8.2f}  "
                + "".join(f"{r:8.2f}" for r in rates),
                flush=True,
            )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--brands", type=int, default=3, help="per rate")
    parser.add_argument("--days", type=int, default=182)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--openings", action="store_true")
    parser.add_argument("--prototype")
    options = parser.parse_args()
    rnd = random.Random(options.seed)
    brands = [
        brand(rnd, r, options.days, spikes=not options.openings) for r in RATES for _ in range(options.brands)
    ]
    if options.openings:
        openings(brands)
        return
    peers = {
        "mean + k sigma, 7 days": mean_sigma,
        "z-score of the hour": z_hour,
        "EWMA": ewma,
        "EARS C2, 24 h": ears_c2,
    }
    if options.prototype:
        peers["prototype"] = prototype(options.prototype)
    compare({**peers, "ereputation": ours}, brands)


if __name__ == "__main__":
    main()
