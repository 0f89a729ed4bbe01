"""What the mail to the broker carries beside the five: what the broker's record asks for."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from executor.artifacts import Identity, RenderedFile
from executor.printing import PrintingFailed, Unprintable
from executor.use_cases.print import Printing
from shared.contracts.lifecycle import Attached, ExportRecord
from shared.contracts.parties import Attach
from shared.contracts.snapshot import Snapshot
from shared.entry_pages import entry_pages

log = logging.getLogger(__name__)

MOST_PDFS: Final = 20  # a mail of more is none to work with; each is to be had by itself
SECONDS: Final = 120.0  # less than an execution is left alone for


async def attached(
    printing: Printing,
    export: ExportRecord,
    snapshot: Snapshot,
    identity: Identity,
    files: Sequence[RenderedFile],
) -> list[Attached]:
    """A PDF that cannot be made holds nothing up: it is logged, and not carried."""
    wanted = Attach.model_validate(snapshot["broker"].get("attach") or {})
    carried = [_of_file(file) for file in files if file.beside and wanted.entry_lines]
    if wanted.invoice_pdf:
        try:
            async with asyncio.timeout(SECONDS):
                carried += await _pdfs(printing, export, snapshot, identity, files[0].data)
        except (Unprintable, PrintingFailed, TimeoutError) as error:
            why = str(error) or f"longer than {SECONDS:.0f} seconds"
            log.error("not printed", extra={"export_id": export["_id"], "why": why})  # noqa: TRY400  # the reason is all
    return carried


async def _pdfs(
    printing: Printing,
    export: ExportRecord,
    snapshot: Snapshot,
    identity: Identity,
    whole: bytes,
) -> list[Attached]:
    carried, units = list[Attached](), snapshot["decision"]["units"]
    if len(units) > MOST_PDFS:
        raise Unprintable(f"{len(units)} entries; a mail carries the PDFs of {MOST_PDFS}.")
    for unit, page in zip(units, entry_pages(whole), strict=True):
        made = await printing.once(export["account_id"], identity.package_id, unit["unit_id"], page)
        carried.append(
            Attached(
                filename=f"invoice-{unit['unit_id']}.pdf",
                media_type="application/pdf",
                sha256=made["sha256"],
                size_bytes=made["size_bytes"],
            )
        )
    return carried


def _of_file(file: RenderedFile) -> Attached:
    return Attached(
        filename=file.filename,
        media_type=file.media_type,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
    )
