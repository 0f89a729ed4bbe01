"""What is a social security number, however it is spelled, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.orders import Buyer
from shared.privacy import guarded, without_ssn

FULL_WIDTH = str.maketrans({str(digit): chr(0xFF10 + digit) for digit in range(10)})
ARABIC = str.maketrans({str(digit): chr(0x0660 + digit) for digit in range(10)})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("123-45-6789", "withheld"),
        ("123 45 6789", "withheld"),
        ("123.45.6789", "withheld"),
        ("123 - 45 - 6789", "withheld"),
        ("123\N{EN DASH}45\N{EN DASH}6789", "withheld"),
        ("123456789", "withheld"),
        ("123-45-6789".translate(FULL_WIDTH), "withheld"),
        ("123456789".translate(FULL_WIDTH), "withheld"),
        ("123-45-6789".translate(ARABIC), "withheld"),
        ("SSN: 123-45-6789", "SSN: withheld"),
        ("SSN 123456789", "SSN withheld"),
        ("ssn#123456789", "ssn#withheld"),
        ("S.S.N. 123456789", "S.S.N. withheld"),
        ("Social Security No. 123456789", "Social Security No. withheld"),
        ("123456789 (SSN)", "withheld (SSN)"),
        ("ITIN 987-65-4321", "ITIN withheld"),
        ("Pat, 123-45-6789, and Sam, 987-65-4321", "Pat, withheld, and Sam, withheld"),
    ],
)
def test_a_social_security_number_is_withheld_however_it_is_spelled(text: str, shown: str) -> None:
    assert without_ssn(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "12-3456789",
        "12-345678900",
        "EIN 123456789",
        "123456-12345",
        "DE123456789",
        "GB 123 4567 89",
        "VAT 123456789",
        "+1 716 555 0134",
        "14201-1234",
        "4111 1111 1111 1111",
        "SSN 12-3456789",
        "221 Elm Street, Apt 4",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert without_ssn(text) == text


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_around_it_is_kept(before: str, after: str) -> None:
    shown = without_ssn(f"{before} | 123-45-6789 | {after}")

    assert "123-45-6789" not in shown
    assert "| withheld |" in shown


def test_every_text_of_a_record_is_looked_at() -> None:
    buyer = Buyer(name="Pat 123-45-6789", address_lines=("1 Elm", "SSN 123456789"), city="Buffalo")

    shown = guarded(buyer)

    assert shown.name == "Pat withheld"
    assert shown.address_lines == ("1 Elm", "SSN withheld")
    assert (shown.city, shown.country) == ("Buffalo", None)
