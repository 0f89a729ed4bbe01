"""What the mail says of what needs the broker's eye: what matters first, each once, and where."""

from typing import Any

import pytest

from shared.prompts import MOST_PLACES, prompts


def a_flag(reason: str, *lines: int, **who: str) -> dict[str, Any]:
    return {"reason": reason, "lineNumbers": list(lines), **(who or {"agency": "FDA"})}


def a_finding(message: str, *lines: int, code: str = "MID_MISSING") -> dict[str, Any]:
    return {"code": code, "severity": "WARNING", "message": message, "lineNumbers": list(lines)}


def an_invoice(*told: dict[str, Any]) -> dict[str, Any]:
    return {
        "flags": [note for note in told if "reason" in note],
        "findings": [note for note in told if "message" in note],
    }


def test_cases_come_before_programmes_before_warnings_before_agencies() -> None:
    invoice = an_invoice(
        a_flag("FDA may ask.", 1),
        a_flag("Section 301 is due.", 1, programme="301"),
        a_finding("The maker is missing.", 1),
        a_finding("A case may cover it.", 1, code="ADCVD_REVIEW"),
    )

    assert [prompt.removeprefix("Line 1: ") for prompt in prompts([invoice])] == [
        "A case may cover it.",
        "Section 301 is due.",
        "The maker is missing.",
        "FDA may ask.",
    ]


def test_a_prompt_of_several_entries_is_said_once_with_the_lines_of_each() -> None:
    first = an_invoice(a_flag("FDA may ask.", 1, 2, 3, 7))
    second = an_invoice(a_flag("FDA may ask.", 2), a_flag("Ask TTB.", 1, agency="TTB"))

    assert prompts([first, second]) == [
        "Entry 1, lines 1-3, 7; entry 2, line 2: FDA may ask.",
        "Entry 2, line 1: Ask TTB.",
    ]


def test_what_several_rows_of_one_agency_say_alike_names_an_entry_once() -> None:
    rows = [a_flag("FDA: data given.", line) for line in (1, 3, 2, 3)]
    whole = a_flag("FDA: data given.")

    assert prompts([an_invoice(*rows)]) == ["Lines 1-3: FDA: data given."]
    assert prompts([an_invoice(*rows), an_invoice(rows[0])]) == [
        "Entry 1, lines 1-3; entry 2, line 1: FDA: data given."
    ]
    assert prompts([an_invoice(*rows, whole)]) == ["FDA: data given."]


def test_a_prompt_of_many_entries_names_them_alone() -> None:
    invoices = [an_invoice(a_flag("FDA may ask.", 1)) for _ in range(MOST_PLACES + 1)]

    assert prompts(invoices) == ["Entries 1-6: FDA may ask."]


@pytest.mark.parametrize("entries", [1, 2, MOST_PLACES + 1])
def test_what_concerns_the_whole_shipment_names_no_place(entries: int) -> None:
    information = a_finding("For information.") | {"severity": "INFO"}
    invoices = [an_invoice(a_finding("No bond is on file."), information)] * entries

    assert prompts(invoices) == ["No bond is on file."]
