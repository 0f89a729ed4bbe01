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
    seller, employee = account.get("exporter", {}), account.get("responsibleEmployee", {})
    wanted = (
        ("account.importerOfRecord.number", _importer_number(given), "--importer-number NUMBER"),
        ("account.exporter", _missing(seller, "The seller's name"), "--exporter-name NAME"),
        (
            "account.responsibleEmployee",
            _missing(employee, "The exporter's responsible employee"),
            "--employee-name NAME",
        ),
        (
            "warehouse.address",
            _missing(warehouse.get("address"), "The warehouse's address"),
            "--address STREET --city CITY",
        ),
    )
    return [
        Hit(path, {"what": what}, remedy=_set_by(path.split(".")[0], option))
        for path, what, option in wanted
        if what
    ]


def _missing(given: object, what: str) -> str | None:
    return None if given else f"{what} is missing"


def _set_by(record: str, option: str) -> str:
    return f"An operator sets it: `entrygo {record} update ID {option}`."


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
