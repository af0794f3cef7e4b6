"""What stands below or instead of an answer, in the person's language."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bot.events import AnswerFailed
from bot.i18n import Translator
from bot.views.failures import failure_words
from bot.views.numbers import count, duration, shortened

NAME_WIDTH = 60


@dataclass(frozen=True, slots=True)
class Words:
    """What stands below or instead of an answer, in the person's language."""

    t: Translator
    admin: bool
    chosen: str | None = None
    """The model that was to answer; None: whichever is best."""

    def queued(self, place: int, seconds: float) -> str:
        """While all servers are at work for others."""
        if seconds < 1:
            return self.t("answer-queued", place=place)
        return self.t("answer-queued-for", place=place, time=duration(self.t, math.ceil(seconds)))

    def loading(self, model: str, seconds: float) -> str:
        """While a server loads a model, for so long already."""
        name = shortened(model, NAME_WIDTH)
        if not (told := _in_steps(seconds)):
            return self.t("answer-loading", model=name)
        return self.t("answer-loading-for", model=name, time=duration(self.t, told))

    def thinking(self, seconds: float) -> str:
        """While a model reasons, for so long already."""
        told = _in_steps(seconds)
        return self.t("answer-thinking-for", time=duration(self.t, told)) if told else self.t("answer-thinking")

    def thought(self, seconds: float) -> str:
        """Above thoughts that are folded away: how long they took."""
        return self.t("answer-thought", time=duration(self.t, max(1, round(seconds))))

    def in_file(self, name: str, lines: int) -> str:
        """Below the beginning of code that comes as a file of that name."""
        return self.t("answer-in-file", name=name, lines=count(self.t, lines), number=lines)

    def replaced(self) -> str:
        """While another answer is on its way in the place of one that broke off."""
        return self.t("answer-replaced")

    def stopped(self) -> str:
        """Below an answer that the person stopped."""
        return self.t("answer-stopped")

    def cut_off(self) -> str:
        """Below an answer that reached the limit of its length."""
        return self.t("answer-cut-off")

    def question_cut(self) -> str:
        """Below an answer to a message that was too long to be given to the model as a whole."""
        return self.t("answer-question-cut")

    def forgotten(self, number: int) -> str:
        """Below an answer in a conversation whose first messages no longer reach the model as they are."""
        return self.t("answer-forgotten", number=number, messages=count(self.t, number))

    def seen_by_other(self, model: str, chosen: str) -> str:
        """Below an answer about pictures that the chosen model does not see."""
        return self.t("photo-seen-by-other", model=model, chosen=chosen)

    def failed(self, event: AnswerFailed) -> str:
        """Instead of an answer, or below the part of it that had come."""
        return failure_words(self.t, event, admin=self.admin)

    def by_another(self, model: str) -> str:
        """Below an answer that came from another model than was chosen; empty: it did not."""
        if self.chosen is None or model == self.chosen:
            return ""
        return self.t(
            "answer-by-another", model=shortened(model, NAME_WIDTH), chosen=shortened(self.chosen, NAME_WIDTH)
        )


def _in_steps(seconds: float) -> int:
    """So many seconds, told in steps, so that a frame is worth its while."""
    step = 2 if seconds < 20 else 5
    return math.floor(seconds / step) * step
