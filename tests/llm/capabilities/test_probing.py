"""One probe against real sockets: given up for people, patient with busy servers, honest about those that are gone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from llm.capabilities import questions as ask
from llm.capabilities.detector import DetectionUnfinished, ModelCapabilityDetector, Progress
from llm.capabilities.facts import Ability, ModelKey, Source
from llm.capabilities.observation import Observation, Verdict
from llm.capabilities.plan import DetectionLimits
from llm.capabilities.store import CapabilitiesInMemory
from llm.capabilities.told import fingerprint_of
from llm.client import LLMClient
from llm.config import ModelConfig
from llm.errors import FailureKind
from llm.monitoring import AttemptRecord
from llm.routing.people_first import PeopleFirst
from llm.routing.traffic import Traffic
from llm.types import Task
from tests.fakes import servers
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Json, Reply, Request, Stream, Text, error
from tests.llm.capabilities.conftest import Serve


class QuickClock:
    """The real time for who asks what time it is, and no time at all for who waits; `waits` are the seconds."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time() + sum(self.waits)

    def now(self) -> datetime:
        return datetime(2026, 11, 26, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)


class Recorded(PeopleFirst):
    """The bot's own conditions, with the figures kept for a test."""

    def __init__(self, traffic: Traffic) -> None:
        super().__init__(traffic)
        self.rows: list[AttemptRecord] = []

    def record(self, record: AttemptRecord) -> None:
        super().record(record)
        self.rows.append(record)


def asks_to_wait(seconds: int) -> Json:
    body = {"error": {"message": "slow down", "type": "rate_limit_error"}}
    return Json(body, status=429, headers={"Retry-After": str(seconds)})


def chats(server: ModelServer) -> int:
    return len([one for one in server.chats if one.path.endswith("/completions")])


async def test_a_probe_is_given_up_at_once_when_a_person_writes_and_made_again_in_a_quiet_moment(
    server: ModelServer, serve: Serve
) -> None:
    servers.vllm(server, "m")
    client, clock = await serve(), QuickClock()
    traffic = Traffic(clock)
    conditions = Recorded(traffic)
    server.script(Hang())
    store = CapabilitiesInMemory()
    detecting = asyncio.create_task(
        ModelCapabilityDetector(clock, store=store, conditions=conditions).detect_capabilities(client)
    )
    async with asyncio.timeout(5):
        while not chats(server):
            await server.wait_requests(len(server.requests) + 1)
    end = traffic.begin(client.server)
    await server.wait_disconnect()
    assert chats(server) == 1, "while the person is served nothing is asked"
    assert not conditions.rows, "what was given up is in no figures"
    end()
    detection = await detecting
    assert clock.waits[0] == pytest.approx(4.0, abs=0.2), "after one that was given up it waits twice as long"
    assert detection.calls <= 12
    assert {row.task for row in conditions.rows} == {Task.PROBE}


async def test_nothing_is_asked_while_somebody_else_keeps_the_server_busy(server: ModelServer, serve: Serve) -> None:
    servers.llama_server(server)
    looks = iter([True, True, False])
    server.get["/slots"] = lambda _: Json([{"id": 0, "is_processing": next(looks, False)}])
    client, clock = await serve(), QuickClock()
    waited: list[int] = []

    def tell(progress: Progress) -> None:
        waited.append(len(clock.waits))

    await ModelCapabilityDetector(clock).detect_capabilities(client, tell=tell)
    assert waited[:2] == [0, 2], "twice it was busy before the first probe, and never again"


@pytest.mark.parametrize(
    ("preset", "page", "busy", "idle"),
    [
        (servers.llama_server, "/slots", Json([{"id": 0, "is_processing": True}]), Json([{"is_processing": False}])),
        (
            servers.vllm,
            "/metrics",
            Text('# TYPE x gauge\nvllm:num_requests_running{engine="0",model_name="m"} 1.0\n'),
            Text("vllm:num_requests_running 0.0\nvllm:num_requests_waiting 0.0\n"),
        ),
        (servers.koboldcpp, "/api/extra/perf", Json({"idle": 0, "queue": 1}), Json({"idle": 1, "queue": 0})),
    ],
)
async def test_whether_a_server_works_for_anybody_is_read_where_it_tells(
    server: ModelServer, serve: Serve, preset: object, page: str, busy: Reply, idle: Reply
) -> None:
    preset(server)  # type: ignore[operator]
    client = await serve()
    for reply, expected in ((busy, True), (idle, False), (Text("", status=501), None)):
        server.get[page] = reply
        assert await client.busy() is expected


