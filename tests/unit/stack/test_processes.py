import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from stack import processes
from stack.processes import Launch, Record

PATIENT = "import time; time.sleep(60)"
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('deaf', flush=True); time.sleep(60)"
)


def a_launch(folder: Path, code: str = PATIENT) -> Launch:
    return Launch(
        command=[sys.executable, "-c", code],
        environment=dict(os.environ),
        pid_file=folder / "one.json",
        log=folder / "one.log",
        port=1,
    )


def test_a_started_process_is_known_until_it_is_stopped(tmp_path: Path) -> None:
    launch = a_launch(tmp_path)

    record = processes.start(launch)

    assert processes.running(launch.pid_file) == record
    processes.stop([launch.pid_file], grace=10)
    assert not processes.alive(record)
    assert not launch.pid_file.exists()


def test_a_killed_process_counts_as_gone_before_anyone_reaps_it(tmp_path: Path) -> None:
    launch = a_launch(tmp_path)
    record = processes.start(launch)

    os.kill(record.pid, signal.SIGKILL)
    os.waitid(os.P_PID, record.pid, os.WEXITED | os.WNOWAIT)

    assert processes.running(launch.pid_file) is None


def test_a_process_that_got_a_dead_ones_id_is_neither_taken_nor_ended(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PATIENT]) as stranger:
        pid_file = tmp_path / "one.json"
        pid_file.write_text(json.dumps(asdict(Record(stranger.pid, "another boot/1", 1, ""))))

        assert processes.running(pid_file) is None
        processes.stop([pid_file], grace=0)

        assert stranger.poll() is None
        stranger.kill()


def test_one_that_ignores_the_request_is_killed_after_its_grace(tmp_path: Path) -> None:
    launch = a_launch(tmp_path, DEAF)
    record = processes.start(launch)
    while "deaf" not in launch.log.read_text():
        pass

    processes.stop([launch.pid_file], grace=0.2)

    assert not processes.alive(record)


def test_a_pid_file_that_was_cut_short_names_nothing(tmp_path: Path) -> None:
    pid_file = tmp_path / "one.json"
    pid_file.write_text('{"pid": 1')

    assert processes.running(pid_file) is None


def test_a_record_of_an_earlier_boot_is_not_alive() -> None:
    mine = Record(os.getpid(), processes.start_time(os.getpid()) or "", 1, "")
    ticks = mine.started.partition("/")[2]

    assert processes.alive(mine)
    assert not processes.alive(replace(mine, started=f"another-boot/{ticks}"))


def test_one_that_could_not_be_recorded_never_runs(tmp_path: Path) -> None:
    launch = a_launch(tmp_path, "print('ran')")

    with pytest.raises(FileNotFoundError):
        processes.start(replace(launch, pid_file=tmp_path / "nowhere" / "one.json"))

    os.wait()
    assert launch.log.read_text() == ""
