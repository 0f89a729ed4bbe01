"""From a day's orders to the broker's mailbox: `make demo`, or `python -m examples.demo`."""

import re
import sys
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.markup import escape

from examples.exporter import Parties, set_up
from examples.surroundings import (
    Mailbox,
    NotAsItShouldBe,
    Operator,
    addresses,
    console,
    load,
    require,
    title,
    told,
)
from shpbndl import SHPBNDL, SHPBNDLError
from shpbndl.types import Execution, Export, Plan

Json = dict[str, Any]
INVOICE = "commercial_customs_invoice.html"
ARTIFACTS = 5
SHOWN = 6  # findings of each plan
DELIVERY_SECONDS = 60
_COLOURS = {"BLOCKING": "red", "WARNING": "yellow", "INFO": "dim"}


def main() -> int:
    try:
        run(addresses())
    except NotAsItShouldBe as error:
        console.print(f"\n[bold red]Not as it should be:[/] {escape(str(error))}")
    except SHPBNDLError as error:
        console.print(f"\n[bold red]The API says:[/] {escape(str(error))}\n{error.details}")
    else:
        return 0
    return 1


def run(environment: dict[str, str]) -> None:
    run_id = uuid.uuid4().hex[:8]
    api = environment["ENTRYGO_GATEWAY_URL"] + "/api"
    operator = Operator(environment)
    mailbox = Mailbox(environment["ENTRYGO_MAILPIT_URL"])
    broker_email = f"entries-{run_id}@niagara-brokers.example"

    parties = set_up(operator, run_id)
    with SHPBNDL(parties.key, base_url=api) as client:
        order_ids, names = sync(client, parties)
        blocked = plan(client, parties, order_ids, names)
        mend(client, operator, parties, broker_email)
        ready = plan_again(client, parties, order_ids, blocked["exportId"])
        show_plan(ready, names)
        package = execute(client, parties, ready)
        export = inspect(client, ready["exportId"], package)
        letter = check_mail(mailbox, broker_email)
        invoice = save_invoice(client, environment, package)
    tell_where_to_look(environment, mailbox, letter, invoice, export)
    tell_what_to_paste(api, parties, export)


def sync(client: SHPBNDL, parties: Parties) -> tuple[list[str], dict[str, str]]:
    """The orders' ids, and what the shop calls each id."""
    title(2, "The shop syncs its catalogue and a day of orders")
    products = client.products.sync(parties.account, load("products"))["data"]
    orders = client.orders.sync(parties.account, load("orders"))["data"]
    worth = sum(round((order["totalValueUsd"] or 0) * 100) for order in orders)
    told(f"{len(products)} products, {len(orders)} orders worth USD {worth / 100:,.2f}")
    names = {record["id"]: record["externalId"] for record in (*products, *orders)}
    return [order["id"] for order in orders], names


def plan(client: SHPBNDL, parties: Parties, order_ids: list[str], names: dict[str, str]) -> Plan:
    title(3, "Plan: what can go, and what is missing")
    answer = client.plan(**parties.scope, destinationCountry="US", orderIds=order_ids)
    show_plan(answer, names)
    require(answer["readinessState"] == "BLOCKED", "the first plan is blocked")
    for missing in [row for row in answer["missing_data"] if row["required_for"] == "EXECUTE"]:
        path = re.sub(r"\[(\w+_\w+)\]", lambda found: f"[{names[found[1]]}]", missing["path"])
        told(f"[red]missing[/] {escape(path)}  (by the {missing['fixable_by'].lower()})")
    return answer


def mend(client: SHPBNDL, operator: Operator, parties: Parties, email: str) -> None:
    title(4, "Mend it: the broker's e-mail, four products, two orders, the shipment's facts")
    operator("broker", "update", parties.broker, "--email", email)
    mends = load("mends")
    for kind, records in (("products", client.products), ("orders", client.orders)):
        mended = [
            record | mends[kind][record["externalId"]]
            for record in load(kind)
            if record["externalId"] in mends[kind]
        ]
        records.sync(parties.account, mended)
        told(f"{kind}: {', '.join(record['externalId'] for record in mended)}")


def plan_again(client: SHPBNDL, parties: Parties, order_ids: list[str], export_id: str) -> Plan:
    title(5, "Plan again: the same export, its next revision")
    shipment = load("shipment") | {"eta": tomorrow()}
    answer = client.plan(**parties.scope, orderIds=order_ids, batchId=export_id, shipment=shipment)
    require(answer["exportId"] == export_id, "a re-plan keeps the export's id")
    require(answer["readinessState"].startswith("READY"), "the mended plan can be executed")
    require(len(answer["included_order_ids"]) == len(order_ids), "every order is in the plan")
    return answer


