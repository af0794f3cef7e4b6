"""Texts: the same keys and variables in each language, all of them used, none missing."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from bot.checkup.finding import Level, Matter, Subject, level_of
from bot.commands import ADMINS, EVERYONE, GROUPS
from bot.conversation_export import ExportFormat
from bot.handlers import people
from bot.i18n import LANGUAGES, MissingText, Texts
from bot.invitations import Lifetime
from bot.jobs import Jobs
from bot.period import Period
from bot.settings import AccessMode
from bot.views.failures import failure_key
from llm.errors import Failure, FailureKind, Phase
from llm.routing import serving_model
from llm.routing.breaker import BreakerState
from llm.routing.serving_model import ModelSource, ServingModel
from llm.servers.kinds import ServerState
from llm.tasks.classification import MessageKind
from llm.types import Task, Why
from storage import Limit

BOT = Path(__file__).parent.parent.parent / "bot"


def keys_of(language: str) -> dict[str, set[str]]:
    """Each key with the variables in its text."""
    return {key: set(re.findall(r"\$(\w+)", body)) for key, body in bodies_of(language).items()}


def bodies_of(language: str) -> dict[str, str]:
    """Each key with its text, without comments."""
    lines = (BOT / "locales" / f"{language}.ftl").read_text().splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith("#"))
    parts = re.split(r"^([a-z][a-z0-9-]*) =", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def used_keys() -> tuple[set[str], set[str]]:
    """Keys that stand whole in the code, and beginnings of keys that are put together there."""
    whole, beginnings = set(), set()
    for path in BOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
    return whole, {start for start in beginnings if re.fullmatch(r"[a-z]+-[a-z0-9-]*", start)}


def test_each_language_has_the_same_keys_with_the_same_variables():
    first, *others = (keys_of(language) for language in LANGUAGES)
    for other in others:
        assert other == first


def test_every_text_is_used():
    whole, beginnings = used_keys()
    unused = {key for key in keys_of("en") if key not in whole and not key.startswith(tuple(beginnings))}
    assert unused == set()


def test_every_key_that_the_code_asks_for_exists():
    asked = set()
    for path in BOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute) and node.args:
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                key = node.args[0]
                if name in ("t", "words") and isinstance(key, ast.Constant) and isinstance(key.value, str):
                    asked.add(key.value)
    assert len(asked) > 40
    assert asked <= set(keys_of("en"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FailureKind)
def test_every_kind_of_failure_has_words(kind: FailureKind, language: str):
    words = Texts().translator(language)(failure_key(Failure(kind, Phase.CONNECT, 0.0)))
    assert words.strip()


def test_texts_whose_keys_are_put_together_are_all_there():
    keys = set(keys_of("en"))
    commands = {f"command-{name}" for name in (*EVERYONE, *ADMINS, *GROUPS)}
    assert commands == {key for key in keys if key.startswith("command-")}
    assert {f"stats-title-{period}" for period in Period} <= keys
    assert {f"stats-button-{period}" for period in Period} <= keys
    assert {f"task-{task}" for task in Task} == {key for key in keys if key.startswith("task-")}
    kinds = {kind.value.replace("_", "-") for kind in FailureKind}
    assert {f"kind-{kind}" for kind in kinds} == {key for key in keys if key.startswith("kind-")}
    assert {f"remedy-{kind}" for kind in kinds - {"cancelled"}} == {key for key in keys if key.startswith("remedy-")}
    assert {f"why-{why.value.replace('_', '-')}" for why in Why} <= keys
    breakers = {f"models-breaker-{state.value.replace('_', '-')}" for state in BreakerState}
    assert breakers - keys == {"models-breaker-closed"}
    others = {"next_runs", "plan_detections"}
    jobs = {f"job-{name.replace('_', '-')}" for name in vars(Jobs) if name[0] != "_" and name not in others}
    assert jobs == {key for key in keys if key.startswith("job-")}
    assert {f"models-state-{state.value.replace('_', '-')}" for state in ServerState} <= keys
    assert {f"models-source-{source.value}" for source in ModelSource} <= keys
    own = {*MessageKind, Task.CLASSIFICATION, Task.AUGMENTATION}
    assert {f"models-for-{what.value.replace('_', '-')}" for what in own} <= keys
    assert {f"export-{form.value}" for form in ExportFormat} <= keys
    found = {f"checkup-{matter}" for matter in Matter} | {f"checkup-subject-{subject}" for subject in Subject}
    assert found | {"checkup-well", "checkup-amiss"} == {key for key in keys if key.startswith("checkup-")}
    amiss = {f"mend-{matter}" for matter in Matter if level_of(matter) > Level.GOOD}
    assert amiss == {key for key in keys if key.startswith("mend-")}
    limits = [f"{start}-{limit.value}" for limit in Limit for start in ("limit", "limit-none", "limit-most")]
    assert {*limits, *(f"people-limit-{limit.value}" for limit in Limit)} <= keys
    lives = [(one.value, key) for one in Lifetime for key in ("once", "several")]
    assert {f"invite-button-{life}-{number}" for life, number in lives} <= keys
    assert {f"invite-lifetime-{one.value}" for one in Lifetime} <= keys
    assert {f"invite-not-{mode.value}" for mode in AccessMode if mode is not AccessMode.APPROVE} <= keys
    reasons = re.findall(r'return "([a-z]+)"', inspect.getsource(people._obstacle))
    assert len(reasons) > 4
    assert {f"people-cannot-{reason}" for reason in reasons} <= keys


def test_every_reason_for_having_no_model_has_words():
    """The reasons are those that the documentation of `current()` promises, and those stand in the code."""
    promised = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", ServingModel.current.__doc__ or ""))
    written = {
        node.value
        for node in ast.walk(ast.parse(Path(serving_model.__file__).read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert promised <= written
    words = {key for key in keys_of("en") if key.startswith("about-reason-")}
    assert words == {f"about-reason-{reason.replace('_', '-')}" for reason in promised}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_each_language_are_in_its_letters(language: str):
    """A text that was copied and not translated is found by its letters."""
    names = re.compile(r"\{.*?\}|\$\$.*?\$\$|/\w+|[A-Z]+_[A-Z_]+")
    words = {key: names.sub("", body) for key, body in bodies_of(language).items()}
    untranslated = {
        key
        for key, text in words.items()
        if re.search(r"[^\W\d_]", text) and bool(re.search("[а-яё]", text, re.IGNORECASE)) is not (language == "ru")
    }
    assert untranslated == set()


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_sentence_is_left_in_english(language: str):
    english, words = bodies_of("en"), bodies_of(language)
    spoken = {key: re.sub(r"\{.*?\}", "", text) for key, text in english.items()}
    sentences = {key for key, text in spoken.items() if len(re.findall(r"[^\W\d_]{2,}", text)) > 3}
    assert len(sentences) > 300
    assert {key for key in sentences if words[key] == english[key]} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_fits_where_telegram_shows_it(language: str):
    words = {key: re.sub(r"\s+", " ", body).strip() for key, body in bodies_of(language).items()}
    assert {key for key, text in words.items() if len(text) > 3500} == set()  # a message has 4096
    assert {key for key, text in words.items() if key.startswith("command-") and len(text) > 256} == set()


def test_each_language_says_its_own_name():
    texts = Texts()
    names = {code: texts.own_name(code) for code in LANGUAGES}
    assert (names["en"], names["ru"]) == ("English", "Русский")
    assert len(set(names.values())) == len(LANGUAGES)


def test_a_language_is_a_file_named_by_its_code():
    files = {path.stem for path in (BOT / "locales").iterdir()}
    assert files == set(LANGUAGES)
    assert LANGUAGES[0] == "en"  # what people of all other languages see
    assert all(re.fullmatch("[a-z]{2}", code) for code in files)  # what Telegram takes for a menu of commands


MOST_OF_A_MESSAGE, MOST_OF_AN_ALERT, MOST_OF_A_DESCRIPTION = 4096, 200, 256


def filled(language: str, key: str, variables: set[str]) -> str:
    """A text with the longest names and numbers that it is given."""
    numbers = {"number", "conversations", "messages", "asked", "sent", "counted", "limit", "pages", "all", "attempts"}
    values: dict[str, str | int] = {name: 123_456 if name in numbers else "m" * 60 for name in variables}
    return Texts().translator(language)(key, **values)


def shown_beside_a_press() -> set[str]:
    """The keys of what is said in answer to a pressed button, where hardly anything fits."""
    keys = set()
    for path in BOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "settle":
                inner = (one for argument in node.args for one in ast.walk(argument))
                keys |= {one.value for one in inner if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return keys & set(keys_of("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_fits_where_it_is_shown(language: str):
    alerts = shown_beside_a_press()
    assert len(alerts) > 20
    for key, variables in keys_of(language).items():
        text = filled(language, key, variables)
        assert 0 < len(text.encode("utf-16-le")) // 2 <= MOST_OF_A_MESSAGE, key
        if key in alerts:
            assert len(text) <= MOST_OF_AN_ALERT, key
        if key.startswith("command-"):
            assert len(text) <= MOST_OF_A_DESCRIPTION, key


def test_languages_are_chosen_by_the_code_of_the_client():
    texts = Texts()
    codes = {"ru": "ru", "ru-RU": "ru", "en": "en", "pt-br": "en", "": "en", None: "en"}
    assert {code: texts.translator(code).language for code in codes} == codes


def test_a_missing_text_or_variable_is_a_fault_of_the_program():
    t = Texts().translator("en")
    with pytest.raises(MissingText) as no_key:
        t("no-such-text")
    assert no_key.value.key == "no-such-text"
    with pytest.raises(MissingText):
        t("about-model", model="a")
