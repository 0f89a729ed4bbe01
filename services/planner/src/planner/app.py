"""Builds the planner: a store, messages, use cases, subscribers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from planner.repository import Repository
from planner.settings import Settings
from planner.subscribers import subscribe
from planner.use_cases.plan import Planning
from planner.use_cases.publishing import Publishing
from planner.use_cases.sync import Syncing
from planner.use_cases.verify import Verifying
from shared.announcing import Announcing
from shared.clock import utc_now
from shared.service import Checks, open_seams, run_service
from shared.settings import CommonSettings

NAME = "planner"


@asynccontextmanager
async def lifespan(common: CommonSettings, settings: Settings) -> AsyncIterator[Checks]:
    async with open_seams(common, NAME) as (store, messages, _, checks):
        announcing = Announcing(
            say=partial(messages.announce, step="planner.announce_export"),
            keep=partial(store.write_each, step="planner.keep_announced"),
        )
        repository = Repository(store, announcing.tell)
        subscribe(
            messages,
            Syncing(repository, messages, utc_now, Publishing(repository, settings.publishers)),
            Planning(repository, utc_now),
            Verifying(repository, utc_now),
            settings.queues,
        )
        await messages.start()
        yield checks


def main() -> None:
    common, settings = CommonSettings(), Settings()
    run_service(NAME, common, partial(lifespan, common, settings))
