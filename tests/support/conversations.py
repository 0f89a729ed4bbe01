"""Conversations over a real RabbitMQ, and the question that they are about."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from shared.contracts.exports import PlanVerified, VerifyPlan
from shared.ids import minted_id
from shared.messaging.rabbit import Messages
from shared.messaging.topology import EXPORTS_VERIFY, Route
from shared.settings import CommonSettings

Handler = Callable[[VerifyPlan], Awaitable[PlanVerified]]
Open = Callable[..., Awaitable[Messages]]


def a_question(plan: str = "cmd_plan") -> VerifyPlan:
    return VerifyPlan(
        command_id=minted_id("cmd_"),
        account_id="acc_1",
        request_id="req-1",
        issued_at="2026-11-24T10:00:00.000Z",
        plan_command_id=plan,
    )


async def holds(_: VerifyPlan) -> PlanVerified:
    return PlanVerified(holds=True)


def not_begun(
    settings: CommonSettings,
    handler: Handler | None = None,
    *,
    route: Route[VerifyPlan, PlanVerified] = EXPORTS_VERIFY,
    store_answers: bool = True,
) -> Messages:
    """A process's side of it, which answers questions where it has a handler."""

    async def healthy() -> bool:
        return store_answers

    messages = Messages(settings, service="tests", healthy=healthy)
    if handler is not None:
        messages.subscriber(route)(handler)
    return messages


@asynccontextmanager
async def conversing(messages: Messages) -> AsyncIterator[Messages]:
    """Begun, and stopped on the way out."""
    await messages.start()
    yield messages
    await messages.stop()
