"""Data that a partner agency will want at entry and the product lacks. The flags say the rest."""

from planner.domain.facts import PlanningInput, Product
from planner.domain.rules.base import NOTHING, Hit, Hits, Rule, Scope, Severity, law, unverified

_NOTICE = ("facilityRegistration", "priorNotice")
_CERTIFICATE = ("certificate", "reference", "disclaim")


def _prior_notice_needed(product: Product, given: PlanningInput) -> Hits:
    data = product.agency_data("fda")
    if any(data.get(name) for name in _NOTICE) or not given.ruleset.prefix("food", product.hts):
        return NOTHING
    return (Hit(product.path("pga.fda.facilityRegistration")),)


PRIOR_NOTICE_NEEDED = Rule(
    id="R31",
    code="FDA_PRIOR_NOTICE_NEEDED",
    severity=Severity.WARNING,
    scope=Scope.PRODUCT,
    reads="products[].pga.fda.facilityRegistration",
    message="Food needs FDA prior notice before arrival (road: 2 hours, rail and air: 4, "
    "water: 8).",
    remedy="Sync the product with pga.fda.facilityRegistration, or priorNotice once it is filed.",
    source=law("21 CFR 1.279, copy of 2007", "2007"),
    check=_prior_notice_needed,
    missing=True,
)


def _certificate_missing(product: Product, given: PlanningInput) -> Hits:
    efiling = given.ruleset.thresholds["cpsc_efiling"]
    if efiling.value != "REQUIRED":
        return NOTHING
    if not any(agency.name == "CPSC" and agency.likely for agency in product.agencies):
        return NOTHING
    data = product.agency_data("cpsc")
    if any(data.get(name) for name in _CERTIFICATE):
        return NOTHING
    return (Hit(product.path("pga.cpsc"), source=efiling.source),)


CERTIFICATE_MISSING = Rule(
    id="R32",
    code="CPSC_CERTIFICATE_MISSING",
    severity=Severity.WARNING,
    scope=Scope.PRODUCT,
    reads="products[].pga.cpsc",
    message="CPSC certificate data must be e-filed at entry since 8 Jul 2026.",
    remedy="Sync the product with one of pga.cpsc.certificate, reference (product registry) or "
    "disclaim.",
    source=law("CPSC eFiling rule, document 2024-30826", "2025-01-08"),
    check=_certificate_missing,
    missing=True,
)


def _uflpa_sector(product: Product, _given: PlanningInput) -> Hits:
    if not product.uflpa or any(product.agency_data("uflpa").values()):
        return NOTHING
    said = {"sector": product.uflpa.note}
    return (Hit(product.path("pga.uflpa"), said, source=product.uflpa.source),)


UFLPA_SECTOR = Rule(
    id="R34",
    code="UFLPA_SECTOR_REVIEW",
    severity=Severity.WARNING,
    scope=Scope.PRODUCT,
    reads="products[].pga.uflpa",
    message="High-priority forced-labour sector ({sector}): CBP may ask for supply-chain proof.",
    remedy="Keep the proof and name it in pga.uflpa.evidence, for example the tracing report.",
    source=unverified("UFLPA high-priority sectors; prefixes from trade knowledge"),
    check=_uflpa_sector,
)