async def test_a_server_that_loads_is_waited_for_by_its_page_for_health(server: ModelServer, serve: Serve) -> None:
    servers.llama_server(server)
    client, clock = await serve(), QuickClock()
    looks = iter(range(8))

    def health(_: Request) -> Reply:
        loading = Json({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, status=503)
        return loading if next(looks, 99) < 7 else Json({"status": "ok"})

    server.get["/health"] = health
    server.script(Json({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, status=503))
    detection = await ModelCapabilityDetector(clock).detect_capabilities(client)
    assert sum(clock.waits) >= 14
    assert detection.facts[Ability.STREAMING].value is True or detection.calls > 0
    assert chats(server) == detection.calls <= 12


async def test_a_server_that_asks_to_wait_gets_its_time(server: ModelServer, serve: Serve) -> None:
    servers.vllm(server, "m")
    client, clock = await serve(), QuickClock()
    server.script(asks_to_wait(7))
    await ModelCapabilityDetector(clock).detect_capabilities(client)
    assert clock.waits[0] == 7.0


@pytest.mark.parametrize(
    ("reply", "kind", "tries"),
    [
        (error("busy", status=503), FailureKind.OVERLOAD, 3),
        (error("boom", status=500), FailureKind.SERVER_ERROR, 3),
        (error("no", status=401), FailureKind.AUTH, 1),
        (asks_to_wait(3600), FailureKind.RATE_LIMIT, 1),
    ],
)
async def test_who_does_not_answer_at_all_is_left_for_another_time(
    server: ModelServer, serve: Serve, reply: Reply, kind: FailureKind, tries: int
) -> None:
    servers.vllm(server, "m")
    client = await serve()
    server.otherwise(reply)
    with pytest.raises(DetectionUnfinished) as unfinished:
        await ModelCapabilityDetector(QuickClock()).detect_capabilities(client)
    assert unfinished.value.failure.kind is kind
    assert chats(server) == tries


async def test_a_server_that_goes_away_half_way_takes_nothing_of_what_was_seen(
    server: ModelServer, serve: Serve
) -> None:
    servers.vllm(server, "m")
    client, store = await serve(), CapabilitiesInMemory()
    detector = ModelCapabilityDetector(QuickClock(), store=store)
    server.script(Stream("PONG"), Stream("1 2 3 4 5 6 7 8 "))
    server.otherwise(error("boom", status=500))
    server.get["/health"] = Text("", status=500)
    with pytest.raises(DetectionUnfinished):
        await detector.detect_capabilities(client)
    key = ModelKey(client.server, "m")
    begun = await store.begun(key, fingerprint_of(client.served))
    assert [(one.probe, one.verdict) for one in begun] == [
        (ask.WORD, Verdict.PASSED),
        (ask.COUNT, Verdict.PASSED),
    ]
    assert await store.known(key) is None
    before = chats(server)
    server.reply("PONG")
    detection = await detector.detect_capabilities(client)
    assert chats(server) - before == detection.calls - 2, "the first two are not asked again"


async def test_a_server_that_is_broken_at_one_thing_is_asked_everything_else(server: ModelServer, serve: Serve) -> None:
    servers.vllm(server, "m")
    seen: dict[str, tuple[Verdict, int]] = {}

    class Spy(CapabilitiesInMemory):
        async def observe(self, key: ModelKey, fingerprint: str, observed: Sequence[Observation]) -> None:
            seen[observed[-1].probe] = (observed[-1].verdict, observed[-1].calls)

    def answer(request: Request) -> Reply:
        form = request.json.get("response_format")
        broken = isinstance(form, dict) and form["type"] == "json_schema"
        return error("boom", status=500) if broken else Stream("PONG")

    server.otherwise(answer)
    detection = await ModelCapabilityDetector(QuickClock(), store=Spy()).detect_capabilities(await serve())
    assert seen["json_schema"] == (Verdict.BROKEN, 3)
    assert seen["json_object"] == (Verdict.FAILED, 1)
    assert detection.facts[Ability.JSON].source is not Source.PROBE


async def test_what_is_refused_of_what_is_asked_about_is_not_sent_in_another_form(
    server: ModelServer, serve: Serve
) -> None:
    servers.vllm(server, "m")

    def answer(request: Request) -> Reply:
        refused = error("Unrecognized request argument supplied: response_format", status=400)
        return refused if "response_format" in request.json else Stream("PONG")

    server.otherwise(answer)
    await ModelCapabilityDetector(QuickClock()).detect_capabilities(await serve())
    forms = [form["type"] for one in server.chats if isinstance(form := one.json.get("response_format"), dict)]
    assert forms == ["json_schema", "json_object"]


@pytest.mark.parametrize("calls", [2, 3, 5, 8, 12])
async def test_a_server_that_is_broken_at_most_things_is_not_sent_more_than_permitted(
    server: ModelServer, serve: Serve, calls: int
) -> None:
    servers.vllm(server, "m")

    def answer(request: Request) -> Reply:
        return Stream("PONG") if "PONG" in request.body.decode() else error("boom", status=500)

    server.otherwise(answer)
    detector = ModelCapabilityDetector(QuickClock(), limits=DetectionLimits(calls=calls))
    detection = await detector.detect_capabilities(await serve())
    assert chats(server) == detection.calls == calls


async def test_what_a_probe_costs_counts_and_what_may_not_be_paid_is_not_asked(
    server: ModelServer, serve: Serve
) -> None:
    servers.vllm(server, "m")
    served = (await serve()).served

    class Purse(Recorded):
        def affordable(self, config: ModelConfig, prompt_tokens: int) -> bool:
            return len(self.rows) < 3

    conditions, seen = Purse(Traffic(QuickClock())), await serve()
    client = LLMClient(
        ModelConfig(name="m", api_base=server.base, price_in=1000.0, price_out=1000.0, local=False),
        seen._http,
        clock=QuickClock(),
        timeouts=seen._timeouts,
        served=served,
    )
    detection = await ModelCapabilityDetector(QuickClock(), conditions=conditions).detect_capabilities(client)
    assert (detection.skipped, detection.calls, chats(server)) == ("budget", 3, 3)
    assert [row.cost for row in conditions.rows] == [pytest.approx((7 + 1) / 1000)] * 3
