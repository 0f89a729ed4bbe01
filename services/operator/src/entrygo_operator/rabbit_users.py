"""Users of RabbitMQ, made and taken away through its management API."""

import asyncio
import base64
import json
import urllib.request
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from entrygo_operator.session import settings_of
from shared.errors import QueueUnavailable
from shared.messaging.permissions import granted
from shared.messaging.topology import PUBLISHER
from shared.settings import CommonSettings

_SECONDS: Final = 10.0
_GONE: Final = 404


class Management(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="ENTRYGO_", frozen=True, hide_input_in_errors=True)

    # Of an administrator of RabbitMQ: http://USER:PASSWORD@HOST:PORT
    rabbit_management_url: SecretStr = SecretStr("http://guest:guest@127.0.0.1:15672")


async def let_in(settings: CommonSettings, user: str, password: str) -> None:
    """A publisher's user, with its rights and no others; connections under an old password end.

    Raises:
        QueueUnavailable: the management API is away, or takes no such order from us.
    """
    host = unquote(urlsplit(settings.rabbit_url.get_secret_value()).path[1:]) or "/"
    made = {"name": user, "password": password, "tags": ""}
    await _order("POST", "definitions", {"users": [made]} | granted({user: PUBLISHER}, host))
    await _order("DELETE", f"connections/username/{quote(user, safe='')}")


async def remove(user: str) -> None:
    """RabbitMQ ends its connections."""
    await _order("DELETE", f"users/{quote(user, safe='')}")


async def _order(method: str, path: str, body: dict[str, Any] | None = None) -> None:
    url = settings_of(Management).rabbit_management_url.get_secret_value()
    at, login = urlsplit(url), unquote(urlsplit(url).netloc.rpartition("@")[0])
    token = base64.b64encode(login.encode()).decode()
    asked = urllib.request.Request(  # noqa: S310  # the scheme is the operator's own setting
        f"{at.scheme}://{at.netloc.rpartition('@')[2]}/api/{path}",
        json.dumps(body).encode() if body else None,
        {"Authorization": f"Basic {token}", "Content-Type": "application/json"},
        method=method,
    )
    try:
        await asyncio.to_thread(lambda: urllib.request.urlopen(asked, timeout=_SECONDS).close())  # noqa: S310
    except OSError as error:  # with HTTP's own errors
        if getattr(error, "code", None) != _GONE:  # what is to go is away already
            raise QueueUnavailable(f"RabbitMQ's management API: {error}") from error
