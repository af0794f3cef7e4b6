"""The way from nothing to a settings file: a model, a token, what would be overwritten, the file, the next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.checkup.finding import Finding, Matter
from bot.errors import Problem, SettingsError
from bot.i18n import DEFAULT_LANGUAGE, Texts
from bot.setting_up.asking import Machine, Person
from bot.setting_up.env_text import HEADING, merged, write_private
from bot.settings import format_problems, settings_from
from bot.settings.env_file import EnvFile, parse_env, read_env
from bot.settings.values import is_token
from bot.views.checkup import finding_text, mend_text
from llm.servers.discover import choose
from llm.servers.kinds import FoundServer, ServerState

DONE, GIVEN_UP, WRONG = 0, 1, 2
MOST_TRIES = 3
MOST_SHOWN = 20
# How the model is given; the long names say the same and would contradict.
LONG_NAMES = ("PRIMARY_MODEL", "PRIMARY_MODEL__NAME", "PRIMARY_MODEL__API_BASE", "PRIMARY_MODEL__API_KEY")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was said on the command line; None: nothing. `yes`: ask nothing, overwrite what is in the way."""

    token: str | None = None
    model: str | None = None
    base: str | None = None
    key: str | None = None
    yes: bool = False


class GaveUp(Exception):
    """There is nothing to write; `code` is the exit code, the text for whoever asked."""

    def __init__(self, text: str, code: int = GIVEN_UP) -> None:
        self.code = code
        super().__init__(text)


