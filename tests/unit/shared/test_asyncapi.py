"""The message contract: the committed document is the generated one, and tells all of topology."""

from typing import Any

import pytest
from pydantic import BaseModel

from contract.asyncapi import asyncapi_document
from contract.asyncapi_messages import contracts, descriptions, examples
from shared.messaging import topology


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

        assert queue["x-arguments"] == topology.work_arguments(route.service)


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


def test_every_field_is_described_and_nothing_else_is(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"].values()
    fields = {name for schema in schemas for name in schema.get("properties", {})}
    bare = [
        f"{schema['title']}.{name}"
        for schema in schemas
        for name, field in schema.get("properties", {}).items()
        if not field["description"]
    ]

    assert bare == []
    assert set(descriptions()) <= fields
