"""Builds the executor: a store, messages, use cases, subscribers, the sweeper."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from executor.repository import Repository
from executor.settings import Settings
from executor.subscribers import subscribe
from executor.use_cases.drive import Driving
from executor.use_cases.execute import Executing, Verify
from executor.use_cases.operate import Operating
from executor.use_cases.resubmit import Resubmitting
from executor.use_cases.sweep import Sweeping
from shared.clock import timestamp, utc_now
from shared.contracts.exports import ExecuteExport, PlanVerified, VerifyPlan
from shared.contracts.lifecycle import ExportRecord
from shared.errors import NoReply, QueueUnavailable
from shared.ids import derived_id
from shared.messaging.rabbit import Messages
from shared.messaging.topology import EXPORTS_VERIFY
from shared.service import Checks, Service, open_seams, repeating, run_service
from shared.store import Store

NAME = "executor"


def create_app(settings: Settings) -> Service:
    sweeping: list[Sweeping] = []

    async def wire(store: Store, messages: Messages) -> None:
        repository = Repository(store)
        driving = Driving(
            repository, messages, utc_now, message_id_domain=settings.message_id_domain
        )
        resubmitting = Resubmitting(repository, driving, utc_now)
        verify = asking_the_planner(messages, settings.verify_timeout.total_seconds())
        subscribe(
            messages,
            Executing(repository, driving, resubmitting, verify, utc_now),
            Operating(repository, driving, resubmitting, utc_now),
        )
        sweeping.append(
            Sweeping(repository, driving, utc_now, redrive_after=settings.redrive_after)
        )

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[Checks]:
        async with (
            open_seams(settings.common, NAME, wire) as (_, _, checks),
            repeating(sweeping[0].sweep, settings.sweep_every),
        ):
            yield checks

    return Service(lifespan)


def asking_the_planner(messages: Messages, within: float) -> Verify:
    async def verify(command: ExecuteExport, export: ExportRecord) -> PlanVerified:
        question = VerifyPlan(
            command_id=derived_id("cmd_", command.command_id, "verify"),
            account_id=command.account_id,
            request_id=command.request_id,
            issued_at=timestamp(utc_now()),
            plan_command_id=export["plan"]["command_id"],
        )
        try:
            return await messages.request(
                EXPORTS_VERIFY, question, within=within, step="executor.ask_verify"
            )
        except NoReply as error:  # no planner: the execute waits for one
            raise QueueUnavailable(str(error)) from error

    return verify


def main() -> None:
    settings = Settings()
    run_service(NAME, settings.common, create_app(settings))
