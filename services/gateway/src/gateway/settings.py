"""What the gateway is told by its environment: `GATEWAY_...`, beside the common `ENTRYGO_...`."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="GATEWAY_", frozen=True)

    # How long a write waits for its worker's answer; execute's caller may ask for up to 30 s.
    reply_timeout: timedelta = timedelta(seconds=10)
    # A lease outlives the wait it covers by this much: storing the outcome takes time too.
    lease_margin: timedelta = timedelta(seconds=15)
    # How long a request waits for another one that holds the same idempotency key.
    busy_wait: timedelta = timedelta(seconds=2)
    idempotency_kept: timedelta = timedelta(days=30)
    # Nobody reads a queue for so long: who waits for its worker is told, instead of waiting on.
    worker_absence: timedelta = timedelta(seconds=3)
    # How often what somebody is woken for is counted; a scrape shows the last count.
    gauges_every: timedelta = timedelta(seconds=15)
    # A revoked key works no longer than this.
    key_cache: timedelta = timedelta(seconds=1)
    # Requests a second that each key may make of this process, and at once; 0 means no limit.
    rate_per_second: float = Field(default=500.0, ge=0)
    rate_burst: int = Field(default=1_000, ge=1)
    # Origins that browsers may call from; none by default.
    cors_origins: tuple[str, ...] = ()
