"""Does what a finding's `remedy_command` says, on a plan in memory: requests and commands as typed.

It knows a fact for each name of a field or an option, and nothing of customs.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from entrygo_operator import options, parties
from entrygo_operator.addresses import completed
from entrygo_operator.app import command_named
from gateway.money import dump, to_http
from gateway.schemas.requests import ShipmentBody, SyncOrdersBody, SyncProductsBody
from planner.domain.facts import Party, PlanningInput
from shared.contracts.decision import Finding
from shared.contracts.shipments import Shipment
from shared.strict_json import parse
from shared.synced import content_of
from support import world
from support.planning import TARIFF
from support.world import http, merged

_SYNCS: dict[str, Any] = {"orders": SyncOrdersBody, "products": SyncProductsBody}
_KINDS = {
    "account": (parties.ACCOUNT, options.ACCOUNT),
    "warehouse": (parties.WAREHOUSE, options.WAREHOUSE),
    "broker": (parties.BROKER, options.BROKER),
}
_RATES = {"EUR": 1.15, "GBP": 1.33, "JPY": 0.0067, "KWD": 3.25, "MNT": 0.0003}
_BILLS = ("AWB", "OCEAN_BILL", "RAIL_BILL")
FACTS: dict[str, Any] = {
    **world.http(world.BOOK),
    **http(world.SHIPMENT),
    "unitValueUsd": 0.02,  # as usual for this product
    "consignee": world.CONSIGNEE,
    "addressLines": ["221 Elm Street"],
    "destinationRegion": "NY",
    "destinationPostalCode": "14201",
    "reasonForExport": "RETURN",
    "discounts": [{"name": "Coupon", "amount": 1}],
    "number": "12-3456789",
    "bond": "SB-2026-118",
    "powerOfAttorney": True,
    "casNumber": "67-56-1",
    "materials": [{"name": "paper", "percent": 100}],
    "secondaryHtsCode": "9817.95.05",
    "mid": "GBPRIHOU4LEE",
    "postalCode": "518000",
    "country": "GB",
    "claim": False,
    "certification": "C-1",
    "adcvdCase": "none",
    "kind": "steel",
    "weightPercent": 90,
    "meltPourCountry": "KR",
    "meltCountry": "KR",
    "primarySmeltCountry": "CA",
    "secondarySmeltCountry": "NONE",
    "castCountry": "CA",
    "lacey": {"scientificName": "Fagus sylvatica", "harvestCountry": "DE"},
    "uflpa": {"evidence": "trace 17"},
    "bills": [{"kind": kind, "number": f"{kind}-1"} for kind in _BILLS],
    "exchangeRates": [
        {"currency": code, "usdPerUnit": rate, "date": "2026-11-24", "source": "H.10"}
        for code, rate in _RATES.items()
    ],
}
TYPED = {
    "--importer-name": "Maple Basics Trading Ltd.",
    "--importer-number": "12-3456789",
    "--bond": "SB-2026-118",
    "--exporter-name": "Maple Basics Trading Ltd.",
    "--employee-name": "Renée Tremblay",
    "--address": "6900 Airport Road",
    "--city": "Mississauga",
    "--email": "desk@partner.example",
}


def mended(plan: PlanningInput, finding: Finding) -> PlanningInput:
    """The plan after the finding's command was typed, or its request sent with what was asked."""
    command = finding["remedy_command"]
    if command.startswith("entrygo "):
        return _typed(plan, shlex.split(command)[1:])
    method, path, text = command.split(" ", 2)
    assert method == "POST"
    wanted = json.loads(text)
    if path == "/api/exports/plan":
        assert (wanted["warehouseId"], wanted["brokerId"]) == (plan.warehouse.id, plan.broker.id)
        given = _shown(plan.shipment) | filled(wanted["shipment"])
        body = ShipmentBody.model_validate(_sent(given))
        inner = Shipment.__pydantic_serializer__.to_python
        return replace(plan, shipment=inner(body, mode="json", by_alias=True, exclude_none=True))
    _, _, kind, _ = path.split("/")
    return _synced(plan, kind, wanted)


def filled(wanted: Mapping[str, Any], *, within: str = "") -> dict[str, Any]:
    """What was asked for, from the facts; of an agency's fields any word is one."""
    return {
        name: filled(value, within=within or name)
        if isinstance(value, Mapping)
        else value
        if value is not None
        else FACTS.get(name, "said" if within == "pga" else None)
        for name, value in wanted.items()
    }


def _synced(plan: PlanningInput, kind: str, wanted: dict[str, Any]) -> PlanningInput:
    """The records as a client keeps them, with what was asked for, through the door."""
    stored: dict[str, Any] = dict(getattr(plan, kind))
    ids = {content["externalId"]: id_ for id_, content in stored.items()}
    for item in wanted["items"]:
        record = _shown(stored[ids[item["externalId"]]])
        lines = _priced(record) if item.pop("items", 1) is None else {}
        changed = merged(record, filled(item)) | lines
        body = {"accountId": wanted["accountId"], "items": [changed]}
        (fact,) = _SYNCS[kind].model_validate(_sent(body)).items
        stored[ids[item["externalId"]]] = content_of("acc_1", fact)
    records: dict[str, Any] = {kind: stored}
    return replace(plan, **records)


def _priced(order: dict[str, Any]) -> dict[str, Any]:
    """The lines with the price that was paid."""
    name = "unitValue" if "currency" in order else "unitValueUsd"
    return {"items": [line | {name: 20} for line in order["items"]]}


def _typed(plan: PlanningInput, words: list[str]) -> PlanningInput:
    words = [__file__ if word == "FILE" else word for word in words]
    for place, word in enumerate(words):
        if place and words[place - 1].startswith("--") and word.isupper():
            words[place] = TYPED[words[place - 1]]
    word, verb, *rest = words
    parsed = command_named(word).commands[verb].make_context(verb, rest).params
    if word == "tariff":
        return replace(plan, tariff=TARIFF)  # the newest table, of which nobody said the edition
    kind, settings = _KINDS[word]
    given = {each.path: parsed[each.name] for each in settings if parsed.get(each.name)}
    party: Party = getattr(plan, word)
    assert parsed["id_"] == party.id
    content = parties.content_with(kind, party.content, completed(given, party.content))
    changed: dict[str, Any] = {word: Party(party.id, content)}
    return replace(plan, **changed)


def _sent(body: Mapping[str, Any]) -> Any:  # any JSON value
    """As the door reads it: no float on the way."""
    return parse(orjson.dumps(body))


def _shown(content: Mapping[str, Any]) -> dict[str, Any]:
    """As HTTP shows it."""
    shown: dict[str, Any] = orjson.loads(dump(to_http(dict(content))))
    return shown
