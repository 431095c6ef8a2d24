"""Numbers about answers for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from app.answering.reply import Reply
from app.budget import Left

STAGE_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
TOKEN_SECONDS = (0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30)
SIMILARITIES = tuple(step / 20 for step in range(1, 20))


class AnswerMetrics:
    """The metrics of one service.

    Args:
        registry: Where they are shown.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(name, about, labels, registry=registry)

        def gauge(name: str, about: str) -> Gauge:
            return Gauge(name, about, registry=registry)

        def histogram(name: str, about: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
            return Histogram(name, about, labels, buckets=buckets, registry=registry)

        self.answers = counter("rag_answers", "Answers by who made them.", "kind")
        self.cached = counter("rag_answers_cached", "Answers that had been given before.")
        self.ungrounded = counter(
            "rag_answers_ungrounded", "Written answers with a sentence that its passage lacks."
        )
        self.fallbacks = counter(
            "rag_fallbacks", "Answers that were quoted because no model could write.", "reason"
        )
        self.stages = histogram(
            "rag_stage_seconds", "Time that each stage of an answer took.", STAGE_SECONDS, "stage"
        )
        self.first_token = histogram(
            "rag_first_token_seconds", "From the question to the model's first word.", TOKEN_SECONDS
        )
        self.tokens = counter("rag_tokens", "Tokens that models read and wrote.", "model", "kind")
        self.dollars = counter("rag_dollars", "What models cost, where it is known.", "model")
        self.unpriced = counter(
            "rag_unpriced_calls", "Calls of models whose price is unknown.", "model"
        )
        self.similarity = histogram(
            "rag_similarity", "Highest cosine of each question and any passage.", SIMILARITIES
        )
        self.feedback = counter("rag_feedback", "Thumbs of readers.", "thumb")
        self.in_progress = gauge("rag_answers_in_progress", "Answers that are being made now.")
        self.passages = gauge("rag_index_passages", "Passages in the index.")
        self.index_version = gauge("rag_index_version", "Version of the index.")
        self._left_dollars = gauge("rag_budget_left_dollars", "Dollars left of today's budget.")
        self._left_tokens = gauge("rag_budget_left_tokens", "Tokens left of today's budget.")
        # From the start, so that an increase from nothing is seen as one.
        for kind in ("written", "quoted", "refused"):
            self.answers.labels(kind)
        for reason in ("budget", "model", "store", "suspicious"):
            self.fallbacks.labels(reason)
        for thumb in ("up", "down"):
            self.feedback.labels(thumb)

    def describe_model(self, model: str) -> None:
        """Begins the counts of a model at 0."""
        for kind in ("input", "output"):
            self.tokens.labels(model, kind)
        self.dollars.labels(model)
        self.unpriced.labels(model)

    def count(self, reply: Reply) -> None:
        """Counts an answer."""
        self.answers.labels(reply.kind).inc()
        if reply.cached:
            self.cached.inc()
            return
        if reply.grounded is False:
            self.ungrounded.inc()
        self.similarity.observe(reply.similarity)
        for stage, seconds in reply.seconds.items():
            if stage == "first_token":
                self.first_token.observe(seconds)
            else:
                self.stages.labels(stage).observe(seconds)

    def count_call(self, model: str, tokens: tuple[int, int], dollars: float | None) -> None:
        """Counts a call of a model: tokens read and written, and dollars, None where unknown."""
        for kind, number in zip(("input", "output"), tokens, strict=True):
            self.tokens.labels(model, kind).inc(number)
        if dollars is None:
            self.unpriced.labels(model).inc()
        else:
            self.dollars.labels(model).inc(dollars)

    def show_left(self, left: Left) -> None:
        """Shows what is left of today's budget."""
        self._left_dollars.set(left.dollars)
        self._left_tokens.set(left.tokens)
