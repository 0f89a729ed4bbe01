"""Who waits for a worker that is not there is told so early; who waits for a slow one waits."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from gateway.admission import again_after
from gateway.settings import Settings
from shared.contracts.exports import ExportExecuted
from shared.messaging import topology
from support.export_records import executed, get, put_export
from support.gateways import PATIENT, GatewayUnderTest
from support.waiting import until

QUEUE = "executor.exports.execute"
KEY = {"idempotency-key": "k-1"}
AT_THE_FIRST_LOOK = timedelta(0)
BRIEF = {"reply_timeout": timedelta(seconds=1.5)}


def absent_for(absence: timedelta) -> Settings:
    return PATIENT.model_copy(update={"worker_absence": absence})


@pytest.fixture
def gateway() -> GatewayUnderTest:
    """No executor is there, and one look is enough to know it."""
    under_test = GatewayUnderTest(settings=absent_for(AT_THE_FIRST_LOOK))
    put_export(under_test)
    under_test.workers.answers["exports.execute"] = never
    under_test.workers.deserted.add(QUEUE)
    return under_test


async def never(_: Any) -> Any:  # a command
    await asyncio.Event().wait()


def doing(gateway: GatewayUnderTest, there: Callable[[], bool]) -> Any:
    async def work(_: Any) -> ExportExecuted:  # a command
        await until(async_(there))
        put_export(gateway, **executed())
        return ExportExecuted(export_id="batch_1")

    return work


def async_(there: Callable[[], bool]) -> Any:
    async def asked() -> bool:
        return there()

    return asked


async def execute(gateway: GatewayUnderTest, headers: dict[str, str] = KEY) -> httpx.Response:
    async with gateway.client() as client:
        body = {"accountId": "acc_1", "batchId": "batch_1"}
        return await client.post("/api/exports/execute", json=body, headers=headers)


async def test_without_a_worker_the_answer_names_it_and_the_key_is_kept(
    gateway: GatewayUnderTest,
) -> None:
    answer = await execute(gateway)

    assert (answer.status_code, answer.json()["errorCode"]) == (503, "SERVICE_UNAVAILABLE")
    assert answer.headers["retry-after"] == "5"
    details = answer.json()["details"]
    assert (details["worker"], details["retryable"]) == ("executor", True)
    assert details["next_action"] == "RETRY_WITH_SAME_KEY"
    assert "executor" in answer.json()["message"]

    gateway.workers.deserted.clear()
    gateway.workers.answers["exports.execute"] = doing(gateway, lambda: True)
    again = await execute(gateway)

    assert again.status_code == 200
    first, second = gateway.workers.bodies
    assert first == second


@pytest.mark.parametrize(("waiting", "seconds"), [(500, 15), (100_000, 30)])
async def test_the_more_waits_for_a_missing_worker_the_later_one_is_to_come_again(
    gateway: GatewayUnderTest, waiting: int, seconds: int
) -> None:
    gateway.workers.waiting = waiting

    assert (await execute(gateway)).headers["retry-after"] == str(seconds)


async def test_who_had_no_answer_in_time_comes_again_after_what_waits_before(
    gateway: GatewayUnderTest,
) -> None:
    gateway = replace(gateway, settings=gateway.settings.model_copy(update=BRIEF))
    gateway.workers.answers["exports.plan"] = never
    gateway.workers.waiting = 250
    body = {"accountId": "acc_1", "warehouseId": "wh_1", "brokerId": "br_1", "orderIds": ["ord_1"]}

    async with gateway.client() as client:
        answers = [
            await client.post("/api/exports/plan", json=body, headers=headers)
            for headers in ({}, {"idempotency-key": "k"})
        ]

    assert [(a.status_code, a.headers["retry-after"]) for a in answers] == [(503, "6")] * 2


def test_not_all_who_are_turned_away_are_told_the_same() -> None:
    chances = (place / 100 for place in range(100))
    told = {again_after(5.0, lambda: next(chances)) for _ in range(100)}

    assert told == {3, 4, 5, 6, 7, 8}
    assert again_after(10_000) == 30


async def test_a_worker_that_is_back_in_time_is_waited_for(gateway: GatewayUnderTest) -> None:
    patient = replace(gateway, settings=absent_for(timedelta(minutes=1)))
    patient.workers.answers["exports.execute"] = doing(patient, lambda: patient.workers.looks > 1)

    assert (await execute(patient)).status_code == 200


async def test_a_worker_that_came_back_and_is_slow_is_not_missing_any_more(
    gateway: GatewayUnderTest,
) -> None:
    under_test = replace(gateway, settings=absent_for(timedelta(seconds=1.5)))
    workers = under_test.workers

    async def come_back(command: Any) -> Any:
        await until(async_(lambda: workers.looks > 0))
        workers.deserted.clear()
        return await doing(under_test, lambda: workers.looks > 3)(command)

    workers.answers["exports.execute"] = come_back

    assert (await execute(under_test)).status_code == 200


async def test_a_worker_that_is_slow_is_not_missing(gateway: GatewayUnderTest) -> None:
    gateway.workers.deserted.clear()
    gateway.workers.answers["exports.execute"] = doing(gateway, lambda: gateway.workers.looks > 1)

    assert (await execute(gateway)).status_code == 200


async def test_an_answer_that_comes_at_once_costs_no_look(gateway: GatewayUnderTest) -> None:
    gateway.workers.answers["exports.execute"] = doing(gateway, lambda: True)

    assert (await execute(gateway)).status_code == 200
    assert gateway.workers.looks == 0


async def test_many_who_wait_share_one_look(gateway: GatewayUnderTest) -> None:
    async with gateway.client() as client:
        body = {"accountId": "acc_1", "batchId": "batch_1"}
        answers = await asyncio.gather(
            *(
                client.post("/api/exports/execute", json=body, headers={"idempotency-key": f"k{n}"})
                for n in range(50)
            )
        )

    assert {answer.status_code for answer in answers} == {503}
    assert gateway.workers.looks < 5


async def test_without_key_and_worker_what_is_refused_is_never_begun(
    gateway: GatewayUnderTest,
) -> None:
    """A plan is not published once its worker is known to be missing; before that it expires."""
    gateway = replace(gateway, settings=gateway.settings.model_copy(update=BRIEF))
    gateway.workers.deserted.add("planner.exports.plan")
    gateway.workers.answers["exports.plan"] = never
    body = {"accountId": "acc_1", "warehouseId": "wh_1", "brokerId": "br_1", "orderIds": ["ord_1"]}

    async with gateway.client() as client:
        first = await client.post("/api/exports/plan", json=body)
        again = await client.post("/api/exports/plan", json=body)

    assert [first.status_code, again.status_code] == [503, 503]
    assert "it is not begun" in again.json()["message"]
    assert again.json()["details"]["next_action"] == "RETRY"
    [begun_until] = gateway.workers.until
    assert begun_until is not None
    assert begun_until < gateway.clock() + BRIEF["reply_timeout"]


async def test_without_a_key_an_execute_is_accepted_since_it_will_be_done(
    gateway: GatewayUnderTest,
) -> None:
    answer = await execute(gateway, {"prefer": "wait=1"})

    assert answer.status_code == 202
    assert gateway.workers.until == [None]


async def test_health_names_the_worker_that_is_not_there(gateway: GatewayUnderTest) -> None:
    gateway.workers.deserted |= {"executor.exports.operate", "executor.packages.print"}

    health = (await get(gateway, "/api/system/health")).json()

    assert health["status"] == "DEGRADED"
    assert health["dependencies"] == {"store": {"status": "UP"}, "queue": {"status": "UP"}}
    workers = {name: worker["status"] for name, worker in health["workers"].items()}
    assert workers == dict.fromkeys(topology.WORKERS, "UP") | {"executor": "DOWN"}
    assert health["workers"]["planner"] == {"status": "UP", "consumers": 1, "backlog": 0}
