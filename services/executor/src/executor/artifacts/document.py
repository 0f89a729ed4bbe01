"""Facts as a JSON document: camelCase, money and percents as strings, weight in grams."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Final

import orjson
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from executor.artifacts.base import SCHEMA_VERSION
from executor.artifacts.facts import CustomsPackage
from shared.contracts import shipments
from shared.contracts.catalogue import ProductFact
from shared.contracts.parties import BrokerContent
from shared.money import USD, Money, decimal, outer

# All that was synced is printed, but this.
_UNPRINTED: Final[Mapping[type[BaseModel], set[str]]] = {
    # Of one piece, where a line tells the whole; and what is the client's own.
    ProductFact: {"external_id", "unit_value_cents", "weight_grams", "metadata"},
    shipments.Shipment: {"charges", "exchange_rates"},  # each invoice has its own
    BrokerContent: {"completes_classification", "attach"},
}


def json_document(package: CustomsPackage, body: Mapping[str, Any]) -> bytes:
    """The body under the head that all JSON files share; keys sorted, so the bytes are fixed."""
    head = {
        "schemaVersion": SCHEMA_VERSION,
        "protocol": package.protocol,
        "rulesetVersion": package.ruleset_version,
        "notice": package.notice,
        **document_of(package.identity),
    }
    present = {key: value for key, value in {**head, **body}.items() if value is not None}
    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(present, option=options)


def document_of(value: Any) -> Any:  # noqa: ANN401  # any fact in, any JSON value out
    """A fact as JSON; what is absent (None) is left out."""
    if isinstance(value, BaseModel):
        return _named(_dump(value))
    if is_dataclass(value):
        return _named(dict(_fields(value)))
    if isinstance(value, Mapping):
        return _named(value)
    if isinstance(value, list | tuple):
        return [document_of(item) for item in value]
    return value


def _dump(fact: BaseModel) -> dict[str, Any]:
    return fact.model_dump(mode="json", by_alias=True, exclude=_UNPRINTED.get(type(fact)))


def _fields(fact: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # any dataclass
    for name, outside in _outside(fact.__class__):
        value = getattr(fact, name)
        if outside is None:
            yield from _dump(value).items()
        else:
            yield outside, value


@cache
def _outside(kind: Any) -> tuple[tuple[str, str | None], ...]:  # noqa: ANN401  # any dataclass
    """Each field, and its name outside; None where its own fields are told in its place."""
    return tuple(
        (each.name, None if each.metadata.get("inline") else to_camel(each.name))
        for each in fields(kind)
    )


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    return dict(
        member
        for name, value in values.items()
        if value is not None
        for member in _members(name, value)
    )


def _members(name: str, value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # any fact
    """The unit that a name carries decides the form; only our own names carry integers."""
    if isinstance(value, Money):
        if value.currency != USD:
            yield name, value.text
        if value.cents is not None:
            yield f"{name}Usd", decimal(value.cents)
    elif isinstance(value, int) and (outside := outer(name)):
        yield outside[0], decimal(value, outside[1])
    else:
        yield name, document_of(value)
