"""Logging for people or machines. The bot's token never reaches a log: the transport redacts, and httpx is silenced."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog

from bot.delivery.transport_errors import redact


def configure(level: str = "INFO", form: Literal["console", "json"] = "console") -> None:
    """Sets up structlog and the standard library's logging to one stream, redacted."""

    def redacted(_: object, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
        return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}

    last = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redacted,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.__stderr__),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=max(logging.WARNING, logging.getLevelNamesMapping()[level]), stream=sys.stderr, force=True
    )
    for noisy in ("httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # a beat that is still at work is not begun once more: so it is meant, and on a busy machine it would be said each second
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
