"""What holds for every plan: same inputs, same hash; nothing lost, nothing counted twice."""

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rfc8785 import dumps

from planner.domain.decide import decide, plan_hash
from planner.domain.facts import Party, PlanningInput
from planner.domain.view import view_of
from shared.canonical import canonical_json
from shared.contracts.catalogue import OrderFact, ProductFact, dump_content
from support.planning import ACCOUNT, MAKER, SHIPMENT, a_plan, line, merged, order, product

GOODS = {
    "book": product(),
    "shirt": product(
        htsCode="6109.10.0012",
        countryOfOrigin="CN",
        materials=[{"name": "cotton", "percentHundredths": 10_000}],
        manufacturer={**MAKER, "country": "CN", "postalCode": "510000"},
    ),
    "cream": product(htsCode="3304.99.5000", countryOfOrigin="FR", manufacturer=None),
    "plywood": product(htsCode="4412.31.0620", countryOfOrigin="VN", adcvdCase="A-552-1"),
    "press": product(countryOfOrigin="US", weightGrams=None),
    "mystery": product(htsCode=None, countryOfOrigin="UK", description="gift"),
    "rifle": product(htsCode="9303.30.8030"),
}
lines = st.builds(
    line,
    st.sampled_from(sorted(GOODS)),
    st.integers(1, 20),
    st.sampled_from([0, 50, 1_999, 30_000, 250_000]),
)
an_order = st.builds(
    lambda items, place, consignee: order(*items, **place, consignee=consignee),
    st.lists(lines, min_size=1, max_size=4),
    st.sampled_from([{}, {"destinationRegion": "GU"}, {"destinationCountry": "CA"}]),
    st.sampled_from([None, {"name": "Kim Lee"}, {"name": "Jo Alvarez"}]),
)
orders = st.dictionaries(
    st.integers(1, 99).map("ord_{:02d}".format), an_order, min_size=1, max_size=8
)
accounts = st.builds(
    merged,
    st.just(ACCOUNT),
    st.fixed_dictionaries(
        {
            "grouping": st.sampled_from(["CONSOLIDATED_IOR", "PER_CONSIGNEE", "PER_ORDER"]),
            "formalAlways": st.booleans(),
            "importerOfRecord": st.sampled_from([{}, {"bond": None}, {"number": None}]),
        }
    ),
)


def a_messy_plan(account: dict[str, Any], these: dict[str, Any]) -> PlanningInput:
    exported = frozenset(sorted(these)[:1]) if len(these) > 6 else frozenset()
    return replace(a_plan(these, GOODS, exported=exported), account=Party("acc_1", account))


plans = st.builds(a_messy_plan, accounts, orders)


def shuffled(mapping: Mapping[str, Any], seed: int) -> dict[str, Any]:
    keys = list(mapping)
    random.Random(seed).shuffle(keys)  # noqa: S311  # an order to try, no secret
    return {key: mapping[key] for key in keys}


@settings(max_examples=1_000, deadline=None)
@given(plans, st.integers())
def test_the_order_in_which_things_are_named_changes_nothing(
    plan: PlanningInput, seed: int
) -> None:
    turned = replace(
        plan,
        orders={key: shuffled(each, seed) for key, each in shuffled(plan.orders, seed).items()},
        products={key: shuffled(each, seed) for key, each in shuffled(plan.products, seed).items()},
    )

    assert plan_hash(decide(plan)) == plan_hash(decide(turned))


@settings(max_examples=500, deadline=None)
@given(plans)
def test_a_product_or_a_claim_that_no_order_uses_changes_nothing(plan: PlanningInput) -> None:
    more = replace(
        plan,
        products={**plan.products, "unused": product(htsCode="bad")},
        exported_order_ids=plan.exported_order_ids | {"ord_of_another_plan"},
    )

    assert decide(plan) == decide(more)


@settings(max_examples=500, deadline=None)
@given(plans)
def test_included_and_excluded_partition_the_request(plan: PlanningInput) -> None:
    decision = decide(plan)["decision"]
    excluded = [each["order_id"] for each in decision["excluded_orders"]]

    assert sorted(decision["included_order_ids"] + excluded) == sorted(plan.orders)
    assert decision["included_order_ids"] == sorted(decision["included_order_ids"])
    assert excluded == sorted(excluded)
    assert all(each["codes"] for each in decision["excluded_orders"])


