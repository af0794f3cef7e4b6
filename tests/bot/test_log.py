"""The log: readable by machines where asked for, and without secrets wherever they stand."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.log import HIDDEN, Redaction, set_up_logging

TOKEN = "123456789:AAE" + "x" * 32
SECRET = "correct-horse-battery"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_secret_reaches_the_log_on_any_way(form: str, capsys: pytest.CaptureFixture[str]):
    set_up_logging(level="DEBUG", form=form, secrets=[SECRET])
    log = structlog.get_logger()
    log.info("event", key=SECRET, token=TOKEN, header=f"Bearer {SECRET}x", nested={"a": [f"sk-{'a' * 20}", SECRET]})
    logging.getLogger("library").warning("failed for %s and %s", SECRET, TOKEN)
    try:
        raise ValueError(f"could not open https://api.telegram.org/bot{TOKEN}/getMe with {SECRET}")
    except ValueError:
        log.exception("broken")
        logging.getLogger("library").exception("broken")
    written = capsys.readouterr().err
    assert HIDDEN in written
    for secret in (SECRET, TOKEN, "sk-aaa"):
        assert secret not in written


def test_machines_get_one_object_a_line(capsys: pytest.CaptureFixture[str]):
    set_up_logging(level="INFO", form="json", secrets=[])
    structlog.get_logger().info("ready", seconds=1.5, name="Ёж")
    logging.getLogger("library").warning("odd %d", 7)
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["event"], first["level"], first["seconds"], first["name"]) == ("ready", "info", 1.5, "Ёж")
    assert second["event"] == "odd 7"


def test_libraries_are_quiet_unless_everything_is_asked_for(capsys: pytest.CaptureFixture[str]):
    set_up_logging(level="INFO", form="console", secrets=[])
    logging.getLogger("aiogram.event").info("update is handled")
    assert capsys.readouterr().err == ""


def test_a_short_placeholder_for_a_key_does_not_blacken_the_log():
    assert Redaction(["none", "x"]).text("none of the boxes") == "none of the boxes"
