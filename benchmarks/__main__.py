"""`make bench`: plans of five orders beside two peers, then large plans beside a raw read.

Everything runs on servers of its own, in full durability. Rounds alternate the contenders, and
what counts are the ratios of one run: the machine is shared and its speed drifts.
"""

import argparse
import asyncio
import itertools
import json
import math
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr
from stack.servers import up

from benchmarks.load import Request, Round, drive
from benchmarks.processes import BIN, Process, start
from benchmarks.seed import ACCOUNT, BROKER, KEY, WAREHOUSE, Seeded, seed
from shared.records import ORDERS, PRODUCTS
from shared.settings import CommonSettings
from shared.store import Store

PEERS = Path(__file__).parent / "peers"
UNLIMITED = {"GATEWAY_RATE_PER_SECOND": "0"}  # what is measured is not the rate limit
SIZES = (100, 1_000, 10_000)


@dataclass(frozen=True)
class Contender:
    name: str
    url: str
    make: Callable[[], Request]
    processes: tuple[Process, ...]

    def cpu(self) -> float:
        return sum(process.cpu_seconds() for process in self.processes)


def body_of(order_ids: list[str]) -> bytes:
    parts = {"accountId": ACCOUNT, "warehouseId": WAREHOUSE, "brokerId": BROKER}
    return json.dumps(parts | {"orderIds": order_ids}).encode()


def plans(orders: Seeded, *, keyed: bool) -> Callable[[], Request]:
    chance = random.Random(1)  # noqa: S311  # which orders, no secret
    numbers, run = itertools.count(), uuid.uuid4().hex

    def make() -> Request:
        headers = [("authorization", f"Bearer {KEY}")]
        if keyed:
            headers.append(("idempotency-key", f"{run}-{next(numbers)}"))
        body = body_of(chance.sample(orders.order_ids[:1_000], 5))
        return Request("/api/exports/plan", body, tuple(headers))

    return make


def contenders(environment: dict[str, str], orders: Seeded) -> list[Contender]:
    gateway = start("gateway", [BIN / "gateway"], environment | UNLIMITED)
    planner = start("planner", [BIN / "planner"], environment)
    python = sys.executable
    motor = start("motor", [python, "-m", "benchmarks.peers.fastapi_motor"], environment)
    worker = start("worker", [python, "-m", "benchmarks.peers.echo_rpc", "worker"], environment)
    front = start("front", [python, "-m", "benchmarks.peers.echo_rpc"], environment)
    keyless, keyed = plans(orders, keyed=False), plans(orders, keyed=True)
    return [
        Contender("EntryGo", gateway.url, keyless, (gateway, planner)),
        Contender("EntryGo, keyed", gateway.url, keyed, (gateway, planner)),
        Contender("FastAPI + Motor", motor.url, keyless, (motor,)),
        Contender("echo over RabbitMQ", front.url, keyless, (front, worker)),
    ]


async def small(
    all_of_them: list[Contender], counts: list[int], rounds: int, seconds: float
) -> None:
    for contender in all_of_them:
        await drive(contender.url, 10, 1.0, contender.make)  # warm
    for clients in counts:
        results: dict[str, list[Round]] = {each.name: [] for each in all_of_them}
        cpu: dict[str, float] = dict.fromkeys(results, 0.0)
        for _ in range(rounds):
            for contender in all_of_them:
                before = contender.cpu()
                results[contender.name].append(
                    await drive(contender.url, clients, seconds, contender.make)
                )
                cpu[contender.name] += contender.cpu() - before
        report(clients, results, cpu)
    for process in {p.name: p for each in all_of_them for p in each.processes}.values():
        print(f"   resident memory of {process.name}: {process.resident_mb():.0f} MB")


def report(clients: int, results: dict[str, list[Round]], cpu: dict[str, float]) -> None:
    medians = {n: statistics.median(r.rate for r in rounds) for n, rounds in results.items()}
    print(f"\nplans of 5 orders, {clients} clients")
    print(
        f"   {'':20} {'plans/s':>8} {'spread':>13} {'p50':>7} {'p95':>7} {'p99':>7}"
        f" {'cpu ms':>7} {'failed':>6}"
    )
    for name, rounds in results.items():
        every = Round(latencies=[each for r in rounds for each in r.latencies])
        rates = sorted(r.rate for r in rounds)
        print(
            f"   {name:20} {medians[name]:8.0f} {rates[0]:6.0f}-{rates[-1]:<6.0f}"
            f" {every.percentile(50):7.1f} {every.percentile(95):7.1f} {every.percentile(99):7.1f}"
            f" {cpu[name] / len(every.latencies) * 1000:7.2f} {sum(r.failures for r in rounds):6}"
        )
    ours = medians["EntryGo"]
    for peer in ("FastAPI + Motor", "echo over RabbitMQ"):
        print(f"   EntryGo / {peer}: {ours / medians[peer]:.2f}")


async def large(store: Store, all_of_them: list[Contender], orders: Seeded) -> None:
    ours = all_of_them[0]
    planner = ours.processes[1]
    costs: dict[int, float] = {}
    print("\nplans of many orders, beside a raw read of the same documents")
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}, timeout=120) as http:
        for size in SIZES:
            ids = orders.order_ids[:size]
            planned, read = [], []
            for _ in range(5):
                began = time.perf_counter()
                await store.get_many(ORDERS.of(ACCOUNT), ids)
                await store.get_many(PRODUCTS.of(ACCOUNT), orders.product_ids)
                read.append(time.perf_counter() - began)
                began = time.perf_counter()
                answer = await http.post(
                    f"{ours.url}/api/exports/plan",
                    content=body_of(ids),
                    headers={"content-type": "application/json"},
                )
                planned.append(time.perf_counter() - began)
                answer.raise_for_status()
            costs[size] = statistics.median(planned)
            raw = statistics.median(read)
            print(
                f"   {size:6} orders: plan {costs[size] * 1000:7.0f} ms, read {raw * 1000:6.0f} ms,"
                f" ratio {costs[size] / raw:5.1f}; planner {planner.resident_mb():.0f} MB"
            )
    exponent = math.log(costs[SIZES[-1]] / costs[SIZES[0]]) / math.log(SIZES[-1] / SIZES[0])
    print(f"   cost grows with the power {exponent:.2f} of the number of orders")


async def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 50, 200])
    parser.add_argument("--seconds", type=float, default=5.0, help="of each round")
    chosen = parser.parse_args()
    servers = await asyncio.to_thread(up, "bench")
    settings = CommonSettings(
        mongo_url=SecretStr(servers.mongo_url), mongo_database=f"bench_{uuid.uuid4().hex[:8]}"
    )
    environment = {
        "ENTRYGO_RABBIT_URL": servers.rabbit_url,
        "ENTRYGO_MONGO_URL": servers.mongo_url,
        "ENTRYGO_MONGO_DATABASE": settings.mongo_database,
        "ENTRYGO_LOG_LEVEL": "ERROR",
    }
    print(f"servers: {servers.kind}: {servers.versions}")
    async with Store(settings, appname="bench") as store:
        await store.create_indexes()
        orders = await seed(store, SIZES[-1], 2_000)
        all_of_them = await asyncio.to_thread(contenders, environment, orders)
        try:
            await small(all_of_them, chosen.clients, chosen.rounds, chosen.seconds)
            await large(store, all_of_them, orders)
        finally:
            for process in {p.name: p for each in all_of_them for p in each.processes}.values():
                await asyncio.to_thread(process.stop)
            await store.drop_database()


if __name__ == "__main__":
    asyncio.run(main())
