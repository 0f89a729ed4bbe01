"""The page of errors: every code of the envelope, every next action, as Markdown."""

from typing import Any, Final

from contract.markdown import example, table
from contract.rendering import anchor
from shared.contracts.errors import ErrorCode, NextAction

_CODES: Final = """\
# Errors

One shape, on every route and every failure: [Error](/docs/api/shapes#error). Branch on the
status, then on `errorCode`; then do what `details.next_action` says. Every code and every next
action is an anchor of this page, and an error's `details.docs` leads there:
`/docs/errors#plan_stale`, `/docs/errors#replan`.

## Codes

What `details` says of a case counts, where it differs from this table: `PRODUCT_NOT_FOUND` is a 404
where one product was asked for, and an `INTERNAL_ERROR` with `retryable: true` may be repeated.
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
_EXAMPLES: Final = """\
## Examples

Answers as they were given.
"""


def markdown(document: dict[str, Any]) -> str:
    """With the answers that the OpenAPI document has as examples."""
    codes = sorted(ErrorCode, key=lambda code: (code.status, code))
    recorded = document["components"]["examples"]
    examples = [example("Error", recorded[code]["value"]) for code in codes if code in recorded]
    return "\n".join([_CODES, _codes(codes), _ACTIONS, _actions(), _FINDINGS, _EXAMPLES, *examples])


def _codes(codes: list[ErrorCode]) -> str:
    rows = [
        (
            f"`{code}`",
            str(code.status),
            code.sentence,
            "yes" if code.retryable else "no",
            f"[{code.next_action}](#{anchor(code.next_action)})",
        )
        for code in codes
    ]
    return table(("`errorCode`", "Status", "Meaning", "`retryable`", "`next_action`"), rows)


def _actions() -> str:
    return table(("Next action", "Do"), [(f"`{each}`", each.sentence) for each in NextAction])
