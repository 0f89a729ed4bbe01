"""The parts of a run, in their order; each can be run alone."""

from collections.abc import Awaitable, Callable
from typing import Final

from benchmarks.bench import Bench
from benchmarks.parts import executes, frames, inspects, plans, replicas, sizes, soak, syncs

PARTS: Final[dict[str, Callable[[Bench], Awaitable[None]]]] = {
    "plans": plans.measure,
    "executes": executes.measure,
    "inspects": inspects.measure,
    "syncs": syncs.measure,
    "replicas": replicas.measure,
    "soak": soak.measure,
    "sizes": sizes.measure,
    "beside": sizes.beside,
    "frames": frames.measure,
}
ASKED_FOR: Final = frozenset({"frames"})  # not of a whole run
