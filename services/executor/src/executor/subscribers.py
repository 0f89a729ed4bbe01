"""What the executor reads from the queue, and which use case answers."""

from executor.use_cases.execute import Executing
from executor.use_cases.operate import Operating
from shared.messaging import topology
from shared.messaging.rabbit import Messages


def subscribe(messages: Messages, executing: Executing, operating: Operating) -> None:
    messages.serve(
        topology.EXPORTS_EXECUTE,
        executing.execute,
        reply_step="executor.reply_execute",
        ack_step="executor.ack_execute",
    )
    messages.serve(
        topology.EXPORTS_OPERATE,
        operating.operate,
        reply_step="executor.reply_operate",
        ack_step="executor.ack_operate",
    )
