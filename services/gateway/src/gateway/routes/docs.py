"""What describes the contract, for machines and for people; open to everybody.

The readable pages are files of the package (`pages/`), looked up in a list made once, so that no
path can lead outside of it.
"""

import mimetypes
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gateway import openapi, reference, rendering
from shared.messaging import asyncapi

router = APIRouter()

# Pages bring their own style and run no script.
_PAGE_HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    "cache-control": "no-cache",
}
_DOCUMENT_HEADERS: Final = {"cache-control": "no-cache"}


@router.get("/docs/api/openapi")
async def openapi_document(request: Request) -> Response:
    state = request.app.state
    if not hasattr(state, "openapi"):
        state.openapi = openapi.render(request.app)
    return Response(state.openapi, 200, _DOCUMENT_HEADERS, "application/json")


@router.get("/docs/api/asyncapi")
async def message_contract() -> Response:
    return Response(asyncapi.render(), 200, _DOCUMENT_HEADERS, "application/json")


@router.get("/docs/api/reference")
async def reference_page(request: Request) -> Response:
    return _html(reference.markdown(openapi.document(request.app)), "/docs/api/reference")


@router.get("/docs/api/reference.md")
async def reference_markdown(request: Request) -> Response:
    text = reference.markdown(openapi.document(request.app))
    return Response(text, 200, _DOCUMENT_HEADERS, "text/markdown")


@router.get("/llms.txt")
async def llms() -> Response:
    return _page("llms.txt")


@router.get("/docs")
@router.get("/docs/{path:path}")
async def page(path: str = "") -> Response:
    return _page(path.strip("/") or "index")


def _page(path: str) -> Response:
    """A file as it is, or the Markdown file of this name as a page."""
    if source := _pages().get(f"{path}.md"):
        address = "/docs" if path == "index" else f"/docs/{path}"
        return _html(source.read_text(encoding="utf-8"), address)
    found = _pages().get(path)
    if found is None:
        raise HTTPException(404)
    media_type, _ = mimetypes.guess_type(found.name)
    return Response(found.read_bytes(), 200, _PAGE_HEADERS, media_type or "text/markdown")


def _html(markdown: str, address: str) -> Response:
    return Response(rendering.rendered(markdown, address), 200, _PAGE_HEADERS, "text/html")


@cache
def _pages() -> dict[str, Traversable]:
    found: dict[str, Traversable] = {}
    waiting = [("", resources.files("gateway").joinpath("pages"))]
    while waiting:
        prefix, folder = waiting.pop()
        for entry in folder.iterdir() if folder.is_dir() else ():
            if entry.is_dir():
                waiting.append((f"{prefix}{entry.name}/", entry))
            else:
                found[f"{prefix}{entry.name}"] = entry
    return found
