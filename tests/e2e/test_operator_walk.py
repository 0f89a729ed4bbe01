"""An operator's first day, by what is printed: set up, mend, find, send again, confirm, void."""

import shlex
import uuid
from asyncio import to_thread
from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.store import Store
from support.accounts import Seeded
from support.entrygo import Entrygo
from support.services import Cluster
from support.shop import SWEATER, Shop, an_order
from support.waiting import until

pytestmark = pytest.mark.e2e

FILLED_IN = {  # of the words in capitals, by what stands before them
    "--importer-name": "Fog & Fathom Inc.",
    "--importer-number": "12-3456789",
    "--bond": "CB-1",
    "--exporter-name": "Fog & Fathom Ltd.",
    "--employee-name": "Ada Quay",
    "--address": "240 Terminal Road, Halifax, NS B3K 1A1",
    "--city": "Halifax",
    "--country": "CA",
    "--name": "Niagara",
    "--email": "desk@partner.example",
    "--reason": "they called",
}


class Operator:
    """Types what was printed, and fills in what is in capitals."""

    def __init__(self, entrygo: Entrygo) -> None:
        self._entrygo = entrygo

    async def __call__(self, *words: str) -> Any:
        return await to_thread(self._entrygo.json, *words)

    async def paste(self, printed: str) -> Any:
        program, *words = shlex.split(printed)
        assert program == "entrygo"
        filled = [FILLED_IN[before] if word.isupper() else word for before, word in _pairs(words)]
        return await self(*filled)

    def refused(self, *words: str) -> dict[str, Any]:
        return self._entrygo.refused(*words)

    async def found(self, anything: str) -> list[tuple[str, str]]:
        answer = await self("find", anything)
        return [(one["kind"], one["id"]) for one in answer["found"]]


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    return list(zip(["", *words], words, strict=False))


@pytest.fixture
def running(shared_cluster: tuple[Cluster, Store]) -> Cluster:
    return shared_cluster[0]


@pytest.fixture
def operator(running: Cluster) -> Operator:
    return Operator(Entrygo(running.environment))


@pytest.fixture
async def tried(running: Cluster, operator: Operator) -> AsyncIterator[Shop]:
    """A test account as the command makes it; its broker refuses."""
    made = await operator("account", "create", f"Try {uuid.uuid4().hex[:6]}", "--test")
    [lack] = made["missing"]
    brokers = {one["email"].partition("@")[0]: one["id"] for one in made["brokers"]}
    key = (await operator.paste(lack["command"]))["key"]
    seeded = Seeded(made["id"], made["warehouses"][0]["id"], brokers["rejects"], key, "")
    shop = Shop(running.url, seeded)
    yield shop
    await shop.http.aclose()


async def test_a_bare_account_can_export_once_all_that_was_printed_is_typed(
    running: Cluster, operator: Operator
) -> None:
    made = await operator("account", "create", "Fog & Fathom")
    await operator("account", "update", made["id"], "--formal-always")
    id_, key = made["id"], ""

    for _ in range(3):  # what a new warehouse lacks is told once it is there
        for lack in (await operator("account", "show", id_))["missing"]:
            key = (await operator.paste(lack["command"])).get("key", key)

    account = await operator("account", "show", id_)
    assert account["missing"] == []
    parties = (account["warehouses"][0]["id"], account["brokers"][0]["id"])
    shop = Shop(running.url, Seeded(id_, *parties, key, ""))
    plan = await shop.plan(await shop.sync(1))
    assert plan["readinessState"] != "BLOCKED"

    async def used() -> bool:
        return bool((await operator("key", "list", "--account", id_))[0]["last_used_at"])

    assert await until(used)
    bare = (await shop.post("/api/products/sync", {"items": [SWEATER | {"htsCode": ""}]})).json()
    order = an_order("F-1", bare["data"][0]["id"])
    synced = (await shop.post("/api/orders/sync", {"items": [order]})).json()["data"][0]
    blocked = await shop.plan([synced["id"]])
    await shop.http.aclose()
    [found] = (await operator("find", "F-1"))["found"]
    assert found["exports"][0]["status"] == "BLOCKED"
    told = await operator("export", "show", blocked["exportId"])
    assert (await operator.paste(told["next"][0]))["readiness"] == "BLOCKED"


