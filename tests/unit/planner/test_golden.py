"""Believable exports against the plan that a careful broker would expect.

The expectations in golden/*.toml were written by hand from the domain reference, never recorded
from the code. What an export does not say is complete: a named maker in the country of origin (in
Guangzhou when that is China), a weight, an address in Buffalo, an account with all its papers.
"""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.domain.decide import decide
from planner.domain.facts import Party, PlanningInput
from planner.domain.view import view_of
from shared.contracts.decision import Unit
from support import world
from support.planning import TODAY, a_plan, line
from support.world import merged

EXPORTS = [
    pytest.param(export, id=f"{path.stem}: {export['story']}")
    for path in sorted((Path(__file__).parent / "golden").glob("*.toml"))
    for export in tomllib.loads(path.read_text())["export"]
]


def the_plan(export: dict[str, Any]) -> PlanningInput:
    plan = a_plan(
        {name: an_order(name, said) for name, said in export["orders"].items()},
        {name: a_product(name, said) for name, said in export["products"].items()},
        as_of=export.get("as_of", TODAY),
        tariff=None,
        exported=frozenset(export.get("exported", [])),
    )
    return replace(
        plan,
        account=Party("acc_1", spoiled(world.ACCOUNT, export.get("account", {}))),
        warehouse=Party("wh_1", spoiled(world.WAREHOUSE, export.get("warehouse", {}))),
        broker=Party("br_1", spoiled(world.BROKER, export.get("broker", {}))),
        shipment=spoiled(world.SHIPMENT, export.get("shipment", {})),
    )


def spoiled(base: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """`base` with what is said; an empty text takes a field away."""

    def absent(value: object) -> object:
        if isinstance(value, dict):
            return {name: absent(part) for name, part in value.items()}
        return None if value == "" else value

    return merged(base, {name: absent(value) for name, value in said.items()})


def a_product(name: str, said: dict[str, Any]) -> dict[str, Any]:
    country = said.get("countryOfOrigin", "CA")
    base = {
        "externalId": name,
        "title": name.title(),
        "weightGrams": 300,
        "manufacturer": {
            "name": "The Works",
            "addressLines": ["12 Mill Lane"],
            "city": "Guangzhou" if country == "CN" else "Oldtown",
            "country": country,
            "postalCode": "510000" if country == "CN" else "1000",
        },
    }
    product = spoiled(base, said)
    if "materials" in said:
        product["materials"] = [
            {"name": fibre, "percentHundredths": percent * 100}
            for fibre, percent in said["materials"].items()
        ]
    return without(product, product.pop("without", []))


def an_order(name: str, said: list[str] | dict[str, Any]) -> dict[str, Any]:
    more = {"lines": said} if isinstance(said, list) else dict(said)
    items = [a_line(text) for text in more.pop("lines")]
    absent = more.pop("without", [])
    return without(merged({**world.ORDER, "externalId": name, "items": items}, more), absent)


def a_line(text: str) -> dict[str, Any]:
    quantity, product, price = text.split()
    return line(product, int(quantity), int(price.replace(".", "")))


def without(record: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in names}


def entry(unit: Unit) -> str:
    return " ".join([unit["entry_type"], unit["grouping_key"]["lane"], *unit["order_ids"]])


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_is_planned_as_a_broker_would(export: dict[str, Any]) -> None:
    expect = export["expect"]

    snapshot = decide(the_plan(export))

    decision = snapshot["decision"]
    said = {
        "readiness": decision["readiness"],
        "entries": [entry(unit) for unit in decision["units"]],
        "excluded": {each["order_id"]: each["codes"] for each in decision["excluded_orders"]},
        "warnings": sorted({f["code"] for f in decision["findings"] if f["severity"] == "WARNING"}),
        "flags": sorted({flag.get("agency") or flag["programme"] for flag in decision["flags"]}),
    }
    if "next" in expect:
        said["next"] = view_of(snapshot, "", "", "")["next_recommended_action"]
    assert said == {"entries": [], "excluded": {}, "warnings": [], "flags": [], **expect}


def test_there_are_some_forty_of_them() -> None:
    assert len(EXPORTS) >= 40
