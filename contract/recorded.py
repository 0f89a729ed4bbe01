"""Requests and answers as `make record-examples` took them from a running stack, and as shown."""

import shlex
from pathlib import Path
from typing import Any, Final, NotRequired, TypedDict

import orjson

from contract.markdown import example

Json = dict[str, Any]

EXAMPLES: Final = Path(__file__).parent / "examples" / "http.json"
_GATEWAY: Final = "http://localhost:3000"  # the page's script puts in the one it is served from
_MOST: Final = 600  # characters of a document that are shown
_JSON: Final = "application/json"


class Request(TypedDict):
    method: str
    path: str
    headers: dict[str, str]
    """Those that matter to it, but for the key."""
    authorized: bool
    body: NotRequired[Any]
    """As JSON, or the text where it is none; absent where there is none, or too much of it."""


class Exchange(TypedDict):
    """What was asked and what came back."""

    request: Request
    status: int
    headers: dict[str, str]
    """Those of the answer that a caller reads."""
    body: NotRequired[Any]
    """As JSON, or as text; absent of what is neither."""


def recorded() -> dict[str, Exchange]:
    """By operation, or `operation.status` beside 200; by code where it was refused."""
    found: dict[str, Exchange] = orjson.loads(EXAMPLES.read_bytes())
    return found


def example_bodies() -> Json:
    """What the OpenAPI document shows: `operation.request`, `operation.status`, codes of refusals.

    Without the snapshot, as large as most others together: the reference shows it.
    """
    found: Json = {}
    for name, exchange in recorded().items():
        if name == "getSnapshot":
            continue
        if exchange["status"] >= 400:  # noqa: PLR2004  # the status itself
            found[name] = exchange.get("body")
        elif exchange["headers"].get("Content-Type") == _JSON and "." not in name:
            found[f"{name}.{exchange['status']}"] = exchange.get("body")
            if isinstance(exchange["request"].get("body"), dict):
                found[f"{name}.request"] = exchange["request"]["body"]
    return found


def shown(exchange: Exchange, shape: str | None) -> str:
    """As Markdown: what to type, and what came; `shape` names the answer's, where it has one."""
    told = [f"```sh\n{_curl(exchange)}\n```\n", _came(exchange)]
    if (body := exchange.get("body")) is not None:
        told.append(example(shape, body) if shape else _cut(body))
    return "\n".join(told)


def _curl(exchange: Exchange) -> str:
    request = exchange["request"]
    method = [] if request["method"] in {"GET", "POST"} else [f"-X {request['method']}"]
    words = [
        " ".join(["curl -sS", *method, shlex.quote(_GATEWAY + request["path"])]),
        *(['-H "Authorization: Bearer $ENTRYGO_API_KEY"'] if request["authorized"] else []),
        *(f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request["headers"].items()),
    ]
    if "body" in request:
        body = request["body"]
        text = body if isinstance(body, str) else _indented(body)
        words.append(f"-d {shlex.quote(text)}")
    if "body" not in exchange and "Content-Disposition" in exchange["headers"]:
        words.append("-OJ")
    return " \\\n  ".join(words)


def _came(exchange: Exchange) -> str:
    headers = [
        f"`{name}: {value}`" for name, value in exchange["headers"].items() if value != _JSON
    ]
    return f"Answers **{exchange['status']}**{''.join(f', {each}' for each in headers)}\n"


def _cut(body: Any) -> str:  # noqa: ANN401  # any JSON value
    """The beginning of a document that no shape describes."""
    text = body if isinstance(body, str) else orjson.dumps(body).decode()
    cut = text if len(text) <= _MOST else f"{text[:_MOST]} ..."
    told = "" if cut == text else f"The first {_MOST} of {len(text):,} characters:\n\n"
    return f"{told}```text\n{cut.rstrip()}\n```\n"


def _indented(value: Any) -> str:  # noqa: ANN401  # any JSON value
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
