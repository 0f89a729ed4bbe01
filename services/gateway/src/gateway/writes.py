"""Plan and execute: a checked body becomes one command, its reply becomes the answer."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final, TypedDict

from gateway.calls import ACCEPTED, OK, Answer, Call, Write
from gateway.dependencies import Gateway
from gateway.money import dump
from gateway.schemas.requests import ExecuteBody, PlanBody, WriteBody
from gateway.views import execution_view, plan_answer
from shared.clock import timestamp
from shared.contracts.base import after
from shared.contracts.exports import (
    ExecuteExport,
    ExportExecuted,
    ExportPlanned,
    PlanExport,
    PlanRequest,
)
from shared.contracts.lifecycle import State
from shared.ids import minted_id
from shared.logs import request_id
from shared.messaging import topology
from shared.records import BROKERS, EXPORTS, WAREHOUSES

_A_KEY_BYTES: Final = 2_000  # the record of a key; an answer that is no blob has not much more


class Issued(TypedDict):
    """What every command carries."""

    command_id: str
    account_id: str
    request_id: str
    issued_at: str


def issued(call: Call[WriteBody], now: datetime, newest: str | None = None) -> Issued:
    """Stamped after the newest command that was seen.

    The id begins with the time, so that those who saw one command ahead of the clock keep the order
    in which they came.
    """
    moment = timestamp(now)
    return {
        "command_id": minted_id(f"cmd_{int(now.timestamp() * 1000):012x}"),
        "account_id": call.caller.account_id,
        "request_id": request_id.get(),
        "issued_at": moment if newest is None else max(moment, after(newest)),
    }


def answered(gateway: Gateway, call: Call[WriteBody], body: bytes, new: float) -> Answer:
    """As much as the part `new` of it is stored, and under a key the answer with it."""
    kept = _A_KEY_BYTES + new * len(body) if call.key is not None else 0
    gateway.storage.add(call.caller.account_id, int(kept + new * len(body)))
    return Answer(OK, body)


async def plan(gateway: Gateway, call: Call[PlanBody]) -> Write[PlanExport, ExportPlanned]:
    """The plan; refuses at once what is outside of the caller's scope."""
    body, reads = call.body, gateway.reads
    await reads.check_party(call.caller, WAREHOUSES, body.warehouse_id, "warehouseId")
    await reads.check_party(call.caller, BROKERS, body.broker_id, "brokerId")
    if body.batch_id is not None and call.caller.warehouse_id is not None:
        await reads.export(call.caller, body.batch_id)
    if body.dry_run:
        call = replace(call, key=None)  # nothing is stored, so there is nothing to repeat

    async def command(_: str | None) -> PlanExport:
        request = PlanRequest(
            warehouse_id=body.warehouse_id,
            broker_id=body.broker_id,
            destination_country=body.destination_country,
            order_ids=body.order_ids,
            shipment=body.shipment,
        )
        stamp = issued(call, *await _newest_plan(gateway, call))
        return PlanExport(request=request, batch_id=body.batch_id, dry_run=body.dry_run, **stamp)

    async def finish(reply: ExportPlanned) -> Answer:
        text = await reads.planned(reply)
        made = plan_answer(text, reply.export_id, reply.plan_revision)
        return answered(gateway, call, made, new=2.0 * (not body.dry_run))

    async def done_anyway(command_id: str) -> Answer | None:
        found = await reads.plan_of_command(call.caller, command_id)
        if found is None:
            return None
        export_id, made = found
        text = await reads.view(call.caller.account_id, made)
        return Answer(OK, plan_answer(text, export_id, made["revision"]))

    apart = gateway.messages.apart(len(body.order_ids))
    route = topology.EXPORTS_PLAN_LARGE if apart else topology.EXPORTS_PLAN
    return Write(call, route, command, finish, done_anyway=done_anyway)


async def _newest_plan(gateway: Gateway, call: Call[PlanBody]) -> tuple[datetime, str | None]:
    """A new export follows nothing, and a dry run changes nothing."""
    export_id = call.body.batch_id
    if not call.body.dry_run:
        gateway.storage.check(call.caller.account_id)
    if export_id is None or call.body.dry_run:
        return gateway.now(), None
    return await gateway.reads.newest(call.caller, EXPORTS, [export_id], "mark")


async def execute(
    gateway: Gateway, call: Call[ExecuteBody]
) -> Write[ExecuteExport, ExportExecuted]:
    """The execution; refuses at once what is outside of the caller's scope."""
    body, reads = call.body, gateway.reads
    if call.caller.warehouse_id is not None:
        await reads.export(call.caller, body.batch_id)

    async def command(key_id: str | None) -> ExecuteExport:
        seen = await reads.export(call.caller, body.batch_id)
        return ExecuteExport(
            export_id=body.batch_id,
            plan_revision=seen["plan_revision"],
            plan_hash=body.plan_hash,
            resubmit=body.resubmit,
            revision=seen["revision"],
            key_id=key_id,
            **issued(call, gateway.now()),
        )

    async def current(status: int) -> Answer:
        export = await reads.export(call.caller, body.batch_id)
        return Answer(status, dump(execution_view(export)))

    async def finish(reply: ExportExecuted) -> Answer:
        return await current(ACCEPTED if reply.running else OK)

    async def done_anyway(_: str) -> Answer | None:
        export = await reads.export(call.caller, body.batch_id)
        return await current(OK) if export["state"] == State.EXECUTED else None

    running = partial(current, ACCEPTED)
    return Write(call, topology.EXPORTS_EXECUTE, command, finish, running, done_anyway)
