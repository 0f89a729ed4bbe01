"""What needs the broker's eye in a package, in the order in which it matters, each said once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

MOST_PLACES: Final = 5  # entries told with their lines; of more, only which

Where = tuple[int, Sequence[int]]  # the invoice's position, its lines; none: all of it


def prompts(invoices: Sequence[Mapping[str, Any]]) -> list[str]:
    """Of invoices as their JSON has them.

    First what duties are in question, by case or programme, then what else the shipper was warned
    of, then agencies.
    """
    found: dict[tuple[int, str], list[Where]] = defaultdict(list)
    for position, invoice in enumerate(invoices, 1):
        said: dict[tuple[int, str], list[Sequence[int]]] = defaultdict(list)
        for rank, text, lines in _of(invoice):
            said[rank, text].append(lines)
        for key, each in said.items():  # by several rows of one agency perhaps
            found[key].append((position, sorted(set().union(*each)) if all(each) else ()))
    return [
        f"{_where(found[key], len(invoices))}{key[1]}"
        for key in sorted(found, key=lambda key: key[0])
    ]


def ranges(numbers: Iterable[int]) -> str:
    """Ascending numbers in short: `1-4, 7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def _of(invoice: Mapping[str, Any]) -> Iterator[tuple[int, str, Sequence[int]]]:
    for finding in invoice["findings"]:
        if finding["severity"] == "WARNING":
            rank = 0 if finding["code"].startswith("ADCVD") else 2
            yield rank, finding["message"], finding["lineNumbers"]
    for flag in invoice["flags"]:
        yield 1 if "programme" in flag else 3, flag["reason"], flag["lineNumbers"]


def _where(places: Sequence[Where], invoices: int) -> str:
    if len(places) == invoices and not any(lines for _, lines in places):
        return ""  # all of it
    alone = invoices == 1
    if not alone and len(places) > MOST_PLACES:
        return f"Entries {ranges(position for position, _ in places)}: "
    told = "; ".join(
        ", ".join(part for part in ("" if alone else f"entry {position}", _lines(lines)) if part)
        for position, lines in places
    )
    return f"{told[:1].upper()}{told[1:]}: " if told else ""


def _lines(numbers: Sequence[int]) -> str:
    return f"line{'s' if len(numbers) > 1 else ''} {ranges(numbers)}" if numbers else ""
