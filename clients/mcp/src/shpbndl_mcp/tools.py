"""The eight tools: each is one call of the API, or two, and an answer cut to what matters.

What a model is told of each stands in words.py.
"""

# ruff: noqa: N803, PLR0913  # the names are the protocol's, and a tool takes what its call takes

from hashlib import sha256
from typing import Annotated, Any, Final, Literal

from mcp.server.mcpserver import Context, ElicitationResult, Resolve
from mcp_types import CallToolResult, EmbeddedResource, TextResourceContents
from pydantic import Field

from shpbndl import SHPBNDLError
from shpbndl_mcp.arguments import MOST_ITEMS, MOST_ORDERS, Id, OrderItem, ProductItem, Shipment
from shpbndl_mcp.calls import Gateway, api, refused
from shpbndl_mcp.confirming import Agreed, agreed_to, agreement, same
from shpbndl_mcp.finding import found, newest
from shpbndl_mcp.results import told
from shpbndl_mcp.trimmed import account, decision, page, synced

Ctx = Context[Gateway, Any]
Part = Literal["summary", "findings", "wants", "included", "excluded", "flags", "units", "events"]
Status = Literal[
    "PLANNED", "BLOCKED", "EXECUTING", "EXECUTION_STALLED", "SUBMITTING", "COMPLETED",
    "DELIVERY_FAILED", "DELIVERY_UNKNOWN", "VOIDED",
]  # fmt: skip
File = Literal[
    "commercial_customs_invoice.html",
    "commercial_customs_invoice.csv",
    "commercial_customs_invoice.json",
    "packing_list.json",
    "manifest.json",
]

MEDIA_TYPES: Final = {"html": "text/html", "csv": "text/csv", "json": "application/json"}

LONGEST_TEXT: Final = 30_000
"""Characters of a document in one answer."""

LONGEST_WAIT: Final = 25
"""Seconds that a call waits for an export at most: clients give up on one that is silent."""


async def get_account(ctx: Ctx) -> CallToolResult:
    async with api(ctx) as client:
        return told(account(await client.account()))


async def sync_products(
    ctx: Ctx, items: Annotated[list[ProductItem], Field(min_length=1, max_length=MOST_ITEMS)]
) -> CallToolResult:
    async with api(ctx) as client:
        id_ = (await client.account())["id"]
        return told(synced(await client.products.sync(id_, items)))


async def sync_orders(
    ctx: Ctx, items: Annotated[list[OrderItem], Field(min_length=1, max_length=MOST_ITEMS)]
) -> CallToolResult:
    async with api(ctx) as client:
        id_ = (await client.account())["id"]
        return told(synced(await client.orders.sync(id_, items)))


async def plan_export(
    ctx: Ctx,
    *,
    exportId: Id | None = None,
    warehouseId: Id | None = None,
    brokerId: Id | None = None,
    orderIds: Annotated[list[Id], Field(min_length=1, max_length=MOST_ORDERS)] | None = None,
    leaveOut: Annotated[list[Id], Field(max_length=MOST_ORDERS)] | None = None,
    shipment: Shipment | None = None,
    dryRun: bool = False,
) -> CallToolResult:
    async with api(ctx) as client:
        warehouse, broker, orders = warehouseId, brokerId, orderIds
        if exportId and not (warehouse and broker and orders):
            before = await client.inspect(exportId)
            warehouse = warehouse or before["warehouse_id"]
            broker = broker or before["broker_id"]
            orders = orders or before["included_order_ids"] + before["excluded_order_ids"]
        if not (warehouse and broker and orders):
            message = "A new export needs warehouseId, brokerId and orderIds."
            raise refused("VALIDATION_ERROR", message, "FIX_REQUEST")
        without = {*(leaveOut or ())}
        plan = await client.plan(
            (await client.account())["id"],
            warehouse,
            broker,
            orderIds=[id_ for id_ in orders if id_ not in without],
            batchId=exportId,
            shipment=shipment,
            dryRun=dryRun or None,
        )
        return told(decision(plan))


async def execute_export(
    ctx: Ctx,
    *,
    exportId: Id,
    planHash: Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")],
    agreed: Annotated[ElicitationResult[Agreed], Resolve(agreement)],
    confirm: str | None = None,  # noqa: ARG001  # read by `agreement`
    resubmitAtRevision: Annotated[int, Field(ge=1)] | None = None,
) -> CallToolResult:
    agreed_to(agreed)
    again = resubmitAtRevision is not None
    async with api(ctx) as client:
        if again:  # a person may have taken long to agree
            same(await client.inspect(exportId), planHash, resubmitAtRevision)
        execution = await client.execute(
            (await client.account())["id"],
            exportId,
            f"mcp-{exportId}-{resubmitAtRevision}" if again else None,
            planHash=planHash,
            resubmit=again or None,
        )
        return told(decision(execution))


async def inspect_export(
    ctx: Ctx,
    exportId: Id,
    part: Part = "summary",
    offset: Annotated[int, Field(ge=0)] = 0,
    waitSeconds: Annotated[int, Field(ge=0, le=LONGEST_WAIT)] = 0,
) -> CallToolResult:
    async with api(ctx) as client:
        try:
            export = await client.exports.wait(exportId, timeout=waitSeconds)
        except SHPBNDLError as error:
            if error.error_code != "STILL_WAITING":
                raise
            export = error.details["export"]
    return told(decision(export) if part == "summary" else page(export, part, offset))


async def find(
    ctx: Ctx,
    reference: Id | None = None,
    status: Status | None = None,
    cursor: Annotated[str, Field(max_length=1_000)] | None = None,
) -> CallToolResult:
    async with api(ctx) as client:
        if reference is None:
            return told(await newest(client, status, cursor))
        return told(await found(client, reference))


async def get_document(
    ctx: Ctx, packageId: Id, filename: File, offset: Annotated[int, Field(ge=0)] = 0
) -> CallToolResult:
    async with api(ctx) as client:
        content = await client.customs_packages.artifact(packageId, filename)
    text = content.decode()
    end = offset + LONGEST_TEXT
    facts = {"filename": filename, "sha256": sha256(content).hexdigest(), "characters": len(text)}
    document = TextResourceContents(
        uri=f"entrygo://customs-packages/{packageId}/artifacts/{filename}",
        mime_type=MEDIA_TYPES[filename.rpartition(".")[2]],
        text=text[offset:end],
    )
    answer = told(facts | ({"next_offset": end} if end < len(text) else {}))
    answer.content.append(EmbeddedResource(type="resource", resource=document))
    return answer
