"""`entrygo doctor`: every check at once, one line each, with what to type next."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Final

import typer
from rich.text import Text

from entrygo_operator.command import command
from entrygo_operator.output import Answer
from entrygo_operator.session import Session, settings_of
from shared.checks import exports, mail, queues, records
from shared.checks.finding import Finding, Verdict, bad, fine
from shared.clock import utc_now
from shared.errors import StoreFault, Transient
from shared.mail_servers import MailServers
from shared.store import Store

LONGEST: Final = 15.0  # seconds; whatever does not answer by then is away

Findings = Sequence[Finding]
_STYLES: Final = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.BAD: "bold red"}


doctors = typer.Typer()


@command(doctors, "doctor")
async def doctor(session: Session) -> Answer:
    """Look at servers, workers, exports, mail and accounts; exit code 1 if anything is bad."""
    store, servers = session.store, settings_of(MailServers)
    found = await asyncio.gather(
        _of_the_store(store),
        _told("rabbit", _of_queues(session)),
        _told("mail, live", mail.of_live(servers)),
        _told("mail, sandbox", mail.of_sandbox(servers)),
    )
    findings = [finding for each in found for finding in each]
    value = [finding._asdict() for finding in findings]
    failed = any(finding.verdict is Verdict.BAD for finding in findings)
    return Answer(value, [_line(finding) for finding in findings], failed)


def _line(finding: Finding) -> Text:
    verdict = Text(f"{finding.verdict:5}", style=_STYLES[finding.verdict])
    following = f"  -> {finding.next}" if finding.next else ""
    return verdict.append(f"{finding.check:29}{finding.line}{following}", style="not bold default")


async def _told(check: str, looking: Awaitable[Finding | Findings]) -> Findings:
    """What it found; a server that is away is a line as any other."""
    try:
        async with asyncio.timeout(LONGEST):
            found = await looking
    except (StoreFault, Transient, TimeoutError) as error:
        why = str(error).split(" (configured")[0] or "no answer"  # without the driver's settings
        return [bad(check, why[:200], "make status")]
    return [found] if isinstance(found, Finding) else found


async def _of_the_store(store: Store) -> Findings:
    """Away, it is one line, not one for each that asks it."""
    if not await store.ping():
        return [bad("store", "does not answer", "make status")]
    found = await asyncio.gather(
        _told("store", records.of_store(store)),
        _told("indexes", records.of_indexes(store)),
        _told("clock", records.of_clock(store)),
        _told("exports", _of_exports(store)),
        _told("tariff", records.of_tariff(store)),
        _told("accounts", records.of_accounts(store)),
        _told("restore", records.of_restore(store)),
    )
    return [finding for each in found for finding in each]


async def _of_queues(session: Session) -> Findings:
    async with session.messages() as messages:
        found = await messages.queues(queues.names(session.settings.retry_delays_ms))
        letters = await queues.DeadLetters(messages, lambda: utc_now().timestamp()).look(found)
    return [
        fine("rabbit", f"answers; {len(found)} queues"),
        *(queues.of_worker(name, worker) for name, worker in queues.workers(found).items()),
        *(queues.of_letters(name, its) for name, its in letters.items()),
    ]


async def _of_exports(store: Store) -> Findings:
    now = await store.now()
    by_status, waiting = await exports.by_status(store, now), await exports.waiting(store, now)
    return [
        *(exports.of_status(status, group) for status, group in by_status.items()),
        *(exports.of_waiting(why, partner, group) for (why, partner), group in waiting.items()),
    ]
