"""Orders, products and the account as protocol.md shows them."""

from functools import cache
from typing import Any

from gateway.money import decimal_number, to_http
from shared.contracts.base import Fact
from shared.contracts.catalogue import ProductFact
from shared.contracts.orders import OrderFact
from shared.money import DECIMALS, outer_name
from shared.needs import EXECUTE, lacks, making
from shared.records import PartyDocument, SyncedDocument
from shared.simulator import is_reserved
from shared.sold import worth

View = dict[str, Any]


def order_view(record: SyncedDocument) -> View:
    goods = worth(record["content"], {})
    return {
        **_synced(record, OrderFact),
        "totalValueUsd": None if goods.cents is None else decimal_number(goods.cents),
        "totalValue": decimal_number(goods.minor, DECIMALS[goods.currency]),
    }


def product_view(record: SyncedDocument) -> View:
    return _synced(record, ProductFact)


@cache
def _names(kind: type[Fact]) -> tuple[str, ...]:
    """The fields of a record's content under their names in HTTP."""
    names = (str(field.alias) for field in kind.model_fields.values())
    return tuple(outer_name(name) or name for name in names)


def _synced(record: SyncedDocument, kind: type[Fact]) -> View:
    """All that was synced, as it was; what is absent is null."""
    content = to_http(record["content"])
    return {
        "id": record["_id"],
        **{name: content.get(name) for name in _names(kind)},
        "metadata": record.get("metadata"),
        **stamp_of(record["revision"], record["created_at"], record["updated_at"]),
    }


def stamp_of(revision: int, created_at: str | None, updated_at: str | None) -> View:
    return {"revision": revision, "createdAt": created_at, "updatedAt": updated_at}


def account_view(
    account: PartyDocument, warehouses: list[PartyDocument], brokers: list[PartyDocument]
) -> View:
    """Where someone with only a key starts: ids, names, what is missing; simulators come last."""
    content = account["content"]
    brokers = sorted(brokers, key=lambda each: is_reserved(each["content"].get("email", "")))
    none = [word for word, found in (("warehouse", warehouses), ("broker", brokers)) if not found]
    return {
        "id": account["_id"],
        "name": content["name"],
        "test": content.get("test", False),
        "missing_data": [
            *_missing("account", account),
            *(_set(EXECUTE, f"{word}s", making(word, account["_id"])) for word in none),
        ],
        "warehouses": [_party(each, "warehouse") for each in warehouses],
        "brokers": [_party(each, "broker") for each in brokers],
    }


def _party(record: PartyDocument, word: str) -> View:
    return {
        "id": record["_id"],
        "name": record["content"]["name"],
        "missing_data": _missing(word, record),
    }


def _missing(word: str, record: PartyDocument) -> list[View]:
    found = lacks(word, record["_id"], record["content"])
    return [_set(lack.required_for, lack.need.path, lack.command) for lack in found]


def _set(required_for: str, path: str, command: str) -> View:
    """What an operator sets with this command."""
    needed = {"path": path, "required_for": required_for, "fixable_by": "OPERATOR"}
    return needed | {"remedy_command": command}
