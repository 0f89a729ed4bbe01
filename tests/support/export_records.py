"""Records of exports and packages as the workers write them, and asking for them."""

from datetime import UTC, datetime
from typing import Any

import orjson

from shared.canonical import sha256_hex
from support.gateways import KEY, GatewayUnderTest

NOW = "2026-11-24T15:38:05.731Z"
SNAPSHOT = b'{"protocol":"entrygo-export-protocol/1"}'
PLAN_HASH = f"sha256:{sha256_hex(SNAPSHOT)}"
TOTALS = {"orders": 1, "lines": 1, "pieces": 2, "value_cents": 2507, "net_weight_grams": 900}
VIEW: dict[str, Any] = {
    "planHash": PLAN_HASH,
    "readinessState": "READY",
    "validationMessages": [
        {
            "code": "WEIGHT_MISSING",
            "rule_id": "R28",
            "severity": "WARNING",
            "message": "The product has no weight.",
            "product_id": "prod_1",
            "remedy": "Sync the product with weightGrams.",
            "source": {"citation": "EntryGo policy", "date": None, "verified": False},
        }
    ],
    "flags": [],
    "missing_data": [],
    "included_order_ids": ["ord_1"],
    "excluded_order_ids": [],
    "excluded_orders": [],
    "export_units": [
        {
            "unit_id": "unit_1",
            "grouping_key": {"importer": "1"},
            "entry_type": "11",
            "order_ids": ["ord_1"],
            "totals": TOTALS,
        }
    ],
    "strategy_hint": {"code": "ONE", "message": "One unit."},
    "totals": TOTALS | {"units": 1},
    "next_recommended_action": "EXECUTE",
    "planned_at": NOW,
    "as_of": "2026-11-24",
    "ruleset_version": "r1",
}
BYTES = b"<html></html>"
ARTIFACT = {
    "id": "art_1",
    "artifact_type": "cci_human_readable",
    "filename": "commercial_customs_invoice.html",
    "media_type": "text/html; charset=utf-8",
    "sha256": sha256_hex(BYTES),
    "size_bytes": len(BYTES),
    "generated_at": NOW,
}


def delivery(status: str) -> dict[str, Any]:
    return {
        "submission_id": "sub_1",
        "notification_id": "ntf_1",
        "channel": "EMAIL",
        "recipient": "desk@broker.example",
        "subject": "s",
        "message_id": "<sub_1@x>",
        "status": status,
        "attempts": 1,
        "sent_at": datetime(2026, 11, 24, tzinfo=UTC) if status == "SENT" else None,
        "error_message": None,
        "next_attempt_at": None,
    }


def current_plan(view: bytes, **changes: Any) -> dict[str, Any]:  # stored values
    return {
        "revision": 1,
        "command_id": "cmd_1",
        "plan_hash": PLAN_HASH,
        "view_sha256": sha256_hex(view),
        "readiness": "READY",
        "operator_only": False,
        "warning_codes": [],
        "planned_at": NOW,
    } | changes


def put_export(under_test: GatewayUnderTest, id_: str = "batch_1", **changes: Any) -> None:
    store, view = under_test.store, orjson.dumps(VIEW)
    for data in (view, SNAPSHOT, BYTES):
        store.put("blobs", id=sha256_hex(data), data=data)
    plan = current_plan(view)
    event = {
        "id": "evt_1",
        "type": "EXPORT_PLANNED",
        "occurred_at": datetime(2026, 11, 24, tzinfo=UTC),
        "actor": "planner",
        "data": {},
    }
    record = {
        "account_id": "acc_1",
        "warehouse_id": "wh_1",
        "broker_id": "br_1",
        "state": "PLANNED",
        "revision": 1,
        "plan_revision": 1,
        "plan": plan,
        "plans": [plan],
        "execution": None,
        "last_execution": None,
        "package_id": None,
        "package_number": None,
        "artifacts": [],
        "deliveries": {},
        "events": [event],
        "created_at": NOW,
        "updated_at": NOW,
    }
    store.put("exports", id=id_, **(record | changes))


def executed(status: str = "SENT") -> dict[str, Any]:
    return {
        "state": "EXECUTED",
        "revision": 7,
        "package_id": "cp_1",
        "package_number": "CP-2026-7KQ2M9XA-R",
        "artifacts": [ARTIFACT],
        "execution": {"started_at": NOW, "stalled": False, "last_error": None},
        "last_execution": {"command_id": "cmd_2", "outcome": "EXECUTED", "error": None},
        "deliveries": {"BROKER": delivery(status), "WAREHOUSE": delivery("FAILED")},
    }


async def get(under_test: GatewayUnderTest, path: str, key: str = KEY, **headers: str) -> Any:
    async with under_test.client(key) as client:
        return await client.get(path, headers=headers)
