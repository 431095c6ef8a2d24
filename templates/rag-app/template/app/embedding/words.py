"""Vectors from static word vectors: no model runs, so it is fast, and blind to word order."""

import threading
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from safetensors import safe_open
from tokenizers import Tokenizer

from app.embedding.embedder import of_length_one
from app.embedding.weights import checked, package_folder
from app.index.index import Vectors

PACKAGE = "wordllama"
TABLE = "weights/l2_supercat_256.safetensors"
TABLE_SHA256 = "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5"
PIECES = "tokenizers/l2_supercat_tokenizer_config.json"
PIECES_SHA256 = "bf467c9e0f536bda271283c6ef85eb1a943e3196b621c8a912d64953b205df83"
DIMENSIONS = 256
BATCH = 64


class WordVectors:
    """A text's vector is the mean of the vectors of its words and pieces of words.

    The table (32,000 rows of 256 half-precision numbers, 16 MB) is that of WordLlama, MIT licence.
    It is read at the first text. A text gets the same vector in whatever company it comes.
    """

    name = "wordllama-256"
    dimensions = DIMENSIONS

    def __init__(self) -> None:
        self._folder = package_folder(PACKAGE, "Run `uv sync`.")
        self._lock = threading.Lock()
        self._loaded: tuple[Tokenizer, npt.NDArray[np.float16]] | None = None

    def _load(self) -> tuple[Tokenizer, npt.NDArray[np.float16]]:
        with self._lock:
            if self._loaded is None:
                file = checked(self._folder / TABLE, TABLE_SHA256)
                pieces = checked(self._folder / PIECES, PIECES_SHA256)
                with safe_open(file, framework="numpy") as tensors:
                    table = tensors.get_tensor("embedding.weight")
                self._loaded = Tokenizer.from_file(str(pieces)), table
            return self._loaded

    def _means(self, texts: Sequence[str]) -> Vectors:
        tokenizer, table = self._load()
        split = tokenizer.encode_batch_fast(
            [text.strip() for text in texts], add_special_tokens=False
        )
        ids = [encoding.ids for encoding in split]
        # Each row that occurs is made single-precision once: that is most of the work.
        used, places = np.unique(
            np.concatenate([np.array(one, dtype=np.intp) for one in ids]), return_inverse=True
        )
        rows = table[used].astype(np.float32)
        means = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        start = 0
        for mean, one in zip(means, ids, strict=True):
            if one:
                mean[:] = rows[places[start : start + len(one)]].mean(axis=0)
            start += len(one)
        return means

    def documents(self, texts: Sequence[str]) -> Vectors:
        """Returns vectors, shape (texts, 256), of length 1; zeros for a text without a word."""
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            vectors[start : start + BATCH] = self._means(texts[start : start + BATCH])
        return of_length_one(vectors)

    def questions(self, texts: Sequence[str]) -> Vectors:
        """As `documents`: words are words."""
        return self.documents(texts)
