"""What the account, warehouse and broker records must hold before anything can be filed."""

import re

from planner.domain.facts import PlanningInput
from planner.domain.rules.base import NOTHING, POLICY, Hit, Hits, Rule, Scope, Severity, law

# Importer numbers (CBP Form 5106): an EIN, with its suffix or without, or one CBP assigned.
_EIN = re.compile(r"\d{2}-\d{7}([0-9A-Z]{2})?")
_CBP_ASSIGNED = re.compile(r"\d{6}-\d{5}")
_SSN = re.compile(r"\d{3}-\d{2}-\d{4}")


def _importer_number(given: PlanningInput) -> str | None:
    """What is wrong with the importer's number, if anything."""
    number = given.importer.get("number", "")
    if _EIN.fullmatch(number) or _CBP_ASSIGNED.fullmatch(number):
        return None
    if _SSN.fullmatch(number):
        return "The importer of record's number is a social security number and is refused"
    return f"The importer of record's number is {'invalid' if number else 'missing'}"


def _party_data(given: PlanningInput, _same: PlanningInput) -> Hits:
    account, warehouse = given.account.content, given.warehouse.content
    wanted = (
        ("account.importerOfRecord.number", _importer_number(given), "account"),
        (
            "account.exporter",
            None if account.get("exporter", {}).get("name") else "The seller's name is missing",
            "account",
        ),
        (
            "account.responsibleEmployee",
            None
            if account.get("responsibleEmployee", {}).get("name")
            else "The exporter's responsible employee is missing",
            "account",
        ),
        (
            "warehouse.address",
            None if warehouse.get("address") else "The warehouse's address is missing",
            "warehouse",
        ),
    )
    return [
        Hit(path, {"what": what}, remedy=f"An operator sets it: `entrygo {record} update ID`.")
        for path, what, record in wanted
        if what
    ]


PARTY_DATA = Rule(
    id="R39",
    code="UNIT_PARTY_DATA_MISSING",
    severity=Severity.BLOCKING,
    scope=Scope.BATCH,
    reads="account.importerOfRecord.number",
    message="{what}.",
    remedy="An operator sets it with `entrygo account update` or `entrygo warehouse update`.",
    source=POLICY,
    check=_party_data,
    missing=True,
)


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


def _no_notice(given: PlanningInput, _same: PlanningInput) -> Hits:
    return NOTHING if given.warehouse.content.get("email") else (Hit("warehouse.email"),)


NO_WAREHOUSE_NOTICE = Rule(
    id="R47",
    code="WAREHOUSE_NOT_NOTIFIED",
    severity=Severity.INFO,
    scope=Scope.BATCH,
    reads="warehouse.email",
    message="The warehouse has no e-mail address and gets no notice.",
    remedy="An operator can set it: `entrygo warehouse update ID --email ADDRESS`.",
    source=law("EntryGo Export Protocol v1: a warehouse without e-mail has no notification"),
    check=_no_notice,
)
