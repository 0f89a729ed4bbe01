"""How documents write quantities and codes. Integers only; nothing is rounded but dozens."""

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

from executor.artifacts.facts import HtsQuantity
from shared.money import decimal, kilograms


def hts(code: str | None) -> str | None:
    """The number as the tariff prints it, `6109.10.00.12`; what has no such form stays as it is."""
    if code is None:
        return None
    digits = re.sub(r"[.\s-]", "", code)
    if not re.fullmatch(r"[0-9]{6}|[0-9]{8}|[0-9]{10}", digits):
        return code
    return ".".join(part for part in (digits[:4], digits[4:6], digits[6:8], digits[8:]) if part)


def hts_quantities(units: Iterable[str], pieces: int, grams: int | None) -> tuple[HtsQuantity, ...]:
    return tuple(HtsQuantity(unit, _quantity_in(unit, pieces, grams)) for unit in units)


def _quantity_in(unit: str, pieces: int, grams: int | None) -> str | None:
    """The quantity where it follows from pieces and weight; otherwise the broker asks."""
    match unit:
        case "No." | "pcs":
            return str(pieces)
        case "doz.":
            return decimal((pieces * 100 + 6) // 12)
        case "thousands":
            return kilograms(pieces)
        case "kg":
            return None if grams is None else kilograms(grams)
        case "g":
            return None if grams is None else str(grams)
        case _:
            return None


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """The amount by these weights, adding up to it; where all are nothing the first has it."""
    whole = sum(weights)
    if not whole:
        return [amount, *(0 for _ in weights[1:])][: len(weights)]
    reached = [amount * each // whole for each in accumulate(weights, initial=0)]
    return [after - before for before, after in pairwise(reached)]
