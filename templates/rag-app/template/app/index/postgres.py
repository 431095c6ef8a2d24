"""The index in Postgres: words by its text search, vectors by pgvector's HNSW."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import log
from typing import Any

import numpy as np

from app.index.index import Entry, Hit, Recipe, Vector
from app.index.postgres_tables import (
    TABLES,
    as_text,
    bring,
    empty,
    move_over,
    plain,
    read_state,
)
from app.index.rarity import rarest
from app.passages import Passage
from app.service.errors import UserError
from app.service.store import Store

OLDEST = (0, 8)  # of pgvector: the first that goes on looking when a filter leaves too few
MOST_TERMS = 8  # each reads the words of each passage that matches any
TERMS = f"""
    SELECT phraseto_tsquery(config::regconfig, {plain("term")})::text,
        MIN(COALESCE(lexemes.passages, 0)), MIN(index_state.passages)
    FROM index_state, unnest($1::text[]) AS term,
        unnest(to_tsvector(config::regconfig, {plain("term")})) AS word
        LEFT JOIN lexemes ON lexemes.lexeme = word.lexeme
    GROUP BY 1"""  # noqa: S608
# As in BM25, each term counts by its rarity, its second occurrence less than its first, and less in
# a long passage; a heading's words count as three.
LEXICAL = """
    SELECT id, (
        SELECT SUM(weight * ts_rank('{0.3, 0.3, 0.3, 0.9}', words, term, 1))
        FROM unnest($1::tsquery[], $2::float8[]) AS asked (term, weight)) AS score
    FROM passages WHERE words @@ $3::tsquery AND source ^@ $4
    ORDER BY score DESC, id LIMIT $5"""
NEAR = """
    SELECT id, -(embedding::vector({n}) <#> $1::vector({n})) FROM passages
    WHERE vector_dims(embedding) = {n} AND source ^@ $2
    ORDER BY embedding::vector({n}) <#> $1::vector({n}) LIMIT $3"""
# For one transaction: a pooler gives the connection to somebody else after it.
# Questions lie far from passages, where this kind of index easily misses: of the ten nearest in
# 10,000 passages it found 84 % with 100 candidates, 99 % with these, the most there can be.
LOOK_ON = "BEGIN; SET LOCAL hnsw.iterative_scan = strict_order; SET LOCAL hnsw.ef_search = 1000"
EXACTLY = "SET LOCAL enable_indexscan = off"


class PostgresIndex:
    """An index in Postgres with pgvector; `Index` says what it promises.

    Attributes:
        place: The address, without a password.

    Raises:
        UserError: There is no pgvector, or an old one.
    """

    def __init__(self, store: Store) -> None:
        import psycopg

        self.place = store.place
        self._store = store
        remedy = "Use a Postgres with pgvector 0.8 or newer, such as the image pgvector/pgvector."
        try:
            # Creating would wait for an ingest of another process.
            if not store.query("SELECT to_regclass('index_state')")[0][0]:
                store.create(("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public", *TABLES))
        except psycopg.Error as error:
            problem = f"{self.place} can't keep vectors: {str(error).splitlines()[0]}."
            raise UserError(problem, remedy) from error
        found = store.query("SELECT extversion FROM pg_extension WHERE extname = 'vector'")[0][0]
        if tuple(map(int, found.split(".")[:2])) < OLDEST:
            raise UserError(f"{self.place} has pgvector {found}.", remedy)

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
        return int(self._store.query("SELECT passages FROM index_state")[0][0])

    def replace(self, entries: Iterable[Entry], gone: Collection[str], recipe: Recipe) -> int:
        """Puts documents in and takes documents out, all or nothing; returns the version."""

        def work(cursor: Any) -> int:  # noqa: ANN401
            cursor.execute("BEGIN")
            bring(cursor, entries, recipe)
            version = move_over(cursor, gone, recipe)
            cursor.execute("COMMIT")
            return version

        return self._store.session(work)

    def lexical(self, terms: Sequence[str], k: int, under: str = "") -> list[Hit]:
        """Returns the passages that match words best, by their rarer words."""
        given = [term.replace("\0", " ").encode("utf-8", "replace").decode() for term in terms]
        counted = self._found(TERMS, given)
        kept = rarest(((term, held) for term, held, _ in counted), k)[:MOST_TERMS]
        if not kept:
            return []
        asked, total = [term for term, _ in kept], counted[0][2]
        weights = [log(1 + (total - held + 0.5) / (held + 0.5)) for _, held in kept]
        either = " | ".join(f"({term})" for term in asked)
        rows = self._found(LEXICAL, asked, weights, either, under, k)
        return [Hit(number, score) for number, score in rows]

    def vector(self, query: Vector, k: int, under: str = "") -> list[Hit]:
        """Returns the passages nearest to a vector: nearly all of them the nearest there are."""
        sql, values = NEAR.format(n=len(query)), (as_text(query), under, k)

        def work(cursor: Any) -> list[tuple[int, float]]:  # noqa: ANN401
            cursor.execute(LOOK_ON)
            found: list[tuple[int, float]] = cursor.execute(sql, values).fetchall()
            if len(found) < k:  # it gave up looking, or there are no more
                cursor.execute(EXACTLY)
                found = cursor.execute(sql, values).fetchall()
            cursor.execute("COMMIT")
            return found

        return [Hit(number, score) for number, score in self._store.read(work)]

    def passages(self, ids: Sequence[int]) -> Mapping[int, Passage]:
        """Returns passages by id."""
        return {
            number: Passage(source, tuple(headings), place, text)
            for number, source, headings, place, text in self._rows(
                "id, source, headings, place, text", ids
            )
        }

    def vectors(self, ids: Sequence[int]) -> Mapping[int, Vector]:
        """Returns vectors by id."""
        rows = self._rows("id, embedding::real[]", ids)
        return {number: np.array(vector, np.float32) for number, vector in rows}

    def clear(self) -> int:
        """Takes everything out; returns how many passages there were."""

        def work(cursor: Any) -> int:  # noqa: ANN401
            cursor.execute("BEGIN")
            present = read_state(cursor, "FOR UPDATE")[1]
            held = int(cursor.execute("SELECT passages FROM index_state").fetchone()[0])
            if present:
                empty(cursor)
                cursor.execute("UPDATE index_state SET version = version + 1, recipe = NULL")
            cursor.execute("COMMIT")
            return held

        return self._store.session(work)

    def close(self) -> None:
        """Closes the connections."""
        self._store.close()

    def _rows(self, columns: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        sql = f"SELECT {columns} FROM passages WHERE id = ANY ($1::bigint[])"  # noqa: S608
        return self._found(sql, [int(one) for one in ids])

    def _found(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        def work(cursor: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401
            found: list[tuple[Any, ...]] = cursor.execute(sql, values).fetchall()
            return found

        return self._store.read(work)
