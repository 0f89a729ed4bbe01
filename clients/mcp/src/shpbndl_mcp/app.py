"""The command: an MCP server over stdio, or over streamable HTTP."""

import argparse
import os
import sys
from collections.abc import Sequence

from mcp.server.transport_security import TransportSecuritySettings

from shpbndl_mcp.calls import Gateway
from shpbndl_mcp.server import create_server

BASE_URL = "http://localhost:3000/api"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def main(words: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(words)
    base_url = os.environ.get("ENTRYGO_API_URL", BASE_URL)
    if not given.http:
        _stdio(base_url)
        return
    if given.host not in LOOPBACK and not given.allow_host:
        sys.exit(
            f"{given.host} can be reached from elsewhere: say with --allow-host under which name, "
            "and put a server that speaks TLS before it. Each request brings its caller's key."
        )
    hosts = [*given.allow_host, "127.0.0.1:*", "localhost:*", "[::1]:*"]
    create_server(Gateway(base_url)).run(
        "streamable-http",
        host=given.host,
        port=given.port,
        stateless_http=True,  # each request stands alone, with its own key
        json_response=True,
        transport_security=TransportSecuritySettings(
            allowed_hosts=hosts,
            allowed_origins=[*given.allow_origin, *(f"http://{host}" for host in hosts[-3:])],
        ),
    )


def _stdio(base_url: str) -> None:
    key = os.environ.get("ENTRYGO_API_KEY", "").strip()
    if not key:
        sys.exit("ENTRYGO_API_KEY is not set: it holds the key of the account to work for.")
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
    parser.add_argument("--port", type=int, default=8765, help="port to listen on (%(default)s)")
    parser.add_argument(
        "--allow-host", action="append", default=[], help="a Host header to take: name:port"
    )
    parser.add_argument(
        "--allow-origin", action="append", default=[], help="an Origin to take: https://name"
    )
    return parser
