"""What must never be so, done to the store by hand: for tests of what finds it."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from shared.canonical import sha256_hex
from shared.contracts.lifecycle import ExportRecord
from shared.records import BLOBS, CLAIMS, EXPORTS, Claim
from shared.store import Store

LONG_AGO = "2026-01-01T00:00:00.000Z"


@dataclass(frozen=True)
class Damage:
    """One thing done to one export, and what it breaks."""

    invariant: str
    what: str
    do: Callable[[Store, ExportRecord], Awaitable[None]]


def _set(**fields: Any) -> Callable[[Store, ExportRecord], Awaitable[None]]:
    named = {name.replace("__", "."): value for name, value in fields.items()}

    async def do(store: Store, export: ExportRecord) -> None:
        await _change(store, export, {"$set": named})

    return do


async def _change(store: Store, export: ExportRecord, change: dict[str, Any]) -> None:
    await store.transition(
        EXPORTS.of(export["account_id"]), export["_id"], {}, change, step="test.damage"
    )


async def tear_a_document(store: Store, export: ExportRecord) -> None:
    torn = {"$set": {"data": b"torn", "encoding": "identity"}}
    digest = export["artifacts"][1]["sha256"]
    await store.transition(BLOBS, digest, {}, torn, step="test.damage")


async def lose_the_letter(store: Store, export: ExportRecord) -> None:
    await _set(deliveries__BROKER__letter_sha256="0" * 64)(store, export)


async def send_it_again_by_itself(store: Store, export: ExportRecord) -> None:
    told = [
        {"id": f"evt_{number}", "type": kind, "occurred_at": LONG_AGO, "actor": "broker-mailer"}
        | {"data": {"attempt": number}}
        for number, kind in ((1, "BROKER_SUBMISSION_UNKNOWN"), (2, "BROKER_NOTIFIED"))
    ]
    change = {"deliveries.BROKER.status": "SENT", "deliveries.BROKER.attempts": 2}
    await _change(store, export, {"$set": change, "$push": {"events": {"$each": told}}})


async def tell_an_event_twice(store: Store, export: ExportRecord) -> None:
    await _set(events=[*export["events"], export["events"][0]])(store, export)


async def tell_events_out_of_order(store: Store, export: ExportRecord) -> None:
    created, planned, started, *others = export["events"]
    first, *rest = others
    await _set(events=[created, planned, first, started, *rest])(store, export)


async def free_its_orders(store: Store, export: ExportRecord) -> None:
    await store.delete(
        CLAIMS.of(export["account_id"]), {"export": export["_id"]}, step="test.damage"
    )


async def claim_a_further_order(store: Store, export: ExportRecord) -> None:
    further = Claim(
        _id=f"ord_{export['_id']}",
        account_id=export["account_id"],
        export=export["_id"],
        attempt=export["attempt"],
    )
    await store.insert(CLAIMS, further, step="test.damage")


def misprint(kind: str, old: str, new: str) -> Callable[[Store, ExportRecord], Awaitable[None]]:
    """Another figure in one document, whose hash is right everywhere."""

    async def do(store: Store, export: ExportRecord) -> None:
        files = {one["artifact_type"]: one for one in export["artifacts"]}
        text = (await store.get_blob(files[kind]["sha256"])).decode()
        assert old in text, (kind, old)
        digest, size = await _put(store, text.replace(old, new))
        listed = {kind: {"sha256": digest, "size_bytes": size}}
        if kind != "manifest":
            manifest = json.loads(await store.get_blob(files["manifest"]["sha256"]))
            for entry in manifest["files"]:
                if entry["artifactType"] == kind:
                    entry |= {"sha256": digest, "sizeBytes": size}
            digest, size = await _put(store, json.dumps(manifest))
            listed["manifest"] = {"sha256": digest, "size_bytes": size}
        changed = [one | listed.get(one["artifact_type"], {}) for one in export["artifacts"]]
        await _set(artifacts=changed)(store, export)

    return do


async def _put(store: Store, text: str) -> tuple[str, int]:
    data = text.encode()
    assert await store.put_blob(data, step="test.damage") == sha256_hex(data)
    return sha256_hex(data), len(data)


# To an export that is executed and whose mails are PENDING; two orders, two pieces each.
TO_EXECUTED = (
    Damage("I1", "a document's bytes are others", tear_a_document),
    Damage("I1", "a letter is lost", lose_the_letter),
    Damage("I1", "another package", _set(package_id="cp_other")),
    Damage("I1", "another size", _set(artifacts__0__size_bytes=1)),
    Damage("I1", "another name", _set(artifacts__0__filename="invoice.html")),
    Damage("I2", "another Message-ID", _set(deliveries__BROKER__message_id="<1@other>")),
    Damage("I2", "sent, and no event says so", _set(deliveries__BROKER__status="SENT")),
    Damage("I2", "nothing to send", _set(deliveries={})),
    Damage("I2", "sent again by itself", send_it_again_by_itself),
    Damage("I2", "a lease that nobody ended", _set(deliveries__WAREHOUSE__status="SENDING")),
    Damage("I5", "due and never sent", _set(deliveries__BROKER__next_attempt_at=LONG_AGO)),
    Damage("I8", "an event twice", tell_an_event_twice),
    Damage("I8", "out of order", tell_events_out_of_order),
    Damage("I8", "a plan that the log does not know", _set(plan_revision=2)),
    Damage("I8", "an outcome of another state", _set(last_execution__outcome="REFUSED")),
    Damage("I12", "the CSV's value", misprint("cci_csv", ',"32100",', ',"32200",')),
    Damage(
        "I12",
        "the HTML's total",
        misprint("cci_human_readable", "<b><data value=", "<b><data value=9"),
    ),
    Damage("I12", "the JSON's pieces", misprint("cci_json", '"pieces": 4', '"pieces": 5')),
    Damage("I12", "the list's pieces", misprint("packing_list", '"pieces": 4', '"pieces": 5')),
    Damage("I12", "the manifest's pieces", misprint("manifest", '"pieces": 4', '"pieces": 5')),
    Damage("I13", "executed, and its orders are free", free_its_orders),
    Damage("I13", "an order it does not export", claim_a_further_order),
)
# To an execution that its worker left.
TO_EXECUTING = (
    Damage("I5", "nobody drives it", _set(execution__driven_at=LONG_AGO, updated_at=LONG_AGO)),
    Damage("I5", "stalled for no reason", _set(execution__stalled=True)),
)
