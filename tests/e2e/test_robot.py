"""A robot without a word of customs gets every export that a rule blocks as far as it can go.

It reads `missing_data`, `fixable_by` and the next action, and knows one fact for each name of a
field or an option. What an operator has to set, it sets by typing the `remedy_command`.
"""

import asyncio
import json
import re
import shlex
import uuid
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pydantic import SecretStr
from stack.servers import Addresses

from planner.domain.rules import RULES
from shared.records import ACCOUNTS, BROKERS, WAREHOUSES
from shared.settings import CommonSettings
from shared.store import Store
from support import world
from support.accounts import seed_account
from support.entrygo import Entrygo, entrygo_on
from support.pages import PUBLISHED
from support.services import ALL, Cluster
from support.shop import Shop

pytestmark = pytest.mark.e2e

FACTS: dict[str, Any] = {
    "htsCode": "4901.99.0093",
    "countryOfOrigin": "GB",
    "description": "Printed paperback book about hiking, for reading",
    "manufacturer": world.BOOK["manufacturer"],
    "country": "GB",
    "postalCode": "518000",
    "unitValueUsd": 20,
    "discounts": [{"name": "Coupon", "amount": 1}],
    "number": "12-3456789",
    "bond": "SB-2026-118",
    "powerOfAttorney": True,
    "exchangeRates": [
        {"currency": "EUR", "usdPerUnit": 1.15, "date": "2026-11-24", "source": "H.10"}
    ],
    "--importer-name": "Maple Basics Trading Ltd.",
    "--importer-number": "12-3456789",
    "--bond": "SB-2026-118",
    "--exporter-name": "Maple Basics Trading Ltd.",
    "--employee-name": "Renée Tremblay",
    "--address": "6900 Airport Road",
    "--city": "Mississauga",
    "--email": "desk@broker.example",
}

# -- the robot


class Robot:
    def __init__(self, shop: Shop, entrygo: Entrygo, typing: asyncio.Lock) -> None:
        self.shop, self.entrygo, self.typing = shop, entrygo, typing
        self.did: list[str] = []
        self.shipment: dict[str, Any] = {}
        self.plan: dict[str, Any] = {}

    async def export(self, order_ids: list[str]) -> str:
        """The status it ended with, or the action that it cannot take."""
        await self.replan(order_ids)
        for _ in range(9):
            action: str = self.plan["next_recommended_action"]
            self.did.append(action)
            if action in {"EXECUTE", "REVIEW_AND_EXECUTE"}:
                return await self.execute()
            if action == "LEAVE_OUT_AND_REPLAN":
                order_ids = self.kept(order_ids)
            elif action in {"FIX_DATA_AND_REPLAN", "CONTACT_OPERATOR"}:
                await self.mend()
            else:
                return action
            await self.replan(order_ids)
        raise AssertionError(f"stuck: {self.did} {json.dumps(self.plan)}")

    async def replan(self, order_ids: list[str]) -> None:
        more = {"batchId": self.plan["exportId"]} if self.plan else {}
        self.plan = await self.shop.plan(order_ids, shipment=self.shipment, **more)

    async def execute(self) -> str:
        answer = await self.shop.execute(self.plan)
        assert answer.status_code in {200, 202}, answer.text
        export = await self.shop.until_status(self.plan["exportId"], "COMPLETED")
        return str(export["status"])

    def kept(self, order_ids: list[str]) -> list[str]:
        hopeless = {m["code"] for m in self.blocking("NOBODY")}
        out = {o["order_id"] for o in self.plan["excluded_orders"] if hopeless & {*o["codes"]}}
        return [id_ for id_ in order_ids if id_ not in out]

    def blocking(self, mender: str) -> list[dict[str, Any]]:
        found = self.plan["validationMessages"]
        return [m for m in found if (m["severity"], m["fixable_by"]) == ("BLOCKING", mender)]

    async def mend(self) -> None:
        for message in self.blocking("OPERATOR"):
            await self.type(shlex.split(message["remedy_command"])[1:])
        for datum in self.plan["missing_data"]:
            if (datum["required_for"], datum["fixable_by"]) == ("EXECUTE", "CLIENT"):
                await self.give(datum["path"])

    async def type(self, words: list[str]) -> None:
        for place, word in enumerate(words):
            words[place] = FACTS[words[place - 1]] if word.isupper() else word
        async with self.typing:
            await asyncio.to_thread(self.entrygo.json, *words)

    async def give(self, path: str) -> None:
        if path.startswith("shipment."):
            put(self.shipment, path.removeprefix("shipment."))
            return
        [(kind, id_, name)] = re.findall(r"(\w+)\[(\w+)\]\.(.+)", path)
        stored = (await self.shop.http.get(f"/api/{kind}/{id_}")).json()
        record = present({field: stored[field] for field in TAKEN[kind] if field in stored})
        put(record, name)
        synced = await self.shop.post(f"/api/{kind}/sync", {"items": [record]})
        assert synced.status_code == 200, synced.text


