"""What somebody is asked to agree to before a live broker is mailed."""

from typing import Any

import pytest

from shpbndl import SHPBNDLError
from shpbndl_mcp.confirming import same, sentence_of

USD = {"orders": 2, "value_usd": 321.0}
EURO = {"orders": 1, "value_usd": None, "currency": "EUR", "value": 90.5}
BROKERS = {"br_1": "Niagara Customs Brokers Inc."}
TWICE = "desk@broker.example, who may then have it twice"
MAILED = {"recipient_email": "desk@broker.example"}


def an_export(**changes: Any) -> dict[str, Any]:
    return {
        "state": "PLANNED",
        "status": "PLANNED",
        "revision": 4,
        "planHash": "sha256:1",
        "broker_id": "br_1",
        "broker_submission": None,
        "totals": USD,
    } | changes


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Send 2 order(s) worth USD 321.00 to Niagara Customs Brokers Inc."),
        ({"totals": EURO, "broker_id": "br_2"}, "Send 1 order(s) worth EUR 90.5 to br_2"),
        (
            {"broker_submission": MAILED, "status": "DELIVERY_FAILED"},
            "Send again 2 order(s) worth USD 321.00 to desk@broker.example",
        ),
        (
            {"broker_submission": MAILED, "status": "DELIVERY_UNKNOWN"},
            f"Send again 2 order(s) worth USD 321.00 to {TWICE}",
        ),
    ],
)
def test_the_sentence_says_how_much_goes_to_whom_and_whether_it_may_come_twice(
    changes: dict[str, Any], sentence: str
) -> None:
    assert sentence_of(an_export(**changes), BROKERS) == sentence


@pytest.mark.parametrize(
    ("plan_hash", "revision", "code"),
    [("sha256:2", None, "PLAN_HASH_MISMATCH"), ("sha256:1", 3, "EXPORT_CHANGED")],
)
def test_what_changed_since_it_was_shown_is_refused(
    plan_hash: str, revision: int | None, code: str
) -> None:
    same(an_export(), "sha256:1", None)
    same(an_export(), "sha256:1", 4)

    with pytest.raises(SHPBNDLError) as refused:
        same(an_export(), plan_hash, revision)

    assert refused.value.error_code == code
