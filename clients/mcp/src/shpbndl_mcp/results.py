"""What a tool answers: facts as structured content, and as text for clients that want that.

A refusal is a tool error in the API's own words, so that the model reads it and can mend it.
"""

import json
from collections.abc import Mapping
from typing import Any

from mcp_types import CallToolResult, TextContent
from pydantic import ValidationError

from shpbndl import SHPBNDLError
from shpbndl_mcp.grouped import cut, findings, wants
from shpbndl_mcp.trimmed import what_next

_TOLD_APART = ("next_action", "request_id", "docs", "validationMessages", "missing_data", "export")

_CODES = {
    **dict.fromkeys(("too_short", "greater_than_equal", "greater_than"), "too_small"),
    **dict.fromkeys(("too_long", "less_than_equal", "string_too_long"), "too_big"),
    **dict.fromkeys(("missing", "string_type", "list_type", "dict_type"), "invalid_type"),
    **dict.fromkeys(("int_parsing", "int_from_float", "float_parsing"), "invalid_type"),
    "extra_forbidden": "unrecognized_keys",
    "literal_error": "invalid_enum_value",
    **dict.fromkeys(("string_pattern_mismatch", "string_unicode"), "invalid_string"),
}
"""Pydantic's words in the API's."""


def told(facts: Mapping[str, Any], *, is_error: bool = False) -> CallToolResult:
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    content = [TextContent(type="text", text=text)]
    return CallToolResult(content=[*content], structured_content={**facts}, is_error=is_error)


def refusal(error: SHPBNDLError) -> CallToolResult:
    """The envelope: code, message, field, what to do next, the request's id, and its details."""
    details = error.details
    envelope = {
        "errorCode": error.error_code,
        "message": error.message,
        "field": error.field,
        "next": what_next(str(details.get("next_action", "CONTACT_OPERATOR"))),
        "request_id": error.request_id,
    }
    shown = {name: value for name, value in envelope.items() if value is not None}
    if found := details.get("validationMessages"):
        shown["findings"] = findings(found)
    if missing := details.get("missing_data"):
        shown["wants"] = wants(missing)
    rest = {name: cut(each) for name, each in details.items() if name not in _TOLD_APART}
    return told(shown | ({"details": rest} if rest else {}), is_error=True)


def misfit(error: ValidationError) -> CallToolResult:
    """Arguments that are not of the tool's schema, as the API would say it."""
    issues = [
        {
            "path": ".".join(str(part) for part in each["loc"]),
            "message": each["msg"],
            "code": _CODES.get(each["type"], "custom"),
        }
        for each in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    return refusal(unfit(issues))


def unfit(issues: list[dict[str, str]]) -> SHPBNDLError:
    first = issues[0]
    envelope = {
        "errorCode": "VALIDATION_ERROR",
        "message": f"{first['path']}: {first['message']}",
        "field": first["path"],
        "details": {"retryable": False, "next_action": "FIX_REQUEST", "issues": issues},
    }
    return SHPBNDLError(0, envelope)