def put(record: Any, path: str) -> None:  # any JSON value
    """The fact of the path's last name in its place."""
    *around, last = re.findall(r"[^.\[\]]+", path)
    for name in around:
        record = record[int(name)] if name.isdecimal() else record.setdefault(name, {})
    record[last] = FACTS[last]


def present(value: Any) -> Any:  # any JSON value
    """Without what is null in an answer: it was never given."""
    if isinstance(value, dict):
        return {name: present(part) for name, part in value.items() if part is not None}
    return [present(part) for part in value] if isinstance(value, list) else value


def taken(kind: str) -> set[str]:
    """The fields that a sync takes, by the document."""
    document = json.loads((PUBLISHED / "openapi.json").read_bytes())
    body = document["paths"][f"/api/{kind}/sync"]["post"]["requestBody"]["content"]
    shape = resolved(document, body["application/json"]["schema"])
    item = resolved(document, resolved(document, shape["properties"]["items"])["items"])
    return set(item["properties"])


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    found = document
    for name in schema.get("$ref", "#").split("/")[1:]:
        found = found[name]
    return found if "$ref" in schema else schema


TAKEN = {kind: taken(kind) for kind in ("orders", "products")}

# -- what it is set before


class Scenario(NamedTuple):
    code: str  # what blocks first
    product: Mapping[str, Any] = {}
    order: Mapping[str, Any] = {}
    unset: Mapping[str, tuple[str, ...]] = {}  # of the account, warehouse or broker
    what: str = ""
    ends: str = "COMPLETED"
    price: Mapping[str, Any] = {"unitValueUsd": 20}

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.code, self.what)))


NONE = "NONE"
CHINESE = {"name": "Mill", "addressLines": ["1 Road"], "city": "Guangzhou", "country": "CN"}
EUROS = {"currency": "EUR"}
SHIRT = {"htsCode": "6109.10.0012", "pga": {"cpsc": {"disclaim": "adults"}}}
BOND = ("importerOfRecord.bond", "importerOfRecord.powerOfAttorney")
SCENARIOS = [
    Scenario("HTS_MISSING", {"htsCode": None}),
    Scenario("HTS_MISSING", {"htsCode": None, "countryOfOrigin": None, "description": None},
             what="and all else"),
    Scenario("HTS_INVALID", {"htsCode": "4901990"}),
    Scenario("HTS_NOT_TEN_DIGITS", {"htsCode": "490199"}),
    Scenario("HTS_SPECIAL_CHAPTER_ONLY", {"htsCode": "9802.00.5060"}),
    Scenario("ORIGIN_MISSING", {"countryOfOrigin": None}),
    Scenario("ORIGIN_INVALID", {"countryOfOrigin": "China"}),
    Scenario("DESCRIPTION_MISSING", {"description": None}),
    Scenario("TEXTILE_MANUFACTURER_MISSING", SHIRT | {"manufacturer": None}),
    Scenario("CN_MANUFACTURER_POSTAL_CODE_MISSING", SHIRT | {"manufacturer": CHINESE}),
    Scenario("MANUFACTURER_COUNTRY_INVALID", {"manufacturer": CHINESE | {"country": "China"}}),
    Scenario("NOT_GOODS", {"title": "Shipping", "description": None, "htsCode": None}),
    Scenario("UNIT_VALUE_INVALID", price={"unitValueUsd": 0}),
    Scenario("ORDER_WORTH_NOTHING", order={"discounts": [{"name": "All of it", "amount": 20}]}),
    Scenario("EXCHANGE_RATE_MISSING", order=EUROS, price={"unitValue": 2_200}),
    Scenario("IMPORTER_NUMBER_INVALID",
             order={"importerOfRecord": {"name": "Pat", "number": "123-45-6789"}}),
    Scenario("FORMAL_ENTRY_REQUIREMENTS_MISSING", unset={"account": BOND},
             price={"unitValueUsd": 3_000}),
    Scenario("FORMAL_ENTRY_REQUIREMENTS_MISSING", what="of the order's importer",
             order={"importerOfRecord": {"name": "Lakeside", "number": "12-3456789"}},
             price={"unitValueUsd": 3_000}),
    Scenario("UNIT_PARTY_DATA_MISSING", unset={"account": ("importerOfRecord.number",)},
             what="number"),
    Scenario("UNIT_PARTY_DATA_MISSING", what="all, and a formal entry",
             unset={"account": ("importerOfRecord", "exporter", "responsibleEmployee"),
                    "warehouse": ("address",), "broker": ("email",)},
             price={"unitValueUsd": 3_000}),
    Scenario("SUBMISSION_NOT_POSSIBLE", unset={"broker": ("email",)}),
    Scenario("ORIGIN_EMBARGOED", {"countryOfOrigin": "CU"}, ends=NONE),
    Scenario("RUSSIA_IMPORT_BAN", {"countryOfOrigin": "RU", "htsCode": "2208.60.2000"}, ends=NONE),
    Scenario("PROHIBITED_BY_POLICY", {"htsCode": "0106.19.9195"}, ends=NONE),
    Scenario("IMPORT_PROHIBITED", {"countryOfOrigin": "CA", "htsCode": "2204.21.5040"}, ends=NONE),
    Scenario("UFLPA_XINJIANG_ADDRESS", {"manufacturer": CHINESE | {"postalCode": "830000"}},
             ends=NONE),
    Scenario("DESTINATION_NOT_US", order={"destinationCountry": "CA"}, ends=NONE),
    Scenario("DESTINATION_OUTSIDE_US_CUSTOMS_TERRITORY", order={"destinationRegion": "GU"},
             ends=NONE),
    Scenario("ORDER_ALREADY_EXPORTED", ends=NONE),
]  # fmt: skip


