"""What a broker keys: entry lines, by numbers, origin, preference, maker and what is due on them.

The value for entry is the price without the freight and insurance of the international shipment
that it includes and that are stated apart (19 CFR 141.90, 152.102(f)).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from executor.artifacts.facts import Charge, Line, Subtotal
from executor.artifacts.formats import hts_quantities, shares
from shared.contracts.catalogue import ProductFact
from shared.money import total, usd

# Of a charge's name: charges have no kind.
_OF_THE_WAY: Final = re.compile(
    r"\b(?:freight|shipping|shipment|carriage|postage|courier|delivery|transport\w*|insurance)\b",
    re.IGNORECASE,
)
_AT_HOME: Final = re.compile(r"\b(?:inland|domestic|packing|handling)\b", re.IGNORECASE)
USMCA_COUNTRIES: Final = ("US", "CA", "MX")


def deductible(charge: Charge) -> bool:
    """Whether the price includes it and the value for entry does not."""
    of_the_way = _OF_THE_WAY.search(charge.name) and not _AT_HOME.search(charge.name)
    return charge.included_in_price and bool(of_the_way)


def deducted(charges: Iterable[Charge]) -> int:
    """In cents."""
    return sum(charge.amount.cents or 0 for charge in charges if deductible(charge))


def subtotals(
    lines: Iterable[Line], charges: Sequence[Charge], units: Mapping[str | None, Sequence[str]]
) -> tuple[Subtotal, ...]:
    """The entry lines of one invoice; `units` are the tariff's, by number as it prints them."""
    groups: dict[tuple[object, ...], list[Line]] = defaultdict(list)
    for line in lines:
        groups[_key(line)].append(line)
    values = [sum(line.line_value.cents or 0 for line in group) for group in groups.values()]
    apart = shares(deducted(charges), values)
    return tuple(
        _subtotal(group, units.get(group[0].product.hts_code, ()), cents)
        for group, cents in zip(groups.values(), apart, strict=True)
    )


def spi(product: ProductFact) -> str | None:
    """The special program indicator of the preference that is claimed."""
    claimed = product.usmca and product.usmca.claim
    return "S" if claimed and product.country_of_origin in USMCA_COUNTRIES else None


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


def _subtotal(lines: Sequence[Line], units: Sequence[str], apart: int) -> Subtotal:
    of, maker = lines[0].product, lines[0].product.manufacturer
    pieces = sum(line.quantity for line in lines)
    weights = [line.net_weight_grams for line in lines if line.net_weight_grams is not None]
    whole = sum(weights) if len(weights) == len(lines) else None
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
        quantity=pieces,
        hts_quantities=hts_quantities(units, pieces, whole),
        net_weight_grams=sum(weights),
        lines_without_weight=len(lines) - len(weights),
        value=value,
        entered=None if value.cents is None else usd(value.cents - apart),
    )
