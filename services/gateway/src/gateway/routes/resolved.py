"""FastAPI's route, its dependencies laid out when the route is made instead of at each request.

What a route takes is described once, in FastAPI's words, and documented from them; how it is
gathered is a third of the time of a plan in the gateway, most of it spent on what never changes.
All that routes depend on here are coroutines, called once a request.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

from fastapi import APIRouter, Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response

from gateway.dependencies import known_query

Values = dict[str, Any]
Coroutines = Callable[..., Awaitable[Any]]
Known = dict[Coroutines, Any]  # what a dependency gave, for others that ask for it
Gather = Callable[[Request, Known, list[Any]], Awaitable[Values]]


def api_router() -> APIRouter:
    """For routes under `/api`: with a key, and without queries that they do not know."""
    return APIRouter(route_class=ResolvedRoute, dependencies=[Depends(known_query)])


class ResolvedRoute(APIRoute):
    """For endpoints that return a response; takes no body, cookies or generators of FastAPI's."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        gather, endpoint = _gatherer(self.dependant), self.endpoint

        async def handle(request: Request) -> Response:
            wrong: list[Any] = []
            values = await gather(request, {}, wrong)
            if wrong:
                raise RequestValidationError(wrong)
            return cast("Response", await endpoint(**values))

        return handle


def _gatherer(dependant: Dependant) -> Gather:
    """Gives the arguments of one function; what is wrong with parameters goes into a list."""
    needed = [
        (each.name, cast("Coroutines", each.call), _gatherer(each))
        for each in dependant.dependencies
    ]
    request_name = dependant.request_param_name
    has_parameters = dependant.path_params or dependant.query_params or dependant.header_params

    async def gather(request: Request, known: Known, wrong: list[Any]) -> Values:
        values: Values = {}
        for name, call, inner in needed:
            if call not in known:
                before = len(wrong)
                given = await inner(request, known, wrong)
                if len(wrong) > before:
                    continue
                known[call] = await call(**given)
            if name is not None:
                values[name] = known[call]
        if has_parameters:
            values |= _parameters(dependant, request, wrong)
        if request_name is not None:
            values[request_name] = request
        return values

    return gather


def _parameters(dependant: Dependant, request: Request, wrong: list[Any]) -> Values:
    values: Values = {}
    for fields, given in (
        (dependant.path_params, request.path_params),
        (dependant.query_params, request.query_params),
        (dependant.header_params, request.headers),
    ):
        if fields:
            read, errors = request_params_to_args(fields, given)
            values |= read
            wrong += errors
    return values
