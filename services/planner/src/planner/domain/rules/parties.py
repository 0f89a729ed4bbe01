"""What the account, warehouse and broker records must hold before anything can be filed."""

import re

from planner.domain.facts import Order, PlanningInput
from planner.domain.rules.base import POLICY, Hit, Hits, blocking, info, law
from shared.privacy import without_ssn

# Importer numbers (CBP Form 5106): an EIN, with its suffix or without, or one CBP assigned.
_IMPORTER_NUMBER = re.compile(r"\d{2}-\d{7}([0-9A-Z]{2})?|\d{6}-\d{5}")
_IMPORTER = "account.importerOfRecord.number"
_NEEDED = (  # where it stands, what it is, the option that sets it
    (_IMPORTER, "The importer of record's number", "--importer-number NUMBER"),
    ("account.exporter", "The seller's name", "--exporter-name NAME"),
    ("account.responsibleEmployee", "The exporter's responsible employee", "--employee-name NAME"),
    ("warehouse.address", "The warehouse's address", "--address STREET --city CITY"),
)


@blocking(
    "R39",
    reads=_IMPORTER,
    message="{what}.",
    remedy="An operator sets it with `entrygo account update` or `entrygo warehouse update`.",
    source=POLICY,
)
def unit_party_data_missing(given: PlanningInput, _same: PlanningInput) -> Hits:
    account, warehouse = given.account.content, given.warehouse.content
    wrong = [
        _wrong_with(given.importer.get("number")),
        None if "exporter" in account else "missing",
        None if "responsibleEmployee" in account else "missing",
        None if "address" in warehouse else "missing",
    ]
    if all("importerOfRecord" in order for order in given.orders.values()):
        wrong[0] = None  # each order has its own
    for (path, name, option), state in zip(_NEEDED, wrong, strict=True):
        if state is not None:
            remedy = f"An operator sets it: `entrygo {path.split('.')[0]} update ID {option}`."
            yield Hit({"what": f"{name} is {state}"}, path, remedy=remedy, missing=True)


@blocking(
    "R91",
    reads="orders[].importerOfRecord.number",
    message="The number of the order's importer of record is {state}.",
    remedy="Sync the order with the importer's EIN, as 12-3456789, or the number CBP assigned.",
    source=POLICY,
)
def importer_number_invalid(order: Order, _given: PlanningInput) -> Hits:
    if "importerOfRecord" in order.content and (state := _wrong_with(order.importer.get("number"))):
        yield Hit({"state": state}, missing=state == "missing")


@blocking(
    "R40",
    reads="broker.email",
    message="The broker has no e-mail address: the package cannot be sent.",
    remedy="An operator sets it: `entrygo broker update ID --email ADDRESS`.",
    source=POLICY,
)
def submission_not_possible(given: PlanningInput, _same: PlanningInput) -> Hits:
    if "email" not in given.broker.content:
        yield Hit(missing=True)


@info(
    "R47",
    reads="warehouse.email",
    message="The warehouse has no e-mail address and gets no notice.",
    remedy="An operator can set it: `entrygo warehouse update ID --email ADDRESS`.",
    source=law("EntryGo Export Protocol v1: a warehouse without e-mail has no notification"),
)
def warehouse_not_notified(given: PlanningInput, _same: PlanningInput) -> Hits:
    if "email" not in given.warehouse.content:
        yield Hit()


def _wrong_with(number: str | None) -> str | None:
    """What is wrong with the importer's number, if anything."""
    if number is None:
        return "missing"
    if without_ssn(number) != number and not _IMPORTER_NUMBER.fullmatch(number):
        return "a social security number and is refused"
    return None if _IMPORTER_NUMBER.fullmatch(number) else "invalid"
