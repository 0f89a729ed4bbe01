"""Findings as they are told: one for all that a product lacks, each with how it is mended."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import cast

from planner.domain.advice import Advice
from shared.contracts.decision import Finding
from shared.money import decimal

# What every product needs, and what agencies and programmes want of its class: a product that
# lacks several of one kind is told of once (ADR 0020).
_BASIC, _DATA = "basic", "data"
_TOGETHER = {
    "DESCRIPTION_MISSING": _BASIC,
    "HTS_MISSING": _BASIC,
    "MANUFACTURER_MISSING": _BASIC,
    "ORIGIN_MISSING": _BASIC,
    "TEXTILE_MANUFACTURER_MISSING": _BASIC,
    "WEIGHT_MISSING": _BASIC,
    "AGENCY_DATA_MISSING": _DATA,
    "CLASS_DATA_MISSING": _DATA,
    "CPSC_CERTIFICATE_MISSING": _DATA,
    "FDA_PRIOR_NOTICE_NEEDED": _DATA,
    "METAL_DATA_MISSING": _DATA,
}


def messages_of(findings: Iterable[Finding], advice: Advice) -> list[Finding]:
    """What is told of findings that come in order."""
    return list(_told(list(_once(findings)), advice))


def _told(findings: list[Finding], advice: Advice) -> Iterator[Finding]:
    lacking: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for found in findings:
        if found["code"] in _TOGETHER:
            lacking[_lack(found)].append(found)
    together = {lack: _one(parts) for lack, parts in lacking.items()}
    for found in findings:
        if found["code"] not in _TOGETHER:
            yield advice.on(_counted(found), [found["field"]])
        elif _place(one := together[_lack(found)]) == _place(found):
            yield advice.on(one, [part["field"] for part in lacking[_lack(found)]])


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """What several units say of one and the same field is told once, of no unit."""
    told = defaultdict[tuple[str, str], list[Finding]](list)
    for found in findings:
        told[_place(found)].append(found)
    for first, *more in told.values():
        of_none = {name: value for name, value in first.items() if name != "unit_id"}
        yield cast("Finding", of_none) if more else first


def _place(found: Finding) -> tuple[str, str]:
    return found["code"], found["field"]


def _lack(found: Finding) -> tuple[str, str]:
    return _TOGETHER[found["code"]], found["product_id"]


def _one(parts: list[Finding]) -> Finding:
    """What a product lacks, in one message: by severity, then by rule; the first gives its code."""
    if len(parts) == 1:
        return parts[0]
    severe = parts[0]["severity"]  # they come by severity
    parts = sorted(parts, key=lambda part: (part["severity"] != severe, part["rule_id"]))
    return {
        **parts[0],
        "message": _joined(part["message"] for part in parts),
        "remedy": _joined(part["remedy"] for part in parts),
        "codes": [part["code"] for part in parts],
    }


def _joined(sentences: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(sentences))


def _counted(found: Finding) -> Finding:
    if "line_count" not in found:
        return found
    lines, lowest = found["line_count"], decimal(found["lowest_value_cents"])
    return {**found, "message": f"{found['message']} Lines: {lines}, the lowest at USD {lowest}."}
