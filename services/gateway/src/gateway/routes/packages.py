"""Customs packages: the inventory, each artifact's bytes, and all of them in one archive."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from gateway.dependencies import Caller, RecordId, Running
from gateway.routes.answers import tagged, tagged_json
from gateway.views import stored_package_view
from shared.archive import zip_archive
from shared.canonical import sha256_hex
from shared.contracts.errors import ErrorCode
from shared.errors import Refused

router = APIRouter()


@router.get("/customs-packages/{package_id}")
async def customs_package(
    request: Request, package_id: RecordId, caller: Caller, gateway: Running
) -> Response:
    package, export = await gateway.reads.package(caller, package_id)
    return tagged_json(request, stored_package_view(package, export))


@router.get("/customs-packages/{package_id}/artifacts/{filename}")
async def artifact(
    request: Request,
    package_id: RecordId,
    filename: Annotated[str, Path(pattern=r"^[!-~]{1,255}$")],
    caller: Caller,
    gateway: Running,
) -> Response:
    package, _ = await gateway.reads.package(caller, package_id)
    found = next((a for a in package["artifacts"] if a["filename"] == filename), None)
    if found is None:
        raise Refused(ErrorCode.ARTIFACT_NOT_FOUND, "The package has no such artifact.")
    body = await gateway.reads.blob(found["sha256"])
    return tagged(request, body, found["sha256"], found["media_type"], _attached(filename))


@router.get("/customs-packages/{package_id}/archive")
async def archive(
    request: Request, package_id: RecordId, caller: Caller, gateway: Running
) -> Response:
    package, _ = await gateway.reads.package(caller, package_id)
    files = [(a["filename"], await gateway.reads.blob(a["sha256"])) for a in package["artifacts"]]
    body = await asyncio.to_thread(zip_archive, files)
    name = f"{package['package_number']}.zip"
    return tagged(request, body, sha256_hex(body), "application/zip", _attached(name))


def _attached(filename: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{filename}"'}
