"""The MCP server on running services: each tool beside its HTTP call, and an agent's whole walk."""

import asyncio
import hashlib
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp_types import ElicitRequestParams, ElicitResult, EmbeddedResource
from pydantic import SecretStr
from stack import ports
from stack.servers import Addresses

from shared.settings import CommonSettings
from shared.simulator import Simulated
from shared.store import Store
from support.accounts import Seeded, seed_account
from support.agents import COMMAND, Agent, ask, facts, over_http, over_stdio, refused
from support.services import ALL, Cluster
from support.shop import SWEATER, Shop, an_order
from support.waiting import until

pytestmark = pytest.mark.e2e

HOWS = ("stdio", "http")
KNOWN = {
    **{f"product.{key}": value for key, value in SWEATER.items()},
    **{f"product.manufacturer.{key}": value for key, value in SWEATER["manufacturer"].items()},
    "product.pga.cpsc.certificate": "GCC-2026-1",
    "order.items[].unitValueUsd": 80.25,
    "shipment.paps": "NWAY0012345",
    "shipment.eta": "2027-01-05T14:00:00Z",
}
"""What the agent knows of its shop: one true fact for each kind of datum."""
LEGACY = "legacy"
REJECTS = Simulated.REJECTS


@dataclass
class World:
    """A test account, one whose broker refuses mail, a live one; and an MCP server over HTTP."""

    shop: Shop
    rejected: Shop
    live: Shop
    mcp: str

    def connect(
        self, how: str, account: Seeded | None = None, **more: Any
    ) -> AbstractAsyncContextManager[Client]:
        key = (account or self.shop.account).key
        if how == "stdio":
            return over_stdio(str(self.shop.http.base_url).rstrip("/"), key, **more)
        return over_http(self.mcp, key, **more)


