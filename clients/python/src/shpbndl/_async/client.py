"""The calls, named and ordered as the protocol names them; no rule and no state of their own."""
# ruff: noqa: N803, PLR0913  # the published names are camelCase, and a call takes what they list

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import httpx2

from shpbndl._async.exports import AsyncExports
from shpbndl._async.http import AsyncHttp
from shpbndl._async.pages import everything
from shpbndl.calls import Call, address, headers, part
from shpbndl.types import (
    Account,
    CustomsPackage,
    Health,
    Order,
    OrderList,
    Product,
    ProductList,
    SyncedOrders,
    SyncedProducts,
)

BASE_URL = "http://localhost:3000/api"


class AsyncOrders:
    """Orders: synced by your own `externalId`, read by id or `externalId`."""

    def __init__(self, http: AsyncHttp) -> None:
        self._http = http

    async def sync(
        self,
        accountId: str,
        items: Sequence[Mapping[str, object]],
        idempotencyKey: str | None = None,
    ) -> SyncedOrders:
        """Create or update them; each item is an `OrderInput`."""
        body = {"accountId": accountId, "items": list(items)}
        return await self._http.ask(
            Call[SyncedOrders]("/orders/sync", body=body, key=idempotencyKey)
        )

    async def get(self, id: str) -> Order:  # noqa: A002  # the field's name
        return await self._http.ask(Call[Order](f"/orders/{part(id)}"))

    async def list(
        self,
        externalId: str | Sequence[str] | None = None,
        *,
        updated_since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> OrderList:
        """One page, the newest change first; `next_cursor` is the `cursor` of the page after."""
        named = {"externalId": externalId, "updated_since": updated_since, "limit": limit}
        return await self._http.ask(Call[OrderList]("/orders", named | {"cursor": cursor}))

    def iterate(
        self,
        externalId: str | Sequence[str] | None = None,
        *,
        updated_since: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Order]:
        """Every order, `limit` a page; one that changes meanwhile is not missed."""
        named = {"externalId": externalId, "limit": limit}
        return everything(self._http, Call[OrderList]("/orders", named), "updatedAt", updated_since)


class AsyncProducts:
    """The catalogue: synced by your own `externalId`, read by id or `externalId`."""

    def __init__(self, http: AsyncHttp) -> None:
        self._http = http

    async def sync(
        self,
        accountId: str,
        items: Sequence[Mapping[str, object]],
        idempotencyKey: str | None = None,
    ) -> SyncedProducts:
        """Create or update them; each item is a `ProductInput`."""
        body = {"accountId": accountId, "items": list(items)}
        return await self._http.ask(
            Call[SyncedProducts]("/products/sync", body=body, key=idempotencyKey)
        )

    async def get(self, id: str) -> Product:  # noqa: A002  # the field's name
        return await self._http.ask(Call[Product](f"/products/{part(id)}"))

    async def list(
        self,
        externalId: str | Sequence[str] | None = None,
        *,
        updated_since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> ProductList:
        """One page, the newest change first; `next_cursor` is the `cursor` of the page after."""
        named = {"externalId": externalId, "updated_since": updated_since, "limit": limit}
        return await self._http.ask(Call[ProductList]("/products", named | {"cursor": cursor}))

    def iterate(
        self,
        externalId: str | Sequence[str] | None = None,
        *,
        updated_since: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Product]:
        """Every product, `limit` a page; one that changes meanwhile is not missed."""
        named = {"externalId": externalId, "limit": limit}
        call = Call[ProductList]("/products", named)
        return everything(self._http, call, "updatedAt", updated_since)


class AsyncCustomsPackages:
    def __init__(self, http: AsyncHttp) -> None:
        self._http = http

    async def get(self, packageId: str) -> CustomsPackage:
        return await self._http.ask(Call[CustomsPackage](f"/customs-packages/{part(packageId)}"))

    async def artifact(self, packageId: str, filename: str) -> bytes:
        path = f"/customs-packages/{part(packageId)}/artifacts/{part(filename)}"
        return await self._http.read(Call[bytes](path))

    async def archive(self, packageId: str) -> bytes:
        """All artifacts as one zip."""
        return await self._http.read(Call[bytes](f"/customs-packages/{part(packageId)}/archive"))

    async def invoice(self, packageId: str, unit: str | None = None) -> bytes:
        """The invoice as PDF, or that of one entry by its `unit_id`."""
        path = f"/customs-packages/{part(packageId)}/invoice.pdf"
        return await self._http.read(Call[bytes](path, {"unit": unit}))


class AsyncSHPBNDL:
    """A client of one account's key.

    Each write carries an idempotency key, yours or a minted one, and every repetition carries the
    same. What the API calls retryable is repeated, as its `Retry-After` says, for `patience`
    seconds; a gateway that was never there is told at once. Failures are `SHPBNDLError`.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str = BASE_URL,
        *,
        timeout: float = 60.0,
        patience: float = 60.0,
        transport: httpx2.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        client = httpx2.AsyncClient(
            base_url=address(base_url), headers=headers(api_key), transport=transport
        )
        self._http = AsyncHttp(client, timeout=timeout, patience=patience, sleep=sleep, clock=clock)
        self.orders = AsyncOrders(self._http)
        self.products = AsyncProducts(self._http)
        self.exports = AsyncExports(self._http)
        self.customs_packages = AsyncCustomsPackages(self._http)
        self.plan = self.exports.plan
        self.execute = self.exports.execute
        self.inspect = self.exports.inspect

    async def account(self) -> Account:
        """The key's account: warehouses, brokers, and what is missing on each."""
        return await self._http.ask(Call[Account]("/account"))

    async def health(self) -> Health:
        return await self._http.ask(Call[Health]("/system/health"))

    async def aclose(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()
