"""The reference shows each operation, and the page of errors each code, by what was recorded."""

import re
import shlex
from itertools import pairwise
from typing import Any

import orjson
import pytest

from contract.recorded import recorded
from shared.contracts.errors import ErrorCode
from support.documented import shape
from support.pages import PUBLISHED

DOCUMENT = orjson.loads((PUBLISHED / "openapi.json").read_bytes())
CALLS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
# What cannot be provoked with one account and one key in a moment.
NOT_RECORDED = {
    ErrorCode.EXPORT_VOIDED,
    ErrorCode.IDEMPOTENCY_IN_PROGRESS,
    ErrorCode.INTERNAL_ERROR,
    ErrorCode.ORDER_ALREADY_EXPORTED,
    ErrorCode.RATE_LIMITED,
    ErrorCode.SERVICE_UNAVAILABLE,
}


def section(page: str, heading: str) -> str:
    text = (PUBLISHED / page).read_text(encoding="utf-8")
    found = text.split(f"\n### {heading}\n")[1]
    return re.split(r"\n##+ ", found)[0]


def fenced(text: str, language: str) -> str:
    found = re.search(rf"^```{language}\n(.+?)\n```$", text, re.MULTILINE | re.DOTALL)
    assert found, text
    return found[1]


def typed(text: str) -> tuple[str, str, Any]:
    """Method, path and body of the curl that is shown, as a shell reads it."""
    words = shlex.split(fenced(text, "sh"))
    options = dict(pairwise(words))
    body = orjson.loads(options["-d"]) if "-d" in options else None
    method = options.get("-X", "GET" if body is None else "POST")
    [address] = [word for word in words if word.startswith("http")]
    return method, address.removeprefix("http://localhost:3000"), body


@pytest.mark.parametrize("name", CALLS)
def test_each_operation_is_shown_as_it_was_asked_and_answered(name: str) -> None:
    method, path, operation = CALLS[name]
    text = section("api/reference.md", f"{method} {path}")

    asked, address, body = typed(text)

    assert asked == method
    assert re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), address.partition("?")[0])
    if body is not None:
        media = operation["requestBody"]["content"]["application/json"]
        shape(media["schema"]["$ref"].rsplit("/", 1)[1]).validate(body)
    exchange = recorded()[name]
    assert f"Answers **{exchange['status']}**" in text
    if isinstance(answer := exchange.get("body"), dict):
        assert orjson.loads(fenced(text, r"json \w+")) == answer


@pytest.mark.parametrize("code", [code for code in ErrorCode if code not in NOT_RECORDED])
def test_each_error_is_shown_with_the_request_that_was_refused(code: ErrorCode) -> None:
    text = section("errors.md", code)

    exchange = recorded()[code]
    assert exchange["request"]["path"] in fenced(text, "sh")
    assert orjson.loads(fenced(text, "json Error")) == exchange["body"]


def test_an_error_leads_to_the_operations_that_answer_it() -> None:
    text = section("errors.md", ErrorCode.PLAN_HASH_MISMATCH)

    assert "[POST /api/exports/execute](/docs/api/reference#post-api-exports-execute)" in text
