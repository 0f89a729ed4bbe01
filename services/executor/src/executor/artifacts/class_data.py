"""Extra invoice data by class of goods: 19 CFR 141.89, printed as prompts.

Only what no field of a product answers: what one does is the planner's finding CLASS_DATA_MISSING,
and is asked there while it is not given. Short forms of the text as read through 30 September 2024.
"""

from dataclasses import dataclass

from shared.contracts.decision import Source

SOURCE: Source = {"citation": "19 CFR 141.89", "date": "2024-09-30", "verified": True}


@dataclass(frozen=True, slots=True)
class ClassData:
    prefixes: tuple[str, ...]
    goods: str
    asks: str

    def covers(self, hts_code: str | None) -> bool:
        return hts_code is not None and hts_code.replace(".", "").startswith(self.prefixes)


CLASS_DATA: tuple[ClassData, ...] = (
    ClassData(
        ("3204",),
        "Dyes",
        "trade name, components in %, Colour Index name, class, material dyed",
    ),
    ClassData(("39", "4202"), "Plastic sheeting bags", "gauge of the sheeting"),
    ClassData(("39", "40", "42"), "Textiles coated with plastic or rubber", "which side is coated"),
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
    ClassData(("701810",), "Beads", "length of the string, size in mm"),
    ClassData(
        ("8482",),
        "Ball or roller bearings",
        "type, outside diameter, radial or not (8482.10.50 to 8482.80)",
    ),
)
