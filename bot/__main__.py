"""The command `domovoy` and `python -m bot`: arguments, settings, exit code; nothing else."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bot.errors import Problem, SettingsError, StartError
from bot.lean_import import load_aiogram
from bot.log import set_up_logging
from bot.period import Period
from bot.settings import Settings, format_problems, load_settings
from llm.types import Task

EXIT_SETTINGS = 2
EXIT_START = 1
EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bot until it is told to stop, or answer a question about it.

    Returns the exit code: 2 for wrong settings, 1 when it cannot start or has no figures to show.
    """
    options = _parser().parse_args(arguments)
    if options.question == "init":
        return _set_up(options)
    try:
        if options.env_file is not None and not options.env_file.is_file():
            raise SettingsError((Problem("--env-file", str(options.env_file), "must be a file that exists"),))
        env_file = options.env_file or Path(".env")
        settings = load_settings(env_file, os.environ)
    except SettingsError as error:
        if options.question == "doctor":
            return _tell_wrong_settings(error.problems, as_json=options.json)
        sys.stderr.write(format_problems(error.problems) + "\n")
        return EXIT_SETTINGS
    if options.question is not None:
        return _answer(options, settings, env_file)
    log = set_up_logging(level=settings.log_level, form=settings.log_format, secrets=settings.secrets)
    load_aiogram()
    from bot.app import run  # the heavy part: a wrong setting is told before it is loaded
    from bot.live.settings_file import SettingsFile

    try:
        asyncio.run(run(settings, SettingsFile(env_file, os.environ), log))
    except StartError as error:
        sys.stderr.write(f"domovoy: {error}\n")
        return EXIT_START
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="domovoy", description="A Telegram bot in front of your own language models.")
    parser.add_argument("--env-file", type=Path, help="settings file (default: .env, where there is one)")
    parser.add_argument("--version", action="version", version=f"domovoy {version('domovoy')}")
    questions = parser.add_subparsers(dest="question", title="questions, which can be asked while the bot runs")
    stats = questions.add_parser("stats", help="figures of each model")
    stats.add_argument("model", nargs="?", help="of this model only")
    stats.add_argument("--task", type=Task, choices=list(Task), help="of requests for this only")
    errors = questions.add_parser("errors", help="what failed, in groups")
    models = questions.add_parser("models", help="the model servers and what they have, looked at now")
    for question, usual in ((stats, Period.DAY), (errors, Period.WEEK)):
        question.add_argument(
            "--period", type=Period, choices=list(Period), default=usual, help=f"how far back (default: {usual.value})"
        )
    detect = questions.add_parser("detect", help="find out what the models can do, by asking them a few questions")
    detect.add_argument("model", nargs="?", help="this model only")
    _add_init(questions.add_parser("init", help="write the settings file, with a few questions or with none"))
    doctor = questions.add_parser("doctor", help="check everything, and say for each what to do")
    for question in (stats, errors, models, detect, doctor):
        question.add_argument("--json", action="store_true", help="as JSON")
    return parser


def _add_init(init: argparse.ArgumentParser) -> None:
    init.add_argument("--token", help="Telegram token; - reads it from the input")
    init.add_argument("--model", help="the model's name; looked for on this machine, or at --api-base")
    init.add_argument("--api-base", help="address of a model server, such as http://127.0.0.1:11434/v1")
    init.add_argument("--api-key", help="its key; - reads it from the input")
    init.add_argument("--yes", action="store_true", help="ask nothing, and overwrite what the file says otherwise")


def _set_up(options: argparse.Namespace) -> int:
    set_up_logging(level="ERROR", form="console", secrets=())
    load_aiogram()
    from bot.setting_up.asking import AtTerminal, ThisMachine
    from bot.setting_up.set_up import SetUp, Wishes

    token, key = (sys.stdin.readline() if given == "-" else given for given in (options.token, options.api_key))
    wishes = Wishes(token, options.model, options.api_base, key.strip() if key is not None else None, options.yes)
    return SetUp(options.env_file or Path(".env"), os.environ, wishes, AtTerminal(), ThisMachine()).run()


def _answer(options: argparse.Namespace, settings: Settings, env_file: Path) -> int:
    set_up_logging(level="ERROR", form=settings.log_format, secrets=settings.secrets)
    load_aiogram()
    from bot.terminal import Terminal
    from storage import StorageError

    terminal = Terminal(settings, as_json=options.json)
    try:
        if options.question == "detect":
            from bot.terminal_detection import detect_in_terminal

            return asyncio.run(detect_in_terminal(settings, options.model, as_json=options.json))
        if options.question == "doctor":
            from bot.terminal_checkup import doctor

            return asyncio.run(doctor(settings, env_file, os.environ, as_json=options.json))
        match options.question:
            case "stats":
                asyncio.run(terminal.stats(options.model, options.period, options.task))
            case "errors":
                asyncio.run(terminal.errors(options.period))
            case _:
                asyncio.run(terminal.models())
    except StorageError as error:
        sys.stderr.write(f"domovoy: {error}\n")
        return EXIT_START
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return 0


def _tell_wrong_settings(problems: tuple[Problem, ...], *, as_json: bool) -> int:
    load_aiogram()
    from bot.terminal_checkup import tell_wrong_settings

    return tell_wrong_settings(problems, as_json=as_json)


if __name__ == "__main__":
    sys.exit(main())
