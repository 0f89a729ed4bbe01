"""What the planner is told by its environment: `PLANNER_...`, beside the common `ENTRYGO_...`."""

from enum import StrEnum

from pydantic_settings import BaseSettings, SettingsConfigDict


class Queues(StrEnum):
    """Which a process reads: large plans apart, so that nobody waits behind one."""

    ALL = "all"
    SMALL = "small"
    LARGE = "large"


class Publishers(StrEnum):
    """Whose syncs count, of those that come by the queue."""

    NAMED = "named"  # of publishers that `entrygo publisher create` made
    SIGNED = "signed"  # and of the user that they may share, for any account
    ANY = "any"  # and those that do not say who sends them: while publishers learn to


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PLANNER_", frozen=True)

    queues: Queues = Queues.ALL
    publishers: Publishers = Publishers.SIGNED
