"""Every message is settled, once, whatever is in it."""

import json
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from faststream.rabbit import RabbitMessage
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.clock import timestamp, utc_now
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import PlanVerified, VerifyPlan
from shared.contracts.sync import OrdersSyncRefused
from shared.errors import Refused, StoreFault, Transient
from shared.messaging.deliveries import Deliveries
from shared.messaging.reading import read
from shared.messaging.settlement import OWN_FAULTS
from shared.messaging.topology import EXPORTS_VERIFY, ORDERS_SYNC, Route
from shared.settings import CommonSettings
from support.messages import A_COMMAND, GOOD, NOBODYS, POISON, Raw, Sent, received

Handler = Callable[[Any], Awaitable[PlanVerified]]

amqp_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(max_size=300)
    | st.binary(max_size=50)
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
our_headers = st.sampled_from(
    [
        "x-request-id",
        "x-attempt",
        "x-faults",
        "x-first-seen",
        "x-until",
        "x-death",
        "x-reason",
        "x-unreadable",
    ]
)
headers = st.dictionaries(our_headers | st.text(max_size=20), amqp_values, max_size=4)
short = st.none() | st.text(max_size=60)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
fields = st.sampled_from([*VerifyPlan.model_fields, "new"])
bodies = (
    st.binary(max_size=200)
    | st.just(GOOD)
    | json_values.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass"))
    | st.dictionaries(fields, json_values, max_size=3).map(
        lambda change: json.dumps(A_COMMAND.model_dump() | change).encode()
    )
)


async def held(_: VerifyPlan) -> PlanVerified:
    return PlanVerified(holds=True)


async def settled(
    raw: Raw,
    handler: Handler = held,
    *,
    route: Route[Any, Any] = EXPORTS_VERIFY,
    away: bool = False,
) -> Sent:
    sent = Sent(away=away)
    message = received(raw)

    async def decoder(message: Any) -> object:  # FastStream's
        return read(route.contract, message)

    async def handle(message: RabbitMessage) -> PlanVerified:
        return await handler(await message.decode())

    async def healthy() -> bool:
        return True

    message.set_decoder(decoder)
    await Deliveries(sent, CommonSettings(), healthy).settle(route, message, handle)
    return sent


@pytest.mark.parametrize("late", [True, False])
async def test_what_nobody_waits_for_any_more_is_not_begun(*, late: bool) -> None:
    begun = []

    async def begin(command: VerifyPlan) -> PlanVerified:
        begun.append(command)
        return PlanVerified(holds=True)

    moment = "2026-11-24T15:00:00.000Z" if late else "2099-11-24T15:00:00.000Z"
    raw = Raw(GOOD, {"x-until": moment}, reply_to="r")

    sent = await settled(raw, begin)

    assert (len(begun), len(sent.replies)) == ((0, 0) if late else (1, 1))
    assert raw.settled == ["ack"]
    assert sent.dead == []


async def test_a_retry_is_as_late_as_the_first_and_a_dead_letter_never() -> None:
    async def failing(_: VerifyPlan) -> PlanVerified:
        raise RuntimeError("a bug")

    until = {"x-until": "2099-11-24T15:00:00.000Z"}
    again = await settled(Raw(GOOD, until), failing)
    dead = await settled(Raw(GOOD, until | {"x-attempt": 9, "x-faults": OWN_FAULTS - 1}), failing)

    assert again.replies[0]["headers"]["x-until"] == until["x-until"]
    assert "x-until" not in dead.dead[0]["headers"]


@settings(deadline=None)
@given(body=bodies, headers=headers, named=st.lists(short, min_size=4, max_size=4))
async def test_whatever_is_in_a_message_it_is_acknowledged_once(
    body: bytes, headers: dict[str, Any], named: list[str | None]
) -> None:
    content_type, message_id, correlation_id, reply_to = named
    raw = Raw(
        body,
        headers,
        content_type=content_type,
        message_id=message_id,
        correlation_id=correlation_id,
        reply_to=reply_to,
    )

    sent = await settled(raw)

    assert raw.settled == ["ack"]
    assert len(sent.replies) == bool(reply_to)
    for letter in sent.dead:
        assert letter["headers"]["x-reason"].startswith("not a VerifyPlan: ")
        assert letter["body"] == body


