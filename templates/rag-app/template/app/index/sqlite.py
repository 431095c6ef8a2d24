"""The index in a SQLite file: words by FTS5, vectors exactly, in memory.

An ingest first writes into temporary tables, and then moves them over in one transaction. So
nobody who writes other things to the same file waits while vectors are made.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from threading import Lock
from typing import Any

import numpy as np

from app.index.index import Entry, Hit, Recipe, Vector
from app.index.matrix import Matrix
from app.index.sqlite_tables import TABLES, bring, empty, load, move_over, read_state, words_table
from app.index.sqlite_words import find_words
from app.passages import Passage
from app.service.store import Store


class SqliteIndex:
    """An index in a SQLite file; `Index` says what it promises.

    Good for about 100,000 passages: each process that searches has all vectors in memory.

    Attributes:
        place: The file.
    """

    def __init__(self, store: Store) -> None:
        self.place = store.place
        self._store = store
        self._matrix: Matrix | None = None
        self._loading = Lock()
        # Creating is writing, which would wait for an ingest of another process.
        if not store.query("SELECT 1 FROM sqlite_master WHERE name = 'words'"):
            store.create((*TABLES, words_table("none")))

    def recipe(self) -> Recipe | None:
        """Returns with what the index was made."""
        return self._store.read(read_state)[1]

    def version(self) -> int:
        """Returns the number of changes so far."""
        return self._store.read(read_state)[0]

    def digests(self) -> Mapping[str, str]:
        """Returns the digest of each source."""
        rows = self._store.query("SELECT source, digest FROM documents")
        return {source: digest for source, digest in rows}  # noqa: C416 - its type is known so

    def count(self) -> int:
        """Returns the number of passages."""
        return int(self._store.query("SELECT COUNT(*) FROM passages")[0][0])

    def replace(self, entries: Iterable[Entry], gone: Collection[str], recipe: Recipe) -> int:
        """Puts documents in and takes documents out, all or nothing; returns the version."""

        def work(cursor: sqlite3.Cursor) -> int:
            bring(cursor, entries, gone)
            cursor.execute("BEGIN IMMEDIATE")
            version = move_over(cursor, recipe)
            cursor.execute("COMMIT")
            return version

        return self._store.session(work)

    def lexical(self, terms: Sequence[str], k: int, under: str = "") -> list[Hit]:
        """Returns the passages that match words best, by BM25."""
        rows = self._store.read(lambda cursor: find_words(cursor, terms, k, under))
        return [Hit(number, score) for number, score in rows]

    def vector(self, query: Vector, k: int, under: str = "") -> list[Hit]:
        """Returns the passages nearest to a vector, exactly."""
        return self._vectors().nearest(query, k, under)

    def passages(self, ids: Sequence[int]) -> Mapping[int, Passage]:
        """Returns passages by id."""
        return {
            number: Passage(source, tuple(json.loads(headings)), place, text)
            for number, source, headings, place, text in self._rows(
                "id, source, headings, place, text", ids
            )
        }

    def vectors(self, ids: Sequence[int]) -> Mapping[int, Vector]:
        """Returns vectors by id."""
        rows = self._rows("id, vector", ids)
        return {number: np.frombuffer(vector, "<f4") for number, vector in rows}

    def clear(self) -> int:
        """Takes everything out; returns how many passages there were."""

        def work(cursor: sqlite3.Cursor) -> int:
            cursor.execute("BEGIN IMMEDIATE")
            held = int(cursor.execute("SELECT COUNT(*) FROM passages").fetchone()[0])
            if read_state(cursor)[1]:
                empty(cursor, "none")
                cursor.execute("UPDATE index_state SET version = version + 1, recipe = NULL")
            cursor.execute("COMMIT")
            return held

        return self._store.session(work)

    def close(self) -> None:
        """Closes the connections."""
        self._store.close()

    def _rows(self, columns: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        sql = f"SELECT {columns} FROM passages WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608
        return self._store.query(sql, (json.dumps([int(one) for one in ids]),))

    def _vectors(self) -> Matrix:
        """Returns the vectors of the newest version, from memory where they are there."""
        with self._loading:
            if self._matrix is None or self._matrix.version != self.version():
                self._matrix = None  # the old one makes room first
                self._matrix = self._store.read(load)
            return self._matrix
