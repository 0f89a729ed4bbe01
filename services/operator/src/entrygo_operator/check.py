"""`entrygo check`: reads what is stored and says what should always hold and does not."""

from collections import Counter
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.text import Text

from entrygo_operator.command import command
from entrygo_operator.invariants import Moment, Violation
from entrygo_operator.invariants.queues import too_long, without_reason
from entrygo_operator.invariants.stored import lost_claims, of_export
from entrygo_operator.options import duration
from entrygo_operator.output import Answer
from entrygo_operator.session import Session
from shared.checks import queues
from shared.errors import QueueUnavailable
from shared.paging import pages
from shared.records import EXPORTS

_A_PAGE = 50  # exports; their documents are read one export at a time

_PATIENCE = timedelta(minutes=15)

Patience = Annotated[
    timedelta | None,
    typer.Option(
        "--patience",
        parser=duration,
        metavar="AGE",
        help="How long a sweep may leave a thing alone (15m); more than EXECUTOR_REDRIVE_AFTER.",
    ),
]


checks = typer.Typer()


@command(checks, "check")
async def check(session: Session, *, patience: Patience = None) -> Answer:
    """Say which of I1, I2, I5, I8, I10, I12 and I13 do not hold; exit 1 if any does not.

    Reads only, in pages; the system may run meanwhile.
    """
    found, seen = await _stored(session, _PATIENCE if patience is None else patience)
    lengths: dict[str, int] | None
    try:
        async with session.messages() as messages:
            depths = await messages.queues(queues.names(session.settings.retry_delays_ms))
            lengths = {name: depth.messages for name, depth in depths.items()}
            found += [*too_long(lengths), *[one async for one in without_reason(messages)]]
    except QueueUnavailable:
        lengths = None
    value = {
        "violations": [one._asdict() for one in found],
        "exports": sum(seen.values()),
        "by_state": dict(sorted(seen.items())),
        "queues": lengths,  # None: RabbitMQ was not there to ask
    }
    lines = [Text(f"{one.invariant} {one.id} {one.seen}") for one in found]
    return Answer(value, [*lines, *map(Text, _summary(value))], failed=bool(found))


async def _stored(session: Session, patience: timedelta) -> tuple[list[Violation], Counter[str]]:
    store, seen, found = session.store, Counter[str](), list[Violation]()
    moment = Moment(await store.now(), patience)
    async for exports in pages(store, EXPORTS, size=_A_PAGE):
        for export in exports:
            seen[export["state"]] += 1
            found += await of_export(store, export, moment)
    found += [one async for one in lost_claims(store)]
    return found, seen


def _summary(value: dict[str, Any]) -> list[str]:
    states = ", ".join(f"{count} {state}" for state, count in value["by_state"].items())
    count = len(value["violations"])
    lines = [f"{value['exports']} exports looked at ({states or 'none'}): {count} violations."]
    if value["queues"] is None:
        return [*lines, "I10 was not looked at: RabbitMQ does not answer."]
    waiting = ", ".join(f"{queue} {n}" for queue, n in sorted(value["queues"].items()) if n)
    return [*lines, f"Queues: {waiting or 'all empty'}."]
