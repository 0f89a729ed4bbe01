"""Starts services again that died, as compose's `restart: unless-stopped` does.

A process of its own beside a native stack. It keeps nothing that matters: killed, it leaves the
services as they are, known by their records, to the next `up` or `down`.
"""

import json
import os
import sys
import time
from dataclasses import dataclass, field

from stack import ports, probes, processes, replicas, servers, state
from stack.output import StackError, say
from stack.paths import REPOSITORY, StackFolder
from stack.replicas import Replica

LOOK_SECONDS = 1.0
LONGEST_PAUSE = 30.0
# One that lived so long did not die of how it was started: the next pause is short again.
STEADY_SECONDS = 60.0


def start(folder: StackFolder) -> None:
    """Started anew by each `up`, whose environment the services get."""
    stop(folder)
    processes.start(
        processes.Launch(
            command=[sys.executable, "-m", "stack.supervisor", folder.name],
            environment={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"},
            pid_file=folder.supervisor,
            log=folder.logs / "supervisor.log",
            port=0,
        )
    )


def stop(folder: StackFolder) -> None:
    processes.stop([folder.supervisor], grace=5)


def restarts(folder: StackFolder) -> dict[str, object]:
    """How often each service was started again since the stack was down."""
    return probes.read_json(folder.restarts)


@dataclass
class Life:
    """What is remembered of one replica."""

    begun: float
    deaths: int = 0
    due: float | None = None


@dataclass
class Supervisor:
    folder: StackFolder
    lives: dict[str, Life] = field(default_factory=dict)

    def look(self, now: float) -> None:
        """Starts again those that died and whose pause is over."""
        if due := [one for one in replicas.recorded(self.folder) if self._is_due(one, now)]:
            # In turn: whoever takes the stack down has ended this process before it gives it up.
            with servers.turn(self.folder):
                self._start_again(due, now)

    def _is_due(self, one: Replica, now: float) -> bool:
        life = self.lives.setdefault(one.name, Life(begun=now))
        if processes.running(one.pid_file) is not None:
            return False
        if life.due is None:
            life.deaths = 0 if now - life.begun > STEADY_SECONDS else life.deaths
            life.due = now + min(2.0**life.deaths, LONGEST_PAUSE)
            life.deaths += 1
            say(f"{one.name} died; it is started again in {life.due - now:.0f} s")
        return now >= life.due

    def _start_again(self, due: list[Replica], now: float) -> None:
        kept = state.load(self.folder)
        numbers = ports.of(self.folder.name, kept.gateway_port)
        asked_for = set(replicas.wanted(self.folder, numbers, kept.counts))
        counted = restarts(self.folder)
        for one in due:
            dead = processes.read(one.pid_file) is not None and not processes.running(one.pid_file)
            if one in asked_for and dead:
                replicas.start(one, servers.known(self.folder))
                counted[one.name] = int(str(counted.get(one.name, 0))) + 1
            self.lives[one.name].begun = now
            self.lives[one.name].due = None
        draft = self.folder.restarts.with_suffix(".draft")
        draft.write_text(json.dumps(counted))
        draft.replace(self.folder.restarts)


def main(name: str) -> None:
    supervisor = Supervisor(StackFolder(name))
    while True:
        try:
            supervisor.look(time.monotonic())
        except (StackError, OSError) as error:
            say(f"not started: {error}")
        time.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1])
