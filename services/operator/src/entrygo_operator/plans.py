"""`entrygo plan`: a stored plan, explained order by order from its snapshot alone."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
import typer

from entrygo_operator.command import command
from entrygo_operator.exports import ExportId, existing
from entrygo_operator.output import Answer, say
from entrygo_operator.session import Session
from shared.contracts.decision import Finding, Flag, Source
from shared.contracts.snapshot import Snapshot

Record = dict[str, Any]
_STYLES = {"BLOCKING": "red", "WARNING": "yellow", "INFO": "dim"}


class Line(NamedTuple):
    text: str
    style: str = ""


plans = typer.Typer(no_args_is_help=True, help="Plans.")


@command(plans, "explain")
async def explain(session: Session, id_: ExportId) -> Answer:
    """Why each order is in, out or flagged, rule by rule, with sources."""
    export = await existing(session.store, id_)
    data = await session.store.get_blob(export["plan"]["plan_hash"].removeprefix("sha256:"))
    snapshot: Snapshot = orjson.loads(data)
    explanation = explained(snapshot)

    def told() -> None:
        for line in lines(explanation):
            say(line.text, line.style)

    return Answer(explanation, told)


def explained(given: Snapshot) -> Record:
    """Per order: in which unit or why not, with each finding and flag that concerns it.

    A finding concerns an order by its id, by a product in it, or by the unit it travels in; the
    rest concern the batch.
    """
    decision = given["decision"]
    units = {order: unit for unit in decision["units"] for order in unit["order_ids"]}
    excluded = {order["order_id"]: order["codes"] for order in decision["excluded_orders"]}
    told: set[int] = set()
    orders = []
    for id_, order in sorted(given["orders"].items(), key=lambda item: item[1]["externalId"]):
        products = {line["productId"] for line in order["items"]}
        unit = units.get(id_)
        mine = [
            finding
            for finding in decision["findings"]
            if _concerns(finding, id_, products, unit["unit_id"] if unit else "")
        ]
        told.update(map(id, mine))
        orders.append(
            {
                "order_id": id_,
                "external_id": order["externalId"],
                "included": unit is not None,
                "excluded_by": excluded.get(id_, []),
                "unit": dict(unit) if unit else None,
                "findings": mine,
                "flags": [
                    flag for flag in decision["flags"] if products & set(flag["product_ids"])
                ],
            }
        )
    return {
        "readiness": decision["readiness"],
        "ruleset_version": given["ruleset_version"],
        "strategy_hint": decision["strategy_hint"],
        "batch": [finding for finding in decision["findings"] if id(finding) not in told],
        "orders": orders,
    }


def _concerns(finding: Finding, order_id: str, products: set[str], unit_id: str) -> bool:
    if "order_id" in finding:
        return finding["order_id"] == order_id
    if "product_id" in finding:
        return finding["product_id"] in products
    return finding.get("unit_id") == unit_id


def lines(explanation: Record) -> Iterator[Line]:
    yield Line(f"{explanation['readiness']}   rules {explanation['ruleset_version']}", "bold")
    yield Line(explanation["strategy_hint"]["message"])
    for finding in explanation["batch"]:
        yield from _finding(finding)
    for order in explanation["orders"]:
        yield Line("")
        yield Line(f"{order['external_id']}  {order['order_id']}  {_place(order)}", "bold")
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


def _finding(finding: Finding) -> Iterator[Line]:
    where = finding.get("product_id") or finding.get("unit_id") or ""
    yield Line(
        f"  {finding['severity']:8} {finding['rule_id']} {finding['code']} {where}".rstrip(),
        _STYLES.get(finding["severity"], ""),
    )
    yield Line(f"           {finding['message']}")
    yield Line(f"           {finding['remedy']}  {_source(finding['source'])}", "dim")


def _flag(flag: Flag) -> Line:
    who = flag.get("agency") or flag.get("programme") or ""
    return Line(f"  FLAG     {flag['code']} {who}: {flag['reason']}  {_source(flag['source'])}")


def _source(source: Source) -> str:
    dated = f", {source['date']}" if source["date"] else ""
    return f"[{source['citation']}{dated}{'' if source['verified'] else ', not verified'}]"
