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
from bot.settings import format_problems, load_settings

EXIT_SETTINGS = 2
EXIT_START = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bot until it is told to stop. Returns the exit code: 2 for wrong settings, 1 when it cannot start."""
    parser = argparse.ArgumentParser(prog="domovoy", description="A Telegram bot in front of your own language models.")
    parser.add_argument("--env-file", type=Path, help="settings file (default: .env, where there is one)")
    parser.add_argument("--version", action="version", version=f"domovoy {version('domovoy')}")
    options = parser.parse_args(arguments)
    try:
        if options.env_file is not None and not options.env_file.is_file():
            raise SettingsError((Problem("--env-file", str(options.env_file), "must be a file that exists"),))
        settings = load_settings(options.env_file or Path(".env"), os.environ)
    except SettingsError as error:
        sys.stderr.write(format_problems(error.problems) + "\n")
        return EXIT_SETTINGS
    set_up_logging(level=settings.log_level, form=settings.log_format, secrets=settings.secrets)
    load_aiogram()
    from bot.app import run  # the heavy part: a wrong setting is told before it is loaded

    try:
        asyncio.run(run(settings))
    except StartError as error:
        sys.stderr.write(f"domovoy: {error}\n")
        return EXIT_START
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
