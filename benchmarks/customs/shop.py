"""Orders in the manner of a gift shop's, made from a seed.

The public orders that the figures of the first review came from (UCI Online Retail) are not kept
here. These have their nature: prices from pennies to hundreds, quantities from one to a thousand,
some 25 lines an order, one line in a hundred far under its usual price, one order in nine with a
line that is no goods. What is sold (kinds.csv), and where it was made, is ours: the shares of mugs,
candles, pencils, decorations and T-light holders are those that were counted among the real ones.
"""

import csv
import random
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from planner import rulesets
from planner.domain.facts import Party, PlanningInput

AS_OF = date(2026, 11, 24)
SEED, PRODUCTS = 12, 2_500
_KINDS = Path(__file__).with_name("kinds.csv")
_NO_GOODS = ("POSTAGE", "CARRIAGE", "DOTCOM POSTAGE", "Manual", "AMAZON FEE", "Bank Charges")
_WITH_NO_GOODS = 0.11
_SALE = 25  # one product in so many is on sale
_COLOURS = ("red", "blue", "green", "white", "black", "pink", "ivory", "mint", "gold", "silver")
_PLACES = [("NY", "14201"), ("CA", "94105"), ("TX", "75001"), ("ME", "04401"), ("WA", "98101")]

Content = dict[str, Any]


def plan(orders: int, *, bare: bool = False) -> PlanningInput:
    """So many orders of the shop; `bare`: before anybody gave its products a customs datum."""
    chance = random.Random(SEED)  # noqa: S311  # the same orders at each run, no secret
    goods = _catalogue(chance)
    names, popular = list(goods), [1 / (place + 20) for place in range(len(goods))]
    products = goods | {
        f"prod_fee_{n}": {"externalId": t, "title": t} for n, t in enumerate(_NO_GOODS)
    }
    made = {f"ord_{n:05d}": _order(n, names, popular, goods, chance) for n in range(orders)}
    if bare:
        kept = ("externalId", "title", "unitValueCents")
        products = {i: {k: c[k] for k in kept if k in c} for i, c in products.items()}
    used = {line["productId"] for order in made.values() for line in order["items"]}
    return planned(made, {id_: products[id_] for id_ in sorted(used)})


def planned(orders: Mapping[str, Content], products: Mapping[str, Content]) -> PlanningInput:
    """A plan of an account that has all its papers."""
    address = {
        "addressLines": ["1 Quay"],
        "city": "Toronto",
        "postalCode": "M5V 2T6",
        "country": "CA",
    }
    importer = {"name": "Shop Inc.", "number": "12-3456789", "bond": "B-1", "powerOfAttorney": True}
    account = {
        "name": "Shop",
        "exporter": {"name": "Shop Ltd.", "address": address},
        "importerOfRecord": importer,
        "responsibleEmployee": {"name": "Kim Lee"},
        "grouping": "CONSOLIDATED_IOR",
        "valueFloorCents": 100,
    }
    warehouse = {"name": "Toronto", "country": "CA", "address": address, "email": "w@shop.example"}
    shipment = {
        "portOfEntry": "0901",
        "transportMode": "TRUCK",
        "carrier": "NWAY",
        "paps": "NWAY0012345",
        "eta": "2026-11-25T14:00:00.000Z",
        "packages": [{"kind": "PALLET", "count": 30, "grossWeightGrams": 90_000_000}],
    }
    broker = {"name": "B", "email": "entry@broker.example", "completesClassification": True}
    return PlanningInput(
        as_of=AS_OF,
        account=Party("acc_1", account),
        warehouse=Party("wh_1", warehouse),
        broker=Party("br_1", broker),
        shipment=shipment,
        orders=orders,
        products=products,
        ruleset=rulesets.load(AS_OF),
    )


@cache
def kinds() -> tuple[dict[str, str], ...]:
    with _KINDS.open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


def maker(country: str) -> Content:
    """A maker of this country, whose address says all that is asked."""
    code = "510000" if country == "CN" else "1000"
    return {
        "name": "The Works",
        "addressLines": ["12 Mill Lane"],
        "city": "Guangzhou" if country == "CN" else "Oldtown",
        "postalCode": code,
        "country": country,
    }


def _catalogue(chance: random.Random) -> dict[str, Content]:
    shares = [int(kind["share"]) for kind in kinds()]
    made = {}
    for place in range(PRODUCTS):
        (kind,) = chance.choices(kinds(), shares)
        made[f"prod_{place:05d}"] = _product(place, kind, chance)
    return made


def _product(place: int, kind: Mapping[str, str], chance: random.Random) -> Content:
    thing = f"{chance.choice(_COLOURS)} {kind['thing']}"
    origin = chance.choice(kind["origins"].split())
    product = {
        "externalId": f"SKU-{place}",
        "title": thing.split(",", maxsplit=1)[0].upper(),
        "description": thing.capitalize(),
        "htsCode": kind["hts"],
        "countryOfOrigin": origin,
        "weightGrams": int(kind["grams"]),
        "manufacturer": maker(origin),
        "unitValueCents": max(5, int(int(kind["cents"]) * chance.lognormvariate(0, 0.5))),
    }
    if kind["materials"]:
        product["materials"] = [{"name": kind["materials"], "percentHundredths": 10_000}]
    return product


def _order(
    number: int,
    names: list[str],
    popular: list[float],
    goods: Mapping[str, Content],
    chance: random.Random,
) -> Content:
    count = min(1_000, max(1, int(chance.lognormvariate(2.7, 1))))
    lines = [_line(id_, goods[id_], chance) for id_ in chance.choices(names, popular, k=count)]
    if chance.random() < _WITH_NO_GOODS:
        fee = f"prod_fee_{chance.randrange(len(_NO_GOODS))}"
        lines.append(
            {"productId": fee, "quantity": 1, "unitValueCents": chance.randint(300, 4_000)}
        )
    region, code = _PLACES[number % len(_PLACES)]
    return {
        "externalId": f"A-{number}",
        "destinationCountry": "US",
        "destinationRegion": region,
        "destinationPostalCode": code,
        "consignee": {
            "name": f"Buyer {number}",
            "addressLines": [f"{number} Elm St"],
            "city": "Town",
        },
        "items": lines,
    }


def _line(id_: str, product: Content, chance: random.Random) -> Content:
    """Mostly at the usual price, at times with a discount; what is on sale, often at a third."""
    on_sale = int(product["externalId"].removeprefix("SKU-")) % _SALE == 0
    (share,) = chance.choices((100, 85, 33), (60, 10, 30) if on_sale else (90, 10, 0))
    return {
        "productId": id_,
        "quantity": min(1_000, max(1, int(chance.lognormvariate(1.8, 1.2)))),
        "unitValueCents": max(1, product["unitValueCents"] * share // 100),
    }
