"""Builds the executor: a store, messages, use cases, subscribers, the sweeper."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from executor.artifacts import render_all
from executor.printing import Printer
from executor.repository import Repository
from executor.settings import Settings
from executor.subscribers import subscribe
from executor.use_cases.drive import Driving
from executor.use_cases.execute import Executing, Verify
from executor.use_cases.operate import Operating
from executor.use_cases.print import Printing
from executor.use_cases.resubmit import Resubmitting
from executor.use_cases.sweep import Sweeping
from shared.announcing import Announcing
from shared.clock import timestamp, utc_now
from shared.contracts.exports import ExecuteExport, PlanVerified, VerifyPlan
from shared.contracts.lifecycle import ExportRecord
from shared.errors import NoReply, QueueUnavailable
from shared.ids import derived_id
from shared.messaging.rabbit import Messages
from shared.messaging.topology import EXPORTS_VERIFY, EXPORTS_VERIFY_LARGE
from shared.service import Checks, open_seams, repeating, run_service
from shared.settings import CommonSettings

NAME = "executor"


@asynccontextmanager
async def lifespan(common: CommonSettings, settings: Settings) -> AsyncIterator[Checks]:
    async with open_seams(common, NAME) as (store, messages, _, checks):
        announcing = Announcing(
            say=partial(messages.announce, step="executor.announce_export"),
            keep=partial(store.write_each, step="executor.keep_announced"),
        )
        repository = Repository(store, announcing.tell)
        printer = Printer(settings.printers, settings.print_timeout)
        printing = Printing(repository, printer, utc_now)
        domain = settings.message_id_domain
        driving = Driving(repository, messages, utc_now, render_all, domain, printing)
        resubmitting = Resubmitting(repository, driving, utc_now)
        verify = asking_the_planner(messages, settings.verify_timeout.total_seconds())
        sweeping = Sweeping(repository, driving, utc_now, settings.redrive_after)
        subscribe(
            messages,
            Executing(repository, driving, resubmitting, verify, utc_now),
            Operating(repository, driving, resubmitting, utc_now),
            printing,
        )
        await messages.start()

        async def tell_what_was_not() -> None:
            await announcing.sweep(store, utc_now() - settings.announce_after)

        every = settings.sweep_every
        async with repeating(sweeping.sweep, every), repeating(tell_what_was_not, every):
            yield checks


def asking_the_planner(messages: Messages, within: float) -> Verify:
    async def verify(command: ExecuteExport, export: ExportRecord) -> PlanVerified:
        question = VerifyPlan(
            command_id=derived_id("cmd_", command.command_id, "verify"),
            account_id=command.account_id,
            request_id=command.request_id,
            issued_at=timestamp(utc_now()),
            plan_command_id=export["plan"]["command_id"],
        )
        apart = messages.apart(export["plan"].get("orders", 0))
        route = EXPORTS_VERIFY_LARGE if apart else EXPORTS_VERIFY
        try:
            return await messages.request(
                route, question, within=within, step="executor.ask_verify"
            )
        except NoReply as error:  # no planner: the execute waits for one
            raise QueueUnavailable(str(error)) from error

    return verify


def main() -> None:
    common, settings = CommonSettings(), Settings()
    run_service(NAME, common, partial(lifespan, common, settings))
