"""What each kind of queue is declared with: equal at every process that declares it."""

from shared.messaging.topology import DEAD_EXCHANGE, DELIVERY_LIMIT, DIRECT_EXCHANGE, MAX_LENGTH


def work_arguments(service: str) -> dict[str, object]:
    return {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": DEAD_EXCHANGE,
        "x-dead-letter-routing-key": service,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-max-length": MAX_LENGTH,
    }


def retry_arguments(queue: str, delay_ms: int) -> dict[str, object]:
    """Waits its delay, then goes back to the work queue."""
    return {
        "x-queue-type": "quorum",
        "x-message-ttl": delay_ms,
        "x-dead-letter-exchange": DIRECT_EXCHANGE,
        "x-dead-letter-routing-key": queue,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
        "x-max-length": MAX_LENGTH,
    }


def dead_arguments() -> dict[str, object]:
    # No limit on deliveries: looking at a dead letter must not lose it.
    bounded = {"x-overflow": "reject-publish", "x-max-length": MAX_LENGTH}
    return {"x-queue-type": "quorum", "x-delivery-limit": -1, **bounded}
