"""Each operation of the contract: its name, its answer, and every error it can give."""

from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from gateway.schemas import plans, records
from gateway.schemas import requests as body
from gateway.schemas import responses as answer
from shared.contracts.errors import ErrorCode as E

CORE: Final = "Core loop"
EXPORTS: Final = "Exports"
PACKAGES: Final = "Customs packages"
CATALOGUE: Final = "Catalogue"
ACCOUNT: Final = "Account"

TAGS: Final = {
    CORE: "Sync, plan, execute, inspect: the four calls that a client needs.",
    CATALOGUE: "Products, and what was synced.",
    EXPORTS: "More about exports: the list, snapshots, earlier plans.",
    PACKAGES: "Customs packages and their documents.",
    ACCOUNT: "The caller's account, and the service's health.",
}

_ANY: Final = (
    E.INVALID_API_KEY,
    E.RATE_LIMITED,
    E.INTERNAL_ERROR,
    E.SERVICE_UNAVAILABLE,
)
_WRITE: Final = (
    E.INVALID_REQUEST,
    E.VALIDATION_ERROR,
    E.INVALID_ACCOUNT_SCOPE,
    E.IDEMPOTENCY_IN_PROGRESS,
    E.PAYLOAD_TOO_LARGE,
    E.UNSUPPORTED_MEDIA_TYPE,
    E.IDEMPOTENCY_KEY_REUSED,
)
_PLAN_ERRORS: Final = (
    *_WRITE,
    E.EXPORT_NOT_FOUND,
    E.ORDER_NOT_FOUND,
    E.EXPORT_ALREADY_EXECUTED,
    E.EXPORT_VOIDED,
    E.PLAN_STALE,
)
_EXECUTE_ERRORS: Final = (
    *_WRITE,
    E.EXPORT_NOT_FOUND,
    E.EXPORT_VOIDED,
    E.PLAN_HASH_MISMATCH,
    E.EXPORT_NOT_READY,
    E.PLAN_STALE,
    E.ORDER_ALREADY_EXPORTED,
)


@dataclass(frozen=True)
class Operation:
    """`answer` is a model of JSON, or the media types of bytes."""

    id: str
    tag: str
    summary: str
    description: str
    answer: type[BaseModel] | tuple[str, ...]
    errors: tuple[E, ...] = ()
    body: type[BaseModel] | None = None
    headers: tuple[str, ...] = ()  # of the request, beside the key's
    deprecated: bool = False

    @property
    def all_errors(self) -> tuple[E, ...]:
        return (*_ANY, *self.errors)


_BY_ID = (E.VALIDATION_ERROR,)
_TAGGED = ("If-None-Match",)

