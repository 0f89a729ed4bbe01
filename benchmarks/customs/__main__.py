"""`python -m benchmarks.customs [--before COMMIT]`: how much a shop and a broker have to read.

`--before` runs the same orders through an older commit's planner and executor, in a work tree that
is gone afterwards, and prints both.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.customs.shop import AS_OF, plan, planned
from contract import fixture
from executor.artifacts.facts import Identity
from executor.artifacts.invoice import customs_package
from planner.domain.decide import decide
from planner.domain.view import view_of

_REPOSITORY = Path(__file__).parents[2]
_PACKAGES = ("shared", "services/planner", "services/executor")
_VALUE = "UNIT_VALUE_SUSPECT"
_IDENTITY = Identity(
    export_id="batch_1",
    plan_revision=1,
    plan_hash="sha256:" + "0" * 64,
    package_id="cp_1",
    package_number="CP-2026-0000000A-A",
    test=True,
    started_at="2026-11-24T12:00:00.000Z",
)

Figures = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--before", metavar="COMMIT", help="an older commit, to run beside this one"
    )
    parser.add_argument("--json", action="store_true", help="print figures for programs")
    options = parser.parse_args()
    now = figures()
    if options.json:
        print(json.dumps(now))
        return
    columns = {"now": now}
    if options.before:
        columns = {"before": _figures_at(options.before), **columns}
    print("\n".join(_report(columns)))


def figures() -> Figures:
    complete, bare = _told(plan(1_000)), _told(plan(1_000, bare=True))
    right, wrong, missed = _agency_flags()
    return {
        "messages, 1,000 orders with customs data": sum(complete.values()),
        "of them value alarms, percent": _percent(complete[_VALUE], sum(complete.values())),
        "messages, 1,000 orders as found": sum(bare.values()),
        **_rows(),
        "agency flags on the rulings, precision, percent": _percent(right, right + wrong),
        "agency flags on the rulings, recall, percent": _percent(right, right + missed),
        "by code": dict(complete.most_common()),
    }


def _told(given: Any) -> Counter[str]:  # noqa: ANN401  # an older commit's input too
    view = view_of(decide(given), "", "2026-11-24T12:00:00.000Z", AS_OF.isoformat())
    return Counter(message["code"] for message in view["validationMessages"])


def _rows() -> Figures:
    """What the invoices of 500 orders print beside goods: flags, and findings."""
    invoices = customs_package(decide(plan(500)), _IDENTITY).invoices
    flags = sum(len(invoice.flags) for invoice in invoices)
    findings = sum(len(invoice.findings) for invoice in invoices)
    return {
        "entries, 500 orders": len(invoices),
        "rows at the broker, flags": flags,
        "rows at the broker, findings": findings,
        "rows at the broker": flags + findings,
    }


def _agency_flags() -> tuple[int, int, int]:
    """Right, wrong and missed, of all products of rulings in one order each."""
    due = _due()
    products = fixture.products()
    orders = {f"ord_{ruling}": _one(ruling) for ruling in products}
    raised: dict[str, set[str]] = {ruling: set() for ruling in products}
    for flag in decide(planned(orders, products))["decision"]["flags"]:
        if "agency" in flag:
            for ruling in flag["product_ids"]:
                raised[ruling].add(flag["agency"])
    right = sum(len(raised[ruling] & due[ruling]) for ruling in due)
    return (
        right,
        sum(map(len, raised.values())) - right,
        sum(map(len, due.values())) - right,
    )


def _due() -> dict[str, set[str]]:
    path = _REPOSITORY / "tests" / "data" / "customs" / "products.csv"
    with path.open(encoding="utf-8") as lines:
        return {
            row["ruling"]: set(filter(None, row["agencies"].split(";")))
            for row in csv.DictReader(lines)
        }


def _one(product_id: str) -> dict[str, Any]:
    return {
        "externalId": product_id,
        "destinationCountry": "US",
        "destinationRegion": "NY",
        "destinationPostalCode": "14201",
        "consignee": {"name": "Kim Lee", "addressLines": ["1 Elm St"], "city": "Buffalo"},
        "items": [{"productId": product_id, "quantity": 1, "unitValueCents": 2_000}],
    }


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def _figures_at(commit: str) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        git = ["git", "-C", str(_REPOSITORY), "worktree"]
        subprocess.run([*git, "add", "--detach", folder, commit], check=True, capture_output=True)
        try:
            paths = [f"{folder}/{package}/src" for package in _PACKAGES]
            command = [sys.executable, "-m", "benchmarks.customs", "--json"]
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
            ran = subprocess.run(
                command, cwd=_REPOSITORY, env=environment, check=True, capture_output=True
            )
        finally:
            subprocess.run([*git, "remove", "--force", folder], check=True, capture_output=True)
    told: Figures = json.loads(ran.stdout)
    return told


def _report(columns: Mapping[str, Figures]) -> list[str]:
    names = [name for name in columns["now"] if name != "by code"]
    codes = dict.fromkeys(code for each in columns.values() for code in each["by code"])
    rows = [(name, [each[name] for each in columns.values()]) for name in names]
    rows += [(code, [each["by code"].get(code, 0) for each in columns.values()]) for code in codes]
    width = max(len(name) for name, _ in rows)
    head = " " * width + "".join(f"{name:>10}" for name in columns)
    return [head, *(f"{n:<{width}}" + "".join(f"{v:>10}" for v in each) for n, each in rows)]


if __name__ == "__main__":
    main()
