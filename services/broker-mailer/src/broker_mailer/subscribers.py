"""What the mailer reads from the queue."""

from broker_mailer.use_cases import Deliver
from shared.contracts.exports import SendDelivery
from shared.messaging import topology
from shared.messaging.rabbit import Messages


def subscribe(messages: Messages, deliver: Deliver) -> None:
    @messages.subscriber(topology.DELIVERIES_SEND)
    async def send(command: SendDelivery) -> None:
        await deliver(command.account_id, command.export_id, command.recipient_type)
