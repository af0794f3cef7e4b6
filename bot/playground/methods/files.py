"""Files: `sendPhoto`, `sendDocument`, `getFile`."""

from __future__ import annotations

from pathlib import PurePosixPath

from bot.playground import present
from bot.playground.errors import bad_request
from bot.playground.images import picture_size
from bot.playground.methods.base import Api
from bot.playground.methods.keyboards import reply_markup
from bot.playground.methods.messages import edit, replied
from bot.playground.methods.texts import caption
from bot.playground.params import Params
from bot.playground.values import Json, StoredFile

LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST_DOWNLOAD = 20 * 1024 * 1024


def send_photo(api: Api, params: Params) -> Json:
    """`sendPhoto`: an upload, or the id of a picture that was sent before."""
    return _send(api, params, "photo")


def send_document(api: Api, params: Params) -> Json:
    """`sendDocument`: an upload, or the id of a file that was sent before."""
    return _send(api, params, "document")


def get_file(api: Api, params: Params) -> Json:
    """`getFile`: files of up to 20 MB."""
    file_id = params.text("file_id")
    if not file_id:
        raise bad_request("file_id is not specified")
    found = api.world.files.get(file_id)
    if found is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if found.size > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    return present.file_info(found)


def edit_message_caption(api: Api, params: Params) -> Json:
    """`editMessageCaption`."""
    chat = api.chat(params)
    message = api.own_message(chat, params, "edit")
    if message.file is None:
        raise bad_request("there is no caption in the message to edit")
    marked = caption(params)
    return edit(api, chat, message, params, text=marked.text, entities=marked.entities)


def edit_message_media(api: Api, params: Params) -> Json:
    """`editMessageMedia` with a photo or a document; a message of text may be given one, but not a rich one."""
    chat = api.chat(params)
    message = api.own_message(chat, params, "edit")
    media = params.json("media")
    kind = media.get("type") if isinstance(media, dict) else None
    if not isinstance(media, dict) or kind not in ("photo", "document"):
        raise bad_request("can't parse InputMedia: unsupported media type")
    if message.blocks is not None:
        raise bad_request("message can't be edited")
    within = params.within({**media, kind: media.get("media")})
    marked = caption(within)
    file = _uploaded(api, within, kind) or _known(api, within, kind)
    fields = {"photo": None, "document": None, kind: file}
    return edit(api, chat, message, params, text=marked.text, entities=marked.entities, **fields)


def _send(api: Api, params: Params, kind: str) -> Json:
    chat = api.chat(params)
    marked = caption(params)
    markup = reply_markup(params)
    reply_to, thread_id = replied(chat, params), api.thread(chat, params)
    file = _uploaded(api, params, kind) or _known(api, params, kind)
    api.take(chat)
    message = api.world.add(
        chat.chat_id,
        from_bot=True,
        text=marked.text,
        entities=marked.entities,
        markup=markup,
        reply_to=reply_to,
        thread_id=thread_id,
        **{kind: file},
    )
    return api.world.to_bot(message)


def _uploaded(api: Api, params: Params, kind: str) -> StoredFile | None:
    upload = params.upload(kind)
    if upload is None:
        return None
    if not upload.content:
        raise bad_request("file must be non-empty")
    name = PurePosixPath(upload.name).name or kind
    if kind != "photo":
        return api.world.files.add(name, upload.content)
    size = picture_size(upload.content)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if len(upload.content) > LARGEST_PHOTO:
        raise bad_request(f"too big for a photo: at most {LARGEST_PHOTO} bytes")
    return api.world.files.add(name, upload.content, width=size.width, height=size.height, mime=size.mime)


def _known(api: Api, params: Params, kind: str) -> StoredFile:
    given = params.text(kind)
    if not given:
        raise bad_request(f"there is no {kind} in the request")
    if given.startswith(("http://", "https://")):
        raise bad_request("the playground does not fetch files from addresses: upload them")
    found = api.world.files.get(given)
    if found is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return found
