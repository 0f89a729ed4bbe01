"""Builds the gateway: its parts, its routes, its life."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from gateway import connections, errors
from gateway.admission import Admission
from gateway.auth import Authenticator, RateLimit
from gateway.changes import Changes
from gateway.dependencies import Gateway
from gateway.files import files
from gateway.health import Health
from gateway.idempotency import Idempotency
from gateway.readers import Readers
from gateway.reads import Reads
from gateway.routes import account, catalogue, docs, exports, packages, writes
from gateway.settings import Limits, Settings
from gateway.storage import Storage
from shared.checks.gauges import Gauges
from shared.service import Checks, open_seams, repeating, run_service
from shared.settings import CommonSettings

NAME = "gateway"


API: Final = tuple(each.router for each in (writes, exports, packages, catalogue, account))


def create_app(settings: Settings) -> FastAPI:
    """The HTTP application; `app.state.gateway` is set when the process has its parts."""
    app = FastAPI(
        title="EntryGo",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    errors.install(app)
    for router in API:
        app.include_router(router, prefix="/api")
    app.include_router(docs.router)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
            expose_headers=["*"],
        )
    app.state.admission = admission = Admission(settings.shares)
    app.add_middleware(errors.RequestContext, ended=admission.release)
    return app


@asynccontextmanager
async def lifespan(
    app: FastAPI, common: CommonSettings, settings: Settings
) -> AsyncIterator[Checks]:
    files()  # read now, not under the first request
    async with open_seams(common, NAME) as (store, messages, clock, checks):
        readers = Readers(messages, settings.worker_absence)
        storage = Storage(store, settings.account_stored_bytes, clock)
        idempotency = Idempotency(store, readers, settings, clock)
        keys = Authenticator(store, settings, clock)
        await messages.start()
        app.state.gateway = Gateway(
            settings=settings,
            store=store,
            messages=messages,
            reads=Reads(store, settings.page_bytes),
            idempotency=idempotency,
            health=Health(store, messages, readers),
            keys=keys,
            limit=RateLimit(settings.rate_per_second, settings.rate_burst),
            admission=app.state.admission,
            changes=Changes(store),
            storage=storage,
            now=clock,
        )
        gauges = Gauges(store, messages, common.retry_delays_ms)
        async with (
            repeating(gauges.refresh, settings.gauges_every),
            repeating(storage.refresh, settings.stored_every),
        ):
            yield checks
        del app.state.gateway
        await idempotency.stop()
        await keys.stop()


def main() -> None:
    common, settings = CommonSettings(), Settings()
    app = create_app(settings)
    limited = connections.within(Limits(), partial(errors.respond_to, keyed=False))
    run_service(
        NAME,
        common,
        partial(lifespan, app, common, settings),
        app,
        limited,
        proxies=settings.trusted_proxies,
    )
