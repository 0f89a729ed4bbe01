"""Where a caller with only a key starts, and whether the service can work."""

import asyncio

from fastapi import APIRouter
from starlette.responses import Response

from gateway.dependencies import Caller, Running
from gateway.record_views import account_view
from gateway.routes.answers import json_answer
from shared.contracts.snapshot import PROTOCOL

router = APIRouter()


@router.get("/account")
async def account(caller: Caller, gateway: Running) -> Response:
    return json_answer(account_view(*await gateway.reads.account(caller)))


@router.get("/system/health")
async def health(caller: Caller, gateway: Running) -> Response:  # noqa: ARG001  # authenticated
    store, rabbit = await asyncio.gather(gateway.store.ping(), gateway.messages.ready())
    states = {"store": store, "queue": rabbit}
    shown = {name: {"status": "UP" if up else "DOWN"} for name, up in states.items()}
    overall = "UP" if all(states.values()) else "DEGRADED"
    return json_answer({"status": overall, "protocol": PROTOCOL, "dependencies": shown})
