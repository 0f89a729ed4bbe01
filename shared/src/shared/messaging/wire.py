"""Properties that AMQP carries and our client library does not read.

A correlation id that is no UTF-8, a timestamp beyond the year 9999: pamqp raises while it reads the
frame, which ends the connection and every handler on it, again at each redelivery. A delivery mode
of 7: aio-pika raises before the consumer is called, and the message is never settled. Here such a
message arrives without its properties, marked; who reads it (reading.py) refuses it.
"""

import logging
from typing import Final

from aio_pika import DeliveryMode
from pamqp.commands import Basic

log = logging.getLogger(__name__)

UNREADABLE: Final = "x-unreadable"

_unmarshal = Basic.Properties.unmarshal


def _tolerant(self: Basic.Properties, flags: int, data: bytes) -> None:
    try:
        _unmarshal(self, flags, data)
        DeliveryMode(self.delivery_mode or DeliveryMode.NOT_PERSISTENT)
    except Exception as error:  # noqa: BLE001  # whatever it is, it must not end the connection
        log.warning("properties that cannot be read", extra={"why": repr(error)[:300]})
        for name in self.__slots__:
            setattr(self, name, None)
        self.headers = {UNREADABLE: f"{type(error).__name__}: {error}"}


def tolerate_all_properties() -> None:
    """Once a process; again is the same."""
    Basic.Properties.unmarshal = _tolerant  # type: ignore[assignment,method-assign]
