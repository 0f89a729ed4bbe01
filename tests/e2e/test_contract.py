"""The HTTP contract on running services: shapes, refusals, and who may see what."""

import asyncio
import hashlib
import io
import uuid
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from shared.records import API_KEYS
from shared.store import Store
from support.accounts import key_record, seed_account
from support.documented import shape
from support.services import Cluster
from support.shop import SWEATER, Shop, an_order
from support.waiting import until

pytestmark = pytest.mark.e2e

UNKNOWN = "batch_unknown"


@dataclass
class World:
    """One executed export of one account, and another account beside it."""

    shop: Shop
    other: Shop
    order_ids: list[str]
    plan: dict[str, Any]
    planned_bytes: bytes
    executed: dict[str, Any]
    store: Store

    @property
    def export_id(self) -> str:
        return str(self.plan["exportId"])

    @property
    def package_id(self) -> str:
        return str(self.executed["customs_package_id"])

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.shop.http.get(path, headers=headers)


@pytest.fixture(scope="module")
async def world(shared_cluster: tuple[Cluster, Store]) -> AsyncIterator[World]:
    cluster, store = shared_cluster
    shops = [Shop(cluster.url, await seed_account(store)) for _ in range(2)]
    yield await executed_world(store, *shops)
    for shop in shops:
        await shop.http.aclose()


async def executed_world(store: Store, shop: Shop, other: Shop) -> World:
    order_ids = await shop.sync()
    answer = await shop.post("/api/exports/plan", shop.plan_body(order_ids))
    assert answer.status_code == 200, answer.text
    executed = await shop.execute(answer.json())
    assert executed.status_code == 200, executed.text
    await shop.until_status(answer.json()["exportId"], "COMPLETED")
    return World(shop, other, order_ids, answer.json(), answer.content, executed.json(), store)


def conforms(name: str, answer: httpx.Response, status: int = 200) -> Any:  # JSON
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    shape(name).validate(answer.json())
    return answer.json()


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = conforms("Error", answer, status)
    assert body["errorCode"] == code
    return body


# -- every read, in its shape


async def test_each_read_answers_in_its_documented_shape(world: World) -> None:
    export = f"/api/exports/{world.export_id}"
    shapes = {
        export: "Export",
        f"{export}/snapshot": "Snapshot",
        f"{export}/plans/1": "Plan",
        "/api/exports": "ExportList",
        f"/api/customs-packages/{world.package_id}": "CustomsPackage",
        "/api/orders": "OrderList",
        f"/api/orders/{world.order_ids[0]}": "LocatedOrder",
        "/api/products": "ProductList",
        "/api/account": "Account",
        "/api/system/health": "Health",
    }

    for path, name in shapes.items():
        conforms(name, await world.get(path))
    shape("Plan").validate(world.plan)
    shape("Execution").validate(world.executed)


async def test_the_snapshot_hashes_to_the_plan_hash(world: World) -> None:
    answer = await world.get(f"/api/exports/{world.export_id}/snapshot")

    assert f"sha256:{hashlib.sha256(answer.content).hexdigest()}" == world.plan["planHash"]
    assert answer.headers["etag"] == f'"{world.plan["planHash"]}"'


async def test_an_earlier_plan_is_as_it_was_answered(world: World) -> None:
    answer = await world.get(f"/api/exports/{world.export_id}/plans/1")

    assert answer.content == world.planned_bytes
    refused(await world.get(f"/api/exports/{world.export_id}/plans/2"), 404, "PLAN_NOT_FOUND")


async def test_artifacts_are_the_bytes_that_were_announced(world: World) -> None:
    assert [artifact["artifact_type"] for artifact in world.executed["artifacts"]] == [
        "cci_human_readable",
        "cci_csv",
        "cci_json",
        "packing_list",
        "manifest",
    ]
    for artifact in world.executed["artifacts"]:
        answer = await world.get(artifact["url"])

        assert hashlib.sha256(answer.content).hexdigest() == artifact["sha256"]
        assert answer.headers["etag"] == f'"{artifact["sha256"]}"'
        assert answer.headers["content-type"].split(";")[0] == artifact["media_type"].split(";")[0]
        assert artifact["filename"] in answer.headers["content-disposition"]
    missing = await world.get(f"/api/customs-packages/{world.package_id}/artifacts/no.json")
    refused(missing, 404, "ARTIFACT_NOT_FOUND")


