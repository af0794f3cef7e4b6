"""Sets up the log: one line for an event, on the error stream, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Collection, MutableMapping
from typing import Any

import structlog

HIDDEN = "[hidden]"
_BOT_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{30,50}")
_BEARER = re.compile(r"(?i)(bearer\s+)[^\s\"']+")
_API_KEY = re.compile(r"\bsk-[A-Za-z0-9_-]{6,}")
# Libraries whose everyday messages are of no use to whoever runs the bot.
_QUIET = ("aiogram", "aiohttp", "apscheduler", "alembic", "asyncio", "httpx2")
# Libraries whose DEBUG messages repeat what people write: the rows that they read, the parameters that they send.
_TELLTALE = ("aiosqlite", "sqlalchemy")
# Tells of each change in the folder of the settings file: with a log that is written there it would hear itself.
_ECHOING = ("watchfiles",)


class Redaction:
    """Removes secrets from whatever is about to be written, wherever in it they stand."""

    def __init__(self, secrets: Collection[str]) -> None:
        self._secrets: list[str] = []
        self.add(secrets)

    def add(self, secrets: Collection[str]) -> None:
        """Remove these as well from now on."""
        # Short values such as "x" or "none" are placeholders of servers that ignore the key.
        known = {*self._secrets, *(secret for secret in secrets if len(secret) >= 6)}
        self._secrets = sorted(known, key=len, reverse=True)

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Clean every value of an event, exceptions included."""
        for key, value in event.items():
            event[key] = self._clean(value)
        return event

    def text(self, text: str) -> str:
        """Clean a text."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return _API_KEY.sub(HIDDEN, _BEARER.sub(rf"\1{HIDDEN}", _BOT_TOKEN.sub(HIDDEN, text)))

    def _clean(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case None | bool() | int() | float():
                return value
            case dict():
                return {key: self._clean(item) for key, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._clean(item) for item in value]
            case _:
                return self.text(str(value))


class Log:
    """The log of the program, as it can be changed while it runs."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._handler = logging.StreamHandler(sys.stderr)

    def hide(self, secrets: Collection[str]) -> None:
        """Hide these secrets too; what was hidden before stays so."""
        self._redaction.add(secrets)

    def change(self, *, level: str, form: str) -> None:
        """Write what is as grave as `level`; `form` is `console` or `json`."""
        shared: list[structlog.types.Processor] = [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True) if form == "json" else _local_time(),
            structlog.processors.format_exc_info,
            self._redaction,
        ]
        structlog.configure(
            processors=[
                structlog.stdlib.filter_by_level,
                *shared,
                structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
            ],
            logger_factory=structlog.stdlib.LoggerFactory(),
            wrapper_class=structlog.stdlib.BoundLogger,
            cache_logger_on_first_use=False,
        )
        self._handler.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
                processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(form)],
            )
        )
        root = logging.getLogger()
        root.handlers[:] = [self._handler]
        root.setLevel(level)
        quiet = logging.DEBUG if level == "DEBUG" else logging.WARNING
        for name in _QUIET:
            logging.getLogger(name).setLevel(quiet)
        for name in (*_TELLTALE, *_ECHOING):
            logging.getLogger(name).setLevel(logging.WARNING)


def set_up_logging(*, level: str, form: str, secrets: Collection[str]) -> Log:
    """Send structlog's events and those of the libraries through the same steps. `form` is `console` or `json`."""
    log = Log(Redaction(secrets))
    log.change(level=level, form=form)
    return log


def _local_time() -> structlog.types.Processor:
    return structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False)


def _renderer(form: str) -> structlog.types.Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=28
    )
