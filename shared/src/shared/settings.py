"""What every process is told by its environment (`ENTRYGO_...`)."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Milliseconds = Annotated[int, Field(gt=0)]


class CommonSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="ENTRYGO_", frozen=True)

    rabbit_url: SecretStr = SecretStr("amqp://guest:guest@127.0.0.1:5672/")
    mongo_url: SecretStr = SecretStr("mongodb://127.0.0.1:27017/")
    mongo_database: str = "entrygo"
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    log_level: str = "INFO"
    # At the last delay for ever: accepted work is not dropped because a server is away.
    retry_delays_ms: tuple[Milliseconds, ...] = (1_000, 10_000, 60_000)
    # How long a refusal that a later message may cure (an unknown product) is tried again.
    refusal_patience: timedelta = timedelta(minutes=5)
    prefetch: int = 50
    publish_timeout: timedelta = timedelta(seconds=5)
    store_timeout: timedelta = timedelta(seconds=10)
    graceful_timeout: timedelta = timedelta(seconds=25)