@settings(max_examples=500, deadline=None)
@given(plans)
def test_units_partition_what_is_included(plan: PlanningInput) -> None:
    decision = decide(plan)["decision"]
    in_units = Counter(each for unit in decision["units"] for each in unit["order_ids"])

    assert sorted(in_units) == decision["included_order_ids"]
    assert set(in_units.values()) <= {1}
    assert len({unit["unit_id"] for unit in decision["units"]}) == len(decision["units"])


@settings(max_examples=500, deadline=None)
@given(plans)
def test_totals_are_the_sum_of_the_lines(plan: PlanningInput) -> None:
    decision = decide(plan)["decision"]
    included = [
        each for key in decision["included_order_ids"] for each in plan.orders[key]["items"]
    ]
    totals = decision["totals"]

    assert totals["lines"] == len(included)
    assert totals["pieces"] == sum(each["quantity"] for each in included)
    assert totals["value_cents"] == sum(
        each["quantity"] * each["unitValueCents"] for each in included
    )
    assert totals["net_weight_grams"] == sum(
        each["quantity"] * plan.products[each["productId"]].get("weightGrams", 0)
        for each in included
    )
    for name in ("orders", "lines", "pieces", "value_cents", "net_weight_grams"):
        assert totals[name] == sum(unit["totals"][name] for unit in decision["units"])


@settings(max_examples=500, deadline=None)
@given(plans)
def test_a_clean_order_blocks_another_only_through_its_units_entry_type(
    plan: PlanningInput,
) -> None:
    more = replace(plan, orders={**plan.orders, "ord_zz": order(line("book"))})
    before, after = decide(plan)["decision"], decide(more)["decision"]
    now_out = {each["order_id"]: each["codes"] for each in after["excluded_orders"]}

    for order_id in before["included_order_ids"]:
        assert now_out.get(order_id) in (None, ["FORMAL_ENTRY_REQUIREMENTS_MISSING"])


@settings(max_examples=500, deadline=None)
@given(plans)
def test_readiness_is_what_the_protocol_says(plan: PlanningInput) -> None:
    decision = decide(plan)["decision"]
    warned = any(found["severity"] == "WARNING" for found in decision["findings"])
    expected = (
        "BLOCKED"
        if not decision["included_order_ids"]
        else "READY_WITH_WARNINGS"
        if warned or decision["excluded_orders"]
        else "READY"
    )

    assert decision["readiness"] == expected


@settings(max_examples=500, deadline=None)
@given(plans)
def test_findings_are_sorted_and_said_once(plan: PlanningInput) -> None:
    findings = decide(plan)["decision"]["findings"]
    rank = {"BLOCKING": 0, "WARNING": 1, "INFO": 2}
    keys = [
        (rank[each["severity"]], each["code"], each["field"], each.get("unit_id", ""))
        for each in findings
    ]

    assert keys == sorted(keys)
    assert len(keys) == len(set(keys))


@settings(max_examples=300, deadline=None)
@given(plans)
def test_the_fast_encoder_writes_what_the_rfc_says(plan: PlanningInput) -> None:
    snapshot = decide(plan)

    assert canonical_json(snapshot) == dumps(snapshot)  # type: ignore[arg-type]  # a TypedDict is a JSON object


SUBSTANCE: list[tuple[str, PlanningInput]] = [
    ("account", replace(a_plan(), account=Party("acc_1", {**ACCOUNT, "name": "Other"}))),
    ("account id", replace(a_plan(), account=Party("acc_2", ACCOUNT))),
    ("broker", replace(a_plan(), broker=Party("br_1", {"name": "B", "email": "b@example.com"}))),
    ("shipment", replace(a_plan(), shipment={**SHIPMENT, "carrier": "Other"})),
    ("destination", replace(a_plan(), destination_country="CA")),
    ("exported", a_plan(exported=frozenset({"ord_1"}))),
    ("tariff", a_plan(tariff=None)),
    ("rule set", replace(a_plan(), ruleset=replace(a_plan().ruleset, version="other"))),
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


@settings(max_examples=100, deadline=None)
@given(plans)
def test_the_view_answers_every_field_of_the_protocol(plan: PlanningInput) -> None:
    snapshot = decide(plan)

    view = view_of(snapshot, "sha256:00", "2026-11-24T15:00:00.000Z", "2026-11-24")

    assert set(view) == {
        "planHash", "readinessState", "validationMessages", "flags", "missing_data",
        "included_order_ids", "excluded_order_ids", "excluded_orders", "export_units",
        "strategy_hint", "totals", "next_recommended_action", "planned_at", "as_of",
        "ruleset_version",
    }  # fmt: skip
