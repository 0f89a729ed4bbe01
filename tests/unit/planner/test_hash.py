"""The plan's identity: every substance is in it, and nothing else."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.decide import decide, plan_hash
from planner.domain.facts import Party, PlanningInput
from shared.canonical import content_hash
from shared.contracts.catalogue import ProductFact
from shared.contracts.orders import OrderFact
from shared.synced import content_of, dump_content
from support.planning import a_plan, line, order, product, with_order
from support.world import ACCOUNT, SHIPMENT

SUBSTANCE: list[tuple[str, PlanningInput]] = [
    ("account", replace(a_plan(), account=Party("acc_1", {**ACCOUNT, "name": "Other"}))),
    ("account id", replace(a_plan(), account=Party("acc_2", ACCOUNT))),
    ("broker", replace(a_plan(), broker=Party("br_1", {"name": "B", "email": "b@example.com"}))),
    ("shipment", replace(a_plan(), shipment={**SHIPMENT, "carrier": "Other"})),
    ("destination", replace(a_plan(), destination_country="CA")),
    ("exported", a_plan(exported=frozenset({"ord_1"}))),
    ("tariff", a_plan(tariff=None)),
    ("rule set", replace(a_plan(), ruleset=replace(a_plan().ruleset, version="2026-11-24.other"))),
    *[
        (f"product {name}", a_plan(products={"prod_book": product(**{name: value})}))
        for name, value in {
            "externalId": "other", "sku": "other", "title": "Other", "description": "A notebook",
            "htsCode": "4901.99.0092", "countryOfOrigin": "FR", "unitValueCents": 2_001,
            "weightGrams": 401, "casNumber": "1", "adcvdCase": "none", "childrens": False,
            "materials": [{"name": "paper", "percentHundredths": 10_000}],
            "metal": {"kind": "steel", "weightPercentHundredths": 1}, "usmca": {"claim": False},
            "pga": {"fda": {"x": "y"}}, "manufacturer": {"mid": "GBPRIHOU4LEE"},
        }.items()
    ],
    *[
        (f"order {name}", a_plan({"ord_1": order(**{name: value})}))
        for name, value in {
            "externalId": "other", "destinationCountry": "us", "destinationRegion": "NJ",
            "destinationPostalCode": "14202", "consignee": {"phone": "1"},
            "items": [line(quantity=2)],
        }.items()
    ],
    ("discount", with_order(discounts=[{"name": "Coupon", "amountMinor": 1}])),
    ("reason for export", with_order(reasonForExport="GIFT")),
    ("buyer", with_order(soldTo={"name": "Robin", "addressLines": []})),
    ("Incoterm of the order", with_order(incoterm="DAP")),
    ("exchange rate", replace(a_plan(), shipment={"exchangeRates": [
        {"currency": "EUR", "usdPerUnitMillionths": 1, "date": "2026-11-27", "source": "ECB"}]})),
    ("order value", a_plan({"ord_1": order(line(unit_value_cents=2_001))})),
    ("order id", a_plan({"ord_2": order()})),
]  # fmt: skip


@pytest.mark.parametrize(("what", "changed"), SUBSTANCE, ids=[what for what, _ in SUBSTANCE])
def test_a_change_of_substance_gives_another_hash(what: str, changed: PlanningInput) -> None:
    del what

    assert plan_hash(decide(changed)) != plan_hash(decide(a_plan()))


def test_the_day_only_chooses_the_rule_set() -> None:
    plan = a_plan()
    later = replace(plan, as_of=plan.as_of.replace(day=25))

    assert decide(plan) == decide(later)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5)))
def test_metadata_is_never_in_the_substance(metadata: dict[str, str]) -> None:
    plain = {"externalId": "A", "destinationCountry": "US", "items": [
        {"productId": "prod_1", "quantity": 1, "unitValueCents": 5}]}  # fmt: skip
    an_item = {"externalId": "P", "title": "T"}

    assert dump_content(OrderFact.model_validate({**plain, "metadata": metadata})) == plain
    assert dump_content(ProductFact.model_validate({**an_item, "metadata": metadata})) == an_item


# As they were synced before an order could name a currency, a unit or a discount.
PLAIN_ORDER = {
    "externalId": "A-1", "destinationCountry": "US", "destinationRegion": "NY",
    "destinationPostalCode": "14201",
    "consignee": {
        "name": "Pat", "addressLines": ["1 Elm"], "city": "Buffalo", "taxId": "12-3456789",
    },
    "items": [
        {"productExternalId": "P-1", "quantity": 2, "unitValueCents": 1250},
        {"productId": "prod_1", "quantity": 1, "unitValueCents": 0},
    ],
}  # fmt: skip
PLAIN_PRODUCT = {
    "externalId": "P-1", "title": "Mug", "htsCode": "6912.00.44.00", "countryOfOrigin": "PT",
    "unitValueCents": 1250, "weightGrams": 350, "usmca": {"claim": False},
    "materials": [{"name": "clay", "percentHundredths": 10000}],
}  # fmt: skip


def test_what_says_nothing_of_newer_fields_hashes_as_it_always_did() -> None:
    sold = content_of("acc_1", OrderFact.model_validate(PLAIN_ORDER))
    good = content_of("acc_1", ProductFact.model_validate(PLAIN_PRODUCT))

    assert content_hash(sold) == "2bc50ab0d3527e4d4cb645e2987c4ce98f2838fb5ba72d9f3f282dc4febaa237"
    assert content_hash(good) == "7547822075814d6182551453da24217b3e4b8d3a0612adaa9c93b1965564b275"
    totals = decide(a_plan())["decision"]["units"][0]["totals"]
    assert totals == {
        "orders": 1, "lines": 1, "pieces": 1, "value_cents": 2_000, "net_weight_grams": 400,
    }  # fmt: skip


def test_another_process_with_another_hash_seed_gives_the_same_hash() -> None:
    program = (
        "from support.planning import a_plan\n"
        "from planner.domain.decide import decide, plan_hash\n"
        "print(plan_hash(decide(a_plan())))"
    )
    path = os.pathsep.join(["tests", *sys.path])

    hashes = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("0", "1", "4242")
    }

    assert hashes == {plan_hash(decide(a_plan()))}
