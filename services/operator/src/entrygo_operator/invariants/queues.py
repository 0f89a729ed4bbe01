"""I10: no queue grows without bound, and each dead letter says why it is one."""

from collections.abc import AsyncIterator

from entrygo_operator.invariants import Violation
from shared.messaging import dead_letters
from shared.messaging.rabbit import Messages
from shared.messaging.topology import MAX_LENGTH, SERVICES

_OVER = MAX_LENGTH + MAX_LENGTH // 10  # what is under way when a queue fills is still taken


def too_long(lengths: dict[str, int]) -> list[Violation]:
    return [
        Violation("I10", queue, f"{length} messages, its limit is {MAX_LENGTH}")
        for queue, length in lengths.items()
        if length > _OVER
    ]


async def without_reason(messages: Messages) -> AsyncIterator[Violation]:
    for service in SERVICES:
        async for letter in dead_letters.looked_at(messages, service):
            if letter.reason == dead_letters.NO_REASON:
                yield Violation("I10", letter.id, f"dead in {service} without a reason")
