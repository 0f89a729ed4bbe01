"""What a plan is decided on: values only, and what the rules derive from them once."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from functools import cached_property
from typing import Any, ClassVar

from planner.domain.hts import clean_hts, special_hts
from planner.domain.orders import Content, Order, read_order
from planner.domain.preference import claims_usmca, preference_in
from planner.domain.ruleset import Agency, DutyCase, Entry, Programme, RuleSet
from shared.contracts.snapshot import TariffEdition
from shared.sold import rates_of

# AD/CVD case numbers as the Department of Commerce gives them, with a company's suffix or without;
# goods of an anti-dumping and a countervailing case have two.
_CASE = r"[AC]-?[0-9]{3}-?[0-9]{3}(-?[0-9]{3})?"
_CASES = re.compile(rf"{_CASE}([ ,;/]+{_CASE})*", re.IGNORECASE)
_METAL_COUNTS = 1_500  # hundredths of a percent of an article's weight
_METAL_CHAPTERS = {"72", "73", "74", "76"}
_NO_CASE = {"none", "no", "n/a", "na", "not applicable"}


@dataclass(frozen=True, slots=True)
class Party:
    """An account, a warehouse or a broker: its id and its content."""

    id: str
    content: Content


@dataclass(frozen=True, slots=True)
class Tariff:
    """The tariff table in use: `units` holds at least the numbers that the products use."""

    sha256: str
    units: Mapping[str, list[str]] = field(compare=False)  # ten digits -> units of quantity
    edition: TariffEdition = field(default_factory=TariffEdition, compare=False)


@dataclass(frozen=True, slots=True)
class ProductContext:
    """All that a product's rules may read beside the product itself.

    What they found is remembered under it: a plan of equal context finds the same again.
    """

    ruleset: RuleSet
    tariff: Tariff | None
    completes_classification: bool  # the broker takes numbers of fewer than ten digits
    denied_hts_prefixes: tuple[str, ...]  # the account's own


@dataclass(frozen=True)
class PlanningInput:
    """Everything a decision depends on; `as_of` has only chosen the rule set.

    What follows from it is worked out once.
    """

    id: ClassVar[str] = ""  # what concerns the batch is about no record of its own
    as_of: date
    account: Party
    warehouse: Party
    broker: Party
    orders: Mapping[str, Content]
    products: Mapping[str, Content]
    ruleset: RuleSet
    product_hashes: Mapping[str, str] = field(default_factory=dict)  # of content, where known
    destination_country: str = "US"
    shipment: Content = field(default_factory=dict)  # see `effective_shipment`
    exported_order_ids: AbstractSet[str] = frozenset()
    tariff: Tariff | None = None

    @cached_property
    def importer(self) -> Content:
        importer: Content = self.account.content.get("importerOfRecord", {})
        return importer

    @cached_property
    def read_orders(self) -> "list[Order]":
        """All of them, by id."""
        return [read_order(id_, self.orders[id_], self.rates) for id_ in sorted(self.orders)]

    @cached_property
    def rates(self) -> Mapping[str, int]:
        """Of the currencies that the shipment has a rate of."""
        return rates_of(self.shipment)

    @cached_property
    def product_context(self) -> ProductContext:
        return ProductContext(
            ruleset=self.ruleset,
            tariff=self.tariff,
            completes_classification=self.broker.content.get("completesClassification", False),
            denied_hts_prefixes=tuple(self.account.content.get("deniedHtsPrefixes", ())),
        )

    @cached_property
    def ruleset_version(self) -> str:
        """The rule set and, by its content, the tariff table."""
        table = self.tariff.sha256[:12] if self.tariff else "none"
        return f"{self.ruleset.version}+tariff.{table}"


class Lane(IntEnum):
    """How strictly goods are handled at the border; an order's lane is its strictest line's.

    HOLD: forced-labour sector or sanctions review, goods that CBP may detain. ADCVD: a case is
    given. PGA: a partner agency is likely to regulate the goods; a possible one only asks.
    """

    CLEAN = 0
    TRADE_REMEDY = 1
    PGA = 2
    ADCVD = 3
    HOLD = 4


@dataclass(frozen=True)
class Product:
    """A product's content with what the rule set says about its classification and origin.

    It is remembered from plan to plan (judged.py), and with it what is worked out of it once.
    """

    id: str
    content: Content
    hts: str | None  # the digits of a well-formed number
    secondary_hts: str | None  # the same of a second one, of chapter 98 or 99
    origin: str | None
    agencies: tuple[Agency, ...]
    programmes: tuple[Programme, ...]
    duty_cases: tuple[DutyCase, ...]  # whose scope may hold it
    in_chapter_99: bool  # one of the programmes has a heading there
    uflpa: Entry | None
    sanctions: Entry | None

    def path(self, name: str) -> str:
        return f"products[{self.id}].{name}"

    @property
    def chapter(self) -> str | None:
        return None if self.hts is None else self.hts[:2]

    @property
    def manufacturer(self) -> Content:
        maker: Content = self.content.get("manufacturer", {})
        return maker

    @cached_property
    def lane(self) -> Lane:
        if self.uflpa or self.sanctions:
            return Lane.HOLD
        if self.has_adcvd_case:
            return Lane.ADCVD
        if any(agency.likely and agency.when != "formal" for agency in self.agencies):
            return Lane.PGA
        return Lane.TRADE_REMEDY if self.programmes else Lane.CLEAN

    @cached_property
    def has_adcvd_case(self) -> bool:
        return _CASES.fullmatch(self.content.get("adcvdCase", "")) is not None

    @property
    def denies_adcvd_case(self) -> bool:
        return self.content.get("adcvdCase", "").casefold() in _NO_CASE

    @property
    def preference(self) -> Content:
        return preference_in(self.content)

    @cached_property
    def claims_usmca(self) -> bool:
        return claims_usmca(self.content)

    def agency_data(self, agency: str) -> Content:
        """What the product says for an agency; agencies are named in any case, by the last word."""
        given: Mapping[str, Content] = self.content.get("pga", {})
        same = [given[name] for name in sorted(given) if name.lower().split()[-1] == agency]
        return {name: text for data in same for name, text in data.items()}

    @cached_property
    def lacks_on_formal(self) -> bool:
        """Whether it lacks what an agency asks for on formal entries alone (the Lacey Act)."""
        return any(agency.when == "formal" and self.lacks(agency) for agency in self.agencies)

    def answers(self, agency: Agency) -> bool:
        """Whether it says what the agency asks for, or anything where no field is named."""
        return self.agency_data(agency.key) != {} and not self.lacks(agency)

    def lacks(self, agency: Agency) -> tuple[str, ...]:
        """The paths of what the agency asks for and the product does not say."""
        names = agency.lacks(self.agency_data(agency.key).keys())
        return tuple(self.path(f"pga.{agency.key}.{name}") for name in names)


def is_named_and_addressed(party: Content) -> bool:
    return "name" in party and party.get("addressLines", []) != []


def effective_shipment(requested: Content | None, warehouse: Content) -> dict[str, Any]:
    """The request's shipment over the warehouse's defaults."""
    return {**warehouse.get("shipmentDefaults", {}), **(requested or {})}


def read_product(product_id: str, content: Content, rules: RuleSet) -> Product:
    hts = clean_hts(content.get("htsCode", ""))
    origin = content.get("countryOfOrigin")
    programmes = rules.programmes_for(hts, origin, _said(content, hts, rules))
    chinese = "CN" in {origin, content.get("manufacturer", {}).get("country")}
    return Product(
        id=product_id,
        content=content,
        hts=hts,
        secondary_hts=special_hts(content.get("secondaryHtsCode", "")),
        origin=origin,
        agencies=rules.agencies_for(hts, childrens=content.get("childrens")),
        programmes=programmes,
        duty_cases=rules.duty_cases_for(hts, origin),
        in_chapter_99=any(programme.chapter_99 for programme in programmes),
        uflpa=rules.prefix("uflpa", hts) if chinese else None,
        sanctions=rules.entry("sanctions_review", origin),
    )


def _said(content: Content, hts: str | None, rules: RuleSet) -> frozenset[str]:
    """What takes goods out of a programme, as far as the product says it (see programmes.csv).

    `usmca`: the preference is claimed for goods of a party. `light`: the metals are less than 15 %
    of the weight, in an article of another chapter than theirs (heading 9903.82.03).
    """
    said = set()
    party = rules.entry("usmca_countries", content.get("countryOfOrigin"))
    if party and claims_usmca(content):
        said.add("usmca")
    weight = content.get("metal", {}).get("weightPercentHundredths", _METAL_COUNTS)
    if weight < _METAL_COUNTS and hts is not None and hts[:2] not in _METAL_CHAPTERS:
        said.add("light")
    return frozenset(said)
