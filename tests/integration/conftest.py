"""A planner and executors in this process, on the real store and the real RabbitMQ."""

from collections.abc import AsyncIterator

import pytest

from shared.messaging.rabbit import Messages
from shared.settings import CommonSettings
from shared.store import Store
from support.workshop import Workshop


@pytest.fixture
async def workshop(settings: CommonSettings, store: Store) -> AsyncIterator[Workshop]:
    messages = Messages(settings, service="tests", healthy=store.ping)
    await messages.start()
    workshop = await Workshop.open(settings, store, messages)
    yield workshop
    await workshop.close()
    await messages.stop()
