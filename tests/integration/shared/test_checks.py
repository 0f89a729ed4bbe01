"""The checks on real servers: what they see, and that they leave it as it was."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import SecretStr
from pymongo import IndexModel

from shared.checks import exports, mail, queues, records
from shared.checks.exports import Group, Waiting
from shared.checks.finding import Verdict
from shared.clock import timestamp, utc_now
from shared.contracts.lifecycle import Status
from shared.indexes import INDEXES
from shared.mail_servers import MailServers, Tls
from shared.messaging import dead_letters
from shared.messaging.rabbit import Messages
from shared.messaging.topology import dead_queue
from shared.needs import making
from shared.records import ACCOUNTS, BROKERS, CURRENT_EPOCH, EPOCHS, EXPORTS, Collection
from shared.settings import CommonSettings
from shared.store import Store
from support.accounts import seed_account
from support.smtp import Act, scripted_smtp
from support.waiting import until

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ALL_STATUSES = dict.fromkeys(exports.SINCE, Group(0))


def ago(**span: float) -> str:
    return timestamp(NOW - timedelta(**span))


async def an_export(store: Store, id_: str, **parts: Any) -> None:
    record: Any = {"_id": id_, "account_id": "acc_1", "updated_at": ago(hours=1)} | parts
    await store.insert(EXPORTS, record, step="test.export")


def executed(broker: str, **delivery: Any) -> dict[str, Any]:
    given = {"status": broker, "first_pending_at": ago(hours=3), "error_message": None} | delivery
    return {"state": "EXECUTED", "deliveries": {"BROKER": given}}


async def test_a_restore_is_told_until_a_person_released_what_it_holds(store: Store) -> None:
    epoch: Any = {"_id": CURRENT_EPOCH, "backup_id": "backup_1", "taken_at": ago(hours=2)}
    epoch |= {"began_at": ago(hours=1), "restored_at": None, "released_at": None}
    seen = [await records.of_restore(store)]

    await store.insert(EPOCHS, epoch, step="test.epoch")
    seen.append(await records.of_restore(store))
    for field in ("restored_at", "released_at"):
        change = {"$set": {field: ago(minutes=5)}}
        await store.transition(EPOCHS, CURRENT_EPOCH, {}, change, step="test.epoch")
        seen.append(await records.of_restore(store))

    assert [each.verdict for each in seen] == [Verdict.OK, Verdict.BAD, Verdict.WARN, Verdict.OK]
    assert seen[1].next == "entrygo backup restore FOLDER"
    assert (seen[2].next or "").startswith("entrygo export release --all")


async def test_exports_under_way_and_stuck_are_counted_with_the_age_of_the_oldest(
    store: Store,
) -> None:
    running = {"stalled": False, "started_at": ago(minutes=2)}
    await an_export(store, "planned", state="PLANNED", plan={"readiness": "READY"})
    await an_export(store, "runs", state="EXECUTING", execution=running)
    await an_export(store, "stalls", state="EXECUTING", execution=running | {"stalled": True})
    await an_export(store, "waits", **executed("PENDING"))
    await an_export(store, "goes", **executed("SENDING", first_pending_at=ago(minutes=1)))
    await an_export(store, "is sent", **executed("SENT"))
    await an_export(store, "unclear", **executed("UNKNOWN"))
    await an_export(store, "void", **executed("FAILED") | {"state": "VOIDED"})

    found = await exports.by_status(store, NOW)

    assert found == ALL_STATUSES | {
        Status.EXECUTING: Group(1, 120),
        Status.EXECUTION_STALLED: Group(1, 3_600),
        Status.SUBMITTING: Group(2, 3 * 3_600),
        Status.DELIVERY_UNKNOWN: Group(1, 3_600),
    }


async def test_a_mail_that_nobody_takes_up_is_late_and_one_that_was_refused_is_retrying(
    store: Store,
) -> None:
    due, refused = {"next_attempt_at": ago(minutes=10)}, {"error_message": "451 busy"}
    await an_export(store, "late", **executed("PENDING", **due))
    await an_export(store, "again", **executed("PENDING", next_attempt_at=ago(), **refused))
    await an_export(store, "fresh", **executed("PENDING", next_attempt_at=ago(minutes=1)))

    found = await exports.waiting(store, NOW)

    assert found == {
        (Waiting.LATE, "BROKER"): Group(1, 600),
        (Waiting.RETRYING, "BROKER"): Group(1, 3 * 3_600),
        (Waiting.LATE, "WAREHOUSE"): Group(0),
        (Waiting.RETRYING, "WAREHOUSE"): Group(0),
    }


async def test_a_store_that_works_takes_a_record_and_gives_it_back(store: Store) -> None:
    taken = await asyncio.gather(*(store.takes_writes() for _ in range(20)))

    assert all(taken)
    assert len(await store.find(Collection[Any]("probes"), {})) == 1


async def test_an_index_that_is_not_there_is_named(store: Store) -> None:
    assert len(await store.missing_indexes()) == len(INDEXES)
    assert (await records.of_indexes(store)).verdict is Verdict.BAD

    await store.create_indexes()

    assert (await records.of_indexes(store)).verdict is Verdict.OK


async def test_an_index_of_an_earlier_version_goes_when_a_service_starts(
    settings: CommonSettings, store: Store
) -> None:
    earlier = IndexModel([("unannounced", 1)], name="unannounced")
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(settings.mongo_url.get_secret_value())
    exports = client[settings.mongo_database]["exports"]
    await exports.create_indexes([earlier])

    await asyncio.gather(*(store.create_indexes() for _ in range(3)))

    names = {index.name for index in INDEXES if index.collection == "exports"}
    assert set(await exports.index_information()) == names | {"_id_"}
    client.close()


async def test_an_account_that_cannot_execute_is_told_with_the_command_that_mends_it(
    store: Store,
) -> None:
    whole, without = await seed_account(store), await seed_account(store)
    assert (await records.of_accounts(store)).verdict is Verdict.OK
    accounts = ACCOUNTS.of(without.account_id)
    number = {"$unset": {"content.importerOfRecord.number": ""}}
    await store.transition(accounts, without.account_id, {}, number, step="test.change")

    found = await records.of_accounts(store)

    assert found.verdict is Verdict.WARN
    assert "1 of 2" in found.line
    assert whole.account_id not in found.line
    mend = f"entrygo account update {without.account_id} --importer-number NUMBER"
    assert found.next == mend


async def test_an_account_whose_only_broker_has_no_address_cannot_execute(store: Store) -> None:
    seeded = await seed_account(store)
    brokers = BROKERS.of(seeded.account_id)
    email = {"$unset": {"content.email": ""}}
    await store.transition(brokers, seeded.broker_id, {}, email, step="test.change")

    found = await records.of_accounts(store)

    assert found.next == f"entrygo broker update {seeded.broker_id} --email ADDRESS"
    await store.delete(brokers, {"_id": seeded.broker_id}, step="test.delete")
    found = await records.of_accounts(store)
    assert found.next == making("broker", seeded.account_id)


async def test_dead_letters_are_counted_and_dated_and_stay_where_they_are(
    messages: Messages,
) -> None:
    died = timestamp(utc_now() - timedelta(hours=2))
    for id_ in ("a", "b"):
        await messages.send_dead(
            "executor.exports.execute",
            b"{}",
            message_id=id_,
            headers={"x-died-at": died, "x-reason": "test"},
        )
    letters = queues.DeadLetters(messages, lambda: utc_now().timestamp())

    async def look(number: int) -> queues.Letters:
        async def there() -> bool:  # what was looked at is given back in RabbitMQ's own time
            seen = await messages.queues([dead_queue("executor")])
            return seen[dead_queue("executor")].messages == number

        await until(there)
        return (await letters.look(await messages.queues([dead_queue("executor")])))["executor"]

    found, again = await look(2), await look(2)

    assert found.number == again.number == 2
    assert again.oldest_seconds >= found.oldest_seconds >= 7_200
    assert [one.id for one in await dead_letters.listed(messages, "executor")] == ["a", "b"]
    for id_ in ("a", "b"):
        assert await dead_letters.drop(messages, "executor", id_)
    assert await look(0) == queues.Letters(0, 0.0)


async def test_a_mail_server_that_greets_is_fine_and_gets_no_mail() -> None:
    async with scripted_smtp() as server:
        port = server.port
        here = MailServers(smtp_port=port, smtp_tls=Tls.NONE, sandbox_smtp_port=port)

        assert (await mail.of_live(here)).verdict is Verdict.OK
        assert (await mail.of_sandbox(here)).verdict is Verdict.OK

    assert not {"MAIL", "RCPT", "DATA"} & set(server.stages)


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
async def test_encryption_and_login_are_looked_at_as_they_are_set(
    tls: Tls, certificate: Path, server_tls: ssl.SSLContext
) -> None:
    extensions = ("AUTH PLAIN", *(["STARTTLS"] if tls is Tls.STARTTLS else []))
    async with scripted_smtp(
        tls=server_tls, extensions=extensions, from_the_first_byte=tls is Tls.TLS
    ) as server:
        server.script["AUTH"] = [Act(), Act("535 who are you")]
        strange = MailServers(smtp_host="localhost", smtp_port=server.port, smtp_tls=tls)
        known = strange.model_copy(
            update={
                "smtp_ca_file": str(certificate.with_suffix(".crt")),
                "smtp_username": "me",
                "smtp_password": SecretStr("pass"),
            }
        )
        found = [await mail.of_live(one) for one in (strange, known, known)]

    assert [one.verdict for one in found] == [Verdict.BAD, Verdict.WARN, Verdict.BAD]
    assert "certificate verify failed" in found[0].line
    assert "its certificate ends in" in found[1].line  # it is made for two days
    assert "535" in found[2].line
    assert "openssl s_client" in str(found[0].next)


async def test_a_server_that_does_not_encrypt_or_is_not_there_is_bad() -> None:
    async with scripted_smtp() as server:
        here = MailServers(smtp_port=server.port, sandbox_smtp_port=server.port)

        assert "STARTTLS" in (await mail.of_live(here)).line
    assert (await mail.of_sandbox(here)).verdict is Verdict.BAD