class SetUp:
    """Asks where there is somebody to ask, and takes what is found where there is not."""

    def __init__(
        self, path: Path, environ: Mapping[str, str], wishes: Wishes, person: Person, machine: Machine
    ) -> None:
        self._path = path
        self._environ = environ
        self._wishes = wishes
        self._person = person
        self._machine = machine
        self._asks = person.answers and not wishes.yes
        self._words = Texts().translator(DEFAULT_LANGUAGE)
        self._bot = ""

    def run(self) -> int:
        """Do all of it; gives the exit code: 1 when nothing was written, 2 when something given is wrong."""
        try:
            file = read_env(self._path)
            if file.problems:
                raise GaveUp(format_problems(file.problems), WRONG)
            values = {**self._model(file), **self._token(file)}
            self._write(file, values)
        except GaveUp as reason:
            self._person.tell(str(reason))
            return reason.code
        except (EOFError, KeyboardInterrupt):
            self._person.tell("\nNothing was written.")
            return GIVEN_UP
        except OSError as error:
            self._person.tell(f"{self._path} can't be written: {error.strerror}")
            return GIVEN_UP
        return DONE

    # --- the model

    def _model(self, file: EnvFile) -> dict[str, str]:
        wishes = self._wishes
        told = wishes.model or wishes.base or wishes.key
        if not told and (_of(file, "LLM_API_BASE") or any(_of(file, name) for name in LONG_NAMES)):
            self._person.tell("The model in the file stays as it is; --model and --api-base change it.")
            return {}
        base = wishes.base or (_of(file, "LLM_API_BASE") if told else "")
        same = base.rstrip("/") == _of(file, "LLM_API_BASE").rstrip("/")
        key = wishes.key or (_of(file, "LLM_API_KEY") if same else "")
        found = self._found_at(base, key) if base else self._machine.servers()
        if self._asks and not wishes.model:
            return self._ask_for_model(found, base, key)
        return self._chosen(found, wishes.model, base, key)

    def _found_at(self, base: str, key: str) -> tuple[FoundServer, ...]:
        try:
            server = self._machine.look_at(base, key)
        except ValueError as error:
            raise GaveUp(f"{error}", WRONG) from None
        if server is None:
            self._person.tell("What answers there is no model server.")
            return ()
        remarks = {
            ServerState.UNREACHABLE: "Nothing answers there now; the bot notices when something does.",
            ServerState.NEEDS_KEY: "That server lets nobody in without the right key (--api-key).",
            ServerState.LOADING: "That server is still loading its model.",
        }
        if server.state in remarks:
            self._person.tell(remarks[server.state])
        return (server,)

    def _chosen(self, found: Sequence[FoundServer], model: str | None, base: str, key: str) -> dict[str, str]:
        """Without a question: what is wished for, else the best of what is there."""
        choice = choose(found, model)
        if choice is not None:
            server, offer = choice
            self._person.tell(f"Model: {offer.name} on {server.api_base} ({server.kind.value})")
            return _lines(base or server.api_base, offer.name, key)
        if base:  # it may be away, or not tell
            return _lines(base, model or "", key)
        if model:
            raise GaveUp(f"No server on this machine has {model}; --api-base says where it is.")
        self._person.tell("No model server was found on this machine; until there is one, the built-in demo answers.")
        return {}

    def _ask_for_model(self, found: Sequence[FoundServer], base: str, key: str) -> dict[str, str]:
        offers = [
            (server, model)
            for server in found
            if server.state is ServerState.UP
            for model in server.models
            if model.chat and not model.remote
        ]
        for number, (server, model) in enumerate(offers[:MOST_SHOWN], 1):
            self._person.tell(f"  {number}  {model.name}  on {server.api_base} ({server.kind.value})")
        if base and not offers:
            return _lines(base, self._person.ask("The model's name there (empty: the first that it has):"), key)
        if not offers:
            self._person.tell("No model server was found on this machine.")
        first = choose(found)
        usual = f", empty: {first[1].name}" if first is not None else ", empty: none for now"
        answer = self._person.ask(f"Which model? A number, a name, or the address (http://…) of a server{usual}:")
        if answer.isdecimal() and 0 < int(answer) <= len(offers):
            server, model = offers[int(answer) - 1]
            return _lines(base or server.api_base, model.name, key)
        if answer.startswith(("http://", "https://")):
            key = self._person.ask("Its key (empty: it wants none):", hidden=True)
            return self._ask_for_model(self._found_at(answer, key), answer, key)
        return self._chosen(found, answer or None, base, key)

    # --- the token

    def _token(self, file: EnvFile) -> dict[str, str]:
        there = _of(file, "BOT_TOKEN")
        telegram = self._environ.get("TELEGRAM_API_BASE", "") or _of(file, "TELEGRAM_API_BASE")
        if self._wishes.token is not None:
            return {"BOT_TOKEN": self._tested(self._wishes.token.strip(), telegram)}
        if not self._asks:
            return {}
        keep = "keep the one in the file" if there else "only a page on this machine"
        for _ in range(MOST_TRIES):
            token = self._person.ask(f"Telegram token, from @BotFather (empty: {keep}):", hidden=True)
            if not token:
                return {}
            try:
                return {"BOT_TOKEN": self._tested(token, telegram)}
            except GaveUp as reason:
                self._person.tell(str(reason))
        raise GaveUp("Nothing was written.", WRONG)

    def _tested(self, token: str, telegram: str) -> str:
        """The token, when Telegram knows it or can't be asked."""
        if not token:
            return ""
        if not is_token(token):
            raise GaveUp("A token looks like 123456789:AAE…, as @BotFather gives it.", WRONG)
        answer = self._machine.bot_name(token, telegram)
        if isinstance(answer, str):
            self._bot = answer
            self._person.tell(f"Telegram knows the token: {answer}")
            return token
        said = self._said(answer)
        if answer.matter is Matter.TELEGRAM_TOKEN:
            raise GaveUp(said, WRONG)
        self._person.tell(f"The token could not be tried. {said}")
        return token

    def _said(self, finding: Finding) -> str:
        return f"{finding_text(self._words, finding)} {mend_text(self._words, finding)}"

    # --- the file

    def _write(self, file: EnvFile, values: Mapping[str, str]) -> None:
        news = {name: value for name, value in values.items() if _of(file, name) != value}
        there = self._path.exists()
        if not news and there:
            self._person.tell(f"{self._path} says all of that already.")
            self._next_step()
            return
        self._may_overwrite([name for name in news if _of(file, name)])
        old = self._path.read_bytes().decode("utf-8-sig") if there else HEADING
        text = merged(old, news)
        try:
            settings_from(parse_env(text.encode(), self._path), {})
        except SettingsError as error:
            raise GaveUp(_not_written(error.problems), WRONG) from None
        write_private(self._path, text)
        self._person.tell(f"Written: {self._path} ({', '.join(news) or 'empty'}), readable by you only.")
        for name in news:
            if self._environ.get(name, values[name]) != values[name]:
                self._person.tell(f"{name} in the environment says something else, and wins over the file.")
        self._next_step()

    def _may_overwrite(self, names: Sequence[str]) -> None:
        if not names or self._wishes.yes:
            return
        listed = ", ".join(names)
        if not self._asks:
            raise GaveUp(f"{self._path} has other values for {listed}; --yes overwrites them.")
        if self._person.ask(f"Overwrite {listed} in {self._path}? [y/N]").lower() not in {"y", "yes"}:
            raise GaveUp("Nothing was written.")

    def _next_step(self) -> None:
        self._person.tell("\nNext: start the bot with `domovoy` (in a copy of the repository: scripts/run).")
        if self._bot:
            self._person.tell(f"Its log shows a code; send it to {self._bot}, and you are its admin.")
        self._person.tell("`domovoy doctor` checks everything and says what to do.")


def _lines(base: str, model: str, key: str) -> dict[str, str]:
    """The three lines. An old key is not left beside another server."""
    return {"LLM_API_BASE": base, "LLM_MODEL": model, "LLM_API_KEY": key}


def _of(file: EnvFile, name: str) -> str:
    return next((value for key, value in file.values.items() if key.upper() == name), "")


def _not_written(problems: tuple[Problem, ...]) -> str:
    return f"{format_problems(problems)}\nNothing was written."
