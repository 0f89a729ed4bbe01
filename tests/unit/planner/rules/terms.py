"""What an order was sold for and on which terms: currency, discounts, importer, preference."""

from dataclasses import replace
from typing import Any

from planner.domain.facts import PlanningInput
from support.planning import (
    BOOK,
    ORDER,
    a_plan,
    line,
    order,
    with_account,
    with_order,
    with_product,
)
from unit.planner.rules.case import BLOCKING, WARNING, Case

EIN = {"name": "Lakeside Imports LLC", "number": "12-3456789"}


def sold_for(minor: int, currency: str, *rates: dict[str, Any]) -> PlanningInput:
    item = {"productId": BOOK, "quantity": 1, "unitValueMinor": minor}
    plan = a_plan({ORDER: order(item, currency=currency)})
    return replace(plan, shipment={**plan.shipment, "exchangeRates": list(rates)})


def a_rate(currency: str, millionths: int) -> dict[str, Any]:
    return {
        "currency": currency,
        "usdPerUnitMillionths": millionths,
        "date": "2026-11-24",
        "source": "Federal Reserve H.10",
    }


def imported_by(**importer: Any) -> PlanningInput:
    return with_order(importerOfRecord=importer)


CURRENCY = [
    Case("EXCHANGE_RATE_MISSING", "EUR 20 are under the limit at any rate",
         sold_for(20_00, "EUR"), WARNING),
    Case("EXCHANGE_RATE_MISSING", "EUR 5,000 are over it at any rate",
         sold_for(5_000_00, "EUR"), WARNING),
    Case("EXCHANGE_RATE_MISSING", "EUR 2,200 are over it at one rate and under it at another",
         sold_for(2_200_00, "EUR"), BLOCKING),
    Case("EXCHANGE_RATE_MISSING", "JPY 2,200 are 15 dollars", sold_for(2_200, "JPY"), WARNING),
    Case("EXCHANGE_RATE_MISSING", "KWD 1,000.000 are near it",
         sold_for(1_000_000, "KWD"), BLOCKING),
    Case("EXCHANGE_RATE_MISSING", "of a rare currency nobody knows", sold_for(1, "MNT"), BLOCKING),
    Case("EXCHANGE_RATE_MISSING", "the rate is given",
         sold_for(2_200_00, "EUR", a_rate("EUR", 1_150_000))),
    Case("EXCHANGE_RATE_MISSING", "another's rate is given",
         sold_for(2_200_00, "EUR", a_rate("GBP", 1_330_000)), BLOCKING),
    Case("EXCHANGE_RATE_MISSING", "US dollars need none", sold_for(2_200_00, "USD")),
    Case("EXCHANGE_RATE_DOUBTFUL", "yen for a dollar in place of dollars for a yen",
         sold_for(2_200, "JPY", a_rate("JPY", 149_000_000)), WARNING),
    Case("EXCHANGE_RATE_DOUBTFUL", "twice what is expected",
         sold_for(1, "EUR", a_rate("EUR", 2_300_001)), WARNING),
    Case("EXCHANGE_RATE_DOUBTFUL", "a strong euro", sold_for(1, "EUR", a_rate("EUR", 1_600_000))),
    Case("EXCHANGE_RATE_DOUBTFUL", "a currency that is not held to anything",
         sold_for(1, "MNT", a_rate("MNT", 900_000_000))),
]  # fmt: skip

