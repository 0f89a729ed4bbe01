"""What the planner is told by its environment: `PLANNER_...`, beside the common `ENTRYGO_...`."""

from enum import StrEnum

from pydantic_settings import BaseSettings, SettingsConfigDict


class Queues(StrEnum):
    """Which a process reads: large plans apart, so that nobody waits behind one."""

    ALL = "all"
    SMALL = "small"
    LARGE = "large"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PLANNER_", frozen=True)

    queues: Queues = Queues.ALL
