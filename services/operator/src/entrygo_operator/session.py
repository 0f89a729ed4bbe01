"""One command: opens what it needs, does its work, closes; every failure is an error envelope."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import typer
from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError

from entrygo_operator.output import print_error
from shared.contracts.errors import ErrorCode, NextAction, Refusal, refusal
from shared.errors import BlobCorrupt, NoReply, QueueUnavailable, Refused, StoreFault, Transient
from shared.settings import CommonSettings
from shared.store import Store
from shared.validation import issues_of, refused_by, refused_for

if TYPE_CHECKING:
    from shared.messaging.rabbit import Messages

Result = TypeVar("Result")
Settings = TypeVar("Settings", bound=BaseSettings)
CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class Session:
    """The store, and RabbitMQ for the commands that speak to a service."""

    settings: CommonSettings
    store: Store

    @asynccontextmanager
    async def messages(self) -> "AsyncIterator[Messages]":
        # Half of all that is imported, and most commands speak to the store alone.
        from shared.messaging.rabbit import Messages  # noqa: PLC0415

        messages = Messages(self.settings, service="operator", healthy=self.store.ping)
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
    except typer.Exit:
        raise
    except (Exception, KeyboardInterrupt) as error:  # whatever it is, it is told as all else
        print_error(_told(error))
        raise typer.Exit(1) from error


def _told(error: BaseException) -> Refusal:
    code, why, more = ErrorCode.SERVICE_UNAVAILABLE, str(error), None
    match error:
        case Refused():
            return error.refusal
        case ValidationError():
            return refused_by(error).refusal
        case NoReply():
            why = f"{error}. The command is durable: see `entrygo export show`."
        case Transient() | StoreFault():
            why = why.split(" (configured")[0]  # the driver's own settings
        case KeyboardInterrupt():
            why = "Interrupted; what was asked for may have been done."
            code, more = ErrorCode.INTERNAL_ERROR, {"next_action": NextAction.INSPECT}
        case BlobCorrupt():
            code = ErrorCode.INTERNAL_ERROR
        case _:
            code, why = ErrorCode.INTERNAL_ERROR, f"{type(error).__name__}: {error}"[:500]
    return refusal(code, why, details=more)


async def _with_session(work: Callable[[Session], Awaitable[Result]]) -> Result:
    settings = settings_of(CommonSettings)
    async with Store(settings, appname="entrygo") as store:
        return await work(Session(settings, store))


def settings_of(kind: type[Settings]) -> Settings:
    """As the environment says them; what is wrong with them is told by the variable's name."""
    try:
        return kind()
    except ValidationError as error:
        prefix = kind.model_config["env_prefix"]
        raise refused_for(
            [
                one | {"path": f"{prefix}{one['path']}".upper()}
                for one in issues_of(error.errors(include_url=False, include_input=False))
            ]
        ) from error
    except SettingsError as error:  # no JSON where a list is wanted; it names the field
        raise Refused(ErrorCode.VALIDATION_ERROR, f"A setting is wrong: {error}.") from error
