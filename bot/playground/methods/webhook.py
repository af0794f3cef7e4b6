"""Webhooks, which the playground does not call: the bot has to ask for its updates."""

from __future__ import annotations

from bot.playground.errors import bad_request
from bot.playground.methods.base import Api
from bot.playground.params import Params
from bot.playground.values import Json


def set_webhook(api: Api, params: Params) -> bool:
    """`setWebhook`: only to remove it."""
    if params.text("url"):
        raise bad_request("the playground does not call webhooks: use getUpdates")
    return delete_webhook(api, params)


def delete_webhook(api: Api, params: Params) -> bool:
    """`deleteWebhook`."""
    if params.flag("drop_pending_updates"):
        api.world.updates.drop()
    return True


def get_webhook_info(api: Api, _params: Params) -> Json:
    """`getWebhookInfo`."""
    return {"url": "", "has_custom_certificate": False, "pending_update_count": len(api.world.updates.pending)}
