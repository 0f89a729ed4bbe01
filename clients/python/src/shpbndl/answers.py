"""What came back of one try, and whether to try again; no waiting and no sending."""

from collections.abc import Mapping
from typing import Any

import httpx2

from shpbndl.errors import SHPBNDLError

ACCEPTED = 202
NOT_MODIFIED = 304
FIRST_DELAY = 0.5
LONGEST_DELAY = 15.0
BETWEEN = (502, 503, 504)  # said by a proxy while no gateway is behind it

Outcome = httpx2.Response | SHPBNDLError

_AGAIN: Mapping[str, Any] = {"retryable": True, "next_action": "RETRY_WITH_SAME_KEY"}
_WRONG: Mapping[str, Any] = {"retryable": False, "next_action": "FIX_REQUEST"}


class Patience:
    """How long the tries of one call go on: until this time, with growing pauses."""

    def __init__(self, until: float) -> None:
        self._until = until
        self._delay = FIRST_DELAY

    def pause(self, outcome: Outcome, now: float) -> float | None:
        """Seconds until the next try, as the server says if it does; None after the last."""
        pause, self._delay = self._delay, min(self._delay * 2, LONGEST_DELAY)
        if isinstance(outcome, SHPBNDLError):
            again, told = outcome.retryable, outcome.retry_after
        else:
            again, told = outcome.status_code == ACCEPTED, outcome.headers.get("Retry-After")
        if told and told.isdecimal():
            pause = float(told)
        return pause if again and now + pause <= self._until else None


def failed(request: httpx2.Request, error: httpx2.RequestError) -> SHPBNDLError:
    """No answer came. Where no connection did, or nothing was asked to be done, nothing began."""
    absent = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
    why = str(error) or type(error).__name__
    if isinstance(error, httpx2.LocalProtocolError | httpx2.UnsupportedProtocol):
        return _error(request, 0, _envelope("NOT_SENT", f"It cannot be sent: {why}.", _WRONG))
    if absent:
        code, message = "GATEWAY_UNREACHABLE", f"Nothing answers there: {why}."
    else:
        code, message = "NO_ANSWER", f"A connection was made, but no answer came: {why}."
    told = _error(request, 0, _envelope(code, message, _AGAIN))
    told.begun = not absent and request.method != "GET"
    return told


def answered(request: httpx2.Request, answer: httpx2.Response) -> Outcome:
    """An answer, or the error that it tells."""
    if answer.is_success or answer.status_code == NOT_MODIFIED:
        return answer
    status, found = answer.status_code, _parsed(answer)
    if isinstance(found, dict) and "errorCode" in found:
        told = _error(request, status, found, answer)
        told.begun = True
        return told
    message = f"HTTP {status} in no form of EntryGo's: is base_url the address of its gateway?"
    if to := answer.headers.get("Location"):
        message += f" It sends on to {to}"
    envelope = _envelope(f"HTTP_{status}", message, _AGAIN if status in BETWEEN else _WRONG)
    return _error(request, status, envelope, answer)


def json_of(answer: httpx2.Response) -> Any:  # noqa: ANN401  # any JSON value
    """What the answer says; raises SHPBNDLError where it is no JSON."""
    try:
        return answer.json()
    except ValueError as error:
        message = "The answer is no JSON: is base_url the address of EntryGo's gateway?"
        envelope = _envelope("NOT_JSON", message, _WRONG)
        raise _error(answer.request, answer.status_code, envelope, answer) from error


def _envelope(code: str, message: str, details: Mapping[str, Any]) -> dict[str, Any]:
    return {"errorCode": code, "message": message, "details": dict(details)}


def _error(
    request: httpx2.Request,
    status: int,
    envelope: Mapping[str, Any],
    answer: httpx2.Response | None = None,
) -> SHPBNDLError:
    told: Mapping[str, str] = answer.headers if answer is not None else {}
    return SHPBNDLError(
        status,
        envelope,
        told.get("Retry-After"),
        address=f"{request.method} {request.url}",
        request_id=told.get("X-Request-Id") or request.headers["X-Request-Id"],
    )


def _parsed(answer: httpx2.Response) -> Any:  # noqa: ANN401  # any JSON value
    try:
        return answer.json()
    except ValueError:  # something between us and the API answered
        return None
