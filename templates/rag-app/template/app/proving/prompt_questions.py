"""Which questions prompts are compared on, and what each prompt is going to be asked."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from app.answering import prompting
from app.answering.prompting import Asked
from app.answering.replies import Finding
from app.answering.wording import Wording
from app.language.prices import Prices, most_usage
from app.proving.evaluation import GOLDEN, NEAR_MISS, OFF_TOPIC
from app.proving.golden import Question, Unanswerable

Find = Callable[[str], Finding]


@dataclass(frozen=True)
class Pool:
    """All questions there are."""

    golden: Sequence[Question]
    off_topic: Sequence[Unanswerable]
    near_miss: Sequence[Unanswerable]


@dataclass(frozen=True)
class Chosen:
    """A question that a model gets to see.

    Attributes:
        question: As in its file; a golden one has sections.
        set: `golden`, `off_topic` or `near_miss`.
        found: What its one search found.
    """

    question: Unanswerable
    set: str
    found: Finding


@dataclass(frozen=True)
class Planned:
    """A question as each prompt, by its name, asks it of the model; the passages are the same."""

    chosen: Chosen
    asked: Mapping[str, Asked]


@dataclass(frozen=True)
class AtMost:
    """What all answers can cost together; `dollars` None where the price is unknown."""

    dollars: float | None
    tokens: int


def quotas(sizes: Mapping[str, int], count: int) -> dict[str, int]:
    """Shares a number of questions out to kinds in proportion, by largest remainders.

    Args:
        sizes: How many questions there are of each kind.
        count: How many are wanted; of fewer, all are taken.
    """
    total = sum(sizes.values())
    wanted = min(count, total)
    exact = {kind: wanted * size / total for kind, size in sizes.items()}
    found = {kind: int(share) for kind, share in exact.items()}
    by_remainder = sorted(exact, key=lambda kind: (found[kind] - exact[kind], kind))
    for kind in by_remainder[: wanted - sum(found.values())]:
        found[kind] += 1
    return found


def choose(pool: Pool, find: Find, count: int, seed: int) -> list[Chosen]:
    """Chooses questions that a model would be asked, and searches once for each.

    Golden ones in proportion to their kinds; of near misses and of off-topic questions half as many
    each, where so many are near enough to the documents to reach a model. In an order by chance,
    so that those before a budget ends are no special ones.

    Args:
        pool: All there are.
        find: Searches.
        count: How many golden ones.
        seed: The same seed chooses the same ones.
    """
    chance = random.Random(seed)  # noqa: S311 - to be drawn again, not to be secret

    def some(questions: Iterable[Unanswerable], most: int, of: str) -> Iterator[Chosen]:
        drawn = list(questions)
        chance.shuffle(drawn)
        found = (Chosen(one, of, find(one.question)) for one in drawn)
        return islice((one for one in found if _reaches_a_model(one.found)), most)

    kinds: dict[str, list[Question]] = {}
    for one in pool.golden:
        kinds.setdefault(one.kind, []).append(one)
    chosen: list[Chosen] = []
    for kind, most in quotas({kind: len(kinds[kind]) for kind in sorted(kinds)}, count).items():
        chosen += some(kinds[kind], most, GOLDEN)
    others = -(-count // 2)
    for of, unanswerable in ((NEAR_MISS, pool.near_miss), (OFF_TOPIC, pool.off_topic)):
        chosen += some(unanswerable, others, of)
    chance.shuffle(chosen)
    return chosen


def _reaches_a_model(found: Finding) -> bool:
    return found.quoted.refusal is None and bool(found.usable.found)


def plan(chosen: Iterable[Chosen], wordings: Sequence[Wording], most_tokens: int) -> list[Planned]:
    """Puts each question into the words of each prompt.

    Args:
        chosen: The questions.
        wordings: The prompts.
        most_tokens: An answer is cut after so many.
    """
    planned = []
    for one in chosen:
        passages = [found.passage for found in one.found.usable.found]
        asked = {
            wording.name: prompting.ask(
                wording, one.question.question, passages, most_tokens=most_tokens
            )
            for wording in wordings
        }
        planned.append(Planned(one, asked))
    return planned


def at_most(planned: Iterable[Planned], prices: Prices) -> AtMost:
    """Returns what the budget would set aside for all of it: more than it can cost."""
    prompts = [asked.prompt for one in planned for asked in one.asked.values()]
    usages = [most_usage(prompt) for prompt in prompts]
    dollars = [cost for cost in map(prices.most_dollars, prompts) if cost is not None]
    tokens = sum(usage.input_tokens + usage.output_tokens for usage in usages)
    return AtMost(sum(dollars) if len(dollars) == len(prompts) else None, tokens)
