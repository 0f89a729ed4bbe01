"""The calls, named and ordered as the protocol names them; no rule and no state of their own."""
# ruff: noqa: N803, PLR0913  # the published names are camelCase, and a call takes what they list

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self

import httpx2

from shpbndl._sync.exports import Exports
from shpbndl._sync.http import Http
from shpbndl._sync.pages import everything
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


class Orders:
    """Orders: synced by your own `externalId`, read by id or `externalId`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def sync(
        self,
        accountId: str,
        items: Sequence[Mapping[str, object]],
        idempotencyKey: str | None = None,
    ) -> SyncedOrders:
        """Create or update them; each item is an `OrderInput`."""
        body = {"accountId": accountId, "items": list(items)}
        return self._http.ask(Call[SyncedOrders]("/orders/sync", body=body, key=idempotencyKey))

    def get(self, id: str) -> Order:  # noqa: A002  # the field's name
        return self._http.ask(Call[Order](f"/orders/{part(id)}"))

    def list(
        self,
        externalId: str | Sequence[str] | None = None,
        *,
        updated_since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> OrderList:
        """One page, the newest change first; `next_cursor` is the `cursor` of the page after."""
        named = {"externalId": externalId, "updated_since": updated_since, "limit": limit}
        return self._http.ask(Call[OrderList]("/orders", named | {"cursor": cursor}))

    def iterate(
        self,
        externalId: str | Sequence[str] | None = None,
        *,
        updated_since: str | None = None,
        limit: int | None = None,
    ) -> Iterator[Order]:
        """Every order, `limit` a page; one that changes meanwhile is not missed."""
        named = {"externalId": externalId, "limit": limit}
        return everything(self._http, Call[OrderList]("/orders", named), "updatedAt", updated_since)


class Products:
    """The catalogue: synced by your own `externalId`, read by id or `externalId`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def sync(
        self,
        accountId: str,
        items: Sequence[Mapping[str, object]],
        idempotencyKey: str | None = None,
    ) -> SyncedProducts:
        """Create or update them; each item is a `ProductInput`."""
        body = {"accountId": accountId, "items": list(items)}
        return self._http.ask(Call[SyncedProducts]("/products/sync", body=body, key=idempotencyKey))

    def get(self, id: str) -> Product:  # noqa: A002  # the field's name
        return self._http.ask(Call[Product](f"/products/{part(id)}"))

    def list(
        self,
        externalId: str | Sequence[str] | None = None,
        *,
        updated_since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> ProductList:
        """One page, the newest change first; `next_cursor` is the `cursor` of the page after."""
        named = {"externalId": externalId, "updated_since": updated_since, "limit": limit}
        return self._http.ask(Call[ProductList]("/products", named | {"cursor": cursor}))

    def iterate(
        self,
        externalId: str | Sequence[str] | None = None,
        *,
        updated_since: str | None = None,
        limit: int | None = None,
    ) -> Iterator[Product]:
        """Every product, `limit` a page; one that changes meanwhile is not missed."""
        named = {"externalId": externalId, "limit": limit}
        call = Call[ProductList]("/products", named)
        return everything(self._http, call, "updatedAt", updated_since)


class CustomsPackages:
    def __init__(self, http: Http) -> None:
        self._http = http

    def get(self, packageId: str) -> CustomsPackage:
        return self._http.ask(Call[CustomsPackage](f"/customs-packages/{part(packageId)}"))

    def artifact(self, packageId: str, filename: str) -> bytes:
        path = f"/customs-packages/{part(packageId)}/artifacts/{part(filename)}"
        return self._http.read(Call[bytes](path))

    def archive(self, packageId: str) -> bytes:
        """All artifacts as one zip."""
        return self._http.read(Call[bytes](f"/customs-packages/{part(packageId)}/archive"))

    def invoice(self, packageId: str, unit: str | None = None) -> bytes:
        """The invoice as PDF, or that of one entry by its `unit_id`."""
        path = f"/customs-packages/{part(packageId)}/invoice.pdf"
        return self._http.read(Call[bytes](path, {"unit": unit}))


class SHPBNDL:
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
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        client = httpx2.Client(
            base_url=address(base_url), headers=headers(api_key), transport=transport
        )
        self._http = Http(client, timeout=timeout, patience=patience, sleep=sleep, clock=clock)
        self.orders = Orders(self._http)
        self.products = Products(self._http)
        self.exports = Exports(self._http)
        self.customs_packages = CustomsPackages(self._http)
        self.plan = self.exports.plan
        self.execute = self.exports.execute
        self.inspect = self.exports.inspect

    def account(self) -> Account:
        """The key's account: warehouses, brokers, and what is missing on each."""
        return self._http.ask(Call[Account]("/account"))

    def health(self) -> Health:
        return self._http.ask(Call[Health]("/system/health"))

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
