"""One call, described before it is sent: the same for the client that waits and the async one."""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from importlib.metadata import version
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlsplit

T = TypeVar("T")


@dataclass(frozen=True)  # slots and a generic class do not go together before Python 3.12
class Call(Generic[T]):
    """A read, or with a `body` a write; `T` is what it answers.

    Every try of a call carries one idempotency key and one request id, so that the server does the
    work once, and its logs show the tries together. `wait` is how many seconds the server may hold
    the answer back.
    """

    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    key: str | None = None
    wait: int | None = None
    etag: str | None = None

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    @property
    def given(self) -> dict[str, Any]:
        return {name: value for name, value in self.query.items() if value is not None}

    @property
    def content(self) -> bytes | None:
        if self.body is None:
            return None
        given = {name: value for name, value in self.body.items() if value is not None}
        return json.dumps(given, default=_number).encode()

    def headers(self) -> dict[str, str]:
        """Of all tries: what is minted here is minted once."""
        headers = {"X-Request-Id": uuid.uuid4().hex}
        if self.body is not None:
            headers["Idempotency-Key"] = self.key or uuid.uuid4().hex
            headers["Content-Type"] = "application/json"
        if self.wait is not None:
            headers["Prefer"] = f"wait={self.wait}"
        if self.etag is not None:
            headers["If-None-Match"] = self.etag
        return headers


def address(base_url: str) -> str:
    """Where the API is: everything of it is under `/api`, which a bare server's address may omit.

    Raises ValueError where it is no HTTP address.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"base_url is {base_url!r}; it looks like http://localhost:3000/api")
    return base_url.rstrip("/") + ("" if parts.path.strip("/") else "/api")


def headers(api_key: str) -> dict[str, str]:
    """Of every request; raises ValueError where the key cannot be one."""
    key = api_key.strip()  # a file's last line ends
    if not re.fullmatch(r"[!-~]+", key):
        raise ValueError("api_key is empty, or has characters that no key has")
    return {
        "Authorization": f"Bearer {key}",
        "User-Agent": f"shpbndl-python/{version('shpbndl')}",
    }


def part(name: str) -> str:
    """A part of a path, whatever is in it."""
    return quote(name, safe="")


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)  # two decimals come out of a float's shortest form as they went in
    raise TypeError(f"{type(value).__name__} is no JSON value")
