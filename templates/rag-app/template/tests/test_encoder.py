"""The sentence encoder computes what its makers' own code computes."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from app.embedding import encoder as module
from app.embedding.encoder import (
    BATCH_TOKENS,
    HEADS,
    LAYERS,
    Encoder,
    Network,
    batches,
    gelu,
)
from app.service.errors import UserError

needs_weights = pytest.mark.encoder
WEATHER = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


@needs_weights
def test_it_agrees_with_the_published_similarities(encoder: Encoder) -> None:
    # Of these sentences, in the quickstart of the Sentence Transformers documentation.
    vectors = encoder.documents(WEATHER)
    published = [[1.0, 0.6660, 0.1046], [0.6660, 1.0, 0.1411], [0.1046, 0.1411, 1.0]]
    np.testing.assert_allclose(vectors @ vectors.T, published, atol=1e-4)


def test_the_network_agrees_with_a_slow_computation_in_double_precision() -> None:
    network = random_network()
    texts = [[1, 7, 3], [9], [n % 50 for n in range(40)], [2, 2, 2, 5]]  # 40: two blocks
    expected = np.array([slow_mean(network, ids) for ids in texts])
    np.testing.assert_allclose(network.means(texts), expected, atol=1e-4)


@needs_weights
def test_so_it_does_with_the_real_weights(encoder: Encoder) -> None:
    text = "Chunks of 200 words, cut at headings."
    tokenizer, network = encoder._load()
    slow = slow_mean(network, tokenizer.encode(text).ids)
    cosine = encoder.documents([text])[0] @ slow / np.linalg.norm(slow)
    assert cosine == pytest.approx(1, abs=1e-6)


@needs_weights
def test_company_and_padding_change_nothing(encoder: Encoder) -> None:
    texts = [*WEATHER, "word " * 40, "a", WEATHER[0]]
    together = encoder.documents(texts)
    alone = np.concatenate([encoder.documents([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=2e-6)
    np.testing.assert_array_equal(together, encoder.questions(texts))


@needs_weights
def test_a_paraphrase_without_a_common_word_is_nearer(encoder: Encoder) -> None:
    question, same, other = encoder.documents(
        ["Why is my bill so high?", "Costs grow with every token.", "Ducks swim on the lake."]
    )
    assert question @ same > question @ other


@needs_weights
def test_what_is_behind_256_tokens_is_not_read(encoder: Encoder) -> None:
    start = "chunk " * 300
    first, second = encoder.documents([start + "duck", start + "wine " * 50])
    np.testing.assert_allclose(first, second, atol=2e-6)


@needs_weights
def test_an_empty_text_gives_zeros(encoder: Encoder) -> None:
    assert encoder.documents(["", " \n", "a"]).any(axis=1).tolist() == [False, False, True]
    assert encoder.documents([]).shape == (0, encoder.dimensions)


@needs_weights
@pytest.mark.parametrize("name", ["WEIGHTS_SHA256", "PIECES_SHA256"])
def test_its_files_are_checked_before_they_are_used(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(module, name, "0" * 64)
    with pytest.raises(UserError, match="not the file"):
        Encoder().documents(["chunk"])


def test_without_its_package_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PACKAGE", "no_such_weights")
    with pytest.raises(UserError) as caught:
        Encoder()
    assert "uv sync --group encoder" in caught.value.remedy


def test_gelu_is_that_of_the_error_function() -> None:
    x = np.linspace(-6, 6, 1001, dtype=np.float32)
    exact = [v / 2 * (1 + math.erf(v / math.sqrt(2))) for v in x.tolist()]
    np.testing.assert_allclose(gelu(x), exact, atol=2e-6)


def test_batches_hold_every_text_once_and_not_too_much() -> None:
    lengths = [256, 3, 90, 256, 17, 4, 256] * 9
    found = list(batches(lengths))
    assert sorted(place for batch in found for place in batch) == list(range(len(lengths)))
    assert all(len(b) * max(lengths[p] for p in b) <= BATCH_TOKENS for b in found)
    assert list(batches([])) == []


def random_network() -> Network:
    """A network of 24 numbers for each token, 50 words and 40 places, with random weights."""
    rng = np.random.default_rng(7)
    width, inner = 24, 96
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (50, width),
        "embeddings.position_embeddings.weight": (40, width),
        "embeddings.token_type_embeddings.weight": (2, width),
    }
    norms = ["embeddings.LayerNorm"]
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        norms += [f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"]
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            shapes[f"{layer}.attention.{part}.weight"] = (width, width)
            shapes[f"{layer}.attention.{part}.bias"] = (width,)
        shapes[f"{layer}.intermediate.dense.weight"] = (inner, width)
        shapes[f"{layer}.intermediate.dense.bias"] = (inner,)
        shapes[f"{layer}.output.dense.weight"] = (width, inner)
        shapes[f"{layer}.output.dense.bias"] = (width,)
    for norm in norms:
        shapes |= {f"{norm}.weight": (width,), f"{norm}.bias": (width,)}
    return Network({n: rng.normal(size=s).astype(np.float32) for n, s in shapes.items()})


def slow_mean(network: Network, ids: Sequence[int]) -> npt.NDArray[np.float64]:
    """The network for one text, head by head and token by token, as its paper writes it."""
    weights = {name: value.astype(np.float64) for name, value in network.weights.items()}

    def dense(x: npt.NDArray[np.float64], name: str) -> npt.NDArray[np.float64]:
        rows: npt.NDArray[np.float64] = np.einsum("ti,oi->to", x, weights[f"{name}.weight"])
        return rows + weights[f"{name}.bias"]

    def norm(x: npt.NDArray[np.float64], name: str) -> npt.NDArray[np.float64]:
        rows = [(row - row.mean()) / math.sqrt(row.var() + 1e-12) for row in x]
        normal: npt.NDArray[np.float64] = np.array(rows)
        return normal * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    embedded = "embeddings.{}_embeddings.weight"
    x = np.array(
        [
            weights[embedded.format("word")][one]
            + weights[embedded.format("position")][place]
            + weights[embedded.format("token_type")][0]
            for place, one in enumerate(ids)
        ]
    )
    x = norm(x, "embeddings.LayerNorm")
    part_width = x.shape[1] // HEADS
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            dense(x, f"{layer}.attention.self.{name}") for name in ("query", "key", "value")
        )
        mixed = np.zeros_like(x)
        for head in range(HEADS):
            part = slice(head * part_width, (head + 1) * part_width)
            for place in range(len(ids)):
                powers = np.exp(key[:, part] @ query[place, part] / math.sqrt(part_width))
                mixed[place, part] = powers / powers.sum() @ value[:, part]
        x = norm(
            x + dense(mixed, f"{layer}.attention.output.dense"),
            f"{layer}.attention.output.LayerNorm",
        )
        inner = dense(x, f"{layer}.intermediate.dense")
        bent = inner / 2 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
        x = norm(x + dense(bent, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    mean: npt.NDArray[np.float64] = x.mean(axis=0)
    return mean
