"""One run: clients and faults side by side, then healing, quiet and judgement."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from chaos.clients import Client, NeverAnsweredError
from chaos.faults import LINKS, PROCESSES
from chaos.history import History
from chaos.judge import Judge
from chaos.messages import Echo, flipping, poison
from chaos.schedule import Lanes, Named, Nemesis, Plan
from chaos.servers import RABBIT_LINKS, on_rabbit, on_store
from chaos.stage import Stage
from chaos.stories import Market, Story, UnexpectedError
from support.shop import SWEATER

AT_ONCE: Final = 32  # stories
LONGEST: Final = (600.0, 6.0)  # seconds; a run, and of it for each export


@dataclass
class Report:
    plan: Plan
    history: History
    faults: dict[str, int]
    recoveries: list[float]
    deaths: int
    seconds: float


async def run(plan: Plan, stage: Stage, history: History) -> Report:
    begun = time.monotonic()
    nemesis = Nemesis(plan, stage, history, _lanes(stage, history, plan.only))
    clients = [
        Client(stage.gateways, account, history, Random(f"{plan.seed}/{number}"))
        for number, account in enumerate(stage.accounts)
    ]
    echo = Echo(stage, history, Random(f"{plan.seed}/echo"))
    beside = [asyncio.create_task(work) for work in (stage.keep_alive(), echo.run())]
    first, more = LONGEST
    try:
        async with asyncio.timeout(first + more * plan.exports):
            await _played(nemesis, clients)
            stage.mailbox.calm = True
            await nemesis.recover()
            await _end(beside.pop())
            await Judge(stage, history, clients).judge()
    except TimeoutError:
        history.violation("STUCK", f"the run did not end in {first + more * plan.exports:.0f} s")
    finally:
        await _end(*beside)
        for client in clients:
            await client.http.aclose()
    faults = dict(nemesis.played | stage.mailbox.bad_sessions)
    faults["messages again, late, out of order"] = echo.copies
    deaths = sum(member.deaths for member in stage.members)
    return Report(plan, history, faults, nemesis.recoveries, deaths, time.monotonic() - begun)


async def _played(nemesis: Nemesis, clients: list[Client]) -> None:
    """Clients and faults go on together: no fault without load, no load without faults."""
    telling = asyncio.create_task(_told(nemesis, clients))
    try:
        await nemesis.play(telling.done)
        await telling
    finally:
        await _end(telling)


async def _end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _told(nemesis: Nemesis, clients: list[Client]) -> None:
    plan, history = nemesis.plan, nemesis.history
    markets = [await _market(client) for client in clients]
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        at = number % len(clients)
        story = Story(f"{plan.seed}-{number}", clients[at], markets[at], history)
        try:
            with suppress(NeverAnsweredError, UnexpectedError):  # both are violations already
                await story.tell()
        finally:
            gate.release()

    async with asyncio.TaskGroup() as stories:
        for number in range(plan.exports):
            await nemesis.reached(number / plan.exports)
            await gate.acquire()
            stories.create_task(one(number))


async def _market(client: Client) -> Market:
    answer = await client.write("/api/products/sync", {"items": [SWEATER]}, client.a_key())
    return Market(answer.body["data"][0]["id"])


def _lanes(stage: Stage, history: History, only: str) -> Lanes:
    said = [Named("poison on every queue", poison), flipping(history)]
    lanes = {"processes": PROCESSES, "links": [*LINKS, *RABBIT_LINKS, *said]}
    if stage.own is not None:
        lanes |= {"rabbit": on_rabbit(stage.own), "store": on_store(stage.own)}
    kept = {name: [one for one in lane if only in one.kind] for name, lane in lanes.items()}
    return {name: lane for name, lane in kept.items() if lane}


def log_file(folder: Path, seed: int) -> Path:
    return folder / f"history-{seed}.log"
