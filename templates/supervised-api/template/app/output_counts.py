"""How the probabilities are distributed that models say, for Prometheus."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

# Ten buckets, and an edge at 1 so that none is without a bound.
EDGES = tuple(step / 10 for step in range(1, 11))
_LIMITS = [*map(str, EDGES), "+Inf"]


class OutputCounts:
    """What one model said in one role: how often in each bucket, and the sum."""

    def __init__(self) -> None:
        self.counts = [0] * len(_LIMITS)
        self.total = 0.0

    def add(self, outputs: Sequence[float]) -> None:
        """Counts all probabilities of a request."""
        for output in outputs:
            self.counts[bisect_left(EDGES, output)] += 1
        self.total += sum(outputs)


class OutputHistogram(Collector):
    """The histogram `prediction_output`, by model and role.

    That of prometheus_client takes one value at a time behind two locks: ten times the cost, which
    a batch would feel.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._series: dict[tuple[str, str], OutputCounts] = {}
        registry.register(self)

    def of(self, version: str, role: str) -> OutputCounts:
        """Returns where to count what a model says; it is shown from now on."""
        return self._series.setdefault((version, role), OutputCounts())

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """Gives the histogram; prometheus_client calls this at each scrape."""
        about, labels = "Probabilities that were predicted.", ["model_version", "role"]
        family = HistogramMetricFamily("prediction_output", about, labels=labels)
        for series, one in self._series.items():
            up_to = zip(_LIMITS, accumulate(one.counts), strict=True)
            family.add_metric(series, list(up_to), one.total)
        yield family
