"""What an operator is shown: plans explained, letters masked, exports found and told."""

import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import orjson
import pytest
from rich.console import Console

from entrygo_operator import dead_letters, exports, output, plans
from shared.contracts.lifecycle import ExportRecord, Readiness, State
from shared.messaging.dead_letters import DeadLetter
from support.snapshots import a_finding, a_flag, a_snapshot, an_order, order_id, product_id


def an_export(**parts: object) -> ExportRecord:
    record: dict[str, Any] = {
        "_id": "batch_1",
        "account_id": "acc_1",
        "state": State.PLANNED.value,
        "revision": 3,
        "plan_revision": 1,
        "plan": {"readiness": Readiness.READY.value, "operator_only": False},
        "execution": None,
        "last_execution": None,
        "events": [],
        "created_at": "2026-11-24T10:00:00.000Z",
        "updated_at": "2026-11-24T10:00:01.000Z",
    }
    return record | parts  # type: ignore[return-value]  # a TypedDict made by parts


def test_a_timeline_tells_events_in_order_and_each_delivery() -> None:
    delivery = {
        "channel": "EMAIL",
        "recipient": "entries@niagara.example",
        "status": "FAILED",
        "attempts": 2,
        "error_message": "550 no such user",
    }
    planned = {"id": "evt_1", "type": "EXPORT_PLANNED", "actor": "planner", "data": {}}
    failed = {"id": "evt_2", "type": "BROKER_SUBMISSION_FAILED", "actor": "broker-mailer"}
    record = an_export(
        events=[
            planned | {"occurred_at": "2026-11-24T10:00:00.000Z"},
            failed
            | {
                "occurred_at": datetime(2026, 11, 24, 10, 0, 5, tzinfo=UTC),
                "data": {"attempt": 2},
            },
        ],
        deliveries={"BROKER": delivery},
    )

    lines = exports.timeline(record)

    assert lines[0] == "  1  2026-11-24T10:00:00.000Z  EXPORT_PLANNED  by planner"
    assert lines[1].endswith("10:00:05.000Z  BROKER_SUBMISSION_FAILED  by broker-mailer  attempt=2")
    assert "BROKER EMAIL to entries@niagara.example: FAILED, 2 attempts" in lines[2]
    assert "error message: 550 no such user" in lines[3]


def test_an_explanation_gives_each_order_the_findings_that_concern_it() -> None:
    snapshot = a_snapshot(
        [an_order("A-1001")],
        findings=[
            a_finding(code="ORDER", order_id=order_id("A-1001")),
            a_finding(code="OTHER_ORDER", order_id="ord_other"),
            a_finding(code="PRODUCT", product_id=product_id("TEE-BLK-M")),
            a_finding(code="BATCH"),
        ],
    )
    unit = snapshot["decision"]["units"][0]
    snapshot["decision"]["findings"].append(a_finding(code="UNIT", unit_id=unit["unit_id"]))
    snapshot["decision"]["flags"] = [a_flag([product_id("TEE-BLK-M")], [unit["unit_id"]])]

    explanation = plans.explained(snapshot)

    (order,) = explanation["orders"]
    assert [found["code"] for found in order["findings"]] == ["ORDER", "PRODUCT", "UNIT"]
    assert [flag["agency"] for flag in order["flags"]] == ["CPSC"]
    assert [found["code"] for found in explanation["batch"]] == ["OTHER_ORDER", "BATCH"]


def test_an_explanation_for_people_says_in_or_out_why_and_from_which_source() -> None:
    snapshot = a_snapshot([an_order("A-1001")], findings=[a_finding()])
    snapshot["decision"]["units"] = []
    snapshot["decision"]["excluded_orders"] = [
        {"order_id": order_id("A-1001"), "codes": ["HTS_MISSING"]}
    ]

    text = "\n".join(line.plain for line in plans.lines(plans.explained(snapshot)))

    assert "A-1001" in text
    assert "OUT: HTS_MISSING" in text
    assert "[EntryGo policy, not verified]" in text


def a_letter(body: bytes) -> DeadLetter:
    return DeadLetter(
        id="cmd_1",
        service="planner",
        origin_queue="planner.orders.sync",
        reason="refused 422: jo@buyer.example",
        died_at="2026-11-24T10:00:00.000Z",
        type="SyncOrders",
        asker="publisher@shop",
        size=len(body),
        body=body,
    )


def test_a_dead_letters_names_and_addresses_are_masked_unless_asked_for() -> None:
    consignee = {"name": "Jo Buyer", "city": "Buffalo"}
    item = {"externalId": "A-1", "consignee": consignee, "metadata": {"by": "jo@buyer.example"}}
    letter = a_letter(orjson.dumps({"items": [item]}))

    shown = orjson.dumps(dead_letters.body(letter, full=False)).decode()

    assert "A-1" in shown
    for hidden in ("Jo Buyer", "Buffalo", "jo@buyer.example"):
        assert hidden not in shown
    assert dead_letters.body(letter, full=True) == {"items": [item]}


def test_a_dead_letter_tells_its_age_and_masks_its_reason() -> None:
    shown = dead_letters.view(
        a_letter(b"{}"), datetime(2026, 11, 24, 10, 1, 30, tzinfo=UTC), full=False
    )

    assert shown["age_seconds"] == 90
    assert shown["reason"] == "refused 422: ***"


def test_a_body_that_is_no_json_is_shown_only_when_asked_for() -> None:
    letter = a_letter(b"Jo Buyer, \xff Buffalo")

    assert "Jo" not in dead_letters.body(letter, full=False)
    assert "Jo Buyer" in dead_letters.body(letter, full=True)


@pytest.mark.parametrize(
    "active", ["\x1b[2J", "\x9b2J", "\u202e", "\u2066", "\u200b", "\ufeff", "\x07"]
)
def test_what_a_terminal_would_act_upon_is_shown_as_its_number(
    active: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"before{active}after"

    output.show(*output.rows([{"reason": text}], ["reason"], none="").shown)
    output.show(*output.record({"reason": text}).shown)
    shown = capsys.readouterr().out

    assert not set(active) & set(shown) - set("[2J")
    assert shown.count(f"\\u{ord(active[0]):04x}") == 2
    made = output.to_json({"reason": text})
    assert json.loads(made) == {"reason": text}
    assert active[0] not in made


LONG = {
    "name": "",
    "id": f"batch_{'0' * 32}",
    "status": "COMPLETED",
    "subject": "[EntryGo] " + "x" * 60,
}


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_list_blanks_no_column_and_cuts_nothing_on_any_terminal(width: int) -> None:
    console = Console(width=width, force_terminal=True, record=True, file=StringIO())

    console.print(output.rows([LONG, LONG], [*LONG], none="").shown[0], soft_wrap=True)

    text = console.export_text()
    for name, cell in LONG.items():
        assert name in text
        assert text.count(cell or " -") >= 2


def test_a_list_in_a_pipe_is_a_table_of_whole_cells(capsys: pytest.CaptureFixture[str]) -> None:
    wide = LONG | {"reason": "why " * 100}

    output.show(*output.rows([wide], [*wide], none="", widest=10).shown)

    head, _rule, row = (line for line in capsys.readouterr().out.splitlines() if line.strip())
    assert head.split() == [*wide]
    assert wide["reason"].strip() in row
