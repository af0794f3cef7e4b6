"""What the bot says of itself."""

from __future__ import annotations

from bot.commands import ADMINS, EVERYONE
from bot.i18n import Translator
from llm.errors import NoModelAvailable
from llm.routing.serving_model import ModelSource, ServingModel
from llm.wire.address import read_address


def start_text(t: Translator, models: ServingModel, name: str) -> str:
    """A greeting, and which model answers."""
    return t("about-start", name=name, model=model_line(t, models))


def help_text(t: Translator, models: ServingModel, *, admin: bool) -> str:
    """The commands that a person has, and which model answers."""
    names = EVERYONE + (ADMINS if admin else ())
    lines = [t("about-help-line", command=name, description=t(f"command-{name}")) for name in names]
    return t("about-help", commands="\n".join(lines), model=model_line(t, models))


def model_line(t: Translator, models: ServingModel) -> str:
    """Which model answers now, or why none does."""
    try:
        model = models.current()
    except NoModelAvailable as error:
        return t("about-model-none", reason=t(f"about-reason-{error.reason}".replace("_", "-")))
    if model.source is ModelSource.DEMO:
        return t("about-model-demo")
    return t("about-model", model=model.config.name, server=read_address(model.config.api_base).server)
