"""The settings file: names that are misspelt, lines that say nothing, secrets that are never shown."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.settings import AccessMode, format_problems, load_settings
from tests.bot.test_settings import SECRETS, TOKEN, load


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("LLM_MODLE", "LLM_MODEL"),
        ("llm_modle", "LLM_MODEL"),
        ("LLM_KEY", "LLM_API_KEY"),
        ("ADMIN_ID", "ADMIN_IDS"),
        ("TELEGRAM_BOT_TOKEN", "BOT_TOKEN"),
        ("TELEGRAM_TOKEN", "BOT_TOKEN"),
        ("FALLBACK_MODEL__0__NAME", "FALLBACK_MODELS"),
        ("LLM_MODEL__NAME", "LLM_MODEL"),
    ],
)
def test_a_typing_error_in_the_file_gets_the_nearest_name(name: str, meant: str, tmp_path: Path):
    (tmp_path / ".env").write_text(f"{name}=a\nEDITOR=vi\nOPENAI_API_KEY=x\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / ".env", {})
    [problem] = caught.value.problems
    assert problem.variable == name.upper()
    assert f"did you mean {meant}?" in problem.allowed


@pytest.mark.parametrize("line", ["LLM_MODEL", "LLM_MODEL: a", "LLM_API_BASE http://h", 'LLM_MODEL="a'])
def test_a_line_that_says_nothing_is_named_by_its_number(line: str, tmp_path: Path):
    (tmp_path / ".env").write_text(f"# a comment\n\nACCESS=open\n\n{line}\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / ".env", {})
    [problem] = caught.value.problems
    assert (problem.variable, problem.line) == (str(tmp_path / ".env"), 5)


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ("MAX_RETRIES=many", 6),
        ("max_retries=many", 6),
        ("LLM_MODLE=x", 6),
        ("LLM_API_KEYc2VjcmV0=", 6),
        ("LLM_API_KEY+/c2VjcmV0==", 6),
        ("FALLBACK_MODELS=[{]", 6),
        ('FALLBACK_MODELS=[{"name": "a"}]', 6),
        ("FALLBACK_MODELS__0__NAME=b", 6),  # whose address is missing
        ("FALLBACK_MODELS__1__NAME=b", 6),  # the gap before it
        ("AUGMENTATION_MODEL__CAPABILITIES__MAX_CONTXT=1", 6),
        ("LLM_MODEL=b", 6),  # PRIMARY_MODEL__NAME says something else
        (f"BOT_TOKEN={TOKEN}\nWEBHOOK_URL=http://h", 7),  # Telegram calls https only
        ("MAX_RETRIES=many\nMAX_RETRIES=more", 7),  # the last one holds
    ],
)
def test_each_fault_of_the_file_has_its_line(wrong: str, line: int | None, tmp_path: Path):
    right = "# first\nACCESS=open\nPRIMARY_MODEL__NAME=a\nPRIMARY_MODEL__API_BASE=http://h\nLLM_API_KEY=k\n"
    (tmp_path / ".env").write_text(f"{right}{wrong}\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / ".env", {})
    assert line in [problem.line for problem in caught.value.problems]
    shown = format_problems(caught.value.problems)
    assert (f"(line {line})" in shown) is (line is not None)
    assert "c2vjcmv0" not in shown.lower()


def test_a_fault_of_the_environment_has_no_line(tmp_path: Path):
    (tmp_path / ".env").write_text("MAX_RETRIES=1\nFALLBACK_MODELS=[]\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / ".env", {"MAX_RETRIES": "many", "FALLBACK_MODELS": "{"})
    assert [problem.line for problem in caught.value.problems] == [None]


@given(SECRETS, st.sampled_from(["BOT_TOKEN", "LLM_API_KEY", "WEBHOOK_SECRET", "PRIMARY_MODEL__API_KEY", "LLM_KEY"]))
def test_a_secret_that_stands_directly_behind_its_name_is_not_shown(secret: str, name: str):
    with TemporaryDirectory() as folder:
        file = Path(folder) / ".env"
        file.write_text(f"{name}{secret}==\n")
        with pytest.raises(SettingsError) as caught:
            load_settings(file, {})
        assert (f"{name}…", 1) in [(problem.variable, problem.line) for problem in caught.value.problems]
        assert secret not in format_problems(caught.value.problems).lower()


def test_the_file_may_have_quotes_comments_and_what_editors_of_windows_add(tmp_path: Path):
    text = "\ufeff# a comment\r\nexport LLM_MODEL='a b' # another\r\nLLM_API_KEY=\"x$y\"\r\nACCESS = open\r\n"
    (tmp_path / ".env").write_bytes(text.encode())
    settings = load_settings(tmp_path / ".env", {})
    assert (settings.llm_model, settings.access) == ("a b", AccessMode.OPEN)
    assert settings.llm_api_key.get_secret_value() == "x$y"


def test_a_file_that_is_no_text_is_refused(tmp_path: Path):
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00A")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / ".env", {})
    assert "text file" in caught.value.problems[0].allowed


def test_the_environment_wins_over_the_file(tmp_path: Path):
    (tmp_path / ".env").write_text("LLM_MODEL=file\nLLM_API_BASE=http://file\n")
    settings = load_settings(tmp_path / ".env", {"LLM_MODEL": "environment"})
    assert (settings.llm_model, settings.llm_api_base) == ("environment", "http://file")
    emptied = load_settings(tmp_path / ".env", {"LLM_MODEL": ""})
    assert (emptied.llm_model, emptied.llm_api_base) == ("", "http://file")


def test_the_environment_of_the_process_does_not_creep_in(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LLM_MODEL", "from the process")
    assert load().llm_model == ""
