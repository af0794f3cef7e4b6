"""What the bot says in groups: how it works there, what their admins can choose, and the buttons for that."""

from __future__ import annotations

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, User

from bot.callbacks import GroupAct, GroupPress
from bot.commands import GROUPS
from bot.i18n import Texts, Translator
from storage import Group


def greeting_text(t: Translator, me: User, *, open_to_all: bool, sees_all: bool) -> str:
    """What the bot says when it has come into a group."""
    return t(
        "group-greeting", name=_at(me), open="yes" if open_to_all else "no", privacy=privacy_text(t, sees_all=sees_all)
    )


def group_help_text(t: Translator, me: User, group: Group, *, sees_all: bool) -> str:
    """How the bot works in this group."""
    lines = [t("about-help-line", command=name, description=t(f"command-{name}")) for name in GROUPS]
    return t(
        "group-help",
        name=_at(me),
        replies="yes" if group.replies else "no",
        quiet="yes" if group.quiet else "no",
        commands="\n".join(lines),
        privacy=privacy_text(t, sees_all=sees_all),
    )


def privacy_text(t: Translator, *, sees_all: bool) -> str:
    """What Telegram shows the bot of a group, and what the bot does with it."""
    return t("group-privacy-off" if sees_all else "group-privacy-on")


def group_settings_text(t: Translator, group: Group) -> str:
    """What is chosen for a group now."""
    return t("group-settings", title=group.title, everybody="yes" if group.everybody else "no")


def group_settings_keyboard(t: Translator, texts: Texts, group: Group, *, owner: bool) -> InlineKeyboardMarkup:
    """The choices; who may use the bot is only an `owner`'s to choose, an admin of the bot itself."""
    codes: tuple[str, ...] = ("", *texts.languages)
    languages = [
        _button(
            _marked(
                t("group-language-own") if not code else texts.own_name(code),
                chosen=code == (group.language or ""),
            ),
            GroupAct.LANGUAGE,
            code,
        )
        for code in codes
    ]
    rows = [
        languages,
        [_switch(t("group-replies"), GroupAct.REPLIES, on=group.replies)],
        [_switch(t("group-reactions"), GroupAct.REACTIONS, on=group.reactions)],
        [_switch(t("group-quiet"), GroupAct.QUIET, on=group.quiet)],
    ]
    if owner:
        rows.insert(3, [_switch(t("group-everybody"), GroupAct.EVERYBODY, on=group.everybody)])
    return InlineKeyboardMarkup(inline_keyboard=rows)


def private_chat_keyboard(t: Translator, me: User) -> InlineKeyboardMarkup:
    """The way to the private chat with the bot."""
    button = InlineKeyboardButton(text=t("group-open-private"), url=f"https://t.me/{me.username}")
    return InlineKeyboardMarkup(inline_keyboard=[[button]])


def _at(me: User) -> str:
    return f"@{me.username}"


def _marked(text: str, *, chosen: bool) -> str:
    return f"✓ {text}" if chosen else text


def _switch(text: str, act: GroupAct, *, on: bool) -> InlineKeyboardButton:
    """The button holds what it leads to, so that a second press of an old one changes nothing."""
    return _button(_marked(text, chosen=on), act, "0" if on else "1")


def _button(text: str, act: GroupAct, value: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=GroupPress(act=act, value=value).pack())
