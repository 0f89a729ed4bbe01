"""A service that died is started again; nothing is left behind by the supervisor itself."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from stack import ports, probes, processes, replicas, servers, state, supervisor
from stack.paths import StackFolder
from stack.replicas import Replica
from stack.supervisor import LONGEST_PAUSE, STEADY_SECONDS, Supervisor

ENDLESS = "#!/bin/sh\nexec sleep 60\n"

KNOWN = {"rabbit": {"admin": "a"}, "mongo": {"postgres": "m"}, "web": {"mailpit": "w"}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StackFolder]:
    """A stack of two planners, which are no more than alive."""
    program = tmp_path / "programs" / "planner"
    program.parent.mkdir()
    program.write_text(ENDLESS)
    program.chmod(0o755)
    monkeypatch.setenv("ENTRYGO_CACHE", str(tmp_path))
    monkeypatch.setenv(replicas.PROGRAMS, str(program.parent))
    monkeypatch.setenv("ENTRYGO_WATCHED_PORT_BASE", "29000")
    folder = StackFolder("watched")
    folder.make()
    addresses = servers.on_loopback(ports.of(folder.name), "native", "none", KNOWN)
    state.save(folder, state.State(addresses=vars(addresses), counts={"planner": 2}))
    for one in planners(folder):
        replicas.start(one, addresses)
    yield folder
    supervisor.stop(folder)
    processes.stop([one.pid_file for one in planners(folder)], grace=5)


def planners(folder: StackFolder) -> list[Replica]:
    return replicas.wanted(folder, ports.of(folder.name), {"planner": 2})


def kill(pid_file: Path) -> None:
    record = processes.running(pid_file)
    assert record is not None
    os.kill(record.pid, signal.SIGKILL)
    assert probes.until(lambda: processes.running(pid_file) is None, seconds=10)


def test_one_that_died_is_started_again_and_counted(folder: StackFolder) -> None:
    one, other = planners(folder)
    watching, before = Supervisor(folder), processes.read(other.pid_file)
    kill(one.pid_file)

    watching.look(now=100)
    assert processes.running(one.pid_file) is None
    watching.look(now=101)

    assert processes.running(one.pid_file) is not None
    assert processes.read(other.pid_file) == before
    assert supervisor.restarts(folder) == {"planner-0": 1}


def test_one_that_was_stopped_stays_so(folder: StackFolder) -> None:
    one, _ = planners(folder)
    processes.stop([one.pid_file], grace=5)

    for now in (100, 200):
        Supervisor(folder).look(now)

    assert processes.running(one.pid_file) is None


def test_one_that_is_no_longer_asked_for_is_left(folder: StackFolder) -> None:
    _, surplus = planners(folder)
    state.save(folder, state.State(**{**vars(state.load(folder)), "counts": {"planner": 1}}))
    kill(surplus.pid_file)
    watching = Supervisor(folder)

    for now in (100, 200):
        watching.look(now)

    assert processes.running(surplus.pid_file) is None


def test_pauses_grow_to_a_bound_and_are_short_again_after_a_steady_life(
    folder: StackFolder,
) -> None:
    one, _ = planners(folder)
    watching, now, pauses = Supervisor(folder), 0.0, []
    watching.look(now)
    for lived in [1.0] * 7 + [STEADY_SECONDS + 1]:
        now += lived
        kill(one.pid_file)
        watching.look(now)
        due = watching.lives[one.name].due
        assert due is not None
        pauses.append(due - now)
        now = due
        watching.look(now)

    assert pauses == [1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE, 1]


def test_a_killed_supervisor_leaves_nothing_that_a_stop_does_not_end(folder: StackFolder) -> None:
    supervisor.start(folder)
    one, _ = planners(folder)
    kill(one.pid_file)
    assert probes.until(lambda: processes.running(one.pid_file) is not None, seconds=60)
    records = [processes.read(each.pid_file) for each in planners(folder)]

    kill(folder.supervisor)

    assert all(processes.alive(record) for record in records)
    replicas.stop(replicas.recorded(folder))
    assert not any(processes.alive(record) for record in records)
