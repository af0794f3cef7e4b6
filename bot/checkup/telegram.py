"""Checks of Telegram: the network, the token, how new the Bot API server is, a webhook in the way; and the clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from bot.checkup.finding import Finding, Matter, Subject
from bot.checkup.reaching import NoReply, Reply, ask
from bot.settings import Settings
from llm.clock import Clock
from llm.http import HttpClient

TELEGRAM = "https://api.telegram.org"
CLOCK_OFF_SECONDS = 60.0
CLOCK_FAR_OFF_SECONDS = 3600.0
"""Certificates, budgets of a day and the times of all figures are wrong by then."""
RECENT_SECONDS = 3600.0
# Of the Bot API of different years; a server that does not know a method says that there is no such page.
NEWEST_METHODS = ("sendMessageDraft", "sendRichMessage")


async def check_telegram(settings: Settings, http: HttpClient, clock: Clock) -> tuple[Finding, ...]:
    """Ask Telegram, or the Bot API server of one's own, who the bot is. A few requests that change nothing."""
    if settings.playground:
        return (_finding(Matter.TELEGRAM_PAGE, host=settings.playground_host, port=str(settings.playground_port)),)
    base = settings.telegram_api_base or TELEGRAM
    server = urlsplit(base).netloc.rpartition("@")[2]
    methods = f"{base}/bot{settings.bot_token.get_secret_value()}"
    reply = await ask(http, f"{methods}/getMe", clock)
    if isinstance(reply, NoReply):
        return (_no_reply(reply, server),)
    told_time = _clock(reply, server)
    me = _result(reply)
    if me is None:
        return (_refused(reply, server), *told_time)
    unknown = [name for name in NEWEST_METHODS if await _is_unknown(http, f"{methods}/{name}", clock)]
    found = [_finding(Matter.TELEGRAM_OLD, server=server, methods=", ".join(unknown))] if unknown else []
    webhook = await ask(http, f"{methods}/getWebhookInfo", clock)
    found += _webhook(settings, _result(webhook) or {}, clock) if isinstance(webhook, Reply) else []
    good = _finding(Matter.TELEGRAM_GOOD, bot=f"@{me.get('username', '?')}", server=server)
    return (good, *found, *told_time)


async def who_is(token: str, base: str, http: HttpClient, clock: Clock) -> str | Finding:
    """The name of the bot with this token, or why it can't be told."""
    server = urlsplit(base or TELEGRAM).netloc.rpartition("@")[2]
    reply = await ask(http, f"{base or TELEGRAM}/bot{token}/getMe", clock)
    if isinstance(reply, NoReply):
        return _no_reply(reply, server)
    me = _result(reply)
    return _refused(reply, server) if me is None else f"@{me.get('username', '?')}"


async def _is_unknown(http: HttpClient, url: str, clock: Clock) -> bool:
    """Whether the server does not know a method; without parameters it does nothing where it is known."""
    reply = await ask(http, url, clock, post=True)
    return isinstance(reply, Reply) and reply.status == 404 and reply.fields is not None


def _result(reply: Reply) -> Mapping[str, object] | None:
    fields = reply.fields or {}
    result = fields.get("result")
    return result if fields.get("ok") is True and isinstance(result, dict) else None


def _no_reply(reply: NoReply, server: str) -> Finding:
    matter = {"dns": Matter.TELEGRAM_NO_NAME, "tls": Matter.TELEGRAM_TLS, "not_http": Matter.TELEGRAM_NOT_JSON}
    return _finding(matter.get(reply.code, Matter.TELEGRAM_AWAY), server=server, reason=reply.code)


def _refused(reply: Reply, server: str) -> Finding:
    """Telegram says 401 to a token that is none any more, and 404 to what does not look like one."""
    told = reply.fields is not None and reply.fields.get("ok") is False
    if told and reply.status in {401, 404}:
        return _finding(Matter.TELEGRAM_TOKEN, server=server)
    if told or reply.status >= 500:
        return _finding(Matter.TELEGRAM_TROUBLE, server=server, status=str(reply.status))
    return _finding(Matter.TELEGRAM_NOT_JSON, server=server)


def _webhook(settings: Settings, info: Mapping[str, object], clock: Clock) -> Iterator[Finding]:
    url, failed_at = info.get("url"), info.get("last_error_date")
    if not url:
        return
    if not settings.webhook_url:
        host = urlsplit(str(url)).hostname or "?"
        yield _finding(Matter.TELEGRAM_WEBHOOK_SET, host=host)
    elif isinstance(failed_at, int) and clock.now().timestamp() - failed_at < RECENT_SECONDS:
        yield _finding(Matter.TELEGRAM_WEBHOOK_FAILS, reason=str(info.get("last_error_message", "?"))[:200])


def _clock(reply: Reply, server: str) -> tuple[Finding, ...]:
    ahead = reply.ahead_seconds
    if ahead is None:
        return ()
    off = abs(ahead)
    matter = Matter.CLOCK_GOOD
    if off >= CLOCK_OFF_SECONDS:
        matter = Matter.CLOCK_FAR_OFF if off >= CLOCK_FAR_OFF_SECONDS else Matter.CLOCK_OFF
    args = {"time": timedelta(seconds=off), "direction": "ahead" if ahead > 0 else "behind", "server": server}
    return (Finding(Subject.CLOCK, matter, args),)


def _finding(matter: Matter, **args: str) -> Finding:
    return Finding(Subject.TELEGRAM, matter, args)
