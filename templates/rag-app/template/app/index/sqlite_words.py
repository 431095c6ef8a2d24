"""The search for words in a SQLite file."""

import sqlite3
from collections.abc import Sequence

from app.index.rarity import rarest
from app.index.sqlite_tables import TOKENIZERS, WORD_COUNTS, read_state

# A word in a heading counts as three in the text.
LEXICAL = (
    "SELECT words.rowid, -words.rank FROM words{join} WHERE words MATCH ? "
    "AND words.rank MATCH 'bm25(3.0, 1.0)'{only} ORDER BY words.rank LIMIT ?"
)
EVERYWHERE = LEXICAL.format(join="", only="")
BELOW = LEXICAL.format(
    join=" JOIN passages ON passages.id = words.rowid",
    only=" AND substr(passages.source, 1, length(?)) = ?",
)
# The index counts stems. A table of the connection's own makes stems of what is asked, by the same
# rules.
ASKED = (
    "DROP TABLE IF EXISTS temp.asked_stems",
    "DROP TABLE IF EXISTS temp.asked",
    "CREATE VIRTUAL TABLE temp.asked USING fts5 (term, tokenize = '{}')",
    "CREATE VIRTUAL TABLE temp.asked_stems USING fts5vocab (temp, asked, instance)",
    WORD_COUNTS,
)
# Of a term of several words, the rarest says how many passages can hold it.
HELD = """
    SELECT asked.doc, MIN(COALESCE(
        (SELECT passages FROM common_words WHERE common_words.term = asked.term),
        (SELECT doc FROM temp.word_counts WHERE word_counts.term = asked.term),
        0))
    FROM temp.asked_stems AS asked GROUP BY asked.doc"""


def find_words(
    cursor: sqlite3.Cursor, terms: Sequence[str], k: int, under: str
) -> list[tuple[int, float]]:
    """Returns passages and their scores by BM25, best first.

    Args:
        cursor: Of a connection that reads.
        terms: Words; no sign in them is an operator.
        k: How many at most.
        under: Only sources that begin with this.
    """
    # Between quotation marks nothing is an operator; a zero byte would end the query.
    plain = [term.replace("\0", " ").replace('"', " ") for term in terms]
    quoted = [f'"{term}"'.encode("utf-8", "replace").decode() for term in plain]
    if cursor.execute("SELECT 1 FROM common_words").fetchone():
        quoted = [term for term, _ in rarest(_held(cursor, quoted), k)]
    query = " OR ".join(quoted)
    if not query:
        return []
    values = (query, under, under, k) if under else (query, k)
    return cursor.execute(BELOW if under else EVERYWHERE, values).fetchall()


def _held(cursor: sqlite3.Cursor, terms: Sequence[str]) -> list[tuple[str, int]]:
    """Returns each term that is a word, with how many passages hold it at most."""
    recipe = read_state(cursor)[1]
    language = recipe.language if recipe else "none"
    for statement in ASKED:
        cursor.execute(statement.format(TOKENIZERS[language]))
    cursor.executemany("INSERT INTO temp.asked (rowid, term) VALUES (?, ?)", enumerate(terms))
    return [(terms[number], held) for number, held in cursor.execute(HELD)]
