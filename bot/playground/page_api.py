"""The page and its own HTTP interface: the state, the stream of events, and what people do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import orjson
from aiohttp import BodyPartReader, web

from bot.playground import present
from bot.playground.acts import Acts
from bot.playground.errors import PageError
from bot.playground.group_acts import GroupActs
from bot.playground.group_view import page_group
from bot.playground.guard import HEADERS
from bot.playground.inline_acts import InlineActs
from bot.playground.inspector import Inspector
from bot.playground.state import World
from bot.playground.values import Json, Membership

STATIC = Path(__file__).with_name("static")
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
KEEP_ALIVE_SECONDS = 15.0
MOST_UPLOADED = 60 * 1024 * 1024
"""People may send larger files than the bot may fetch, as in Telegram; this is what memory has room for."""

Value = TypeVar("Value", int, str)


class PageApi:
    """Serves one world to any number of pages."""

    def __init__(self, world: World, acts: Acts, groups: GroupActs, inline: InlineActs, inspector: Inspector) -> None:
        self._world = world
        self._acts = acts
        self._groups = groups
        self._inline = inline
        self._inspector = inspector

    def routes(self) -> list[web.AbstractRouteDef]:
        """What it serves."""
        return [
            web.get("/", self._page),
            web.get("/static/{name:[^/]+}", self._static),
            web.get("/playground/state", self._state),
            web.get("/playground/inspect", _json(self._inspect)),
            web.get("/playground/events", self._events),
            web.get("/playground/files/{file_id}", self._file),
            web.post("/playground/send", _json(self._send)),
            web.post("/playground/edit", _json(self._edit)),
            web.post("/playground/react", _json(self._react)),
            web.post("/playground/upload", _json(self._upload)),
            web.post("/playground/press", _json(self._press)),
            web.post("/playground/stop", _json(self._stop)),
            web.post("/playground/language", _json(self._language)),
            web.post("/playground/group", _json(self._group)),
            web.post("/playground/topic", _json(self._topic)),
            web.post("/playground/inline", _json(self._ask_inline)),
            web.post("/playground/choose", _json(self._choose_inline)),
        ]

    async def _page(self, _request: web.Request) -> web.StreamResponse:
        return _static("index.html")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        return _static(request.match_info["name"])

    async def _state(self, _request: web.Request) -> web.StreamResponse:
        return _reply(self._world.snapshot())

    async def _send(self, request: web.Request) -> Json:
        body = await _body(request)
        if (group_id := _optional(body, "chat_id", int)) is not None:
            message = self._groups.say(
                group_id,
                _field(body, "person_id", int),
                _field(body, "text", str),
                reply_to=_optional(body, "reply_to", int),
                thread_id=_optional(body, "thread_id", int),
            )
            return {"message": present.page_message(message)}
        message = self._acts.say(
            _field(body, "person_id", int),
            _field(body, "text", str),
            reply_to=_optional(body, "reply_to", int),
            thread_id=_optional(body, "thread_id", int),
            quote=_optional(body, "quote", str),
            forwarded_from=_optional(body, "forwarded_from", str),
        )
        return {"message": present.page_message(message)}

    async def _edit(self, request: web.Request) -> Json:
        body = await _body(request)
        person_id, message_id = _field(body, "person_id", int), _field(body, "message_id", int)
        if (group_id := _optional(body, "chat_id", int)) is not None:
            message = self._groups.edit(person_id, group_id, message_id, _field(body, "text", str))
        else:
            message = self._acts.edit(person_id, message_id, _field(body, "text", str))
        return {"message": present.page_message(message)}

    async def _react(self, request: web.Request) -> Json:
        body = await _body(request)
        person_id, message_id = _field(body, "person_id", int), _field(body, "message_id", int)
        message = self._acts.react(person_id, message_id, _optional(body, "emoji", str))
        return {"message": present.page_message(message)}

    async def _upload(self, request: web.Request) -> Json:
        fields, files = await _read_upload(request)
        person_id = fields.get("person_id", "")
        if not person_id.isdigit() or not files or not all(content for _, content in files):
            raise PageError(400, "person_id and file are needed")
        caption = fields.get("caption", "")
        try:
            chat_id = int(fields["chat_id"]) if "chat_id" in fields else None
        except ValueError:
            raise PageError(400, "chat_id is no number") from None
        if chat_id is None:
            messages = self._acts.album(int(person_id), files, caption=caption)
        else:
            captions = [caption] + [""] * (len(files) - 1)
            messages = [
                self._groups.upload(chat_id, int(person_id), name, content, caption=said)
                for (name, content), said in zip(files, captions, strict=True)
            ]
        return {
            "message": present.page_message(messages[0]),
            "messages": [present.page_message(one) for one in messages],
        }

    async def _press(self, request: web.Request) -> Json:
        body = await _body(request)
        person_id, message_id = _field(body, "person_id", int), _field(body, "message_id", int)
        data = _field(body, "data", str)
        if (group_id := _optional(body, "chat_id", int)) is not None:
            return {"query_id": self._groups.press(person_id, group_id, message_id, data)}
        return {"query_id": self._acts.press(person_id, message_id, data)}

    async def _group(self, request: web.Request) -> Json:
        """A group with everybody and the bot in it; `forum` gives it topics."""
        body = await _body(request)
        person_id = _field(body, "person_id", int)
        group = self._groups.create(person_id, forum=body.get("forum") is True)
        return {"group": page_group(self._groups.set_bot(person_id, group.group_id, Membership.MEMBER))}

    async def _topic(self, request: web.Request) -> Json:
        body = await _body(request)
        person_id, chat_id = _field(body, "person_id", int), _field(body, "chat_id", int)
        return {"thread_id": self._groups.open_topic(person_id, chat_id, _field(body, "name", str))}

    async def _ask_inline(self, request: web.Request) -> Json:
        """What somebody writes behind the bot's name; what it offers comes as an event."""
        body = await _body(request)
        return {"query_id": self._inline.ask(_field(body, "person_id", int), _field(body, "text", str))}

    async def _choose_inline(self, request: web.Request) -> Json:
        body = await _body(request)
        query_id, chat_id = _field(body, "query_id", str), _field(body, "chat_id", int)
        result, thread_id = _optional(body, "result", int) or 0, _optional(body, "thread_id", int)
        message = self._inline.choose(query_id, chat_id, result=result, thread_id=thread_id)
        return {"message": present.page_message(message)}

    async def _inspect(self, request: web.Request) -> Json:
        """The calls that made a message, and how the answer in it was decided."""
        try:
            chat_id, message_id = int(request.query["chat_id"]), int(request.query["message_id"])
        except (KeyError, ValueError):
            raise PageError(400, "chat_id and message_id are needed") from None
        language = request.query.get("language", "en")
        return {
            "calls": self._inspector.calls(chat_id, message_id),
            "decision": await self._inspector.decision(chat_id, message_id, language),
        }

    async def _stop(self, request: web.Request) -> Json:
        body = await _body(request)
        self._acts.stop(_field(body, "person_id", int), _field(body, "draft_id", int))
        return {}

    async def _language(self, request: web.Request) -> Json:
        body = await _body(request)
        person = self._acts.speak(_field(body, "person_id", int), _field(body, "language_code", str))
        return {"person": present.page_person(person)}

    async def _file(self, request: web.Request) -> web.StreamResponse:
        file = self._world.files.get(request.match_info["file_id"])
        content = await self._world.files.content(request.match_info["file_id"])
        if file is None or content is None:
            return _reply({"error": "there is no such file"}, 404)
        picture = file.width > 0 and file.mime.startswith("image/")
        # What a person or the bot has sent must not run as a page of this site.
        disposition = "inline" if picture else "attachment"
        headers = {"Content-Disposition": disposition, "Content-Security-Policy": "sandbox; default-src 'none'"}
        return web.Response(
            body=content, headers=headers, content_type=file.mime if picture else "application/octet-stream"
        )

    async def _events(self, request: web.Request) -> web.StreamResponse:
        after = request.query.get("after", "")
        if not after.isdigit() or not self._world.feed.knows(int(after)):
            return _reply({"error": "these events are no longer known: ask for the state"}, 410)
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        with self._world.feed.subscribe(int(after)) as subscription:
            await response.prepare(request)
            await response.write(b": connected\n\n")
            while not subscription.overflowed:
                try:
                    async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                        taken = await subscription.take()
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                await response.write(b"".join(_event(number, event) for number, event in taken))
        return response


