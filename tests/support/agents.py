"""Agents over MCP: how one connects, and one that knows nothing but the tools' answers."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.session import ElicitationFnT
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from support.services import BIN

Json = dict[str, Any]
COMMAND = str(BIN / "shpbndl-mcp")


@asynccontextmanager
async def over_stdio(url: str, key: str, **more: Any) -> AsyncIterator[Client]:
    """`more`: of the client, as its protocol's `mode`, or who answers when it is asked."""
    environment = {"ENTRYGO_API_URL": f"{url}/api", "ENTRYGO_API_KEY": key}
    async with Client(StdioServerParameters(command=COMMAND, env=environment), **more) as client:
        yield client


@asynccontextmanager
async def over_http(
    url: str,
    key: str | None,
    *,
    elicitation_callback: ElicitationFnT | None = None,
    mode: str = "auto",
    **headers: str,
) -> AsyncIterator[Client]:
    """To the MCP server at this address, each request with the caller's own key."""
    given = headers | ({"Authorization": f"Bearer {key}"} if key else {})
    async with httpx2.AsyncClient(headers=given, timeout=60) as http:
        transport = streamable_http_client(f"{url}/mcp", http_client=http)
        async with Client(
            transport, elicitation_callback=elicitation_callback, mode=mode
        ) as client:
            yield client


def facts(result: CallToolResult) -> Json:
    """What a tool answered; its text says the same as its structured content."""
    assert result.structured_content is not None, result.content
    said = result.content[0]
    assert isinstance(said, TextContent)
    told: Json = result.structured_content
    assert json.loads(said.text) == told
    return told


async def ask(client: Client, tool: str, **arguments: Any) -> Json:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return facts(result)


async def refused(client: Client, tool: str, **arguments: Any) -> Json:
    result = await client.call_tool(tool, arguments)
    assert result.is_error, result.content
    return facts(result)


class Agent:
    """Follows `next` and `wants`; knows one true fact for each kind of datum, and no customs."""

    def __init__(self, client: Client, known: Mapping[str, Any]) -> None:
        self.client = client
        self.known = known
        self.actions: list[str] = []

    async def export(self, plan: Json) -> Json:
        """From a plan to what can be reached: completed, or a stop that says why."""
        answer = plan
        while True:
            action = answer["next"]["action"]
            self.actions.append(action)
            assert len(self.actions) < 12, self.actions
            given = {"exportId": answer["exportId"]}
            if action in ("EXECUTE", "REVIEW_AND_EXECUTE"):
                given["planHash"] = answer["planHash"]
                answer = await ask(self.client, "execute_export", **given)
            elif action == "INSPECT":
                answer = await ask(self.client, "inspect_export", **given, waitSeconds=20)
            elif action == "FIX_DATA_AND_REPLAN":
                shipment = await self._give(answer)
                answer = await ask(self.client, "plan_export", **given, **shipment)
            elif action == "LEAVE_OUT_AND_REPLAN":
                out = answer["leave_out"]["first"]
                answer = await ask(self.client, "plan_export", **given, leaveOut=out)
            else:
                return answer

    async def _give(self, answer: Json) -> Json:
        """Gives what is wanted and known; answers what the plan itself is to be told."""
        shipment: Json = {}
        records: dict[str, list[str]] = {}
        for path in await self._wanted(answer["exportId"]):
            found = re.fullmatch(r"(?:products|orders)\[(\w+)\]\.(.+)", path)
            if found:
                records.setdefault(found[1], []).append(found[2])
            elif path.startswith("shipment."):
                shipment[path.removeprefix("shipment.")] = self.known[path]
        for id_, places in records.items():
            (record,) = (await ask(self.client, "find", reference=id_))["records"]
            for place in places:
                kind = re.sub(r"\[\d+\]", "[]", place)
                put(record["item"], place, self.known[f"{record['kind']}.{kind}"])
            await ask(self.client, f"sync_{record['kind']}s", items=[record["item"]])
        return {"shipment": shipment} if shipment else {}

    async def _wanted(self, export_id: str) -> list[str]:
        paths: list[str] = []
        offset: int | None = 0
        while offset is not None:
            page = await ask(
                self.client, "inspect_export", exportId=export_id, part="wants", offset=offset
            )
            paths += [row["path"] for row in page["rows"] if row["fixable_by"] == "CLIENT"]
            offset = page.get("next_offset")
        return paths


def put(item: Json, place: str, value: Any) -> None:
    """Sets what `items[0].unitValueUsd` or `manufacturer.city` names."""
    *outer, name = re.findall(r"[A-Za-z]+|\d+", place)
    at: Any = item
    for part in outer:
        at = at[int(part)] if part.isdecimal() else at.setdefault(part, {})
    at[name] = value
