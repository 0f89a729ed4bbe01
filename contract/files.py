"""Every made file and its bytes, equal on every run."""

from pathlib import Path
from typing import Any, Final

import orjson

from contract import asyncapi, errors, menu, openapi, python_types, rules, sync_client
from contract.core import core
from contract.reference import Reference
from contract.rendering import rendered
from gateway.app import create_app
from gateway.settings import Settings
from shared.messaging.permissions import definitions

GATEWAY: Final = Path(__file__).parents[1] / "services" / "gateway" / "src" / "gateway"
PAGES: Final = GATEWAY / "pages"
PUBLISHED: Final = GATEWAY / "published"
# What `make up`, docker-compose.yml and whoever runs their own RabbitMQ give it to begin with.
DEFINITIONS: Final = Path(__file__).parents[1] / "deploy" / "rabbitmq" / "definitions.json"
# The Python client's types, and its twin that waits.
CLIENT: Final = Path(__file__).parents[1] / "clients" / "python" / "src" / "shpbndl"


def made() -> dict[Path, bytes]:
    """By the path in the repository."""
    document = openapi.document(create_app(Settings()))
    reference = Reference(document)
    files = {
        "openapi.json": _json(document),
        "openapi-core.json": _json(core(document)),
        "asyncapi.json": _json(asyncapi.asyncapi_document()),
        "api/reference.md": reference.operations().encode(),
        "api/shapes.md": reference.shapes().encode(),
        "errors.md": errors.markdown(document).encode(),
        "rules.md": rules.markdown().encode(),
        "llms.txt": menu.list_for_agents().encode(),
    }
    sources = {str(page.relative_to(PAGES)): page.read_bytes() for page in PAGES.rglob("*.md")}
    for name, text in (sources | files).items():
        if name.endswith(".md"):
            page = name.removesuffix(".md")
            address = "/docs" if page == "index" else f"/docs/{page}"
            files[f"{page}.html"] = rendered(text.decode(), address)
    published = {PUBLISHED / name: content for name, content in files.items()}
    return published | {DEFINITIONS: _json(definitions())} | _client(document)


def _client(document: dict[str, Any]) -> dict[Path, bytes]:
    texts = {CLIENT / "types.py": sync_client.formatted(python_types.module(document))}
    for source in (CLIENT / "_async").glob("*.py"):
        texts[CLIENT / "_sync" / source.name] = sync_client.module(source.read_text())
    return {path: text.encode() for path, text in texts.items()}


def _json(document: dict[str, Any]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
