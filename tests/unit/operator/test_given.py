"""What an operator types: addresses, amounts, ages, options."""

from datetime import timedelta

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from entrygo_operator import options
from entrygo_operator.addresses import completed
from entrygo_operator.options import Setting, duration, usd
from shared.contracts.parties import AccountContent, BrokerContent, WarehouseContent

CONTENT: dict[str, tuple[tuple[Setting, ...], type[BaseModel]]] = {
    "account": (options.ACCOUNT, AccountContent),
    "warehouse": ((options.NAME, *options.WAREHOUSE), WarehouseContent),
    "broker": ((options.NAME, *options.BROKER), BrokerContent),
}


@pytest.mark.parametrize(
    ("line", "lines", "city", "code"),
    [
        (
            "6900 Airport Road, Dock 12, Mississauga, ON L4V 1E8",
            ["6900 Airport Road", "Dock 12"],
            "Mississauga",
            "L4V 1E8",
        ),
        ("100 Front Street, Toronto ON M5J 1E3", ["100 Front Street"], "Toronto", "M5J 1E3"),
        ("9 rue A, Montréal, QC H2X 1Y4, Canada", ["9 rue A"], "Montréal", "H2X 1Y4"),
        ("1 Dock Street, Halifax", ["1 Dock Street"], "Halifax", None),
    ],
)
def test_an_address_in_one_line_is_taken_apart(
    line: str, lines: list[str], city: str, code: str | None
) -> None:
    whole = completed({"country": "CA", "address.addressLines": [line]})

    assert whole["address.addressLines"] == lines
    assert whole["address.city"] == city
    assert whole.get("address.postalCode") == code
    assert whole["address.country"] == "CA"


def test_an_address_given_in_parts_is_left_as_it_is() -> None:
    parts = {"address.addressLines": ["1 Dock Street, Shed 4"], "address.city": "Halifax"}

    assert completed(parts) == parts


@given(st.integers(min_value=0, max_value=10**9))
def test_every_amount_of_cents_is_read_exactly(amount: int) -> None:
    assert usd(f"{amount // 100}.{amount % 100:02}") == amount


@pytest.mark.parametrize("text", ["1.005", "-1", "NaN", "Infinity", "a dollar", ""])
def test_what_is_no_amount_is_wrong_usage(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        usd(text)


def test_ages_are_read_and_anything_else_is_wrong_usage() -> None:
    assert duration("10m") == timedelta(minutes=10)
    assert duration("2d") == timedelta(days=2)
    with pytest.raises(typer.BadParameter):
        duration("soon")


@pytest.mark.parametrize("kind", CONTENT)
def test_every_field_of_a_record_has_its_option_and_every_option_its_field(kind: str) -> None:
    settings, content = CONTENT[kind]
    fields = _paths(content.model_json_schema(by_alias=True))
    if kind == "account":
        fields -= {"name", "test"}  # an argument; and for good

    assert {setting.path for setting in settings} == fields


def test_the_options_of_a_record_have_names_of_their_own() -> None:
    for settings, _ in CONTENT.values():
        names = [setting.name for setting in settings]
        assert len(set(names)) == len(names)


def test_a_flag_has_its_opposite_and_is_named_by_itself() -> None:
    flag = Setting("--bonded", "bonded", "", bool)

    assert (flag.option, flag.name) == ("--bonded/--no-bonded", "bonded")


def _paths(schema: dict[str, object], root: dict[str, object] | None = None) -> set[str]:
    root = root or schema
    found: set[str] = set()
    properties = schema.get("properties")
    assert isinstance(properties, dict)
    for name, field in properties.items():
        choices = field.get("anyOf", [field])
        inner = [_resolved(choice, root) for choice in choices if "$ref" in choice]
        nested = [part for part in inner if "properties" in part]
        found |= {f"{name}.{path}" for part in nested for path in _paths(part, root)} or {name}
    return found


def _resolved(choice: dict[str, str], root: dict[str, object]) -> dict[str, object]:
    definitions = root["$defs"]
    assert isinstance(definitions, dict)
    resolved: dict[str, object] = definitions[choice["$ref"].rsplit("/", 1)[-1]]
    return resolved
