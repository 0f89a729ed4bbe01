"""Products of public rulings (tests/data/customs) as a catalogue has them, to count rules on."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, Final

from planner import rulesets
from planner.domain.facts import ProductContext, read_product
from planner.domain.findings import found_on

AS_OF: Final = date(2026, 11, 24)
_ROWS: Final = Path(__file__).parents[1] / "tests" / "data" / "customs" / "products.csv"


def products() -> dict[str, dict[str, Any]]:
    """By ruling: number, origin and description as ruled on, with a maker and a weight of ours."""
    with _ROWS.open(encoding="utf-8") as lines:
        return {row["ruling"]: _content(row) for row in csv.DictReader(lines)}


def fired() -> tuple[Counter[str], int]:
    """On how many of the products each code is found or flag raised, and of how many."""
    rules, counts, goods = rulesets.load(AS_OF), Counter[str](), products()
    context = ProductContext(rules, None, completes_classification=True, denied_hts_prefixes=())
    for ruling, content in goods.items():
        product = read_product(ruling, content, rules)
        counts.update({found.finding["code"] for found in found_on(product, context)})
        counts["PGA_REVIEW"] += bool(product.agencies)
        counts["TRADE_REMEDY_DUTY"] += bool(product.programmes)
    return counts, len(goods)


def _content(row: dict[str, str]) -> dict[str, Any]:
    chinese = row["origin"] == "CN"
    content: dict[str, Any] = {
        "externalId": row["ruling"],
        "title": row["description"],
        "description": row["description"],
        "htsCode": row["hts"],
        "countryOfOrigin": row["origin"],
        "weightGrams": 400,
        "unitValueCents": 2_000,
        "manufacturer": {
            "name": "The Works",
            "addressLines": ["12 Mill Lane"],
            "city": "Guangzhou" if chinese else "Oldtown",
            "postalCode": "510000" if chinese else "1000",
            "country": row["origin"],
        },
    }
    return content | ({"childrens": True} if row["childrens"] == "true" else {})
