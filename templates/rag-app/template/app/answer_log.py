"""What was asked and answered, and what people said about it."""

import time
import uuid
from statistics import median

from app.records import AnswerRecord, Feedback, Summary, Thumb
from app.service.store import Store
from app.service.writer import Writer

FLUSH_SECONDS = 2.0  # for feedback that comes before its answer is written
SCHEMA = (
    """CREATE TABLE IF NOT EXISTS answers (
        answer_id TEXT PRIMARY KEY, request_id TEXT NOT NULL, at DOUBLE PRECISION NOT NULL,
        question TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, model TEXT NOT NULL,
        prompt TEXT NOT NULL, input_tokens BIGINT NOT NULL, output_tokens BIGINT NOT NULL,
        dollars DOUBLE PRECISION, similarity DOUBLE PRECISION NOT NULL, grounded BOOLEAN,
        cached BOOLEAN NOT NULL, seconds DOUBLE PRECISION NOT NULL, sources TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS answers_at ON answers (at)",
    """CREATE TABLE IF NOT EXISTS feedback (
        id TEXT PRIMARY KEY, answer_id TEXT NOT NULL, at DOUBLE PRECISION NOT NULL, thumb TEXT,
        comment TEXT)""",
    "CREATE INDEX IF NOT EXISTS feedback_answer ON feedback (answer_id)",
)
ADD = f"""INSERT INTO answers ({", ".join(AnswerRecord._fields)})
    VALUES ({", ".join("?" * len(AnswerRecord._fields))}) ON CONFLICT DO NOTHING"""  # noqa: S608
ADD_FEEDBACK = "INSERT INTO feedback VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
COUNTS = """SELECT COUNT(*), COUNT(CASE WHEN kind = 'written' THEN 1 END),
    COUNT(CASE WHEN kind = 'quoted' THEN 1 END), COUNT(CASE WHEN kind = 'refused' THEN 1 END),
    COUNT(CASE WHEN cached THEN 1 END), COUNT(CASE WHEN NOT grounded THEN 1 END),
    COALESCE(SUM(dollars), 0), COUNT(*) - COUNT(dollars),
    COALESCE(SUM(input_tokens + output_tokens), 0) FROM answers WHERE at >= ?"""
# The newest are enough for a median, however many there are.
NEWEST = "SELECT similarity, seconds FROM answers WHERE at >= ? ORDER BY at DESC LIMIT 1000"
FEEDBACK = """SELECT COUNT(CASE WHEN thumb = 'up' THEN 1 END),
    COUNT(CASE WHEN thumb = 'down' THEN 1 END), COUNT(comment) FROM feedback WHERE at >= ?"""
NEWEST_FEEDBACK = """SELECT feedback.at, feedback.answer_id, question, kind, sources, thumb, comment
    FROM feedback JOIN answers ON feedback.answer_id = answers.answer_id
    ORDER BY feedback.at DESC LIMIT ?"""
FORGET_FEEDBACK = """DELETE FROM feedback WHERE NOT EXISTS
    (SELECT 1 FROM answers WHERE answers.answer_id = feedback.answer_id)"""


def _storable(text: str) -> str:
    return text.replace("\0", "")  # Postgres keeps no NUL in a text


class AnswerLog:
    """The records of one store; creates the tables where they are missing.

    Args:
        store: Where they are.
        writer: Writes them in the background; without one they are written at once.

    Attributes:
        place: Where they are, for people.

    Raises:
        StoreAwayError: Here and in every method but `add`: the store does not work now.
    """

    def __init__(self, store: Store, writer: Writer | None = None) -> None:
        self.place = store.place
        self._store = store
        self._writer = writer
        store.create(SCHEMA)

    def add(self, record: AnswerRecord) -> None:
        """Keeps an answer; with a writer it neither waits nor fails."""
        row = record._replace(question=_storable(record.question), text=_storable(record.text))
        (self._writer.put if self._writer else self._store.executemany)(ADD, [row])

    def add_feedback(self, answer_id: str, thumb: Thumb | None, comment: str | None) -> bool:
        """Keeps what somebody thinks about an answer.

        Args:
            answer_id: As given with the answer.
            thumb: Whether the answer was of use.
            comment: Free text.

        Returns:
            False: There is no such answer.
        """
        known = self._knows(answer_id)
        if not known and self._writer:
            self._writer.flush(FLUSH_SECONDS)
            known = self._knows(answer_id)
        if known:
            text = comment and _storable(comment)
            row = (uuid.uuid4().hex, answer_id, time.time(), thumb, text)
            self._store.execute(ADD_FEEDBACK, row)
        return known

    def _knows(self, answer_id: str) -> bool:
        sql = "SELECT 1 FROM answers WHERE answer_id = ?"
        return "\0" not in answer_id and bool(self._store.query(sql, (answer_id,)))

    def summary(self, hours: float = 24) -> Summary:
        """Returns what the last hours were like."""
        since = time.time() - hours * 3600
        counts = self._store.query(COUNTS, (since,))[0]
        newest = self._store.query(NEWEST, (since,))
        up, down, comments = self._store.query(FEEDBACK, (since,))[0]
        answers, written, quoted, refused, cached, ungrounded, dollars, unpriced, tokens = counts
        return Summary(
            hours=hours,
            answers=answers,
            written=written,
            quoted=quoted,
            refused=refused,
            cached=cached,
            ungrounded=ungrounded,
            dollars=float(dollars),
            unpriced=unpriced,
            tokens=int(tokens),
            median_similarity=median(row[0] for row in newest) if newest else None,
            median_seconds=median(row[1] for row in newest) if newest else None,
            thumbs_up=up,
            thumbs_down=down,
            comments=comments,
            waiting=self._writer.waiting if self._writer else 0,
            dropped=self._writer.dropped if self._writer else 0,
        )

    def newest_feedback(self, limit: int) -> list[Feedback]:
        """Returns the newest feedback first."""
        return [Feedback(*row) for row in self._store.query(NEWEST_FEEDBACK, (limit,))]

    def purge(self, days: float) -> int:
        """Deletes answers older than this, and their feedback; returns how many answers."""
        old = time.time() - days * 86_400
        deleted = self._store.execute("DELETE FROM answers WHERE at < ?", (old,))
        self._store.execute(FORGET_FEEDBACK)
        return deleted

    def reset(self) -> int:
        """Deletes everything; returns how many answers."""
        return self.purge(days=float("-inf"))

    def close(self) -> None:
        """Writes what still waits, as far as possible, and closes the store."""
        if self._writer:
            self._writer.close()
        self._store.close()
