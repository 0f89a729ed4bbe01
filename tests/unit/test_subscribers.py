"""What each service does with a message, in FastStream's memory instead of RabbitMQ."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from faststream.rabbit import RabbitBroker, TestRabbitBroker

import broker_mailer.subscribers
import executor.subscribers
import planner.subscribers
from contract.asyncapi import examples
from planner.settings import Queues
from shared.contracts.errors import ErrorCode, Refusal
from shared.errors import Refused
from shared.messaging import topology
from shared.messaging.declaring import COMMANDS
from shared.messaging.journey import Asking
from shared.messaging.rabbit import Messages
from shared.messaging.topology import ROUTES, Route
from shared.settings import CommonSettings

AnyRoute = Route[Any, Any]
ANSWERED = [route for route in ROUTES if route.answer is not None]


class Use:
    """Every use case of a service: keeps what it is called with, and answers as told."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self._answer = answer

    async def __call__(self, *given: Any, **named: Any) -> Any:
        self.calls.append((*given, *named.values()))
        return self._answer()

    def __getattr__(self, _: str) -> Any:
        return self


def serving(route: AnyRoute, use: Use) -> Messages:
    """The service at its queues."""

    async def healthy() -> bool:
        return True

    messages = Messages(CommonSettings(), service=route.service, healthy=healthy)
    each = cast("Any", use)
    match route.service:
        case "planner":
            planner.subscribers.subscribe(messages, each, each, each)
        case "executor":
            executor.subscribers.subscribe(messages, each, each, each)
        case _:
            broker_mailer.subscribers.subscribe(messages, each)
    return messages


def an_example(contract: type[Any]) -> Any:
    return contract.model_validate(examples()[contract.__name__])


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
async def test_a_command_reaches_its_use_case(route: AnyRoute) -> None:
    use = Use(lambda: route.answer and an_example(route.answer))
    messages, command = serving(route, use), an_example(route.contract)

    async with TestRabbitBroker(messages.broker):
        await messages.publish(route, command, step="test.publish")

    [(first, *_)] = use.calls
    assert first in {command, command.account_id}


@pytest.mark.parametrize("route", ANSWERED, ids=lambda route: route.key)
@pytest.mark.parametrize("refused", [False, True], ids=["answered", "refused"])
async def test_who_asks_is_answered(route: AnyRoute, *, refused: bool) -> None:
    def answer() -> Any:
        if refused:
            raise Refused(ErrorCode.EXPORT_NOT_FOUND, "No such export.")
        return an_example(contract)

    contract: Any = Refusal if refused else route.answer
    use, command, heard = Use(answer), an_example(route.contract), []
    messages, caller = serving(route, use), RabbitBroker()

    @caller.subscriber("caller")
    async def hear(body: dict[str, Any]) -> None:
        heard.append(body)

    async with TestRabbitBroker(messages.broker, caller):
        await messages.send(
            command.model_dump_json(by_alias=True).encode(),
            exchange=COMMANDS,
            routing_key=route.key,
            reply_to="caller",
        )

    assert [contract.model_validate(body) for body in heard]
    if route in {topology.PRODUCTS_SYNC, topology.ORDERS_SYNC}:
        assert use.calls == [(command, Asking("guest", waits=True))]  # it is told who waits


@pytest.mark.parametrize(
    ("queues", "sizes"),
    [(Queues.ALL, {False, True}), (Queues.SMALL, {False}), (Queues.LARGE, {True})],
)
def test_a_planner_reads_the_queues_it_is_told_to(queues: Queues, sizes: set[bool]) -> None:
    async def healthy() -> bool:
        return True

    messages = Messages(CommonSettings(), service="planner", healthy=healthy)
    each: Any = Use(lambda: None)
    planner.subscribers.subscribe(messages, each, each, each, queues)

    read = {cast("Any", one).queue.name for one in messages.broker.subscribers}
    own = [route for route in ROUTES if route.service == "planner"]
    assert read == {route.queue for route in own if route.large in sizes}
