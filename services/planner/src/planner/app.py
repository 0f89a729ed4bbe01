"""Builds the planner: a store, messages, use cases, subscribers."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from planner import catalogue
from planner.repository import Repository
from planner.subscribers import subscribe
from planner.use_cases.decision import Decisions
from planner.use_cases.plan import Planning
from planner.use_cases.sync import Syncing
from planner.use_cases.verify import Verifying
from shared.clock import utc_now
from shared.messaging.rabbit import Messages
from shared.service import Checks, Service, open_seams, run_service
from shared.settings import CommonSettings
from shared.store import Store

NAME = "planner"


def create_app(settings: CommonSettings) -> Service:
    async def wire(store: Store, messages: Messages) -> None:
        repository = Repository(store)
        decisions = Decisions(repository)
        subscribe(
            messages,
            Syncing(repository, messages, utc_now),
            Planning(repository, decisions, utc_now),
            Verifying(repository, decisions, utc_now),
        )

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[Checks]:
        async with open_seams(settings, NAME, wire) as (_, _, checks):
            yield checks

    return Service(lifespan)


def main() -> None:
    """`planner` serves; `planner rules` prints the catalogue of rules."""
    if sys.argv[1:] == ["rules"]:
        sys.stdout.write(catalogue.text())
        return
    settings = CommonSettings()
    run_service(NAME, settings, create_app(settings))
