"""A record's content, made of what was synced; equal wherever it is made."""

from collections.abc import Iterable
from typing import Any

from shared.contracts.catalogue import ProductFact
from shared.contracts.orders import OrderFact, OrderLine
from shared.ids import order_id, product_id
from shared.records import Document


def content_of(account_id: str, fact: OrderFact | ProductFact) -> Document:
    """The record's substance; an order's lines name their product by id."""
    content = dump_content(fact)
    if isinstance(fact, OrderFact):
        for line, item in zip(fact.items, content["items"], strict=True):
            item.pop("productExternalId", None)
            item["productId"] = line_product(account_id, line)
    return content


def line_product(account_id: str, line: OrderLine) -> str:
    return line.product_id or product_id(account_id, str(line.product_external_id))


def weight(facts: Iterable[OrderFact | ProductFact]) -> int:
    """About how many bytes of JSON they are."""
    lines = (len(fact.items) if isinstance(fact, OrderFact) else 0 for fact in facts)
    return sum(1_000 + 80 * count for count in lines)


def record_id(account_id: str, fact: OrderFact | ProductFact) -> str:
    of_kind = order_id if isinstance(fact, OrderFact) else product_id
    return of_kind(account_id, fact.external_id)


def dump_content(fact: OrderFact | ProductFact) -> dict[str, Any]:
    """The record's substance: camelCase, without `metadata` and without what is absent."""
    kind = OrderFact if isinstance(fact, OrderFact) else ProductFact  # not HTTP's, in dollars
    dump = kind.__pydantic_serializer__.to_python
    content: dict[str, Any] = dump(
        fact, mode="json", by_alias=True, exclude={"metadata"}, exclude_none=True
    )
    return content
