"""Webhooks on this machine: set, removed, looked at."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.playground.errors import bad_request
from bot.playground.methods.base import Api
from bot.playground.params import Params
from bot.playground.updates import Hook
from bot.playground.values import Json

_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
MOST_CONNECTIONS = 100
USUAL_CONNECTIONS = 40


def set_webhook(api: Api, params: Params) -> bool:
    """`setWebhook`. As a Bot API server of one's own it takes http and every port, but calls this machine only."""
    url = params.text("url").strip()
    if not url:
        return delete_webhook(api, params)
    try:
        place = urlsplit(url)
        _ = place.port
    except ValueError:
        raise bad_request("bad webhook: invalid webhook URL specified") from None
    if place.scheme not in ("http", "https") or not place.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not _on_this_machine(place.hostname):
        raise bad_request("bad webhook: the playground calls this machine only")
    secret = params.text("secret_token")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = params.integer("max_connections") or USUAL_CONNECTIONS
    if not 1 <= connections <= MOST_CONNECTIONS:
        raise bad_request("max_connections must be between 1 and 100")
    allowed = params.json("allowed_updates")
    if allowed is not None:
        if not isinstance(allowed, list) or not all(isinstance(kind, str) for kind in allowed):
            raise bad_request("can't parse allowed_updates: expected an Array of String")
        api.world.updates.allow(allowed)
    if params.flag("drop_pending_updates"):
        api.world.updates.drop()
    api.world.updates.call(Hook(url, secret, connections))
    return True


def delete_webhook(api: Api, params: Params) -> bool:
    """`deleteWebhook`."""
    if params.flag("drop_pending_updates"):
        api.world.updates.drop()
    api.world.updates.call(None)
    return True


def get_webhook_info(api: Api, _params: Params) -> Json:
    """`getWebhookInfo`."""
    updates = api.world.updates
    info: Json = {
        "url": "" if updates.hook is None else updates.hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(updates.pending),
    }
    if updates.hook is not None:
        info["max_connections"] = updates.hook.connections
        if updates.last_error is not None:
            info["last_error_message"], info["last_error_date"] = updates.last_error
    if updates.allowed:
        info["allowed_updates"] = sorted(updates.allowed)
    return info


def _on_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
