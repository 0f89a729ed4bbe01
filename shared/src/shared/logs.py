"""JSON log lines on standard output, each with the request id of the message or request."""

import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from shared import tracing

request_id: ContextVar[str] = ContextVar("request_id", default="")

_noted: ContextVar[dict[str, Any] | None] = ContextVar("noted", default=None)

_ENCODER = json.JSONEncoder(default=str, ensure_ascii=False)
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


@contextmanager
def one_line(log: logging.Logger, message: str, **facts: object) -> Iterator[dict[str, Any]]:
    """One line when what is inside has ended: the facts, what was noted meanwhile, how long."""
    said, began = dict[str, Any](facts), time.perf_counter()
    token = _noted.set(said)
    try:
        yield said
    finally:
        _noted.reset(token)
    said["ms"] = round((time.perf_counter() - began) * 1000)
    tracing.told(**said)
    log.info(message, extra=said)


def note(**facts: object) -> None:
    """Says more in the line of the command that is being handled."""
    said = _noted.get()
    if said is not None:
        said |= facts


class JsonFormatter(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "request_id": request_id.get() or "-",
            **tracing.ids(),
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in record.__dict__.items() if key not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _ENCODER.encode(line)


def configure_logging(service: str, level: str) -> None:
    """All of a process's lines, the libraries' too, in this one form; call it after the imports."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(service))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in list(logging.root.manager.loggerDict):
        library = logging.getLogger(name)
        library.handlers.clear()  # FastStream's has one of its own, in a form of its own
        library.propagate = True
    for chatty in ("aio_pika", "aiormq", "pymongo", "faststream", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
