"""The calls, named and ordered as the protocol names them; no rule and no state of their own."""
# ruff: noqa: N803, PLR0913  # the published names are camelCase, and a call takes what they list

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

import httpx

from shpbndl.http import Http

Json = dict[str, Any]
BASE_URL = "http://localhost:3000/api"


class _Records:
    """Products or orders: synced by your own `externalId`, read by id or `externalId`."""

    def __init__(self, http: Http, path: str) -> None:
        self._http = http
        self._path = path

    def sync(
        self, accountId: str, items: Sequence[Json], idempotencyKey: str | None = None
    ) -> Json:
        body = {"accountId": accountId, "items": list(items)}
        return self._http.write(f"{self._path}/sync", body, idempotencyKey)

    def get(self, id: str) -> Json:  # noqa: A002  # the field's name
        return _json(self._http.get(f"{self._path}/{id}"))

    def list(
        self,
        externalId: str | Sequence[str] | None = None,
        *,
        updated_since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Json:
        """`{data, next_cursor}`, newest change first."""
        named = {"externalId": externalId, "updated_since": updated_since, "limit": limit}
        query = named | {"cursor": cursor}
        return _json(self._http.get(self._path, query))


class _Exports:
    def __init__(self, http: Http) -> None:
        self._http = http

    def plan(
        self,
        accountId: str,
        warehouseId: str,
        brokerId: str,
        destinationCountry: str | None = None,
        orderIds: Sequence[str] = (),
        idempotencyKey: str | None = None,
        *,
        batchId: str | None = None,
        dryRun: bool | None = None,
        shipment: Json | None = None,
        path: str = "/exports/plan",
    ) -> Json:
        """Decide, without side effects; with `batchId` plan that export again."""
        body = {
            "accountId": accountId,
            "warehouseId": warehouseId,
            "brokerId": brokerId,
            "destinationCountry": destinationCountry,
            "orderIds": list(orderIds),
            "batchId": batchId,
            "dryRun": dryRun,
            "shipment": shipment,
        }
        return self._http.write(path, body, idempotencyKey)

    def optimize(self, *arguments: Any, **named: Any) -> Json:  # noqa: ANN401  # those of plan
        """The older name of `plan`."""
        return self.plan(*arguments, **named, path="/exports/optimize")

    def execute(
        self,
        accountId: str,
        batchId: str,
        idempotencyKey: str | None = None,
        *,
        planHash: str | None = None,
        resubmit: bool | None = None,
        wait: int | None = None,
    ) -> Json:
        """Run an approved plan, exactly once.

        While the API answers 202 (accepted, under way) it is asked again with the same key. If
        that is still so when the client's patience ends, the current state is returned; `inspect`
        tells the rest. `wait` is how many seconds the API itself may hold one answer back.
        """
        body = {
            "accountId": accountId,
            "batchId": batchId,
            "planHash": planHash,
            "resubmit": resubmit,
        }
        return self._http.write("/exports/execute", body, idempotencyKey, wait)

    def get(self, exportId: str) -> Json:
        """The export as it is: plan, package, deliveries, events."""
        return _json(self._http.get(f"/exports/{exportId}"))

    inspect = get

    def list(
        self,
        *,
        status: str | None = None,
        updated_since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Json:
        named = {"status": status, "updated_since": updated_since, "limit": limit}
        query = named | {"cursor": cursor}
        return _json(self._http.get("/exports", query))

    def snapshot(self, exportId: str) -> bytes:
        """The bytes whose SHA-256 is the planHash."""
        return self._http.get(f"/exports/{exportId}/snapshot").content

    def plan_revision(self, exportId: str, revision: int) -> Json:
        """An earlier plan, as it was answered."""
        return _json(self._http.get(f"/exports/{exportId}/plans/{revision}"))


class _CustomsPackages:
    def __init__(self, http: Http) -> None:
        self._http = http

    def get(self, packageId: str) -> Json:
        return _json(self._http.get(f"/customs-packages/{packageId}"))

    def artifact(self, packageId: str, filename: str) -> bytes:
        return self._http.get(f"/customs-packages/{packageId}/artifacts/{filename}").content

    def archive(self, packageId: str) -> bytes:
        """All five artifacts as one zip."""
        return self._http.get(f"/customs-packages/{packageId}/archive").content


class SHPBNDL:
    """A client of one account's key.

    Each write carries an idempotency key, yours or a minted one, and every repetition carries the
    same. What the API calls retryable is repeated, as its `Retry-After` says, for `patience`
    seconds. Failures are `SHPBNDLError`.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str = BASE_URL,
        *,
        timeout: float = 60.0,
        patience: float = 60.0,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        headers = {"Authorization": f"Bearer {api_key}"}
        client = httpx.Client(
            base_url=base_url, headers=headers, timeout=timeout, transport=transport
        )
        self._http = Http(client, patience=patience, sleep=sleep, clock=clock)
        self.orders = _Records(self._http, "/orders")
        self.products = _Records(self._http, "/products")
        self.exports = _Exports(self._http)
        self.customs_packages = _CustomsPackages(self._http)
        self.plan = self.exports.plan
        self.execute = self.exports.execute
        self.inspect = self.exports.inspect

    def account(self) -> Json:
        """The key's account: warehouses, brokers, and what is missing on each."""
        return _json(self._http.get("/account"))

    def health(self) -> Json:
        return _json(self._http.get("/system/health"))

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


def _json(answer: httpx.Response) -> Json:
    parsed: Json = answer.json()
    return parsed
