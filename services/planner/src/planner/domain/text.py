"""Numbers as people read them, exactly."""


def dollars(cents: int) -> str:
    """US cents with two decimals, as `12.50`; never negative here."""
    return f"{cents // 100}.{cents % 100:02d}"


def counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