VALUE = [
    Case("UNIT_VALUE_INVALID", "zero yen", sold_for(0, "JPY"), BLOCKING),
    Case("UNIT_VALUE_INVALID", "a free gift has a value too",
         with_order(line(unit_value_cents=0), reasonForExport="GIFT"), BLOCKING),
    Case("ORDER_WORTH_NOTHING", "a coupon of all of it",
         with_order(discounts=[{"name": "Coupon", "amountMinor": 2_000}]), BLOCKING),
    Case("ORDER_WORTH_NOTHING", "a coupon that leaves a cent",
         with_order(discounts=[{"name": "Coupon", "amountMinor": 1_999}])),
    Case("UNIT_VALUE_SUSPECT", "a dozen at the price of one",
         with_order({"productId": BOOK, "unit": "DOZ", "quantityThousandths": 1_000,
                     "unitValueCents": 2_000}), WARNING),
    Case("UNIT_VALUE_SUSPECT", "a dozen at the price of twelve",
         with_order({"productId": BOOK, "unit": "DOZ", "quantityThousandths": 1_000,
                     "unitValueCents": 24_000})),
    Case("UNIT_VALUE_SUSPECT", "EUR 2.00 for what is worth USD 20.00",
         sold_for(2_00, "EUR", a_rate("EUR", 1_150_000)), WARNING),
    Case("UNIT_VALUE_SUSPECT", "nobody knows what it is in dollars", sold_for(2_00, "EUR")),
]  # fmt: skip

IMPORTER = [
    Case("IMPORTER_NUMBER_INVALID", "none", imported_by(name="Lakeside"), BLOCKING),
    Case("IMPORTER_NUMBER_INVALID", "a social security number",
         imported_by(name="Pat", number="123 45 6789"), BLOCKING),
    Case("IMPORTER_NUMBER_INVALID", "an EIN", imported_by(**EIN)),
    Case("IMPORTER_NUMBER_INVALID", "the account's importer", a_plan()),
    Case("UNIT_PARTY_DATA_MISSING", "the account has none, each order has its own",
         with_account(imported_by(**EIN), importerOfRecord=None)),
    Case("FORMAL_ENTRY_REQUIREMENTS_MISSING", "the order's importer has no bond",
         with_order(line(unit_value_cents=300_000), importerOfRecord=EIN), BLOCKING),
    Case("FORMAL_ENTRY_REQUIREMENTS_MISSING", "it has one, and the power of attorney",
         with_order(line(unit_value_cents=300_000),
                    importerOfRecord=EIN | {"bond": "B-1", "powerOfAttorney": True})),
]  # fmt: skip

PREFERENCE = [
    Case("PREFERENCE_CLAIM_DOUBTFUL", "KORUS for goods of China",
         with_product(countryOfOrigin="CN",
                      preference={"programme": "KORUS", "claim": True}), WARNING),
    Case("PREFERENCE_CLAIM_DOUBTFUL", "a programme of no name",
         with_product(preference={"programme": "NAFTA", "claim": True}), WARNING),
    Case("PREFERENCE_CLAIM_DOUBTFUL", "KORUS for goods of Korea",
         with_product(countryOfOrigin="KR", preference={"programme": "Korus", "claim": True})),
    Case("PREFERENCE_CLAIM_DOUBTFUL", "it is not claimed",
         with_product(preference={"programme": "NAFTA", "claim": False})),
    Case("USMCA_CLAIM_INVALID", "the USMCA under its new name",
         with_product(preference={"programme": "USMCA", "claim": True}), WARNING),
]  # fmt: skip

SCRIPT = [
    *[
        Case("DESCRIPTION_NOT_LATIN", text, with_product(description=text), WARNING)
        for text in (
            "陶瓷咖啡杯 釉面炻器 家用餐具用品",
            "Кружка керамическая для кофе",
            "قدح قهوة خزفي مزجج",
            "Ceramic coffee mug, household use, 茶",
            "Κεραμική κούπα καφέ",
        )
    ],
    *[
        Case("DESCRIPTION_NOT_LATIN", text, with_product(description=text))
        for text in (
            "Café mug, porcelain, décor Limoges, for household use",
            "Filter of 5 µm for 50 Ω cable, model nº 7, β version, 100 % Łódź linen",
        )
    ],
]

CASES = [*CURRENCY, *VALUE, *IMPORTER, *PREFERENCE, *SCRIPT]
