"""One command: opens what it needs, does its work, closes; every failure is an error envelope."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NoReturn, TypeVar

import typer
from pydantic import ValidationError

from entrygo_operator.output import print_error
from shared.contracts.errors import ErrorCode, Refusal, refusal
from shared.errors import NoReply, QueueUnavailable, Refused, StoreFault, Transient
from shared.messaging.rabbit import Messages
from shared.settings import CommonSettings
from shared.store import Store

Result = TypeVar("Result")
CONNECT_SECONDS = 10.0
_CODES = {
    "missing": "invalid_type",
    "enum": "invalid_enum_value",
    "string_pattern_mismatch": "invalid_string",
    "string_too_short": "too_small",
    "string_too_long": "too_big",
    "too_short": "too_small",
    "too_long": "too_big",
}


class Session:
    """The store, and RabbitMQ for the commands that speak to a service."""

    def __init__(self, settings: CommonSettings, store: Store) -> None:
        self._settings = settings
        self.store = store

    async def now(self) -> datetime:
        return await self.store.now()

    @asynccontextmanager
    async def messages(self) -> AsyncIterator[Messages]:
        messages = Messages(self._settings, service="operator", healthy=self.store.ping)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await messages.start()
        except TimeoutError as error:
            raise QueueUnavailable("RabbitMQ does not answer") from error
        try:
            yield messages
        finally:
            await messages.stop()


def run(work: Callable[[Session], Awaitable[Result]]) -> Result:
    """Does the work on a session of its own; a failure ends the process with 1."""
    try:
        return asyncio.run(_with_session(work))
    except Refused as error:
        _fail(error.refusal)
    except ValidationError as error:
        _fail(invalid(error))
    except NoReply as error:
        _fail(_unavailable(f"{error}. The command is durable: see `entrygo export show`."))
    except (Transient, StoreFault) as error:
        _fail(_unavailable(str(error).split(" (configured")[0]))  # the driver's own settings


async def _with_session(work: Callable[[Session], Awaitable[Result]]) -> Result:
    settings = CommonSettings()
    async with Store(settings, appname="entrygo") as store:
        return await work(Session(settings, store))


def invalid(error: ValidationError) -> Refusal:
    """What pydantic found, in the words of the contract's `details.issues[]`."""
    issues: list[dict[str, Any]] = [
        {
            "path": ".".join(str(part) for part in issue["loc"]),
            "message": issue["msg"],
            "code": _CODES.get(issue["type"], "custom"),
        }
        for issue in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    first = issues[0]
    return refusal(
        ErrorCode.VALIDATION_ERROR,
        f"{first['path']}: {first['message']}",
        field=first["path"],
        details={"issues": issues},
    )


def _unavailable(why: str) -> Refusal:
    return refusal(ErrorCode.SERVICE_UNAVAILABLE, why)


def _fail(answer: Refusal) -> NoReturn:
    print_error(answer)
    raise typer.Exit(1)
