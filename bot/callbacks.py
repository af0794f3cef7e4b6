"""What the buttons say when they are pressed: one class for each kind, checked to fit Telegram's 64 bytes."""

from __future__ import annotations

from enum import StrEnum
from hashlib import blake2b

from aiogram.filters.callback_data import CallbackData

from bot.conversation_export import ExportFormat
from bot.invitations import Lifetime
from bot.period import Period
from llm.types import Task
from storage import Limit

MARK_BYTES = 6


def mark_of(name: str) -> str:
    """What stands for a name that may be too long for a button."""
    return blake2b(name.encode(), digest_size=MARK_BYTES).hexdigest()


class AccessDecision(StrEnum):
    """What an admin decides about a stranger."""

    ALLOW = "allow"
    REFUSE = "refuse"


class AccessPress(CallbackData, prefix="access"):
    """An admin lets a person in, or does not."""

    decision: AccessDecision
    person_id: int


class PersonAction(StrEnum):
    """What an admin does with a person."""

    LIST = "list"
    SHOW = "show"
    ALLOW = "allow"
    BLOCK = "block"
    ADMIN = "admin"
    NO_ADMIN = "plain"
    LIMITS = "limits"


class PersonPress(CallbackData, prefix="people"):
    """An admin looks at the list of people, at one of them, or decides about one. `page` counts from 0."""

    action: PersonAction
    person_id: int = 0
    page: int = 0


class LimitPress(CallbackData, prefix="limit"):
    """An admin sets a limit of a person; None is that of the settings, 0 is none."""

    limit: Limit
    person_id: int
    value: int | None = None


class InvitePress(CallbackData, prefix="invite"):
    """An admin invites, once or several times; without a lifetime the choice is shown."""

    lifetime: Lifetime | None = None
    several: bool = False


class ForgetPress(CallbackData, prefix="forget"):
    """A person wants everything of theirs deleted, or thinks better of it; nobody else may press their button."""

    sure: bool
    person_id: int


class StopPress(CallbackData, prefix="stop"):
    """A person stops the answer in their chat."""


class GroupAct(StrEnum):
    """What the admins of a group choose: letters, since a button holds little."""

    LANGUAGE = "l"
    REPLIES = "r"
    REACTIONS = "e"
    EVERYBODY = "w"
    QUIET = "q"


class GroupPress(CallbackData, prefix="group"):
    """An admin of a group chooses something for it: `value` is a language or empty for none, or 1 or 0."""

    act: GroupAct
    value: str = ""


class InlinePress(CallbackData, prefix="inline"):
    """Somebody wants what they have asked in another chat to be answered; `key` says what that was."""

    key: str
    person_id: int


class InlineStopPress(CallbackData, prefix="halt"):
    """Somebody stops the answer in an inline message; nobody else may."""

    person_id: int


class AskPress(CallbackData, prefix="ask"):
    """A person asks what was worded better for them; nobody else may."""

    person_id: int


class WordsOnlyPress(CallbackData, prefix="words"):
    """A person wants an answer to their words alone, without the pictures that no model sees; nobody else may."""

    person_id: int


class LatePress(CallbackData, prefix="late"):
    """A person wants what waited too long answered after all; nobody else may press their button."""

    person_id: int


class AnswerAct(StrEnum):
    """What a person wants of the last answer: letters, since a button holds little."""

    AGAIN = "a"
    CONTINUE = "c"
    SHORTER = "s"
    OTHER = "o"
    """Another model on a machine of ours."""
    CLOUD = "w"
    """Another model, in a cloud."""


class AnswerPress(CallbackData, prefix="answer"):
    """A person wants the last answer in another way; nobody else may. `message_id` is that of the question, stored."""

    act: AnswerAct
    message_id: int
    person_id: int


class ChoiceAct(StrEnum):
    """What a person does with the models to choose from."""

    SHOW = "show"
    CHOOSE = "choose"
    AUTOMATIC = "auto"


class ChoicePress(CallbackData, prefix="choice"):
    """A person chooses a model, or looks at another page; `mark` is that of its name. Nobody else may."""

    act: ChoiceAct
    person_id: int
    mark: str = ""
    page: int = 0


class ChatsAct(StrEnum):
    """What a person does with the conversations that there were: letters, since a button holds little."""

    ALL = "l"
    SHOW = "s"
    TAKE_UP = "t"
    ASK = "a"
    DELETE = "d"


class ChatsPress(CallbackData, prefix="chats"):
    """A person looks at a conversation that there was, goes on with it or deletes it; nobody else may."""

    act: ChatsAct
    person_id: int
    conversation: int = 0
    page: int = 0


class ExportPress(CallbackData, prefix="export"):
    """A person wants the conversation as a file; nobody else may press their button."""

    form: ExportFormat
    person_id: int


class ExportAllPress(CallbackData, prefix="exportall"):
    """A person wants everything that is kept of them as a file; nobody else may press their button."""

    person_id: int


class LanguagePress(CallbackData, prefix="language"):
    """A person chooses the language of the interface."""

    code: str


class Preference(StrEnum):
    """What a person switches in the settings; each press goes on to the next of its values."""

    MODEL = "model"
    PERSONA = "persona"
    STYLE = "style"
    CREATIVITY = "creativity"
    THINKING = "thinking"
    STREAMING = "streaming"
    INTERRUPTS = "interrupts"
    REACTIONS = "reactions"
    CLOUD = "cloud"


class PreferencePress(CallbackData, prefix="wish"):
    """A person changes one of the settings, of which they see the value `now`; nobody else may."""

    which: Preference
    person_id: int
    now: str = ""


class SettingsPress(CallbackData, prefix="settings"):
    """A person goes back to their settings; nobody else may."""

    person_id: int


class PersonaPress(CallbackData, prefix="persona"):
    """A person chooses who the bot is for them: one of the ready ones, or none of them; nobody else may."""

    name: str
    person_id: int


class RichMessages(StrEnum):
    """What a person does about rich messages."""

    TRY = "try"
    SEEN = "seen"
    OFF = "off"


class RichPress(CallbackData, prefix="rich"):
    """A person tries rich messages, confirms that they show, or switches them off."""

    choice: RichMessages


class StatsPress(CallbackData, prefix="stats"):
    """An admin chooses which figures to see; `model` is the mark of one, or empty for all.

    `photo_id` is the message with the chart, where that is not the one with the buttons.
    """

    period: Period
    model: str = ""
    task: Task | None = None
    photo_id: int | None = None


class ModelAction(StrEnum):
    """What an admin does with a model."""

    LIST = "list"
    SHOW = "show"
    PREFER = "prefer"
    PAUSE = "pause"
    RESUME = "resume"
    PROBE = "probe"


class DetectPress(CallbackData, prefix="detect"):
    """An admin stops the detection of a model, or begins one; `mark` as in `ModelPress`."""

    stop: bool
    mark: str


class ModelPress(CallbackData, prefix="model"):
    """An admin looks at a model or steers it; `mark` is that of its settings and name, empty for the list."""

    action: ModelAction
    mark: str = ""
