"""What an invoice says besides its figures: flags, class data asked for, findings accepted."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import itemgetter

from executor.artifacts.class_data import CLASS_DATA
from executor.artifacts.facts import ClassNote, FindingNote, FlagNote, Line
from shared.contracts.snapshot import Finding, Flag, Snapshot, Unit

ACKNOWLEDGED = ("WARNING", "INFO")  # what blocks is in no unit
_ALL = ""


class Notes:
    """The snapshot's flags and findings, found by what they concern."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._flags: dict[str, list[Flag]] = defaultdict(list)
        for flag in snapshot["decision"]["flags"]:
            for unit_id in flag["unit_ids"]:
                self._flags[unit_id].append(flag)
        self._findings: dict[str, list[tuple[int, Finding]]] = defaultdict(list)
        for place, finding in enumerate(snapshot["decision"]["findings"]):
            if finding["severity"] in ACKNOWLEDGED:
                self._findings[_concerns(finding)].append((place, finding))

    def flags_of(self, unit_id: str) -> "UnitFlags":
        return UnitFlags(self._flags.get(unit_id, ()))

    def findings_of(self, unit: Unit, lines: Iterable[Line]) -> tuple[FindingNote, ...]:
        """Warnings first, then information; equal findings about many orders become one note."""
        by_product = _lines_by_product(lines)
        concerned = (_ALL, unit["unit_id"], *unit["order_ids"], *by_product)
        found = sorted(
            (pair for key in concerned for pair in self._findings.get(key, ())), key=itemgetter(0)
        )
        groups: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
        for _, finding in found:
            groups[finding["code"], finding["message"], finding["remedy"]].append(finding)
        notes = [_finding_note(group, by_product) for group in groups.values()]
        return tuple(sorted(notes, key=lambda note: ACKNOWLEDGED.index(note.severity)))


def _concerns(finding: Finding) -> str:
    """The narrowest thing the finding names: its unit, order or product; else the whole batch."""
    return finding.get("unit_id") or finding.get("order_id") or finding.get("product_id") or _ALL


class UnitFlags:
    """The flags of one unit, by product."""

    def __init__(self, flags: Iterable[Flag]) -> None:
        self._flags = tuple(flags)
        self._agencies: dict[str, set[str]] = defaultdict(set)
        self._programmes: dict[str, set[str]] = defaultdict(set)
        for flag in self._flags:
            for product_id in flag["product_ids"]:
                if "agency" in flag:
                    self._agencies[product_id].add(flag["agency"])
                if "programme" in flag:
                    self._programmes[product_id].add(flag["programme"])

    def agencies(self, product_id: str) -> tuple[str, ...]:
        return tuple(sorted(self._agencies.get(product_id, ())))

    def programmes(self, product_id: str) -> tuple[str, ...]:
        return tuple(sorted(self._programmes.get(product_id, ())))

    def noted(self, lines: Iterable[Line]) -> tuple[FlagNote, ...]:
        by_product = _lines_by_product(lines)
        return tuple(
            FlagNote(
                code=flag["code"],
                agency=flag.get("agency"),
                programme=flag.get("programme"),
                reason=flag["reason"],
                line_numbers=_numbers(by_product, flag["product_ids"]),
                source=flag["source"],
            )
            for flag in self._flags
        )


def class_notes(lines: Sequence[Line]) -> tuple[ClassNote, ...]:
    found = (
        (row, tuple(line.number for line in lines if row.covers(line.hts_code)))
        for row in CLASS_DATA
    )
    return tuple(ClassNote(row.goods, row.asks, n, row.source) for row, n in found if n)


def _finding_note(group: Sequence[Finding], by_product: dict[str, list[int]]) -> FindingNote:
    first = group[0]
    order_ids = {finding["order_id"] for finding in group if "order_id" in finding}
    products = {finding["product_id"] for finding in group if "product_id" in finding}
    return FindingNote(
        code=first["code"],
        rule_id=first["rule_id"],
        severity=first["severity"],
        message=first["message"],
        remedy=first["remedy"],
        order_ids=tuple(sorted(order_ids)),
        line_numbers=_numbers(by_product, products),
        source=first["source"],
    )


def _lines_by_product(lines: Iterable[Line]) -> dict[str, list[int]]:
    numbers: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        numbers[line.product_id].append(line.number)
    return numbers


def _numbers(by_product: dict[str, list[int]], product_ids: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted(n for key in set(product_ids) for n in by_product.get(key, ())))
