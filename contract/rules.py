"""The page of the planner's rules, flags and dated tables, made of its code and its data."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import TypeVar

from contract import fixture
from contract.markdown import table
from contract.rendering import anchor
from planner import rulesets
from planner.domain.facts import Product
from planner.domain.flags import FLAG_RULES, FlagRule
from planner.domain.rules import RULES
from planner.domain.rules.base import SCOPES, Rule
from shared.contracts.decision import Source

_INTRODUCTION = """\
# The planner's rules

A `BLOCKING` finding keeps back what it is about: an order, every order that uses a product, a
unit's orders, or the batch. A `WARNING` is a datum that is absent or doubtful and that the broker
will ask for. `INFO` is said and changes nothing. Where two severities stand, the case decides, as
the finding says. What stands in {braces} in a message is filled in. "not verified" marks what no
source was read for: such a rule warns at most, unless it is EntryGo's own policy and says so.
Nothing here is legal advice.

Every rule and every code is an anchor of this page, and a finding's `docs` leads there:
`/docs/rules#r16`, `/docs/rules#origin_missing`.
"""
_FLAGS = """\
A flag is regulatory treatment carried forward to the broker; it never lowers readiness. Flags are
prompts, not determinations. Goods without a flag can be regulated all the same: the intended use
and the texts of the rules decide, and the agencies' own code lists are longer than these tables.
"""
_TABLES = """\
Every row holds from its first to its last day, both included; the set in force on the UTC day of
planning is chosen, and its version (newest boundary and content) is part of the plan and its hash.

`data` of an agency names the fields of the product's `pga.<agency>` that answer it (`/` parts one
way from another); `when` says that it asks of goods for children, or on formal entries, alone. The
level NONE takes goods out of a shorter prefix; digits before a question mark are a number that is
not whole yet.
"""
_TITLES = {
    "thresholds": "Figures, of which one holds at a time",
    "programmes": "Duty programmes beside the general rate (R33)",
    "agencies": "Partner agencies by HTS prefix; the longest prefix wins for each agency (R29)",
    "adcvd": "Anti-dumping and countervailing orders by origin and HTS prefix (R35)",
    "lists": "Lists of places, prefixes and words",
}
Said = TypeVar("Said", Rule, FlagRule)
_LONG = 400  # characters of a list of values that are printed


def markdown() -> str:
    """The whole page, as Markdown."""
    parts = [_INTRODUCTION, "## Rules\n", _overview(), _sections(RULES, _rule)]
    parts += ["## Flags\n", _FLAGS, _sections(FLAG_RULES, lambda flag: f"{flag.condition}\n")]
    parts += ["## Dated tables\n", _TABLES]
    for name, title in _TITLES.items():
        parts += [f"### {title}\n", _dated(rulesets.table(name))]
    return "\n".join(parts)


def _overview() -> str:
    fired, of = fixture.fired()
    rows = [
        (
            f"[{rule.id}](#{anchor(rule.id)})",
            f"`{rule.code}`",
            _severity(rule),
            SCOPES[rule.subject],
            str(fired[rule.code]) if rule.subject is Product else "",
        )
        for rule in RULES
    ]
    rows += [
        (
            f"[{flag.id}](#{anchor(flag.id)})",
            f"`{flag.code}`",
            "flag",
            "product",
            str(fired[flag.code]),
        )
        for flag in FLAG_RULES
    ]
    said = (
        f"Fires: on how many of {of} products of public rulings, each with the number, origin and "
        "words of its ruling, a maker and a weight, and nothing else that is asked.\n"
    )
    return f"{said}\n{table(('Rule', 'Code', 'Severity', 'About', 'Fires'), rows)}"


def _sections(rules: Iterable[Said], body: Callable[[Said], str]) -> str:
    """A heading for each id, and below it one for each code that it has."""
    parts: list[str] = []
    for rule_id, same in groupby(rules, key=lambda rule: rule.id):
        parts.append(f"### {rule_id}\n")
        for rule in same:
            parts += [f"#### {rule.code}\n", body(rule)]
    return "\n".join(parts)


def _rule(rule: Rule) -> str:
    remedy = f"Remedy ({_menders(rule)}): {rule.remedy}"
    return (
        f"{_severity(rule)}, about the {SCOPES[rule.subject]}. Reads `{rule.reads}`.\n\n"
        f"* Message: {rule.message}\n* {remedy}\n* Source: {_source(rule.source)}\n"
    )


def _menders(rule: Rule) -> str:
    menders = (rule.mender(severity, rule.reads) for severity in rule.severities)
    return " or ".join(dict.fromkeys(menders))


def _severity(rule: Rule) -> str:
    return " or ".join(rule.severities)


def _dated(rows: Sequence[Mapping[str, str]]) -> str:
    facts = [name for name in rows[0] if name not in {"valid_from", "valid_to", "date", "verified"}]
    facts.remove("citation")
    titles = [name.replace("_", " ").capitalize() for name in facts]
    body = [
        [
            *(_shortened(row[name].replace("|", ", ")) for name in facts),
            row["valid_from"],
            row["valid_to"],
            _source(rulesets.source_of(row)),
        ]
        for row in rows
    ]
    return table([*titles, "From", "To", "Source"], body)


def _source(source: Source) -> str:
    dated = f", {source['date']}" if source["date"] else ""
    return f"{source['citation']}{dated}{'' if source['verified'] else ' (not verified)'}"


def _shortened(value: str) -> str:
    return value if len(value) <= _LONG else f"{value[:_LONG].rsplit(' ', 1)[0]} ..."