async def test_an_export_is_found_by_whatever_is_quoted_of_it(
    operator: Operator, tried: Shop
) -> None:
    [order] = await tried.sync(1)
    plan = await tried.plan([order])
    executed = (await tried.execute(plan)).json()
    export = await tried.until_status(plan["exportId"], "DELIVERY_FAILED")
    told, submission = await operator("export", "show", export["exportId"]), "broker_submission"
    number, reference = executed["package_number"], (await tried.http.get(f"/api/orders/{order}"))

    for quoted in (
        *(export["exportId"], executed["customs_package_id"], number, number.lower()),
        *(export[submission]["message_id"], export[submission]["message_id"].strip("<>")),
        *(export[submission]["id"], export["notifications"][0]["id"], export["planHash"]),
        *(export["artifacts"][0]["id"], export["events"][3]["id"]),
        *(export["export_units"][0]["unit_id"], told["execution"]["request_id"]),
        *(told["execution"]["command_id"], told["plan"]["command_id"]),
    ):
        assert await operator.found(quoted) == [("export", export["exportId"])], quoted
    for quoted in (order, reference.json()["externalId"]):
        [found] = (await operator("find", quoted))["found"]
        assert (found["kind"], found["id"]) == ("order", order)
        assert found["next"] == [f"entrygo export show {export['exportId']}"]
    account, key = tried.account.account_id, tried.account.key
    assert await operator.found(account) == [("account", account)]
    assert await operator.found(told["account"].upper()) == [("account", account)]
    assert await operator.found(tried.account.broker_id) == [("broker", tried.account.broker_id)]
    assert [kind for kind, _ in await operator.found(key)] == ["key"]
    slip = await to_thread(operator.refused, "find", f"{number[:-1]}U")
    assert "slip" in slip["message"]


async def test_a_request_that_was_refused_is_found_by_its_id_with_why(
    operator: Operator, tried: Shop
) -> None:
    account, line = {"accountId": tried.account.account_id}, {"quantity": 1, "unitValueUsd": 1}
    order = an_order("R-1", "prod_none") | {"items": [line | {"productId": "prod_none"}]}
    requests = {
        "/api/orders/sync": {"items": [order]},
        "/api/exports/plan": tried.plan_body(["ord_none"]),
    }

    outcomes = []
    for path, body in requests.items():
        headers = {"X-Request-Id": f"walk-{uuid.uuid4().hex[:8]}"}
        await tried.http.post(path, json=account | body, headers=headers)
        [found] = (await operator("find", headers["X-Request-Id"]))["found"]
        outcomes.append((found["kind"], found["outcome"].partition(":")[0]))

    assert outcomes == [("sync", "PRODUCT_NOT_FOUND"), ("plan", "ORDER_NOT_FOUND")]


async def test_a_refused_mail_is_sent_again_confirmed_and_voided_by_what_is_printed(
    operator: Operator, tried: Shop
) -> None:
    plan = await tried.plan(await tried.sync(1))
    await tried.execute(plan)
    id_ = (await tried.until_status(plan["exportId"], "DELIVERY_FAILED"))["exportId"]
    [found] = (await operator("find", id_))["found"]

    await operator.paste(found["next"][-1])
    again = await tried.until_status(id_, "DELIVERY_FAILED")
    retried = [e for e in again["events"] if e["type"] == "BROKER_SUBMISSION_RETRIED"]
    confirmed = await operator("export", "confirm-delivery", id_, "--reason", "they have it")
    done = await operator("export", "show", id_)
    await operator("export", "void", id_, "--reason", "wrong goods")

    assert retried[0]["data"]["reason"] == FILLED_IN["--reason"]
    assert (confirmed["export_id"], done["status"], done["next"]) == (id_, "COMPLETED", [])
    shown = await operator("export", "show", id_)
    assert (shown["status"], shown["broker"]) == ("VOIDED", "Simulator: rejects")
    assert shown["value"].startswith("USD ")
    assert shown["package_number"] in shown["subject"]
