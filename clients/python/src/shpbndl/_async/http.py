"""One call and its repetitions: the same idempotency key, the server's Retry-After."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import httpx2

from shpbndl.answers import Outcome, Patience, answered, failed, json_of
from shpbndl.calls import Call
from shpbndl.errors import SHPBNDLError

T = TypeVar("T")

CONNECT_SECONDS = 1.5  # a packet that is lost comes again after one second
GRACE_SECONDS = 10.0  # beyond what the server was asked to wait


class AsyncHttp:
    """Repeats what may be repeated for `patience` seconds, then tells how it stands.

    A gateway that was never reached is not waited for: what is wrong then is most often the
    address. One that was is, since it may be restarting.
    """

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        timeout: float,
        patience: float,
        sleep: Callable[[float], Awaitable[None]],
        clock: Callable[[], float],
    ) -> None:
        self._client = client
        self._timeout = timeout
        self._patience = patience
        self._sleep = sleep
        self.clock = clock
        self._met = False

    async def ask(self, call: Call[T]) -> T:
        """The answer's JSON, typed as the call says."""
        return cast("T", json_of(await self.send(call)))

    async def read(self, call: Call[bytes]) -> bytes:
        return (await self.send(call)).content

    async def send(self, call: Call[Any]) -> httpx2.Response:
        """The final answer; 202 where it is that still when the patience ends."""
        request = self._request(call)
        patience = Patience(self.clock() + self._patience)
        while True:
            outcome = await self._once(request)
            self._met = self._met or not isinstance(outcome, SHPBNDLError) or outcome.begun
            pause = patience.pause(outcome, self.clock()) if self._met else None
            if pause is not None:
                await self._sleep(pause)
            elif isinstance(outcome, SHPBNDLError):
                raise outcome
            else:
                return outcome

    async def aclose(self) -> None:
        await self._client.aclose()

    def _request(self, call: Call[Any]) -> httpx2.Request:
        patient = max(self._timeout, (call.wait or 0) + GRACE_SECONDS if call.wait else 0)
        return self._client.build_request(
            call.method,
            call.path,
            params=call.given,
            content=call.content,
            headers=call.headers(),
            timeout=httpx2.Timeout(patient, connect=min(CONNECT_SECONDS, self._timeout)),
        )

    async def _once(self, request: httpx2.Request) -> Outcome:
        try:
            answer = await self._client.send(request)
        except httpx2.RequestError as error:
            return failed(request, error)
        return answered(request, answer)
