"""Vectors without a model: texts that share words are near each other."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from app.index.index import Vectors


class HashingEmbedder:
    """Counts words in few places, by their checksum."""

    def __init__(self, dimensions: int = 32, name: str = "hashing") -> None:
        self.name = name
        self.dimensions = dimensions
        self.embedded = 0  # texts so far

    def documents(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, crc32(word.encode("utf-8", "replace")) % self.dimensions] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        scaled: Vectors = (vectors / np.maximum(lengths, 1)).astype(np.float32)
        return scaled

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self.documents(texts)
