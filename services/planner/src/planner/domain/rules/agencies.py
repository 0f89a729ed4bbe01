"""Data that a partner agency will want at entry and the product lacks. The flags say the rest.

What each agency asks for of which goods are the rows of agencies.csv; `disclaim` answers any.
"""

from collections.abc import Iterable

from planner.domain.facts import PlanningInput, Product, ProductContext
from planner.domain.grouping import Group
from planner.domain.rules.base import Hit, Hits, law, unverified, warning
from planner.domain.ruleset import Agency

_NOTICE = "priorNotice"
_ROW = unverified("the row of the table of partner agencies that the finding names")


@warning(
    "R31",
    reads="products[].pga.fda.productCode",
    message="Food needs FDA prior notice before arrival (road: 2 hours, rail and air: 4, "
    "water: 8). The product lacks {lacks}.",
    remedy="Sync the product with pga.fda.productCode, and with facilityRegistration, or with "
    "priorNotice once it is filed.",
    source=law("21 CFR 1.279, copy of 2007", "2007"),
)
def fda_prior_notice_needed(product: Product, _given: ProductContext) -> Hits:
    return _lacking(product, (each for each in product.agencies if _is_food(each)))


@warning(
    "R32",
    reads="products[].pga.cpsc.productId",
    message="CPSC certificate data must be e-filed at entry since 8 Jul 2026. The product lacks "
    "{lacks}.",
    remedy="Sync the product with the seven elements in pga.cpsc, or with reference (product "
    "registry), or disclaim.",
    source=law("CPSC eFiling rule, document 2024-30826", "2025-01-08"),
)
def cpsc_certificate_missing(product: Product, given: ProductContext) -> Hits:
    if given.ruleset.thresholds["cpsc_efiling"].value == "REQUIRED":
        yield from _lacking(product, (each for each in product.agencies if each.key == "cpsc"))


@warning(
    "R65",
    reads="products[].pga",
    message="Partner agencies are likely to ask at entry for what the product lacks: {asks}.",
    remedy="Sync the product with these fields of pga, or with disclaim for an agency that does "
    "not regulate it.",
    source=_ROW,
)
def agency_data_missing(product: Product, _given: ProductContext) -> Hits:
    others = (
        each
        for each in product.agencies
        if not _is_food(each) and each.key != "cpsc" and each.when != "formal"
    )
    return _lacking(product, others)


@warning(
    "R66",
    reads="products[].pga.lacey",
    message="A formal entry of goods of wood or plants needs a Lacey Act declaration; the product "
    "lacks scientific name or harvest country.",
    remedy="Sync the product with pga.lacey.scientificName and harvestCountry, or disclaim.",
    source=law("APHIS: Lacey Act declaration, questions on wood products", "2024"),
)
def lacey_data_missing(unit: Group, _given: PlanningInput) -> Hits:
    if unit.formal:
        for product_id in unit.undeclared:
            yield Hit(path=f"products[{product_id}].pga.lacey")


@warning(
    "R34",
    reads="products[].pga.uflpa.evidence",
    message="High-priority forced-labour sector ({sector}): CBP may ask for supply-chain proof.",
    remedy="Keep the proof and name it in pga.uflpa.evidence, for example the tracing report.",
    source=unverified("UFLPA high-priority sectors; prefixes from trade knowledge"),
)
def uflpa_sector_review(product: Product, _given: ProductContext) -> Hits:
    if product.uflpa and product.agency_data("uflpa") == {}:
        yield Hit({"sector": product.uflpa.note}, source=product.uflpa.source)


def _is_food(agency: Agency) -> bool:
    return any(_NOTICE in way for way in agency.ways)


def _lacking(product: Product, agencies: Iterable[Agency]) -> Hits:
    """One hit for all that is missing for these agencies."""
    lacking = {agency: paths for agency in agencies if (paths := product.lacks(agency))}
    if lacking:
        missing = tuple(path for paths in lacking.values() for path in paths)
        said = {
            "lacks": _fields(missing),
            "asks": "; ".join(
                f"{agency.name}: {agency.ask} ({_fields(paths)})"
                for agency, paths in lacking.items()
            ),
        }
        yield Hit(said, missing[0], source=next(iter(lacking)).source, missing=missing)


def _fields(paths: Iterable[str]) -> str:
    return ", ".join(path.partition("].")[2] for path in paths)
