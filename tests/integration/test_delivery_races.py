"""Many senders, late answers, dead ones: one mail, and no outcome written over another's."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from broker_mailer.attempts import Attempt, Outcome
from broker_mailer.repository import Deliveries
from broker_mailer.subscribers import subscribe
from broker_mailer.sweeper import send_what_is_due, settle_what_never_ended
from broker_mailer.use_cases import Deliver
from shared.clock import utc_now
from shared.contracts.exports import SendDelivery
from shared.contracts.lifecycle import DeliveryStatus
from shared.errors import StoreFault
from shared.messaging import topology
from shared.messaging.rabbit import Messages
from shared.records import EXPORTS, Part, Record
from shared.settings import CommonSettings
from shared.store import Store, Update
from support.deliveries import BROKER, WAREHOUSE, Executed, a_mailer, an_executed_export, put
from support.smtp import Act, drop, hang, scripted_smtp
from support.told import to_nobody

pytestmark = pytest.mark.integration

AN_HOUR = timedelta(hours=1)
OVER = timedelta(seconds=-1)  # stores round their clock to a millisecond, up or down
SENT = Outcome(DeliveryStatus.SENT, late=True)
REFUSED = Outcome(DeliveryStatus.FAILED, "550 no", late=True)
AGAIN = Outcome(DeliveryStatus.PENDING, "451 later", next_attempt_at="2026-11-24T15:39:05.731Z")


class Forgetful(Store):
    """Loses the answers to the writes of a step, which happened or did not."""

    def __init__(self, settings: CommonSettings, step: str, *, times: int, written: bool) -> None:
        super().__init__(settings, appname="tests")
        self._step, self._times, self._written = step, times, written

    async def transition(
        self, part: Part[Record], id_: str, guard: Mapping[str, Any], update: Update, *, step: str
    ) -> Record | None:
        loses = step == self._step and self._times > 0
        if loses and not self._written:
            self._times -= 1
            raise StoreFault("connection lost")
        after = await super().transition(part, id_, guard, update, step=step)
        if loses:
            self._times -= 1
            raise StoreFault("answer lost")
        return after


@pytest.fixture
async def executed(store: Store) -> Executed:
    executed = an_executed_export()
    await put(store, executed)
    return executed


@pytest.fixture
def deliveries(store: Store) -> Deliveries:
    return Deliveries(store, utc_now, to_nobody)


@pytest.fixture
def attempt(executed: Executed) -> Attempt:
    delivery = executed.record["deliveries"][BROKER]
    return Attempt(executed.account_id, executed.id, BROKER, delivery, number=1, owner="own_1")


async def seen(store: Store, executed: Executed) -> tuple[str, int, list[str]]:
    """Status, attempts and the types of the events."""
    export = await store.get(EXPORTS.of(executed.account_id), executed.id)
    assert export is not None
    delivery = export["deliveries"][BROKER]
    types = [event["type"] for event in export["events"]]
    return delivery["status"], delivery["attempts"], types


async def resubmitted(store: Store, executed: Executed) -> None:
    """As the executor does it."""
    at = f"deliveries.{BROKER}"
    change = {f"{at}.status": "PENDING", f"{at}.budget_from": 1}
    await store.transition(
        EXPORTS.of(executed.account_id), executed.id, {}, {"$set": change}, step="test.resubmit"
    )


async def test_of_many_senders_one_hands_the_mail_over(store: Store, executed: Executed) -> None:
    async with scripted_smtp() as server:
        mailers = [a_mailer(store, server.port) for _ in range(10)]
        await asyncio.gather(
            *(deliver(executed.account_id, executed.id, BROKER) for deliver in mailers)
        )

    assert len(server.mails) == 1
    assert server.stages.count("DATA") == 1
    assert await seen(store, executed) == ("SENT", 1, ["BROKER_NOTIFIED"])


async def test_a_second_wake_up_that_finds_sending_does_nothing(
    store: Store, executed: Executed, deliveries: Deliveries, attempt: Attempt
) -> None:
    assert await deliveries.take(attempt, AN_HOUR, "EMAIL")

    async with scripted_smtp() as server:
        await a_mailer(store, server.port)(executed.account_id, executed.id, BROKER)

    assert server.connections == 0
    assert await seen(store, executed) == ("SENDING", 1, [])


async def test_an_export_that_is_voided_on_the_way_is_not_mailed(
    store: Store, executed: Executed, deliveries: Deliveries, attempt: Attempt
) -> None:
    voided = {"$set": {"state": "VOIDED"}}
    await store.transition(
        EXPORTS.of(executed.account_id), executed.id, {}, voided, step="test.void"
    )

    assert not await deliveries.take(attempt, AN_HOUR, "EMAIL")
    assert not await deliveries.record_unsent(attempt, AGAIN)
    assert await seen(store, executed) == ("PENDING", 0, [])


async def test_no_answer_leads_a_voided_export_back_to_pending(
    store: Store, executed: Executed, deliveries: Deliveries, attempt: Attempt
) -> None:
    await deliveries.take(attempt, AN_HOUR, "EMAIL")
    voided = {"$set": {"state": "VOIDED"}}
    await store.transition(
        EXPORTS.of(executed.account_id), executed.id, {}, voided, step="test.void"
    )

    assert not await deliveries.record_sending(attempt, AGAIN)
    assert await seen(store, executed) == ("SENDING", 1, [])


async def test_a_lease_that_is_over_is_told_as_unknown_once(
    store: Store, executed: Executed, deliveries: Deliveries, attempt: Attempt
) -> None:
    await deliveries.take(attempt, OVER, "EMAIL")

    await asyncio.gather(*(settle_what_never_ended(deliveries) for _ in range(5)))

    assert await seen(store, executed) == ("UNKNOWN", 1, ["BROKER_SUBMISSION_UNKNOWN"])


async def test_a_lease_that_runs_is_left_alone(
    store: Store, executed: Executed, deliveries: Deliveries, attempt: Attempt
) -> None:
    await deliveries.take(attempt, AN_HOUR, "EMAIL")
    fast = Deliveries(
        store, lambda: utc_now() + 2 * AN_HOUR, to_nobody
    )  # only the store's clock decides

    await settle_what_never_ended(fast)

    assert await seen(store, executed) == ("SENDING", 1, [])
    export = await store.get(EXPORTS.of(executed.account_id), executed.id)
    assert export is not None
    assert export["revision"] == executed.record["revision"] + 1


@pytest.mark.parametrize(
    ("outcome", "event"),
    [(SENT, "BROKER_NOTIFIED"), (REFUSED, "BROKER_SUBMISSION_FAILED")],
    ids=["taken", "refused"],
)
async def test_late_certainty_settles_the_unknown_of_its_own_try(
    store: Store,
    executed: Executed,
    deliveries: Deliveries,
    attempt: Attempt,
    outcome: Outcome,
    event: str,
) -> None:
    await deliveries.take(attempt, OVER, "EMAIL")
    await settle_what_never_ended(deliveries)

    assert await deliveries.record_sending(attempt, outcome)

    told = ["BROKER_SUBMISSION_UNKNOWN", event]
    assert await seen(store, executed) == (outcome.status, 1, told)


async def test_a_late_4xx_leaves_it_unknown(
    store: Store, executed: Executed, deliveries: Deliveries, attempt: Attempt
) -> None:
    await deliveries.take(attempt, OVER, "EMAIL")
    await settle_what_never_ended(deliveries)

    assert not await deliveries.record_sending(attempt, AGAIN)
    assert (await seen(store, executed))[0] == "UNKNOWN"


@pytest.mark.parametrize("outcome", [SENT, REFUSED, AGAIN], ids=lambda outcome: outcome.status)
async def test_a_late_outcome_touches_no_later_try(
    store: Store, executed: Executed, deliveries: Deliveries, attempt: Attempt, outcome: Outcome
) -> None:
    await deliveries.take(attempt, OVER, "EMAIL")
    await settle_what_never_ended(deliveries)
    await resubmitted(store, executed)
    late_while_waiting = await deliveries.record_sending(attempt, outcome)
    await deliveries.take(replace(attempt, number=2, owner="own_2"), AN_HOUR, "EMAIL")

    assert not late_while_waiting
    assert not await deliveries.record_sending(attempt, outcome)
    assert (await seen(store, executed))[:2] == ("SENDING", 2)


async def test_a_failure_is_counted_once_a_try(
    store: Store, executed: Executed, deliveries: Deliveries, attempt: Attempt
) -> None:
    assert await deliveries.record_unsent(attempt, AGAIN)
    assert not await deliveries.record_unsent(attempt, AGAIN)
    assert await seen(store, executed) == ("PENDING", 1, [])


async def test_a_lost_answer_to_sending_is_settled_by_ones_own_token(
    store: Store, settings: CommonSettings, executed: Executed
) -> None:
    step = "broker_mailer.take_sending"
    async with (
        Forgetful(settings, step, times=1, written=True) as forgetful,
        scripted_smtp() as server,
    ):
        await a_mailer(forgetful, server.port)(executed.account_id, executed.id, BROKER)

    assert len(server.mails) == 1
    assert await seen(store, executed) == ("SENT", 1, ["BROKER_NOTIFIED"])


async def test_nothing_is_sent_without_sending(
    store: Store, settings: CommonSettings, executed: Executed
) -> None:
    step = "broker_mailer.take_sending"
    async with (
        Forgetful(settings, step, times=1, written=False) as forgetful,
        scripted_smtp() as server,
    ):
        await a_mailer(forgetful, server.port)(executed.account_id, executed.id, BROKER)

    assert "DATA" not in server.stages
    assert await seen(store, executed) == ("PENDING", 0, [])


@pytest.mark.parametrize("written", [True, False])
async def test_an_outcome_is_written_again_until_it_is_there(
    store: Store, settings: CommonSettings, executed: Executed, *, written: bool
) -> None:
    step = "broker_mailer.record_sending"
    async with (
        Forgetful(settings, step, times=2, written=written) as forgetful,
        scripted_smtp() as server,
    ):
        await a_mailer(forgetful, server.port)(executed.account_id, executed.id, BROKER)

    assert await seen(store, executed) == ("SENT", 1, ["BROKER_NOTIFIED"])


async def test_an_outcome_that_cannot_be_written_ends_as_unknown(
    store: Store, settings: CommonSettings, executed: Executed
) -> None:
    step = "broker_mailer.record_sending"
    async with (
        Forgetful(settings, step, times=9, written=False) as forgetful,
        scripted_smtp() as server,
    ):
        deliver = a_mailer(forgetful, server.port, lease=timedelta(milliseconds=850))
        with pytest.raises(StoreFault):
            await deliver(executed.account_id, executed.id, BROKER)
        await deliver(executed.account_id, executed.id, BROKER)
        await until_settled(store, executed)

    assert len(server.mails) == 1
    assert await seen(store, executed) == ("UNKNOWN", 1, ["BROKER_SUBMISSION_UNKNOWN"])


async def until_settled(store: Store, executed: Executed) -> None:
    async with asyncio.timeout(10):
        while (await seen(store, executed))[0] == "SENDING":
            await settle_what_never_ended(Deliveries(store, utc_now, to_nobody))
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("act", "status"), [(Act(), "SENT"), (hang(keep=True), "UNKNOWN")], ids=["answer", "silence"]
)
async def test_a_stop_waits_for_the_answer_and_writes_it(
    store: Store, settings: CommonSettings, executed: Executed, act: Act, status: str
) -> None:
    slowly = {"outcome_pauses": (timedelta(milliseconds=200),)}
    step = "broker_mailer.record_sending"
    async with (
        Forgetful(settings, step, times=1, written=False) as forgetful,
        scripted_smtp({"DOT": [act]}) as server,
    ):
        deliver = a_mailer(forgetful, server.port, **slowly)
        task = asyncio.create_task(delivering(deliver, executed))
        await server.reached("DATA")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert (await seen(store, executed))[:2] == (status, 1)
    assert len(server.mails) == 1


async def delivering(deliver: Deliver, executed: Executed) -> None:
    await deliver(executed.account_id, executed.id, BROKER)


async def test_the_sweep_of_every_replica_sends_what_is_due_once(
    store: Store, executed: Executed
) -> None:
    async with scripted_smtp({"RCPT": ["451 later"]}) as server:
        replicas = [a_mailer(store, server.port) for _ in range(3)]
        async with asyncio.timeout(10):
            while len(server.mails) < 2:  # the broker's and the warehouse's
                await asyncio.gather(*(send_what_is_due(r.deliveries, r) for r in replicas))

    recipients = sorted(mail.recipients[0] for mail in server.mails)
    assert recipients == ["dock@toronto.example", "entries@niagara.example"]
    assert (await seen(store, executed))[0] == "SENT"


async def test_one_broken_export_does_not_stop_the_sweep(store: Store) -> None:
    broken = an_executed_export(_id="batch_broken", plan={})
    healthy = an_executed_export()
    await put(store, healthy)
    await store.insert(EXPORTS, broken.record, step="test.export")

    async with scripted_smtp() as server:
        deliver = a_mailer(store, server.port)
        await send_what_is_due(deliver.deliveries, deliver)

    assert (await seen(store, healthy))[0] == "SENT"


@pytest.fixture
async def messages(settings: CommonSettings, store: Store) -> AsyncIterator[Messages]:
    messages = Messages(settings, service="broker-mailer", healthy=store.ping)
    yield messages
    await messages.stop()


async def test_a_wake_up_that_comes_twice_mails_once(
    store: Store, executed: Executed, messages: Messages
) -> None:
    async with scripted_smtp({"MAIL": [drop()]}) as server:
        deliver = a_mailer(store, server.port)
        subscribe(messages, deliver)
        await messages.start()
        wake = partial(
            SendDelivery,
            account_id="acc_maple",
            request_id="req-1",
            issued_at=executed.record["created_at"],
            export_id=executed.id,
        )
        for number, recipient_type in enumerate([BROKER, BROKER, WAREHOUSE, BROKER]):
            command = wake(command_id=f"cmd_{number}", recipient_type=recipient_type)
            await messages.publish(topology.DELIVERIES_SEND, command, step="test.wake")
        async with asyncio.timeout(15):
            while len(server.mails) < 2:
                await asyncio.sleep(0.02)
                await send_what_is_due(deliver.deliveries, deliver)

    recipients = sorted(mail.recipients[0] for mail in server.mails)
    assert recipients == ["dock@toronto.example", "entries@niagara.example"]
