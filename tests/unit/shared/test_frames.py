"""Messages that travel together share nothing but the way."""

import asyncio
from typing import Any

import pytest
from faststream.rabbit import RabbitMessage
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.errors import ErrorCode
from shared.contracts.exports import PlanVerified, VerifyPlan
from shared.errors import QueueUnavailable, Refused, Transient
from shared.messaging import frames
from shared.messaging.deliveries import Deliveries
from shared.messaging.frames import FRAME, Lanes, NoFrame, Part, packed, unpacked
from shared.messaging.reading import read
from shared.messaging.topology import DELIVERY_LIMIT, EXPORTS_VERIFY
from shared.settings import CommonSettings
from support.messages import A_COMMAND, Raw, Sent, received

names = st.none() | st.text(max_size=40)
parts = st.builds(
    Part,
    st.dictionaries(st.text(max_size=5), st.text(max_size=20)).map(
        lambda body: A_COMMAND.model_copy(update={"plan_command_id": str(body)}).encoded()
    ),
    message_id=names,
    type=names,
    correlation_id=names,
    reply_to=st.just("replies"),
    user_id=st.just("gateway"),
    headers=st.dictionaries(st.text(max_size=20), st.text(max_size=20) | st.integers(0, 9)),
)


@given(st.lists(parts, min_size=1, max_size=9))
def test_what_is_packed_is_unpacked_as_it_was(given_parts: list[Part]) -> None:
    assert unpacked(packed(given_parts), "replies", "gateway") == given_parts


@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,\n ae1').map(str.encode))
def test_what_is_no_frame_says_so(body: bytes) -> None:
    with pytest.raises(NoFrame, match="its frame cannot be read"):
        unpacked(b"no frame:" + body, None, None)


@pytest.mark.parametrize("head", [b"5", b"null", b'"text"', b"[]"])
def test_properties_that_are_no_object_are_no_frame(head: bytes) -> None:
    with pytest.raises(NoFrame, match="its frame cannot be read"):
        unpacked(head + b"\n{}", None, None)


def part(name: str, **more: Any) -> Part:
    command = A_COMMAND.model_copy(update={"plan_command_id": name, "command_id": f"cmd_{name}"})
    return Part(
        command.encoded(),
        message_id=f"cmd_{name}",
        correlation_id=f"call_{name}",
        headers={"x-request-id": f"req-{name}"},
        **more,
    )


FATES: dict[str, Exception] = {
    "refused": Refused(ErrorCode.PLAN_STALE),
    "away": Transient("not yet"),
    "broken": ZeroDivisionError("a bug"),
}


async def fate(command: VerifyPlan) -> PlanVerified:
    if failure := FATES.get(command.plan_command_id):
        raise failure
    return PlanVerified(holds=True)


async def settled(raw: Raw, *, away: bool = False) -> Sent:
    sent = Sent(away=away)
    frame = received(raw)

    async def decoder(message: Any) -> object:  # FastStream's
        return read(VerifyPlan, message)

    async def handle(message: RabbitMessage) -> PlanVerified:
        command: Any = await message.decode()
        return await fate(command)

    async def healthy() -> bool:
        return True

    frame.set_decoder(decoder)
    await Deliveries(sent, CommonSettings(), healthy).settle(EXPORTS_VERIFY, frame, handle)
    return sent


def framed(*sent: Part, **more: Any) -> Raw:
    return Raw(packed(sent), content_type=FRAME, reply_to="replies", **more)


async def test_each_part_of_a_frame_has_a_fate_of_its_own() -> None:
    unreadable = Part(b'{"command_id":"cmd_x"}', message_id="cmd_x", correlation_id="call_x")
    raw = framed(part("fine"), part("refused"), part("away"), part("broken"), unreadable)

    sent = await settled(raw)

    assert raw.settled == ["ack"]
    answers = {each["correlation_id"]: each.get("message_type") for each in sent.replies}
    assert answers == {
        "call_fine": "PlanVerified",
        "call_refused": "refusal",
        "call_away": None,  # in the retry queue, with who asked
        "call_broken": None,
        "call_x": "refusal",
    }
    retried = [each for each in sent.replies if ".wait." in each["routing_key"]]
    assert {each["message_id"] for each in retried} == {"cmd_away", "cmd_broken"}
    assert {each["reply_to"] for each in retried} == {"replies"}
    assert {each["headers"]["x-request-id"] for each in retried} == {"req-away", "req-broken"}
    [letter] = sent.dead
    assert letter["message_id"] == "cmd_x"