@pytest.fixture(scope="module")
async def world(
    servers: Addresses, rabbit_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    settings = CommonSettings(
        rabbit_url=SecretStr(rabbit_url),
        mongo_url=SecretStr(servers.mongo_url),
        mongo_database=f"test_{uuid.uuid4().hex[:12]}",
        retry_delays_ms=(100, 500),
    )
    logs: Path = tmp_path_factory.mktemp("mcp")
    async with Store(settings, appname="tests") as store:
        async with Cluster(settings, servers, logs) as cluster:
            await cluster.start(*ALL)
            shop, rejected, live = shops = [
                Shop(cluster.url, await seed_account(store)),
                Shop(cluster.url, await seed_account(store, broker_email=REJECTS.address)),
                Shop(cluster.url, await seed_account(store, live=True)),
            ]
            port = ports.unused()
            process = await asyncio.create_subprocess_exec(
                *(COMMAND, "--http", "--port", str(port)),
                # Its key is the shop's, and none that anybody may use.
                env=os.environ
                | {"ENTRYGO_API_URL": cluster.url, "ENTRYGO_API_KEY": shop.account.key},
            )
            url = f"http://127.0.0.1:{port}"
            await until(lambda: listens(url))
            yield World(shop, rejected, live, url)
            process.terminate()
            await process.wait()
            for each in shops:
                await each.http.aclose()
        await store.drop_database()


async def listens(url: str) -> bool:
    async with httpx.AsyncClient() as http:
        try:
            return bool(await http.get(url))
        except httpx.TransportError:
            return False


async def planned(shop: Shop) -> tuple[list[str], dict[str, Any]]:
    orders = await shop.sync()
    return orders, await shop.plan(orders)


# -- each tool says what its HTTP call says


async def test_each_tool_tells_what_its_call_of_the_api_tells(world: World) -> None:
    shop, sold = world.shop, world.shop.account
    name = f"T-{uuid.uuid4().hex[:8]}"
    sweater = SWEATER | {"externalId": f"SW-{name}"}
    line = {"productExternalId": sweater["externalId"], "quantity": 2, "unitValueUsd": 80.25}
    async with world.connect("stdio") as client:
        account = await ask(client, "get_account")
        products = await ask(client, "sync_products", items=[sweater])
        item = an_order(name, "") | {"items": [line]}
        orders = await ask(client, "sync_orders", items=[item])
        plan = await plan_by_tools(client, [*orders["ids"].values()])
        export_id = plan["exportId"]
        planned_truth = await shop.inspect(export_id)
        executed = await ask(
            client, "execute_export", exportId=export_id, planHash=plan["planHash"]
        )
        inspected = await ask(client, "inspect_export", exportId=export_id, waitSeconds=25)
        truth = await shop.inspect(export_id)
        number = truth["customs_package"]["packageNumber"]
        quoted = (name, export_id, *orders["ids"].values(), executed["customs_package_id"], number)
        found = [await ask(client, "find", reference=each) for each in quoted]
        listed = await ask(client, "find", status="COMPLETED")
        events = await ask(client, "inspect_export", exportId=export_id, part="events")
        filename = "commercial_customs_invoice.json"
        document = await client.call_tool(
            "get_document", {"packageId": executed["customs_package_id"], "filename": filename}
        )

    assert (account["accountId"], account["test"]) == (sold.account_id, True)
    product = (
        await shop.http.get(f"/api/products/{products['ids'][sweater['externalId']]}")
    ).json()
    assert product["title"] == sweater["title"]
    order = (await shop.http.get(f"/api/orders/{orders['ids'][name]}")).json()
    assert order["items"][0]["productId"] == product["id"]
    assert plan["planHash"] == planned_truth["planHash"]
    assert plan["next"]["action"] == planned_truth["next_recommended_action"]
    assert plan["totals"] == planned_truth["totals"]
    assert plan["wants"]["count"] == len(planned_truth["missing_data"])
    assert sum(plan["findings"]["counts"].values()) == len(planned_truth["validationMessages"])
    assert executed["customs_package_id"] == truth["customs_package_id"]
    assert inspected["status"] == truth["status"] == "COMPLETED"
    assert inspected["broker"]["recipient_email"] == sold.broker_email
    assert [each["filename"] for each in inspected["documents"]] == [
        each["filename"] for each in truth["artifacts"]
    ]
    assert [each["exports"][0]["exportId"] for each in found] == [export_id] * len(quoted)
    assert found[0]["records"][0]["item"]["items"] == order["items"]
    assert export_id in [each["exportId"] for each in listed["exports"]]
    assert events["total"] == len(truth["events"])
    artifact = next(each for each in truth["artifacts"] if each["filename"] == filename)
    assert facts(document)["sha256"] == artifact["sha256"]
    embedded = document.content[1]
    assert isinstance(embedded, EmbeddedResource)
    text = embedded.resource.text  # type: ignore[union-attr]  # it is text
    assert hashlib.sha256(text.encode()).hexdigest() == artifact["sha256"]


async def test_a_refusal_is_a_tool_error_with_the_envelope_of_the_api(world: World) -> None:
    asked = {"exportId": "batch_unknown", "planHash": "sha256:" + "0" * 64}
    answer = await world.shop.post("/api/exports/execute", {"batchId": "batch_unknown"})
    async with world.connect("http") as client:
        inspected = await refused(client, "inspect_export", exportId="batch_unknown")
        executed = await refused(client, "execute_export", **asked)
        mistyped = await refused(client, "plan_export", dryrun=True)
        misfit = await refused(client, "sync_orders", items=[{"externalId": "A"}])
        incomplete = await refused(client, "plan_export", warehouseId="wh_1")

    envelope = answer.json()
    for told in (inspected, executed):
        assert told["errorCode"] == envelope["errorCode"]
        assert told["message"] == envelope["message"]
        assert told["next"]["action"] == envelope["details"]["next_action"]
        assert told["request_id"]
    assert (mistyped["errorCode"], mistyped["field"]) == ("VALIDATION_ERROR", "dryrun")
    assert {each["path"] for each in misfit["details"]["issues"]} == {
        "items.0.destinationCountry",
        "items.0.items",
    }
    assert incomplete["next"]["action"] == "FIX_REQUEST"


# -- the agent's walk


@pytest.mark.parametrize("how", HOWS)
async def test_an_agent_completes_the_blocked_export_by_the_tools_alone(
    world: World, how: str
) -> None:
    name = uuid.uuid4().hex[:8]
    bare = {"externalId": f"SW-{name}", "title": SWEATER["title"]}
    cuban = SWEATER | {"externalId": f"CU-{name}", "countryOfOrigin": "CU"}
    items = [
        an_order(f"{name}-{place}", "")
        | {"items": [{"productExternalId": each, "quantity": 2, "unitValueUsd": 0}]}
        for place, each in enumerate([bare["externalId"]] * 2 + [cuban["externalId"]])
    ]
    async with world.connect(how) as client:
        told = (await ask(client, "sync_products", items=[bare, cuban]))["findings"]["first"]
        orders = await ask(client, "sync_orders", items=items)
        plan = await plan_by_tools(client, [*orders["ids"].values()])
        agent = Agent(client, KNOWN)
        end = await agent.export(plan)
        alone = Agent(client, KNOWN)
        stop = await alone.export(await plan_by_tools(client, [orders["ids"][f"{name}-2"]]))

    assert {"HTS_MISSING", "ORIGIN_EMBARGOED"} <= {each["code"] for each in told}
    assert plan["status"] == "BLOCKED"
    assert {*agent.actions} >= {"LEAVE_OUT_AND_REPLAN", "FIX_DATA_AND_REPLAN", "INSPECT"}
    assert (end["status"], end["exportId"]) == ("COMPLETED", plan["exportId"])
    assert end["totals"]["orders"] == 2
    truth = await world.shop.inspect(plan["exportId"])
    assert truth["included_order_ids"] == sorted(orders["ids"][f"{name}-{n}"] for n in (0, 1))
    assert (stop["status"], stop["next"]["action"]) == ("BLOCKED", "NONE")
    assert [each["fixable_by"] for each in stop["findings"]["first"]].count("NOBODY") == 1
    cuba = await world.shop.http.get("/api/products", params={"externalId": cuban["externalId"]})
    assert cuba.json()["data"][0]["countryOfOrigin"] == "CU"


async def plan_by_tools(client: Client, order_ids: list[str]) -> dict[str, Any]:
    account = await ask(client, "get_account")
    warehouse, broker = account["warehouses"][0]["id"], account["brokers"][0]["id"]
    given = {"warehouseId": warehouse, "brokerId": broker, "orderIds": order_ids}
    return await ask(client, "plan_export", **given)


async def test_what_a_broker_refused_is_sent_again_once_for_each_time_that_was_shown(
    world: World,
) -> None:
    _, plan = await planned(world.rejected)
    given = {"exportId": plan["exportId"], "planHash": plan["planHash"]}
    looked = {"exportId": plan["exportId"], "waitSeconds": 25}
    async with world.connect("http", world.rejected.account) as client:
        await ask(client, "execute_export", **given)
        failed = await ask(client, "inspect_export", **looked)
        shown = failed["revision"]
        early = await refused(client, "execute_export", **given, resubmitAtRevision=shown - 1)
        await ask(client, "execute_export", **given, resubmitAtRevision=shown)
        again = await ask(client, "inspect_export", **looked)
        repeated = await refused(client, "execute_export", **given, resubmitAtRevision=shown)
        last = await ask(client, "inspect_export", **looked)

    assert (failed["status"], failed["next"]["action"]) == ("DELIVERY_FAILED", "RESUBMIT")
    assert failed["broker"]["error_message"]
    assert early["errorCode"] == repeated["errorCode"] == "EXPORT_CHANGED"
    assert early["details"]["revision"] == shown
    assert [each["broker"]["attempts"] for each in (failed, again, last)] == [1, 2, 2]


# -- nobody mails a live broker by mistake


@dataclass
class Person:
    """Answers, one after the other, what an agent's client asks of the person before it."""

    answers: list[ElicitResult]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, _: object, params: ElicitRequestParams) -> ElicitResult:
        self.asked.append(params.message)
        return self.answers[len(self.asked) - 1]


