"""The tables of the index in a SQLite file, and how documents get into them and out."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import asdict
from itertools import accumulate, groupby

import numpy as np

from app.index.index import Entry, Recipe
from app.index.matrix import Matrix

# AUTOINCREMENT: an id is never given again.
TABLES = (
    "CREATE TABLE IF NOT EXISTS documents (source TEXT PRIMARY KEY, digest TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS passages (
        id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, headings TEXT NOT NULL,
        place TEXT NOT NULL, text TEXT NOT NULL, vector BLOB NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS passages_source ON passages (source)",
    """CREATE TABLE IF NOT EXISTS index_state (
        one INTEGER PRIMARY KEY, version INTEGER NOT NULL, recipe TEXT)""",
    "INSERT INTO index_state VALUES (1, 0, NULL) ON CONFLICT DO NOTHING",
    "CREATE TABLE IF NOT EXISTS common_words (term TEXT PRIMARY KEY, passages INTEGER NOT NULL)",
)
# It keeps no text of its own: it reads that of `passages`.
WORDS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (headings, text, "
    "content = passages, content_rowid = id, tokenize = '{}')"
)
TOKENIZERS = {
    "english": "porter unicode61 remove_diacritics 2",
    "none": "unicode61 remove_diacritics 2",
}
# How many passages hold a word. FTS5 counts them anew each time, which for a common word takes
# longer than all the rest, so those are counted once, at ingest.
WORD_COUNTS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.word_counts USING fts5vocab (main, words, row)"
)
COMMON = 1000  # passages
# Temporary tables are the connection's own: filling them locks nothing.
INCOMING = (
    "CREATE TEMP TABLE incoming_documents (source TEXT PRIMARY KEY, digest TEXT)",
    """CREATE TEMP TABLE incoming (n INTEGER PRIMARY KEY, source TEXT, headings TEXT, place TEXT,
        text TEXT, vector BLOB)""",
    "CREATE TEMP TABLE outgoing (source TEXT PRIMARY KEY)",
)
OLD = "source IN (SELECT source FROM outgoing)"
# What another process brought meanwhile stays as it is, with the ids by which it is cited.
SAME = "source IN (SELECT source FROM incoming_documents JOIN documents USING (source, digest))"


def words_table(language: str) -> str:
    """Returns the statement that creates the table of words, for a language of `Recipe`."""
    return WORDS.format(TOKENIZERS[language])


def read_state(cursor: sqlite3.Cursor) -> tuple[int, Recipe | None]:
    """Returns the version, and with what the index was made."""
    version, recipe = cursor.execute("SELECT version, recipe FROM index_state").fetchone()
    return version, Recipe(**json.loads(recipe)) if recipe else None


def bring(cursor: sqlite3.Cursor, entries: Iterable[Entry], gone: Collection[str]) -> None:
    """Writes what is to change into temporary tables."""
    for statement in INCOMING:
        cursor.execute(statement)
    cursor.executemany("INSERT OR IGNORE INTO outgoing VALUES (?)", [(one,) for one in gone])
    for entry in entries:
        cursor.execute("INSERT OR IGNORE INTO outgoing VALUES (?)", (entry.source,))
        cursor.execute("INSERT INTO incoming_documents VALUES (?, ?)", (entry.source, entry.digest))
        vectors = np.ascontiguousarray(entry.vectors, "<f4")
        cursor.executemany(
            "INSERT INTO incoming (source, headings, place, text, vector) VALUES (?, ?, ?, ?, ?)",
            [
                (
                    entry.source,
                    json.dumps(passage.headings, ensure_ascii=False),
                    passage.place,
                    passage.text,
                    vector.tobytes(),
                )
                for passage, vector in zip(entry.passages, vectors, strict=True)
            ],
        )


def move_over(cursor: sqlite3.Cursor, recipe: Recipe) -> int:
    """Makes what was brought part of the index; in a transaction.

    Returns:
        The version: a new one if there was anything to change.
    """
    version, present = read_state(cursor)
    if present == recipe:
        for table in ("outgoing", "incoming", "incoming_documents"):  # by the last it is known
            cursor.execute(f"DELETE FROM {table} WHERE {SAME}")  # noqa: S608
    old = cursor.execute(f"SELECT 1 FROM documents WHERE {OLD}").fetchone()  # noqa: S608
    new = cursor.execute("SELECT 1 FROM incoming_documents").fetchone()
    if present != recipe:
        empty(cursor, recipe.language)
    elif old:
        _take_out(cursor)
    elif not new:
        return version
    last = cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'passages'").fetchone()
    cursor.execute("INSERT INTO documents SELECT source, digest FROM incoming_documents")
    cursor.execute(
        "INSERT INTO passages (source, headings, place, text, vector) "
        "SELECT source, headings, place, text, vector FROM incoming ORDER BY n"
    )
    cursor.execute(
        "INSERT INTO words (rowid, headings, text) SELECT id, headings, text FROM passages "
        "WHERE id > ? ORDER BY id",
        last or (0,),
    )
    if old:
        # Else words of what is gone would stay in the file until FTS5 tidies up by itself.
        cursor.execute("INSERT INTO words (words) VALUES ('optimize')")
    cursor.execute("DELETE FROM common_words")
    cursor.execute(WORD_COUNTS)
    cursor.execute(
        "INSERT INTO common_words SELECT term, doc FROM temp.word_counts WHERE doc >= ?", (COMMON,)
    )
    written = json.dumps(asdict(recipe))
    cursor.execute("UPDATE index_state SET version = ?, recipe = ?", (version + 1, written))
    return version + 1


def _take_out(cursor: sqlite3.Cursor) -> None:
    # The table of words has to be told what it forgets.
    cursor.execute(
        "INSERT INTO words (words, rowid, headings, text) "  # noqa: S608
        f"SELECT 'delete', id, headings, text FROM passages WHERE {OLD}"
    )
    cursor.execute(f"DELETE FROM passages WHERE {OLD}")  # noqa: S608
    cursor.execute(f"DELETE FROM documents WHERE {OLD}")  # noqa: S608


def empty(cursor: sqlite3.Cursor, language: str) -> None:
    """Takes everything out, and stems words as in a language from now on; in a transaction."""
    for statement in (
        "DROP TABLE words",
        "DELETE FROM passages",
        "DELETE FROM documents",
        "DELETE FROM common_words",
        words_table(language),
    ):
        cursor.execute(statement)


def load(cursor: sqlite3.Cursor) -> Matrix:
    """Reads all vectors, of one moment."""
    cursor.execute("BEGIN")
    version, recipe = read_state(cursor)
    rows = cursor.execute("SELECT COUNT(*) FROM passages").fetchone()[0]
    vectors = np.empty((rows, recipe.dimensions if recipe else 0), np.float32)
    ids, sources = np.empty(rows, np.int64), []
    found = cursor.execute("SELECT id, source, vector FROM passages ORDER BY source, id")
    for row, (number, source, vector) in enumerate(found):
        ids[row], vectors[row] = number, np.frombuffer(vector, "<f4")
        sources.append(source)
    cursor.execute("COMMIT")
    groups = [(source, len(list(group))) for source, group in groupby(sources)]
    starts = list(accumulate((size for _, size in groups), initial=0))
    return Matrix(version, [source for source, _ in groups], starts, ids, vectors)
