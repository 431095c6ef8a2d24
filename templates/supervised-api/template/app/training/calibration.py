"""Whether probabilities come true, and how far from it a perfect model is by chance."""

import numpy as np

from app.metadata import Calibration
from app.numbers import bin_starts, calibration_bins
from app.tasks import Floats

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
    bins, n = calibration_bins(probabilities, truth), len(probabilities)
    predicted = np.sort(probabilities)
    random, starts = np.random.default_rng(0), bin_starts(n)
    chance = [
        np.abs(np.add.reduceat(predicted - (random.random(n) < predicted), starts)).sum() / n
        for _ in range(SAMPLES)
    ]
    return Calibration(
        error=sum(one.n * abs(one.predicted - one.observed) for one in bins) / n,
        by_chance=float(np.quantile(chance, CHANCE)),
        bins=tuple(bins),
    )
