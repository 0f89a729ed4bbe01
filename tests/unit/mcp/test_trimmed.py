"""What is left of a long answer, and how the rest is told."""

import json
from typing import Any

import pytest

from shpbndl import SHPBNDLError
from shpbndl_mcp.results import refusal
from shpbndl_mcp.trimmed import decision, page, synced

ORDERS = [f"ord_{place:04}" for place in range(1_000)]


def finding(code: str, severity: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "rule_id": "R08",
        "severity": severity,
        "message": "m" * 500,
        "remedy": "Say it.",
        "docs": "/docs/rules#r08",
        "source": {"citation": "c" * 500, "date": None, "verified": True},
    } | more


def a_plan(**changes: Any) -> dict[str, Any]:
    return {
        "exportId": "batch_1",
        "state": "PLANNED",
        "status": "BLOCKED",
        "readinessState": "BLOCKED",
        "planHash": "sha256:0",
        "totals": {"orders": 0},
        "included_order_ids": [],
        "excluded_orders": [{"order_id": each, "codes": ["VALUE_MISSING"]} for each in ORDERS],
        "excluded_order_ids": ORDERS,
        "validationMessages": [
            finding("DE_MINIMIS_SUSPENDED", "INFO", fixable_by="CLIENT"),
            *(finding("VALUE_MISSING", "BLOCKING", order_id=each) for each in ORDERS),
        ],
        "missing_data": [
            {
                "path": f"orders[{each}].items[{line}].unitValueUsd",
                "order_id": each,
                "required_for": "EXECUTE",
                "fixable_by": "CLIENT",
            }
            for each in ORDERS
            for line in range(3)
        ],
        "flags": [{"code": "PGA_REVIEW"}, {"code": "PGA_REVIEW"}],
        "strategy_hint": {"code": "CONSOLIDATED", "message": "m"},
        "next_recommended_action": "FIX_DATA_AND_REPLAN",
    } | changes


def test_a_plan_of_a_thousand_orders_is_told_in_what_one_reads() -> None:
    shown = decision(a_plan())

    assert len(json.dumps(a_plan())) > 1_000_000
    assert len(json.dumps(shown)) < 6_000
    assert shown["findings"]["counts"] == {"BLOCKING": 1_000, "WARNING": 0, "INFO": 1}
    assert [each["code"] for each in shown["findings"]["first"]] == ["VALUE_MISSING"]
    assert shown["findings"]["info"] == ["DE_MINIMIS_SUSPENDED"]
    (want,) = shown["wants"]["first"]
    assert (want["what"], want["count"]) == ("orders[].items[].unitValueUsd", 3_000)
    assert shown["excluded"]["count"] == 1_000
    assert shown["flags"] == {"PGA_REVIEW": 2}
    assert "plan_export" in shown["next"]["do"]


def test_what_nobody_can_mend_is_named_by_its_orders() -> None:
    beyond = finding("ORIGIN_EMBARGOED", "BLOCKING", fixable_by="NOBODY", product_id="prod_1")
    excluded = [
        {"order_id": "ord_1", "codes": ["ORIGIN_EMBARGOED", "VALUE_MISSING"]},
        {"order_id": "ord_2", "codes": ["VALUE_MISSING"]},
    ]
    plan = a_plan(
        validationMessages=[beyond, finding("VALUE_MISSING", "BLOCKING", fixable_by="CLIENT")],
        excluded_orders=excluded,
        next_recommended_action="LEAVE_OUT_AND_REPLAN",
    )

    shown = decision(plan)

    assert shown["leave_out"] == {"count": 1, "first": ["ord_1"]}
    assert "leave_out" not in decision(a_plan())


def test_of_an_executed_export_what_left_and_what_stayed_is_told_and_no_plan() -> None:
    package = {"packageNumber": "CP-2026-7KQ2M9XA-R"}

    shown = decision(a_plan(state="EXECUTED", status="COMPLETED", customs_package=package))

    assert shown["package_number"] == "CP-2026-7KQ2M9XA-R"
    assert shown["excluded"] == {"count": 1_000}
    assert "wants" not in shown