def _static(name: str) -> web.StreamResponse:
    """One of the page's own files. Its type is not left to the tables of the system, which are wrong on some."""
    path = STATIC / name
    kind = TYPES.get(path.suffix)
    if kind is None or path.parent != STATIC or not path.is_file():
        return _reply({"error": "there is no such file"}, 404)
    return web.FileResponse(path, headers={"Content-Type": f"{kind}; charset=utf-8"})


def _event(number: int, event: Json) -> bytes:
    return b"id: %d\ndata: %b\n\n" % (number, orjson.dumps(event))


def _json(act: Callable[[web.Request], Awaitable[Json]]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return _reply(await act(request))
        except PageError as error:
            return _reply({"error": error.reason}, error.status)

    return handle


async def _body(request: web.Request) -> Json:
    try:
        body = orjson.loads(await request.read())
    except ValueError:
        raise PageError(400, "the body is no JSON") from None
    if not isinstance(body, dict):
        raise PageError(400, "the body is no JSON object")
    return body


def _field(body: Json, name: str, kind: type[Value]) -> Value:
    value = body.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise PageError(400, f"{name} is missing or of the wrong type")
    return value


def _optional(body: Json, name: str, kind: type[Value]) -> Value | None:
    return None if body.get(name) is None else _field(body, name, kind)


async def _read_upload(request: web.Request) -> tuple[dict[str, str], list[tuple[str, bytes]]]:
    if request.content_type != "multipart/form-data":
        raise PageError(400, "multipart/form-data is needed")
    fields: dict[str, str] = {}
    files: list[tuple[str, bytes]] = []
    left = MOST_UPLOADED
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise PageError(400, "the body cannot be read")
            read = bytearray()
            while chunk := await part.read_chunk(1 << 16):
                read += chunk
                left -= len(chunk)
                if left < 0:
                    raise PageError(413, f"files may have {MOST_UPLOADED // 2**20} MB at most")
            if part.filename is None:
                fields[part.name or ""] = read.decode()
            else:
                files.append((Path(part.filename).name or "file", bytes(read)))
    except ValueError:
        raise PageError(400, "the body cannot be read") from None
    return fields, files


def _reply(body: Json, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")
