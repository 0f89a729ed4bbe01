"""The catalogue of rules. A new rule: its definition in a file here, one line below, one test.

The flags, R29 and R33, are no rules of this list: they lower nothing (planner.domain.flags).
"""

from typing import Any

from planner.domain.rules import (
    agencies,
    class_data,
    classification,
    consignee,
    description,
    destination,
    entry,
    manufacturer,
    origin,
    parties,
    prohibited,
    remedies,
    shipment,
    value,
)
from planner.domain.rules.base import Rule

RULES: tuple[Rule[Any], ...] = (
    destination.NOT_US,  # R02
    destination.OUTSIDE_TERRITORY,  # R03
    destination.REGION_INVALID,  # R04
    destination.POSTAL_CODE_INVALID,  # R05
    consignee.IDENTITY_MISSING,  # R06
    consignee.ALREADY_EXPORTED,  # R07
    value.INVALID,  # R10
    value.SUSPECT,  # R11
    classification.MISSING,  # R12
    classification.INVALID,  # R13
    classification.NOT_TEN_DIGITS,  # R14
    classification.SPECIAL_CHAPTER,  # R15
    origin.MISSING,  # R16
    origin.INVALID,  # R17
    origin.EMBARGOED,  # R18
    origin.RUSSIA_BANNED,  # R19
    origin.SANCTIONS_REVIEW,  # R20
    description.MISSING,  # R21
    description.VAGUE,  # R22
    manufacturer.TEXTILE_MISSING,  # R23
    manufacturer.MISSING,  # R24
    manufacturer.CN_POSTAL_CODE_MISSING,  # R25
    manufacturer.XINJIANG,  # R26
    class_data.CLASS_DATA_MISSING,  # R27
    class_data.WEIGHT_MISSING,  # R28
    prohibited.PROHIBITED,  # R30
    agencies.PRIOR_NOTICE_NEEDED,  # R31
    agencies.CERTIFICATE_MISSING,  # R32
    agencies.UFLPA_SECTOR,  # R34
    remedies.ADCVD_REVIEW,  # R35
    entry.FORMAL_REQUIREMENTS,  # R36
    entry.FORMAL,  # R36
    entry.DE_MINIMIS,  # R37
    entry.CHAPTER_99,  # R38
    parties.PARTY_DATA,  # R39
    parties.SUBMISSION,  # R40
    classification.NOT_FOUND,  # R41
    classification.NOT_CHECKED,  # R42
    origin.DOUBTFUL,  # R43
    shipment.DATA_MISSING,  # R44
    shipment.PACKAGES_ASSUMED,  # R45
    shipment.GROSS_WEIGHT_ASSUMED,  # R46
    parties.NO_WAREHOUSE_NOTICE,  # R47
    remedies.CLAIM_INVALID,  # R48
    remedies.CERTIFICATION_MISSING,  # R49
)
