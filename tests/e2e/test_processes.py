"""What the processes of all services have in common."""

import pytest

from shared.messaging import topology
from support.servers import consumers
from support.services import Cluster
from support.waiting import until

pytestmark = pytest.mark.e2e


async def test_every_consumer_of_a_work_queue_takes_no_more_at_once_than_its_prefetch(
    running: Cluster,
) -> None:
    rabbit_url = running.settings.rabbit_url.get_secret_value()

    async def all_told() -> dict[str, list[int]] | None:
        told = consumers(running.servers, rabbit_url)
        return told if {route.queue for route in topology.ROUTES} <= told.keys() else None

    prefetches = await until(all_told)

    assert {route.queue: prefetches[route.queue] for route in topology.ROUTES} == {
        route.queue: [route.at_once(running.settings.prefetch)] for route in topology.ROUTES
    }
