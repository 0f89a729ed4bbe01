"""The mailer is woken for both deliveries at once."""

import asyncio
from typing import Any, cast

from executor.use_cases.drive import Driving
from shared.clock import utc_now
from shared.contracts.exports import SendDelivery
from shared.messaging.rabbit import Messages
from support.deliveries import BROKER, WAREHOUSE, a_delivery, an_executed_export


class ConfirmsTogether:
    """A server that confirms none before so many are there."""

    def __init__(self, many: int) -> None:
        self.came: list[SendDelivery] = []
        self._many, self._all = many, asyncio.Event()

    async def publish(self, _route: object, command: SendDelivery, **_named: object) -> None:
        self.came.append(command)
        if len(self.came) == self._many:
            self._all.set()
        await self._all.wait()


def driving(messages: ConfirmsTogether) -> Driving:
    unused = cast(Any, None)
    return Driving(unused, cast(Messages, messages), utc_now, unused, "entrygo.test", unused)


async def test_both_wakes_are_under_way_together() -> None:
    messages = ConfirmsTogether(2)

    async with asyncio.timeout(30):
        await driving(messages).wake_mailer(an_executed_export().record)

    assert {command.recipient_type for command in messages.came} == {BROKER, WAREHOUSE}


async def test_a_delivery_that_waits_no_more_wakes_nobody() -> None:
    messages = ConfirmsTogether(1)
    sent = {BROKER: a_delivery(status="SENT"), WAREHOUSE: a_delivery()}

    await driving(messages).wake_mailer(an_executed_export(deliveries=sent).record)

    assert [command.recipient_type for command in messages.came] == [WAREHOUSE]
