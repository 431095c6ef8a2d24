"""The tools of the agents: they read, count and calculate, and change nothing."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Annotated

from pydantic import Field

from app.desk import arithmetic, documents, sql
from app.desk.fitting import fit
from app.desk.found import Found, Row
from app.desk.sql_fences import hidden
from app.your_tools import YOUR_TOOLS

SECONDS = 2.0
"""For one query, unless somebody says otherwise."""
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
COLUMNS = "SELECT name, type FROM pragma_table_info(?)"
Query = Annotated[
    str, Field(description="one SELECT; texts in single quotes, as in WHERE name = 'x'")
]
Words = Annotated[str, Field(description="words that the section should hold; no operators")]
Document = Annotated[str, Field(description="`document` of a row of search_documents")]
Heading = Annotated[str, Field(description="`section` of the same row")]
Expression = Annotated[str, Field(description="such as round(100 * (3 + 4.5) / 12, 1)")]


class Desk:
    """What agents can look at, for any number of threads.

    Args:
        file: Made by `build_desk`.
        seconds: For one query.
    """

    def __init__(self, file: Path, seconds: float = SECONDS) -> None:
        self._file, self._seconds = file, seconds

    def tools(self) -> list[Callable[..., Found]]:
        """Returns every tool; its name, its parameters and its docstring are what a model sees."""
        own = (self.describe_tables, self.run_sql, self.search_documents, self.read_section)
        return [*own, self.calculate, *YOUR_TOOLS]

    def describe_tables(self) -> Found:
        """List every table with its columns, their types, and its number of rows."""
        rows: list[Row] = []
        with closing(sql.open_to_read(self._file)) as connection:
            names = [row[0] for row in connection.execute(TABLES) if not hidden(row[0])]
            for name in names:
                described = connection.execute(COLUMNS, (name,))
                columns = ", ".join(f"{column} {kind}" for column, kind in described)
                count = connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]  # noqa: S608
                rows.append({"table": name, "columns": columns, "rows": count})
        return fit(rows, len(rows))

    def run_sql(self, query: Query) -> Found:
        """Run one SELECT (SQLite) on the tables of describe_tables.

        At most 50 rows come back; row_count tells how many there are. Let SQL count, sum and round.
        Nothing can be written.
        """
        return sql.read(self._file, query, self._seconds)

    def search_documents(self, query: Words) -> Found:
        """Find the five sections of the documents that share most words with the query.

        Long sections are cut, and then the result is truncated; read_section gives them whole.
        """
        with closing(sql.open_to_read(self._file)) as connection:
            return documents.search(connection, query)

    def read_section(self, document: Document, section: Heading) -> Found:
        """Read one section of a document whole.

        If there is none of that name, the names that there are come back.
        """
        with closing(sql.open_to_read(self._file)) as connection:
            return documents.read_section(connection, document, section)

    def calculate(self, expression: Expression) -> Found:
        """Calculate: numbers, + - * / // % **, brackets, round, abs, min, max, sum.

        Numbers have no units and no thousands separators. A result that is not whole has 12 digits.
        """
        return fit([{"value": arithmetic.calculate(expression)}], 1)
