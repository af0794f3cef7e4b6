"""`domovoy init` with somebody who answers, and with nobody."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.checkup.finding import Finding, Matter, Subject
from bot.setting_up.set_up import DONE, GIVEN_UP, WRONG, SetUp, Wishes
from bot.settings import load_settings
from llm.servers.kinds import FoundModel, FoundServer, ServerKind, ServerState

TOKEN = "123456789:AAE" + "x" * 32
OTHER = "987654321:AAE" + "y" * 32
HERE = "http://127.0.0.1:11434/v1"
THERE = "http://10.0.0.2:8000/v1"
OLLAMA = FoundServer(ServerKind.OLLAMA, HERE, (FoundModel("llama3.2:3b"), FoundModel("qwen3:8b", loaded=True)))
VLLM = FoundServer(ServerKind.VLLM, THERE, (FoundModel("Qwen/Qwen2.5-7B"),))


class Person:
    """Gives the answers that the test has written down; whoever is asked more often fails."""

    def __init__(self, *answers: str) -> None:
        self.left = list(answers)
        self.answers = bool(answers)
        self.told: list[str] = []
        self.hidden: list[bool] = []

    def ask(self, question: str, *, hidden: bool = False) -> str:
        self.told.append(question)
        self.hidden.append(hidden)
        if not self.left:
            raise EOFError
        return self.left.pop(0)

    def tell(self, text: str) -> None:
        self.told.append(text)

    @property
    def text(self) -> str:
        return "\n".join(self.told)


class Machine:
    """A machine with these servers, and a Telegram that knows one token."""

    def __init__(self, *found: FoundServer, telegram: bool = True) -> None:
        self.found = found
        self.telegram = telegram
        self.keys: list[str] = []

    def servers(self) -> tuple[FoundServer, ...]:
        return tuple(server for server in self.found if server.api_base == HERE)

    def look_at(self, base: str, key: str) -> FoundServer | None:
        self.keys.append(key)
        away = FoundServer(ServerKind.GENERIC, base, state=ServerState.UNREACHABLE)
        return next((server for server in self.found if server.api_base == base), away)

    def bot_name(self, token: str, telegram: str) -> str | Finding:
        args = {"server": "api.telegram.org", "reason": "refused"}
        if not self.telegram:
            return Finding(Subject.TELEGRAM, Matter.TELEGRAM_AWAY, args)
        return "@house_bot" if token == TOKEN else Finding(Subject.TELEGRAM, Matter.TELEGRAM_TOKEN, args)


def set_up(
    path: Path, wishes: Wishes, answers: Sequence[str] = (), machine: Machine | None = None, **environ: str
) -> tuple[int, Person]:
    person = Person(*answers)
    code = SetUp(path, environ, wishes, person, machine or Machine(OLLAMA, VLLM)).run()
    assert person.left == []
    assert TOKEN not in person.text
    return code, person


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def said(path: Path) -> tuple[str, str, str, str]:
    settings = load_settings(path, {})
    secrets = (settings.llm_api_key.get_secret_value(), settings.bot_token.get_secret_value())
    return (settings.llm_api_base, settings.llm_model, *secrets)


def test_somebody_who_presses_enter_gets_the_model_in_memory(path: Path) -> None:
    code, person = set_up(path, Wishes(), ["", TOKEN])
    assert code == DONE
    assert said(path) == (HERE, "qwen3:8b", "", TOKEN)
    assert person.hidden == [False, True]
    assert "send it to @house_bot" in person.text
    assert path.stat().st_mode & 0o077 == 0


def test_a_number_a_name_and_an_address_name_a_model(path: Path) -> None:
    assert set_up(path, Wishes(), ["1", ""])[0] == DONE
    assert said(path) == (HERE, "llama3.2:3b", "", "")
    path.unlink()
    assert set_up(path, Wishes(), ["qwen3:8b", ""])[0] == DONE
    assert said(path)[:2] == (HERE, "qwen3:8b")
    path.unlink()
    assert set_up(path, Wishes(), [THERE, "a key", "1", ""])[0] == DONE
    assert said(path) == (THERE, "Qwen/Qwen2.5-7B", "a key", "")


def test_a_wrong_token_may_be_corrected(path: Path) -> None:
    code, person = set_up(path, Wishes(), ["", "no token", OTHER, TOKEN])
    assert code == DONE
    assert "looks like" in person.text
    assert "@BotFather, /mybots" in person.text
    assert set_up(path, Wishes(token=OTHER, yes=True))[0] == WRONG
    assert said(path)[3] == TOKEN


def test_without_telegram_the_token_is_written_untried(path: Path) -> None:
    code, person = set_up(path, Wishes(token=TOKEN, yes=True), machine=Machine(OLLAMA, telegram=False))
    assert (code, said(path)[3]) == (DONE, TOKEN)
    assert "could not be tried" in person.text


def test_flags_are_enough_without_a_terminal(path: Path) -> None:
    code, _ = set_up(path, Wishes(token=TOKEN, model="llama3.2:3b"))
    assert (code, said(path)) == (DONE, (HERE, "llama3.2:3b", "", TOKEN))


def test_nothing_is_overwritten_unasked(path: Path) -> None:
    old = f"# mine\nLLM_API_BASE={HERE}\nLLM_MODEL=old # why\nSOMETHING=else\n"
    path.write_text(old)
    code, person = set_up(path, Wishes(model="qwen3:8b"))
    assert (code, path.read_text()) == (GIVEN_UP, old)
    assert "--yes" in person.text
    code, _ = set_up(path, Wishes(model="qwen3:8b"), ["2", "", "n"])
    assert (code, path.read_text()) == (GIVEN_UP, old)
    code, _ = set_up(path, Wishes(model="qwen3:8b", yes=True))
    assert (code, path.read_text()) == (DONE, old.replace("old", "qwen3:8b"))


def test_a_file_with_a_model_keeps_it_unless_told(path: Path) -> None:
    path.write_text("LLM_API_BASE=http://10.0.0.9/v1\nLLM_MODEL=mine\nLLM_API_KEY=k\n")
    machine = Machine(OLLAMA, VLLM)
    assert set_up(path, Wishes(token=TOKEN), machine=machine)[0] == DONE
    assert said(path) == ("http://10.0.0.9/v1", "mine", "k", TOKEN)
    # Another model of the same server keeps the key; another server does not get it.
    assert set_up(path, Wishes(model="other", yes=True), machine=machine)[0] == DONE
    assert said(path)[:3] == ("http://10.0.0.9/v1", "other", "k")
    assert set_up(path, Wishes(base=THERE, yes=True), machine=machine)[0] == DONE
    assert said(path)[:3] == (THERE, "Qwen/Qwen2.5-7B", "")
    assert machine.keys == ["k", ""]


def test_nothing_found_leaves_the_demo_and_says_so(path: Path) -> None:
    code, person = set_up(path, Wishes(yes=True), machine=Machine())
    assert code == DONE
    assert "demo" in person.text
    assert load_settings(path, {}).model_fields_set == set()
    assert set_up(path, Wishes(model="no-such", yes=True))[0] == GIVEN_UP


def test_what_would_not_start_is_not_written(path: Path) -> None:
    path.write_text("PRIMARY_MODEL__NAME=a\nPRIMARY_MODEL__API_BASE=http://h/v1\n")
    before = path.read_text()
    code, person = set_up(path, Wishes(base=HERE, model="qwen3:8b"))
    assert (code, path.read_text()) == (WRONG, before)
    assert "LLM_MODEL" in person.text
    path.write_text("no assignment at all\n")
    assert set_up(path, Wishes(yes=True))[0] == WRONG


def test_what_the_environment_hides_is_said(path: Path) -> None:
    _, person = set_up(path, Wishes(yes=True), LLM_MODEL="another")
    assert "LLM_MODEL in the environment" in person.text


def test_who_goes_away_leaves_no_file(path: Path) -> None:
    person = Person("1")
    assert SetUp(path, {}, Wishes(), person, Machine(OLLAMA)).run() == GIVEN_UP
    assert not path.exists()
