"""The invoices for machines: every fact, as docs/schemas describes it."""

from executor.artifacts.base import RenderedFile, artifact
from executor.artifacts.document import document_of, json_document
from executor.artifacts.facts import CustomsPackage


@artifact("cci_json", "commercial_customs_invoice.json", "application/json")
def invoice_json(package: CustomsPackage, _: tuple[RenderedFile, ...]) -> bytes:
    body = {
        "currency": "USD",
        "parties": document_of(package.parties),
        "shipment": document_of(package.shipment),
        "invoices": document_of(package.invoices),
        "totals": document_of(package.totals),
    }
    return json_document(package, body)
