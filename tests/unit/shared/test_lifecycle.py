"""One export has one status, and the store's query for it finds exactly that."""

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.claims import is_void, live_claims
from shared.contracts.errors import ErrorCode, NextAction
from shared.contracts.lifecycle import (
    DeliveryStatus,
    ExportRecord,
    Readiness,
    State,
    Status,
    next_action_of,
    plan_next_action,
    status_of,
)
from shared.errors import Refused
from shared.exports import where_status
from support.matching import matches

exports = st.builds(
    lambda state, readiness, stalled, delivery, operator_only: ExportRecord(
        state=state,
        plan={"readiness": readiness, "operator_only": operator_only},  # type: ignore[typeddict-item]  # the part that counts
        execution={"stalled": stalled} if state in {State.EXECUTING, State.EXECUTED} else None,
        last_execution=None,
        deliveries={"BROKER": {"status": delivery}} if state == State.EXECUTED else {},
    ),
    st.sampled_from([str(state) for state in State]),
    st.sampled_from([str(readiness) for readiness in Readiness]),
    st.booleans(),
    st.sampled_from([str(delivery) for delivery in DeliveryStatus]),
    st.booleans(),
)


@given(exports)
def test_the_query_for_a_status_finds_an_export_of_that_status_and_no_other(
    export: ExportRecord,
) -> None:
    found = [status for status in Status if matches(dict(export), where_status(status))]

    assert found == [status_of(export)]


@given(exports)
def test_there_is_always_something_to_do_next(export: ExportRecord) -> None:
    assert next_action_of(export) in NextAction


@pytest.mark.parametrize(
    ("readiness", "operator_only", "action"),
    [
        (Readiness.READY, False, NextAction.EXECUTE),
        (Readiness.READY_WITH_WARNINGS, True, NextAction.REVIEW_AND_EXECUTE),
        (Readiness.BLOCKED, False, NextAction.FIX_DATA_AND_REPLAN),
        (Readiness.BLOCKED, True, NextAction.CONTACT_OPERATOR),
    ],
)
def test_a_plan_says_what_to_do(
    readiness: Readiness,
    operator_only: bool,  # noqa: FBT001  # a column of the table
    action: NextAction,
) -> None:
    assert plan_next_action(readiness, operator_only=operator_only) is action


def test_what_the_last_execution_was_refused_for_comes_before_the_plan() -> None:
    envelope = Refused(ErrorCode.PLAN_STALE, "It has changed.").refusal.envelope()
    export = a_planned_export(
        last_execution={"command_id": "cmd_1", "outcome": "REFUSED", "error": envelope}
    )

    assert next_action_of(export) is NextAction.REPLAN
    assert next_action_of(a_planned_export(last_execution=None)) is NextAction.EXECUTE


def test_a_plan_that_nobody_can_mend_says_so_wherever_the_export_is_told() -> None:
    plan = {"readiness": "BLOCKED", "operator_only": False, "next_action": "LEAVE_OUT_AND_REPLAN"}
    export = a_planned_export(plan=plan, last_execution=None)

    assert next_action_of(export) is NextAction.LEAVE_OUT_AND_REPLAN


def a_planned_export(**fields: Any) -> ExportRecord:
    plan = {"readiness": "READY", "operator_only": False}
    return cast("ExportRecord", {"state": "PLANNED", "plan": plan} | fields)


CLAIM = {"export": "batch_1", "attempt": 2}


@pytest.mark.parametrize(
    ("attempt", "state", "void"),
    [
        (2, State.EXECUTING, False),
        (2, State.EXECUTED, False),
        (2, State.PLANNED, True),
        (2, State.VOIDED, True),
        (3, State.EXECUTING, True),
        (1, State.PLANNED, False),  # an old read says nothing
    ],
)
def test_a_claim_is_void_only_by_a_record_that_is_not_older_than_it(
    attempt: int,
    state: State,
    void: bool,  # noqa: FBT001  # a column of the table
) -> None:
    assert is_void(CLAIM, {"attempt": attempt, "state": state.value}) is void


def test_a_claim_whose_export_cannot_be_read_holds() -> None:
    assert not is_void(CLAIM, None)
    assert live_claims({"ord_1": CLAIM}, {}) == {"ord_1": CLAIM["export"]}
