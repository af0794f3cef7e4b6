"""Every command of the documentation can be typed as it stands there."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec

import pytest

from bot.__main__ import _parser
from tests.docs.pages import ROOT, commands_of, pages

COMMANDS = sorted({(page.name, *command) for page in pages() for command in page.commands()})
# What the documentation starts of others; whether their options are right is not for us to say.
OTHERS = {
    "cat", "cp", "echo", "git", "install", "jq", "journalctl", "kill", "lint-imports", "mypy", "pg_dump", "pip", "pipx",
    "ruff", "sqlite3", "systemctl", "useradd", "uv",
}  # fmt: skip
SCRIPTS = [ROOT / ".ci" / "run", *sorted((ROOT / "scripts").iterdir())]


def parsed(arguments: list[str]) -> argparse.Namespace:
    """What the program takes arguments for. What stands for something of the reader's is left out."""
    given = [one for one in arguments if not re.fullmatch(r"\[\w+\]", one)]
    if set(given) & {"--help", "--version"}:
        given.remove("--help" if "--help" in given else "--version")
    try:
        return _parser().parse_args(given)
    except SystemExit as error:
        raise AssertionError(f"domovoy does not take {arguments}") from error


def module(arguments: list[str]) -> None:
    """`python -m name …`: it is there, and its options stand in its program."""
    name, *options = arguments
    if name == "bot":
        parsed(options)
        return
    if name == "venv":
        return
    if name == "pytest":
        for_pytest(options)
        return
    found = find_spec(f"{name}.__main__") if (ROOT / name.replace(".", "/")).is_dir() else find_spec(name)
    assert found is not None, name
    assert found.origin is not None
    source = (ROOT / found.origin).read_text()
    assert '__name__ == "__main__"' in source or found.origin.endswith("__main__.py"), name
    for option in options:
        if option.startswith("--"):
            assert f'"{option}"' in source, option


def for_pytest(arguments: list[str]) -> None:
    """Tests that are there."""
    for one in arguments:
        if one.startswith("tests"):
            assert (ROOT / one).exists(), one


def python(arguments: list[str]) -> None:
    """A module, or a line that can be compiled."""
    if arguments[0] == "-c":
        compile(arguments[1], "<documentation>", "exec")
    else:
        assert arguments[0] == "-m"
        module(arguments[1:])


def compose(arguments: list[str]) -> None:
    """`docker compose …`: services that compose.yaml has; within that of the bot, our own command."""
    services = re.findall(r"^  (\w+):$", (ROOT / "compose.yaml").read_text().split("\nvolumes:")[0], re.MULTILINE)
    action, *rest = arguments
    assert action in ("up", "exec", "logs", "cp", "build")
    if action == "exec":
        assert rest[0] in services
        if rest[0] == "bot":
            check(rest[1:])
    elif action in ("logs", "cp"):
        assert [one for one in rest if one.split(":")[0] in services]


def script(path: str, arguments: list[str]) -> None:
    """A file of the repository that can be started."""
    assert os.access(ROOT / path, os.X_OK), path
    if path == "scripts/run":
        parsed(arguments)
    elif path == "scripts/test":
        for_pytest(arguments)


def docker(arguments: list[str]) -> None:
    """Docker's own commands are not ours; compose is."""
    if arguments[0] == "compose":
        compose(arguments[1:])
    else:
        assert arguments[0] in ("build", "stop")


def as_another(arguments: list[str]) -> None:
    """`sudo [-u name] command`, also by a shell."""
    rest = arguments[2:] if arguments[0] == "-u" else arguments
    if rest[:2] == ["sh", "-c"]:
        for command in commands_of(rest[2]):
            check(command)
    else:
        check(rest)


PROGRAMS: dict[str, Callable[[list[str]], object]] = {
    "domovoy": parsed,
    "python": python,
    "python3": python,
    "docker": docker,
    "sudo": as_another,
    "cd": lambda _: None,
}


def check(command: list[str]) -> None:
    """Raises AssertionError for what could not be typed."""
    program, *arguments = command
    if program.startswith(("scripts/", ".ci/")):
        script(program, arguments)
        return
    name = program.rsplit("/", 1)[-1]  # bot/bin/pip, /opt/domovoy/bin/domovoy
    if name in PROGRAMS:
        PROGRAMS[name](arguments)
    else:
        assert name in OTHERS, command


@pytest.mark.parametrize(("page", "command"), [(page, list(command)) for page, *command in COMMANDS])
def test_a_command_of_the_documentation_can_be_typed(page: str, command: list[str]):
    check(command)


def test_what_could_not_be_typed_is_found():
    for wrong in ("domovoy figures", "domovoy stats --yaml", "scripts/walk", "python -m bench.nothing", "frobnicate",
                  "docker compose exec nobody ls", "docker compose exec bot domovoy docter"):  # fmt: skip
        with pytest.raises(AssertionError):
            check(wrong.split())


QUESTIONS = sorted({command[1] for _, *command in COMMANDS if command[0] == "domovoy" and command[1:]})


@pytest.mark.parametrize("question", ["", *(one for one in QUESTIONS if one[0] != "-")])
def test_every_question_to_the_program_explains_itself(question: str):
    run = subprocess.run(
        [sys.executable, "-m", "bot", *question.split(), "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith(f"usage: domovoy {question}".rstrip())


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_sound(path):
    subprocess.run(["/bin/sh", "-n", str(path)], check=True)
