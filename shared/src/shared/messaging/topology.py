"""Every exchange, routing key and queue, on one page. Routing key: what is asked; queue: who reads.

All of it is durable and declared, again and again with equal arguments, by every process that
starts, so that no order of starting loses a message; by those with a user of their own
(permissions.py), what is theirs.
"""

from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from shared.contracts.base import Command, Message
from shared.contracts.exports import (
    ExecuteExport,
    ExportExecuted,
    ExportOperated,
    ExportPlanned,
    InvoicePrinted,
    OperateExport,
    PlanExport,
    PlanVerified,
    PrintInvoice,
    SendDelivery,
    VerifyPlan,
)
from shared.contracts.sync import (
    OrdersSynced,
    OrdersSyncRefused,
    ProductsSynced,
    SyncOrders,
    SyncProducts,
)
from shared.messaging.events import EXPORT_EVENTS, EventRoute

EXCHANGE: Final = "entrygo"
# To one queue, by its name: the default exchange knows no topic permissions, so nobody uses it.
DIRECT_EXCHANGE: Final = "entrygo.direct"
DEAD_EXCHANGE: Final = "entrygo.dead"  # of the server alone
DELIVERY_LIMIT: Final = 20  # a message that keeps killing its worker ends in the dead letters
MAX_LENGTH: Final = 100_000  # a full queue refuses the publisher, who answers 503
LARGE_ORDERS: Final = 500  # a plan of more is not made beside those that others wait for
LARGE_AT_ONCE: Final = 2  # of them in a process's hand: one is decided while another is read
PRINTS_AT_ONCE: Final = 8  # one after another: at most 24 minutes, of RabbitMQ's 30 to acknowledge

_LARGE: Final = ".large"
_DEAD: Final = ".dead"
_REPLIES: Final = ".direct.replies."

PUBLISHER: Final = "publisher"  # services of the company that publish orders
SUBSCRIBER: Final = "subscriber"  # those that hear events
OPERATOR: Final = "operator"

Asked = TypeVar("Asked", bound=Command)
Answered = TypeVar("Answered", bound=Message)


@dataclass(frozen=True)
class Route(Generic[Asked, Answered]):
    """A command: one reader, one queue, at most one kind of answer.

    `refused` is announced of a refusal that has nobody to answer to. What is `large` takes long: a
    process of its own reads it, so that nobody waits behind it.
    """

    key: str
    service: str
    contract: type[Asked]
    answer: type[Answered] | None
    summary: str
    asked_by: tuple[str, ...] = ("gateway",)
    refused: EventRoute | None = None
    large: bool = False
    most: int | None = None  # in a process's hand, where fewer than its prefetch

    @property
    def asked(self) -> str:
        """The command, at whichever of its queues."""
        return self.key.removesuffix(_LARGE)

    @property
    def worker(self) -> str:
        """The kind of process that reads it."""
        return f"{self.service}-large" if self.large else self.service

    def at_once(self, prefetch: int) -> int:
        """How many of it a process has in hand."""
        most = LARGE_AT_ONCE if self.large else self.most
        return prefetch if most is None else min(prefetch, most)

    @property
    def queue(self) -> str:
        return f"{self.service}.{self.key}"

    def step(self, what: str) -> str:
        """The durable step at which its message is replied to, acknowledged, told as refused."""
        return f"{self.service}.{what}_{self.key.replace('.', '_')}".replace("-", "_")

    @property
    def steps(self) -> list[str]:
        whats = {"ack": True, "reply": self.answer, "refuse": self.refused}
        return [self.step(what) for what, is_taken in whats.items() if is_taken]


def _large(route: Route[Asked, Answered], summary: str) -> Route[Asked, Answered]:
    return replace(route, key=f"{route.key}{_LARGE}", summary=summary, large=True)


ORDERS_SYNCED = EventRoute(
    "orders.synced", ("planner",), OrdersSynced, "Orders were stored; tells their ids."
)
ORDERS_SYNC_REFUSED = EventRoute(
    "orders.sync_refused",
    ("planner",),
    OrdersSyncRefused,
    "An order sync was refused, and why.",
)
EVENTS: Final = (ORDERS_SYNCED, ORDERS_SYNC_REFUSED, *dict.fromkeys(EXPORT_EVENTS.values()))

PRODUCTS_SYNC = Route(
    "products.sync",
    "planner",
    SyncProducts,
    ProductsSynced,
    "Upsert products by external id.",
    asked_by=("gateway", OPERATOR),
)
ORDERS_SYNC = Route(
    "orders.sync",
    "planner",
    SyncOrders,
    OrdersSynced,
    "Upsert orders by external id.",
    asked_by=("gateway", OPERATOR, PUBLISHER),
    refused=ORDERS_SYNC_REFUSED,
)
EXPORTS_PLAN = Route(
    "exports.plan", "planner", PlanExport, ExportPlanned, "Decide how orders can be exported."
)
EXPORTS_VERIFY = Route(
    "exports.verify",
    "planner",
    VerifyPlan,
    PlanVerified,
    "Say whether a plan still holds.",
    ("executor",),
)
EXPORTS_PLAN_LARGE = _large(EXPORTS_PLAN, f"Decide on more than {LARGE_ORDERS} orders.")
EXPORTS_VERIFY_LARGE = _large(
    EXPORTS_VERIFY, f"Say whether a plan of more than {LARGE_ORDERS} orders still holds."
)
EXPORTS_EXECUTE = Route(
    "exports.execute", "executor", ExecuteExport, ExportExecuted, "Run an approved plan once."
)
EXPORTS_OPERATE = Route(
    "exports.operate",
    "executor",
    OperateExport,
    ExportOperated,
    "Resume, void, resubmit, confirm or release, for an operator.",
    (OPERATOR,),
)
PACKAGES_PRINT = Route(
    "packages.print",
    "executor",
    PrintInvoice,
    InvoicePrinted,
    "Make an invoice's PDF, once.",
    most=PRINTS_AT_ONCE,
)
DELIVERIES_SEND: Route[SendDelivery, Message] = Route(
    "deliveries.send",
    "broker-mailer",
    SendDelivery,
    None,
    "Wake the mailer for one delivery.",
    ("executor",),
)

ROUTES: Final[tuple[Route, ...]] = (  # type: ignore[type-arg]  # routes of all kinds
    PRODUCTS_SYNC,
    ORDERS_SYNC,
    EXPORTS_PLAN,
    EXPORTS_VERIFY,
    EXPORTS_PLAN_LARGE,
    EXPORTS_VERIFY_LARGE,
    EXPORTS_EXECUTE,
    EXPORTS_OPERATE,
    PACKAGES_PRINT,
    DELIVERIES_SEND,
)

BY_QUEUE: Final = {route.queue: route for route in ROUTES}
SERVICES: Final = tuple(sorted({route.service for route in ROUTES}))
WORKERS: Final = tuple(sorted({route.worker for route in ROUTES}))


def dead_queue(of: str) -> str:
    """Of a service; of a queue the key that leads there, which only its service may say."""
    return f"{of}{_DEAD}"


def died_in(key: str) -> str:
    """The queue whose `dead_queue` this key names."""
    return key.removesuffix(_DEAD)


def reply_queue(service: str, process: str) -> str:
    return f"{service}{_REPLIES}{process}"


def asker_of(reply_queue: str) -> str | None:
    """The service that reads it; None of what is no reply queue of ours."""
    service, ours, _ = reply_queue.partition(_REPLIES)
    return service if ours else None


def retry_queue(queue: str, delay_ms: int) -> str:
    return f"{queue}.wait.{delay_ms}"
