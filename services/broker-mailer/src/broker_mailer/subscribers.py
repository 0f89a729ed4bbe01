"""What the mailer listens to."""

from broker_mailer.use_cases import Deliver
from shared.contracts.exports import SendDelivery
from shared.messaging import topology
from shared.messaging.rabbit import Messages


def subscribe(messages: Messages, deliver: Deliver) -> None:
    async def on_send_delivery(command: SendDelivery) -> None:
        await deliver(command.export_id, command.recipient_type, command.account_id)

    messages.serve(topology.DELIVERIES_SEND, on_send_delivery, ack_step="broker_mailer.ack_send")
