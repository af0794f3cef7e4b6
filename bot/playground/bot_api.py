"""The Bot API over HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

from __future__ import annotations

import asyncio
import inspect
import secrets
from collections import deque
from typing import Any

import orjson
from aiohttp import web

from bot.playground.errors import ApiError, bad_request
from bot.playground.faults import Call, Faults, Misdeed
from bot.playground.inspector import Inspector, SeenCall
from bot.playground.methods.base import Api
from bot.playground.methods.registry import METHODS
from bot.playground.params import Params, read_params
from bot.playground.strict import check_formatting
from bot.playground.values import Json

CALLS_KEPT = 2000
LONGEST_POLL_SECONDS = 50
NOT_FOUND = ApiError(404, "Not Found")
UNAUTHORIZED = ApiError(401, "Unauthorized")


class BotApi:
    """Answers one bot, the one with the right token; goes wrong where `faults` says so, and remembers the calls."""

    def __init__(self, token: str, api: Api, faults: Faults, inspector: Inspector, *, strict: bool = False) -> None:
        """With `strict`, what Telegram would put right without a word is refused."""
        self._token = token
        self._api = api
        self._faults = faults
        self._inspector = inspector
        self._strict = strict
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)

    def routes(self) -> list[web.AbstractRouteDef]:
        """What it serves."""
        return [
            web.route("*", "/bot{token:[^/]*}/{method:[^/]*}", self._call),
            web.get("/file/bot{token:[^/]*}/{path:.*}", self._file),
        ]

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            if request.method not in ("GET", "POST"):
                raise ApiError(405, "Method Not Allowed")
            self._authorize(request)
            params = await read_params(request)
            return await self._answer(request, method, params)
        except ApiError as error:
            return _reply(error.body(), error.status)

    async def _answer(self, request: web.Request, method: str, params: Params) -> web.StreamResponse:
        self.calls.append(Call(self._api.world.clock.monotonic(), method, params.logged()))
        if self._faults.is_unknown(method):
            raise NOT_FOUND
        fault = self._faults.next(method)
        if isinstance(fault, ApiError):
            self._see(method, params, fault, self._api.world.clock.monotonic())
            return _reply(fault.body(), fault.status)
        if fault is Misdeed.HANG:
            await asyncio.Event().wait()
        if fault is Misdeed.DROP:
            return _drop(request)
        if fault is Misdeed.NOT_JSON:
            return web.Response(status=502, text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")
        began = self._api.world.clock.monotonic()
        try:
            result = await self._do(method.lower(), params)
        except ApiError as error:
            self._see(method, params, error, began)
            raise
        self._see(method, params, result, began)
        return _drop(request) if fault is Misdeed.DROP_REPLY else _reply({"ok": True, "result": result})

    def _see(self, method: str, params: Params, answer: object, began: float) -> None:
        """Let the page show it later with the message that it made."""
        world = self._api.world
        failed = isinstance(answer, ApiError)
        body = answer.body() if isinstance(answer, ApiError) else answer
        seconds = world.clock.monotonic() - began
        call = SeenCall(method, params.logged(), body, not failed, world.clock.now().timestamp() - seconds, seconds)
        self._inspector.see(call, world.open_queries, world.inline_places)

    async def _do(self, method: str, params: Params) -> Any:
        if method == "getupdates":
            return await self._get_updates(params)
        found = METHODS.get(method)
        if found is None:
            raise NOT_FOUND
        if self._strict:
            check_formatting(params)
        result = found(self._api, params)
        return await result if inspect.isawaitable(result) else result

    async def _get_updates(self, params: Params) -> list[Json]:
        world = self._api.world
        allowed = params.json("allowed_updates")
        if allowed is not None:
            if not isinstance(allowed, list) or not all(isinstance(kind, str) for kind in allowed):
                raise bad_request("can't parse allowed_updates: expected an Array of String")
            world.updates.allow(allowed)
        seconds = min(max(params.integer("timeout") or 0, 0), LONGEST_POLL_SECONDS)
        limit = params.integer("limit")
        world.polled()
        updates = await world.updates.get(params.integer("offset") or 0, 100 if limit is None else limit, seconds)
        world.polled()
        return updates

    async def _file(self, request: web.Request) -> web.StreamResponse:
        try:
            self._authorize(request)
        except ApiError as error:
            return _reply(error.body(), error.status)
        content = await self._api.world.files.content(request.match_info["path"].removeprefix("files/"))
        if content is None:
            return _reply(NOT_FOUND.body(), 404)
        return web.Response(body=content, content_type="application/octet-stream")

    def _authorize(self, request: web.Request) -> None:
        if not secrets.compare_digest(request.match_info["token"].encode(), self._token.encode()):
            raise UNAUTHORIZED


def _reply(body: Json, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")


def _drop(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
