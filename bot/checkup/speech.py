"""Checks of the server that writes speech down: there, and the key taken; nothing is sent to be heard."""

from __future__ import annotations

from bot.checkup.finding import Finding, Matter, Subject
from bot.checkup.reaching import NoReply, ask
from bot.settings import Settings
from llm.clock import Clock
from llm.http import HttpClient
from llm.wire.address import read_address


async def check_speech(settings: Settings, http: HttpClient, clock: Clock) -> tuple[Finding, ...]:
    """Ask it for its list of models, which not every such server has: only silence and a refused key tell something."""
    if not settings.transcription_api_base:
        return ()
    address = read_address(settings.transcription_api_base)
    key = settings.transcription_api_key.get_secret_value().strip()
    reply = await ask(http, f"{address.base}/models", clock, {"Authorization": f"Bearer {key}"} if key else {})
    matter = Matter.SPEECH_GOOD
    if isinstance(reply, NoReply):
        matter = Matter.SPEECH_AWAY
    elif reply.status in {401, 403} and address.user is None:
        matter = Matter.SPEECH_KEY
    return (Finding(Subject.MODELS, matter, {"server": address.server, "model": settings.transcription_model}),)
