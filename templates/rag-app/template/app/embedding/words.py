"""Vectors from static word vectors: no model runs, so it is fast, and blind to word order."""

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

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
BYTE = re.compile("<0x([0-9A-F]{2})>")
LAST_ASCII = 127
SPECIAL = [0, 1, 2]  # unknown, begin and end
_FIRST = threading.Lock()


def says_something(piece: str) -> bool:
    """Tells whether a piece of the vocabulary has a letter or a digit.

    Signs and line breaks say how a text is laid out, which would make tables resemble each other.
    `<0xE4>` is a byte of a sign that the vocabulary does not hold; those above 127 may be letters.
    """
    if byte := BYTE.fullmatch(piece):
        return int(byte.group(1), 16) > LAST_ASCII
    return any(sign.isalnum() for sign in piece)


@dataclass(frozen=True)
class _Table:
    tokenizer: Tokenizer
    rows: npt.NDArray[np.float16]
    telling: npt.NDArray[np.bool_]

    def ids(self, texts: Sequence[str]) -> list[npt.NDArray[np.intp]]:
        """Returns the rows of each text's pieces that say something."""
        split = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        every = [np.array(one.ids, dtype=np.intp) for one in split]
        return [ids[self.telling[ids]] for ids in every]

    def means(self, texts: Sequence[str]) -> Vectors:
        """Returns the mean row of each text, shape (texts, 256); zeros where nothing is left."""
        ids = self.ids(texts)
        # Making numbers single-precision is most of the work: do it once for each row that occurs.
        used, places = np.unique(np.concatenate(ids), return_inverse=True)
        rows = self.rows[used].astype(np.float32)
        means = np.zeros((len(ids), DIMENSIONS), dtype=np.float32)
        ends = np.cumsum([len(one) for one in ids])
        for mean, one, end in zip(means, ids, ends, strict=True):
            if len(one):
                mean[:] = rows[places[end - len(one) : end]].mean(axis=0)
        return means


@cache
def _read(folder: Path) -> _Table:
    file = checked(folder / TABLE, TABLE_SHA256)
    tokenizer = Tokenizer.from_file(str(checked(folder / PIECES, PIECES_SHA256)))
    with safe_open(file, framework="numpy") as tensors:
        rows = tensors.get_tensor("embedding.weight")
    telling = np.zeros(len(rows), dtype=np.bool_)
    for piece, place in tokenizer.get_vocab().items():
        telling[place] = says_something(piece)
    telling[SPECIAL] = False
    return _Table(tokenizer, rows, telling)


class WordVectors:
    """A text's vector is the mean of the vectors of its words and pieces of words.

    The table (32,000 rows of 256 half-precision numbers, 16 MB) is that of WordLlama, MIT licence.
    It is read at the first text, once for the process. A text gets the same vector in whatever
    company it comes.
    """

    name = "wordllama-256/words"
    dimensions = DIMENSIONS

    def __init__(self) -> None:
        self._folder = package_folder(PACKAGE, "Run `uv sync`.")

    def documents(self, texts: Sequence[str]) -> Vectors:
        """Returns vectors, shape (texts, 256), of length 1; zeros for a text without a word."""
        with _FIRST:  # of threads that come at once, one reads it
            table = _read(self._folder)
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            vectors[start : start + BATCH] = table.means(texts[start : start + BATCH])
        return of_length_one(vectors)

    def questions(self, texts: Sequence[str]) -> Vectors:
        """As `documents`: words are words."""
        return self.documents(texts)
