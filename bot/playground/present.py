"""Messages, people and drafts as others see them: the bot as objects of the Bot API, the page as its own JSON."""

from __future__ import annotations

from bot.playground.render import render_text
from bot.playground.rich.render import render_blocks
from bot.playground.values import BOT_NAME, BOT_USERNAME, Draft, Json, Message, Person, StoredFile

BUTTON_FIELDS = {"text": "text", "callback_data": "data", "url": "url", "style": "style"}


def bot_user(bot_id: int, *, profile: bool = False, reads_all: bool = False) -> Json:
    """The bot as a User; with `profile` as `getMe` has it. `reads_all`: privacy mode is off."""
    user: Json = {"id": bot_id, "is_bot": True, "first_name": BOT_NAME, "username": BOT_USERNAME}
    if profile:
        user |= {
            "can_join_groups": True,
            "can_read_all_group_messages": reads_all,
            "supports_inline_queries": True,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
    return user


def user(person: Person) -> Json:
    """A person as a User."""
    return {
        "id": person.person_id,
        "is_bot": False,
        "first_name": person.first_name,
        "language_code": person.language_code,
    }


def private_chat(person: Person) -> Json:
    """The chat with a person."""
    return {"id": person.person_id, "type": "private", "first_name": person.first_name}


def message(shown: Message, person: Person, bot_id: int, *, answered: Message | None = None) -> Json:
    """A message as the bot gets it; `answered` is the one that it replies to."""
    sender = bot_user(bot_id) if shown.from_bot else user(person)
    data: Json = {
        "message_id": shown.message_id,
        "from": sender,
        "chat": private_chat(person),
        "date": shown.date,
    }
    captioned = shown.file is not None
    if shown.text and shown.blocks is None:
        data["caption" if captioned else "text"] = shown.text
    if shown.entities and shown.blocks is None:
        data["caption_entities" if captioned else "entities"] = list(shown.entities)
    if shown.photo:
        data["photo"] = [_photo_size(shown.photo)]
    if shown.document:
        data["document"] = _document(shown.document)
    if shown.voice:
        data["voice"] = _recording(shown.voice)
    if shown.audio:
        data["audio"] = _recording(shown.audio) | {"file_name": shown.audio.name}
    if shown.media_group_id:
        data["media_group_id"] = shown.media_group_id
    if shown.blocks is not None:
        data["rich_message"] = {"blocks": list(shown.blocks)} | ({"is_rtl": True} if shown.is_rtl else {})
    if shown.edit_date is not None:
        data["edit_date"] = shown.edit_date
    if shown.markup and "inline_keyboard" in shown.markup:
        data["reply_markup"] = shown.markup
    if shown.forwarded_from is not None:
        data["forward_origin"] = {
            "type": "hidden_user",
            "date": shown.date,
            "sender_user_name": shown.forwarded_from,
        }
    if shown.quote is not None:
        data["quote"] = {"text": shown.quote, "position": 0, "is_manual": True}
    if shown.thread_id is not None:
        data |= {"message_thread_id": shown.thread_id, "is_topic_message": True}
    if shown.service is not None:
        data |= shown.service
    if answered is not None:
        data["reply_to_message"] = message(answered, person, bot_id)
    return data


def file_info(file: StoredFile) -> Json:
    """A file as `getFile` tells it."""
    return {
        "file_id": file.file_id,
        "file_unique_id": f"u{file.file_id}",
        "file_size": file.size,
        "file_path": file.path,
    }


def _photo_size(file: StoredFile) -> Json:
    return {
        "file_id": file.file_id,
        "file_unique_id": f"u{file.file_id}",
        "width": file.width,
        "height": file.height,
        "file_size": file.size,
    }


def _document(file: StoredFile) -> Json:
    return {
        "file_id": file.file_id,
        "file_unique_id": f"u{file.file_id}",
        "file_name": file.name,
        "mime_type": file.mime,
        "file_size": file.size,
    }


def _recording(file: StoredFile) -> Json:
    return {
        "file_id": file.file_id,
        "file_unique_id": f"u{file.file_id}",
        "duration": file.seconds,
        "mime_type": file.mime,
        "file_size": file.size,
    }


def page_message(shown: Message) -> Json:
    """A message as the page shows it."""
    photo, document = shown.photo, shown.document or shown.voice or shown.audio
    return {
        "id": shown.message_id,
        "from": "bot" if shown.from_bot else "person",
        "date": shown.date,
        "text": shown.text,
        "entities": list(shown.entities),
        "html": _html(shown),
        "buttons": [[_page_button(button) for button in row] for row in shown.buttons],
        "reply_to": shown.reply_to,
        "sender": shown.sender_id,
        "thread": shown.thread_id,
        "only_for": shown.only_for,
        "service": next(iter(shown.service), None) if shown.service else None,
        "photo": {"url": file_url(photo)} if photo else None,
        "document": {"url": file_url(document), "name": document.name, "size": document.size} if document else None,
        "edited": shown.edit_date is not None,
        "rich": shown.blocks is not None,
        "reaction": shown.reaction,
        "person_reaction": shown.person_reaction,
    }


def page_draft(draft: Draft) -> Json:
    """A draft as the page shows it."""
    place = {} if draft.thread_id is None else {"thread": draft.thread_id}
    return place | {
        "draft_id": draft.draft_id,
        "text": draft.text,
        "html": _html(draft),
        "can_stop": draft.can_stop,
        "thinking": draft.thinking,
        "rich": draft.blocks is not None,
    }


def page_person(person: Person) -> Json:
    """A person as the page shows them."""
    return {
        "id": person.person_id,
        "first_name": person.first_name,
        "role": person.role,
        "language_code": person.language_code,
    }


def file_url(file: StoredFile) -> str:
    """Where the page gets a file."""
    return f"/playground/{file.path}"


def _html(shown: Message | Draft) -> str:
    return render_text(shown.text, shown.entities) if shown.blocks is None else render_blocks(shown.blocks)


def _page_button(button: Json) -> Json:
    return {name: button[field] for field, name in BUTTON_FIELDS.items() if button.get(field)}
