"""Sentences of the field guide in other words, as a model would put them; written by hand.

Each says what its section says. `converts` marks those that convert a number ("0.95" to "95 %"):
they are flagged, for the check can't compute.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paraphrase:
    source: str
    heading: str
    text: str
    converts: bool = False


PARAPHRASES = (
    Paraphrase(
        "ab-tests.md",
        "How many cases does an A/B test need?",
        "To detect a change half as large, you need four times as many cases.",
    ),
    Paraphrase(
        "ab-tests.md",
        "What one case is",
        "Users should be assigned to an arm by a hash of their id rather than per request, because"
        " otherwise the same person sees both versions.",
    ),
    Paraphrase(
        "ab-tests.md",
        "Cheaper precision",
        "You can lower the number of cases by subtracting what was already known about each case"
        " before the experiment.",
    ),
    Paraphrase(
        "agents-or-workflow.md",
        "Does this need an agent?",
        "If the steps can be written down in advance, use a fixed workflow, since it costs less,"
        " runs faster and can be tested.",
    ),
    Paraphrase(
        "agents-or-workflow.md",
        "Errors multiply",
        "With 95% success per step, a chain of 10 steps succeeds only 60% of the time.",
        converts=True,
    ),
    Paraphrase(
        "batch-or-online.md",
        "What staleness and computing cost",
        "Handling 100 rows in one request cost about 8.5 microseconds of CPU per row, compared with"
        " 184 for a single prediction.",
    ),
    Paraphrase(
        "batch-or-online.md",
        "The mixtures",
        "If the online model times out, falling back to yesterday's table is generally preferable"
        " to returning an error.",
    ),
    Paraphrase(
        "calibration.md",
        "How large a gap is chance?",
        "Even a model with perfectly correct probabilities shows some calibration error, because a"
        " finite test set is random.",
    ),
    Paraphrase(
        "calibration.md",
        "Repairing it, and what that cannot do",
        "Platt scaling learns a two-parameter logistic curve, whereas isotonic regression can fit"
        " any increasing step function and needs around a thousand rows.",
    ),
    Paraphrase(
        "ci-for-ml.md",
        "Gates and tests that deserve belief",
        "Flaky tests should be quarantined the same day, or people get used to re-running the"
        " build.",
    ),
    Paraphrase(
        "embeddings.md",
        "What a mean cannot see",
        "Because a mean ignores word order, swapping the two names in a sentence produces exactly"
        " the same vector.",
    ),
    Paraphrase(
        "embeddings.md",
        "Living with embeddings",
        "Never mix vectors from different models; keep the model name and dimension next to them"
        " and rebuild the index if either changes.",
    ),
    Paraphrase(
        "hybrid-search.md",
        "When two are better than one, and when not",
        "Combining a weak embedding with BM25 helped, while the strong MiniLM encoder got worse"
        " when fused, dropping from .901 to .813.",
    ),
    Paraphrase(
        "latency-percentiles.md",
        "Percentiles cannot be averaged",
        "Averaging the p99 of each replica does not give the p99 of the whole service; merge the"
        " histogram buckets first.",
    ),
    Paraphrase(
        "lora.md",
        "Two thin matrices",
        "Only the two small matrices A and B are trained, and since B begins at zero, training"
        " starts from the original model.",
    ),
    Paraphrase(
        "prompt-injection.md",
        "Limit the consequences",
        "Tools should only read, unless a human approves each individual call after seeing its"
        " arguments.",
    ),
    Paraphrase(
        "caching.md",
        "Which answers may be given twice?",
        "An answer can be reused when the question, documents, model, prompt and the asker's"
        " permissions are all identical.",
    ),
    Paraphrase(
        "caching.md",
        "Four caches, and why the key is the design",
        "Putting the index version into the key means that updating the documents automatically"
        " makes all old cached answers unusable.",
    ),
    Paraphrase(
        "caching.md",
        "Why similar is not the same",
        "No similarity threshold works, because asking to turn the alarm on and off scores 0.958"
        " while two phrasings of a cancellation score only 0.289.",
    ),
    Paraphrase(
        "chunking.md",
        "What a chunk is for",
        "Short chunks are easier to match but harder to read, while long ones mix several topics"
        " into an averaged vector.",
    ),
    Paraphrase(
        "chunking.md",
        "How to cut",
        "Overlapping chunks make the index bigger: 50 repeated words in a 200-word chunk increase"
        " it by a third.",
    ),
    Paraphrase(
        "chunking.md",
        "The limits set by the models",
        "The MiniLM encoder silently ignores everything after 256 word pieces by default.",
    ),
    Paraphrase(
        "data-drift.md",
        "What is compared with what",
        "Use the rows the model was tested on as the reference, instead of the training rows.",
    ),
    Paraphrase(
        "data-drift.md",
        "When have the inputs changed enough to matter?",
        "Drift by itself is a hint to investigate and seldom a good reason for retraining.",
    ),
    Paraphrase(
        "durable-agents.md",
        "At least once is what you get",
        "Use a key derived from the run and the call so that the receiver can reject a payment it"
        " has already processed.",
    ),
    Paraphrase(
        "durable-agents.md",
        "What happens to an agent when its process dies?",
        "Anything held only in memory is lost, while checkpointed work continues in a new process"
        " and the interrupted step is executed again.",
    ),
    Paraphrase(
        "golden-sets.md",
        "How many",
        "At 80% accuracy, 100 questions give an interval of about plus or minus 8 points.",
        converts=True,
    ),
    Paraphrase(
        "golden-sets.md",
        "Where do test questions for retrieval come from?",
        "The best test questions come from real users, for example from search logs or support"
        " tickets.",
    ),
    Paraphrase(
        "grounding.md",
        "What a similarity threshold can do",
        "At that threshold 65% of the near-miss questions would still have received an answer.",
    ),
    Paraphrase(
        "grounding.md",
        "Deciding that the passages suffice",
        "Models given insufficient context frequently give a wrong answer rather than declining to"
        " answer.",
    ),
    Paraphrase(
        "leakage.md",
        "A column from the future",
        "With the leaked spending column the AUC rises to 0.935, but once it is missing at serving"
        " time it falls to 0.694.",
    ),
    Paraphrase(
        "leakage.md",
        "How does the answer leak into the inputs?",
        "For each column, find out who fills it in and at what time.",
    ),
)
