"""Figures for Prometheus, and whether the bot is well: counted as requests end, states read when somebody asks.

The names for requests to models are those of OpenTelemetry's conventions for generative AI, as Prometheus writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from bot.errors import StartError
from bot.health import Health, HealthCheck
from bot.listening import listen_at
from bot.model_control import ModelControl, SteeredModel
from llm.errors import NoModelAvailable
from llm.monitoring import AttemptRecord
from llm.wire.address import read_address

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320)
TOKENS = (16, 64, 256, 1024, 4096, 16384, 65536, 262144)


class Metrics:
    """What is counted; `count` is given each request as it ends."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("gen_ai_operation_name", "gen_ai_request_model", "server_address")
        self._duration = Histogram(
            "gen_ai_client_operation_duration_seconds",
            "How long requests to models took, by the class of their failure (empty: a whole answer).",
            (*labels, "error_type"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._first_token = Histogram(
            "gen_ai_server_time_to_first_token_seconds",
            "How long answers took to begin.",
            labels,
            buckets=SECONDS,
            registry=self.registry,
        )
        self._tokens = Histogram(
            "gen_ai_client_token_usage",
            "Tokens of a request, read (input) and written (output).",
            (*labels, "gen_ai_token_type"),
            buckets=TOKENS,
            registry=self.registry,
        )
        self._cost = Counter(
            "domovoy_cost", "What requests have cost, in the currency of the prices.", labels, registry=self.registry
        )
        self._fallbacks = Counter(
            "domovoy_fallbacks", "Requests to a model in the place of another one.", labels, registry=self.registry
        )
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

    def count(self, record: AttemptRecord) -> None:
        """Count one request."""
        labels = (record.task.value, record.model, record.server)
        self._duration.labels(*labels, record.failure.value if record.failure else "").observe(record.latency_seconds)
        if record.ttft_seconds is not None:
            self._first_token.labels(*labels).observe(record.ttft_seconds)
        for kind, tokens in (("input", record.prompt_tokens), ("output", record.completion_tokens)):
            if tokens is not None:
                self._tokens.labels(*labels, kind).observe(tokens)
        if record.cost:
            self._cost.labels(*labels).inc(record.cost)
        if record.instead_of is not None:
            self._fallbacks.labels(*labels).inc()


class MetricsServer:
    """Serves `/metrics` and `/healthz` while its context lasts. Entering raises `StartError` when the port is taken."""

    def __init__(self, metrics: Metrics, host: str, port: int, health: HealthCheck, control: ModelControl) -> None:
        self._metrics = metrics
        self._host = host
        self._port = port
        self._health = health
        self._states = _States(control)
        metrics.registry.register(self._states)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where the figures are."""
        assert self._runner is not None  # noqa: S101 - __aenter__ has made it
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}/metrics"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/metrics", self._metrics_page)
        app.router.add_get("/healthz", self._health_page)
        self._runner = web.AppRunner(app, access_log=None)

        def fault(reason: str | None) -> StartError:
            return StartError(f"the figures cannot be served at {self._host}:{self._port} ({reason}); see METRICS_PORT")

        await listen_at(self._runner, self._host, self._port, fault)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _metrics_page(self, _: web.Request) -> web.Response:
        self._states.health = await self._health.look()
        return web.Response(body=generate_latest(self._metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _health_page(self, _: web.Request) -> web.Response:
        """For whoever watches over the process: 200 while it can do its work, else 503 and what is in the way."""
        health = await self._health.look()
        status = {"ok": not health.ills, "ills": health.ills, "uptime_seconds": round(health.uptime_seconds)}
        return web.json_response(status, status=503 if health.ills else 200)


class _States(Collector):
    """How things stand at the moment of the question."""

    def __init__(self, control: ModelControl) -> None:
        self._control = control
        self.health: Health | None = None

    def describe(self) -> Sequence[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        in_flight = GaugeMetricFamily(
            "domovoy_requests_in_flight", "Requests under way.", labels=("gen_ai_request_model", "server_address")
        )
        state = GaugeMetricFamily(
            "domovoy_model_state",
            "1 for the state that a model is in.",
            labels=("gen_ai_request_model", "server_address", "state"),
        )
        for one in self._control.models:
            name, server = one.model.name, _server(one)
            in_flight.add_metric((name, server), one.target.breaker.in_flight)
            state.add_metric((name, server, "paused" if one.target.paused else one.target.breaker.state.value), 1)
        yield in_flight
        yield state
        health = self.health
        if health is None:
            return
        for name, words, value in (
            ("domovoy_updates_waiting", "Messages that are not dealt with.", health.updates_waiting),
            ("domovoy_answers_running", "Answers being written.", health.answers_running),
            ("domovoy_figures_waiting", "Rows of figures that are not written yet.", health.rows_waiting),
            ("domovoy_event_loop_lag_seconds", "The longest delay of the last five minutes.", health.lag_worst),
            ("domovoy_telegram_failures", "Tries since Telegram has answered last.", health.telegram_failures),
            ("domovoy_telegram_silence_seconds", "How long ago Telegram has answered last.", health.telegram_seconds),
            (
                "domovoy_webhook_pending",
                "Updates that wait with Telegram.",
                None if health.hook is None else health.hook.pending,
            ),
            ("domovoy_database_bytes", "Size of the database.", health.database_bytes),
            ("domovoy_disk_free_bytes", "Room on its disk.", health.disk_free_bytes),
            ("domovoy_uptime_seconds", "How long the bot runs.", health.uptime_seconds),
        ):
            if value is not None:
                yield GaugeMetricFamily(name, words, value=value)


def _server(one: SteeredModel) -> str:
    try:
        return read_address(one.model.current().config.api_base).server
    except NoModelAvailable:
        return ""
