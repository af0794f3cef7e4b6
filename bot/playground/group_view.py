"""Groups as others see them: the bot as objects of the Bot API, the page as its own JSON."""

from __future__ import annotations

from collections.abc import Mapping

from bot.playground import present
from bot.playground.values import Group, Json, Membership, Message, Person

_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)


def group_chat(group: Group) -> Json:
    """A group as a Chat."""
    chat: Json = {"id": group.group_id, "type": "supergroup" if group.supergroup else "group", "title": group.title}
    return chat | ({"is_forum": True} if group.forum else {})


def member(user: Json, status: Membership) -> Json:
    """Somebody as a ChatMember."""
    data: Json = {"status": status.value, "user": user}
    match status:
        case Membership.CREATOR:
            data["is_anonymous"] = False
        case Membership.ADMINISTRATOR:
            data |= dict.fromkeys(_RIGHTS, False)
        case Membership.KICKED:
            data["until_date"] = 0
        case _:
            pass
    return data


def group_message(
    shown: Message,
    group: Group,
    people: Mapping[int, Person],
    bot_id: int,
    *,
    answered: Message | None = None,
) -> Json:
    """A message of a group as the bot gets it; `answered` is the one that it replies to."""
    sender = people.get(shown.sender_id or 0) or Person(0, "Group", "group")
    data = present.message(shown, sender, bot_id) | {"chat": group_chat(group)}
    if shown.inline_id is not None:
        data["via_bot"] = present.bot_user(bot_id)
    if shown.only_for is not None:
        data |= {"message_id": 0, "ephemeral_message_id": shown.message_id}
        if shown.from_bot:
            data["receiver_user"] = present.user(people[shown.only_for])
    if answered is not None:
        data["reply_to_message"] = group_message(answered, group, people, bot_id)
    return data


def page_group(group: Group) -> Json:
    """A group as the page shows it."""
    return {
        "id": group.group_id,
        "title": group.title,
        "members": {str(person_id): status.value for person_id, status in group.members.items()},
        "forum": group.forum,
        "bot": group.bot.value,
        "moved_to": group.moved_to,
    }
