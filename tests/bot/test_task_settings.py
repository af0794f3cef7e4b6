"""Models of tasks and of kinds of messages, as the settings take and refuse them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.settings import format_problems
from tests.bot.test_settings import SECRETS, load, problems

CODE = {"TASK_MODELS__CODE__NAME": "coder", "TASK_MODELS__CODE__API_BASE": "http://h/v1"}


def test_models_of_kinds_are_given_field_by_field_or_as_json():
    long_document = '{"name": "long", "api_base": "http://h"}'
    more = {"TASK_MODELS__CODE__TAGS": '["x"]', "TASK_MODELS__CODE__CAPABILITIES__MAX_CONTEXT": "8192"}
    settings = load(**CODE, **more, TASK_MODELS__LONG_DOCUMENT=long_document)
    assert {kind: model.name for kind, model in settings.task_models.items()} == {
        "code": "coder",
        "long_document": "long",
    }
    assert settings.task_models["code"].tags == ("x",)
    assert settings.task_models["code"].capabilities.max_context == 8192
    whole = load(TASK_MODELS='{"Code": {"name": "coder", "api_base": "http://h/v1"}}')
    assert whole.task_models["code"].name == "coder"
    assert whole.multi_model().task_models["code"].name == "coder"


def test_names_and_keys_that_look_like_numbers_stay_as_they_were_written():
    both = {"TASK_MODELS__CODE__NAME": "7", "TASK_MODELS__CODE__API_KEY": "01"}
    settings = load(**both, TASK_MODELS__CODE__API_BASE="http://h")
    assert settings.task_models["code"].name == "7"
    assert "01" in settings.secrets


def test_all_models_are_known_by_their_variables_and_those_of_tasks_by_the_task():
    own = {"CLASSIFICATION_MODEL": '{"name": "small", "api_base": "http://h"}'}
    settings = load(**CODE, **own)
    assert set(settings.models) == {"CLASSIFICATION_MODEL", "TASK_MODELS__CODE"}
    assert list(settings.models_by_task) == ["classification", "code"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("CLASSIFICATION", "CLASSIFICATION_MODEL"),
        ("AUGMENTATION", "AUGMENTATION_MODEL"),
        ("CODDE", "CODE"),
        ("MATH", "MATHS"),
        ("LONG_DOCUMENTS", "LONG_DOCUMENT"),
        ("ПЕРЕВОД", "Latin letters"),
        ("X" * 33, "Latin letters"),
    ],
)
def test_a_name_that_is_surely_wrong_is_refused(name: str, words: str):
    found = problems(**{f"TASK_MODELS__{name}__NAME": "a", f"TASK_MODELS__{name}__API_BASE": "http://h"})
    assert words in found["TASK_MODELS"].allowed


def test_a_kind_of_ones_own_is_taken():
    settings = load(TASK_MODELS__COOKING__NAME="chef", TASK_MODELS__COOKING__API_BASE="http://h")
    assert settings.task_models["cooking"].name == "chef"


@pytest.mark.parametrize(
    ("given", "variable", "words"),
    [
        ({"TASK_MODELS__CODE__NAME": "a"}, "TASK_MODELS__CODE__API_BASE", "is missing"),
        ({**CODE, "TASK_MODELS__CODE__MAX_TOKNS": "5"}, "TASK_MODELS__CODE__MAX_TOKNS", "MAX_TOKENS"),
        ({**CODE, "TASK_MODELS__CODE__TAGS": "a,b"}, "TASK_MODELS__CODE__TAGS", "must be JSON"),
        ({**CODE, "TASK_MODELS__CODE__API_BASE": "ftp://h"}, "TASK_MODELS__CODE__API_BASE", "must be an address"),
        ({"TASK_MODELS__CODE": "{x"}, "TASK_MODELS__CODE", "must be JSON"),
        ({"TASK_MODELS": "{x"}, "TASK_MODELS", "must be JSON"),
        ({"TASK_MODELS": "[1]"}, "TASK_MODELS", "must"),
        ({**CODE, "TASK_MODELS__CODE": '{"name": "b"}'}, "TASK_MODELS__CODE", "set one of the two"),
    ],
)
def test_a_fault_is_told_by_the_variable_that_has_it(given: dict[str, str], variable: str, words: str):
    assert words in problems(**given)[variable].allowed


@given(SECRETS, st.sampled_from(["TASK_MODELS", "TASK_MODELS__CODE", "TASK_MODELS__CODE__API_KEY"]))
def test_no_refusal_shows_a_secret(secret: str, name: str):
    for value in (secret, f'"{secret}"', f'{{"api_key": "{secret}"', f'{{"code": {{"api_key": "{secret}"}}}}'):
        with pytest.raises(SettingsError) as caught:
            load(**{name: value})
        assert secret not in format_problems(caught.value.problems)
