"""The log: readable by machines where asked for, and without secrets wherever they stand."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

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


@given(st.text("abcdefghij0123456789-_.~", min_size=6, max_size=50), st.text(max_size=20), st.text(max_size=20))
def test_a_configured_secret_is_gone_whatever_stands_around_it(secret: str, before: str, after: str):
    cleaned = Redaction([secret, secret[:6]]).text(f"{before}{secret}{after}".replace(HIDDEN, ""))
    assert secret not in cleaned.replace(HIDDEN, "\0")


def test_the_key_of_a_request_is_gone_in_each_form_of_a_header():
    clean = Redaction([]).text
    for header in (f"authorization: bearer {SECRET}", f"'Authorization': 'Bearer {SECRET}'", f"BEARER   {SECRET}"):
        assert SECRET not in clean(header)
    assert clean("the bearer of a ring") == f"the bearer {HIDDEN} a ring"


def test_what_an_object_says_of_itself_is_cleaned_too(capsys: pytest.CaptureFixture[str]):
    set_up_logging(level="INFO", form="json", secrets=[SECRET])
    structlog.get_logger().info(
        "event", error=ValueError(SECRET), path=Path(SECRET), raw=SECRET.encode(), some={SECRET}
    )
    [written] = capsys.readouterr().err.splitlines()
    assert SECRET not in written
    assert json.loads(written)["raw"] == f"b'{HIDDEN}'"


def test_a_traceback_does_not_show_the_values_of_variables(capsys: pytest.CaptureFixture[str]):
    set_up_logging(level="INFO", form="console", secrets=[])
    what_somebody_said = "my " + "diary"
    try:
        raise ValueError(len(what_somebody_said))
    except ValueError:
        structlog.get_logger().exception("broken")
    written = capsys.readouterr().err
    assert "ValueError: 8" in written
    assert "my diary" not in written


def test_only_what_is_as_grave_as_asked_for_is_written(capsys: pytest.CaptureFixture[str]):
    set_up_logging(level="WARNING", form="json", secrets=[])
    structlog.get_logger().info("small")
    logging.getLogger("bot").info("small")
    structlog.get_logger().warning("large")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["large"]


def test_setting_up_twice_writes_once(capsys: pytest.CaptureFixture[str]):
    for _ in range(2):
        set_up_logging(level="INFO", form="json", secrets=[])
    structlog.get_logger().info("once")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_libraries_are_quiet_unless_everything_is_asked_for(capsys: pytest.CaptureFixture[str]):
    set_up_logging(level="INFO", form="console", secrets=[])
    logging.getLogger("aiogram.event").info("update is handled")
    assert capsys.readouterr().err == ""


def test_a_short_placeholder_for_a_key_does_not_blacken_the_log():
    assert Redaction(["none", "x"]).text("none of the boxes") == "none of the boxes"
