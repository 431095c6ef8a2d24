"""The histogram of outputs is that of prometheus_client, only quicker for many values at once."""

import numpy as np
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from app.output_counts import EDGES, OutputHistogram

SERIES = {("v1", "champion"): (1, 50, 3), ("v2", "shadow"): (7,), ("v3", "challenger"): ()}


def shown(registry: CollectorRegistry) -> list[str]:
    return [
        line for line in generate_latest(registry).decode().splitlines() if "_created" not in line
    ]


def test_it_shows_what_the_histogram_of_the_library_would_show() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    about, labels = "Probabilities that were predicted.", ("model_version", "role")
    usual = Histogram("prediction_output", about, labels, buckets=EDGES, registry=theirs)
    histogram = OutputHistogram(ours)
    for series, sizes in SERIES.items():
        at_once, one_by_one = histogram.of(*series), usual.labels(*series)
        for size in sizes:
            outputs = np.random.default_rng(size).integers(0, 65, size) / 64  # exact in any sum
            at_once.add(outputs.tolist())
            for output in outputs:
                one_by_one.observe(float(output))
    assert shown(ours) == shown(theirs)


def test_a_value_on_an_edge_belongs_below_it() -> None:
    counted = OutputHistogram(CollectorRegistry()).of("v1", "champion")
    counted.add([0.1, 0.1000001, 1.0])
    assert counted.counts == [1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0]


def test_a_model_in_a_role_is_counted_in_one_place() -> None:
    histogram = OutputHistogram(CollectorRegistry())
    assert histogram.of("v1", "champion") is histogram.of("v1", "champion")
    assert histogram.of("v1", "champion") is not histogram.of("v1", "shadow")
