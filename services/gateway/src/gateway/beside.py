"""What stands beside the five documents of a package: its manifest names it, with its hash.

The entries' pages are cut out of the one that holds them all; the rest is stored as it is. A
package of before these files has none.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from gateway.admission import again_after
from gateway.dependencies import Gateway
from gateway.reads import Reads
from shared.canonical import sha256_hex
from shared.clock import timestamp
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import PrintInvoice
from shared.contracts.lifecycle import ExportRecord
from shared.entry_pages import entry_pages, print_id
from shared.errors import BlobCorrupt, NoReply, Refused
from shared.ids import minted_id
from shared.logs import request_id
from shared.messaging.topology import PACKAGES_PRINT
from shared.records import PRINTS

_AGAIN_SECONDS: Final = 5.0

Row = Mapping[str, Any]  # of the manifest: filename, mediaType, sha256, sizeBytes, unitId


async def listed(reads: Reads, export: ExportRecord) -> list[Row]:
    manifest = await reads.blob(_digest(export, "manifest"))
    rows: list[Row] = orjson.loads(manifest).get("beside", [])
    return rows


async def bodies(reads: Reads, export: ExportRecord, rows: Iterable[Row]) -> dict[str, bytes]:
    """The bytes of these files, by name, checked.

    Raises:
        BlobCorrupt: when what is stored gives other bytes than the manifest names.
    """
    rows = list(rows)
    stored = {row["filename"]: row["sha256"] for row in rows if "unitId" not in row}
    found = {name: await reads.blob(digest) for name, digest in stored.items()}
    if pages := [row for row in rows if "unitId" in row]:
        whole = await reads.blob(_digest(export, "cci_human_readable"))
        found |= await asyncio.to_thread(lambda: dict(_cut(whole, pages)))
    return found


async def printed(
    gateway: Gateway, export: ExportRecord, unit_id: str | None, within: float
) -> str:
    """The hash of the PDF of all invoices, or of a unit's; an executor makes what is not there.

    Raises:
        Refused: the package has no such unit, its invoice is larger than what is printed, or it is
            still being made: what was asked goes on.
    """
    place = None
    if unit_id is not None:
        manifest = orjson.loads(await gateway.reads.blob(_digest(export, "manifest")))
        units = [unit["unitId"] for unit in manifest["units"]]
        if unit_id not in units:
            raise Refused(ErrorCode.ARTIFACT_NOT_FOUND)
        place = units.index(unit_id)
    account_id, package_id = export["account_id"], export["package_id"] or ""
    if known := await gateway.store.get(PRINTS.of(account_id), print_id(package_id, unit_id)):
        return known["sha256"]
    command = PrintInvoice(
        command_id=minted_id("cmd_"),
        account_id=account_id,
        request_id=request_id.get(),
        issued_at=timestamp(gateway.now()),
        export_id=export["_id"],
        unit_id=unit_id,
        place=place,
    )
    try:
        made = await gateway.messages.request(
            PACKAGES_PRINT, command, within=within, step="gateway.ask_print"
        )
    except NoReply as error:
        said = "The PDF is still being made; ask for it again."
        again = {"retry_after_seconds": again_after(_AGAIN_SECONDS)}
        raise Refused(ErrorCode.SERVICE_UNAVAILABLE, said, details=again) from error
    return made.sha256


def _cut(whole: bytes, rows: Iterable[Row]) -> Iterator[tuple[str, bytes]]:
    by_digest = {sha256_hex(page): page for page in entry_pages(whole)}
    for row in rows:
        if row["sha256"] not in by_digest:
            raise BlobCorrupt(f"{row['filename']} has other bytes than its manifest names")
        yield row["filename"], by_digest[row["sha256"]]


def _digest(export: ExportRecord, artifact_type: str) -> str:
    [digest] = [a["sha256"] for a in export["artifacts"] if a["artifact_type"] == artifact_type]
    return digest
