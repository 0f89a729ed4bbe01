"""What describes the contract, for machines and for people; open to everybody."""

from typing import Literal

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gateway.dependencies import check_query
from gateway.files import files

router = APIRouter()


@router.get("/docs/api/openapi")
async def openapi(request: Request, tags: Literal["core"] | None = None) -> Response:
    """The whole document, or the core loop alone."""
    check_query(request)
    return files()["/docs/api/openapi-core" if tags else "/docs/api/openapi"].answer(request)


@router.get("/llms.txt")
@router.get("/docs")
@router.get("/docs/{path:path}")
async def file(request: Request) -> Response:
    found = files().get(request.url.path.rstrip("/"))
    if found is None:
        raise HTTPException(404)
    return found.answer(request)
