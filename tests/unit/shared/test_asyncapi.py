"""The message contract: the committed document is the generated one, and tells all of topology."""

from typing import Any

import pytest
from pydantic import BaseModel

from contract.asyncapi import asyncapi_document, contracts, examples
from shared.messaging import topology
from shared.messaging.arguments import retry_arguments, work_arguments
from shared.messaging.journey import (
    ATTEMPT,
    DELIVERIES,
    DIED_AT,
    FAULTS,
    FIRST_SEEN,
    REASON,
)
from shared.settings import CommonSettings


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return asyncapi_document()


def test_the_environment_does_not_change_the_document(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENTRYGO_RETRY_DELAYS_MS", "[7]")

    assert asyncapi_document() == document


@pytest.mark.parametrize("contract", contracts(), ids=lambda contract: contract.__name__)
def test_the_example_of_a_contract_is_one_and_uses_only_its_words(
    contract: type[BaseModel],
) -> None:
    example = examples()[contract.__name__]

    read = contract.model_validate(example).model_dump(mode="json", by_alias=True)

    assert _within(example, read)


def _within(part: Any, whole: Any) -> bool:
    """Whether all that the example says was understood, and not ignored."""
    if isinstance(part, dict):
        return all(name in whole and _within(part[name], whole[name]) for name in part)
    if isinstance(part, list):
        return all(_within(one, other) for one, other in zip(part, whole, strict=True))
    return bool(part == whole)


def test_there_is_no_example_without_a_contract() -> None:
    assert set(examples()) == {contract.__name__ for contract in contracts()}


def test_every_queue_is_a_channel_with_its_arguments(document: dict[str, Any]) -> None:
    for route in topology.ROUTES:
        queue = document["channels"][route.queue]["bindings"]["amqp"]["queue"]

        assert queue["x-arguments"] == work_arguments(route.service)


def test_every_command_with_an_answer_has_it_and_the_refusal_as_replies(
    document: dict[str, Any],
) -> None:
    for route in topology.ROUTES:
        operation = document["operations"][f"receive.{route.key}"]
        if route.answer is None:
            assert "reply" not in operation
        else:
            names = [m["$ref"].rsplit("/", 1)[1] for m in operation["reply"]["messages"]]
            assert names == [route.answer.__name__, "Refusal"]


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def follow(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(target := value.get("$ref"), str):
                place: Any = document
                for name in target.removeprefix("#/").split("/"):
                    place = place[name]
            for part in value.values():
                follow(part)
        elif isinstance(value, list):
            for part in value:
                follow(part)

    follow(document)


def test_every_field_is_described(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"].values()
    bare = [
        f"{schema['title']}.{name}"
        for schema in schemas
        for name, field in schema.get("properties", {}).items()
        if not field.get("description")
    ]

    assert bare == []


def test_the_headers_are_those_that_are_written(document: dict[str, Any]) -> None:
    messages = document["components"]["messages"]
    asked = messages["SyncOrders"]["headers"]["properties"]
    dead = messages["DeadLetter"]["headers"]["properties"]

    assert {ATTEMPT, FAULTS, DELIVERIES} <= set(asked)
    assert {REASON, DIED_AT, FIRST_SEEN} <= set(dead)


def test_every_queue_that_is_declared_is_told(document: dict[str, Any]) -> None:
    told = {name for name, each in document["channels"].items() if _is_queue(each)}
    retries = {
        each["name"]: each["arguments"]
        for channel in document["channels"].values()
        for each in channel.get("x-retry-queues", ())
    }

    assert told == {
        *(route.queue for route in topology.ROUTES),
        *(topology.dead_queue(service) for service in topology.SERVICES),
    }
    assert retries == {
        topology.retry_queue(route.queue, delay): retry_arguments(route.queue, delay)
        for route in topology.ROUTES
        for delay in CommonSettings.model_fields["retry_delays_ms"].default
    }


def _is_queue(channel: dict[str, Any]) -> bool:
    return bool(channel.get("bindings", {}).get("amqp", {}).get("is") == "queue")
