"""Reading a command as strictly as HTTP reads a body. What cannot be read can never succeed."""

from typing import Final

import orjson
from faststream.rabbit import RabbitMessage
from pydantic import ValidationError

from shared import strict_json
from shared.contracts.errors import ErrorCode, Refusal, refusal
from shared.messaging.topology import Asked
from shared.messaging.wire import UNREADABLE
from shared.validation import refused_by

_JSON: Final = "application/json"
_ENCODINGS: Final = frozenset({None, "", "identity", "utf-8"})  # the last as some clients name it


class Unreadable(Exception):
    """A message that is no command of this contract; `refusal` says so to who asked."""

    def __init__(self, reason: str, answer: Refusal) -> None:
        super().__init__(reason)
        self.refusal = answer


def read(contract: type[Asked], message: RabbitMessage) -> Asked:
    """The command.

    Raises:
        Unreadable: its reason names places and kinds only; the input may hold addresses.
    """
    if (reason := _wrong_properties(message)) is not None:
        raise malformed(contract, reason)
    try:
        strict_json.check(message.body)  # for what pydantic lets pass: a key that is there twice
        return contract.model_validate_json(message.body, strict=True)
    except strict_json.NotStrictJson as error:
        raise malformed(contract, str(error)) from error
    except ValidationError as error:
        answer = refused_by(error).refusal
        reason = f"not a {contract.__name__}: {answer.details['issues']}"
        raise Unreadable(reason, answer) from error


def malformed(contract: type[Asked], reason: str) -> Unreadable:
    answer = refusal(
        ErrorCode.INVALID_REQUEST,
        f"The message is no {contract.__name__}.",
        details={"reason": reason},
    )
    return Unreadable(f"not a {contract.__name__}: {reason}", answer)


def who_asked(body: bytes) -> tuple[str, str] | None:
    """The account and the command that an unreadable message names, if it does."""
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    match given:
        case {"account_id": str(account_id), "command_id": str(command_id)}:
            return account_id[:255], command_id[:255]
        case _:
            return None


def _wrong_properties(message: RabbitMessage) -> str | None:
    raw = message.raw_message
    if UNREADABLE in message.headers:
        return f"its properties cannot be read ({message.headers[UNREADABLE]})"
    media_type, _, parameters = (raw.content_type or _JSON).lower().partition(";")
    if media_type.strip() != _JSON or parameters.strip() not in {"", "charset=utf-8"}:
        return "its content type is not application/json in UTF-8"
    if raw.content_encoding not in _ENCODINGS:
        return "its content is encoded"
    return None
