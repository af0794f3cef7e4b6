"""A model server with one slot: requests wait for each other, and one whose client has gone frees its place."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Reply, Request, Stream


@dataclass(slots=True)
class _Job:
    request: Request
    seconds: float
    starts: float = 0.0


class OneSlot:
    """Answers each chat request after those before it, `seconds` long; to be set as a reply maker of a ModelServer."""

    def __init__(self, server: ModelServer, *, seconds: float, text: str = "PONG") -> None:
        self._server = server
        self._seconds = seconds
        self._text = text
        self._jobs: list[_Job] = []
        server.otherwise(self)

    def __call__(self, request: Request) -> Reply:
        gone = {id(one.request): one.at for one in self._server.disconnects}
        free = request.at
        for job in self._jobs:
            end = job.starts + job.seconds
            left = gone.get(id(job.request))
            free = max(free, end if left is None else min(end, left))
        self._jobs.append(_Job(request, self._seconds, free))
        return Stream(self._text, first_delay=free - request.at + self._seconds)
