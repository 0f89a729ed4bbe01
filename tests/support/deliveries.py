"""Executed exports that wait for the mailer, and mailers in a hurry."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from broker_mailer.app import build
from broker_mailer.repository import Package
from broker_mailer.settings import Settings
from broker_mailer.use_cases import Deliver
from shared.canonical import canonical_json, sha256_hex
from shared.contracts.lifecycle import ArtifactRecord, Delivery, ExportRecord
from shared.contracts.snapshot import Snapshot
from shared.ids import derived_id
from shared.letters import Letter, letter_of
from shared.mail_servers import Tls
from shared.records import EXPORTS
from shared.store import Store
from support.snapshots import a_snapshot
from support.told import to_nobody

STARTED_AT = "2026-11-24T15:38:05.731Z"
BROKER = "BROKER"
WAREHOUSE = "WAREHOUSE"
SUBJECT = "ENTRY REQUEST CP-2026-7KQ2M9XA-R PORT 0901 USD 37.00"

DOCUMENTS = {
    "commercial_customs_invoice.html": ("text/html; charset=utf-8", b"<p>\xc3\xa9</p>\r\n.\r\n"),
    "commercial_customs_invoice.csv": ("text/csv; charset=utf-8", b"a,b\r\n1,2\r\n"),
    "commercial_customs_invoice.json": ("application/json", b'{"total":"37.00"}'),
    "packing_list.json": ("application/json", b"{}\n"),
    "manifest.json": ("application/json", b""),
}


@dataclass(frozen=True)
class Executed:
    """An executed export with what it refers to."""

    record: ExportRecord
    snapshot: Snapshot
    documents: dict[str, tuple[str, bytes]] = field(default_factory=lambda: dict(DOCUMENTS))

    @property
    def id(self) -> str:
        return self.record["_id"]

    @property
    def account_id(self) -> str:
        return self.record["account_id"]

    @property
    def letter(self) -> Letter:
        return letter_of(self.snapshot)

    @property
    def package(self) -> Package:
        carried = [data for _, data in self.documents.values()]
        return Package(self.letter, tuple(zip(self.record["artifacts"], carried, strict=True)))


def a_delivery(recipient: str = "entries@niagara.example", **given: object) -> Delivery:
    submission = derived_id("sub_", "batch_1", recipient)
    delivery: dict[str, Any] = {
        "submission_id": submission,
        "notification_id": derived_id("ntf_", "batch_1", recipient),
        "channel": "EMAIL",
        "recipient": recipient,
        "subject": SUBJECT,
        "message_id": f"<{submission}@entrygo.example>",
        "status": "PENDING",
        "attempts": 0,
        "budget_from": 0,
        "first_pending_at": STARTED_AT,
        "next_attempt_at": STARTED_AT,
        "lease_until": None,
        "owner": None,
        "sent_at": None,
        "error_message": None,
    }
    return delivery | given  # type: ignore[return-value]  # a TypedDict made by parts


def an_executed_export(
    snapshot: Snapshot | None = None,
    documents: dict[str, tuple[str, bytes]] | None = None,
    **given: object,
) -> Executed:
    snapshot, documents = snapshot or a_snapshot(), documents or dict(DOCUMENTS)
    export_id = derived_id("batch_", "cmd_1")
    letter = sha256_hex(canonical_json(letter_of(snapshot)))
    record: dict[str, Any] = {
        "_id": export_id,
        "account_id": "acc_maple",
        "test": False,
        "state": "EXECUTED",
        "revision": 7,
        "plan_revision": 1,
        "plan": {"revision": 1, "plan_hash": f"sha256:{sha256_hex(canonical_json(snapshot))}"},
        "attempt": 1,
        "execution": {"attempt": 1, "request_id": "req-1", "started_at": STARTED_AT},
        "package_id": derived_id("cp_", export_id, "1"),
        "package_number": "CP-2026-7KQ2M9XA-R",
        "artifacts": [_artifact(name, *document) for name, document in documents.items()],
        "deliveries": {
            BROKER: a_delivery(letter_sha256=letter),
            WAREHOUSE: a_delivery("dock@toronto.example", letter_sha256=letter),
        },
        "events": [],
        "created_at": STARTED_AT,
        "updated_at": STARTED_AT,
    }
    return Executed(record | given, snapshot, documents)  # type: ignore[arg-type]  # as above


def _artifact(filename: str, media_type: str, data: bytes) -> ArtifactRecord:
    return {
        "id": derived_id("art_", filename),
        "artifact_type": filename,
        "filename": filename,
        "media_type": media_type,
        "sha256": sha256_hex(data),
        "size_bytes": len(data),
        "generated_at": STARTED_AT,
    }


async def put(store: Store, executed: Executed) -> None:
    """What the executor has stored by the time the mailer is woken."""
    documents = [data for _, data in executed.documents.values()]
    await store.put_blobs([canonical_json(executed.letter), *documents], step="test.blob")
    await store.insert(EXPORTS, executed.record, step="test.export")


def hurried(port: int, **given: object) -> Settings:
    """The settings of a mailer that waits for nothing longer than a test does."""
    settings: dict[str, Any] = {
        "sender": "entrygo@forwarder.example",
        "smtp_port": port,
        "smtp_tls": Tls.NONE,
        "sandbox_smtp_port": port,
        "smtp_connect_timeout": timedelta(milliseconds=400),
        "smtp_command_timeout": timedelta(milliseconds=400),
        "smtp_data_timeout": timedelta(milliseconds=400),
        "smtp_final_timeout": timedelta(milliseconds=400),
        "lease": timedelta(seconds=2),
        "retry_delays": (timedelta(milliseconds=1), timedelta(milliseconds=2)),
        "retry_every": timedelta(milliseconds=5),
        "retry_for": timedelta(milliseconds=14),  # 1 + 2 + 5 + 5: five tries
        "outcome_pauses": (timedelta(milliseconds=10), timedelta(milliseconds=50)),
    }
    return Settings(**(settings | given))


def a_mailer(store: Store, port: int, **given: object) -> Deliver:
    return build(store, hurried(port, **given), to_nobody)
