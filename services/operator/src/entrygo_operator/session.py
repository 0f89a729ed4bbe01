"""One command: opens what it needs, does its work, closes; every failure is an error envelope."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import typer
from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError

from entrygo_operator.output import print_error
from shared.contracts.errors import ErrorCode, NextAction, refusal
from shared.errors import BlobCorrupt, NoReply, QueueUnavailable, Refused, StoreFault, Transient
from shared.messaging.rabbit import Messages
from shared.settings import CommonSettings
from shared.store import Store
from shared.validation import issues_of, refused_by, refused_for

Result = TypeVar("Result")
Settings = TypeVar("Settings", bound=BaseSettings)
CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class Session:
    """The store, and RabbitMQ for the commands that speak to a service."""

    settings: CommonSettings
    store: Store

    @asynccontextmanager
    async def messages(self) -> AsyncIterator[Messages]:
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
    except Refused as error:
        told = error.refusal
    except ValidationError as error:
        told = refused_by(error).refusal
    except BlobCorrupt as error:
        told = refusal(ErrorCode.INTERNAL_ERROR, str(error))
    except NoReply as error:
        why = f"{error}. The command is durable: see `entrygo export show`."
        told = refusal(ErrorCode.SERVICE_UNAVAILABLE, why)
    except (Transient, StoreFault) as error:
        why = str(error).split(" (configured")[0]  # the driver's own settings
        told = refusal(ErrorCode.SERVICE_UNAVAILABLE, why)
    except KeyboardInterrupt:
        why = "Interrupted; what was asked for may have been done."
        inspect = {"next_action": NextAction.INSPECT}
        told = refusal(ErrorCode.INTERNAL_ERROR, why, details=inspect)
    print_error(told)
    raise typer.Exit(1)


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
