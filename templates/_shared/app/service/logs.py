"""Logs as JSON lines on standard output, each with the id of the request that caused it."""

import json
import logging
import sys
from datetime import UTC, datetime

from app.service.request_id import current_request_id

# What every record has; anything else was given by the caller through `extra`.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "color_message", "taskName"}
# Made once: `json.dumps` would make a new encoder for each line.
_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


class JsonLines(logging.Formatter):
    """One JSON object per line: time (UTC), level, logger, message, request_id, extras."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the record as one line of JSON."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := current_request_id():
            line["request_id"] = request_id
        given = vars(record)
        line |= {key: given[key] for key in sorted(given.keys() - _STANDARD)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _encode(line)


def configure(level: str) -> None:
    """Sends every log line of the process to standard output as JSON.

    Args:
        level: Lowest level that is written: DEBUG, INFO, WARNING or ERROR.
    """
    # Not written, so not collected either.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
