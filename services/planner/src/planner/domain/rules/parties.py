"""What the account, warehouse and broker records must hold before anything can be filed."""

from planner.domain.facts import PlanningInput
from planner.domain.rules.base import NOTHING, POLICY, Hit, Hits, Rule, Scope, Severity


def _submission(given: PlanningInput, _same: PlanningInput) -> Hits:
    return NOTHING if given.broker.content.get("email") else (Hit("broker.email"),)


SUBMISSION = Rule(
    id="R40",
    code="SUBMISSION_NOT_POSSIBLE",
    severity=Severity.BLOCKING,
    scope=Scope.BATCH,
    reads="broker.email",
    message="The broker has no e-mail address: the package cannot be sent.",
    remedy="An operator sets it: `entrygo broker update ID --email ADDRESS`.",
    source=POLICY,
    check=_submission,
    missing=True,
)
