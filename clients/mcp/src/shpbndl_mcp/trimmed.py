"""Answers cut to what one decides on: what is wanted, what comes next, first findings, counts.

An export's whole answer can have a hundred thousand characters, and a model reads all it is given.
Every list is cut and says how long it was; `inspect_export` gives each list whole, page by page.
"""

import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, Final

from shpbndl_mcp.grouped import FEW, FIRST, ROWS, Json, cut, findings, only, wants
from shpbndl_mcp.words import what_to_do

LONGEST_WORDS: Final = 4_000  # the API's own bound of a text
MOST_PARTIES: Final = 100
LONGEST_PAGE: Final = 16_000

UNDECIDED: Final = ("PLANNED", None)  # None: of a dry run
PARTS: Final = {
    "findings": "validationMessages",
    "wants": "missing_data",
    "included": "included_order_ids",
    "excluded": "excluded_orders",
    "flags": "flags",
    "units": "export_units",
    "events": "events",
}
"""The lists of an export by the names they have here."""

_IDENTITY: Final = (
    *("exportId", "status", "readinessState", "planHash", "plan_revision", "revision"),
    *("warehouse_id", "broker_id", "customs_package_id", "package_number"),
)
_SUBMISSION: Final = (
    *("status", "recipient_email", "attempts", "sent_at", "next_attempt_at", "error_message"),
)
_ID_OF: Final = {"ord": "order_id", "prod": "product_id"}


def decision(answer: Mapping[str, Any]) -> Json:
    """A plan, an execution or an inspected export."""
    shown = {name: answer[name] for name in _IDENTITY if answer.get(name) is not None}
    shown["next"] = what_next(answer["next_recommended_action"])
    if "validationMessages" in answer:
        shown |= _plan(answer) if answer["state"] in UNDECIDED else _executed(answer)
    if answer.get("artifacts"):
        shown |= _outcome(answer)
    if answer.get("events"):
        last = [only(each, ("sequence", "type", "occurred_at")) for each in answer["events"]]
        shown["events"] = {"count": len(last), "last": last[-FEW:]}
    return shown | _failures(answer)


def what_next(action: str) -> Json:
    """The API's word, and what it is in terms of the tools here; the list of words is open."""
    do = what_to_do(action)
    return {"action": action} | ({"do": do} if do else {})


def account(answer: Mapping[str, Any]) -> Json:
    """Where one is: ids to plan with, and what the operator still has to set up."""
    parties = {
        kind: [
            only(each, ("id", "name")) | _wanting(each["missing_data"])
            for each in answer[kind][:MOST_PARTIES]
        ]
        for kind in ("warehouses", "brokers")
    }
    counts = {f"{kind}_count": len(answer[kind]) for kind in parties if answer[kind][MOST_PARTIES:]}
    shown = {"accountId": answer["id"], "name": answer["name"], "test": answer["test"]}
    return shown | parties | counts | _wanting(answer["missing_data"])


def synced(answer: Mapping[str, Any]) -> Json:
    """The id of each item by the shop's reference, and what the rules find in them already."""
    records = answer["data"]
    issues = [
        {kind: each["id"], **issue}
        for each in records
        for kind in [_ID_OF[each["id"].partition("_")[0]]]
        for issue in each.get("issues") or ()
    ]
    late = [each["externalId"] for each in records if each.get("superseded")]
    return {
        "count": len(records),
        "ids": {each["externalId"]: each["id"] for each in records},
        "findings": findings(issues),
        **({"superseded": late} if late else {}),
    }


def page(answer: Mapping[str, Any], part: str, start: int) -> Json:
    """Some rows of one of an export's lists, and where the next ones begin."""
    every = answer[PARTS[part]]
    rows: list[Any] = []
    for row in every[start : start + ROWS]:
        rows.append(cut(row, LONGEST_WORDS))
        if len(json.dumps(rows)) > LONGEST_PAGE and len(rows) > 1:
            rows.pop()
            break
    end = start + len(rows)
    more = {"next_offset": end} if end < len(every) else {}
    return {"exportId": answer["exportId"], "part": part, "total": len(every), "rows": rows} | more


def _plan(plan: Mapping[str, Any]) -> Json:
    included, excluded = plan["included_order_ids"], plan["excluded_orders"]
    beyond = {each["code"] for each in plan["validationMessages"] if _is_beyond(each)}
    left = [each["order_id"] for each in excluded if beyond & {*each["codes"]}]
    return {
        "totals": plan["totals"],
        "included": {"count": len(included), "first": included[:FIRST]},
        "excluded": {"count": len(excluded), "first": cut(excluded[:FIRST])},
        **({"leave_out": {"count": len(left), "first": left[:ROWS]}} if left else {}),
        "wants": wants(plan["missing_data"]),
        "findings": findings(plan["validationMessages"]),
        "flags": _counts(each["code"] for each in plan["flags"]),
        "strategy_hint": cut(plan["strategy_hint"]),
    }


def _executed(export: Mapping[str, Any]) -> Json:
    """What left, and what stayed behind: its plan has been decided on."""
    package = export.get("customs_package")
    return {
        **({"package_number": package["packageNumber"]} if package else {}),
        "totals": export["totals"],
        "included": {"count": len(export["included_order_ids"])},
        "excluded": {"count": len(export["excluded_orders"])},
    }


def _is_beyond(finding: Mapping[str, Any]) -> bool:
    return finding["severity"] == "BLOCKING" and finding.get("fixable_by") == "NOBODY"


def _outcome(answer: Mapping[str, Any]) -> Json:
    submission = answer.get("broker_submission") or {}
    warehouse = [each for each in answer["notifications"] if each["recipient_type"] == "WAREHOUSE"]
    return {
        "documents": [only(each, ("filename", "size_bytes")) for each in answer["artifacts"]],
        "broker": cut(only(submission, _SUBMISSION)),
        "warehouse": [cut(only(each, ("status", "error_message"))) for each in warehouse],
    }


def _failures(answer: Mapping[str, Any]) -> Json:
    failures = {
        "last_execution": (answer.get("last_execution") or {}).get("error"),
        "last_error": answer.get("last_error"),
    }
    return {name: cut(error) for name, error in failures.items() if error}


def _counts(words: Iterable[str]) -> dict[str, int]:
    every = sorted(words)
    return {word: len([*same]) for word, same in groupby(every)}


def _wanting(missing: list[Mapping[str, Any]]) -> Json:
    return {"wants": wants(missing)} if missing else {}
