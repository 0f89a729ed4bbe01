"""Lists told by kind: one of each, how many there are, and the first few places."""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, Final

Json = dict[str, Any]

FIRST: Final = 10
FEW: Final = 5
ROWS: Final = 20
LONGEST_TEXT: Final = 600
_INDEX: Final = re.compile(r"\[[^\]]*\]")


def wants(missing: Iterable[Mapping[str, Any]]) -> Json:
    """What is missing, the same datum of several records told once."""
    named = [(_kind_of(each["path"]), each) for each in missing]
    groups = [
        {
            "what": what,
            "required_for": first["required_for"],
            "fixable_by": first["fixable_by"],
            "count": len(same),
            "paths": [each["path"] for each in same[:FEW]],
            **only(first, ("remedy_command",)),
        }
        for what, first, same in _grouped(named, ("required_for", "fixable_by"))
    ]
    groups.sort(key=lambda group: group["required_for"] != "EXECUTE")
    return {"count": len(named), "first": groups[:FIRST], **_rest(groups)}


def findings(found: Iterable[Mapping[str, Any]]) -> Json:
    """What the rules found, the same of several records told once; what blocks comes first."""
    named = [(each["code"], each) for each in found]
    severities = ("BLOCKING", "WARNING", "INFO")
    counts = {word: sum(each["severity"] == word for _, each in named) for word in severities}
    groups = [
        {
            **cut(only(first, ("severity", "code", "rule_id", "fixable_by", "message", "remedy"))),
            **_command(first),
            "count": len(same),
            "about": [_about(each) for each in same[:FEW]],
            **_elsewhere(same[:FEW]),
        }
        for _, first, same in _grouped(named, ("severity", "fixable_by"))
        if first["severity"] != "INFO"
    ]
    groups.sort(key=lambda group: severities.index(group["severity"]))
    info = sorted({code for code, each in named if each["severity"] == "INFO"})
    told = {"counts": counts, "first": groups[:FIRST], **_rest(groups)}
    return told | ({"info": info} if info else {})


def cut(value: Any, longest: int = LONGEST_TEXT) -> Any:  # noqa: ANN401  # any JSON value
    """The value with long lists and texts cut, and each cut told."""
    if isinstance(value, Mapping):
        return {key: cut(each, longest) for key, each in value.items()}
    if isinstance(value, list):
        rest = [f"... and {len(value) - ROWS} more"] if len(value) > ROWS else []
        return [cut(each, longest) for each in value[:ROWS]] + rest
    if isinstance(value, str) and len(value) > longest:
        return f"{value[:longest]}... ({len(value)} characters)"
    return value


def _grouped(
    named: list[tuple[str, Mapping[str, Any]]], by: tuple[str, ...]
) -> list[tuple[str, Mapping[str, Any], list[Mapping[str, Any]]]]:
    def key(pair: tuple[str, Mapping[str, Any]]) -> list[str]:
        return [pair[0], *(str(pair[1].get(name, "")) for name in by)]

    groups = (
        (whose[0], [each for _, each in pairs])
        for whose, pairs in groupby(sorted(named, key=key), key)
    )
    return [(name, same[0], same) for name, same in groups]


def _command(finding: Mapping[str, Any]) -> Json:
    """What the operator types; a request is what the tools are for."""
    command = finding.get("remedy_command")
    return (
        {"remedy_command": command} if command and finding.get("fixable_by") == "OPERATOR" else {}
    )


def _about(finding: Mapping[str, Any]) -> str:
    """The place, which names its record; else the record."""
    names = ("field", "order_id", "product_id", "unit_id")
    return next((str(finding[name]) for name in names if finding.get(name)), "")


def _elsewhere(found: Iterable[Mapping[str, Any]]) -> Json:
    """The exports that have what it is about, where it is there already."""
    exports = [each["export_id"] for each in found if each.get("export_id")]
    return {"exports": exports} if exports else {}


def _kind_of(path: str) -> str:
    """The path without which record and which place: what is the same datum."""
    return _INDEX.sub("[]", path)


def only(of: Mapping[str, Any], names: Iterable[str]) -> Json:
    return {name: of[name] for name in names if of.get(name) is not None}


def _rest(groups: list[Json]) -> Json:
    return {"more_kinds": len(groups) - FIRST} if len(groups) > FIRST else {}
