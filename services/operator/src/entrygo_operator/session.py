"""One command: opens what it needs, does its work, closes; every failure is an error envelope."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from entrygo_operator.output import print_error
from shared.contracts.errors import ErrorCode, NextAction, Refusal, refusal
from shared.errors import BlobCorrupt, NoReply, QueueUnavailable, Refused, StoreFault, Transient
from shared.messaging.rabbit import Messages
from shared.settings import CommonSettings
from shared.store import Store
from shared.validation import issues_of, refused_by, refused_for

Result = TypeVar("Result")
CONNECT_SECONDS = 10.0


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
    except (Refused, ValidationError, BlobCorrupt, NoReply, Transient, StoreFault) as error:
        print_error(_told(error))
    except KeyboardInterrupt:
        print_error(
            refusal(
                ErrorCode.INTERNAL_ERROR,
                "Interrupted; what was asked for may have been done.",
                details={"next_action": NextAction.INSPECT},
            )
        )
    raise typer.Exit(1)


async def _with_session(work: Callable[[Session], Awaitable[Result]]) -> Result:
    settings = _settings()
    async with Store(settings, appname="entrygo") as store:
        return await work(Session(settings, store))


def _settings() -> CommonSettings:
    try:
        return CommonSettings()
    except ValidationError as error:
        raise refused_for(
            [
                one | {"path": f"ENTRYGO_{one['path']}".upper()}
                for one in issues_of(error.errors(include_url=False, include_input=False))
            ]
        ) from error
    except SettingsError as error:  # no JSON where a list is wanted; it names the field
        raise Refused(ErrorCode.VALIDATION_ERROR, f"A setting is wrong: {error}.") from error


def _told(error: Exception) -> Refusal:
    match error:
        case Refused():
            return error.refusal
        case ValidationError():
            return refused_by(error).refusal
        case BlobCorrupt():
            return refusal(ErrorCode.INTERNAL_ERROR, str(error))
        case NoReply():
            why = f"{error}. The command is durable: see `entrygo export show`."
            return refusal(ErrorCode.SERVICE_UNAVAILABLE, why)
        case _:
            why = str(error).split(" (configured")[0]  # the driver's own settings
            return refusal(ErrorCode.SERVICE_UNAVAILABLE, why)