async def test_each_entrys_invoice_is_a_file_of_its_own_beside_the_five(world: World) -> None:
    package = f"/api/customs-packages/{world.package_id}/artifacts"
    manifest = (await world.get(f"{package}/manifest.json")).json()
    units = [unit["unit_id"] for unit in world.plan["export_units"]]
    table, *pages = manifest["beside"]

    assert table["filename"] == "entry_lines.csv"
    lines = await world.get(f"{package}/entry_lines.csv")
    assert hashlib.sha256(lines.content).hexdigest() == table["sha256"]
    assert [page["unitId"] for page in pages] == units
    for page in pages:
        assert page["filename"] == f"invoice-{page['unitId']}.html"
        answer = await world.get(f"{package}/{page['filename']}")
        assert hashlib.sha256(answer.content).hexdigest() == page["sha256"]
        assert page["unitId"] in answer.text
        assert answer.headers["content-type"].split(";")[0] == "text/html"


async def test_the_invoice_is_a_pdf_once_made_and_one_of_each_entry(world: World) -> None:
    path = f"/api/customs-packages/{world.package_id}/invoice.pdf"
    [unit] = [unit["unit_id"] for unit in world.plan["export_units"]]

    for query in ("", f"?unit={unit}"):

        async def made(query: str = query) -> httpx.Response | None:
            answer = await world.get(f"{path}{query}", prefer="wait=10")
            return answer if answer.status_code == 200 else None

        told = await world.get(f"{path}{query}", prefer="wait=0")
        refused(told, 503, "SERVICE_UNAVAILABLE")
        assert "ask for it again" in told.json()["message"]
        assert int(told.headers["retry-after"]) > 0
        first = await until(made)
        again = await world.get(f"{path}{query}")

        assert first.content.startswith(b"%PDF-")
        assert first.headers["content-type"] == "application/pdf"
        assert first.headers["etag"] == f'"{hashlib.sha256(first.content).hexdigest()}"'
        assert again.content == first.content
    refused(await world.get(f"{path}?unit=unit_none"), 404, "ARTIFACT_NOT_FOUND")
    refused(await world.get(f"{path}?units=x"), 400, "VALIDATION_ERROR")
    foreign = await world.other.http.get(path)
    refused(foreign, 404, "CUSTOMS_PACKAGE_NOT_FOUND")


async def test_the_archive_has_fixed_bytes(world: World) -> None:
    path = f"/api/customs-packages/{world.package_id}/archive"

    first, again = await world.get(path), await world.get(path)

    assert first.content == again.content
    names = zipfile.ZipFile(io.BytesIO(first.content)).namelist()
    manifest = (await world.get(path.replace("archive", "artifacts/manifest.json"))).json()
    files = [*world.executed["artifacts"], *manifest["beside"]]
    assert names == [file["filename"] for file in files]


async def test_what_is_unchanged_is_304(world: World) -> None:
    package = f"/api/customs-packages/{world.package_id}"
    for path in (
        f"/api/exports/{world.export_id}",
        f"/api/exports/{world.export_id}/snapshot",
        package,
        f"{package}/artifacts/manifest.json",
        f"{package}/archive",
    ):
        tag = (await world.get(path)).headers["etag"]
        answer = await world.get(path, **{"if-none-match": tag})

        assert (answer.status_code, answer.content) == (304, b"")
        assert (await world.get(path, **{"if-none-match": '"x"'})).status_code == 200


async def test_head_is_possible_where_get_is(world: World) -> None:
    answer = await world.shop.http.head(f"/api/customs-packages/{world.package_id}/archive")

    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) > 1_000
    assert answer.content == b""


