"""What people do on the page: write, send files, press buttons, stop an answer. Each becomes an update for the bot."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from bot.playground import present
from bot.playground.acting import Acting
from bot.playground.entities import Marked, trimmed, with_detected
from bot.playground.errors import PageError
from bot.playground.images import picture_size
from bot.playground.sounds import sound_of
from bot.playground.state import QUERIES_KEPT
from bot.playground.utf16 import units
from bot.playground.values import Json, Message, Person, StoredFile

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LARGEST_ALBUM = 10
LARGEST_PHOTO = 10 * 1024 * 1024
"""A larger picture is sent as a file."""
REACTIONS = frozenset({"👍", "👎", "❤", "🔥", "🎉", "😁", "🤔", "😢"})
"""Some of those that Telegram knows."""


@dataclass(frozen=True, slots=True)
class Acts(Acting):
    """Lets people act in a world. Raises `PageError`, 404 for what is not there, 400 for what cannot be sent."""

    def say(
        self,
        person_id: int,
        text: str,
        *,
        reply_to: int | None = None,
        thread_id: int | None = None,
        quote: str | None = None,
        forwarded_from: str | None = None,
    ) -> Message:
        """Send a text to the bot; `quote` is a part of the message replied to, `forwarded_from` who wrote the text."""
        self._person(person_id)
        marked = _checked(text)
        if thread_id is not None and thread_id not in self.world.chats[person_id].topics:
            raise PageError(404, "there is no such topic")
        replied = self.world.chats[person_id].messages.get(reply_to or 0)
        if quote is not None and (replied is None or not quote or quote not in replied.text):
            raise PageError(400, "what is quoted is not in the message replied to")
        return self._send(
            person_id, marked, reply_to=reply_to, thread_id=thread_id, quote=quote, forwarded_from=forwarded_from
        )

    def edit(self, person_id: int, message_id: int, text: str) -> Message:
        """Change what somebody has said."""
        self._person(person_id)
        message = self.world.chats[person_id].messages.get(message_id)
        if message is None:
            raise PageError(404, "there is no such message")
        if message.from_bot or message.file is not None or message.forwarded_from is not None:
            raise PageError(400, "this message cannot be edited")
        marked = with_detected(_checked(text))
        if (marked.text, tuple(marked.entities)) == (message.text, message.entities):
            raise PageError(400, "the text is the same")
        message = self.world.change(message, text=marked.text, entities=marked.entities)
        self._update("edited_message", self.world.to_bot(message))
        return message

    def react(self, person_id: int, message_id: int, emoji: str | None) -> Message:
        """Put a reaction on a message of the bot, or take it back."""
        person = self._person(person_id)
        message = self.world.chats[person_id].messages.get(message_id)
        if message is None or not message.from_bot:
            raise PageError(404, "there is no such message of the bot")
        if emoji not in REACTIONS | {None}:
            raise PageError(400, "there is no such reaction")
        if emoji == message.person_reaction:
            return message
        before = message.person_reaction
        message = self.world.change(message, edited=False, person_reaction=emoji)
        content: Json = {
            "chat": present.private_chat(person),
            "message_id": message_id,
            "user": present.user(person),
            "date": int(self.world.clock.now().timestamp()),
            "old_reaction": _reactions(before),
            "new_reaction": _reactions(emoji),
        }
        self._update("message_reaction", content)
        return message

    def upload(self, person_id: int, name: str, content: bytes, *, caption: str = "") -> Message:
        """Send a file to the bot: a picture as a photo, a recording as one, everything else as a document."""
        return self.album(person_id, [(name, content)], caption=caption)[0]

    def album(self, person_id: int, files: Sequence[tuple[str, bytes]], *, caption: str = "") -> list[Message]:
        """Send files at once, as one album where they are all of one kind. The caption belongs to the first."""
        self._person(person_id)
        marked = trimmed(Marked(caption))
        if units(marked.text) > LONGEST_CAPTION:
            raise PageError(400, f"the caption is longer than {LONGEST_CAPTION}")
        if not 1 <= len(files) <= LARGEST_ALBUM:
            raise PageError(400, f"one to {LARGEST_ALBUM} files can be sent at once")
        kept = [self._kept(name, content) for name, content in files]
        kinds = {kind for kind, _ in kept}
        # Telegram makes albums of photos, of documents and of music, and sends voice messages one by one.
        group = str(secrets.randbits(60)) if len(kept) > 1 and len(kinds) == 1 and "voice" not in kinds else None
        captions = [marked] + [Marked("")] * (len(kept) - 1)
        return [
            self._send(person_id, said, media_group_id=group, **{kind: file})
            for said, (kind, file) in zip(captions, kept, strict=True)
        ]

    def _kept(self, name: str, content: bytes) -> tuple[str, StoredFile]:
        """The file, and as what it is sent."""
        files = self.world.files
        if (size := picture_size(content)) is not None and len(content) <= LARGEST_PHOTO:
            return "photo", files.add(name, content, width=size.width, height=size.height, mime=size.mime)
        if (sound := sound_of(content)) is not None:
            kind = "voice" if sound.voice else "audio"
            return kind, files.add(name, content, seconds=sound.seconds, mime=sound.mime)
        return "document", files.add(name, content)

    def press(self, person_id: int, message_id: int, data: str) -> str:
        """Press a button; returns the id of the query."""
        person = self._person(person_id)
        message = self.world.chats[person_id].messages.get(message_id)
        if message is None:
            raise PageError(404, "there is no such message")
        if not any(button.get("callback_data") == data for row in message.buttons for button in row):
            raise PageError(404, "the message has no such button")
        query_id = str(secrets.randbits(62) | 1 << 61)
        queries = self.world.open_queries
        queries[query_id] = (person_id, message_id)
        while len(queries) > QUERIES_KEPT:
            del queries[next(iter(queries))]
        self._update(
            "callback_query",
            {
                "id": query_id,
                "from": present.user(person),
                "message": self.world.to_bot(message),
                "chat_instance": str(-(10**17) - person_id),
                "data": data,
            },
        )
        return query_id

    def stop(self, person_id: int, draft_id: int) -> None:
        """Press the Stop button of a draft."""
        person = self._person(person_id)
        self.world.expire()
        draft = self.world.chats[person_id].drafts.get(draft_id)
        if draft is None or not draft.can_stop:
            raise PageError(404, "there is no such draft, or it cannot be stopped")
        content: Json = {"chat": present.private_chat(person), "draft_id": draft_id}
        if draft.thread_id is not None:
            content["message_thread_id"] = draft.thread_id
        self._update("stopped_message_generation", content)
        if not draft.keep_on_stop:
            self.world.end_draft(person_id, draft_id)

    def speak(self, person_id: int, language_code: str) -> Person:
        """Change the language of somebody's application."""
        self._person(person_id)
        if not (language_code.isascii() and 2 <= len(language_code) <= 12 and language_code.replace("-", "").isalpha()):
            raise PageError(400, "no language code")
        return self.world.change_person(person_id, language_code=language_code)

    def _send(self, person_id: int, marked: Marked, **fields: object) -> Message:
        if not self.world.people[person_id].started:
            self.world.change_person(person_id, started=True)
        marked = with_detected(marked)
        message = self.world.add(person_id, from_bot=False, text=marked.text, entities=marked.entities, **fields)
        self._update("message", self.world.to_bot(message))
        return message


def _checked(text: str) -> Marked:
    marked = trimmed(Marked(text))
    if not marked.text:
        raise PageError(400, "the text is empty")
    if units(marked.text) > LONGEST_TEXT:
        raise PageError(400, f"the text is longer than {LONGEST_TEXT}")
    return marked


def _reactions(emoji: str | None) -> list[Json]:
    return [] if emoji is None else [{"type": "emoji", "emoji": emoji}]
