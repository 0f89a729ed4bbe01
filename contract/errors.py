"""The page of errors: every code of the envelope, every next action, as Markdown."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from contract.markdown import table
from contract.recorded import Exchange, recorded, shown
from contract.rendering import anchor
from shared.contracts.errors import ErrorCode, NextAction

Json = dict[str, Any]

_MOST: Final = 8  # operations that are named
_CODES: Final = """\
# Errors

One shape, on every route and every failure: [Error](/docs/api/shapes#error). Branch on the
status, then on `errorCode`; then do what `details.next_action` says. Every code and every next
action is an anchor of this page, and an error's `details.docs` leads there:
`/docs/errors#plan_stale`, `/docs/errors#replan`.

## Codes

What `details` says of a case counts, where it differs from this table: `EXPORT_NOT_READY` has the
plan's own next action, `PRODUCT_NOT_FOUND` is a 404 where one product was asked for, and an
`INTERNAL_ERROR` with `retryable: true` may be repeated.
"""
_ACTIONS: Final = """\
## Next actions

`details.next_action` of an error, `next_recommended_action` of a plan, an execution, an export. An
open list: take a word that you do not know as information.
"""
_FINDINGS: Final = """\
## Findings

What the rules find in a plan is no error: each code and each rule of `validationMessages` is an
anchor of [the page of rules](/docs/rules).
"""


def markdown(document: Json) -> str:
    """A table of all codes, then each with the operations that answer it, and one such answer."""
    codes = sorted(ErrorCode, key=lambda code: (code.status, code))
    answering = _answering(document)
    examples = recorded()
    sections = [
        part
        for code in codes
        for part in _section(code, answering.get(code, []), examples.get(code))
    ]
    return "\n".join([_CODES, _codes(codes), *sections, _ACTIONS, _actions(), _FINDINGS])


def _codes(codes: list[ErrorCode]) -> str:
    rows = [
        (
            f"[{code}](#{anchor(code)})",
            str(code.status),
            code.sentence,
            _action(code),
        )
        for code in codes
    ]
    return table(("`errorCode`", "Status", "Meaning", "`next_action`"), rows)


def _section(code: ErrorCode, answering: list[str], found: Exchange | None) -> Iterator[str]:
    yield f"### {code}\n"
    again = "may be" if code.retryable else "is not to be"
    yield f"**{code.status}**: {code.sentence} The request {again} repeated as it is.\n"
    yield f"Next, {_action(code)}: {code.next_action.sentence}\n"
    if len(answering) > _MOST:
        yield "Answered by most operations.\n"
    elif answering:
        links = (f"[{call}](/docs/api/reference#{anchor(call)})" for call in answering)
        yield f"Answered by {', '.join(links)}.\n"
    if found:
        yield shown(found, "Error")


def _action(code: ErrorCode) -> str:
    return f"[{code.next_action}](#{anchor(code.next_action)})"


def _answering(document: Json) -> dict[str, list[str]]:
    """The operations that name each code."""
    found: dict[str, list[str]] = defaultdict(list)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            said = " ".join(map(str, _failures(document, operation)))
            for code in ErrorCode:
                if f"`{code}`" in said:
                    found[code].append(f"{method.upper()} {path}")
    return found


def _failures(document: Json, operation: Json) -> Iterator[str]:
    for answer in operation["responses"].values():
        name = answer.get("$ref", "").rsplit("/", 1)[-1]
        yield (document["components"]["responses"][name] if name else answer)["description"]


def _actions() -> str:
    return table(("Next action", "Do"), [(f"`{each}`", each.sentence) for each in NextAction])