async def test_a_frame_delivered_again_is_split_and_its_deliveries_travel_along() -> None:
    raw = framed(part("a"), part("b"), headers={"x-delivery-count": 3}, redelivered=True)

    sent = await settled(raw)

    assert raw.settled == ["ack"]
    assert [each["routing_key"] for each in sent.replies] == [EXPORTS_VERIFY.queue] * 2
    assert [each["message_id"] for each in sent.replies] == ["cmd_a", "cmd_b"]
    assert {each["headers"]["x-deliveries"] for each in sent.replies} == {3}
    assert {each["content_type"] for each in sent.replies} == {"application/json"}


async def test_what_was_in_a_frame_is_delivered_no_more_often_than_what_came_alone() -> None:
    headers = {"x-deliveries": 4, "x-delivery-count": DELIVERY_LIMIT - 5}

    still = await settled(Raw(A_COMMAND.encoded(), headers, reply_to="replies"))
    over = await settled(
        Raw(A_COMMAND.encoded(), headers | {"x-deliveries": 5}, reply_to="replies")
    )

    assert [each["message_type"] for each in still.replies] == ["PlanVerified"]
    [letter] = over.dead
    assert letter["headers"]["x-reason"] == "delivery_limit"


async def test_a_frame_of_which_a_part_could_not_be_stored_goes_back_whole() -> None:
    raw = framed(part("fine"), part("away"))

    await settled(raw, away=True)

    assert raw.settled == ["nack"]


@pytest.mark.parametrize("body", [b"", b"{}", b"{}\n{}\n", b"[]\n{}", b'{"x":1}\n{}'])
async def test_a_frame_that_cannot_be_read_is_dead_at_once(body: bytes) -> None:
    raw = Raw(body, content_type=FRAME)

    sent = await settled(raw)

    [letter] = sent.dead
    assert "not a VerifyPlan: its frame cannot be read" in letter["headers"]["x-reason"]
    assert raw.settled == ["ack"]


class Slow:
    """A server that confirms when it is told to; refuses what is unroutable."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, dict[str, Any]]] = []
        self.confirm = asyncio.Event()

    async def send(self, body: bytes, **properties: Any) -> None:
        self.sent.append((body, properties))
        await self.confirm.wait()
        if properties["routing_key"] == "nowhere":
            raise QueueUnavailable("no queue")


async def test_a_message_alone_travels_alone_and_those_that_come_meanwhile_together() -> None:
    server = Slow()
    lanes = Lanes(server.send, framing=True)
    calls = [asyncio.create_task(lanes(part("first"), routing_key="exports.verify"))]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    calls += [
        asyncio.create_task(lanes(part(str(number)), routing_key="exports.verify"))
        for number in range(frames.MOST_PARTS + 1)
    ]
    await asyncio.sleep(0)
    server.confirm.set()
    await asyncio.gather(*calls)

    (first, alone), (together, framed_as), (last, _) = server.sent
    assert first == part("first").body
    assert alone["message_id"] == "cmd_first"
    assert framed_as["content_type"] == FRAME
    assert len(unpacked(together, None, None)) == frames.MOST_PARTS
    assert last == part(str(frames.MOST_PARTS)).body


async def test_what_cannot_be_sent_fails_for_each_that_was_in_it() -> None:
    server = Slow()
    server.confirm.set()
    lanes = Lanes(server.send, framing=True)

    outcomes = await asyncio.gather(
        *(lanes(part(str(number)), routing_key="nowhere") for number in range(3)),
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes] == [QueueUnavailable] * 3


async def test_without_frames_each_message_travels_alone() -> None:
    server = Slow()
    server.confirm.set()
    lanes = Lanes(server.send, framing=False)

    await asyncio.gather(*(lanes(part(str(number)), routing_key="q") for number in range(3)))

    assert len(server.sent) == 3
    assert not any("content_type" in properties for _, properties in server.sent)
