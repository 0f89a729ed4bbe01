"""What the executor reads from the queue, and which use case answers."""

from executor.use_cases.execute import Executing
from executor.use_cases.operate import Operating
from executor.use_cases.print import Printing
from shared.contracts.exports import (
    ExecuteExport,
    ExportExecuted,
    ExportOperated,
    InvoicePrinted,
    OperateExport,
    PrintInvoice,
)
from shared.logs import note
from shared.messaging import topology
from shared.messaging.rabbit import Messages


def subscribe(
    messages: Messages, executing: Executing, operating: Operating, printing: Printing
) -> None:
    @messages.subscriber(topology.EXPORTS_EXECUTE)
    async def execute(command: ExecuteExport) -> ExportExecuted:
        note(export=command.export_id)
        answer = await executing.execute(command)
        note(did="left stalled" if answer.running else "executed")
        return answer

    @messages.subscriber(topology.EXPORTS_OPERATE)
    async def operate(command: OperateExport) -> ExportOperated:
        note(export=command.export_id, did=command.action.value)
        return await operating.operate(command)

    @messages.subscriber(topology.PACKAGES_PRINT)
    async def print_invoice(command: PrintInvoice) -> InvoicePrinted:
        note(export=command.export_id, did="printed")
        return await printing.printed(command)
