"""Whether probabilities come true, and how far from it a perfect model is by chance."""

import numpy as np

from app.metadata import Bin, Calibration
from app.tasks import Floats

BINS = 10
SAMPLES = 1000
CHANCE = 0.95


def calibration_of(probabilities: Floats, truth: Floats) -> Calibration:
    """Compares probabilities with what came true, in ten bins with about as many rows each.

    A small table is far from its probabilities by chance alone. How far is found by letting those
    very probabilities decide the outcomes, many times, with a fixed seed.

    Args:
        probabilities: Shape (n,), for rows that the model never saw.
        truth: Shape (n,), 1 and 0.
    """
    order = np.argsort(probabilities, kind="stable")
    predicted, true = probabilities[order].astype(np.float64), truth[order]
    n = len(predicted)
    starts = np.linspace(0, n, min(BINS, n), endpoint=False).astype(np.intp)
    sums, hits = np.add.reduceat(predicted, starts), np.add.reduceat(true, starts)
    random = np.random.default_rng(0)
    chance = [
        np.abs(sums - np.add.reduceat((random.random(n) < predicted) * 1.0, starts)).sum() / n
        for _ in range(SAMPLES)
    ]
    sizes = np.diff(starts, append=n)
    return Calibration(
        error=float(np.abs(sums - hits).sum() / n),
        by_chance=float(np.quantile(chance, CHANCE)),
        bins=tuple(
            Bin(n=int(size), predicted=float(total / size), observed=float(hit / size))
            for size, total, hit in zip(sizes, sums, hits, strict=True)
        ),
    )