class Played(NamedTuple):
    scenario: Scenario
    codes: set[str]  # that blocked at first
    ends: str
    did: list[str]
    beside: str  # what became of it beside an order that can be mended
    did_beside: list[str]


async def played(scenario: Scenario, shop: Shop, entrygo: Entrygo, typing: asyncio.Lock) -> Played:
    order_id = await synced(shop, scenario)
    if scenario.code == "ORDER_ALREADY_EXPORTED":
        await Robot(shop, entrygo, typing).export([order_id])
    robot, other = Robot(shop, entrygo, typing), Robot(shop, entrygo, typing)
    first = await shop.plan([order_id])
    codes = {c for each in first["excluded_orders"] for c in each["codes"]}
    ends, beside = await robot.export([order_id]), ""
    if scenario.ends == NONE:
        beside = await other.export([order_id, await synced(shop, SCENARIOS[0])])
    return Played(scenario, codes, ends, robot.did, beside, other.did)


async def synced(shop: Shop, scenario: Scenario) -> str:
    tag = uuid.uuid4().hex[:8]
    product = world.merged(world.http(world.BOOK), {**scenario.product, "externalId": tag})
    made = await shop.post("/api/products/sync", {"items": [product]})
    assert made.status_code == 200, made.text
    line = {"productExternalId": tag, "quantity": 1, **scenario.price}
    order = {**world.http(world.ORDER), **scenario.order, "externalId": tag, "items": [line]}
    made = await shop.post("/api/orders/sync", {"items": [order]})
    assert made.status_code == 200, made.text
    return str(made.json()["data"][0]["id"])


@pytest.fixture(scope="module")
async def all_played(
    servers: Addresses, rabbit_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, Played]]:
    """Every scenario on one running stack, all at once, each with an account of its own."""
    settings = CommonSettings(
        rabbit_url=SecretStr(rabbit_url),
        mongo_url=SecretStr(servers.mongo_url),
        mongo_database=f"test_{uuid.uuid4().hex[:12]}",
    )
    logs: Path = tmp_path_factory.mktemp("robot")
    entrygo, typing = entrygo_on(settings), asyncio.Lock()
    async with (
        Store(settings, appname="tests") as store,
        Cluster(settings, servers, logs) as cluster,
    ):
        await cluster.start(*ALL)
        shops = [Shop(cluster.url, await seed_account(store)) for _ in SCENARIOS]
        for shop, scenario in zip(shops, SCENARIOS, strict=True):
            await unset(store, shop, scenario)
        found = await asyncio.gather(
            *(
                played(each, shop, entrygo, typing)
                for each, shop in zip(SCENARIOS, shops, strict=True)
            )
        )
        yield {each.scenario.name: each for each in found}
        for shop in shops:
            await shop.http.aclose()
        await store.drop_database()


async def unset(store: Store, shop: Shop, scenario: Scenario) -> None:
    account = shop.account
    parties = {
        "account": (ACCOUNTS, account.account_id),
        "warehouse": (WAREHOUSES, account.warehouse_id),
        "broker": (BROKERS, account.broker_id),
    }
    for word, paths in scenario.unset.items():
        collection, id_ = parties[word]
        change = {"$unset": {f"content.{path}": "" for path in paths}}
        await store.transition(collection.of(account.account_id), id_, {}, change, step="test.set")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
async def test_the_robot_goes_as_far_as_anybody_can(
    scenario: Scenario, all_played: dict[str, Played]
) -> None:
    found = all_played[scenario.name]

    assert scenario.code in found.codes
    assert found.ends == scenario.ends, found
    if scenario.ends == NONE:
        assert "FIX_DATA_AND_REPLAN" not in found.did
        assert found.beside == "COMPLETED", found
        assert found.did_beside[0] == "LEAVE_OUT_AND_REPLAN"


def test_every_rule_that_blocks_has_a_scenario() -> None:
    blocking = {rule.code for rule in RULES if "BLOCKING" in rule.severities}

    assert {scenario.code for scenario in SCENARIOS} == blocking
