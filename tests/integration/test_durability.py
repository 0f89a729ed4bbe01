"""What was promised durable is, as the servers tell it: however fast the way there has become."""

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)
from stack.servers import Addresses

from shared.messaging import topology
from shared.messaging.rabbit import Messages
from shared.records import EXPORTS
from support import servers as rabbit
from support.deliveries import BROKER, a_mailer
from support.waiting import until
from support.workshop import Workshop

pytestmark = pytest.mark.integration

WRITES = {"insert", "update", "delete", "findAndModify"}
READS = {"find", "aggregate"}


class Commands(CommandListener):
    """Everything that a driver sends."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Mapping[str, Any]]] = []

    def started(self, event: CommandStartedEvent) -> None:
        self.sent.append((event.command_name, event.command))

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """What came back is the callers' business."""

    def failed(self, event: CommandFailedEvent) -> None:
        """As above."""


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    """Of every store that is opened from here on."""
    commands = Commands()
    watched = partial(AsyncIOMotorClient, event_listeners=[commands])
    monkeypatch.setattr("shared.driver.AsyncIOMotorClient", watched)
    return commands


async def test_every_write_of_an_export_waits_for_a_majority_and_its_journal(
    commands: Commands, workshop: Workshop, tmp_path: Path
) -> None:
    plan = await workshop.plan(await workshop.orders(2))
    await workshop.an_executor().executing.execute(workshop.execute_command(plan))
    mailer = a_mailer(workshop.store, 1, sandbox_folder=tmp_path)
    await workshop.store.transition(
        EXPORTS.of(workshop.account.account_id),
        str(plan.export_id),
        {},
        {"$set": {"test": True}},  # so that its mail goes to the folder
        step="test.sandbox",
    )
    await mailer(workshop.account.account_id, str(plan.export_id), BROKER)

    export = await workshop.export(plan.export_id)
    assert export["deliveries"][BROKER]["status"] == "SENT"
    sent = {name for name, _ in commands.sent}
    assert {"insert", "findAndModify"} <= sent
    concerns = [command.get("writeConcern") for name, command in commands.sent if name in WRITES]
    assert all(concern == {"w": "majority", "j": True} for concern in concerns)
    reads = [command for name, command in commands.sent if name in READS]
    assert reads
    assert all(read["readConcern"] == {"level": "majority"} for read in reads)
    assert not any("$readPreference" in command for _, command in commands.sent)


async def test_every_queue_that_holds_work_is_durable_and_replicated(
    messages: Messages, servers: Addresses, rabbit_url: str
) -> None:
    assert await messages.ready()
    queues = {queue["name"]: queue for queue in rabbit.told(servers, rabbit_url, "queues")}
    exchanges = {each["name"]: each for each in rabbit.told(servers, rabbit_url, "exchanges")}

    work = {name: queue for name, queue in queues.items() if topology.asker_of(name) is None}
    assert {route.queue for route in topology.ROUTES} <= set(work)
    assert {queue["type"] for queue in work.values()} == {"quorum"}
    assert all(queue["durable"] and not queue["auto_delete"] for queue in queues.values())
    assert all(exchanges[name]["durable"] for name in (topology.EXCHANGE, topology.DEAD_EXCHANGE))


async def test_what_is_published_is_confirmed_and_kept_on_disk_alone_and_together(
    messages: Messages, workshop: Workshop, servers: Addresses, rabbit_url: str
) -> None:
    plan = await workshop.plan(await workshop.orders(1))
    command = workshop.execute_command(plan)

    await asyncio.gather(
        *(messages.publish(topology.EXPORTS_EXECUTE, command, step="test.ask") for _ in range(20))
    )

    kept = rabbit.messages_in(servers, rabbit_url, topology.EXPORTS_EXECUTE.queue)
    assert kept
    assert all(message["properties"]["delivery_mode"] == 2 for message in kept)

    async def confirmed() -> bool:  # the server tells both every few seconds, not at once
        channels = rabbit.channels(servers, rabbit_url)
        used = [each for each in channels if each.get("message_stats", {}).get("publish")]
        return bool(used) and all(channel["confirm"] for channel in used)

    await until(confirmed)
