"""Extra invoice data by class of goods: 19 CFR 141.89 and 141.87, printed as prompts.

The texts are short forms of the regulation as read through 30 September 2024; rows marked
unverified are trade knowledge that no source read confirmed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from shared.contracts.catalogue import ProductFact
from shared.contracts.decision import Source

_READ: Source = {"citation": "19 CFR 141.89", "date": "2024-09-30", "verified": True}
_TRADE: Source = {"citation": "19 CFR 141.89 (trade knowledge)", "date": None, "verified": False}


def _nothing(_product: ProductFact) -> bool:
    return False


def _cas(product: ProductFact) -> bool:
    return bool(product.cas_number)


def _composition(product: ProductFact) -> bool:
    return bool(product.materials)


def _metal(product: ProductFact) -> bool:
    return bool(product.materials or product.metal)


def _component_values(product: ProductFact) -> bool:
    return any("componentValues" in said for said in (product.pga or {}).values())


@dataclass(frozen=True, slots=True)
class ClassData:
    prefixes: tuple[str, ...]
    goods: str
    asks: str
    read: bool = True
    given: Callable[[ProductFact], bool] = _nothing  # what the product says that answers it

    @property
    def source(self) -> Source:
        return _READ if self.read else _TRADE

    def is_asked_of(self, product: ProductFact) -> bool:
        """Whether its number is of the class and the product leaves open what that needs."""
        number = (product.hts_code or "").replace(".", "")
        return number.startswith(self.prefixes) and not self.given(product)


CLASS_DATA: tuple[ClassData, ...] = (
    ClassData(("2707", "28", "29", "3204"), "Chemicals", "use and CAS number", given=_cas),
    ClassData(
        ("3204",),
        "Dyes",
        "trade name, components in %, Colour Index number and name, class, material dyed",
    ),
    ClassData(("39", "4202"), "Plastic sheeting bags", "gauge of the sheeting"),
    ClassData(("39", "40", "42"), "Textiles coated with plastic or rubber", "which side is coated"),
    ClassData(
        ("61", "62"),
        "Wearing apparel",
        "fibre % by weight, outer shell and lining apart",
        given=_composition,
    ),
    ClassData(
        ("61", "62"),
        "Wearing apparel",
        "ensembles: each component; woven: yarn-dyed or not; white T-shirts: pockets, trim, "
        "embroidery; scarves: exact size",
    ),
    ClassData(
        ("6302", "6304"),
        "Bed linen and bedspreads",
        "embroidery, lace, braid, edging, trimming, piping or appliqué: yes or no",
    ),
    ClassData(("64",), "Footwear", "interim footwear invoice", read=False),
    ClassData(
        ("74",),
        "Copper articles",
        "weight of copper, % of copper and of other elements",
        given=_metal,
    ),
    ClassData(
        ("7601", "7602"), "Aluminium", "% by weight of each metallic element", given=_composition
    ),
    ClassData(
        ("8482",),
        "Ball or roller bearings",
        "type, outside diameter, radial or not (8482.10.50 to 8482.80)",
    ),
    ClassData(
        ("9101", "9102"),
        "Watches",
        "values of movement, case, strap or bracelet, and battery",
        read=False,
        given=_component_values,
    ),
)