async def test_a_waiting_inspect_wakes_on_a_change(world: World) -> None:
    plan = await world.shop.plan(await world.shop.sync(1))
    path = f"/api/exports/{plan['exportId']}"
    tag = (await world.get(path)).headers["etag"]

    waiting = asyncio.create_task(world.get(path, **{"if-none-match": tag, "prefer": "wait=30"}))
    await world.shop.execute(plan)

    woken = await waiting
    assert woken.status_code == 200
    assert woken.headers["preference-applied"] == "wait=30"
    assert woken.json()["revision"] > int(tag.strip('"'))


# -- lists


async def test_lists_are_paged_without_gaps(world: World) -> None:
    await world.shop.sync(5)
    for path in ("/api/orders", "/api/exports", "/api/products"):
        whole = (await world.get(f"{path}?limit=200")).json()["data"]
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = (await world.get(f"{path}?limit=2{cursor}")).json()
            found += page["data"]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"

        assert found == whole


async def test_records_are_found_by_ones_own_reference(world: World) -> None:
    order = (await world.get(f"/api/orders/{world.order_ids[0]}")).json()

    answer = await world.get(f"/api/orders?externalId={order['externalId']}&externalId=none")

    assert answer.json()["data"] == [order]
    since = await world.get(f"/api/orders?updated_since={order['updatedAt']}")
    assert order["id"] in {row["id"] for row in since.json()["data"]}
    later = await world.get("/api/orders?updated_since=2999-01-01T00:00:00Z")
    assert later.json()["data"] == []


async def test_exports_are_found_by_status(world: World) -> None:
    completed = (await world.get("/api/exports?status=COMPLETED&limit=200")).json()["data"]
    blocked = (await world.get("/api/exports?status=BLOCKED")).json()["data"]

    assert world.export_id in {row["exportId"] for row in completed}
    assert {row["status"] for row in completed} == {"COMPLETED"}
    assert world.export_id not in {row["exportId"] for row in blocked}


async def test_the_account_tells_where_to_start(world: World) -> None:
    account = (await world.get("/api/account")).json()

    assert account["id"] == world.shop.account.account_id
    assert [row["id"] for row in account["warehouses"]] == [world.shop.account.warehouse_id]
    assert [row["id"] for row in account["brokers"]] == [world.shop.account.broker_id]
    assert account["missing_data"] == []


# -- nothing of one account is visible to another


async def test_another_accounts_ids_look_unknown(world: World) -> None:
    export, package = f"/api/exports/{world.export_id}", f"/api/customs-packages/{world.package_id}"
    for path in (
        export,
        f"{export}/snapshot",
        f"{export}/plans/1",
        package,
        f"{package}/archive",
        f"{package}/artifacts/manifest.json",
        f"/api/orders/{world.order_ids[0]}",
    ):
        foreign = await world.other.http.get(path)
        unknown = await world.other.http.get(path.replace(world.export_id, UNKNOWN))

        assert foreign.status_code == 404
        if path.startswith(export):
            assert anonymous(foreign) == anonymous(unknown)
    for path in ("/api/exports", "/api/orders", "/api/products"):
        assert (await world.other.http.get(path)).json()["data"] == []


