"""What the description says, and what a class of goods must say beside it."""

from typing import Any

from planner.domain.facts import PlanningInput
from support.planning import with_product
from unit.planner.rules.case import BLOCKING, WARNING, Case

COTTON = [{"name": "cotton", "percentHundredths": 10_000}]
SHIRT: dict[str, Any] = {"htsCode": "6109.10.0012", "materials": COTTON}


def melted(country: str | None) -> PlanningInput:
    metal = {"kind": "steel", "weightPercentHundredths": 9_800}
    return with_product(metal=metal if country is None else metal | {"meltCountry": country})


def called(title: str, description: str | None = None, *, hts: str | None = None) -> PlanningInput:
    return with_product(title=title, description=description, htsCode=hts)


NOT_GOODS = [
    *[
        Case("NOT_GOODS", f"{title!r} is a charge", called(title), BLOCKING)
        for title in (
            "POSTAGE",
            "Dotcom Postage",
            "CARRIAGE",
            "AMAZON FEE",
            "Bank Charges",
            "Manual",
            "Discount",
            "UPS Express Shipping",
            "Shipping & handling £4.95",
            "Versandkosten",
            "Frais de port",
        )
    ],
    *[
        Case("NOT_GOODS", f"{title!r} is none", called(title))
        for title in (
            "Postage stamps",
            "Shipping labels, self-adhesive",
            "Baby carriage",
            "Model delivery van",
            "Gift wrapping paper",
            "Express mail envelope",
            "123",
        )
    ],
    Case("NOT_GOODS", "a description of goods", called("Freight", "Board game of trains, card")),
    Case("NOT_GOODS", "given as goods", called("Postage", "Postage", hts="4907000000"), WARNING),
]

DESCRIPTION = [
    Case(
        "DESCRIPTION_MISSING",
        "none; a title does not count",
        with_product(description=None),
        BLOCKING,
    ),
    Case("DESCRIPTION_MISSING", "vague is not missing", with_product(description="gift")),
    Case(
        "DESCRIPTION_VAGUE", "a word of the list", with_product(description="Accessories"), WARNING
    ),
    Case("DESCRIPTION_VAGUE", "a phrase", with_product(description="Daily necessities!"), WARNING),
    Case(
        "DESCRIPTION_VAGUE",
        "nothing but general words",
        with_product(description="Assorted spare parts and accessories for the household goods"),
        WARNING,
    ),
    Case("DESCRIPTION_VAGUE", "seven letters", with_product(description="Pencils"), WARNING),
    Case("DESCRIPTION_VAGUE", "eight letters", with_product(description="Notebook")),
    Case(
        "DESCRIPTION_VAGUE",
        "the SKU",
        with_product(description="notebooks", sku="NOTEBOOKS"),
        WARNING,
    ),
    Case(
        "DESCRIPTION_VAGUE",
        "mostly digits",
        with_product(description="notebook 123456789"),
        WARNING,
    ),
    Case("DESCRIPTION_VAGUE", "half digits", with_product(description="notebook 12345678")),
    Case(
        "DESCRIPTION_VAGUE",
        "a general word beside one that tells",
        with_product(description="Spare parts for bicycles"),
    ),
]

CLASS_DATA = [
    Case("CLASS_DATA_MISSING", "a shirt's fibres", with_product(htsCode="6109.10.0012"), WARNING),
    Case("CLASS_DATA_MISSING", "they are given", with_product(**SHIRT)),
    Case("CLASS_DATA_MISSING", "a chemical's CAS", with_product(htsCode="2905.11.2000"), WARNING),
    Case(
        "CLASS_DATA_MISSING",
        "it is given",
        with_product(htsCode="2905.11.2000", casNumber="67-56-1"),
    ),
    Case(
        "CLASS_DATA_MISSING", "a dye, by its longer prefix", with_product(htsCode="320411"), WARNING
    ),
    Case("CLASS_DATA_MISSING", "a paint, beside it", with_product(htsCode="3208.10.0000")),
    Case(
        "CLASS_DATA_MISSING",
        "copper, by its metal content",
        with_product(
            htsCode="7418.20.1000", metal={"kind": "copper", "weightPercentHundredths": 9_800}
        ),
    ),
    Case("CLASS_DATA_MISSING", "peat, no chemical", with_product(htsCode="2703.00.0000")),
    Case("CLASS_DATA_MISSING", "a watch's parts", with_product(htsCode="9102.11.1010"), WARNING),
    Case(
        "CLASS_DATA_MISSING",
        "their values are given",
        with_product(htsCode="9102.11.1010", pga={"cbp": {"componentValues": "4, 3, 2"}}),
    ),
    Case("CLASS_DATA_MISSING", "a clock", with_product(htsCode="9105.21.4000")),
    Case("CLASS_DATA_MISSING", "a book", with_product()),
    Case("MELT_COUNTRY_INVALID", "China in words", melted("CHINA"), WARNING),
    Case("MELT_COUNTRY_INVALID", "CN", melted("CN")),
    Case("MELT_COUNTRY_INVALID", "nothing is said", melted(None)),
    Case("WEIGHT_MISSING", "none", with_product(weightGrams=None), WARNING),
    Case("WEIGHT_MISSING", "zero", with_product(weightGrams=0), WARNING),
    Case("WEIGHT_MISSING", "one gram", with_product(weightGrams=1)),
]


def made_of(*shares: tuple[str, int]) -> PlanningInput:
    materials = [{"name": name, "percentHundredths": percent * 100} for name, percent in shares]
    return with_product(materials=materials)


MATERIALS = [
    Case("MATERIALS_OVER_WHOLE", "160 %", made_of(("cotton", 100), ("silk", 60)), WARNING),
    Case("MATERIALS_OVER_WHOLE", "100 %", made_of(("cotton", 60), ("silk", 40))),
    Case("MATERIALS_OVER_WHOLE", "a part of it", made_of(("cotton", 60))),
    Case(
        "MATERIALS_OVER_WHOLE",
        "shell and lining apart",
        made_of(("shell: wool", 100), ("lining: silk", 60), ("Lining, cotton", 40)),
    ),
    Case("MATERIALS_OVER_WHOLE", "none", with_product()),
]

CASES = [*MATERIALS, *NOT_GOODS, *DESCRIPTION, *CLASS_DATA]
