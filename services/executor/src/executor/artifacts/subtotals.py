"""What a broker keys: entry lines, by numbers, origin, preference, maker and what is due on them.

The value for entry is the price without the freight and insurance of the international shipment
that it includes and that are stated apart (19 CFR 141.90, 152.102(f)).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from executor.artifacts.facts import Charge, HtsQuantity, Line, Subtotal
from executor.artifacts.formats import Measures, printed_quantity, shares
from executor.artifacts.goods import Held
from shared.contracts.catalogue import ProductFact
from shared.money import total, usd
from shared.units import UnitOfMeasure

# Of a charge's name: charges have no kind.
_OF_THE_WAY: Final = re.compile(
    r"\b(?:freight|shipping|shipment|carriage|postage|courier|delivery|transport\w*|insurance)\b",
    re.IGNORECASE,
)
_AT_HOME: Final = re.compile(r"\b(?:inland|domestic|packing|handling)\b", re.IGNORECASE)
USMCA_COUNTRIES: Final = ("US", "CA", "MX")
# HTSUS general note 3(c)(i).
_SPI: Final = {
    "USMCA": "S",
    "AUSFTA": "AU",
    "BAHRAIN FTA": "BH",
    "CAFTA-DR": "P",
    "CHILE FTA": "CL",
    "COLOMBIA TPA": "CO",
    "ISRAEL FTA": "IL",
    "JORDAN FTA": "JO",
    "KORUS": "KR",
    "MOROCCO FTA": "MA",
    "OMAN FTA": "OM",
    "PANAMA TPA": "PA",
    "PERU TPA": "PE",
    "SINGAPORE FTA": "SG",
    "US-JAPAN": "JP",
}


class Entered(NamedTuple):
    """A line of an invoice, what it holds, and what discounts take off it in cents."""

    line: Line
    held: Held
    off: int

    @property
    def cents(self) -> int:
        return (self.held.value.cents or 0) - self.off


def deductible(charge: Charge) -> bool:
    """Whether the price includes it and the value for entry does not."""
    of_the_way = _OF_THE_WAY.search(charge.name) and not _AT_HOME.search(charge.name)
    return charge.included_in_price and bool(of_the_way)


def deducted(charges: Iterable[Charge]) -> int:
    """In cents."""
    return sum(charge.amount.cents or 0 for charge in charges if deductible(charge))


def subtotals(
    sold: Sequence[Entered],
    charges: Sequence[Charge],
    units: Mapping[str | None, Sequence[str]],
) -> tuple[Subtotal, ...]:
    """The entry lines of one invoice; `units` are the tariff's, by number as it prints them."""
    groups: dict[tuple[object, ...], list[Entered]] = defaultdict(list)
    for each in sold:
        groups[_key(each.line)].append(each)
    values = [sum(each.cents for each in group) for group in groups.values()]
    apart = shares(min(deducted(charges), sum(values)), values)
    return tuple(
        _subtotal(group, units.get(group[0].line.product.hts_code, ()), cents)
        for group, cents in zip(groups.values(), apart, strict=True)
    )


def spi(product: ProductFact) -> str | None:
    """The special program indicator of the preference that is claimed."""
    programme = product.claimed_programme
    if programme == "USMCA" and product.country_of_origin not in USMCA_COUNTRIES:
        return None
    return None if programme is None else _SPI.get(programme)


def _key(line: Line) -> tuple[object, ...]:
    of, maker = line.product, line.product.manufacturer
    return (
        of.hts_code,
        of.secondary_hts_code,
        of.country_of_origin,
        spi(of),
        maker and (maker.name, maker.mid),
        of.adcvd_case,
        line.headings,
    )


def _subtotal(sold: Sequence[Entered], units: Sequence[str], apart: int) -> Subtotal:
    lines, held = [each.line for each in sold], [each.held for each in sold]
    of, maker = lines[0].product, lines[0].product.manufacturer
    weights = [each.grams for each in held if each.grams is not None]
    value = total((line.line_value for line in lines), lines[0].line_value.currency)
    return Subtotal(
        hts_code=of.hts_code,
        secondary_hts_code=of.secondary_hts_code,
        special_program=spi(of),
        country_of_origin=of.country_of_origin,
        manufacturer=maker.name if maker else None,
        mid=maker.mid if maker else None,
        adcvd_case=of.adcvd_case,
        headings=lines[0].headings,
        line_numbers=tuple(line.number for line in lines),
        quantity=sum(each.pieces for each in held),
        measured=_measured(held),
        hts_quantities=Measures.sum([each.measures for each in held]).asked(units),
        net_weight_grams=sum(weights),
        lines_without_weight=len(lines) - len(weights),
        value=value,
        entered=None
        if value.cents is None
        else usd(value.cents - apart - sum(each.off for each in sold)),
    )


def _measured(held: Iterable[Held]) -> tuple[HtsQuantity, ...] | None:
    """What is sold in other units than pieces and pairs, by unit."""
    by_unit: dict[UnitOfMeasure, int] = defaultdict(int)
    for each in held:
        if not each.unit.counted:
            by_unit[each.unit] += each.thousandths
    listed = (
        HtsQuantity(unit.value, str(printed_quantity(unit, by_unit[unit])))
        for unit in sorted(by_unit)
    )
    return tuple(listed) or None
