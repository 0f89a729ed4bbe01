"""Contracts: what they take, what they refuse, what of a record is its substance."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contract.asyncapi import examples
from shared.contracts.base import Timestamp
from shared.contracts.catalogue import ProductFact
from shared.contracts.errors import ErrorCode, NextAction, Refusal, refusal
from shared.contracts.exports import SendDelivery
from shared.contracts.orders import OrderFact, OrderLine
from shared.contracts.parties import Email
from shared.contracts.sync import SyncOrders
from shared.errors import Refused
from shared.synced import dump_content

LINE = {"productId": "prod_1", "quantity": 1, "unitValueCents": 100}
ORDER = {"externalId": "A-1", "destinationCountry": "US", "items": [LINE]}


def a_send(**head: str) -> SendDelivery:
    return SendDelivery.model_validate(examples()["SendDelivery"] | head)


stamps = st.tuples(
    st.sampled_from(["2026-11-24T15:38:05.731Z", "2026-11-24T15:38:05.732Z"]),
    st.from_regex(r"cmd_[0-9a-zA-Z_-]{1,8}", fullmatch=True),
)


@given(stamps, stamps)
def test_stamps_order_commands_by_time_and_then_by_id(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    first, second = (a_send(issued_at=at, command_id=id_) for at, id_ in (one, other))

    assert (first.stamp < second.stamp) == (one < other)


def test_a_message_ignores_what_it_does_not_know_and_never_changes() -> None:
    command = SendDelivery.model_validate(examples()["SendDelivery"] | {"of_tomorrow": 1})

    assert not hasattr(command, "of_tomorrow")
    with pytest.raises(ValidationError):
        command.export_id = "batch_2"  # type: ignore[misc]  # frozen, which is the claim


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T15:38:05Z",
        "2026-11-24T15:38:05.731+00:00",
        "2026-11-24",
        "٢٠٢٦-11-24T15:38:05.731Z",
    ],
)
def test_a_time_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Timestamp).validate_python(text)


@pytest.mark.parametrize("names", [{}, {"productId": "prod_1", "productExternalId": "SW-1"}])
def test_a_line_names_its_product_by_exactly_one_name(names: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        OrderLine.model_validate({"quantity": 1, "unitValueCents": 1} | names)


@pytest.mark.parametrize(
    "change",
    [
        {"items": []},
        {"items": [LINE | {"quantity": 0}]},
        {"items": [LINE | {"quantity": 1_000_001}]},
        {"items": [LINE | {"unitValueCents": 1.5}]},
        {"items": [LINE | {"unitValueCents": -1}]},
        {"destinationCountry": "USA"},
        {"externalId": ""},
        {"externalId": "A\x001"},
    ],
)
def test_an_order_that_breaks_its_limits_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OrderFact.model_validate(ORDER | change)


def test_a_command_holds_at_most_a_thousand_orders() -> None:
    head = examples()["SyncOrders"]

    assert len(SyncOrders.model_validate(head | {"items": [ORDER] * 1_000}).items) == 1_000
    with pytest.raises(ValidationError):
        SyncOrders.model_validate(head | {"items": [ORDER] * 1_001})


def test_substance_is_all_but_metadata_and_what_is_absent() -> None:
    fact = OrderFact.model_validate(ORDER | {"metadata": {"a": 1}, "destinationRegion": None})

    assert dump_content(fact) == ORDER


def test_content_is_read_back_as_it_was_written() -> None:
    for name, contract in (("SyncOrders", OrderFact), ("SyncProducts", ProductFact)):
        for item in examples()[name]["items"]:
            fact = contract.model_validate(item)

            assert dump_content(contract.model_validate(dump_content(fact))) == item


def test_a_key_that_would_sort_otherwise_elsewhere_is_refused() -> None:
    with pytest.raises(ValidationError):
        ProductFact.model_validate(
            {"externalId": "P", "title": "T", "pga": {"fda": {"\U0001f600": "x"}}}
        )


@pytest.mark.parametrize("address", ["a@b.example", "a.b+c@mail.b.example"])
def test_a_bare_address_is_one(address: str) -> None:
    assert TypeAdapter(Email).validate_python(address) == address


@pytest.mark.parametrize(
    "address", ["A <a@b.example>", "a@b.example\nBcc: c@d.example", "a@", "@b", "a b@c.example", ""]
)
def test_what_could_break_a_header_is_no_address(address: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Email).validate_python(address)


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_error_has_a_status_says_whether_to_repeat_it_and_what_to_do(
    code: ErrorCode,
) -> None:
    answer = refusal(code, "No.")

    assert answer.status == code.status
    assert answer.details["retryable"] is code.retryable
    assert answer.details["next_action"] in set(NextAction)


def test_a_refusal_travels_and_is_the_same_again() -> None:
    told = Refused(
        ErrorCode.PLAN_STALE, "It has changed.", field="batchId", details={"changed": []}
    )

    read = Refusal.model_validate_json(told.refusal.model_dump_json())

    assert Refused.again(read).refusal == told.refusal
    assert read.envelope() == {
        "errorCode": "PLAN_STALE",
        "message": "It has changed.",
        "field": "batchId",
        "details": {"changed": [], "retryable": False, "next_action": "REPLAN"},
    }
