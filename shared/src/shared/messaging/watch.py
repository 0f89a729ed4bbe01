"""Whether a process can work, asked again and again; what cannot mend itself ends the process."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from shared.messaging.link import Asked

log = logging.getLogger(__name__)

EVERY_SECONDS: Final = 2.0
CUT_AFTER_SECONDS: Final = 10.0


class CannotMend(Exception):
    """RabbitMQ works, for everyone but this process: only a new one helps."""


async def watch(
    *, works: Asked, rabbit: Asked, cut: Callable[[str], None], patience: timedelta
) -> None:
    """Never returns.

    A RabbitMQ that is away is waited for. If `rabbit` answers and this process does not work, its
    connection is cut, every ten seconds.

    Raises:
        CannotMend: after `patience` of that.
    """
    now = asyncio.get_running_loop().time
    since = cut_at = None
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        if await works() or not await rabbit():
            since = cut_at = None
            continue
        since = now() if since is None else since
        cut_at = since if cut_at is None else cut_at
        if now() - since > patience.total_seconds():
            raise CannotMend(f"not able to work for {patience}, beside a RabbitMQ that is")
        if now() - cut_at > CUT_AFTER_SECONDS:
            cut("it does not work, beside a RabbitMQ that does")
            cut_at = now()
