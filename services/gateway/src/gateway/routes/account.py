"""Where a caller with only a key starts, and whether the service can work."""

from starlette.responses import Response

from gateway.dependencies import Caller, Running
from gateway.record_views import account_view
from gateway.routes.answers import json_answer
from gateway.routes.resolved import api_router
from gateway.routes.words import ACCOUNT, read_errors
from gateway.schemas.account import Account, Health

router = api_router()


@router.get(
    "/account",
    operation_id="getAccount",
    tags=[ACCOUNT],
    summary="Fetch the caller's account",
    response_model=Account,
    responses=read_errors(),
)
async def account(caller: Caller, gateway: Running) -> Response:
    """Who the API key speaks for: account, warehouses, brokers, with ids and what each still lacks.

    Use this when all you hold is a key. Plans name these parties by the ids found here.
    """
    return json_answer(account_view(*await gateway.reads.account(caller)))


@router.get(
    "/system/health",
    operation_id="getHealth",
    tags=[ACCOUNT],
    summary="Ask whether the service can work",
    response_model=Health,
    responses=read_errors(),
)
async def health(caller: Caller, gateway: Running) -> Response:  # noqa: ARG001  # authenticated
    """Whether the service can take work now: its servers and its workers, each by name.

    Use this to decide between waiting and calling someone when answers are 503. `DEGRADED` means
    that a part of the calls waits or fails. It is no liveness probe, and it needs a key.
    """
    return json_answer(await gateway.health.view())
