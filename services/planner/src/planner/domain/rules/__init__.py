"""The catalogue of rules. A new rule: its definition in a file here, one line below, one test."""

from typing import Any

from planner.domain.rules import classification, destination, origin, parties, value
from planner.domain.rules.base import Rule

RULES: tuple[Rule[Any], ...] = (
    destination.NOT_US,  # R02
    destination.OUTSIDE_TERRITORY,  # R03
    destination.REGION_INVALID,  # R04
    destination.POSTAL_CODE_INVALID,  # R05
    value.INVALID,  # R10
    value.SUSPECT,  # R11
    classification.MISSING,  # R12
    classification.INVALID,  # R13
    classification.NOT_TEN_DIGITS,  # R14
    classification.SPECIAL_CHAPTER,  # R15
    origin.MISSING,  # R16
    origin.INVALID,  # R17
    parties.SUBMISSION,  # R40
    classification.NOT_FOUND,  # R41
    classification.NOT_CHECKED,  # R42
)
