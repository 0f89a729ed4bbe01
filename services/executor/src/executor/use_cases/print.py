"""Print an invoice as PDF, once: whoever is first, its bytes are the ones that stay."""

import asyncio
from dataclasses import dataclass
from itertools import islice

from executor.printing import Printer, Unprintable
from executor.repository import Repository
from shared.clock import Clock, timestamp
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import InvoicePrinted, PrintInvoice
from shared.contracts.lifecycle import ExportRecord
from shared.entry_pages import entry_pages, print_id
from shared.errors import Refused
from shared.records import Print


@dataclass(frozen=True)
class Printing:
    repository: Repository
    printer: Printer
    now: Clock

    async def printed(self, command: PrintInvoice) -> InvoicePrinted:
        """The stored PDF of a package's invoices, or of one entry's.

        Raises:
            Refused: there is no such package or entry, or it is larger than what is printed.
        """
        export = await self.repository.export(command.account_id, command.export_id)
        if export is None or export["package_id"] is None:
            raise Refused(ErrorCode.CUSTOMS_PACKAGE_NOT_FOUND)
        page = await self._page(export, command.place)
        try:
            made = await self.once(command.account_id, export["package_id"], command.unit_id, page)
        except Unprintable as error:
            said = f"The invoice cannot be printed. {error} Take its page, or one entry's PDF."
            raise Refused(ErrorCode.ARTIFACT_NOT_FOUND, said) from error
        return InvoicePrinted(sha256=made["sha256"])

    async def once(
        self, account_id: str, package_id: str, unit_id: str | None, page: bytes
    ) -> Print:
        """The print that is stored; made where there is none yet."""
        id_ = print_id(package_id, unit_id)
        if known := await self.repository.print_of(account_id, id_):
            return known
        async with self.printer.slots:
            # Who waited finds what was printed meanwhile.
            if known := await self.repository.print_of(account_id, id_):
                return known
            pdf = await self.printer(page)
            [digest] = await self.repository.put_blobs([pdf])
            made = Print(
                _id=id_,
                account_id=account_id,
                sha256=digest,
                size_bytes=len(pdf),
                created_at=timestamp(self.now()),
            )
            return await self.repository.keep_print(made)

    async def _page(self, export: ExportRecord, place: int | None) -> bytes:
        [digest] = [
            a["sha256"] for a in export["artifacts"] if a["media_type"].startswith("text/html")
        ]
        whole = await self.repository.blob(digest)
        if place is None:
            return whole
        found = await asyncio.to_thread(lambda: next(islice(entry_pages(whole), place, None), None))
        if found is None:
            raise Refused(ErrorCode.ARTIFACT_NOT_FOUND)
        return found
