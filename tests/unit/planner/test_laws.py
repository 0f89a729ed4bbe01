"""What holds for every plan: same inputs, same hash; nothing lost, nothing counted twice."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from rfc8785 import dumps

from planner import rulesets
from planner.domain.decide import decide, plan_hash
from planner.domain.facts import Party, PlanningInput, Tariff
from planner.domain.view import view_of
from shared.canonical import canonical_json, content_hash
from support.planning import MAKER, TARIFF, a_plan, line, order, product
from support.world import ACCOUNT, merged

GOODS = {
    "book": product(),
    "shirt": product(
        htsCode="6109.10.0012",
        countryOfOrigin="CN",
        materials=[{"name": "cotton", "percentHundredths": 10_000}],
        manufacturer={**MAKER, "country": "CN", "postalCode": "510000"},
    ),
    "cream": product(htsCode="3304.99.5000", countryOfOrigin="FR", manufacturer=None),
    "plywood": product(htsCode="4412.31.0620", countryOfOrigin="VN", adcvdCase="A-552-825"),
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
@given(
    plans,
    st.lists(st.sampled_from(["4901", "6109", "9303"])),
    st.booleans(),
    st.sampled_from([None, TARIFF, Tariff("cd" * 32, {"6109100012": ["doz."]})]),
    st.sampled_from([date(2025, 8, 1), date(2026, 11, 24)]),
    st.sampled_from(["4901.99.0093", "490199", None]),
)
def test_a_decision_is_the_same_whether_its_products_were_judged_before_or_not(
    plan: PlanningInput,
    denied: list[str],
    completes: bool,  # noqa: FBT001  # a drawn value
    tariff: Tariff | None,
    as_of: date,
    hts_code: str | None,
) -> None:
    """All examples share what was remembered in those before."""
    products = GOODS | {"book": product(htsCode=hts_code)}
    unknown = replace(
        plan,
        account=Party("acc_1", {**plan.account.content, "deniedHtsPrefixes": denied}),
        broker=Party("br_1", {**plan.broker.content, "completesClassification": completes}),
        products=products,
        tariff=tariff,
        ruleset=rulesets.load(as_of),
    )
    hashes = {id_: content_hash(content) for id_, content in products.items()}
    known = replace(unknown, product_hashes=hashes)

    assert decide(known) == decide(known) == decide(unknown)


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
        assert totals[name] == sum(unit["totals"][name] for unit in decision["units"])  # type: ignore[misc]  # all in dollars


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
