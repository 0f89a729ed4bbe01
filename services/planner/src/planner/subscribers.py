"""What the planner reads from the queue, and which use case answers."""

from planner.use_cases.plan import Planning
from planner.use_cases.sync import Syncing
from planner.use_cases.verify import Verifying
from shared.messaging import topology
from shared.messaging.rabbit import Messages


def subscribe(
    messages: Messages, syncing: Syncing, planning: Planning, verifying: Verifying
) -> None:
    messages.serve(
        topology.PRODUCTS_SYNC,
        syncing.products,
        reply_step="planner.reply_products",
        ack_step="planner.ack_products",
    )
    messages.serve(
        topology.ORDERS_SYNC,
        syncing.orders,
        reply_step="planner.reply_orders",
        ack_step="planner.ack_orders",
        on_refused=syncing.orders_refused,
    )
    messages.serve(
        topology.EXPORTS_PLAN,
        planning.plan,
        reply_step="planner.reply_plan",
        ack_step="planner.ack_plan",
    )
    messages.serve(
        topology.EXPORTS_VERIFY,
        verifying.verify,
        reply_step="planner.reply_verify",
        ack_step="planner.ack_verify",
    )
