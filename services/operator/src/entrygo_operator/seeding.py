"""`entrygo account seed`: products and orders for a test account, one for each finding.

`seed.json` says of each finding what differs from a product and an order that are in order (by JSON
Merge Patch, RFC 7396). They are synced as a service inside the company does it.
"""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final, NamedTuple

import orjson

from entrygo_operator.parties import ACCOUNT, existing
from entrygo_operator.session import Session
from shared.clock import timestamp
from shared.contracts.sync import SyncOrders, SyncProducts
from shared.ids import minted_id
from shared.messaging.topology import ORDERS_SYNC, PRODUCTS_SYNC
from shared.validation import invalid

ANSWER_WITHIN: Final = 30.0  # seconds
CLEAN: Final = "CLEAN"  # of which nothing is found

Json = dict[str, Any]


class Seeds(NamedTuple):
    """By finding; where the goods are in order, there is no product."""

    products: dict[str, Json]
    orders: dict[str, Json]


def seeds() -> Seeds:
    given = orjson.loads(files(__package__).joinpath("seed.json").read_bytes())
    made = Seeds({}, {})
    for finding, change in given["findings"].items():
        sold = finding if "product" in change or finding == CLEAN else CLEAN
        if sold == finding:
            product = _patched(given["product"], change.get("product", {}))
            made.products[finding] = {"externalId": _reference(finding), **product}
        line = _patched(given["line"], change.get("line", {}))
        order = _patched(given["order"], change.get("order", {}))
        items = [{"productExternalId": _reference(sold), **line}]
        made.orders[finding] = {"externalId": _reference(finding), **order, "items": items}
    return made


async def seed(session: Session, account_id: str) -> list[Json]:
    """A row for each finding: the product and the order that show it; again is the same.

    Raises:
        Refused: there is no such account, or it is a live one.
    """
    account = await existing(session.store, ACCOUNT, account_id)
    if not account["content"]["test"]:
        raise invalid("id", "A live account is not seeded: these goods are made up.")
    made = seeds()
    head = {
        "account_id": account_id,
        "request_id": minted_id("req_"),
        "issued_at": timestamp(await session.store.now()),
    }
    goods = {"command_id": minted_id("cmd_"), "items": [*made.products.values()], **head}
    sold = {"command_id": minted_id("cmd_"), "items": [*made.orders.values()], **head}
    async with session.messages() as messages:
        products = await messages.request(
            PRODUCTS_SYNC,
            SyncProducts.model_validate(goods),
            within=ANSWER_WITHIN,
            step="operator.seed_products",
        )
        orders = await messages.request(
            ORDERS_SYNC,
            SyncOrders.model_validate(sold),
            within=ANSWER_WITHIN,
            step="operator.seed_orders",
        )
    known = dict(zip(made.products, (record.id for record in products.records), strict=True))
    return [
        {"finding": finding, "product": known.get(finding, known[CLEAN]), "order": record.id}
        for finding, record in zip(made.orders, orders.records, strict=True)
    ]


def _reference(finding: str) -> str:
    return f"seed-{finding.lower()}"


def _patched(base: Mapping[str, Any], change: Mapping[str, Any]) -> Json:
    patched = dict(base)
    for name, value in change.items():
        if value is None:
            patched.pop(name, None)
        elif isinstance(value, dict):
            patched[name] = _patched(patched.get(name, {}), value)
        else:
            patched[name] = value
    return patched
