"""Each way a mail server can behave, and what the protocol says the delivery is then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from broker_mailer.emails import Mail
from broker_mailer.sweeper import bring_late_answers
from broker_mailer.transports import Transports
from broker_mailer.transports.base import OutboundMail
from broker_mailer.transports.folder import FolderSession, FolderTransport
from broker_mailer.use_cases import Deliver
from shared.canonical import canonical_json
from shared.clock import timestamp, utc_now
from shared.contracts.lifecycle import Delivery
from shared.records import BLOBS, EXPORTS
from shared.simulator import Simulated
from shared.store import Store
from support.deliveries import (
    BROKER,
    WAREHOUSE,
    Executed,
    a_delivery,
    a_mailer,
    an_executed_export,
    put,
)
from support.smtp import Act, ScriptedSmtp, drop, hang, scripted_smtp

pytestmark = pytest.mark.integration

BEFORE_THE_DATA = ["GREETING", "EHLO", "MAIL", "RCPT"]


async def the_delivery(store: Store, executed: Executed, recipient_type: str = BROKER) -> Delivery:
    export = await store.get(EXPORTS.of(executed.account_id), executed.id)
    assert export is not None
    return export["deliveries"][recipient_type]


async def event_types(store: Store, executed: Executed) -> list[str]:
    export = await store.get(EXPORTS.of(executed.account_id), executed.id)
    assert export is not None
    return [event["type"] for event in export["events"]]


async def a_waiting_export(store: Store, **given: object) -> Executed:
    executed = an_executed_export(**given)  # type: ignore[arg-type]  # passed on
    await put(store, executed)
    return executed


async def delivered_once_due(store: Store, deliver: Deliver, executed: Executed) -> Delivery:
    """Wakes the mailer as the sweep does, until the delivery waits no more."""
    async with asyncio.timeout(20):
        while (delivery := await the_delivery(store, executed))["status"] == "PENDING":
            await deliver(executed.account_id, executed.id, BROKER)
            await asyncio.sleep(0.002)
    return delivery


class Crowded(FolderTransport):
    """Knows how many mails were under way at the most crowded moment."""

    at_once = most = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[FolderSession]:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0.05)  # time for the other to come too, if it could
        async with super().open() as session:
            yield session
        self.at_once -= 1


@pytest.mark.parametrize(("allowed", "most"), [(1, 1), (1_000_000, 2)])
async def test_mails_that_are_too_many_to_hold_wait_their_turn(
    store: Store, tmp_path: Path, allowed: int, most: int
) -> None:
    executed, folder, both = await a_waiting_export(store), Crowded(tmp_path), (BROKER, WAREHOUSE)
    mailer = replace(
        a_mailer(store, 1, bytes_at_once=allowed), transports=Transports(folder, folder)
    )

    await asyncio.gather(*(mailer(executed.account_id, executed.id, kind) for kind in both))

    assert folder.most == most
    assert [(await the_delivery(store, executed, kind))["status"] for kind in both] == ["SENT"] * 2


async def test_an_accepted_mail_is_sent_once_and_told(store: Store) -> None:
    executed = await a_waiting_export(store)

    async with scripted_smtp() as server:
        await a_mailer(store, server.port)(executed.account_id, executed.id, BROKER)

    delivery = await the_delivery(store, executed)
    assert (delivery["status"], delivery["attempts"]) == ("SENT", 1)
    assert delivery["sent_at"] is not None
    assert delivery["error_message"] is None
    assert await event_types(store, executed) == ["BROKER_NOTIFIED"]
    assert [mail.recipients for mail in server.mails] == [("entries@niagara.example",)]
    assert server.mails[0].sender == "entrygo@forwarder.example"


async def test_the_warehouse_is_notified_by_its_own_record_and_event(store: Store) -> None:
    executed = await a_waiting_export(store)

    async with scripted_smtp() as server:
        await a_mailer(store, server.port)(executed.account_id, executed.id, WAREHOUSE)

    assert (await the_delivery(store, executed, WAREHOUSE))["status"] == "SENT"
    assert (await the_delivery(store, executed, BROKER))["status"] == "PENDING"
    assert await event_types(store, executed) == ["WAREHOUSE_NOTIFIED"]
    assert [mail.recipients for mail in server.mails] == [("dock@toronto.example",)]


async def test_a_simulated_late_answer_settles_what_is_unknown_still_and_nothing_of_live_accounts(
    store: Store,
) -> None:
    late = a_delivery(Simulated.LATE.address, status="UNKNOWN", attempts=1)
    confirmed = late | {"status": "SENT", "sent_at": "2026-11-24T15:40:00.000Z"}
    kinds = {"_id": "batch_confirmed", "test": True, "deliveries": {BROKER: confirmed}}
    waits = await a_waiting_export(store, test=True, deliveries={BROKER: late})
    done = Executed(waits.record | kinds, waits.snapshot)  # type: ignore[arg-type]  # a TypedDict
    live = Executed(waits.record | {"_id": "batch_live", "test": False}, waits.snapshot)
    for each in (done, live):
        await store.insert(EXPORTS, each.record, step="test.export")
    deliveries = a_mailer(store, 1).deliveries

    await bring_late_answers(deliveries, timedelta(days=10_000))
    early = await the_delivery(store, waits)
    for _ in range(2):
        await bring_late_answers(deliveries, timedelta(seconds=1))

    assert early["status"] == "UNKNOWN"
    assert (await the_delivery(store, waits))["status"] == "SENT"
    assert await event_types(store, waits) == ["BROKER_NOTIFIED"]
    assert await event_types(store, done) == []
    assert (await the_delivery(store, live))["status"] == "UNKNOWN"


@pytest.mark.parametrize(
    "act", [Act("451 4.3.0 busy"), drop(), hang()], ids=["4xx", "drop", "hang"]
)
@pytest.mark.parametrize("stage", BEFORE_THE_DATA)
async def test_what_fails_before_the_data_is_tried_again(
    store: Store, stage: str, act: Act
) -> None:
    executed = await a_waiting_export(store)

    async with scripted_smtp({stage: [act]}) as server:
        deliver = a_mailer(store, server.port)
        await deliver(executed.account_id, executed.id, BROKER)
        waiting = await the_delivery(store, executed)
        delivery = await delivered_once_due(store, deliver, executed)

    assert (waiting["status"], waiting["attempts"]) == ("PENDING", 1)
    assert waiting["next_attempt_at"] is not None
    assert waiting["error_message"]
    assert (delivery["status"], delivery["attempts"]) == ("SENT", 2)
    assert delivery["error_message"] is None
    assert await event_types(store, executed) == ["BROKER_NOTIFIED"]
    assert len(server.mails) == 1


@pytest.mark.parametrize("stage", ["DATA", "DOT"])
async def test_a_4xx_to_the_data_is_certain_and_tried_again(store: Store, stage: str) -> None:
    executed = await a_waiting_export(store)

    async with scripted_smtp({stage: ["452 4.3.1 disk full"]}) as server:
        deliver = a_mailer(store, server.port)
        await deliver(executed.account_id, executed.id, BROKER)
        waiting = await the_delivery(store, executed)
        delivery = await delivered_once_due(store, deliver, executed)

    assert (waiting["status"], waiting["attempts"]) == ("PENDING", 1)
    assert waiting["error_message"] == "452 4.3.1 disk full"
    assert (waiting["owner"], waiting["lease_until"]) == (None, None)
    assert (delivery["status"], delivery["attempts"]) == ("SENT", 2)
    assert await event_types(store, executed) == ["BROKER_NOTIFIED"]
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("GREETING", "554 5.7.1 no service for you"),
        ("EHLO", "550 5.7.1 not here"),
        ("MAIL", "530 5.7.0 sign in first"),
        ("RCPT", "535 5.7.8 who?"),
    ],
)
async def test_a_5xx_about_us_is_no_refusal_of_the_mail(
    store: Store, stage: str, answer: str
) -> None:
    executed = await a_waiting_export(store)
    acts: list[Act | str] = [answer] * (2 if stage == "EHLO" else 1)  # HELO is tried after EHLO

    async with scripted_smtp({stage: acts}) as server:
        deliver = a_mailer(store, server.port)
        await deliver(executed.account_id, executed.id, BROKER)
        waiting = await the_delivery(store, executed)
        delivery = await delivered_once_due(store, deliver, executed)

    assert (waiting["status"], waiting["error_message"]) == ("PENDING", answer)
    assert (delivery["status"], delivery["attempts"]) == ("SENT", 2)
    assert await event_types(store, executed) == ["BROKER_NOTIFIED"]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
async def test_a_5xx_fails_for_good_with_the_servers_words(store: Store, stage: str) -> None:
    executed = await a_waiting_export(store)

    async with scripted_smtp({stage: ["550 5.7.1 not here, caf\xe9"]}) as server:
        deliver = a_mailer(store, server.port)
        await deliver(executed.account_id, executed.id, BROKER)
        await deliver(executed.account_id, executed.id, BROKER)

    delivery = await the_delivery(store, executed)
    assert (delivery["status"], delivery["attempts"]) == ("FAILED", 1)
    assert str(delivery["error_message"]).startswith("550 5.7.1 not here, caf")
    assert delivery["next_attempt_at"] is None
    assert await event_types(store, executed) == ["BROKER_SUBMISSION_FAILED"]
    assert (server.mails, server.connections) == ([], 1)


@pytest.mark.parametrize(
    ("stage", "act", "kept"),
    [
        ("DATA", drop(), 0),
        ("DATA", hang(), 0),
        ("DATA", Act("250 what data?"), 0),
        ("DOT", drop(), 0),
        ("DOT", drop(keep=True), 1),
        ("DOT", hang(), 0),
        ("DOT", hang(keep=True), 1),
        ("DOT", Act("huh", keep=True), 1),
        ("DOT", Act("550-no\r\n250 yes", keep=True), 1),
        ("DOT", Act("250-yes\r\n550 no", keep=True), 1),
    ],
    ids=str,
)
async def test_silence_after_the_data_is_told_and_never_sent_again(
    store: Store, stage: str, act: Act, kept: int
) -> None:
    executed = await a_waiting_export(store)

    async with scripted_smtp({stage: [act]}) as server:
        deliver = a_mailer(store, server.port)
        await deliver(executed.account_id, executed.id, BROKER)
        await deliver(executed.account_id, executed.id, BROKER)

    delivery = await the_delivery(store, executed)
    assert (delivery["status"], delivery["attempts"]) == ("UNKNOWN", 1)
    assert delivery["error_message"]
    assert await event_types(store, executed) == ["BROKER_SUBMISSION_UNKNOWN"]
    assert (len(server.mails), server.connections) == (kept, 1)


async def test_a_broken_goodbye_changes_nothing(store: Store) -> None:
    executed = await a_waiting_export(store)

    async with scripted_smtp({"QUIT": [drop()]}) as server:
        await a_mailer(store, server.port)(executed.account_id, executed.id, BROKER)

    assert (await the_delivery(store, executed))["status"] == "SENT"


async def test_attempts_that_are_used_up_fail_with_the_last_words(store: Store) -> None:
    executed = await a_waiting_export(store)

    async with scripted_smtp({"RCPT": ["450 4.2.1 mailbox busy"] * 9}) as server:
        delivery = await delivered_once_due(store, a_mailer(store, server.port), executed)

    assert (delivery["status"], delivery["attempts"], server.connections) == ("FAILED", 5, 5)
    assert delivery["error_message"] == "Given up after 5 tries: 450 4.2.1 mailbox busy"
    assert await event_types(store, executed) == ["BROKER_SUBMISSION_FAILED"]


async def test_what_breaks_a_try_counts_as_one_and_ends_with_the_budget(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Mail, size: int | None) -> OutboundMail:
        raise RuntimeError(f"a bug at {size}\nof two lines")

    executed = await a_waiting_export(store)
    monkeypatch.setattr(Mail, "fitting", broken)

    async with scripted_smtp() as server:
        delivery = await delivered_once_due(store, a_mailer(store, server.port), executed)

    assert (delivery["status"], delivery["attempts"]) == ("FAILED", 5)
    last = "Given up after 5 tries: RuntimeError: a bug at None of two lines"
    assert delivery["error_message"] == last
    assert server.mails == []


async def test_the_budget_counts_from_the_last_resubmit(store: Store) -> None:
    executed = an_executed_export()
    executed.record["deliveries"][BROKER] |= {"attempts": 5, "budget_from": 5}
    await put(store, executed)

    async with scripted_smtp({"MAIL": ["450 busy"]}) as server:
        delivery = await delivered_once_due(store, a_mailer(store, server.port), executed)

    assert (delivery["status"], delivery["attempts"]) == ("SENT", 7)


async def test_each_attempt_carries_the_same_bytes(store: Store) -> None:
    executed = await a_waiting_export(store)

    async with scripted_smtp({"DOT": [Act("451 later", keep=True)]}) as server:
        await delivered_once_due(store, a_mailer(store, server.port), executed)

    assert len({mail.data for mail in server.mails}) == 1
    assert len(server.mails) == 2


async def test_a_delivery_stored_before_letters_were_is_sent_in_the_same_words(
    store: Store,
) -> None:
    executed = await a_waiting_export(store)
    await store.put_blob(canonical_json(executed.snapshot), step="test.blob")

    async with scripted_smtp({"DOT": [Act("451 later", keep=True)]}) as server:
        deliver = a_mailer(store, server.port)
        await deliver(executed.account_id, executed.id, BROKER)
        older = {"$unset": {"deliveries.BROKER.letter_sha256": ""}}
        await store.transition(
            EXPORTS.of(executed.account_id), executed.id, {}, older, step="test.older"
        )
        delivery = await delivered_once_due(store, deliver, executed)

    assert delivery["status"] == "SENT"
    assert len({mail.data for mail in server.mails}) == 1
    assert len(server.mails) == 2


async def test_a_mail_that_is_not_due_waits(store: Store) -> None:
    executed = an_executed_export()
    later = timestamp(utc_now().replace(year=2999))
    executed.record["deliveries"][BROKER] |= {"attempts": 1, "next_attempt_at": later}
    await put(store, executed)

    async with scripted_smtp() as server:
        await a_mailer(store, server.port)(executed.account_id, executed.id, BROKER)

    assert server.connections == 0


@pytest.mark.parametrize("state", ["PLANNED", "EXECUTING", "VOIDED"])
async def test_only_an_executed_export_is_mailed(store: Store, state: str) -> None:
    executed = await a_waiting_export(store, state=state)

    async with scripted_smtp() as server:
        await a_mailer(store, server.port)(executed.account_id, executed.id, BROKER)

    assert server.connections == 0


async def test_another_accounts_export_is_not_touched(store: Store) -> None:
    executed = await a_waiting_export(store)

    async with scripted_smtp() as server:
        await a_mailer(store, server.port)("acc_other", executed.id, BROKER)

    assert server.connections == 0


async def test_a_test_accounts_mail_goes_to_the_sandbox_alone(store: Store) -> None:
    executed = await a_waiting_export(store, test=True)

    async with scripted_smtp() as live, scripted_smtp() as sandbox:
        deliver = a_mailer(store, live.port, sandbox_smtp_port=sandbox.port)
        await deliver(executed.account_id, executed.id, BROKER)

    assert (live.connections, len(sandbox.mails)) == (0, 1)
    assert b"TEST - NOT FOR ENTRY" in sandbox.mails[0].data


async def test_a_folder_delivers_by_the_same_states_and_says_so(
    store: Store, tmp_path: Path
) -> None:
    executed = await a_waiting_export(store, test=True)

    await a_mailer(store, port=1, sandbox_folder=tmp_path)(executed.account_id, executed.id, BROKER)

    delivery = await the_delivery(store, executed)
    assert (delivery["status"], delivery["channel"]) == ("SENT", "FOLDER")
    assert await event_types(store, executed) == ["BROKER_NOTIFIED"]
    assert dropped_in(tmp_path) == 1


def dropped_in(folder: Path) -> int:
    return len(list(folder.iterdir()))


async def test_a_flipped_bit_is_never_mailed(store: Store) -> None:
    executed = await a_waiting_export(store)
    digest = executed.record["artifacts"][0]["sha256"]
    await store.transition(BLOBS, digest, {}, {"$set": {"data": b"x"}}, step="test.flip")

    async with scripted_smtp() as server:
        await a_mailer(store, server.port)(executed.account_id, executed.id, BROKER)

    delivery = await the_delivery(store, executed)
    assert (delivery["status"], delivery["attempts"]) == ("FAILED", 1)
    assert digest in str(delivery["error_message"])
    assert (server.connections, await event_types(store, executed)) == (
        0,
        ["BROKER_SUBMISSION_FAILED"],
    )


async def large(store: Store) -> Executed:
    """A mail of some 50 kB with its documents, of some 10 kB as an archive."""
    table = ("text/csv; charset=utf-8", b"1,2,3\r\n" * 5_000)
    return await a_waiting_export(store, documents={"commercial_customs_invoice.csv": table})


@pytest.mark.parametrize(
    ("announced", "ours"), [(20_000, 10**6), (0, 20_000), (None, 20_000)], ids=str
)
async def test_over_either_limit_the_archive_goes_instead(
    store: Store, announced: int | None, ours: int
) -> None:
    executed = await large(store)
    extensions = [] if announced is None else [f"SIZE {announced}"]

    async with scripted_smtp(extensions=extensions) as server:
        await a_mailer(store, server.port, max_mail_bytes=ours)(
            executed.account_id, executed.id, BROKER
        )

    assert b"CP-2026-7KQ2M9XA-R.zip" in server.mails[0].data
    assert len(server.mails[0].data) < 20_000


async def test_too_large_in_both_forms_fails_before_mail_with_both_sizes(store: Store) -> None:
    executed = await large(store)

    async with scripted_smtp(extensions=["SIZE 2000"]) as server:
        await a_mailer(store, server.port)(executed.account_id, executed.id, BROKER)

    delivery = await the_delivery(store, executed)
    assert (delivery["status"], delivery["attempts"]) == ("FAILED", 1)
    assert "2000 bytes are allowed" in str(delivery["error_message"])
    assert str(delivery["error_message"]).count("bytes with") == 2
    assert "MAIL" not in server.stages


async def test_every_write_raises_the_revision(store: Store) -> None:
    executed = await a_waiting_export(store)

    async with scripted_smtp({"MAIL": ["450 busy"]}) as server:
        await delivered_once_due(store, a_mailer(store, server.port), executed)

    export = await store.get(EXPORTS.of(executed.account_id), executed.id)
    assert export is not None
    assert export["revision"] == 7 + 3  # waits again, SENDING, SENT
    assert export["updated_at"] > executed.record["updated_at"]


def stages_of(server: ScriptedSmtp) -> list[str]:
    return [stage for stage in server.stages if stage not in {"GREETING", "QUIT"}]


async def test_the_archive_is_announced_by_its_own_size(store: Store) -> None:
    executed = await large(store)

    async with scripted_smtp(extensions=["SIZE 20000"]) as server:
        await a_mailer(store, server.port)(executed.account_id, executed.id, BROKER)

    sized = f"SIZE={len(server.mails[0].data)}"
    assert [command for command in server.commands if command.startswith("MAIL")] == [
        f"MAIL FROM:<entrygo@forwarder.example> {sized}"
    ]
    assert stages_of(server) == ["EHLO", "MAIL", "RCPT", "DATA", "DOT"]
