"""What travels: packages, what each order holds, and totals that equal the invoices'."""

from typing import Any

from executor.artifacts.base import RenderedFile, artifact
from executor.artifacts.document import document_of, json_document
from executor.artifacts.facts import CustomsPackage, Invoice, Line, Order


@artifact("packing_list", "packing_list.json", "application/json")
def packing_list(package: CustomsPackage, _: tuple[RenderedFile, ...]) -> bytes:
    shipment = package.shipment
    body = {
        "shipFrom": document_of(package.parties.ship_from),
        "carrier": shipment.stated.carrier,
        "paps": shipment.stated.paps,
        "packages": document_of(shipment.packages),
        "packagesStated": shipment.packages_stated,
        "grossWeightStated": shipment.gross_weight_stated,
        "grossWeightNote": shipment.gross_weight_note,
        "units": [_unit(invoice) for invoice in package.invoices],
        "totals": {
            "packages": shipment.package_count,
            "grossWeightGrams": shipment.gross_weight_grams,
            "netWeightGrams": package.totals.net_weight_grams,
            "orders": package.totals.orders,
            "pieces": package.totals.pieces,
        },
    }
    return json_document(package, body)


def _unit(invoice: Invoice) -> dict[str, Any]:
    return {
        "unitId": invoice.unit_id,
        "invoiceNumber": invoice.number,
        **_travel(invoice),
        "contents": [_goods(line) for line in invoice.lines],
        "orders": [_order(order) for order in invoice.orders],
        "totals": {
            "orders": invoice.totals.orders,
            "pieces": invoice.totals.pieces,
            "netWeightGrams": invoice.totals.net_weight_grams,
        },
    }


def _travel(invoice: Invoice) -> dict[str, Any]:
    """Its bills, and its packages where they are its own."""
    told: dict[str, Any] = {
        "bills": invoice.bills,
        "packages": invoice.packages,
        "grossWeightGrams": invoice.gross_weight_grams,
    }
    return {name: document_of(value) for name, value in told.items() if value is not None}


def _goods(line: Line) -> dict[str, Any]:
    goods = {
        "lineNumber": line.number,
        "productId": line.product_id,
        "sku": line.product.sku,
        "description": line.product.description,
        "htsCode": line.product.hts_code,
        "countryOfOrigin": line.product.country_of_origin,
        "quantity": line.quantity,
        "netWeightGrams": line.net_weight_grams,
    }
    return {name: value for name, value in goods.items() if value is not None}


def _order(order: Order) -> dict[str, Any]:
    """As the invoice has it, but for its value: a warehouse needs none."""
    return {name: value for name, value in document_of(order).items() if name != "valueUsd"}
