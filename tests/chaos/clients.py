"""A client as protocol.md asks for one: thin, stubborn, and always under one key a request."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import httpx

from chaos.history import History, Told
from support.accounts import Seeded

PATIENCE: Final = 300.0  # seconds of asking again before it counts as never answered
IMPATIENT: Final = (0.4, 3.0)  # a client's time limit that cuts requests off
ORDINARY: Final = 15.0
LONGEST_PAUSE: Final = 2.0
SAID: Final = ("retry-after", "x-request-id", "entrygo-protocol")  # by every 503

Json = dict[str, Any]


class NeverAnsweredError(Exception):
    """Asked again and again, for all of its patience."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: Json

    @property
    def error(self) -> str:
        return str(self.body.get("errorCode", ""))


class Client:
    """Asks any gateway; after 503, a cut or its own time limit again, with the same key."""

    def __init__(
        self, gateways: Callable[[], list[str]], account: Seeded, history: History, rng: Random
    ) -> None:
        self._gateways = gateways
        self._history = history
        self._rng = rng
        self.account = account
        self.http = httpx.AsyncClient(headers=account.headers, timeout=ORDINARY)

    def a_key(self) -> str:
        return f"{self._rng.getrandbits(128):032x}"

    async def write(self, path: str, body: Json, key: str, prefer: int | None = None) -> Answer:
        """The final answer, or a 202."""
        headers = {"Idempotency-Key": key} | ({"Prefer": f"wait={prefer}"} if prefer else {})
        body = {"accountId": self.account.account_id} | body
        told = self._history.keys.setdefault(key, Told(path, body, self.account.headers))
        answer = await self._asked("POST", path, told.tries, json=body, headers=headers)
        if answer.status_code == httpx.codes.OK:
            self._history.answered(key, answer.status_code, answer.content)
        return Answer(answer.status_code, answer.json())

    async def twice(self, path: str, body: Json, key: str) -> list[Answer]:
        """Two clients with one key, at once."""
        return await asyncio.gather(*(self.write(path, body, key) for _ in range(2)))

    async def inspect(self, export_id: str) -> Json:
        answer = await self._asked("GET", f"/api/exports/{export_id}", [])
        if answer.status_code != httpx.codes.OK:
            self._history.violation("I3", f"{export_id} is {answer.status_code}: {answer.text}")
            raise NeverAnsweredError(export_id)
        export: Json = answer.json()
        self._history.saw(export)
        return export

    async def _asked(
        self, method: str, path: str, tries: list[str], **request: Any
    ) -> httpx.Response:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            gateway, limit = self._rng.choice(self._gateways()), ORDINARY
            if self._rng.random() < 0.15:
                limit = self._rng.uniform(*IMPATIENT)
            try:
                answer = await self.http.request(method, gateway + path, timeout=limit, **request)
            except httpx.TransportError as error:
                self._tried(tries, gateway, type(error).__name__)
                await asyncio.sleep(0.3)
                continue
            self._tried(tries, gateway, str(answer.status_code))
            if not self._again(answer):
                return answer
            await asyncio.sleep(min(float(answer.headers.get("retry-after", 1)), LONGEST_PAUSE))
        self._history.violation("I5", f"{method} {path} was never answered: {tries[-20:]}")
        raise NeverAnsweredError(path)

    def _tried(self, tries: list[str], gateway: str, what: str) -> None:
        self._history.counts[what] += 1
        tries.append(f"{time.monotonic() - self._history.begun:.1f}:{gateway[-5:]}:{what}")

    def _again(self, answer: httpx.Response) -> bool:
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            missing = [name for name in SAID if name not in answer.headers]
            if missing:
                self._history.violation("ENVELOPE", f"a 503 without {missing}: {answer.text[:200]}")
        if answer.is_success:
            return False
        try:
            return bool(answer.json()["details"]["retryable"])
        except (ValueError, KeyError):
            self._history.violation("ENVELOPE", f"{answer.status_code}: {answer.text[:200]}")
            return True
