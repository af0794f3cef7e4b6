"""What the playground says no with: the Bot API's error replies, the page's, and a start that failed."""

from __future__ import annotations

from collections.abc import Mapping

from bot.errors import BotError


class PortTaken(BotError):
    """The playground cannot listen at its address; `reason` is the system's."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        self.host = host
        self.port = port
        self.reason = reason
        super().__init__(f"the playground cannot listen on {host}:{port}: {reason}")


class ApiError(Exception):
    """An error reply of the Bot API, with its `parameters` where it has some."""

    def __init__(self, status: int, description: str, parameters: Mapping[str, int] | None = None) -> None:
        self.status = status
        self.description = description
        self.parameters = dict(parameters or {})
        super().__init__(f"{status} {description}")

    def body(self) -> dict[str, object]:
        """The reply as Telegram writes it."""
        body: dict[str, object] = {"ok": False, "error_code": self.status, "description": self.description}
        return body | {"parameters": self.parameters} if self.parameters else body


class PageError(Exception):
    """A request of the page that cannot be done; the text is for the page's developer, not for a person."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason
        super().__init__(f"{status} {reason}")


def bad_request(description: str) -> ApiError:
    """A 400 in Telegram's manner."""
    return ApiError(400, f"Bad Request: {description}")


def too_many_requests(seconds: int) -> ApiError:
    """A 429 with the whole seconds to wait."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
