"""What the planner reads from the queue, and which use case answers."""

from planner.settings import Queues
from planner.use_cases.plan import Planning
from planner.use_cases.sync import Syncing
from planner.use_cases.verify import Verifying
from shared.contracts.exports import ExportPlanned, PlanExport, PlanVerified, VerifyPlan
from shared.contracts.sync import OrdersSynced, ProductsSynced, SyncOrders, SyncProducts
from shared.logs import note
from shared.messaging import topology
from shared.messaging.journey import in_hand
from shared.messaging.rabbit import Messages


def subscribe(
    messages: Messages,
    syncing: Syncing,
    planning: Planning,
    verifying: Verifying,
    queues: Queues = Queues.ALL,
) -> None:
    async def plan(command: PlanExport) -> ExportPlanned:
        note(export=command.batch_id)
        answer = await planning.plan(command)
        note(export=answer.export_id, did=f"plan {answer.plan_revision or 'not stored'}")
        return answer

    async def verify(command: VerifyPlan) -> PlanVerified:
        answer = await verifying.verify(command)
        note(did="holds" if answer.holds else "stale")
        return answer

    if queues is not Queues.LARGE:
        _subscribe_syncs(messages, syncing)
        messages.subscriber(topology.EXPORTS_PLAN)(plan)
        messages.subscriber(topology.EXPORTS_VERIFY)(verify)
    if queues is not Queues.SMALL:
        messages.subscriber(topology.EXPORTS_PLAN_LARGE)(plan)
        messages.subscriber(topology.EXPORTS_VERIFY_LARGE)(verify)


def _subscribe_syncs(messages: Messages, syncing: Syncing) -> None:
    @messages.subscriber(topology.PRODUCTS_SYNC)
    async def sync_products(command: SyncProducts) -> ProductsSynced:
        sender = in_hand.get()
        note(did=f"{len(command.items)} products", by=sender.user)
        return await syncing.products(command, sender)

    @messages.subscriber(topology.ORDERS_SYNC)
    async def sync_orders(command: SyncOrders) -> OrdersSynced:
        sender = in_hand.get()
        note(did=f"{len(command.items)} orders", by=sender.user)
        return await syncing.orders(command, sender)
