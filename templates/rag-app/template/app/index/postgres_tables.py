"""The tables of the index in Postgres, and how documents get into them and out."""

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict
from typing import Any

import numpy as np

from app.index.index import Entry, Recipe, Vector

# The embedding's column has no fixed length: another recipe may bring another. An index for
# nearest neighbours needs one, so there is one index for each, of the rows that have it.
TABLES = (
    "CREATE TABLE IF NOT EXISTS documents (source TEXT PRIMARY KEY, digest TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS passages (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, source TEXT COLLATE "C" NOT NULL,
        headings TEXT[] NOT NULL, place TEXT NOT NULL, text TEXT NOT NULL,
        words TSVECTOR NOT NULL, embedding VECTOR NOT NULL)""",
    # Ranking reads the words of thousands of rows; elsewhere than in the row it takes four times
    # as long. The vectors go there, which have an index of their own.
    "ALTER TABLE passages ALTER COLUMN words SET STORAGE MAIN",
    "CREATE INDEX IF NOT EXISTS passages_source ON passages (source)",
    "CREATE INDEX IF NOT EXISTS passages_words ON passages USING gin (words)",
    # In how many passages a word is: what is rare says most.
    "CREATE TABLE IF NOT EXISTS lexemes (lexeme TEXT PRIMARY KEY, passages BIGINT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS index_state (
        one INTEGER PRIMARY KEY, version BIGINT NOT NULL, passages BIGINT NOT NULL, recipe JSONB,
        config TEXT NOT NULL)""",
    "INSERT INTO index_state VALUES (1, 0, 0, NULL, 'simple') ON CONFLICT DO NOTHING",
)
INCOMING = (
    "CREATE TEMP TABLE incoming_documents (source TEXT PRIMARY KEY, digest TEXT) ON COMMIT DROP",
    """CREATE TEMP TABLE incoming (
        n BIGINT GENERATED ALWAYS AS IDENTITY, source TEXT, headings TEXT[], place TEXT, text TEXT,
        embedding VECTOR) ON COMMIT DROP""",
)
CONFIGS = {"english": "english", "none": "simple"}
MOST_INDEXED = 2000  # dimensions that pgvector's index can take; above, each vector is compared
PUNCTUATION = r"""!"#$%&''()*+,-./:;<=>?@[\]^`{|}~"""


def plain(text: str) -> str:
    """Returns SQL for a text without punctuation, so that `a/b.c` is three words."""
    return f"translate({text}, '{PUNCTUATION}', repeat(' ', {len(PUNCTUATION)}))"


# Words of headings get another label than those of the text, of which 200,000 signs are taken: a
# text search vector holds 1 MB at most.
HEADINGS, TEXT = plain("array_to_string(headings, ' ')"), plain("left(text, 200000)")
ADD = f"""
    WITH added AS (
        INSERT INTO passages (source, headings, place, text, words, embedding)
        SELECT source, headings, place, text,
            setweight(to_tsvector($1::regconfig, {HEADINGS}), 'A')
            || to_tsvector($1::regconfig, {TEXT}), embedding
        FROM incoming ORDER BY n RETURNING words),
    counted AS (
        INSERT INTO lexemes
        SELECT lexeme, COUNT(*) FROM added, unnest(words) GROUP BY lexeme
        ON CONFLICT (lexeme) DO UPDATE SET passages = lexemes.passages + excluded.passages)
    SELECT COUNT(*) FROM added"""  # noqa: S608
# What another process brought meanwhile stays as it is, with the ids by which it is cited.
LEAVE_OUT = """
    WITH same AS (
        DELETE FROM incoming_documents USING documents
        WHERE incoming_documents.source = documents.source
            AND incoming_documents.digest = documents.digest
        RETURNING incoming_documents.source)
    DELETE FROM incoming USING same WHERE incoming.source = same.source"""
FORGET_WORDS = """
    UPDATE lexemes SET passages = lexemes.passages - old.passages
    FROM (SELECT lexeme, COUNT(*) AS passages FROM passages, unnest(words)
        WHERE source = ANY ($1::text[]) GROUP BY lexeme) AS old
    WHERE lexemes.lexeme = old.lexeme"""


