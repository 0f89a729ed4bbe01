"""Orders and products as they are answered."""

# ruff: noqa: N815  # the names are the protocol's

from typing import Any

from gateway.schemas.base import Answered, Moment, Percent, Usd


class OrderLine(Answered):
    productId: str
    productExternalId: str | None = None
    quantity: int
    unitValueUsd: Usd


class Consignee(Answered):
    name: str
    addressLines: tuple[str, ...] = ()
    city: str | None = None
    phone: str | None = None
    email: str | None = None
    taxId: str | None = None


class Synced(Answered):
    id: str
    externalId: str
    metadata: dict[str, Any] | None
    revision: int
    superseded: bool = False
    createdAt: Moment
    updatedAt: Moment


class Order(Synced):
    destinationCountry: str
    destinationRegion: str | None
    destinationPostalCode: str | None
    totalValueUsd: Usd
    items: list[OrderLine]
    consignee: Consignee | None


class Material(Answered):
    name: str
    percent: Percent


class Manufacturer(Answered):
    name: str
    addressLines: tuple[str, ...] = ()
    city: str | None = None
    region: str | None = None
    postalCode: str | None = None
    country: str
    mid: str | None = None


class Metal(Answered):
    kind: str
    weightPercent: Percent
    meltCountry: str | None = None


class Usmca(Answered):
    claim: bool
    certification: str | None = None


class Product(Synced):
    sku: str | None
    title: str
    description: str | None
    htsCode: str | None
    countryOfOrigin: str | None
    unitValueUsd: Usd | None
    weightGrams: int | None
    materials: list[Material] | None
    manufacturer: Manufacturer | None
    adcvdCase: str | None
    casNumber: str | None
    metal: Metal | None
    childrens: bool | None
    usmca: Usmca | None
    pga: dict[str, dict[str, str]] | None


class SyncedOrders(Answered):
    data: list[Order]


class SyncedProducts(Answered):
    data: list[Product]


class OrderList(SyncedOrders):
    next_cursor: str | None


class ProductList(SyncedProducts):
    next_cursor: str | None
