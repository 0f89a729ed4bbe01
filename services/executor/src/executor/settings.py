"""What the executor is told by its environment: `EXECUTOR_...`, beside the common `ENTRYGO_...`."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="EXECUTOR_", frozen=True)

    # The domain of Message-IDs; the id before it is unique by itself.
    message_id_domain: str = "entrygo.local"
    verify_timeout: timedelta = timedelta(seconds=20)
    # PDFs printed at once, each in a process that takes up to a gigabyte, and for how long.
    printers: int = Field(default=1, ge=1)
    print_timeout: timedelta = timedelta(minutes=3)
    sweep_every: timedelta = timedelta(seconds=30)
    # Longer than the longest run: an execution without a drive for this long is driven again.
    redrive_after: timedelta = timedelta(minutes=5)
    # Longer than a publish may take: what was not told of an export by then is told by the sweep.
    announce_after: timedelta = timedelta(minutes=1)
