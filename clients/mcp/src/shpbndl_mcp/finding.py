"""From anything that somebody quotes to the records and exports it belongs to."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shpbndl import AsyncSHPBNDL, SHPBNDLError
from shpbndl_mcp.arguments import OrderItem, ProductItem

Json = dict[str, Any]

MOST_ROWS: Final = 20
_PACKAGE_NUMBER: Final = re.compile(r"CP-[0-9]{4}-", re.IGNORECASE)
_ITEMS: Final = {"order": OrderItem.__annotations__, "product": ProductItem.__annotations__}
_ROW: Final = (
    *("exportId", "status", "package_number", "planHash", "updated_at", "next_recommended_action"),
)


async def found(client: AsyncSHPBNDL, reference: str) -> Json:
    """What an id, a package number or a shop's own reference belongs to; empty where to nothing."""
    try:
        return await _by_kind(client, reference)
    except SHPBNDLError as error:
        if not error.error_code.endswith("_NOT_FOUND"):
            raise
        return {"records": [], "exports": []}


async def newest(client: AsyncSHPBNDL, status: str | None, cursor: str | None) -> Json:
    """The account's exports, newest change first."""
    listed = await client.exports.list(status=status, cursor=cursor, limit=MOST_ROWS)
    return {
        "exports": [_row(each) for each in listed["data"]],
        "next_cursor": listed["next_cursor"],
    }


async def _by_kind(client: AsyncSHPBNDL, reference: str) -> Json:
    kind = reference.partition("_")[0]
    if kind == "batch":
        return {"records": [], "exports": [_row(await client.inspect(reference))]}
    if kind == "cp":
        package = await client.customs_packages.get(reference)
        return {"records": [], "exports": [_row(await client.inspect(package["exportBatchId"]))]}
    if kind == "prod":
        return {
            "records": [_record("product", await client.products.get(reference))],
            "exports": [],
        }
    if kind == "ord":
        return _told([await client.orders.get(reference)], [])
    if _PACKAGE_NUMBER.match(reference):
        listed = await client.exports.list(packageNumber=reference, limit=MOST_ROWS)
        return {"records": [], "exports": [_row(each) for each in listed["data"]]}
    orders, products = await client.orders.list(reference), await client.products.list(reference)
    return _told(orders["data"], products["data"])


def _told(orders: Sequence[Mapping[str, Any]], products: Sequence[Mapping[str, Any]]) -> Json:
    """Records, and the exports that the orders among them are in."""
    records = [_record("order", each) for each in orders]
    records += [_record("product", each) for each in products]
    exports = [_row(each) for order in orders for each in order.get("exports") or ()]
    return {"records": records, "exports": exports}


def _record(kind: str, record: Mapping[str, Any]) -> Json:
    """A record, with what sync takes apart, so that it can be changed and synced again whole."""
    item = {name: record[name] for name in _ITEMS[kind] if record.get(name) is not None}
    return {"kind": kind, "id": record["id"], "revision": record["revision"], "item": _said(item)}


def _row(export: Mapping[str, Any]) -> Json:
    return {name: export[name] for name in _ROW if export.get(name) is not None}


def _said(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    """Without what is null: absent and null are one in a sync."""
    if isinstance(value, Mapping):
        return {key: _said(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_said(each) for each in value]
    return value
