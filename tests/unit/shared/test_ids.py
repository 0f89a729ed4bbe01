"""Ids that name the same thing for the same cause, and a number that people may mistype."""

import re

from hypothesis import given
from hypothesis import strategies as st

from shared.ids import derived_id, minted_id, package_number, read_package_number

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
letters = st.characters(codec="utf-8", exclude_characters="\x1f")  # the contract lets none in
parts = st.lists(st.text(letters, max_size=20), max_size=4)


@given(parts, parts)
def test_a_derived_id_depends_on_its_parts_and_on_nothing_else(
    one: list[str], other: list[str]
) -> None:
    assert derived_id("ord_", *one) == derived_id("ord_", *one)
    assert (derived_id("ord_", *one) == derived_id("ord_", *other)) == (one == other)


def test_parts_are_not_run_together() -> None:
    assert derived_id("ord_", "ab", "c") != derived_id("ord_", "a", "bc")


def test_the_prefix_is_part_of_the_cause() -> None:
    assert derived_id("ord_", "a")[4:] != derived_id("cp_", "a")[3:]


def test_minted_ids_are_never_equal() -> None:
    assert len({minted_id("cmd_") for _ in range(1_000)}) == 1_000


@given(st.text(), st.integers(2000, 2999))
def test_a_package_number_has_the_form_that_people_read(package_id: str, year: int) -> None:
    number = package_number(package_id, year)

    assert re.fullmatch(rf"CP-{year}-[{CROCKFORD}]{{8}}-[{CROCKFORD}]", number)


@given(st.text(), st.integers(2000, 2999))
def test_a_package_number_is_read_however_it_was_written_down(package_id: str, year: int) -> None:
    number = package_number(package_id, year)

    for written in (number, number.lower(), number.replace("-", " "), f" {number}. "):
        assert read_package_number(written) == number
    heard = number[8:].replace("0", "O").replace("1", "l")
    assert read_package_number(f"cp {year} {heard}") == number


@given(st.text(), st.integers(8, 17), st.sampled_from(CROCKFORD))
def test_a_slip_in_a_package_number_is_no_number(package_id: str, place: int, wrong: str) -> None:
    number = package_number(package_id, 2026)
    mistyped = number[:place] + wrong + number[place + 1 :]

    told_apart = number[place] not in {wrong, "-"} and {number[place], wrong} != {"0", "Z"}
    assert (read_package_number(mistyped) is None) == told_apart or number[place] == "-"
    assert read_package_number("CP-2026") is None


@given(st.text(), st.integers(0, 7), st.sampled_from(CROCKFORD))
def test_one_wrong_character_is_noticed_unless_it_is_z_for_0(
    package_id: str, place: int, wrong: str
) -> None:
    digits, check = package_number(package_id, 2026).split("-")[2:]
    mistyped = digits[:place] + wrong + digits[place + 1 :]

    same = mistyped == digits or {digits[place], wrong} == {"0", "Z"}
    assert (check_of(mistyped) == check) == same


@given(st.text(), st.integers(0, 6))
def test_two_swapped_characters_are_noticed_unless_they_are_z_and_0(
    package_id: str, place: int
) -> None:
    digits, check = package_number(package_id, 2026).split("-")[2:]
    pair = digits[place : place + 2]
    swapped = digits[:place] + pair[::-1] + digits[place + 2 :]

    same = swapped == digits or set(pair) == {"0", "Z"}
    assert (check_of(swapped) == check) == same


def check_of(digits: str) -> str:
    """The check character as its reader would work it out."""
    total = sum(place * CROCKFORD.index(letter) for place, letter in enumerate(digits, start=1))
    return CROCKFORD[total % 31]
