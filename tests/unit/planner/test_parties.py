"""The account as it is answered and its plans say the same of what it lacks."""

from dataclasses import replace
from typing import Any, cast

import pytest

from gateway.record_views import account_view
from planner.domain.decide import decide
from planner.domain.facts import Party, PlanningInput
from planner.domain.view import view_of
from shared.records import PartyDocument
from support.planning import line, with_account, with_broker, with_order, with_warehouse

FORMAL = with_order(line(unit_value_cents=300_000))
NO_NUMBER: dict[str, Any] = {"importerOfRecord": {"number": None}}
NO_BOND: dict[str, Any] = {"importerOfRecord": {"bond": None, "powerOfAttorney": None}}
BARE: dict[str, Any] = dict.fromkeys(("importerOfRecord", "exporter", "responsibleEmployee"))


def bare() -> PlanningInput:
    plan = with_broker(with_account(FORMAL, **BARE, formalAlways=True), email=None)
    return replace(plan, warehouse=with_warehouse(address=None).warehouse)


def asked_by_the_account(plan: PlanningInput) -> dict[str, tuple[str, str]]:
    """By path: what for, and the command."""
    account, warehouse, broker = map(_record, (plan.account, plan.warehouse, plan.broker))
    view = account_view(account, [warehouse], [broker])
    parts = [view, *view["warehouses"], *view["brokers"]]
    rows = [row for part in parts for row in part["missing_data"]]
    return {row["path"]: (row["required_for"], row["remedy_command"]) for row in rows}


def asked_by_the_plan(plan: PlanningInput) -> dict[str, tuple[str, str]]:
    view = view_of(decide(plan), "", "", "")
    commands = {m["field"]: m.get("remedy_command", "") for m in view["validationMessages"]}
    return {
        datum["path"]: (datum["required_for"], commands[datum["path"]])
        for datum in view["missing_data"]
        if datum["fixable_by"] == "OPERATOR"
    }


def _record(party: Party) -> PartyDocument:
    return cast("PartyDocument", {"_id": party.id, "content": {"name": "N", **party.content}})


@pytest.mark.parametrize(
    "plan",
    [
        FORMAL,
        with_account(**NO_NUMBER),
        with_account(importerOfRecord={"number": "123-45-6789"}),
        with_account(FORMAL, **NO_BOND, formalAlways=True),
        with_account(FORMAL, exporter=None, responsibleEmployee=None),
        with_warehouse(address=None),
        with_broker(email=None),
        bare(),
    ],
)
def test_the_account_asks_for_what_its_plans_ask_for(plan: PlanningInput) -> None:
    assert asked_by_the_account(plan) == asked_by_the_plan(plan)


def test_what_formal_entries_alone_need_the_account_asks_for_the_entry() -> None:
    plan = with_account(**NO_BOND)

    asked = asked_by_the_account(plan)

    assert {path: what for path, (what, _) in asked.items()} == {
        "account.importerOfRecord.bond": "ENTRY",
        "account.importerOfRecord.powerOfAttorney": "ENTRY",
    }
    assert asked_by_the_plan(plan) == {}


def test_an_account_without_a_warehouse_and_a_broker_says_how_they_are_made() -> None:
    rows = account_view(_record(FORMAL.account), [], [])["missing_data"]

    assert [(row["path"], row["remedy_command"].split(" --name")[0]) for row in rows] == [
        ("warehouses", "entrygo warehouse create --account acc_1"),
        ("brokers", "entrygo broker create --account acc_1"),
    ]
