"""A command that an operator types twice, since its process died the first time."""

import asyncio
import json
import os
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from support.accounts import Seeded
from support.lab import Lab
from support.services import BIN
from support.shop import Shop

Ended = subprocess.CompletedProcess[str]


class Typed(ABC):
    """`words` are typed twice: the process dies the first time. `check` is given the second end."""

    words: tuple[str, ...]

    def __init__(self, lab: Lab, account: Seeded, folder: Path) -> None:
        self.lab = lab
        self.account = account
        self.folder = folder
        self.shop = Shop(lab.cluster.url, account)
        self.environment: dict[str, str] = {}

    @abstractmethod
    async def prepare(self) -> None:
        """All that was there before, and the words."""

    async def died(self) -> None:  # noqa: B027  # most need nothing
        """Between the death and the second time."""

    @abstractmethod
    async def check(self, ended: Ended) -> None: ...

    async def close(self) -> None:
        await self.shop.http.aclose()

    async def type(self, **extra: str) -> Ended:
        return await asyncio.to_thread(self._run, extra)

    def _run(self, extra: dict[str, str]) -> Ended:
        return subprocess.run(
            [BIN / "entrygo", *self.words, "--json"],
            env=os.environ | self.lab.cluster.environment | self.environment | extra,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


def answer(ended: Ended) -> Any:  # any JSON value
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)
