"""All services in this process, on the real servers: for tests that look inside all at once."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import httpx
from stack.servers import Addresses

import broker_mailer.app
import broker_mailer.settings
import executor.app
import executor.settings
import gateway.app
import gateway.settings
import planner.app
import planner.settings
from shared.settings import CommonSettings
from shared.store import Store
from support.accounts import seed_account
from support.shop import Shop


@asynccontextmanager
async def product(
    settings: CommonSettings, servers: Addresses, store: Store
) -> AsyncIterator[Shop]:
    """A shop whose requests go to the gateway of this process."""
    mailer = broker_mailer.settings.Settings(
        sandbox_smtp_host=servers.smtp_host,
        sandbox_smtp_port=servers.smtp_port,
        sweep_every=timedelta(seconds=1),
    )
    gateway_settings = gateway.settings.Settings()
    app = gateway.app.create_app(gateway_settings)
    async with AsyncExitStack() as running:
        for life in (
            planner.app.lifespan(settings, planner.settings.Settings()),
            executor.app.lifespan(settings, executor.settings.Settings()),
            broker_mailer.app.lifespan(settings, mailer),
            gateway.app.lifespan(app, settings, gateway_settings),
        ):
            await running.enter_async_context(life)
        account = await seed_account(store)
        shop = Shop("http://gateway", account, httpx.ASGITransport(app=app))
        running.push_async_callback(shop.http.aclose)
        yield shop
