"""What describes the contract, for machines and for people; open to everybody."""

from typing import Literal

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gateway.dependencies import check_query
from gateway.files import files

router = APIRouter(include_in_schema=False)


@router.get("/")
@router.get("/api")
async def begin() -> Response:
    """Who types the address alone wants to know what is here; what they see is no secret."""
    return RedirectResponse("/docs")


@router.get("/openapi.json")
async def document() -> Response:
    """Where tools look for the document without being told."""
    return RedirectResponse("/docs/api/openapi")


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
