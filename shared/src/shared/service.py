"""How every service runs: one uvicorn, health beside it, a lifespan, a clean stop.

`/healthz` says the process lives, `/readyz` that it can work now. Prometheus' text is on a port of
its own, so that whoever reaches the API does not reach it.
"""

import asyncio
import gc
import logging
import re
import resource
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, Final, Literal

import orjson
import uvicorn
from prometheus_client import Counter, start_http_server

from shared import tracing
from shared.contracts.snapshot import PROTOCOL
from shared.errors import StoreFault, Transient
from shared.heavy import SWITCH_SECONDS
from shared.ids import minted_id
from shared.logs import configure_logging, request_id
from shared.messaging.rabbit import Messages
from shared.settings import CommonSettings
from shared.store import Store
from shared.store_clock import StoreClock

log = logging.getLogger(__name__)

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
Checks = dict[str, Callable[[], Awaitable[bool]]]
Lifespan = Callable[[], AbstractAsyncContextManager[Checks]]

_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,128}")
_CLOCK_EVERY: Final = timedelta(minutes=1)
HTTP_REQUESTS = Counter("entrygo_http_requests_total", "Requests to the HTTP API.")


def begun(given: bytes) -> list[tuple[bytes, bytes]]:
    """Begins a request under the id given, or a new one: the headers of its answer."""
    own = given.decode() if _REQUEST_ID.fullmatch(given) else minted_id("req_")
    request_id.set(own)
    return [
        (b"x-request-id", own.encode()),
        (b"entrygo-protocol", PROTOCOL.encode()),
        (b"x-content-type-options", b"nosniff"),
    ]


class Service:
    """The ASGI application of a process: its probes, and `inner` for every other path."""

    def __init__(self, lifespan: Lifespan, inner: Asgi | None = None) -> None:
        self._lifespan = lifespan
        self._inner = inner
        self._checks: Checks = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401  # ASGI
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"] == "/healthz":
            await _respond(send, 200, {"alive": True})
        elif scope["type"] == "http" and scope["path"] == "/readyz":
            checks = await self.check()
            await _respond(send, 200 if all(checks.values()) else 503, checks)
        elif self._inner is not None:
            HTTP_REQUESTS.inc()
            await self._inner(scope, receive, send)
        else:
            await _respond(send, 404, {"errorCode": "ROUTE_NOT_FOUND", "message": "No such path."})

    async def check(self) -> dict[str, bool]:
        """Each dependency by name."""
        if not self._checks:
            return {"started": False}
        answers = await asyncio.gather(*(check() for check in self._checks.values()))
        return dict(zip(self._checks, answers, strict=True))

    async def _live(self, receive: Any, send: Any) -> None:  # noqa: ANN401  # ASGI
        """Answers probes at once; waits for the servers, as long as it takes, beside that."""
        await receive()
        stop = asyncio.Event()
        living = asyncio.create_task(self._open_until(stop))
        living.add_done_callback(_end_process_on_failure)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if not self._checks:  # still waiting for a server: nothing to finish
            living.cancel()
        stop.set()
        await asyncio.gather(living, return_exceptions=True)
        await send({"type": "lifespan.shutdown.complete"})

    async def _open_until(self, stop: asyncio.Event) -> None:
        async with self._lifespan() as checks:
            self._checks = checks
            _freeze()
            await stop.wait()
        self._checks = {}


def _freeze() -> None:
    """What is loaded by now stays: no collection looks at it again, and none comes so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # a plan makes some thousands of objects
    sys.setswitchinterval(SWITCH_SECONDS)


def _end_process_on_failure(living: asyncio.Task[None]) -> None:
    if not living.cancelled() and (error := living.exception()):
        log.critical("the service cannot go on", exc_info=error)
        signal.raise_signal(signal.SIGTERM)


@asynccontextmanager
async def open_seams(
    settings: CommonSettings, service: str
) -> AsyncIterator[tuple[Store, Messages, StoreClock, Checks]]:
    """Of one process: store, messages, the store's clock; `messages.start()` begins to consume."""
    async with Store(settings, appname=service) as store:
        await _indexed(store)
        clock = StoreClock(store.now)
        messages = Messages(settings, service=service, healthy=store.ping, now=clock)
        watching = asyncio.create_task(messages.watch())
        watching.add_done_callback(_end_process_on_failure)
        with suppress(StoreFault):  # it may be away now; the next minute tells it
            await clock.refresh()
        try:
            async with repeating(clock.refresh, _CLOCK_EVERY):
                yield store, messages, clock, {"store": store.ping, "rabbit": messages.ready}
        finally:
            watching.cancel()
            await messages.stop()


async def _indexed(store: Store) -> None:
    """A service may start before its store: it waits, alive and not ready."""
    while True:
        try:
            return await store.create_indexes()
        except StoreFault as error:
            log.warning("waiting for the store", extra={"why": str(error)[:300]})
            await asyncio.sleep(1.0)


@asynccontextmanager
async def repeating(action: Callable[[], Awaitable[None]], every: timedelta) -> AsyncIterator[None]:
    """Runs the action again and again in the background, for sweeps; a failed one is logged."""

    async def loop() -> None:
        while True:
            await asyncio.sleep(every.total_seconds())
            try:
                await action()
            except (StoreFault, Transient) as error:
                log.warning("sweep put off", extra={"why": str(error)[:300]})
            except Exception:  # one failed sweep must not end all sweeps to come
                log.exception("sweep failed")

    task = asyncio.create_task(loop())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def run_service(
    name: str,
    settings: CommonSettings,
    lifespan: Lifespan,
    inner: Asgi | None = None,
    http: type[asyncio.Protocol] | Literal["auto"] = "auto",
    *,
    proxies: Sequence[str] = (),
) -> None:
    """Serves until SIGTERM, then finishes what is in flight; only `proxies` say who a caller is."""
    configure_logging(name, settings.log_level)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # the soft limit is for old programs
    tracing.configure(name, settings.otlp_endpoint)
    if settings.metrics_port is not None:
        start_http_server(settings.metrics_port, settings.metrics_host)
    uvicorn.run(
        Service(lifespan, inner),
        host=settings.http_host,
        port=settings.http_port,
        http=http,
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=int(settings.graceful_timeout.total_seconds()),
    )


async def _respond(send: Any, status: int, body: dict[str, Any]) -> None:  # noqa: ANN401  # ASGI
    headers = [
        *begun(b""),
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
    ]
    if status == 503:  # noqa: PLR2004  # unavailable
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": orjson.dumps(body)})
