"""One request and its repetitions: the same idempotency key, the server's Retry-After."""

import json
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import httpx

from shpbndl.errors import SHPBNDLError

ACCEPTED = 202
ERRORS = 400
FIRST_DELAY = 0.5
LONGEST_DELAY = 15.0


class Http:
    """Repeats what may be repeated for `patience` seconds, then tells how it stands."""

    def __init__(
        self,
        http: httpx.Client,
        *,
        patience: float,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
    ) -> None:
        self._http = http
        self._patience = patience
        self._sleep = sleep
        self._clock = clock

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> httpx.Response:
        given = {key: value for key, value in (query or {}).items() if value is not None}
        return self._patiently(lambda: self._http.get(path, params=given))

    def write(
        self, path: str, body: Mapping[str, Any], key: str | None, wait: int | None = None
    ) -> dict[str, Any]:
        """Every try carries one key, so that the server does the work once."""
        headers = {"Idempotency-Key": key or uuid.uuid4().hex, "Content-Type": "application/json"}
        if wait is not None:
            headers["Prefer"] = f"wait={wait}"
        given = {name: value for name, value in body.items() if value is not None}
        content = json.dumps(given, default=_number).encode()
        answer = self._patiently(lambda: self._http.post(path, content=content, headers=headers))
        parsed: dict[str, Any] = answer.json()
        return parsed

    def close(self) -> None:
        self._http.close()

    def _patiently(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        until = self._clock() + self._patience
        delay = FIRST_DELAY
        while True:
            answer = _once(send)
            pause = _retry_after(answer, delay)
            if _final(answer) or self._clock() + pause > until:
                if isinstance(answer, SHPBNDLError):
                    raise answer
                return answer
            self._sleep(pause)
            delay = min(delay * 2, LONGEST_DELAY)


def _once(send: Callable[[], httpx.Response]) -> httpx.Response | SHPBNDLError:
    try:
        answer = send()
    except httpx.TransportError as error:
        envelope = {
            "errorCode": "SERVICE_UNAVAILABLE",
            "message": f"No answer: {error}",
            "details": {"retryable": True, "next_action": "RETRY_WITH_SAME_KEY"},
        }
        return SHPBNDLError(0, envelope)
    if answer.status_code < ERRORS:
        return answer
    return SHPBNDLError(answer.status_code, _envelope(answer), answer.headers.get("Retry-After"))


def _envelope(answer: httpx.Response) -> dict[str, Any]:
    try:
        parsed = answer.json()
    except ValueError:  # something between us and the API answered
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _final(answer: httpx.Response | SHPBNDLError) -> bool:
    if isinstance(answer, SHPBNDLError):
        return not answer.retryable
    return answer.status_code != ACCEPTED


def _retry_after(answer: httpx.Response | SHPBNDLError, delay: float) -> float:
    if isinstance(answer, SHPBNDLError):
        told = answer.retry_after
    else:
        told = answer.headers.get("Retry-After")
    return float(told) if told and told.isdecimal() else delay


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)  # two decimals come out of a float's shortest form as they went in
    raise TypeError(f"{type(value).__name__} is no JSON value")
