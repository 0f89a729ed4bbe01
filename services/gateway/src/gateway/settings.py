"""What the gateway is told by its environment: `GATEWAY_...`, beside the common `ENTRYGO_...`."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Limits(BaseSettings):
    """What one connection may cost, and how many there may be; a proxy in front has its own."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", frozen=True)

    # Of this process; each takes some 15 KB, and a descriptor.
    connections: int = Field(default=3_000, ge=1)
    # 0 means no limit, as behind a proxy, where all come from one.
    connections_per_address: int = Field(default=1_500, ge=0)
    head_bytes: int = Field(default=96 * 1024, ge=1_024)
    headers: int = Field(default=100, ge=10)
    # A hundred external ids of 255 characters are a third of it.
    target_bytes: int = Field(default=60 * 1024, ge=256)
    # From the first byte, or from the connection, to the end of the headers.
    head_seconds: float = Field(default=10.0, gt=0)
    # To the end of the body, and without a byte of it.
    body_seconds: float = Field(default=60.0, gt=0)
    silent_seconds: float = Field(default=15.0, gt=0)
    # For a client that does not read its answer.
    unread_seconds: float = Field(default=30.0, gt=0)


class Shares(BaseSettings):
    """How much may be under way at once in this process: of one account, and of all."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", frozen=True)

    account_commands: int = Field(default=64, ge=1)
    all_commands: int = Field(default=80, ge=1)
    # In these commands: a plan of the most orders is half of an account's share.
    account_orders: int = Field(default=20_000, ge=1)
    all_orders: int = Field(default=50_000, ge=1)
    account_bytes: int = Field(default=64 * 1024 * 1024, ge=1)
    all_bytes: int = Field(default=256 * 1024 * 1024, ge=1)
    # Inspects that wait for a change.
    account_waits: int = Field(default=100, ge=1)
    all_waits: int = Field(default=1_000, ge=1)

    def of_account(self, kind: str) -> int:
        return int(getattr(self, f"account_{kind}"))

    def of_all(self, kind: str) -> int:
        return int(getattr(self, f"all_{kind}"))


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
    # Wrong keys a second that each address may send to this process, and at once; 0: no limit.
    wrong_keys_per_second: float = Field(default=5.0, ge=0)
    wrong_keys_burst: int = Field(default=50, ge=1)
    # Addresses or networks whose `X-Forwarded-For` says the caller's address.
    trusted_proxies: tuple[str, ...] = ()
    shares: Shares = Field(default_factory=Shares)
    # A page of a list ends early, with its cursor, rather than hold more; one row it always has.
    page_bytes: int = Field(default=4 * 1024 * 1024, ge=1)
    # Bytes stored of one account but for what was executed, about; 0 means no limit.
    account_stored_bytes: int = Field(default=64 * 1024**3, ge=0)
    # How often what was added is told to the other gateways.
    stored_every: timedelta = timedelta(seconds=10)
    # Origins that browsers may call from; none by default.
    cors_origins: tuple[str, ...] = ()
