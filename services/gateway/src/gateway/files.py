"""What is served under /docs: the package's `pages/` and `published/`, read once.

An address is looked up in a list made of those folders, so that no path can lead outside of them.
"""

import gzip
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.routes.answers import NOT_MODIFIED, matches
from shared.canonical import sha256_hex

_MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".txt": "text/plain",
}
# Pages bring their own style, script and icon, and ask nobody.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "cache-control": "no-cache",
    "content-security-policy": _POLICY,
    "vary": "Accept-Encoding",
}


@dataclass(frozen=True)
class File:
    media_type: str
    body: bytes
    compressed: bytes
    tag: str

    @classmethod
    def of(cls, name: str, body: bytes) -> "File":
        media_type = _MEDIA_TYPES[PurePosixPath(name).suffix]
        return cls(media_type, body, gzip.compress(body, mtime=0), sha256_hex(body))

    def answer(self, request: Request) -> Response:
        """Compressed where asked; each encoding is a representation with an ETag of its own."""
        body, tag, headers = self.body, self.tag, dict(_HEADERS)
        if _takes_gzip(request.headers.get("accept-encoding", "")):
            body, tag, headers["content-encoding"] = self.compressed, f"{tag}-gzip", "gzip"
        headers["etag"] = f'"{tag}"'
        if matches(request, tag):
            headers.pop("content-encoding", None)
            return Response(None, NOT_MODIFIED, headers)
        return Response(body, 200, headers, self.media_type)


def _takes_gzip(accepted: str) -> bool:
    """RFC 9110, 12.5.3: `gzip`, or `*` where gzip is not named, with a weight that is not 0."""
    weights: dict[str, bool] = {}
    for entry in accepted.lower().split(","):
        coding, _, weight = (part.strip() for part in entry.partition(";"))
        weights[coding] = weight.removeprefix("q=").strip("0.") != "" if weight else True
    return weights.get("gzip", weights.get("*", False))


@cache
def files() -> dict[str, File]:
    """Each file by its address."""
    package = resources.files("gateway")
    found = dict(_walk(package.joinpath("pages"))) | dict(_walk(package.joinpath("published")))
    return {_address(name): File.of(name, entry.read_bytes()) for name, entry in found.items()}


def _address(name: str) -> str:
    if name.endswith(".json"):
        return f"/docs/api/{name.removesuffix('.json')}"
    if name in {"index.html", "llms.txt"}:
        return "/docs" if name == "index.html" else "/llms.txt"
    return f"/docs/{name.removesuffix('.html')}"


def _walk(folder: Traversable, prefix: str = "") -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for entry in folder.iterdir():
        name = f"{prefix}{entry.name}"
        found += _walk(entry, f"{name}/") if entry.is_dir() else [(name, entry)]
    return found
