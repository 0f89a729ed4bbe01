"""The schedule: lanes that play shuffled decks of faults side by side, all drawn from one seed.

Every round plays each fault of each lane once; then everything is healed, and the time until all is
ready again is taken.
"""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Final

from chaos.history import History
from chaos.stage import Stage

PATIENCE: Final = 90.0  # until a fault that cannot be done while another one lasts is given up
PAUSES: Final = (1.0, 5.0)  # between two faults of a lane
READY_LIMIT: Final = 120.0  # seconds after healing; then it is a violation, and started anew

Fault = Callable[[Stage, Random], Awaitable[str]]


@dataclass(frozen=True)
class Named:
    """A fault and the class it counts for."""

    kind: str
    play: Fault


Lanes = dict[str, list[Named]]


@dataclass(frozen=True)
class Plan:
    seed: int
    exports: int
    rounds: int  # at least
    most: int = 99  # faults of each lane in a round
    only: str = ""  # of what a fault is called, where not all are played


@dataclass
class Nemesis:
    plan: Plan
    stage: Stage
    history: History
    lanes: Lanes
    played: Counter[str] = field(default_factory=Counter)
    recoveries: list[float] = field(default_factory=list)
    _another: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def reached(self, share: float) -> None:
        """Waits until so much of what is to be played at least has been."""
        async with self._another:
            await self._another.wait_for(lambda: self._share() >= share)

    def _share(self) -> float:
        deck = sum(min(len(lane), self.plan.most) for lane in self.lanes.values())
        return (sum(self.played.values()) + 1) / (deck * self.plan.rounds)

    async def play(self, done: Callable[[], bool]) -> None:
        """So many rounds at least, and more while the clients are not done."""
        for number in count():
            enough = done if number >= self.plan.rounds else _never
            if enough():
                return
            lanes = (
                self._lane(faults, Random(f"{self.plan.seed}/{name}/{number}"), enough)
                for name, faults in self.lanes.items()
            )
            await asyncio.gather(*lanes)
            await self.recover()

    async def recover(self) -> None:
        """Heals everything and takes the time; what does not come back by itself is a finding.

        Servers of our own are killed at once just before, so that there is much to come back from.
        """
        if self.stage.own is not None:
            for server in ("rabbitmq", "postgres"):
                self.stage.own.signal(server, signal.SIGKILL)
            self.played["RabbitMQ and the store killed at once"] += 1
        await self.stage.heal()
        spent, late = await self.stage.recovered(READY_LIMIT)
        self.recoveries.append(spent)
        self.history.note(f"all ready {spent:.1f} s after healing")
        for member in late:
            self.history.violation("UNREADY", f"{member} after {spent:.0f} s")
            await member.kill()

    async def _lane(self, faults: Sequence[Named], rng: Random, enough: Callable[[], bool]) -> None:
        for fault in rng.sample(faults, min(len(faults), self.plan.most)):
            if enough():
                return
            own = Random(rng.random())
            pause = rng.uniform(*PAUSES)
            await self._one(fault, own)
            await asyncio.sleep(pause)

    async def _one(self, fault: Named, rng: Random) -> None:
        """Tried again while another fault is in its way; drawn anew, so with equal draws."""
        state, until = rng.getstate(), time.monotonic() + PATIENCE
        while True:
            rng.setstate(state)
            begun = time.monotonic()
            try:
                said = await fault.play(self.stage, rng)
            except Exception as error:  # noqa: BLE001  # any server's absence looks different
                if time.monotonic() > until:
                    self.history.violation("NEMESIS", f"{fault.kind} could not be done: {error!r}")
                    return
                await asyncio.sleep(1.0)
            else:
                self.played[fault.kind] += 1
                spent = time.monotonic() - begun
                self.history.note(f"fault {fault.kind}: {said} ({spent:.1f} s)")
                async with self._another:
                    self._another.notify_all()
                return


def _never() -> bool:
    return False
