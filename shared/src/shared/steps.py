"""Every durable step has a name: for logs and metrics, and as the place to inject a crash.

`CRASH_AT=executor.claim_orders:before:1` ends the process at once, without clean-up, on the first
pass through that step, before it happens; `:after:2` on the second, after it happened. Several are
separated by commas. `collect` reads the names from the code, so that no list is kept by hand.
"""

import ast
import logging
import os
import signal
from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from time import perf_counter
from types import TracebackType

from prometheus_client import Histogram

from shared import tracing

log = logging.getLogger(__name__)

STEP_SECONDS = Histogram("entrygo_step_seconds", "Duration of each durable step.", ["step"])


class CrashPoints:
    """The armed steps of this process; empty in production."""

    def __init__(self, armed: str) -> None:
        self._armed: set[tuple[str, str, int]] = set()
        for entry in filter(None, armed.split(",")):
            step, when, count = entry.rsplit(":", 2)
            if when not in {"before", "after"}:
                raise ValueError(f"CRASH_AT takes STEP:before|after:N, not {entry!r}")
            self._armed.add((step, when, int(count)))
        self._passes: Counter[tuple[str, str]] = Counter()

    def passing(self, step: str, when: str) -> None:
        if not self._armed:
            return
        self._passes[step, when] += 1
        if (step, when, self._passes[step, when]) in self._armed:
            log.warning("crash point reached", extra={"step": step, "when": when})
            os.kill(os.getpid(), signal.SIGKILL)


_crash_points = CrashPoints(os.environ.get("CRASH_AT", ""))


def durable_step(step: str) -> AbstractContextManager[None]:
    """Names what happens inside: one write, publish, reply or acknowledgement."""
    return _Step(step)


class _Step:
    """A class and no generator: some ten of them are a request."""

    __slots__ = ("_began", "_span", "_step")

    def __init__(self, step: str) -> None:
        self._step = step
        self._span = tracing.span(step)

    def __enter__(self) -> None:
        _crash_points.passing(self._step, "before")
        self._span.__enter__()
        self._began = perf_counter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _seconds(self._step).observe(perf_counter() - self._began)
        self._span.__exit__(kind, error, trace)
        if kind is None:
            log.debug("step", extra={"step": self._step})
            _crash_points.passing(self._step, "after")


@cache
def _seconds(step: str) -> Histogram:
    return STEP_SECONDS.labels(step)


def collect(sources: Iterable[Path]) -> list[str]:
    """All step names that the code under `sources` gives to the seams, or to a step, sorted."""
    names: set[str] = set()
    for path in (file for source in sources for file in source.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.keyword(arg="step", value=ast.Constant(value=str(name))):
                    names.add(name)
                case ast.Call(func=ast.Name("durable_step"), args=[ast.Constant(value=str(name))]):
                    names.add(name)
                case _:
                    pass
    return sorted(names)
