"""What describes the contract, for machines and for people; open to everybody."""

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gateway.files import files

router = APIRouter()


@router.get("/llms.txt")
@router.get("/docs")
@router.get("/docs/{path:path}")
async def file(request: Request) -> Response:
    found = files().get(request.url.path.rstrip("/"))
    if found is None:
        raise HTTPException(404)
    return found.answer(request)
