"""What a row of the rules' tables says: a rule's code, a claim, a plan, and what the rule does."""

from typing import NamedTuple

from planner.domain.facts import PlanningInput

BLOCKING, WARNING, INFO = "BLOCKING", "WARNING", "INFO"


class Case(NamedTuple):
    code: str
    claim: str
    given: PlanningInput
    severity: str | None = None  # None: the rule stays silent
