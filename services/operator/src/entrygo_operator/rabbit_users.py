"""Users of RabbitMQ, made and taken away through its management API."""

import asyncio
import base64
import json
import urllib.error
import urllib.request
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from entrygo_operator.session import settings_of
from shared.errors import QueueUnavailable
from shared.messaging.permissions import Permissions
from shared.settings import CommonSettings

_SECONDS: Final = 10.0
_GONE: Final = 404


class Management(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="ENTRYGO_", frozen=True, hide_input_in_errors=True)

    # Of an administrator of RabbitMQ: http://USER:PASSWORD@HOST:PORT
    rabbit_management_url: SecretStr = SecretStr("http://guest:guest@127.0.0.1:15672")


async def allow(settings: CommonSettings, user: str, password: str, may: Permissions) -> None:
    """The user with these rights and no others; connections under an old password end.

    Topics first: on an exchange without, who may write to it may say everything.

    Raises:
        QueueUnavailable: the management API is away, or takes no such order from us.
    """
    host = unquote(urlsplit(settings.rabbit_url.get_secret_value()).path[1:]) or "/"
    given = asdict(may)
    topics = given.pop("topics")
    await _order("PUT", ("users", user), {"password": password, "tags": ""})
    for exchange, rights in topics.items():
        await _order("PUT", ("topic-permissions", host, user), {"exchange": exchange} | rights)
    await _order("PUT", ("permissions", host, user), given)
    await _order("DELETE", ("connections", "username", user))


async def remove(user: str) -> None:
    """RabbitMQ ends its connections."""
    await _order("DELETE", ("users", user))


async def _order(method: str, path: tuple[str, ...], body: dict[str, Any] | None = None) -> None:
    url = urlsplit(settings_of(Management).rabbit_management_url.get_secret_value())
    login = f"{unquote(url.username or '')}:{unquote(url.password or '')}"
    where = "/".join(quote(part, safe="") for part in path)
    asked = urllib.request.Request(  # noqa: S310  # the scheme is the operator's own setting
        f"{url.scheme}://{url.netloc.rpartition('@')[2]}/api/{where}",
        None if body is None else json.dumps(body).encode(),
        {
            "Authorization": f"Basic {base64.b64encode(login.encode()).decode()}",
            "Content-Type": "application/json",
        },
        method=method,
    )
    try:
        await asyncio.to_thread(lambda: urllib.request.urlopen(asked, timeout=_SECONDS).close())  # noqa: S310
    except urllib.error.HTTPError as error:
        if not (method == "DELETE" and error.code == _GONE):  # it is away already
            raise QueueUnavailable(f"RabbitMQ's management API answers {error.code}") from error
    except OSError as error:
        raise QueueUnavailable(f"RabbitMQ's management API does not answer: {error}") from error
