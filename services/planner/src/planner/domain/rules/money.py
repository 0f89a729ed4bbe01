"""Another currency than US dollars, and what discounts leave: 19 CFR 141.86(a)(5), (a)(9)."""

from planner.domain.bounds import about
from planner.domain.facts import PlanningInput
from planner.domain.grouping import Group
from planner.domain.orders import Order
from planner.domain.rules.base import (
    POLICY,
    Hit,
    Hits,
    Severity,
    blocking,
    blocking_or_warning,
    law,
    warning,
)
from shared.money import decimal, told

_RATES = "shipment.exchangeRates"


@blocking(
    "R87",
    reads="orders[].discounts",
    message="The discounts leave nothing of the order's value; goods have one, also as a gift.",
    remedy="Sync the order with the price that was paid in the end, or the goods' usual price.",
    source=law("Canadian government exporters' guide: value on US invoices", "2006"),
)
def order_worth_nothing(order: Order, _given: PlanningInput) -> Hits:
    value = order.worth.minor if order.worth.cents is None else order.worth.cents
    if "discounts" in order.content and value <= 0:
        yield Hit()


@blocking_or_warning(
    "R88",
    reads=_RATES,
    message="What {value} is in US dollars is not known{why}.",
    remedy="Give the currency's rate of the day of export in shipment.exchangeRates: currency, "
    "usdPerUnit, date and source.",
    source=POLICY,
)
def exchange_rate_missing(unit: Group, given: PlanningInput) -> Hits:
    """Blocks where one plausible rate makes the entry formal and another does not."""
    if unit.value_cents is None:
        near = unit.near_informal_limit(given)
        limit = decimal(given.ruleset.thresholds["informal_limit"].cents)
        why = f", and it may be on either side of the limit of USD {limit}" if near else ""
        severity = None if near else Severity.WARNING
        yield Hit({"value": told(unit.unit["totals"]), "why": why}, _RATES, severity)


@warning(
    "R89",
    reads=_RATES,
    message="One {currency} is said to be USD {rate}; near USD {near} would be expected.",
    remedy="Give US dollars for one of the currency, not the other way round.",
    source=POLICY,
)
def exchange_rate_doubtful(given: PlanningInput, _same: PlanningInput) -> Hits:
    for place, each in enumerate(given.shipment.get("exchangeRates", ())):
        rate, near = each["usdPerUnitMillionths"], about(each["currency"], given.ruleset)
        if near and not near <= 2 * rate <= 4 * near:
            said = {
                "currency": each["currency"],
                "rate": decimal(rate, 6),
                "near": decimal(near, 6),
            }
            yield Hit(said, f"{_RATES}[{place}].usdPerUnit")