def tomorrow() -> str:
    moment = datetime.now(UTC) + timedelta(days=1)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def show_plan(answer: Plan, names: dict[str, str]) -> None:
    counts = Counter(found["severity"] for found in answer["validationMessages"])
    told(
        f"[bold]{answer['readinessState']}[/]  {len(answer['included_order_ids'])} orders in, "
        f"{len(answer['excluded_order_ids'])} out; {counts['BLOCKING']} blocking, "
        f"{counts['WARNING']} warnings, {len(answer['flags'])} flags"
    )
    for found in answer["validationMessages"][:SHOWN]:
        colour = _COLOURS.get(found["severity"], "")
        where = names.get(found.get("product_id") or found.get("order_id") or "", "")
        told(f"[{colour}]{found['code']}[/] {where} {escape(found['message'])}".replace("  ", " "))
    for unit in answer["export_units"]:
        totals = unit["totals"]
        told(
            f"entry type {unit['entry_type']}, lane {unit['grouping_key'].get('lane', '-')}: "
            f"{totals['orders']} orders, USD {totals['value_usd']:,.2f}"
        )
    told(f"next: {answer['next_recommended_action']}   {answer['planHash']}")


def execute(client: SHPBNDL, parties: Parties, ready: Plan) -> Execution:
    title(6, "Execute, and once more with the same key, and with another")
    export_id, key = ready["exportId"], f"demo-{uuid.uuid4().hex}"
    given: Json = {
        "accountId": parties.account,
        "batchId": export_id,
        "planHash": ready["planHash"],
    }
    first = client.execute(**given, idempotencyKey=key)
    require(first["customs_package_id"], "the execution made a customs package")
    require(len(first["artifacts"]) == ARTIFACTS, f"the package holds {ARTIFACTS} files")
    told(f"package {first['package_number']}  {first['customs_package_id']}")
    for file in first["artifacts"]:
        told(f"[dim]{file['filename']}  {file['size_bytes']:,} bytes  {file['sha256'][:12]}[/]")
    require(client.execute(**given, idempotencyKey=key) == first, "the same key, the same answer")
    other = client.execute(**given, idempotencyKey=f"demo-{uuid.uuid4().hex}")
    for name in ("customs_package_id", "package_number", "artifacts"):
        require(other[name] == first[name], f"another key makes no other package ({name})")
    told("[green]the same package each time: nothing happened twice[/]")
    return first


def inspect(client: SHPBNDL, export_id: str, package: Execution) -> Export:
    title(7, "Inspect, until the broker has it")
    with console.status("waiting for the delivery"):
        export = client.exports.wait(export_id, timeout=DELIVERY_SECONDS)
    require(export["status"] == "COMPLETED", f"the export is COMPLETED, not {export['status']}")
    require(export["artifacts"] == package["artifacts"], "inspect shows the same artifacts")
    events = export["events"]
    require([e["sequence"] for e in events] == [*range(1, len(events) + 1)], "events have no gaps")
    for event in events:
        told(f"[dim]{event['sequence']:2} {event['occurred_at']}[/] {event['type']}")
    return export


def check_mail(mailbox: Mailbox, address: str) -> Json:
    letters = mailbox.letters_to(address)
    require(len(letters) == 1, f"the broker has one mail, not {len(letters)}")
    require(letters[0]["Attachments"] == ARTIFACTS, f"the mail has {ARTIFACTS} attachments")
    told(f"[green]one mail, {ARTIFACTS} attachments: {escape(letters[0]['Subject'])}[/]")
    return letters[0]


def save_invoice(client: SHPBNDL, environment: dict[str, str], package: Execution) -> Path:
    cache = environment.get("ENTRYGO_CACHE") or str(Path.home() / ".cache" / "entrygo")
    path = Path(cache, "demo", str(package["package_number"]), INVOICE)
    path.parent.mkdir(parents=True, exist_ok=True)
    package_id = str(package["customs_package_id"])
    path.write_bytes(client.customs_packages.artifact(package_id, INVOICE))
    return path


def tell_where_to_look(
    environment: dict[str, str], mailbox: Mailbox, letter: Json, invoice: Path, export: Export
) -> None:
    title(8, "Where to look")
    told(f"invoice    {invoice}\n              {invoice.as_uri()}")
    told(f"mail       {mailbox.url}/view/{letter['ID']}.html")
    told(f"API        {environment['ENTRYGO_GATEWAY_URL']}/docs")
    told('operator   eval "$(.venv/bin/python -m stack env)"   (once, before these two)')
    told(f"timeline   .venv/bin/entrygo export show {export['exportId']}")
    told(f"reasons    .venv/bin/entrygo plan explain {export['exportId']}")


def tell_what_to_paste(api: str, parties: Parties, export: Export) -> None:
    title(9, "To paste")
    for line in (
        f"export ENTRYGO_API_URL={api} ENTRYGO_API_KEY={parties.key}",
        f"export ENTRYGO_ACCOUNT={parties.account}",
        f"export ENTRYGO_WAREHOUSE={parties.warehouse} ENTRYGO_BROKER={parties.broker}",
        f'curl -s -H "Authorization: Bearer $ENTRYGO_API_KEY" {api}/exports/{export["exportId"]}',
    ):
        console.print(line, markup=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