@pytest.mark.parametrize("name", POISON)
async def test_what_can_never_be_read_is_dead_at_once_and_says_why(name: str) -> None:
    body, properties, reason = POISON[name]
    raw = Raw(body, **properties)

    sent = await settled(raw)

    [letter] = sent.dead
    assert reason in letter["headers"]["x-reason"]
    assert raw.settled == ["ack"]


async def test_numbers_as_text_and_text_as_numbers_are_refused() -> None:
    order = {
        "externalId": "A-1",
        "destinationCountry": "US",
        "consignee": {"name": "Ada", "addressLines": ["1 Elm St"], "city": "Bangor"},
        "items": [{"productExternalId": "SW-1", "quantity": "2", "unitValueCents": 5.0}],
    }
    head = A_COMMAND.model_dump(exclude={"plan_command_id"})

    sent = await settled(Raw(json.dumps(head | {"items": [order]}).encode()), route=ORDERS_SYNC)

    [letter] = sent.dead
    assert "items.0.items.0.quantity" in letter["headers"]["x-reason"]
    assert "items.0.items.0.unitValueCents" in letter["headers"]["x-reason"]
    [(key, told)] = sent.told
    assert isinstance(told, OrdersSyncRefused)
    assert (key, told.command_id, told.status) == ("orders.sync_refused", "cmd_1", 400)


async def test_a_refusal_that_nobody_may_be_answered_is_a_dead_letter() -> None:
    async def refuse(_: VerifyPlan) -> PlanVerified:
        raise Refused(ErrorCode.INVALID_ACCOUNT_SCOPE)

    heard = await settled(Raw(GOOD, reply_to="caller"), refuse)
    unheard = await settled(Raw(GOOD, reply_to=NOBODYS), refuse)

    assert (len(heard.replies), len(heard.dead)) == (1, 0)
    assert (len(unheard.replies), len(unheard.dead)) == (0, 1)
    assert unheard.dead[0]["headers"]["x-reason"].startswith("refused 403: ")


async def test_of_an_unreadable_command_whose_name_is_not_there_nobody_is_told() -> None:
    for body in (b"{", b"[]", b'{"command_id": "cmd_1"}', b'{"account_id":[],"command_id":"c"}'):
        sent = await settled(Raw(body), route=ORDERS_SYNC)

        assert len(sent.dead) == 1
        assert sent.told == []


async def test_headers_of_others_are_left_alone_and_not_copied() -> None:
    async def away(_: VerifyPlan) -> PlanVerified:
        raise Transient("not yet")

    sent = await settled(Raw(GOOD, {"x-death": "no list", "traceparent": [1]}), away)

    [copy] = sent.replies
    assert copy["routing_key"].startswith("planner.exports.verify.wait.")
    assert copy["headers"].keys() == {"x-first-seen", "x-attempt", "x-faults", "x-last-error"}


async def test_an_error_whose_text_no_header_can_hold_is_told_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)  # no process of pytest can tell another such a text

    async def broken(_: VerifyPlan) -> PlanVerified:
        raise ZeroDivisionError("\ud800" * 10_000)

    raw = Raw(GOOD, {"x-attempt": 9, "x-faults": OWN_FAULTS - 1})

    sent = await settled(raw, broken)

    [letter] = sent.dead
    assert letter["headers"]["x-reason"].startswith("ZeroDivisionError: ?")
    assert raw.settled == ["ack"]


async def test_a_store_error_counts_as_the_commands_own_fault_beside_a_store_that_answers() -> None:
    async def failing(_: VerifyPlan) -> PlanVerified:
        raise StoreFault("no")

    sent = await settled(Raw(GOOD, {"x-attempt": 3, "x-faults": 3}), failing)

    [copy] = sent.replies
    assert (copy["headers"]["x-attempt"], copy["headers"]["x-faults"]) == (4, 4)


async def test_a_refusal_that_a_later_message_may_cure_waits_only_so_long() -> None:
    async def unknown(_: VerifyPlan) -> PlanVerified:
        raise Refused(ErrorCode.PRODUCT_NOT_FOUND, "Not here.")

    long_ago = timestamp(utc_now() - timedelta(hours=1))

    waits = await settled(Raw(GOOD), unknown)
    over = await settled(Raw(GOOD, {"x-first-seen": long_ago}), unknown)

    assert (len(waits.replies), len(waits.dead)) == (1, 0)
    assert (len(over.replies), len(over.dead)) == (0, 1)


async def test_what_cannot_even_be_sent_away_goes_back_to_its_queue() -> None:
    raw = Raw(b"{")

    await settled(raw, away=True)

    assert raw.settled == ["nack"]