def anonymous(answer: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    del body["details"]["request_id"]
    return body


async def test_another_accounts_ids_in_a_write_look_unknown(world: World) -> None:
    mine, theirs = world.shop, world.other
    refused(
        await theirs.post("/api/exports/execute", {"batchId": world.export_id}),
        404,
        "EXPORT_NOT_FOUND",
    )
    body = theirs.plan_body(world.order_ids)
    unknown = refused(await theirs.post("/api/exports/plan", body), 404, "ORDER_NOT_FOUND")
    assert unknown["details"]["orderIds"] == sorted(world.order_ids)
    replan = theirs.plan_body(["x"]) | {"batchId": world.export_id}
    refused(await theirs.post("/api/exports/plan", replan), 404, "EXPORT_NOT_FOUND")
    for field, value in (
        ("accountId", mine.account.account_id),
        ("warehouseId", mine.account.warehouse_id),
        ("brokerId", mine.account.broker_id),
    ):
        answer = await theirs.post("/api/exports/plan", body | {field: value})
        assert refused(answer, 403, "INVALID_ACCOUNT_SCOPE")["field"] == field


# -- sync


async def test_a_resync_that_changes_nothing_keeps_the_revision(world: World) -> None:
    shop = world.shop
    product = (await shop.post("/api/products/sync", {"items": [SWEATER]})).json()["data"][0]
    order = an_order(f"A-{uuid.uuid4().hex[:8]}", product["id"])

    first = conforms("SyncedOrders", await shop.post("/api/orders/sync", {"items": [order]}))[
        "data"
    ][0]
    noted = order | {"metadata": {"note": "gift"}}
    second = (await shop.post("/api/orders/sync", {"items": [noted]})).json()["data"][0]
    changed = order | {"destinationRegion": "NH"}
    third = (await shop.post("/api/orders/sync", {"items": [changed]})).json()["data"][0]

    assert (first["id"], first["totalValueUsd"]) == (second["id"], 160.5)
    assert (first["revision"], second["revision"]) == (1, 1)
    assert second["metadata"] == {"note": "gift"}
    assert third["revision"] == 2


async def test_a_sync_answers_each_record_as_a_read_shows_it(world: World) -> None:
    notes = {"n": [1, 2.5, None, 9_007_199_254_740_993], "a": {"z": "é", "b": True}}
    product = SWEATER | {"externalId": f"P-{uuid.uuid4().hex[:8]}", "metadata": notes}
    order = an_order(f"A-{uuid.uuid4().hex[:8]}", "", metadata=notes)
    [line] = order["items"]
    line |= {"productExternalId": product["externalId"]}
    del line["productId"]

    for title in ("New", "Changed", "Changed"):
        for path, item in (("products", product | {"title": title}), ("orders", order)):
            answered = (await world.shop.post(f"/api/{path}/sync", {"items": [item]})).json()
            [record] = answered["data"]
            assert isinstance(record.pop("issues"), list)
            shown = await world.get(f"/api/{path}/{record['id']}")
            told = {name: value for name, value in shown.json().items() if name != "exports"}
            assert record == told
            assert list(record) == list(told)


async def test_an_unknown_product_is_422_with_its_id(world: World) -> None:
    answer = await world.shop.post(
        "/api/orders/sync", {"items": [an_order("A-unknown", "prod_unknown")]}
    )

    body = refused(answer, 422, "PRODUCT_NOT_FOUND")
    assert body["details"]["productIds"] == ["prod_unknown"]
    assert body["details"]["next_action"] == "SYNC_PRODUCTS"


# -- plan and execute


async def test_external_ids_in_a_plan_are_named_with_the_id_to_use(world: World) -> None:
    order = (await world.get(f"/api/orders/{world.order_ids[0]}")).json()

    answer = await world.shop.post("/api/exports/plan", world.shop.plan_body([order["externalId"]]))

    body = refused(answer, 404, "ORDER_NOT_FOUND")
    assert body["details"]["externalIds"] == {order["externalId"]: order["id"]}
    assert body["details"]["next_action"] == "FIX_REQUEST"


async def test_equal_inputs_give_one_hash_and_two_exports(world: World) -> None:
    orders = await world.shop.sync(3)

    one = await world.shop.plan(orders)
    other = await world.shop.plan([*reversed(orders), orders[0]])

    assert one["planHash"] == other["planHash"]
    assert one["exportId"] != other["exportId"]


async def test_a_dry_run_stores_nothing_and_ignores_its_key(world: World) -> None:
    orders = await world.shop.sync(1)
    before = (await world.get("/api/exports?limit=200")).json()

    key = uuid.uuid4().hex
    dry = await world.shop.plan(orders, key, dryRun=True)
    real = await world.shop.plan(orders, key)

    assert (dry["exportId"], dry["batch_id"]) == (None, None)
    assert dry["planHash"] == real["planHash"]
    after = (await world.get("/api/exports?limit=200")).json()
    assert len(after["data"]) == len(before["data"]) + 1


async def test_optimize_is_plan_for_its_key_too(world: World) -> None:
    body, key = world.shop.plan_body(await world.shop.sync(1)), uuid.uuid4().hex

    planned = await world.shop.post("/api/exports/plan", body, key)
    optimized = await world.shop.post("/api/exports/optimize", body, key)

    assert optimized.content == planned.content
    assert optimized.headers["idempotent-replayed"] == "true"


async def test_a_replan_keeps_the_export_and_raises_its_revision(world: World) -> None:
    orders = await world.shop.sync(2)
    first = await world.shop.plan(orders)

    second = await world.shop.plan(orders[:1], batchId=first["exportId"])

    assert (second["exportId"], second["plan_revision"]) == (first["exportId"], 2)
    stale = await world.shop.execute(first)
    assert refused(stale, 409, "PLAN_HASH_MISMATCH")["details"]["next_action"] == "REPLAN"


async def test_an_executed_export_is_not_planned_again(world: World) -> None:
    body = world.shop.plan_body(world.order_ids) | {"batchId": world.export_id}

    answer = await world.shop.post("/api/exports/plan", body)

    assert refused(answer, 409, "EXPORT_ALREADY_EXECUTED")["details"]["next_action"] == "INSPECT"


async def test_an_exported_order_is_excluded(world: World) -> None:
    plan = await world.shop.plan(world.order_ids)

    assert plan["readinessState"] == "BLOCKED"
    assert plan["status"] == "BLOCKED"
    assert {code for each in plan["excluded_orders"] for code in each["codes"]} == {
        "ORDER_ALREADY_EXPORTED"
    }
    details = refused(await world.shop.execute(plan), 409, "EXPORT_NOT_READY")["details"]
    blocking = [f for f in plan["validationMessages"] if f["severity"] == "BLOCKING"]
    holders = {found["order_id"]: found["export_id"] for found in blocking}
    assert holders == dict.fromkeys(world.order_ids, world.export_id)
    assert details["validationMessages"] == blocking
    assert details["next_action"] == plan["next_recommended_action"]


async def test_a_changed_order_makes_the_plan_stale_until_it_is_planned_again(world: World) -> None:
    shop = world.shop
    product = (await shop.post("/api/products/sync", {"items": [SWEATER]})).json()["data"][0]
    order = an_order(f"A-{uuid.uuid4().hex[:8]}", product["id"])
    synced = (await shop.post("/api/orders/sync", {"items": [order]})).json()["data"][0]
    plan = await shop.plan([synced["id"]])
    await shop.post("/api/orders/sync", {"items": [order | {"destinationRegion": "NH"}]})

    body = refused(await shop.execute(plan), 409, "PLAN_STALE")

    [change] = body["details"]["changed"]
    assert (change["planned"], change["current"]) == (order["destinationRegion"], "NH")
    export = await shop.inspect(plan["exportId"])
    assert export["last_execution"]["error"]["errorCode"] == "PLAN_STALE"
    assert export["next_recommended_action"] == "REPLAN"

    replanned = await shop.plan([synced["id"]], batchId=plan["exportId"])
    assert (await shop.execute(replanned)).status_code == 200


async def test_an_order_leaves_in_one_export_only(world: World) -> None:
    orders = await world.shop.sync(2)
    plans = [await world.shop.plan(orders), await world.shop.plan(orders)]

    answers = await asyncio.gather(*(world.shop.execute(plan) for plan in plans))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert loser.json()["errorCode"] in {"ORDER_ALREADY_EXPORTED", "PLAN_STALE"}


async def test_executing_again_with_any_key_gives_the_same_package(world: World) -> None:
    answers = [await world.shop.execute(world.plan) for _ in range(2)]
    outdated = await world.shop.execute(world.plan | {"planHash": "sha256:" + "0" * 64})

    for answer in (*answers, outdated):
        again = conforms("Execution", answer)
        assert again["customs_package_id"] == world.package_id
        assert again["artifacts"] == world.executed["artifacts"]


async def test_many_requests_with_one_key_have_one_outcome(world: World) -> None:
    body = {"accountId": world.shop.account.account_id}
    body |= world.shop.plan_body(await world.shop.sync(1))
    headers = {"idempotency-key": uuid.uuid4().hex}

    async def ask() -> httpx.Response:
        while True:
            answer = await world.shop.http.post("/api/exports/plan", json=body, headers=headers)
            if answer.status_code != 409:
                return answer

    answers = await asyncio.gather(*(ask() for _ in range(200)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


# -- find: from an order or a package's number to the export


async def listed(shop: Shop, **wanted: str) -> list[str]:
    answer = await shop.http.get("/api/exports", params=wanted)
    return [row["exportId"] for row in conforms("ExportList", answer)["data"]]


async def test_an_export_is_found_by_an_order_by_its_reference_and_by_its_packages_number(
    world: World,
) -> None:
    order_id, number = world.order_ids[0], world.executed["package_number"]
    order = conforms("LocatedOrder", await world.get(f"/api/orders/{order_id}"))

    found = [
        await listed(world.shop, orderId=order_id, status="COMPLETED"),
        await listed(world.shop, externalId=f"  {order['externalId']}\u200b", status="COMPLETED"),
        await listed(world.shop, packageNumber=number),
        await listed(world.shop, packageNumber=number.lower().replace("-", " "), orderId=order_id),
    ]

    assert found == [[world.export_id]] * 4
    place = {"exportId": world.export_id, "status": "COMPLETED", "package_number": number}
    assert place in order["exports"]
    rows = conforms("OrderList", await world.get(f"/api/orders?externalId={order['externalId']}"))
    assert rows["data"][0]["exports"] == order["exports"]
    slip = await world.get(f"/api/exports?packageNumber={number[:-1]}U")
    assert refused(slip, 400, "VALIDATION_ERROR")["field"] == "packageNumber"


async def test_an_order_is_in_what_asks_for_it_until_that_leaves_without_it(world: World) -> None:
    shop = world.shop
    [good] = await shop.sync(1)
    product = {"externalId": "BARE", "title": "No HTS number"}
    bare = (await shop.post("/api/products/sync", {"items": [product]})).json()["data"][0]["id"]
    order = an_order(f"A-{uuid.uuid4().hex[:8]}", bare)
    out = (await shop.post("/api/orders/sync", {"items": [order]})).json()["data"][0]["id"]
    plan = await shop.plan([good, out])
    another = await shop.plan([out])

    before = await listed(shop, orderId=out)
    pages = [(await world.get(f"/api/exports?orderId={out}&limit=1")).json()]
    pages.append(
        (
            await world.get(f"/api/exports?orderId={out}&limit=1&cursor={pages[0]['next_cursor']}")
        ).json()
    )
    assert (await shop.execute(plan)).status_code == 200
    replanned = await shop.plan([good], batchId=another["exportId"])

    assert before == [another["exportId"], plan["exportId"]]
    assert [row["exportId"] for page in pages for row in page["data"]] == before
    assert pages[1]["next_cursor"] is None
    assert await listed(shop, orderId=out) == []
    both = {replanned["exportId"], plan["exportId"]}
    assert set(await listed(shop, orderId=good)) == both


async def test_a_limited_key_and_another_account_find_nothing_of_it(world: World) -> None:
    order_id, number = world.order_ids[0], world.executed["package_number"]
    key = f"shpbndl_test_{uuid.uuid4().hex}"
    of_elsewhere = key_record(world.shop.account.account_id, key) | {"warehouse_id": "wh_elsewhere"}
    await world.store.insert(API_KEYS, of_elsewhere, step="test.seed")
    limited = Shop(str(world.shop.http.base_url), replace(world.shop.account, key=key))

    for shop in (limited, world.other):
        assert await listed(shop, orderId=order_id) == []
        assert await listed(shop, packageNumber=number) == []
    order = conforms("LocatedOrder", await limited.http.get(f"/api/orders/{order_id}"))
    assert order["exports"] == []
    await limited.http.aclose()