def near_index(dimensions: int) -> str:
    """Returns the name of the index of vectors of so many dimensions."""
    return f"passages_near_{dimensions}"


def read_state(cursor: Any, lock: str = "") -> tuple[int, Recipe | None]:  # noqa: ANN401
    """Returns the version, and with what the index was made."""
    row = cursor.execute(f"SELECT version, recipe FROM index_state {lock}").fetchone()  # noqa: S608
    return row[0], Recipe(**row[1]) if row[1] else None


def as_text(vector: Vector) -> str:
    """Returns a vector as pgvector reads it."""
    return f"[{','.join(map(str, vector.tolist()))}]"


def _as_bytes(vectors: Vector, dimensions: int) -> list[bytes]:
    """Returns vectors as pgvector's binary form: how many numbers, zero, and the numbers."""
    head = dimensions.to_bytes(2, "big") + bytes(2)
    return [head + vector.tobytes() for vector in np.asarray(vectors, ">f4")]


def bring(cursor: Any, entries: Iterable[Entry], recipe: Recipe) -> None:  # noqa: ANN401
    """Writes what is to be put in into temporary tables; in a transaction."""
    for statement in INCOMING:
        cursor.execute(statement)
    for entry in entries:
        cursor.execute(
            "INSERT INTO incoming_documents VALUES ($1, $2)", (entry.source, entry.digest)
        )
        vectors = _as_bytes(entry.vectors, recipe.dimensions)
        into = "COPY incoming (source, headings, place, text, embedding) FROM STDIN (FORMAT binary)"
        with cursor.copy(into) as copy:
            for passage, vector in zip(entry.passages, vectors, strict=True):
                copy.write_row(
                    (entry.source, list(passage.headings), passage.place, passage.text, vector)
                )


def move_over(cursor: Any, gone: Collection[str], recipe: Recipe) -> int:  # noqa: ANN401
    """Makes what was brought part of the index; in the same transaction.

    Returns:
        The version: a new one if there was anything to change.
    """
    version, present = read_state(cursor, "FOR UPDATE")  # ingests go one after the other
    if present == recipe:
        cursor.execute(LEAVE_OUT)
    sources = cursor.execute("SELECT source FROM incoming_documents").fetchall()
    if present != recipe:
        empty(cursor)
    elif not (_take_out(cursor, [*gone, *(one for (one,) in sources)]) or sources):
        return version
    config = CONFIGS[recipe.language]
    cursor.execute("INSERT INTO documents SELECT source, digest FROM incoming_documents")
    added = cursor.execute(ADD, (config,)).fetchone()[0]
    _index_vectors(cursor, recipe.dimensions)
    cursor.execute(
        "UPDATE index_state SET version = $1, passages = passages + $2, recipe = $3, config = $4",
        (version + 1, added, json.dumps(asdict(recipe)), config),
    )
    return version + 1


def _take_out(cursor: Any, sources: Collection[str]) -> bool:  # noqa: ANN401
    gone = (list(sources),)
    cursor.execute(FORGET_WORDS, gone)
    cursor.execute("DELETE FROM lexemes WHERE passages = 0")
    out = cursor.execute("DELETE FROM passages WHERE source = ANY ($1::text[])", gone).rowcount
    cursor.execute("UPDATE index_state SET passages = passages - $1", (out,))
    documents = cursor.execute("DELETE FROM documents WHERE source = ANY ($1::text[])", gone)
    return bool(documents.rowcount)


def empty(cursor: Any) -> None:  # noqa: ANN401
    """Takes everything out; in a transaction. Others see it until the end of that."""
    for table in ("documents", "passages", "lexemes"):
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608
    cursor.execute("UPDATE index_state SET passages = 0")


def _index_vectors(cursor: Any, dimensions: int) -> None:  # noqa: ANN401
    if dimensions <= MOST_INDEXED:
        # The inner product: of vectors of length 1 it is the cosine, and it takes zeros as well.
        cursor.execute(
            f"CREATE INDEX IF NOT EXISTS {near_index(dimensions)} ON passages USING hnsw "
            f"((embedding::vector({dimensions})) vector_ip_ops) "
            f"WHERE vector_dims(embedding) = {dimensions}"
        )
    cursor.execute("ANALYZE passages")
