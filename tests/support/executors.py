"""An executor in this process, on the real servers."""

from dataclasses import dataclass
from datetime import timedelta

from executor.artifacts import Render, render_all
from executor.printing import Printer
from executor.repository import Repository
from executor.use_cases.drive import Driving
from executor.use_cases.execute import Executing, Verify
from executor.use_cases.operate import Operating
from executor.use_cases.print import Printing
from executor.use_cases.resubmit import Resubmitting
from executor.use_cases.sweep import Sweeping
from shared.messaging.rabbit import Messages
from support.gated import GatedStore
from support.ticking import Ticking
from support.told import to_nobody

REDRIVE_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Executor:
    store: GatedStore
    executing: Executing
    operating: Operating
    sweeping: Sweeping
    printing: Printing


def an_executor(
    store: GatedStore,
    messages: Messages,
    clock: Ticking,
    *,
    verify: Verify,
    render: Render = render_all,
    printer: Printer | None = None,
) -> Executor:
    repository = Repository(store, to_nobody)
    printing = Printing(repository, printer or Printer(1, timedelta(minutes=3)), clock)
    driving = Driving(repository, messages, clock, render, "entrygo.test", printing)
    resubmitting = Resubmitting(repository, driving, clock)
    return Executor(
        store,
        Executing(repository, driving, resubmitting, verify, clock),
        Operating(repository, driving, resubmitting, clock),
        Sweeping(repository, driving, clock, REDRIVE_AFTER),
        printing,
    )
