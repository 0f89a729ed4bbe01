"""The server: the tools with what clients are told of them, and refusals as tool errors."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, Final

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import ValidationError

from shpbndl import SHPBNDLError
from shpbndl_mcp import tools
from shpbndl_mcp.calls import Gateway
from shpbndl_mcp.results import misfit, refusal, unfit
from shpbndl_mcp.words import DESCRIPTIONS, INSTRUCTIONS

READS: Final = ToolAnnotations(read_only_hint=True, open_world_hint=False)
"""Nothing changes."""

SYNCS: Final = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False
)
"""A record is replaced whole: what is left out is erased. A repeat changes nothing."""

PLANS: Final = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False
)
"""Nothing leaves, nothing is lost; but each new plan is stored as an export, unless it is dry."""

EXECUTES: Final = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=True
)
"""Somebody outside is mailed, once however often it is called."""

TOOLS: Final[tuple[tuple[Callable[..., Any], ToolAnnotations], ...]] = (
    (tools.get_account, READS),
    (tools.sync_products, SYNCS),
    (tools.sync_orders, SYNCS),
    (tools.plan_export, PLANS),
    (tools.execute_export, EXECUTES),
    (tools.inspect_export, READS),
    (tools.find, READS),
    (tools.get_document, READS),
)


def create_server(gateway: Gateway) -> MCPServer[Gateway]:
    """The server for one gateway; whose key is used, each call says (calls.py)."""

    @asynccontextmanager
    async def lifespan(_: MCPServer[Gateway]) -> AsyncIterator[Gateway]:
        yield gateway

    return _Server(
        "entrygo",
        title="EntryGo",
        instructions=INSTRUCTIONS,
        version=version("shpbndl-mcp"),
        tools=[_tool(function, annotations) for function, annotations in TOOLS],
        lifespan=lifespan,
        log_level="WARNING",
    )


class _Server(MCPServer[Gateway]):
    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Gateway, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """The tool's answer; what the API or the schema refuses is an answer too."""
        try:
            _known(arguments, self._tool_input_schema(name))
            return await super().call_tool(name, arguments, context)
        except SHPBNDLError as error:
            return refusal(error)
        except ToolError as error:
            cause = error.__cause__
            if isinstance(cause, SHPBNDLError):
                return refusal(cause)
            if isinstance(cause, ValidationError):
                return misfit(cause)
            raise


def _known(arguments: Mapping[str, Any], schema: Mapping[str, Any] | None) -> None:
    """A mistyped `dryRun` must not become a real plan."""
    strange = [name for name in arguments if schema and name not in schema["properties"]]
    if strange:
        message, code = "No argument of this tool", "unrecognized_keys"
        raise unfit([{"path": name, "message": message, "code": code} for name in strange])


def _tool(function: Callable[..., Any], annotations: ToolAnnotations) -> Tool:
    words = DESCRIPTIONS[function.__name__]
    tool = Tool.from_function(function, description=words, annotations=annotations)
    tool.parameters = slim(tool.parameters, tool.parameters.get("$defs", {}))
    tool.parameters["additionalProperties"] = False
    return tool


def slim(schema: Any, defined: Mapping[str, Any]) -> Any:  # noqa: ANN401  # a schema, or a part
    """The schema without what a model does not need.

    Titles that repeat a name go, an optional value is the value, and each shape stands where it is
    used: not every client follows a `$ref`. That unknown names are refused is said at the top.
    """
    if isinstance(schema, list):
        return [slim(each, defined) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        shape = defined[schema["$ref"].rpartition("/")[2]]
        return slim(shape | {key: each for key, each in schema.items() if key != "$ref"}, defined)
    if [*schema.get("anyOf", ())][1:] == [{"type": "null"}]:
        rest = {key: each for key, each in schema.items() if key not in ("anyOf", "default")}
        return slim(schema["anyOf"][0] | rest, defined)
    return {
        key: {name: slim(each, defined) for name, each in value.items()}
        if key == "properties"
        else slim(value, defined)
        for key, value in schema.items()
        if key not in ("title", "$defs") and value is not False
    }
