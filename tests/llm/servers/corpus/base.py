"""One known reply of a server that refuses or fails, and what it has to be taken for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from llm.errors import FailureKind


@dataclass(frozen=True, slots=True)
class KnownReply:
    """What a server says, in its own words, and which failure that is.

    `status` 200 is a failure inside a good reply. `code` and `param` are those of the failure, empty: not looked at.
    `event`: the same body also comes as an event of a stream that began well, and is the same failure there.
    """

    status: int
    body: object
    kind: FailureKind
    code: str = ""
    param: str = ""
    retry_after: float | None = None
    retryable: bool | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    event: bool = False

    @property
    def written(self) -> str:
        """The body as it is on the wire."""
        return self.body if isinstance(self.body, str) else json.dumps(self.body, ensure_ascii=False)


def openai(message: str, type_: str | None = None, code: object = None, param: str | None = None) -> object:
    """OpenAI's shape, which most servers share."""
    return {"error": {"message": message, "type": type_, "param": param, "code": code}}


def flat(message: str, type_: str = "BadRequestError", code: int = 400) -> object:
    """The shape of older vLLM and of SGLang."""
    return {"object": "error", "message": message, "type": type_, "param": None, "code": code}


def nested(body: object) -> object:
    """JSON inside the text of an error, as Ollama passes on what its runner says."""
    return {"error": json.dumps(body)}
