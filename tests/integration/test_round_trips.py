"""What an export costs the store, in round trips: a count, which no machine's speed changes."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from broker_mailer.repository import Deliveries
from shared.clock import utc_now
from shared.contracts.exports import PlanVerified
from shared.records import BLOBS
from shared.store import ROUND_TRIPS, Store
from support.deliveries import BROKER, an_executed_export, put
from support.told import to_nobody
from support.workshop import Workshop

pytestmark = pytest.mark.integration


@dataclass
class Counted:
    reads: int = 0
    writes: int = 0


@contextmanager
def blobs_counted() -> Iterator[Counted]:
    reads, writes, counted = _trips("read"), _trips("write"), Counted()
    yield counted
    counted.reads, counted.writes = _trips("read") - reads, _trips("write") - writes


def _trips(kind: str) -> int:
    return _all_trips(kind)[BLOBS.collection]


def _all_trips(kind: str) -> Counter[str]:
    """By what they ask: a collection, or several."""
    samples = [sample for metric in ROUND_TRIPS.collect() for sample in metric.samples]
    counted = (each for each in samples if each.labels.get("kind") == kind)
    return Counter(
        {s.labels["collection"]: int(s.value) for s in counted if s.name.endswith("_total")}
    )


async def test_plans_asked_for_together_take_two_reads_and_two_writes(workshop: Workshop) -> None:
    """Parties, orders and claims; products. Verdicts; exports. As few as of one plan."""
    orders = [await workshop.orders(2) for _ in range(5)]
    await workshop.plan(orders[0])
    before = _all_trips("read"), _all_trips("write")

    await asyncio.gather(*(workshop.plan(each) for each in orders))

    reads, writes = _all_trips("read") - before[0], _all_trips("write") - before[1]
    assert (reads, writes) == ({"several": 2}, {"plans": 1, "exports": 1})


async def test_an_execution_reads_no_blob_and_writes_all_it_made_in_one_trip(
    workshop: Workshop,
) -> None:
    plan = await workshop.plan(await workshop.orders(2))

    async def holds(*_: object) -> PlanVerified:
        return PlanVerified(holds=True)  # the planner's own reads are not counted

    executor = workshop.an_executor(verify=holds)

    with blobs_counted() as counted:
        await executor.executing.execute(workshop.execute_command(plan))

    assert len((await workshop.export(plan.export_id))["artifacts"]) == 5
    assert (counted.reads, counted.writes) == (0, 1)


async def test_a_mail_is_read_in_one_trip(store: Store) -> None:
    executed = an_executed_export()
    await put(store, executed)

    with blobs_counted() as counted:
        delivery = executed.record["deliveries"][BROKER]
        package = await Deliveries(store, utc_now, to_nobody).package(executed.record, delivery)

    assert package == executed.package
    assert counted.reads == 1
