"""What comes by the queue, from mail servers, in an operator's files: read, or refused as meant."""

import asyncio
import json
from typing import Any, cast

import aiosmtplib
from aio_pika.abc import AbstractIncomingMessage
from aiosmtplib.protocol import SMTPProtocol
from aiosmtplib.response import SMTPResponse
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from broker_mailer.transports.smtp import (
    SmtpSession,
    Timeouts,
    _insist_on_one_code,
)
from entrygo_operator.addresses import completed
from entrygo_operator.tariff_table import BadTariffFile, read_table
from shared.clock import utc_now
from shared.contracts.exports import VerifyPlan
from shared.contracts.parties import Email
from shared.messaging import dead_letters
from shared.messaging.frames import NoFrame, packed, unpacked
from shared.messaging.journey import Journey, WrongHeader, delivered
from shared.messaging.reading import Unreadable, read, who_asked
from shared.validation import MAX_ISSUES
from support.foreign import ANYTHING, HEADER_VALUES, attempted, changed, texts_of, tried, utf8
from support.messages import A_COMMAND, Raw, received
from unit.shared.test_frames import part

OURS = (
    *("x-request-id", "x-attempt", "x-faults", "x-first-seen", "x-until", "x-deliveries"),
    *("x-delivery-count", "x-death", "x-reason", "x-died-at", "x-asker", "traceparent"),
)
HEADERS = st.dictionaries(st.sampled_from(OURS) | st.text(max_size=9), HEADER_VALUES, max_size=4)
FRAME = packed([part("one"), part("two")])


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    lines = FRAME.split(b"\n")
    line = draw(ANYTHING.map(json.dumps).map(str.encode) | st.binary(max_size=40))
    lines[draw(st.integers(0, 3))] = line
    return b"\n".join(lines)


@given(frames() | st.binary(max_size=200))
@tried
def test_fuzz_a_frame_holds_only_what_is_in_it_or_is_none(body: bytes) -> None:
    parts = attempted(lambda: unpacked(body, "replies", "gateway"), NoFrame)

    if not isinstance(parts, NoFrame):
        assert all(each.body in body for each in parts)
        assert len(parts) <= 1 + body.count(b"\n")
        assert {(each.reply_to, each.user_id) for each in parts} == {("replies", "gateway")}


@given(changed(A_COMMAND.model_dump(mode="json")) | st.binary(max_size=200))
@tried
def test_fuzz_a_message_is_a_command_or_unreadable(body: bytes) -> None:
    command = attempted(lambda: read(VerifyPlan, received(Raw(body))), Unreadable)

    asker = who_asked(body)
    assert asker is None or all(len(name) <= 255 for name in asker)
    if isinstance(command, Unreadable):
        assert command.refusal.status == 400
        assert len(command.refusal.details.get("issues", ())) <= MAX_ISSUES
    else:
        assert json.loads(body)["command_id"] == command.command_id


@given(HEADERS)
@tried
def test_fuzz_headers_are_a_journey_or_wrong(headers: dict[str, Any]) -> None:
    journey = attempted(lambda: Journey.read(headers, utc_now()), WrongHeader)

    if isinstance(journey, WrongHeader):
        assert len(str(journey)) < 200
        journey = Journey.unread(headers)
    else:
        assert journey.request_id in {"", headers.get("x-request-id")}
        assert journey.deliveries == 0 or journey.deliveries == delivered(headers)
    assert 0 <= journey.attempt < 2**31


@given(HEADERS, st.binary(max_size=20), st.none() | st.text(max_size=9))
@tried
def test_fuzz_a_dead_letter_is_listed_whatever_its_headers(
    headers: dict[str, Any], body: bytes, name: str | None
) -> None:
    message = Raw(body, headers, message_id=name)
    message.exchange = "entrygo.direct"  # type: ignore[attr-defined]  # as RabbitMQ delivers it
    message.routing_key = None  # type: ignore[attr-defined]  # likewise

    letter = dead_letters._letter("planner", cast("AbstractIncomingMessage", message))  # noqa: SLF001  # what lists read

    assert letter.id
    assert letter.body == body
    assert letter.age(utc_now()) is None or isinstance(letter.age(utc_now()), float)
    assert all(
        isinstance(each, str)
        for each in (letter.reason, letter.died_at, letter.origin_queue, letter.asker)
    )


@given(
    st.binary(max_size=200)
    | texts_of("0123456789 -\r\n").map(lambda text: text.encode("utf-8", "replace"))
    | st.lists(st.sampled_from([b"250-a\r\n", b"250 ok\r\n", b"550 no\r\n", b"354 go\r\n"])).map(
        b"".join
    )
)
@tried
def test_fuzz_an_answer_of_a_mail_server_is_one_code_of_it_or_a_failure(said: bytes) -> None:
    async def answered() -> SMTPResponse | None:
        protocol = SMTPProtocol()
        _insist_on_one_code(protocol)
        protocol._buffer.extend(said)  # noqa: SLF001  # as if the socket gave it
        return protocol._read_response_from_buffer()  # noqa: SLF001  # what waits for an answer

    answer = attempted(lambda: asyncio.run(answered()), aiosmtplib.SMTPException)

    if isinstance(answer, SMTPResponse):
        assert str(answer.code).encode() in said or answer.code == -1
        assert len(answer.message) <= len(said)


@given(st.text(max_size=30) | st.text("0123456789", max_size=5_000))
@tried
def test_fuzz_the_size_a_mail_server_announces_is_a_number_or_none(announced: str) -> None:
    client = aiosmtplib.SMTP()
    client.esmtp_extensions = {"size": announced}
    size = SmtpSession(client, cast("Timeouts", None)).max_size

    assert size is None or str(size) in announced


ROW = '"0101.21.00.10","0","Horses","[""No.""]"'
ADDRESSES: TypeAdapter[str] = TypeAdapter(Email)
HEAD = "HTS Number,Indent,Description,Unit of Quantity"


@given(
    st.binary(max_size=300)
    | texts_of('0123456789.,"[]No \n').map(lambda text: utf8(f"{HEAD}\n{ROW}\n{text}"))
    | changed([{"htsno": "0101.21.00.10", "indent": "0", "description": "x", "units": ["No."]}])
)
@tried
def test_fuzz_a_tariff_file_is_a_table_of_its_numbers_or_refused_by_line(data: bytes) -> None:
    table = attempted(lambda: read_table(data), BadTariffFile)

    if isinstance(table, BadTariffFile):
        assert table.line >= 1
    else:
        found = [number for numbers in table.headings.values() for number in numbers]
        assert len(found) == table.count
        assert all(number[:4].encode() in data for number in found)


@given(texts_of("ab.@-+'xn", 80))
@tried
def test_fuzz_an_address_of_a_mail_is_bare_or_refused(value: str) -> None:
    address = attempted(lambda: ADDRESSES.validate_python(value), ValidationError)

    if isinstance(address, str):
        assert address == value
        assert address.count("@") == 1
        assert not set(address) & set(' \r\n<>(),;:"\\')
        assert len(address) <= 254


@given(texts_of("12 Quay, Halifax NS B3H 4R2, Canada", 200))
@tried
def test_fuzz_an_address_in_one_line_gives_only_what_stands_in_it(line: str) -> None:
    whole = completed({"address.addressLines": [line], "country": "CA"})

    city = whole.get("address.city", "")
    assert " ".join(city.split()) in " ".join(line.split())
    assert whole["address.country"] == "CA"
