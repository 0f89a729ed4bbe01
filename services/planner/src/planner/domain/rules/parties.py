"""What the account, warehouse and broker records must hold before anything can be filed."""

from planner.domain.facts import PlanningInput
from planner.domain.orders import Order
from planner.domain.rules.base import POLICY, Hit, Hits, blocking, info, law
from shared.needs import EXECUTE, IMPORTER_NUMBER, lacks, wrong_with_importer


@blocking(
    "R39",
    reads=IMPORTER_NUMBER,
    message="{what}.",
    remedy="An operator sets it with `entrygo account update` or `entrygo warehouse update`.",
    source=POLICY,
)
def unit_party_data_missing(given: PlanningInput, _same: PlanningInput) -> Hits:
    own_importers = all("importerOfRecord" in order for order in given.orders.values())
    for word, party in (("account", given.account), ("warehouse", given.warehouse)):
        for lack in lacks(word, party.id, party.content):
            need = lack.need
            others = need.path == IMPORTER_NUMBER and own_importers
            if need.required_for == EXECUTE and not others:
                said = {"what": f"{need.what} is {lack.state}"}
                yield Hit(said, need.path, remedy=f"An operator sets it: `{lack.command}`.")


@blocking(
    "R91",
    reads="orders[].importerOfRecord.number",
    message="The number of the order's importer of record is {state}.",
    remedy="Sync the order with the importer's EIN, as 12-3456789, or the number CBP assigned.",
    source=POLICY,
)
def importer_number_invalid(order: Order, _given: PlanningInput) -> Hits:
    if "importerOfRecord" in order.content and (
        state := wrong_with_importer(order.importer.get("number"))
    ):
        yield Hit({"state": state})


@blocking(
    "R40",
    reads="broker.email",
    message="The broker has no e-mail address: the package cannot be sent.",
    remedy="An operator sets it: `entrygo broker update ID --email ADDRESS`.",
    source=POLICY,
)
def submission_not_possible(given: PlanningInput, _same: PlanningInput) -> Hits:
    if "email" not in given.broker.content:
        yield Hit()


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
