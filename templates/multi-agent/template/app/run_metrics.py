"""Numbers about runs for Prometheus."""

from collections.abc import Collection

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from app.runs.calls import Asked
from app.runs.observer import Ended

RUN_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600)
CALL_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
UNKNOWN = "unknown"
OUTCOMES = ("published", "rejected", "refused", "partial")
LIMITS = ("model_calls", "tool_calls", "tokens", "dollars", "seconds", "day")


class RunMetrics:
    """The metrics of one service; it observes every run.

    Args:
        registry: Where they are shown.
        agents: Who makes calls, so that each is there from the start.

    Attributes:
        tools: That there are; a model may call others, and any number of them.
    """

    def __init__(self, registry: CollectorRegistry, agents: tuple[str, ...]) -> None:
        self.tools: Collection[str] = ()

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(name, about, labels, registry=registry)

        def histogram(name: str, about: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
            return Histogram(name, about, labels, buckets=buckets, registry=registry)

        self._runs = counter("agent_runs", "Runs that are done, by how they ended.", "outcome")
        self._broken_off = counter(
            "agent_runs_broken_off", "Runs on which an error ended the work before they were done."
        )
        self._seconds = histogram("agent_run_seconds", "Work on a run that is done.", RUN_SECONDS)
        self._model_calls = counter(
            "agent_model_calls", "Calls of models, by who made them.", "agent", "status"
        )
        self._model_seconds = histogram(
            "agent_model_seconds", "Time that calls of models took.", CALL_SECONDS, "agent"
        )
        self._tokens = counter("agent_tokens", "Tokens that models read and wrote.", "agent")
        self._dollars = counter("agent_dollars", "What models cost, where it is known.", "agent")
        self._unpriced = counter(
            "agent_unpriced_calls", "Calls of models whose price is unknown.", "agent"
        )
        self._tool_calls = counter("agent_tool_calls", "Calls of tools.", "agent", "tool", "status")
        self._tool_seconds = histogram(
            "agent_tool_seconds", "Time that calls of tools took.", CALL_SECONDS, "tool"
        )
        self._limits = counter("agent_limits_hit", "Runs that used up a limit.", "limit")
        self._rejected = counter(
            "agent_memos_rejected", "Memos with a number that their evidence lacks."
        )
        self.feedback = counter("agent_feedback", "Thumbs of readers.", "thumb")
        self.in_progress = Gauge("agent_runs_in_progress", "Runs worked on now.", registry=registry)
        self.waiting = Gauge(
            "agent_runs_waiting", "Runs that wait for a person.", registry=registry
        )
        self.left = Gauge(
            "agent_budget_left_dollars", "Dollars left of today's budget.", registry=registry
        )
        # From the start, so that an increase from nothing is seen as one.
        for outcome in OUTCOMES:
            self._runs.labels(outcome)
        for limit in LIMITS:
            self._limits.labels(limit)
        for thumb in ("up", "down"):
            self.feedback.labels(thumb)
        for agent in agents:
            self._begin(agent)

    def _begin(self, agent: str) -> None:
        for status in ("done", "failed"):
            self._model_calls.labels(agent, status)
        for metric in (self._tokens, self._dollars, self._unpriced):
            metric.labels(agent)

    def begun(self, asked: Asked) -> None:
        """Nothing is counted before it is over."""

    def ended(self, asked: Asked, how: Ended) -> None:
        """Counts a call."""
        if asked.kind == "tool":
            tool = asked.name if asked.name in self.tools else UNKNOWN
            self._tool_calls.labels(asked.agent, tool, how.status).inc()
            self._tool_seconds.labels(tool).observe(how.seconds)
            return
        self._model_calls.labels(asked.agent, how.status).inc()
        self._model_seconds.labels(asked.agent).observe(how.seconds)
        self._tokens.labels(asked.agent).inc(how.tokens)
        if how.dollars is None:
            self._unpriced.labels(asked.agent).inc()
        else:
            self._dollars.labels(asked.agent).inc(how.dollars)

    def limited(self, limit: str) -> None:
        """Counts a limit that was used up."""
        self._limits.labels(limit).inc()

    def rejected(self) -> None:
        """Counts a memo that was not founded."""
        self._rejected.inc()

    def broke_off(self) -> None:
        """Counts a run that an error stopped; it is counted again where it goes on and ends."""
        self._broken_off.inc()

    def finished(self, outcome: str, seconds: float) -> None:
        """Counts a run."""
        self._runs.labels(outcome or "partial").inc()
        self._seconds.observe(seconds)
