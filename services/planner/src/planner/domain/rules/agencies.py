"""Data that a partner agency will want at entry and the product lacks. The flags say the rest."""

from planner.domain.facts import Product, ProductContext
from planner.domain.rules.base import Hit, Hits, law, unverified, warning

_NOTICE = {"facilityRegistration", "priorNotice"}
_CERTIFICATE = {"certificate", "reference", "disclaim"}


@warning(
    "R31",
    reads="products[].pga.fda.facilityRegistration",
    message="Food needs FDA prior notice before arrival (road: 2 hours, rail and air: 4, "
    "water: 8).",
    remedy="Sync the product with pga.fda.facilityRegistration, or priorNotice once it is filed.",
    source=law("21 CFR 1.279, copy of 2007", "2007"),
)
def fda_prior_notice_needed(product: Product, given: ProductContext) -> Hits:
    noticed = _NOTICE & product.agency_data("fda").keys()
    if given.ruleset.prefix("food", product.hts) and not noticed:
        yield Hit(missing=True)


@warning(
    "R32",
    reads="products[].pga.cpsc",
    message="CPSC certificate data must be e-filed at entry since 8 Jul 2026.",
    remedy="Sync the product with one of pga.cpsc.certificate, reference (product registry) or "
    "disclaim.",
    source=law("CPSC eFiling rule, document 2024-30826", "2025-01-08"),
)
def cpsc_certificate_missing(product: Product, given: ProductContext) -> Hits:
    efiling = given.ruleset.thresholds["cpsc_efiling"]
    certified = _CERTIFICATE & product.agency_data("cpsc").keys()
    likely = any(agency.name == "CPSC" and agency.likely for agency in product.agencies)
    if efiling.value == "REQUIRED" and likely and not certified:
        yield Hit(source=efiling.source, missing=True)


@warning(
    "R34",
    reads="products[].pga.uflpa",
    message="High-priority forced-labour sector ({sector}): CBP may ask for supply-chain proof.",
    remedy="Keep the proof and name it in pga.uflpa.evidence, for example the tracing report.",
    source=unverified("UFLPA high-priority sectors; prefixes from trade knowledge"),
)
def uflpa_sector_review(product: Product, _given: ProductContext) -> Hits:
    if product.uflpa and product.agency_data("uflpa") == {}:
        yield Hit({"sector": product.uflpa.note}, source=product.uflpa.source)
