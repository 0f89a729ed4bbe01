"""The index of the package: every other file by hash, and what the files are about."""

from collections.abc import Iterator
from typing import Any

from pydantic.alias_generators import to_camel

from executor.artifacts.base import RenderedFile, artifact
from executor.artifacts.document import document_of, json_document
from executor.artifacts.facts import CustomsPackage, Invoice
from shared.canonical import sha256_hex
from shared.entry_pages import entry_pages, page_name


@artifact("manifest", "manifest.json", "application/json")
def manifest(package: CustomsPackage, files: tuple[RenderedFile, ...]) -> bytes:
    parties, shipment = package.parties, package.shipment
    body = {
        "files": [_entry(file) for file in files if not file.beside],
        "beside": [*(_entry(f) for f in files if f.beside), *_pages(package, files[0])],
        "shipper": parties.ship_from.name,
        "importerOfRecord": parties.importer_of_record and parties.importer_of_record.name,
        "broker": parties.broker.name,
        "portOfEntry": shipment.stated.port_of_entry,
        "transportMode": shipment.stated.transport_mode,
        "carrier": shipment.stated.carrier,
        "paps": shipment.stated.paps,
        "eta": shipment.stated.eta,
        "packageCount": shipment.package_count,
        "grossWeightGrams": shipment.gross_weight_grams,
        "grossWeightNote": shipment.gross_weight_note,
        "units": [_unit(invoice) for invoice in package.invoices],
        "totals": document_of(package.totals),
    }
    return json_document(package, body)


def _entry(file: RenderedFile) -> dict[str, Any]:
    names = ("artifact_type", "filename", "media_type", "sha256", "size_bytes")
    return {to_camel(name): getattr(file, name) for name in names}


def _pages(package: CustomsPackage, whole: RenderedFile) -> Iterator[dict[str, Any]]:
    """Each entry's page, cut out of the whole (shared/entry_pages.py)."""
    for invoice, page in zip(package.invoices, entry_pages(whole.data), strict=True):
        yield {
            "unitId": invoice.unit_id,
            "filename": page_name(invoice.unit_id),
            "mediaType": whole.media_type,
            "sha256": sha256_hex(page),
            "sizeBytes": len(page),
        }


def _unit(invoice: Invoice) -> dict[str, Any]:
    importer = invoice.importer_of_record
    return {
        "unitId": invoice.unit_id,
        "entryType": invoice.entry_type,
        "groupingKey": invoice.grouping_key,
        "invoiceNumber": invoice.number,
        **({"importerOfRecord": importer.name} if importer else {}),
        **({"bills": document_of(invoice.bills)} if invoice.bills else {}),
        "orderIds": [order.order_id for order in invoice.orders],
        "totals": document_of(invoice.totals),
    }