@pytest.mark.parametrize("mode", ["auto", LEGACY])
async def test_a_live_export_is_refused_until_the_call_says_what_would_be_sent(
    world: World, mode: str
) -> None:
    orders, plan = await planned(world.live)
    given = {"exportId": plan["exportId"], "planHash": plan["planHash"]}
    # A legacy client that could ask cannot be asked over HTTP without a session.
    person = Person([]) if mode == LEGACY else None
    connected = world.connect("http", world.live.account, mode=mode, elicitation_callback=person)
    async with connected as client:
        told = await refused(client, "execute_export", **given)
        wrong = await refused(client, "execute_export", **given, confirm="yes")
        before = await world.live.inspect(plan["exportId"])
        executed = await ask(client, "execute_export", **given, confirm=told["details"]["confirm"])
        again = await ask(client, "execute_export", **given)

    assert told["errorCode"] == wrong["errorCode"] == "CONFIRMATION_REQUIRED"
    assert told["next"]["action"] == "CONFIRM"
    assert f"{len(orders)} order(s) worth USD 321.00" in told["details"]["confirm"]
    assert before["status"] == "PLANNED"
    assert executed["customs_package_id"] == again["customs_package_id"]


@pytest.mark.parametrize(("how", "mode"), [("stdio", LEGACY), ("stdio", "auto"), ("http", "auto")])
async def test_where_the_client_can_ask_a_person_nothing_stands_in_for_the_answer(
    world: World, how: str, mode: str
) -> None:
    _, plan = await planned(world.live)
    given = {
        "exportId": plan["exportId"],
        "planHash": plan["planHash"],
        "confirm": "Send 2 order(s) worth USD 321.00 to Niagara Customs Brokers Inc.",
    }
    person = Person(
        [
            ElicitResult(action="decline"),
            ElicitResult(action="accept", content={"agree": False}),
            ElicitResult(action="accept", content={"agree": True}),
        ]
    )
    connected = world.connect(how, world.live.account, mode=mode, elicitation_callback=person)
    async with connected as client:
        refusals = [await refused(client, "execute_export", **given) for _ in range(2)]
        before = await world.live.inspect(plan["exportId"])
        executed = await ask(client, "execute_export", **given)

    assert {each["errorCode"] for each in refusals} == {"NOT_CONFIRMED"}
    assert before["status"] == "PLANNED"
    assert executed["customs_package_id"]
    assert len(person.asked) == 3
    assert all("2 order(s) worth USD 321.00" in each for each in person.asked)


