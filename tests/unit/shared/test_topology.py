"""The page of exchanges and queues: one reader each, bounded, with somewhere to die."""

import pytest

from shared.contracts.base import Command
from shared.messaging import topology
from shared.messaging.arguments import dead_arguments, retry_arguments, work_arguments
from shared.messaging.topology import EVENTS, ROUTES, SERVICES


def test_every_routing_key_is_one_commands_or_one_events() -> None:
    keys = [route.key for route in ROUTES] + [event.key for event in EVENTS]

    assert len(keys) == len(set(keys))


def test_a_queue_says_who_reads_it_and_what_was_asked() -> None:
    assert topology.ORDERS_SYNC.queue == "planner.orders.sync"
    assert len({route.queue for route in ROUTES}) == len(ROUTES)


def test_a_large_plan_is_the_same_command_at_a_queue_and_a_worker_of_its_own() -> None:
    small, large = topology.EXPORTS_PLAN, topology.EXPORTS_PLAN_LARGE

    assert large.queue == "planner.exports.plan.large"
    assert (large.asked, large.contract) == (small.asked, small.contract)
    assert (large.service, large.worker, small.worker) == ("planner", "planner-large", "planner")
    assert large.at_once(prefetch=50) < small.at_once(prefetch=50) == 50


def test_a_command_is_imperative_and_its_answer_past() -> None:
    for route in ROUTES:
        assert issubclass(route.contract, Command)
        assert route.answer is None or route.answer.__name__.endswith("ed")


@pytest.mark.parametrize("service", SERVICES)
def test_a_work_queue_is_bounded_and_loses_nothing(service: str) -> None:
    arguments = work_arguments(service)

    assert arguments["x-queue-type"] == "quorum"
    assert arguments["x-overflow"] == "reject-publish"
    assert arguments["x-dead-letter-strategy"] == "at-least-once"
    assert arguments["x-max-length"]
    assert arguments["x-delivery-limit"]


def test_a_retry_goes_back_to_its_queue_after_its_delay() -> None:
    arguments = retry_arguments("planner.orders.sync", 250)

    assert topology.retry_queue("planner.orders.sync", 250) == "planner.orders.sync.wait.250"
    assert arguments["x-message-ttl"] == 250
    assert arguments["x-dead-letter-exchange"] == topology.DIRECT_EXCHANGE
    assert arguments["x-dead-letter-routing-key"] == "planner.orders.sync"


def test_looking_at_a_dead_letter_never_loses_it() -> None:
    assert dead_arguments()["x-delivery-limit"] == -1
