"""The command: an MCP server over stdio, or over streamable HTTP."""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from mcp.server.transport_security import TransportSecuritySettings

from shpbndl.calls import address, headers
from shpbndl_mcp.calls import Gateway
from shpbndl_mcp.server import create_server

BASE_URL = "http://localhost:3000/api"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PORTS = range(1, 2**16)
OF_LOOPBACK = ("127.0.0.1:*", "localhost:*", "[::1]:*")


def main(words: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(words)
    try:
        base_url = address(os.environ.get("ENTRYGO_API_URL", BASE_URL))
    except ValueError:
        sys.exit(f"ENTRYGO_API_URL is no HTTP address; one looks like {BASE_URL}")
    with suppress(KeyboardInterrupt):  # how a person ends it
        if given.http:
            _http(base_url, given)
        else:
            _stdio(base_url)


def _http(base_url: str, given: argparse.Namespace) -> None:
    if given.host not in LOOPBACK and not given.allow_host:
        sys.exit(
            f"{given.host} can be reached from elsewhere: say with --allow-host under which name, "
            "and put a server that speaks TLS before it. Each request brings its caller's key."
        )
    create_server(Gateway(base_url)).run(
        "streamable-http",
        host=given.host,
        port=given.port,
        stateless_http=True,  # each request stands alone, with its own key
        json_response=True,
        transport_security=TransportSecuritySettings(
            allowed_hosts=[*given.allow_host, *OF_LOOPBACK],
            allowed_origins=[*given.allow_origin, *(f"http://{host}" for host in OF_LOOPBACK)],
        ),
    )


def _stdio(base_url: str) -> None:
    key = os.environ.get("ENTRYGO_API_KEY", "").strip()
    try:
        headers(key)
    except ValueError:
        sys.exit("ENTRYGO_API_KEY is not set, or is none: it is the key of the account to work for")
    create_server(Gateway(base_url, key)).run("stdio")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="shpbndl-mcp",
        description="EntryGo as tools for an agent. The gateway is at ENTRYGO_API_URL "
        f"({BASE_URL}). Over stdio the key is ENTRYGO_API_KEY; over HTTP each request brings its "
        "own as `Authorization: Bearer`.",
    )
    parser.add_argument("--http", action="store_true", help="serve streamable HTTP at /mcp")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=port, default=8765, help="port to listen on (%(default)s)")
    parser.add_argument(
        "--allow-host", action="append", default=[], help="a Host header to take: name:port"
    )
    parser.add_argument(
        "--allow-origin", action="append", default=[], help="an Origin to take: https://name"
    )
    return parser


def port(text: str) -> int:
    if int(text) not in PORTS:
        raise ValueError(text)
    return int(text)
