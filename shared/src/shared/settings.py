"""What every process is told by its environment (`ENTRYGO_...`)."""

import os
import re
from datetime import timedelta
from typing import Annotated, Final
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

# A folder of files, each a setting that its environment does not say: no password is in there then.
SECRETS: Final = os.environ.get("ENTRYGO_SECRETS_FOLDER")

Milliseconds = Annotated[int, Field(gt=0)]

_HOST: Final = r"(\[[0-9A-Fa-f:.]+\]|[^@:/?,\[\]]+)(:[0-9]{1,5})?"


def _url(scheme: str) -> AfterValidator:
    """Of this form; what is wrong is said without the URL, which holds a password."""
    form = re.compile(rf"({scheme})://([^@/]+@)?{_HOST}(,{_HOST})*([/?].*)?")

    def check(url: SecretStr) -> SecretStr:
        if not form.fullmatch(url.get_secret_value()):
            raise ValueError("a URL, SCHEME://USER:PASSWORD@HOST:PORT/, percent-encoded")
        return url

    return AfterValidator(check)


class CommonSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="ENTRYGO_", frozen=True, hide_input_in_errors=True, secrets_dir=SECRETS
    )

    rabbit_url: Annotated[SecretStr, _url("amqps?")] = SecretStr(
        "amqp://guest:guest@127.0.0.1:5672/"
    )
    mongo_url: Annotated[SecretStr, _url(r"mongodb(\+srv)?")] = SecretStr(
        "mongodb://127.0.0.1:27017/"
    )
    mongo_database: str = Field(default="entrygo", pattern=r'^[^/\\. "$]{1,63}$')
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    log_level: str = "INFO"
    otlp_endpoint: str | None = None
    # At the last delay for ever: accepted work is not dropped because a server is away.
    retry_delays_ms: tuple[Milliseconds, ...] = (1_000, 10_000, 60_000)
    # How long a refusal that a later message may cure (an unknown product) is tried again.
    refusal_patience: timedelta = timedelta(minutes=5)
    prefetch: int = 50
    frames: bool = True  # off while workers run that do not know them
    large_queues: bool = True  # off while planners run that do not read them
    rabbit_heartbeat: timedelta = timedelta(seconds=5)
    rabbit_connect_timeout: timedelta = timedelta(seconds=5)
    publish_timeout: timedelta = timedelta(seconds=5)
    # How long a process may be unable to work beside a RabbitMQ that works; then it ends.
    unready_patience: timedelta = timedelta(minutes=1)
    store_timeout: timedelta = timedelta(seconds=10)
    graceful_timeout: timedelta = timedelta(seconds=25)

    @property
    def rabbit_user(self) -> str:
        return unquote(urlsplit(self.rabbit_url.get_secret_value()).username or "guest")