def test_the_operators_command_is_told_and_no_request_that_a_tool_makes() -> None:
    mends = {"remedy_command": "entrygo account edit acc_1 --importer-number NUMBER"}
    plan = a_plan(
        validationMessages=[
            finding("IMPORTER_MISSING", "BLOCKING", fixable_by="OPERATOR", **mends),
            finding(
                "HTS_MISSING", "BLOCKING", fixable_by="CLIENT", remedy_command="POST /api/x {}"
            ),
        ]
    )

    client, operator = decision(plan)["findings"]["first"]

    assert "remedy_command" not in client
    assert operator["remedy_command"] == mends["remedy_command"]


def test_an_order_that_went_already_is_told_with_where() -> None:
    gone = {"order_id": "ord_1", "export_id": "batch_0", "fixable_by": "NOBODY"}
    plan = a_plan(validationMessages=[finding("ORDER_ALREADY_EXPORTED", "BLOCKING", **gone)])

    (told,) = decision(plan)["findings"]["first"]

    assert (told["about"], told["exports"]) == (["ord_1"], ["batch_0"])


def test_a_list_is_had_whole_page_by_page() -> None:
    rows: list[Any] = []
    offset: int | None = 0
    while offset is not None:
        shown = page(a_plan(), "findings", offset)
        assert len(json.dumps(shown)) < 20_000
        rows += shown["rows"]
        offset = shown.get("next_offset")

    assert [each.get("order_id") for each in rows] == [None, *ORDERS]
    assert page(a_plan(), "included", 0) == {
        "exportId": "batch_1", "part": "included", "total": 0, "rows": []
    }  # fmt: skip


def test_a_row_that_is_long_by_itself_is_cut_and_says_so() -> None:
    plan = a_plan(export_units=[{"unit_id": "unit_1", "order_ids": ORDERS, "note": "n" * 5_000}])

    (row,) = page(plan, "units", 0)["rows"]

    assert row["order_ids"][-1] == "... and 980 more"
    assert row["note"].endswith("... (5000 characters)")


def test_a_word_of_a_later_api_is_shown_and_nothing_is_made_of_it() -> None:
    shown = decision(a_plan(next_recommended_action="ASK_THE_SEA"))

    assert shown["next"] == {"action": "ASK_THE_SEA"}


def test_a_sync_tells_ids_findings_and_what_was_too_late() -> None:
    records = [
        {"id": "prod_1", "externalId": "A", "issues": [finding("HTS_MISSING", "BLOCKING")]},
        {"id": "prod_2", "externalId": "B", "superseded": True},
    ]

    shown = synced({"data": records})

    assert shown["ids"] == {"A": "prod_1", "B": "prod_2"}
    assert shown["superseded"] == ["B"]
    assert shown["findings"]["first"][0]["about"] == ["prod_1"]


@pytest.mark.parametrize("details", [{}, {"next_action": "REPLAN", "request_id": "req_1"}])
def test_a_refusal_keeps_what_the_api_said_and_cuts_its_lists(details: dict[str, Any]) -> None:
    changed = [{"path": f"orders[{each}]", "planned": 1, "current": 2} for each in ORDERS]
    found = [finding("VALUE_MISSING", "BLOCKING", order_id=each) for each in ORDERS]
    envelope = {
        "errorCode": "PLAN_STALE",
        "message": "Orders changed.",
        "details": details | {"changed": changed, "validationMessages": found},
    }

    result = refusal(SHPBNDLError(409, envelope))

    told = result.structured_content
    assert told
    assert result.is_error
    assert told["errorCode"] == "PLAN_STALE"
    assert told["next"]["action"] == details.get("next_action", "CONTACT_OPERATOR")
    assert told.get("request_id") == details.get("request_id")
    assert len(told["details"]["changed"]) == 21
    assert told["findings"]["counts"]["BLOCKING"] == 1_000
    assert len(json.dumps(told)) < 6_000
