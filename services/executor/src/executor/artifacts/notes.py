"""What an invoice says besides its figures: flags, class data asked for, findings accepted."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import itemgetter

from executor.artifacts.class_data import CLASS_DATA, SOURCE
from executor.artifacts.facts import ClassNote, FindingNote, FlagNote, Line
from shared.contracts.decision import Finding, Flag, Unit
from shared.contracts.snapshot import Snapshot

ACKNOWLEDGED = ("WARNING", "INFO")  # what blocks is in no unit
# What a flag asks for is said once: by the flag.
_SAID_BY_FLAGS = {
    "AGENCY_DATA_MISSING",
    "CPSC_CERTIFICATE_MISSING",
    "FDA_PRIOR_NOTICE_NEEDED",
    "LACEY_DATA_MISSING",
}
_ALL = ""
_HEADING = re.compile(r"\b9903\.[0-9]{2}\.[0-9]{2}\b")


class Notes:
    """The snapshot's flags and findings, found by what they concern."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._flags = snapshot["decision"]["flags"]
        self._units = [frozenset(flag["unit_ids"]) for flag in self._flags]
        self._flagged: dict[str, list[int]] = defaultdict(list)  # places in _flags, by product
        for place, flag in enumerate(self._flags):
            for product_id in flag["product_ids"] or (_ALL,):
                self._flagged[product_id].append(place)
        self._findings: dict[str, list[tuple[int, Finding]]] = defaultdict(list)
        for place, finding in enumerate(snapshot["decision"]["findings"]):
            if _is_printed(finding):
                self._findings[_concerns(finding)].append((place, finding))

    def flags_on(self, unit_id: str, product_id: str) -> list[Flag]:
        return [self._flags[place] for place in self._places(unit_id, product_id)]

    def flags_of(self, unit: Unit, lines: Iterable[Line]) -> tuple[FlagNote, ...]:
        numbers: dict[int, list[int]] = {p: [] for p in self._places(unit["unit_id"], _ALL)}
        for line in lines:
            for place in self._places(unit["unit_id"], line.product_id):
                numbers.setdefault(place, []).append(line.number)
        return tuple(_flag_note(self._flags[p], numbers[p]) for p in sorted(numbers))

    def _places(self, unit_id: str, product_id: str) -> list[int]:
        return [p for p in self._flagged.get(product_id, ()) if unit_id in self._units[p]]

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


def headings(flags: Iterable[Flag]) -> tuple[str, ...]:
    """Those under which duties are due, as the first sentence of a flag's reason names them."""
    first = (flag["reason"].split(". ", 1)[0] for flag in flags if "programme" in flag)
    return tuple(sorted({heading for told in first for heading in _HEADING.findall(told)}))


def _is_printed(finding: Finding) -> bool:
    """Whether the broker reads it: no information for the shop, nor what a flag asks for."""
    for_the_shop = finding["severity"] == "INFO" and _concerns(finding) == _ALL
    asked = finding["code"] in _SAID_BY_FLAGS
    return finding["severity"] in ACKNOWLEDGED and not for_the_shop and not asked


def _concerns(finding: Finding) -> str:
    """The narrowest thing the finding names: its unit, order or product; else the whole batch."""
    return finding.get("unit_id") or finding.get("order_id") or finding.get("product_id") or _ALL


def _flag_note(flag: Flag, line_numbers: Iterable[int]) -> FlagNote:
    return FlagNote(
        code=flag["code"],
        agency=flag.get("agency"),
        programme=flag.get("programme"),
        reason=flag["reason"],
        line_numbers=tuple(line_numbers),
        source=flag["source"],
    )


def class_notes(lines: Sequence[Line]) -> tuple[ClassNote, ...]:
    found = (
        (row, tuple(line.number for line in lines if row.covers(line.product.hts_code)))
        for row in CLASS_DATA
    )
    return tuple(ClassNote(row.goods, row.asks, n, SOURCE) for row, n in found if n)


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
        line_numbers=tuple(sorted(n for key in products for n in by_product.get(key, ()))),
        source=first["source"],
    )


def _lines_by_product(lines: Iterable[Line]) -> dict[str, list[int]]:
    numbers: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        numbers[line.product_id].append(line.number)
    return numbers
