"""What the executor reads from the queue, and which use case answers."""

from executor.use_cases.execute import Executing
from executor.use_cases.operate import Operating
from shared.contracts.exports import ExecuteExport, ExportExecuted, ExportOperated, OperateExport
from shared.messaging import topology
from shared.messaging.rabbit import Messages


def subscribe(messages: Messages, executing: Executing, operating: Operating) -> None:
    @messages.subscriber(topology.EXPORTS_EXECUTE)
    async def execute(command: ExecuteExport) -> ExportExecuted:
        return await executing.execute(command)

    @messages.subscriber(topology.EXPORTS_OPERATE)
    async def operate(command: OperateExport) -> ExportOperated:
        return await operating.operate(command)
