"""What a check makes of what it saw: a verdict, a line, and what to type next."""

import pytest

from entrygo_operator import options
from entrygo_operator.app import command_named
from shared.checks import exports, queues
from shared.checks.exports import MOST, Group, Waiting
from shared.checks.finding import Verdict, span
from shared.checks.queues import BACKLOG, Letters, Standing
from shared.contracts.lifecycle import Status
from shared.messaging.link import Depth
from shared.messaging.topology import ROUTES, WORKERS
from shared.needs import NEEDS
from support.pages import REPOSITORY

MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
ALL_READ = {route.queue: Depth(0, 1) for route in ROUTES}


def test_a_worker_at_each_of_its_queues_is_up() -> None:
    assert {worker.status for worker in queues.workers(ALL_READ).values()} == {Standing.UP}


def test_a_worker_whose_queues_nobody_reads_is_down_and_the_others_are_not() -> None:
    unread = {name: Depth(3, 0) for name in ALL_READ if name.startswith("planner.")}

    found = queues.workers(ALL_READ | unread)

    assert (found["planner"].status, found["planner"].consumers) == (Standing.DOWN, 0)
    assert found["planner"].backlog + found["planner-large"].backlog == 3 * len(unread)
    assert found["executor"].status is Standing.UP


@pytest.mark.parametrize("depth", [Depth(0, 0), Depth(BACKLOG + 1, 1)])
def test_one_queue_without_a_reader_or_too_full_degrades_its_worker(depth: Depth) -> None:
    found = queues.workers(ALL_READ | {"planner.exports.plan": depth})

    assert found["planner"].status is Standing.DEGRADED


def test_what_is_not_there_at_all_is_read_by_nobody() -> None:
    assert {worker.status for worker in queues.workers({}).values()} == {Standing.DOWN}


@pytest.mark.parametrize(
    ("servers", "depths", "status"),
    [
        ([True, True], ALL_READ, Standing.UP),
        ([True, True], {}, Standing.DEGRADED),
        ([True, False], ALL_READ, Standing.DOWN),
    ],
)
def test_without_a_server_all_is_down_and_without_a_worker_a_part(
    servers: list[bool], depths: dict[str, Depth], status: Standing
) -> None:
    assert queues.overall(servers, queues.workers(depths).values()) is status


def test_a_missing_worker_is_bad_a_slow_one_is_not() -> None:
    down = queues.of_worker("planner", queues.workers({})["planner"])
    slow = {"planner.exports.plan": Depth(BACKLOG + 1, 2)}
    full = queues.of_worker("planner", queues.workers(ALL_READ | slow)["planner"])

    assert (down.verdict, down.next) == (Verdict.BAD, "make status")
    assert (full.verdict, full.next) == (Verdict.WARN, "make up PLANNERS=2")


@pytest.mark.parametrize("worker", WORKERS)
def test_what_is_typed_to_have_more_of_a_worker_is_a_word_of_make_up(worker: str) -> None:
    slow = {name: Depth(BACKLOG + 1, 1) for name in ALL_READ}
    full = queues.of_worker(worker, queues.workers(slow)[worker])

    assert full.next is not None
    assert f"$({full.next.removeprefix('make up ').removesuffix('=2')})" in MAKEFILE


def test_dead_letters_are_bad_and_tell_their_age() -> None:
    found = queues.of_letters("planner", Letters(2, 7_300))

    assert (found.verdict, found.next) == (Verdict.BAD, "entrygo dlq list")
    assert found.line == "2, the first 2 h old"


@pytest.mark.parametrize(
    ("status", "seconds", "verdict"),
    [
        (Status.EXECUTING, 60, Verdict.OK),
        (Status.EXECUTING, 3_600, Verdict.WARN),
        (Status.SUBMITTING, 3_600, Verdict.OK),
        (Status.SUBMITTING, 7_201, Verdict.BAD),
        (Status.EXECUTION_STALLED, 1, Verdict.BAD),
        (Status.DELIVERY_UNKNOWN, 1, Verdict.BAD),
        (Status.DELIVERY_FAILED, 1, Verdict.BAD),
    ],
)
def test_an_export_under_way_is_bad_when_it_is_old_and_a_stuck_one_at_once(
    status: Status, seconds: float, verdict: Verdict
) -> None:
    found = exports.of_status(status, Group(1, seconds))

    assert found.verdict is verdict
    assert exports.of_status(status, Group(0)).verdict is Verdict.OK


def test_a_mail_that_nobody_takes_up_is_bad_one_that_is_tried_again_is_not() -> None:
    late = exports.of_waiting(Waiting.LATE, "BROKER", Group(1, 600))
    again = exports.of_waiting(Waiting.RETRYING, "BROKER", Group(MOST, 600))

    assert (late.verdict, again.verdict) == (Verdict.BAD, Verdict.WARN)
    assert again.line == f"{MOST} or more, the oldest for 10 min"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-1, "0 s"), (119, "119 s"), (120, "2 min"), (7_200, "2 h"), (200_000, "2 d")],
)
def test_a_span_is_told_in_the_unit_a_person_thinks_in(seconds: float, shown: str) -> None:
    assert span(seconds) == shown


def test_every_need_names_an_option_that_sets_it() -> None:
    settings = {
        "account": options.ACCOUNT,
        "warehouse": options.WAREHOUSE,
        "broker": options.BROKER,
    }
    for need in NEEDS:
        paths = {setting.flag: setting.path for setting in settings[need.party]}
        flag = need.options.split()[0]
        assert f"{need.party}.{paths[flag]}".startswith(need.path)


def test_doctor_is_a_command_of_its_own() -> None:
    assert command_named("doctor").name == "doctor"
