"""What is wrong with what was sent, in the protocol's words: for HTTP, messages and the command.

pydantic's codes become the protocol's here and nowhere else; a path is written `items.0.quantity`.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from pydantic import ValidationError, ValidationInfo, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import ErrorDetails

from shared.contracts.errors import ErrorCode
from shared.errors import Refused

MAX_ISSUES: Final = 100

Issue = dict[str, str]

# By pydantic's error type: the protocol's code, and a message where pydantic's own will not do.
# What is not here is `invalid_type`; our own validators use the protocol's codes already.
_WORDS: Final[dict[str, tuple[str, str | None]]] = {
    "missing": ("invalid_type", "Required"),
    "tuple_type": ("invalid_type", "Expected an array"),
    "dict_type": ("invalid_type", "Expected an object"),
    "model_type": ("invalid_type", "Expected an object"),
    "extra_forbidden": ("unrecognized_keys", "Unrecognized key"),
    "too_short": ("too_small", "At least {min_length} entries"),
    "string_too_short": ("too_small", None),
    "greater_than_equal": ("too_small", "At least {ge}"),
    "greater_than": ("too_small", None),
    "too_long": ("too_big", "At most {max_length} entries"),
    "string_too_long": ("too_big", None),
    "less_than_equal": ("too_big", "At most {le}"),
    "less_than": ("too_big", None),
    "string_pattern_mismatch": (
        "invalid_string",
        "Forbidden characters, or not of the form {pattern}",
    ),
    "string_unicode": ("invalid_string", "Not valid Unicode"),
    "enum": ("invalid_enum_value", None),
    "literal_error": ("invalid_enum_value", None),
    "value_error": ("custom", "Expected {error}"),
} | {
    code: (code, None)
    for code in ("too_small", "too_big", "invalid_string", "invalid_enum_value", "custom")
}


class Found:
    """How many issues one reading has found so far; pydantic carries it as its context."""

    issues = 0


def _until_enough(
    value: object, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
) -> Any:  # noqa: ANN401  # what the handler makes of it
    found = info.context
    if not isinstance(found, Found):
        return handler(value)
    if found.issues >= MAX_ISSUES:
        return value  # the whole is refused already, and an issue costs a kilobyte
    before = found.issues
    try:
        return handler(value)
    except ValidationError as error:
        found.issues = before + len(_issues_of(error))
        raise


UntilEnough: Final = WrapValidator(_until_enough)
"""An entry of a long list: it is not looked at any more when enough is wrong to refuse it all."""


def issues_of(found: Sequence[ErrorDetails]) -> list[Issue]:
    """The complaints in the published style, without those that only follow from others.

    A list whose entries are wrong is told as too short as well; that is not the caller's mistake.
    """
    parents = {detail["loc"][:depth] for detail in found for depth in range(len(detail["loc"]))}
    own = [d for d in found if not (d["type"] == "too_short" and d["loc"] in parents)]
    return [_issue(detail) for detail in own[:MAX_ISSUES]]


def _issue(detail: ErrorDetails) -> Issue:
    code, message = _WORDS.get(detail["type"], ("invalid_type", None))
    text = message.format(**detail.get("ctx", {})) if message else detail["msg"]
    return issue(".".join(str(part) for part in detail["loc"]), text, code)


def issue(path: str, message: str, code: str) -> Issue:
    return {"path": path.encode("utf-8", "replace").decode(), "message": message, "code": code}


def invalid(path: str, message: str, code: str = "custom") -> Refused:
    """400 VALIDATION_ERROR about one field."""
    return refused_for([issue(path, message, code)])


def each_once(external_ids: Iterable[str]) -> None:
    """Raises VALIDATION_ERROR for every item whose external id was there before."""
    seen: set[str] = set()
    again: list[Issue] = []
    for place, external_id in enumerate(external_ids):
        if external_id in seen:
            again.append(issue(f"items.{place}.externalId", "Named twice", "custom"))
        seen.add(external_id)
    if again:
        raise refused_for(again[:MAX_ISSUES])


def refused_by(error: ValidationError) -> Refused:
    """400 VALIDATION_ERROR with all that pydantic found; never the input, it may hold addresses."""
    return refused_for(_issues_of(error))


def _issues_of(error: ValidationError) -> list[Issue]:
    return issues_of(error.errors(include_url=False, include_input=False))


def refused_for(issues: list[Issue]) -> Refused:
    """400 VALIDATION_ERROR; `field` is the first path."""
    first = issues[0]
    where = f"{first['path']}: " if first["path"] else ""
    return Refused(
        ErrorCode.VALIDATION_ERROR,
        f"{where}{first['message']}",
        field=first["path"] or None,
        details={"issues": issues},
    )
