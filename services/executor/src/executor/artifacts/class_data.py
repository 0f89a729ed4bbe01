"""Extra invoice data by class of goods: 19 CFR 141.89 and 141.87, printed as prompts.

The texts are short forms of the regulation as read through 30 September 2024; what the tariff's own
notes and duty turn on names these.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from shared.contracts.catalogue import ProductFact
from shared.contracts.decision import Source

_READ: Source = {"citation": "19 CFR 141.89", "date": "2024-09-30", "verified": True}
_SHOES: Source = {"citation": "HTSUS chapter 64, note 4", "date": "2026", "verified": True}
_WATCHES: Source = {"citation": "HTSUS 9101 and 9102", "date": "2026", "verified": True}


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
    given: Callable[[ProductFact], bool] = _nothing  # what the product says that answers it
    source: Source = field(default_factory=lambda: _READ)

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
    ClassData(
        ("6401", "6402", "6403", "6404", "6405"),
        "Footwear",
        "% of the upper's outer surface by material; material of the sole on the ground",
        given=_composition,
        source=_SHOES,
    ),
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
        given=_component_values,
        source=_WATCHES,
    ),
)