OPERATIONS: Final[dict[tuple[str, str], Operation]] = {
    ("post", "/api/orders/sync"): Operation(
        "syncOrders",
        CORE,
        "Sync orders",
        "Durable upsert by `externalId`. Validated whole, then applied completely. A repeat that "
        "changes nothing but `metadata` keeps `revision`.",
        records.SyncedOrders,
        (*_WRITE, E.PRODUCT_NOT_FOUND),
        body.SyncOrdersBody,
    ),
    ("post", "/api/exports/plan"): Operation(
        "planExport",
        CORE,
        "Plan an export",
        "A deterministic decision without side effects: the same inputs give the same `planHash`. "
        "With `batchId` that export is planned again; without it every request that is no replay "
        "makes a new export. `orderIds` that are unknown are named in `details.orderIds`.",
        plans.Plan,
        _PLAN_ERRORS,
        body.PlanBody,
    ),
    ("post", "/api/exports/execute"): Operation(
        "executeExport",
        CORE,
        "Execute a plan",
        "Runs the current plan exactly once: five documents, one package, one mail to the broker. "
        "Again, with any key or none, it answers the same package. 202 means that it runs on: "
        "look at `Location`. Send `planHash` and an idempotency key.",
        answer.Execution,
        _EXECUTE_ERRORS,
        body.ExecuteBody,
        ("Prefer",),
    ),
    ("get", "/api/exports/{export_id}"): Operation(
        "inspectExport",
        CORE,
        "Inspect an export",
        "The canonical current state, in one consistent answer. With `If-None-Match` and `Prefer: "
        "wait=n` it waits up to n seconds for a change, then answers 304.",
        answer.Export,
        (*_BY_ID, E.EXPORT_NOT_FOUND),
        headers=("If-None-Match", "Prefer"),
    ),
    ("post", "/api/products/sync"): Operation(
        "syncProducts",
        CATALOGUE,
        "Sync products",
        "Durable upsert of the catalogue by `externalId`. An incomplete product is accepted: "
        "planning reports what is missing.",
        records.SyncedProducts,
        _WRITE,
        body.SyncProductsBody,
    ),
    ("post", "/api/exports/optimize"): Operation(
        "optimizeExport",
        EXPORTS,
        "Plan an export (legacy name)",
        "The same as plan, and the same route for idempotency.",
        plans.Plan,
        _PLAN_ERRORS,
        body.PlanBody,
        deprecated=True,
    ),
    ("get", "/api/exports"): Operation(
        "listExports",
        EXPORTS,
        "List exports",
        "The account's exports, newest change first.",
        answer.ExportList,
        _BY_ID,
    ),
    ("get", "/api/exports/{export_id}/snapshot"): Operation(
        "getSnapshot",
        EXPORTS,
        "Fetch the planning snapshot",
        "The exact bytes that were hashed; `ETag` is the `planHash`. Money in it is integer cents.",
        answer.Snapshot,
        (*_BY_ID, E.EXPORT_NOT_FOUND),
        headers=_TAGGED,
    ),
    ("get", "/api/exports/{export_id}/plans/{revision}"): Operation(
        "getPlan",
        EXPORTS,
        "Fetch an earlier plan",
        "A plan of this export as it was answered.",
        plans.Plan,
        (*_BY_ID, E.EXPORT_NOT_FOUND, E.PLAN_NOT_FOUND),
    ),
    ("get", "/api/customs-packages/{package_id}"): Operation(
        "getCustomsPackage",
        PACKAGES,
        "Fetch a customs package",
        "The package with the inventory of its documents.",
        answer.CustomsPackage,
        (*_BY_ID, E.CUSTOMS_PACKAGE_NOT_FOUND),
        headers=_TAGGED,
    ),
    ("get", "/api/customs-packages/{package_id}/artifacts/{filename}"): Operation(
        "getArtifact",
        PACKAGES,
        "Fetch one document",
        "Its bytes; `ETag` is their SHA-256.",
        ("application/json", "text/csv", "text/html"),
        (*_BY_ID, E.CUSTOMS_PACKAGE_NOT_FOUND, E.ARTIFACT_NOT_FOUND),
        headers=_TAGGED,
    ),
    ("get", "/api/customs-packages/{package_id}/archive"): Operation(
        "getArchive",
        PACKAGES,
        "Fetch all documents as one zip",
        "All five in one archive, always the same bytes.",
        ("application/zip",),
        (*_BY_ID, E.CUSTOMS_PACKAGE_NOT_FOUND),
        headers=_TAGGED,
    ),
    ("get", "/api/orders"): Operation(
        "listOrders", CATALOGUE, "List orders", "Newest change first.", records.OrderList, _BY_ID
    ),
    ("get", "/api/products"): Operation(
        "listProducts",
        CATALOGUE,
        "List products",
        "Newest change first.",
        records.ProductList,
        _BY_ID,
    ),
    ("get", "/api/orders/{order_id}"): Operation(
        "getOrder",
        CATALOGUE,
        "Fetch an order",
        "The current record.",
        records.Order,
        (*_BY_ID, E.ORDER_NOT_FOUND),
    ),
    ("get", "/api/products/{product_id}"): Operation(
        "getProduct",
        CATALOGUE,
        "Fetch a product",
        "The current record.",
        records.Product,
        (*_BY_ID, E.PRODUCT_NOT_FOUND),
    ),
    ("get", "/api/account"): Operation(
        "getAccount",
        ACCOUNT,
        "Fetch the caller's account",
        "Ids, names, and what is missing on each: where to start with only a key.",
        answer.Account,
    ),
    ("get", "/api/system/health"): Operation(
        "getHealth",
        ACCOUNT,
        "Ask whether the service can work",
        "Each dependency by name.",
        answer.Health,
    ),
}
