"""Customs packages: the inventory, each file's bytes, and all of them in one archive."""

import asyncio
from typing import Annotated

from fastapi import Path, Query, Request
from starlette.responses import Response

from gateway import beside
from gateway.dependencies import Caller, RecordId, Running, Wait
from gateway.routes.answers import tagged, tagged_json
from gateway.routes.resolved import api_router
from gateway.routes.words import PACKAGES, TAGGED, TAGGED_AND_WAITING, of_bytes, read_errors
from gateway.schemas.packages import CustomsPackage
from gateway.views import package_view
from shared.archive import zip_archive
from shared.canonical import sha256_hex
from shared.contracts.errors import ErrorCode as E
from shared.errors import Refused

router = api_router()


@router.get(
    "/customs-packages/{package_id}",
    operation_id="getCustomsPackage",
    tags=[PACKAGES],
    summary="Fetch a customs package",
    response_model=CustomsPackage,
    responses=read_errors(E.CUSTOMS_PACKAGE_NOT_FOUND),
    openapi_extra=TAGGED,
)
async def customs_package(
    request: Request, package_id: RecordId, caller: Caller, gateway: Running
) -> Response:
    """The package that an execution made.

    Its number, and an inventory of the five documents with size and SHA-256; their manifest names
    what stands beside them. Call this after executing, to find file names. The documents never
    change; its `state` tells whether the broker has it.
    """
    return tagged_json(request, package_view(await gateway.reads.packaged(caller, package_id)))


@router.get(
    "/customs-packages/{package_id}/artifacts/{filename}",
    operation_id="getArtifact",
    tags=[PACKAGES],
    summary="Fetch one document",
    response_model=None,
    responses=read_errors(E.CUSTOMS_PACKAGE_NOT_FOUND, E.ARTIFACT_NOT_FOUND)
    | of_bytes("application/json", "text/csv", "text/html"),
    openapi_extra=TAGGED,
)
async def artifact(
    request: Request,
    package_id: RecordId,
    filename: Annotated[
        str, Path(pattern=r"^[!-~]{1,255}$", description="The document's file name.")
    ],
    caller: Caller,
    gateway: Running,
) -> Response:
    """One file out of a customs package, as bytes, with its media type.

    Use this for a single document, such as one entry's invoice (`beside` of the manifest names
    it); for all take the archive. `ETag` is the SHA-256 of the bytes.
    """
    export = await gateway.reads.packaged(caller, package_id)
    found = next((a for a in export["artifacts"] if a["filename"] == filename), None)
    if found is not None:
        body = await gateway.reads.blob(found["sha256"])
        return tagged(request, body, found["sha256"], found["media_type"], _attached(filename))
    for row in await beside.listed(gateway.reads, export):
        if row["filename"] == filename:
            body = (await beside.bodies(gateway.reads, export, [row]))[filename]
            return tagged(request, body, row["sha256"], row["mediaType"], _attached(filename))
    raise Refused(E.ARTIFACT_NOT_FOUND)


@router.get(
    "/customs-packages/{package_id}/invoice.pdf",
    operation_id="getInvoicePdf",
    tags=[PACKAGES],
    summary="Fetch the invoice as PDF",
    response_model=None,
    responses=read_errors(E.CUSTOMS_PACKAGE_NOT_FOUND, E.ARTIFACT_NOT_FOUND)
    | of_bytes("application/pdf"),
    openapi_extra=TAGGED_AND_WAITING,
)
async def invoice_pdf(
    request: Request,
    package_id: RecordId,
    caller: Caller,
    gateway: Running,
    wait: Wait,
    unit: Annotated[
        str | None, Query(max_length=255, description="One entry's alone, by its `unit_id`.")
    ] = None,
) -> Response:
    """All invoices of a package, or one entry's, to upload or to print.

    Made at the first call, then always the same bytes. 503 while it is being made: call again. 404
    where it is larger than what is printed (2,500 rows); an entry's may be smaller.
    """
    export = await gateway.reads.packaged(caller, package_id)
    gateway.admission.hold(request.scope, caller.account_id, waits=1)
    within = gateway.settings.reply_timeout.total_seconds() if wait is None else wait
    digest = await beside.printed(gateway, export, unit, within)
    name = f"invoice-{unit}.pdf" if unit else "commercial_customs_invoice.pdf"
    body = await gateway.reads.blob(digest)
    return tagged(request, body, digest, "application/pdf", _attached(name))


@router.get(
    "/customs-packages/{package_id}/archive",
    operation_id="getArchive",
    tags=[PACKAGES],
    summary="Fetch all documents as one zip",
    response_model=None,
    responses=read_errors(E.CUSTOMS_PACKAGE_NOT_FOUND) | of_bytes("application/zip"),
    openapi_extra=TAGGED,
)
async def archive(
    request: Request, package_id: RecordId, caller: Caller, gateway: Running
) -> Response:
    """All five files, and what stands beside them, in one zip, always byte for byte the same.

    Use this to hand the whole dossier to a person or a system. Nothing is rendered at this
    call: what was mailed to the broker is what comes.
    """
    export = await gateway.reads.packaged(caller, package_id)
    files = [(a["filename"], await gateway.reads.blob(a["sha256"])) for a in export["artifacts"]]
    rows = await beside.listed(gateway.reads, export)
    files += (await beside.bodies(gateway.reads, export, rows)).items()
    body = await asyncio.to_thread(zip_archive, files)
    name = f"{export['package_number']}.zip"
    return tagged(request, body, sha256_hex(body), "application/zip", _attached(name))


def _attached(filename: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{filename}"'}
