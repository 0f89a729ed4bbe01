"""Integers inside, decimals outside: cents, grams and hundredths as text, and their outer names."""

from typing import Final

# A field's ending inside, and in HTTP.
_ENDINGS: Final = (("_cents", "_usd"), ("Cents", "Usd"), ("Hundredths", ""))


def outer_name(name: str) -> str | None:
    """The name in HTTP of a field in whole hundredths (`unitValueCents`), of others None."""
    for inside, outside in _ENDINGS:
        if name.endswith(inside):
            return name.removesuffix(inside) + outside
    return None


def decimal(hundredths: int) -> str:
    """Cents as dollars, hundredths as percents: `12.50`."""
    sign, rest = ("-", -hundredths) if hundredths < 0 else ("", hundredths)
    return f"{sign}{rest // 100}.{rest % 100:02d}"


def kilograms(grams: int) -> str:
    """Grams as kilograms, exactly: `0.350`."""
    return f"{grams // 1000}.{grams % 1000:03d}"