async def test_a_plan_that_was_not_shown_is_not_executed(world: World) -> None:
    orders, plan = await planned(world.live)
    await world.live.plan(orders[:1], batchId=plan["exportId"])
    async with world.connect("http", world.live.account) as client:
        told = await refused(
            client, "execute_export", exportId=plan["exportId"], planHash=plan["planHash"]
        )

    assert told["errorCode"] == "PLAN_HASH_MISMATCH"
    assert told["next"]["action"] == "REPLAN"


# -- over HTTP each request is its caller's


async def test_each_request_over_http_is_made_with_its_own_key_and_none_is_lent(
    world: World,
) -> None:
    async with world.connect("http") as first, world.connect("http", world.live.account) as other:
        accounts = [(await ask(each, "get_account"))["accountId"] for each in (first, other)]
    async with over_http(world.mcp, None) as nobody:
        told = await refused(nobody, "get_account")
    async with over_http(world.mcp, "shpbndl_test_wrong-key-000") as stranger:
        wrong = await refused(stranger, "get_account")

    assert accounts == [world.shop.account.account_id, world.live.account.account_id]
    assert told["errorCode"] == wrong["errorCode"] == "INVALID_API_KEY"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost:5173"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Host": "evil.example"}, 421),
    ],
)
async def test_pages_of_other_origins_and_names_reach_no_tool(
    world: World, headers: dict[str, str], status: int
) -> None:
    ask_for_tools = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accepted = {"Accept": "application/json, text/event-stream"}
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{world.mcp}/mcp", json=ask_for_tools, headers=accepted | headers)

    assert answer.status_code == status
