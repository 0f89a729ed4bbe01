"""Inspects of executed exports, by a client that knows nothing and by one that has the ETag."""

import sys

from benchmarks.bench import Bench
from benchmarks.contenders import Contender, alternate, ratios, tell
from benchmarks.load import drive
from benchmarks.parts.executes import CLIENTS, mailed, planned
from benchmarks.peers.fastapi_motor import INSPECTED
from benchmarks.requests import execute, inspects
from benchmarks.seed import ACCOUNT

_EXPORTS = 20
_CLIENTS = 50


async def measure(bench: Bench) -> None:
    tags = await _executed(bench)
    command = [sys.executable, "-m", "benchmarks.peers.fastapi_motor"]
    async with bench.running("motor", command) as motor:
        contenders = [
            Contender("inspect", bench.url, inspects(tags), ("gateway",)),
            Contender("with its ETag (304)", bench.url, inspects(tags, tagged=True), ("gateway",)),
            Contender("FastAPI + Motor, find_one", motor.url, inspects(tags), ("motor",)),
        ]
        for each in contenders:
            await drive(each.url, 10, each.requests, seconds=1.0)  # warm
        results = await alternate(bench, contenders, _CLIENTS)
    bench.report.heading(f"Inspect of an executed export, {_CLIENTS} clients")
    tell(bench.report, results)
    ours, tagged, theirs = results.values()
    bench.report.ratio("over find_one", ratios(ours, theirs), "inspect/motor")
    bench.report.ratio("with its ETag, over find_one", ratios(tagged, theirs))


async def _executed(bench: Bench) -> list[tuple[str, str]]:
    """Ids and ETags of exports that change no more; what the peer reads is the same answer."""
    ids = await planned(bench, _EXPORTS)
    await drive(bench.url, CLIENTS, iter([execute(export_id) for export_id in ids]))
    await mailed(bench)
    async with bench.client() as http:
        answers = [await http.get(f"/api/exports/{export_id}") for export_id in ids]
    for export_id, answer in zip(ids, answers, strict=True):
        document = {"_id": export_id, "account_id": ACCOUNT, "answer": answer.json()}
        await bench.store.insert(INSPECTED, document, step="bench.inspected")
    return [(id_, answer.headers["etag"]) for id_, answer in zip(ids, answers, strict=True)]
