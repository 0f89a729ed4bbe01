"""Orders, products and the account as protocol.md shows them."""

from typing import Any, Final

from gateway.money import decimal_number, to_http
from shared.contracts.catalogue import ProductFact
from shared.money import outer_name
from shared.needs import ACCOUNT_NEEDS, BROKER_NEEDS, WAREHOUSE_NEEDS, Need, missing
from shared.records import PartyDocument, SyncedDocument

View = dict[str, Any]


def order_view(record: SyncedDocument) -> View:
    content: View = record["content"]
    cents = sum(line["quantity"] * line["unitValueCents"] for line in content["items"])
    return {
        "id": record["_id"],
        "externalId": record["external_id"],
        "destinationCountry": content["destinationCountry"],
        "destinationRegion": content.get("destinationRegion"),
        "destinationPostalCode": content.get("destinationPostalCode"),
        "totalValueUsd": decimal_number(cents),
        "items": to_http(content["items"]),
        "metadata": record.get("metadata"),
        "consignee": content.get("consignee"),
        **_dated(record),
    }


# Under their names in HTTP; what is absent is null.
_PRODUCT_FIELDS: Final = tuple(
    outer_name(str(field.alias)) or str(field.alias)
    for name, field in ProductFact.model_fields.items()
    if name not in {"external_id", "metadata"}
)


def product_view(record: SyncedDocument) -> View:
    content = to_http(record["content"])
    return {
        "id": record["_id"],
        "externalId": record["external_id"],
        **{name: content.get(name) for name in _PRODUCT_FIELDS},
        "metadata": record.get("metadata"),
        **_dated(record),
    }


def _dated(record: SyncedDocument) -> View:
    return {
        "revision": record["revision"],
        "createdAt": record["created_at"],
        "updatedAt": record["updated_at"],
    }


def account_view(
    account: PartyDocument, warehouses: list[PartyDocument], brokers: list[PartyDocument]
) -> View:
    """Where someone with only a key starts: ids, names, and what is missing on each."""
    content = account["content"]
    return {
        "id": account["_id"],
        "name": content["name"],
        "test": content.get("test", False),
        "missing_data": _missing(content, "account", ACCOUNT_NEEDS),
        "warehouses": [_party(each, "warehouse", WAREHOUSE_NEEDS) for each in warehouses],
        "brokers": [_party(each, "broker", BROKER_NEEDS) for each in brokers],
    }


def _party(record: PartyDocument, word: str, needs: tuple[Need, ...]) -> View:
    content = record["content"]
    return {
        "id": record["_id"],
        "name": content["name"],
        "missing_data": _missing(content, word, needs),
    }


def _missing(content: View, word: str, needs: tuple[Need, ...]) -> list[View]:
    return [
        {
            "path": f"{word}.{need.path}",
            "required_for": need.required_for,
            "fixable_by": "OPERATOR",
        }
        for need in missing(content, needs)
    ]
