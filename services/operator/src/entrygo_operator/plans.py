"""`entrygo plan`: a stored plan, explained order by order from its snapshot alone."""

from collections.abc import Iterator
from typing import Any

import orjson
import typer
from rich.text import Text

from entrygo_operator.command import command
from entrygo_operator.exports import ExportId, existing
from entrygo_operator.output import Answer
from entrygo_operator.session import Session
from shared.contracts.decision import Decision, Finding, Flag, Source, Unit
from shared.contracts.snapshot import Snapshot, SnapshotOrder
from shared.plans import snapshot_of

Record = dict[str, Any]
_STYLES = {"BLOCKING": "red", "WARNING": "yellow", "INFO": "dim"}


plans = typer.Typer(no_args_is_help=True)


@command(plans, "explain")
async def explain(session: Session, id_: ExportId) -> Answer:
    """Why each order is in, out or flagged, rule by rule, with sources."""
    export = await existing(session.store, id_)
    data = await snapshot_of(session.store, export["account_id"], export["plan"])
    explanation = explained(orjson.loads(data))
    return Answer(explanation, list(lines(explanation)))


def explained(given: Snapshot) -> Record:
    """Per order: in which unit or why not, with each finding and flag that concerns it.

    A finding concerns an order by its id, by a product in it, or by the unit it travels in; the
    rest concern the batch.
    """
    decision = given["decision"]
    units = {order: unit for unit in decision["units"] for order in unit["order_ids"]}
    excluded = {order["order_id"]: order["codes"] for order in decision["excluded_orders"]}
    orders = [
        _order(id_, order, decision, units.get(id_), excluded.get(id_, []))
        for id_, order in sorted(given["orders"].items(), key=lambda item: item[1]["externalId"])
    ]
    told = {id(finding) for order in orders for finding in order["findings"]}
    return {
        "readiness": decision["readiness"],
        "ruleset_version": given["ruleset_version"],
        "strategy_hint": decision["strategy_hint"],
        "batch": [finding for finding in decision["findings"] if id(finding) not in told],
        "orders": orders,
    }


def _order(
    id_: str, order: SnapshotOrder, decision: Decision, unit: Unit | None, excluded_by: list[str]
) -> Record:
    products = {line["productId"] for line in order["items"]}
    place = unit["unit_id"] if unit else ""
    return {
        "order_id": id_,
        "external_id": order["externalId"],
        "included": unit is not None,
        "excluded_by": excluded_by,
        "unit": unit,
        "findings": [f for f in decision["findings"] if _concerns(f, id_, products, place)],
        "flags": [flag for flag in decision["flags"] if products & set(flag["product_ids"])],
    }


def _concerns(finding: Finding, order_id: str, products: set[str], unit_id: str) -> bool:
    if "order_id" in finding:
        return finding["order_id"] == order_id
    if "product_id" in finding:
        return finding["product_id"] in products
    return finding.get("unit_id") == unit_id


def lines(explanation: Record) -> Iterator[Text]:
    yield Text(f"{explanation['readiness']}   rules {explanation['ruleset_version']}", "bold")
    yield Text(explanation["strategy_hint"]["message"])
    for finding in explanation["batch"]:
        yield from _finding(finding)
    for order in explanation["orders"]:
        yield Text("")
        yield Text(f"{order['external_id']}  {order['order_id']}  {_place(order)}", "bold")
        for finding in order["findings"]:
            yield from _finding(finding)
        for flag in order["flags"]:
            yield _flag(flag)


def _place(order: Record) -> str:
    unit = order["unit"]
    if unit is None:
        return f"OUT: {', '.join(order['excluded_by']) or 'the batch is blocked'}"
    key = ", ".join(f"{name} {value}" for name, value in unit["grouping_key"].items())
    return f"IN {unit['unit_id']}, entry type {unit['entry_type']} ({key})"


def _finding(finding: Finding) -> Iterator[Text]:
    where = finding.get("product_id") or finding.get("unit_id") or ""
    yield Text(
        f"  {finding['severity']:8} {finding['rule_id']} {finding['code']} {where}".rstrip(),
        _STYLES.get(finding["severity"], ""),
    )
    yield Text(f"           {finding['message']}")
    yield Text(f"           {finding['remedy']}  {_source(finding['source'])}", "dim")


def _flag(flag: Flag) -> Text:
    who = flag.get("agency") or flag.get("programme") or ""
    return Text(f"  FLAG     {flag['code']} {who}: {flag['reason']}  {_source(flag['source'])}")


def _source(source: Source) -> str:
    dated = f", {source['date']}" if source["date"] else ""
    return f"[{source['citation']}{dated}{'' if source['verified'] else ', not verified'}]"
