"""Steps are found in the code; an armed one ends its process, the others nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.messaging.topology import ORDERS_SYNC, ROUTES
from shared.steps import CrashPoints, collect, durable_step
from support.pages import REPOSITORY

SOURCES = [REPOSITORY / "shared" / "src", *sorted((REPOSITORY / "services").glob("*/src"))]
TWO_PASSES = """
from shared.messaging.topology import ORDERS_SYNC, ROUTES
from shared.steps import durable_step
for number in (1, 2):
    with durable_step("test.step"):
        print("in", number, flush=True)
    print("past", number, flush=True)
"""


@pytest.mark.parametrize(
    ("armed", "told"),
    [
        ("test.step:before:1", []),
        ("test.step:after:1", ["in 1"]),
        ("test.step:before:2", ["in 1", "past 1"]),
        ("other.step:before:1,test.step:after:2", ["in 1", "past 1", "in 2"]),
    ],
)
def test_an_armed_step_ends_the_process_at_once_on_its_pass(armed: str, told: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", TWO_PASSES],
        env=os.environ | {"CRASH_AT": armed},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == -9
    assert ended.stdout.splitlines() == told


def test_nothing_is_armed_by_itself() -> None:
    with durable_step("test.step"):
        pass


def test_a_misspelt_crash_point_is_an_error() -> None:
    with pytest.raises(ValueError, match="CRASH_AT"):
        CrashPoints("test.step:during:1")


def test_every_literal_step_is_collected(tmp_path: Path) -> None:
    written = 'f(step="b.write")\ng(1, step="a.read", stop="c", step=x)\ndurable_step("c.send")\n'
    (tmp_path / "code.py").write_text(written)

    assert collect([tmp_path]) == ["a.read", "b.write", "c.send"]


def test_every_step_of_the_code_begins_with_who_takes_it() -> None:
    owners = {step.partition(".")[0] for step in collect(SOURCES)}

    assert owners == {"gateway", "planner", "executor", "broker_mailer", "operator"}


def test_every_route_acknowledges_and_replies_under_a_name_of_its_own() -> None:
    steps = [step for route in ROUTES for step in route.steps]

    assert len(set(steps)) == len(steps)
    assert {route.step("ack") for route in ROUTES} <= set(steps)
    assert {route.step("reply") for route in ROUTES if route.answer} <= set(steps)
    assert ORDERS_SYNC.step("refuse") == "planner.refuse_orders_sync"
