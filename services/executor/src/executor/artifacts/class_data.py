"""Extra invoice data by class of goods: 19 CFR 141.89 and 141.87, printed as prompts.

The texts are short forms of the regulation as read through 30 September 2024; rows marked
unverified are trade knowledge that no source read confirmed.
"""

from dataclasses import dataclass

from shared.contracts.decision import Source

_READ: Source = {"citation": "19 CFR 141.89", "date": "2024-09-30", "verified": True}
_TRADE: Source = {"citation": "19 CFR 141.89 (trade knowledge)", "date": None, "verified": False}


@dataclass(frozen=True, slots=True)
class ClassData:
    prefixes: tuple[str, ...]
    goods: str
    asks: str
    read: bool = True

    @property
    def source(self) -> Source:
        return _READ if self.read else _TRADE

    def covers(self, hts_code: str | None) -> bool:
        return hts_code is not None and hts_code.replace(".", "").startswith(self.prefixes)


CLASS_DATA: tuple[ClassData, ...] = (
    ClassData(("27", "28", "29"), "Chemicals", "use and CAS number"),
    ClassData(
        ("3204",),
        "Dyes",
        "trade name, components in %, Colour Index number and name, CAS number, class, "
        "material dyed",
    ),
    ClassData(("39", "4202"), "Plastic sheeting bags", "gauge of the sheeting"),
    ClassData(("39", "40", "42"), "Textiles coated with plastic or rubber", "which side is coated"),
    ClassData(
        ("61", "62"),
        "Wearing apparel",
        "fibre % by weight, outer shell and lining apart; ensembles: each component; woven: "
        "yarn-dyed or not; white T-shirts: pockets, trim, embroidery; scarves: exact size",
    ),
    ClassData(
        ("6302", "6304"),
        "Bed linen and bedspreads",
        "embroidery, lace, braid, edging, trimming, piping or appliqué: yes or no",
    ),
    ClassData(("64",), "Footwear", "interim footwear invoice", read=False),
    ClassData(("74",), "Copper articles", "weight of copper, % of copper and of other elements"),
    ClassData(("7601", "7602"), "Aluminium", "% by weight of each metallic element"),
    ClassData(
        ("8482",),
        "Ball or roller bearings",
        "type, outside diameter, radial or not (8482.10.50 to 8482.80)",
    ),
    ClassData(("91",), "Watches", "movement, case and strap data", read=False),
)
